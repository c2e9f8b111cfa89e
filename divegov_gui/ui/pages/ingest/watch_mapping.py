"""How the files of a watched folder are mapped, where the guess from their headings does not do."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from divegov_gui.core.records import FIELDS
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import button, label, plural, reveal, text_field

_GUESSED = "Every file's columns are recognised by their headings."


class WatchMapping(QWidget):
    """A column's heading or one value for all, a field; folded away until it is wanted."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: dict[str, QLineEdit] = {}
        self._values: dict[str, QLineEdit] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.s)
        column.addLayout(self._head())
        self._fields = self._make_fields()
        column.addWidget(self._fields)
        self._fields.hide()
        self._follow()

    @property
    def mapping(self) -> dict[str, str]:
        """Field -> the heading of its column, where the guess is overruled."""
        return _filled(self._columns)

    @property
    def defaults(self) -> dict[str, str]:
        """Field -> one value for all records."""
        return _filled(self._values)

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence; empty where nothing is."""
        columns = list(self.mapping.values())
        twice = next((name for name in columns if columns.count(name) > 1), "")
        if twice:
            return f"The column {twice} stands for two fields."
        both = next((f.label for f in FIELDS if f.name in self.mapping and f.name in self.defaults), "")
        return f"{both}: give a column or one value for all, not both." if both else ""

    def first_problem(self) -> QWidget:
        """The field to correct; the fields are unfolded."""
        self._unfold(True)
        columns = list(self.mapping.values())
        wrong = (
            name
            for name, heading in self.mapping.items()
            if columns.count(heading) > 1 or name in self.defaults
        )
        return self._columns[next(wrong, FIELDS[0].name)]

    def show_options(self, mapping: Mapping[str, str], defaults: Mapping[str, str]) -> None:
        """Show what was chosen the last time."""
        for fields, chosen in ((self._columns, mapping), (self._values, defaults)):
            for name, field in fields.items():
                field.setText(chosen.get(name, ""))
        self._unfold(bool(mapping or defaults))

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self._said = label(_GUESSED, "muted", name="ingest.watch.mapping.said")
        self._toggle = button("Correct that…", name="ingest.watch.mapping", variant="link")
        self._toggle.setCheckable(True)
        self._toggle.toggled.connect(self._unfold)
        row.addWidget(self._said)
        row.addWidget(self._toggle)
        row.addStretch(1)
        return row

    def _make_fields(self) -> QWidget:
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.current().space.m)
        grid.setVerticalSpacing(theme.current().space.xs)
        grid.setColumnMinimumWidth(0, 120)
        for at, title in enumerate(("", "Column in the files", "Or one value for all records")):
            grid.addWidget(label(title, "overline"), 0, at)
        for at, field in enumerate(FIELDS, start=1):
            heading = text_field(
                f"ingest.watch.map.{field.name}", f"Column for {field.label.lower()}", "As recognised"
            )
            value = text_field(
                f"ingest.watch.default.{field.name}", f"{field.label} of all records", "No value"
            )
            self._columns[field.name], self._values[field.name] = heading, value
            grid.addWidget(label(field.label, "label"), at, 0)
            for place, each in enumerate((heading, value), start=1):
                each.textChanged.connect(self._follow)
                grid.addWidget(each, at, place)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        return made

    def _unfold(self, open_: bool) -> None:
        reveal(self._fields, open_)
        self._toggle.setChecked(open_)
        self._toggle.setText("Fold away" if open_ else "Correct that…")
        self._toggle.setAccessibleName("Columns and fixed values")
        self._toggle.setAccessibleDescription("Folds them away" if open_ else "Shows them")

    def _follow(self, _: object = None) -> None:
        count = len(self.mapping) + len(self.defaults)
        said = f"{plural(count, 'correction')}; all else is recognised by its heading."
        self._said.setText(said if count else _GUESSED)
        self.changed.emit()


def _filled(fields: Mapping[str, QLineEdit]) -> dict[str, str]:
    return {name: text for name, field in fields.items() if (text := field.text().strip())}
