"""Whose names the generated divers bear."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.generation import AVAILABLE_LOCALES, DEFAULT_LOCALES, GenerationRequest
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.locale_names import locale_name
from divegov_gui.ui.pages.ingest.parts import problem_label
from divegov_gui.ui.widgets import Card, Reflow, button, reveal

_LANGUAGE_WIDTH = 158


class LocalesCard(Card):
    """The languages as a list to check, each with an example of its names."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Names", " ", parent)
        assert self.header is not None
        self.header.subtitle.setWordWrap(False)
        self._boxes: dict[str, QCheckBox] = {}
        cells = Reflow(280, most_columns=6, gaps=(theme.current().space.xl, 2), down=True)
        cells.set_cells([self._cell(code) for code in AVAILABLE_LOCALES])
        usual = button("Usual choice", name="ingest.locales.usual", variant="ghost")
        usual.setAccessibleDescription("Checks the languages that are chosen at first.")
        usual.clicked.connect(lambda: self.set_locales(DEFAULT_LOCALES))
        every = button("All", name="ingest.locales.all", variant="ghost")
        every.setAccessibleName("All languages")
        every.clicked.connect(lambda: self.set_locales(AVAILABLE_LOCALES))
        self.header.add_action(usual)
        self.header.add_action(every)
        self.body.addWidget(cells)
        self._problem = problem_label("ingest.locales.problem")
        self.body.addWidget(self._problem)
        self.set_locales(DEFAULT_LOCALES)

    @property
    def locales(self) -> tuple[str, ...]:
        """What is checked, in the generator's own order."""
        usual = [code for code in DEFAULT_LOCALES if self._boxes[code].isChecked()]
        others = [code for code in AVAILABLE_LOCALES if code not in DEFAULT_LOCALES]
        return (*usual, *(code for code in others if self._boxes[code].isChecked()))

    def set_locales(self, locales: Iterable[str]) -> None:
        """Check `locales` and no other."""
        chosen = set(locales)
        for code, box in self._boxes.items():
            box.blockSignals(True)
            box.setChecked(code in chosen)
            box.blockSignals(False)
        self._tell()

    def problem(self) -> QWidget | None:
        """The field to correct first, if none is checked."""
        return None if self.locales else next(iter(self._boxes.values()))

    def _cell(self, code: str) -> QWidget:
        name = locale_name(code)
        cell = QWidget()
        row = QHBoxLayout(cell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.s)
        box = QCheckBox(name.language)
        box.setFixedWidth(_LANGUAGE_WIDTH)
        box.setObjectName(f"ingest.locale.{code}")
        box.setAccessibleName(name.language)
        box.setAccessibleDescription(f"Names such as {name.example}." if name.example else "")
        box.toggled.connect(self._tell)
        self._boxes[code] = box
        row.addWidget(box)
        row.addWidget(_Example(name.example, box), 1)
        return cell

    def _tell(self, _: object = None) -> None:
        assert self.header is not None
        count = len(self.locales)
        self.header.set_subtitle(
            f"From {count} of {len(AVAILABLE_LOCALES)} languages, in equal parts, each in its own spelling."
        )
        self._say_problem()
        self.changed.emit()

    def _say_problem(self) -> None:
        try:
            GenerationRequest(rows=1, locales=self.locales)
        except InputRefused as error:
            self._problem.setText(f"{error.title} Check one language at least.")
        else:
            self._problem.setText("")
        reveal(self._problem, bool(self._problem.text()))


class _Example(QLabel):
    """A name as an example; a click on it counts as one on its box."""

    def __init__(self, text: str, box: QCheckBox) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "hint")
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
        self.setAlignment(left | Qt.AlignmentFlag.AlignVCenter)
        self._box = box

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._box.click()
