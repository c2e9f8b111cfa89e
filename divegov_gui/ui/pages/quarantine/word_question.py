"""A short question of the page: a choice where there is one, and a word why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from divegov_gui.ui.widgets import FormRow, button
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
        self.reason = QLineEdit()
        self.reason.setMaxLength(400)
        title_of = "&Reason" if needs_reason else "&Comment (optional)"
        hint = "It is kept with the record. Write no personal data here."
        self._asked = FormRow(title_of, self.reason, hint, name=f"{name}.reason")
        self.reason.textChanged.connect(lambda _: self._asked.set_error(""))
        self.body.addWidget(self._asked)
        self.add_button(button("Cancel", name=f"{name}.cancel"), self.reject)
        agree = button(yes, name=f"{name}.yes", variant="danger" if danger else "primary")
        self.add_button(agree, self._give, default=True)
        (self.code or self.reason).setFocus()

    def _give(self) -> None:
        reason = " ".join(self.reason.text().split())
        code = self.code.currentData() if self.code is not None else ""
        if not reason and (self._needs_reason or code in self._reasoned):
            self._asked.set_error("Say why, in a few words.")
            self.reason.setFocus()
            return
        self.given.emit(code, reason)
        self.accept()
