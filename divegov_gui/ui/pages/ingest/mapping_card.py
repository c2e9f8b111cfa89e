"""Which column of the file holds what: guessed first, corrected by a person, conflicts said at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from divegov_gui.core.records import FIELDS
from divegov_gui.services.files import SourceFile, guess_mapping
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.mapping_row import MappingRow
from divegov_gui.ui.widgets import Card, plural

_SAMPLES = 3


class MappingCard(Card):
    """A row a field; `changed` whenever a person (or another file) changes the mapping."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Columns", " ", parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        space = theme.current().space
        self.body.setContentsMargins(space.l, space.m, space.l, space.m)
        self.body.setSpacing(0)
        self.body.addSpacing(space.s)
        self._file: SourceFile | None = None
        self.rows = {field.name: MappingRow(field) for field in FIELDS}
        for row in self.rows.values():
            row.changed.connect(self._judge)
            self.body.addWidget(row)
        self.body.addStretch(1)

    def set_file(self, file: SourceFile) -> None:
        """Offer the columns of `file`. The same columns again keep what a person chose; others are guessed."""
        if self._file is None or file.columns != self._file.columns:
            guess = guess_mapping(file.columns)
            self._file = file
            for name, row in self.rows.items():
                row.offer(file.columns, guess.get(name))
            self._say_guess(len(guess))
        self._file = file
        self._judge()

    @property
    def mapping(self) -> dict[str, str]:
        """Field -> column."""
        return {name: row.chosen for name, row in self.rows.items() if row.chosen is not None}

    @property
    def defaults(self) -> dict[str, str]:
        """Field -> the value for all records, for fields without a column."""
        return {name: row.value for name, row in self.rows.items() if row.value}

    @property
    def problems(self) -> dict[str, str]:
        """Field -> what is wrong, for the fields that must be corrected."""
        return {name: row.problem for name, row in self.rows.items() if row.problem}

    def problem(self) -> QWidget | None:
        """The field to correct first."""
        return next((row.column for row in self.rows.values() if row.problem), None)

    # --- inside
    def _judge(self) -> None:
        """Say at each field what is wrong with it, and what its column holds."""
        if self._file is None:
            return
        users: dict[str, list[str]] = {}
        for row in self.rows.values():
            if row.chosen is not None:
                users.setdefault(row.chosen, []).append(row.field.label)
        for row in self.rows.values():
            row.show_problem(_conflict(row, users))
            if row.chosen is not None:
                row.show_sample(_samples(self._file, row.chosen))
        self.changed.emit()

    def _say_guess(self, guessed: int) -> None:
        assert self.header is not None
        if guessed == len(FIELDS):
            said = "All fields were recognised. Correct what is wrong."
        elif guessed:
            fields = plural(len(FIELDS), "field")
            said = f"{guessed} of {fields} were recognised. Correct what is wrong."
        else:
            said = "No field was recognised. Choose the column of each."
        self.header.set_subtitle(said)


def _conflict(row: MappingRow, users: dict[str, list[str]]) -> str:
    if row.chosen is None:
        missing = row.field.required and not row.value
        return "Choose its column, or give one value for all." if missing else ""
    others = [name for name in users[row.chosen] if name != row.field.label]
    return f"Also chosen for {' and '.join(others).lower()}." if others else ""


def _samples(file: SourceFile, column: str) -> list[str]:
    at = file.columns.index(column)
    found = dict.fromkeys(value for row in file.preview if (value := (row[at] or "").strip()))
    return list(found)[:_SAMPLES]
