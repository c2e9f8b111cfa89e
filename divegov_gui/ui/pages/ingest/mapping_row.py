"""One field of a diver: which column holds it, or which value stands for all records."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from divegov_gui.core.records import Field
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.parts import calm, problem_label
from divegov_gui.ui.widgets import button, label, restyle, reveal, text_field
from divegov_gui.ui.widgets.elided_label import ElidedLabel

SUGGESTED = {"certification": "Open Water Diver"}
"""What a person may well mean for all records of a file that does not say."""

NO_COLUMN = "No column"
_NAME_WIDTH = 108


class MappingRow(QWidget):
    """Field, column, and what comes of it: an example of the column's values, or a value for all."""

    changed = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        space = theme.current().space
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(space.s)
        grid.setVerticalSpacing(0)
        self.column = self._column_choice()
        self.default = self._default_field()
        self.sample = ElidedLabel(role="hint")
        third = QWidget()
        third.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        beside = QHBoxLayout(third)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.sample)
        beside.addWidget(self.default)
        self._suggest = self._suggestion()
        self._problem = problem_label(f"ingest.map.{field.name}.problem")
        below = QHBoxLayout()
        below.addWidget(self._problem, 1)
        below.addWidget(self._suggest, 0, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(self._caption(), 0, 0)
        grid.addWidget(self.column, 0, 1)
        grid.addWidget(third, 0, 2)
        grid.addLayout(below, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)

    # --- what the card does
    @property
    def chosen(self) -> str | None:
        """The column chosen, None for none."""
        data = self.column.currentData()
        return None if data is None else str(data)

    @property
    def value(self) -> str:
        """The value for all records; empty where a column is chosen."""
        return "" if self.chosen is not None else self.default.text().strip()

    def offer(self, columns: Sequence[str], chosen: str | None) -> None:
        """Offer `columns`, one of them chosen."""
        self.column.blockSignals(True)
        self.column.clear()
        self.column.addItem(NO_COLUMN, None)
        for column in columns:
            self.column.addItem(column, column)
        self.column.setCurrentIndex(0 if chosen is None else self.column.findData(chosen))
        self.column.blockSignals(False)
        self._follow()

    def show_sample(self, values: Sequence[str]) -> None:
        """Show what the chosen column holds in the first records."""
        self.sample.set_full(" · ".join(values) if values else "empty in the first records")

    def show_problem(self, text: str) -> None:
        """Say what is wrong here; an empty text says that nothing is."""
        self._problem.setText(text)
        reveal(self._problem, bool(text))
        self.column.setProperty("invalid", "true" if text else "false")
        self.column.setAccessibleDescription(text or self._description())
        restyle(self.column)

    @property
    def problem(self) -> str:
        """What is wrong here."""
        return self._problem.text()

    # --- inside
    def _caption(self) -> QWidget:
        made = QWidget()
        made.setFixedWidth(_NAME_WIDTH)
        words = QVBoxLayout(made)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        name = label(self.field.label, "label")
        name.setBuddy(self.column)
        words.addWidget(name)
        words.addWidget(label("✱ required" if self.field.required else "optional", "hint"))
        return made

    def _column_choice(self) -> QComboBox:
        made = QComboBox()
        made.setObjectName(f"ingest.map.{self.field.name}")
        made.setAccessibleName(f"Column for {self.field.label.lower()}")
        made.setAccessibleDescription(self._description())
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(8)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        made.currentIndexChanged.connect(self._follow)
        calm(made)
        return made

    def _default_field(self) -> QLineEdit:
        made = text_field(
            f"ingest.default.{self.field.name}", f"{self.field.label} of all records", "One value for all"
        )
        made.setAccessibleDescription("Stands for a column that the file does not have.")
        made.setAcceptDrops(False)
        made.textChanged.connect(self._follow)
        return made

    def _suggestion(self) -> QWidget:
        value = SUGGESTED.get(self.field.name, "")
        made = button(f"Use “{value}” for all", name=f"ingest.suggest.{self.field.name}", variant="link")
        made.clicked.connect(lambda: self._take_suggestion(value))
        made.hide()
        return made

    def _take_suggestion(self, value: str) -> None:
        self.default.setText(value)
        self.default.setFocus(Qt.FocusReason.OtherFocusReason)

    def _description(self) -> str:
        return "Required." if self.field.required else "Optional."

    def _follow(self, _: object = None) -> None:
        without = self.chosen is None
        reveal(self.default, without)
        reveal(self.sample, not without)
        suggested = without and self.field.name in SUGGESTED and not self.default.text()
        reveal(self._suggest, suggested)
        self.changed.emit()
