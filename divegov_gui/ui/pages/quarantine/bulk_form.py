"""What is to be done to many records: which operation, in which column, with which texts."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from divegov_gui.core.records import COLUMNS, LABELS
from divegov_gui.services.bulk import BestSuggestion, Operation, ProperCase, Replace, SetValue, Trim
from divegov_gui.ui.widgets import FormRow, choice_field, reveal

SET, REPLACE, TRIM, CASE, SUGGEST = "set", "replace", "trim", "case", "suggest"
_OPERATIONS: list[tuple[str, object]] = [
    ("Find and replace", REPLACE),
    ("Set a value", SET),
    ("Trim needless blanks", TRIM),
    ("Names in upper and lower case", CASE),
    ("Accept the suggestions that are sure", SUGGEST),
]
_PAUSE_MS = 300


class BulkForm(QWidget):
    """Says `changed` once a person pauses."""

    changed = Signal()

    def __init__(self, column: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.changed)
        self.operation = choice_field("quarantine.bulk.operation", "Change", _OPERATIONS)
        columns: list[tuple[str, object]] = [("All columns", "")]
        columns += [(LABELS[name], name) for name in COLUMNS]
        self.column = choice_field("quarantine.bulk.column", "Column", columns)
        self.column.setCurrentIndex(max(0, self.column.findData(column)))
        self.find_text, self.text = QLineEdit(), QLineEdit()
        self.pattern = QCheckBox("Regular expression")
        self.pattern.setObjectName("quarantine.bulk.regex")
        self.case = QCheckBox("Match case")
        self.case.setObjectName("quarantine.bulk.case")
        self._lay_out()
        self.operation.currentIndexChanged.connect(self._show_fields)
        for field in (self.operation, self.column):
            field.currentIndexChanged.connect(lambda _: self._pause.start())
        for edit in (self.find_text, self.text):
            edit.textChanged.connect(lambda _: self._pause.start())
        for box in (self.pattern, self.case):
            box.toggled.connect(lambda _: self._pause.start())
        self._show_fields()

    def wanted(self) -> Operation | None:
        """The operation as it is put now, None while something is missing. Raises InputRefused."""
        kind, column = self.operation.currentData(), self.column.currentData()
        columns = (column,) if column else COLUMNS
        if kind == REPLACE:
            if not self.find_text.text():
                return None
            return Replace(
                columns,
                self.find_text.text(),
                self.text.text(),
                regex=self.pattern.isChecked(),
                match_case=self.case.isChecked(),
            )
        if kind == SET:
            return SetValue(column, self.text.text()) if column else None
        if kind == TRIM:
            return Trim(columns)
        if kind == CASE:
            return ProperCase()
        return BestSuggestion(columns)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(FormRow("C&hange", self.operation, name="quarantine.bulk.operation"), 0, 0)
        self._column_row = FormRow("&Column", self.column, name="quarantine.bulk.column")
        grid.addWidget(self._column_row, 0, 1)
        self._find_row = FormRow("&Find", self.find_text, name="quarantine.bulk.find")
        self._text_row = FormRow("Replace &with", self.text, name="quarantine.bulk.text")
        grid.addWidget(self._find_row, 1, 0)
        grid.addWidget(self._text_row, 1, 1)
        grid.addWidget(self.pattern, 2, 0)
        grid.addWidget(self.case, 2, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def _show_fields(self) -> None:
        kind = self.operation.currentData()
        reveal(self._column_row, kind != CASE)
        for part in (self._find_row, self.pattern, self.case):
            reveal(part, kind == REPLACE)
        reveal(self._text_row, kind in (REPLACE, SET))
        self._text_row.label.setText("Replace &with" if kind == REPLACE else "&Value")
        self.column.setItemText(0, "All columns" if kind != SET else "Choose a column")
