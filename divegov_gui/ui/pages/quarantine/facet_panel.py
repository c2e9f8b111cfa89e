"""The facets at the left: what there is to narrow the list by, with counts that always say what a click would show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from divegov_gui.services.facets import TITLES, Facet, Facets
from divegov_gui.services.queue_query import FACETS, OPEN, QueueQuery, Value
from divegov_gui.ui import theme
from divegov_gui.ui.pages.quarantine.facet_row import FacetRow
from divegov_gui.ui.widgets import Turns, button, label, reveal, tool_button

_FEW = 6
_MANY = 40
"""Choices of one facet that are shown at first, and at most."""
_CLOSED_AT_FIRST = ("batch", "source", "claim", "age")


class FacetPanel(QFrame):
    """All facets, one under the other; a facet's name folds it up."""

    query_changed = Signal(object)
    """The QueueQuery that a person has chosen."""
    left = Signal()
    """The person wants to go on in the grid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("quarantine.facets")
        self.setAccessibleName("Filters")
        self.setMinimumWidth(180)
        space = theme.current().space
        outer = QVBoxLayout(self)
        outer.setContentsMargins(space.xs, space.s, space.xs, space.xs)
        outer.setSpacing(space.xs)
        self._query = OPEN
        outer.addLayout(self._head())
        self.note = label("The search finds so much that it is not counted here.", "hint", wrap=True)
        self.note.setContentsMargins(8, 0, 8, 0)
        self.note.hide()
        outer.addWidget(self.note)
        self.groups: dict[str, FacetGroup] = {}
        outer.addWidget(self._area(), 1)
        self._turns = Turns(self, self._make_groups)
        self._turns.start()

    def show_facets(self, facets: Facets, query: QueueQuery) -> None:
        """Show the counts for `query`."""
        self._turns.finish()
        self._query = query
        self.clear.setEnabled(not query.is_everything)
        reveal(self.note, facets.match_count is None)
        for facet in facets.facets:
            self.groups[facet.name].show_facet(facet, query.values(facet.name))

    def focus_first(self) -> None:
        """Put the focus on the first choice."""
        for group in self.groups.values():
            rows = group.rows_in_sight()
            if rows:
                rows[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 2, 0)
        row.setSpacing(0)
        row.addWidget(label("Filters", "strong"))
        row.addStretch(1)
        self.saved = tool_button("save", name="quarantine.saved", accessible="Saved filters")
        self.saved.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.saved.setIconSize(QSize(16, 16))
        self.clear = button("Clear", name="quarantine.clear", variant="link")
        self.clear.setAccessibleName("Clear all filters")
        self.clear.clicked.connect(lambda: self.query_changed.emit(OPEN))
        row.addWidget(self.clear)
        row.addWidget(self.saved)
        return row

    def _area(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        area.setWidget(inside)
        return area

    def _make_groups(self) -> None:
        """In a turn of their own, so that the page is there sooner."""
        self.groups = {name: FacetGroup(name, self._toggle, self._only) for name in FACETS}
        for group in self.groups.values():
            self._column.addWidget(group)
        self._column.addStretch(1)

    def _toggle(self, facet: str, value: Value) -> None:
        self.query_changed.emit(self._query.toggled(facet, value))

    def _only(self, facet: str) -> None:
        self.query_changed.emit(self._query.choosing(facet, frozenset()))


class FacetGroup(QWidget):
    """One facet: its name, its most frequent choices, and the rest on demand."""

    def __init__(
        self,
        name: str,
        on_toggle: Callable[[str, Value], object],
        on_clear: Callable[[str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"quarantine.facet.{name}")
        self.setAccessibleName(TITLES[name])
        self._name, self._on_toggle = name, on_toggle
        self._facet = Facet(name, TITLES[name], ())
        self._chosen: frozenset[Value] = frozenset()
        self._open = name not in _CLOSED_AT_FIRST
        self._all = False
        self._rows: list[FacetRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 4, 2)
        self._column.setSpacing(0)
        head = QHBoxLayout()
        head.setSpacing(0)
        self.title = button("", name=f"quarantine.facet.{name}.title", variant="facet")
        self.title.clicked.connect(self._fold)
        head.addWidget(self.title, 1)
        self._clear = tool_button(
            "clear", name=f"quarantine.facet.{name}.clear", accessible=f"Clear {TITLES[name]}"
        )
        self._clear.setProperty("dense", "true")
        self._clear.clicked.connect(lambda: on_clear(name))
        head.addWidget(self._clear)
        self._column.addLayout(head)
        self._more = button("", name=f"quarantine.facet.{name}.more", variant="link")
        self._more.clicked.connect(self._show_all)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._show()

    def show_facet(self, facet: Facet, chosen: frozenset[Value]) -> None:
        """Show the facet's choices, those `chosen` ticked."""
        self._facet, self._chosen = facet, chosen
        self._show()

    def rows_in_sight(self) -> list[FacetRow]:
        """The choices that are shown."""
        return [row for row in self._rows if row.isVisibleTo(self)]

    def _show(self) -> None:
        values = self._facet.values
        open_ = self._open or bool(self._chosen)
        limit = _MANY if self._all else _FEW
        shown = [v for i, v in enumerate(values) if i < limit or v.value in self._chosen] if open_ else []
        while len(self._rows) < len(shown):
            self._rows.append(self._new_row())
        most = max((value.count for value in values), default=0)
        for row, value in zip(self._rows, shown, strict=False):
            row.show_value(value, most, value.value in self._chosen)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(shown))
        self._show_head(open_)
        hidden = min(len(values), _MANY) - len(shown)
        self._more.setText(f"{hidden} more" if not self._all else "Fewer")
        self._more.setAccessibleName(f"{self._more.text()} of {TITLES[self._name]}")
        reveal(self._more, open_ and (hidden > 0 or (self._all and len(values) > _FEW)))

    def _show_head(self, open_: bool) -> None:
        count = f"  ({len(self._facet.values)})" if not open_ and self._facet.values else ""
        self.title.setText(f"{TITLES[self._name]}{count}")
        self.title.setAccessibleName(f"{TITLES[self._name]}, {'open' if open_ else 'closed'}")
        theme.set_icon(self.title, "expand" if open_ else "forward", "muted", 14)
        reveal(self._clear, bool(self._chosen))

    def _new_row(self) -> FacetRow:
        row = FacetRow(self._name, self)
        row.clicked.connect(lambda: self._on_toggle(self._name, row.value))
        self._column.insertWidget(self._column.count() - 1, row)
        return row

    def _fold(self) -> None:
        self._open = not (self._open or bool(self._chosen))
        self._show()

    def _show_all(self) -> None:
        self._all = not self._all
        self._show()
