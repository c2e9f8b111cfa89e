"""What the page's dialogs are made of: a heading with a sign, a body, buttons; and a short question for a word."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets import FormRow, button, icon_label, label


class Sheet(QDialog):
    """A dialog of the page; when it closes, the focus goes back to where it was."""

    def __init__(self, name: str, title: str, icon: str, window: QWidget, subtitle: str = "") -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(480, 200)
        self._came_from = QApplication.focusWidget()
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.xl, space.xl, space.xl, space.l)
        layout.setSpacing(space.m)
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(icon_label(icon, "muted", 24), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.heading = label(title, "heading", wrap=True)
        words.addWidget(self.heading)
        self.subtitle = label(subtitle, "muted", wrap=True)
        self.subtitle.setVisible(bool(subtitle))
        words.addWidget(self.subtitle)
        head.addLayout(words, 1)
        layout.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(space.m)
        layout.addLayout(self.body, 1)
        layout.addSpacing(space.xs)
        self.row = QHBoxLayout()
        self.row.addStretch(1)
        layout.addLayout(self.row)
        self.finished.connect(self._go_back)

    def _go_back(self, _: int) -> None:
        window = self.parentWidget()
        if window is not None:
            window.activateWindow()
        try:
            if self._came_from is not None and self._came_from.isVisible():
                self._came_from.setFocus(Qt.FocusReason.OtherFocusReason)
        except RuntimeError:
            return  # what had the focus is gone


class WordQuestion(Sheet):
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
        super().__init__(name, title, icon, window, text)
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
        no = button("Cancel", name=f"{name}.cancel")
        no.clicked.connect(self.reject)
        agree = button(yes, name=f"{name}.yes", variant="danger" if danger else "primary")
        agree.clicked.connect(self._give)
        agree.setDefault(True)
        self.row.addWidget(no)
        self.row.addWidget(agree)
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
