"""Finding a diver as one types: by what they are called now, and by what they were called once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked
from divegov_gui.ui.page_size import page_size
from divegov_gui.ui.pages.finding import Found
from divegov_gui.ui.widgets import CellBadge, Column, label, plural
from divegov_gui.ui.widgets.list_table import ListTable

_PAUSE_MS = 120


class FoundRow:
    """One diver found, with its cells as attributes."""

    def __init__(self, found: Found, mask: bool) -> None:
        self.diver_id, self.is_deleted = found.diver_id, found.is_deleted
        first, last, email = found.first_name, found.last_name, found.email
        if mask:
            first, last = masked("First_Name", first), masked("Last_Name", last)
            email = masked("Email", email)
        self.name = " ".join(part for part in (first, last) if part) or f"Diver {found.diver_id}"
        former = masked(found.former_column, found.former) if mask and found.former else found.former
        self.hint = f"formerly {former}" if former else email
        self.former = bool(former)
        self.words = f"{self.name}, diver {found.diver_id}: {self.hint}" + (
            ", deleted" if found.is_deleted else ""
        )


def _name_badge(row: FoundRow) -> CellBadge | None:
    return CellBadge(row.name, "danger", "delete") if row.is_deleted else None


_COLUMNS = (
    Column("name", "Diver", 136, sortable=False, badge=_name_badge, tooltip=lambda row: row.words),
    Column(
        "hint",
        "Known by",
        84,
        sortable=False,
        tone=lambda row: "warning" if row.former else "neutral",
        tooltip=lambda row: row.words,
    ),
)


class _SearchField(QLineEdit):
    """The field; Down goes on to the list."""

    went_down = Signal(object)
    """This field."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.went_down.emit(self)
        else:
            super().keyPressEvent(event)


class SearchPane(QWidget):
    """A field and the divers that it finds; the cursor on one chooses it."""

    searched = Signal(object)
    """The text to search for, shortly after it was typed."""
    diver_chosen = Signal(object)
    """The id of the diver under the cursor."""

    def __init__(self, prefix: str, *, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = mask
        self._filling = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.current().space.s)
        self.field = self._search_field(prefix)
        layout.addWidget(self.field)
        self.note = label("", "hint", wrap=True, name=f"{prefix}.found")
        self.note.setContentsMargins(4, 0, 0, 0)
        layout.addWidget(self.note)
        self.list = ListTable(_COLUMNS, name=f"{prefix}.results", accessible="Divers found", key="diver_id")
        self.list.stretch("hint")
        self.list.set_placeholder("Nobody found", "Former names, emails and deleted divers are searched too.")
        self.list.current_changed.connect(self._tell)
        layout.addWidget(self.list, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.searched.emit(self.text))

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.field.text().strip()

    def look_for(self, text: str) -> None:
        """Search for a text as if it had been typed, and at once."""
        self.field.setText(text)
        self._pause.stop()
        self.searched.emit(self.text)

    def show_found(self, found: Sequence[Found], chosen: int | None, *, move_on: bool = True) -> None:
        """Show `found`; the diver of id `chosen` keeps the cursor, or the first gets it: nobody without `move_on`."""
        many = f"The first {grouped(len(found))}; type more to narrow it"
        counted = many if len(found) >= page_size() else plural(len(found), "diver")
        self.note.setText(counted if self.text else "Changed last")
        self._filling = True
        self.list.show_rows([FoundRow(each, self._mask) for each in found])
        self._filling = False
        ids = [row.diver_id for row in self.list.list]
        if chosen in ids or (ids and move_on):
            self.list.go_to(ids.index(chosen) if chosen in ids else 0)

    # --- inside
    def _search_field(self, prefix: str) -> QLineEdit:
        field = _SearchField()
        field.setObjectName(f"{prefix}.search")
        field.setAccessibleName("Find a diver")
        field.setPlaceholderText("Name, email, id or reference")
        field.setClearButtonEnabled(True)
        field.textChanged.connect(lambda _: self._pause.start())
        field.went_down.connect(lambda _: self.list.setFocus())
        return field

    def _tell(self, _: object) -> None:
        at = self.list.currentIndex().row()
        if not self._filling and 0 <= at < len(self.list.list):
            self.diver_chosen.emit(self.list.list[at].diver_id)
