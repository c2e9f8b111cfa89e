"""A short question of the page: a choice where there is one, and a word why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from divegov_gui.ui.widgets import FormRow, ReasonRow, button
from divegov_gui.ui.widgets.dialog import Dialog


class WordQuestion(Dialog):
    """Asks for a choice (where there is one) and a word why, which the codes in `reasoned` cannot do without."""

    given = Signal(object, object)
    """The code chosen (empty where there was nothing to choose), and the reason."""

    def __init__(
        self,
        name: str,
        title: str,
        icon: str,
        window: QWidget,
        *,
        yes: str,
        text: str = "",
        codes: list[tuple[str, str]] | None = None,
        needs_reason: bool = True,
        reasoned: tuple[str, ...] = (),
        danger: bool = False,
    ) -> None:
        super().__init__(name, title, icon, window, detail=text)
        self._needs_reason, self._reasoned = needs_reason, reasoned
        self.code: QComboBox | None = None
        if codes:
            self.code = QComboBox()
            for code, words in codes:
                self.code.addItem(words, code)
            self.body.addWidget(FormRow("&Why", self.code, name=f"{name}.code"))
        title_of = "&Reason" if needs_reason else "&Comment (optional)"
        hint = "It is kept with the record. Write no personal data here."
        self.reason = ReasonRow(f"{name}.reason", hint, title=title_of)
        self.body.addWidget(self.reason)
        self.add_button(button("Cancel", name=f"{name}.cancel"), self.reject)
        agree = button(yes, name=f"{name}.yes", variant="danger" if danger else "primary")
        self.add_button(agree, self._give, default=True)
        (self.code or self.reason.line).setFocus()

    def _give(self) -> None:
        code = self.code.currentData() if self.code is not None else ""
        is_needed = self._needs_reason or code in self._reasoned
        reason = self.reason.ask() if is_needed else self.reason.text
        if is_needed and not reason:
            return
        self.given.emit(code, reason)
        self.accept()
