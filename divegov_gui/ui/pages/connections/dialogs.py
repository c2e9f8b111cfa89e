"""The two questions of this page: a password, and whether to go through with something."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from divegov_gui.services.passwords import Secret
from divegov_gui.services.profiles import Profile
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import FormRow, button, icon_label, label
from divegov_gui.ui.widgets.note import Note


class _Question(QDialog):
    """A heading with a sign, content, and two buttons."""

    def __init__(self, name: str, title: str, icon: str, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(440)
        self.setMaximumWidth(560)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.xl, space.xl, space.xl, space.l)
        layout.setSpacing(space.m)
        head = QHBoxLayout()
        head.setSpacing(space.m)
        head.addWidget(icon_label(icon, "muted", 24))
        head.addWidget(label(title, "heading", wrap=True), 1)
        layout.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(space.m)
        layout.addLayout(self.body)
        layout.addSpacing(space.s)
        self.row = QHBoxLayout()
        self.row.addStretch(1)
        layout.addLayout(self.row)


class Confirm(_Question):
    """Asks before something that cannot be taken back; `accepted` is the yes."""

    def __init__(self, title: str, text: str, yes: str, no: str, window: QWidget) -> None:
        super().__init__("connections.confirm", title, "question", window)
        self.body.addWidget(label(text, wrap=True))
        refuse = button(no, name="connections.confirm.no")
        refuse.clicked.connect(self.reject)
        agree = button(yes, name="connections.confirm.yes", variant="danger")
        agree.clicked.connect(self.accept)
        self.row.addWidget(refuse)
        self.row.addWidget(agree)
        refuse.setDefault(True)
        refuse.setFocus()


class PasswordQuestion(_Question):
    """Asks for a profile's password, which is not shown, not even while it is typed."""

    given = Signal(object, bool)
    """The Secret, and whether it is to be kept in the keyring."""

    def __init__(self, profile: Profile, why_not_kept: str, window: QWidget, verb: str = "Test") -> None:
        super().__init__("connections.ask", f"Password for {profile.name}", "key", window)
        server = profile.server
        assert server is not None
        self.body.addWidget(label(f"{server.user} logs in to {server.label}.", "muted", wrap=True))
        self._field = QLineEdit()
        self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self._row = FormRow("&Password", self._field, name="connections.ask.password")
        self._field.textChanged.connect(lambda _: self._row.set_error(""))
        self.body.addWidget(self._row)
        self._keep = QCheckBox("&Keep it in this computer's keyring")
        self._keep.setObjectName("connections.ask.keep")
        self._keep.setAccessibleName("Keep it in this computer's keyring")
        self.body.addWidget(self._keep)
        self._note = Note("connections.ask.note")
        self.body.addWidget(self._note)
        if why_not_kept:
            self._keep.setEnabled(False)
            self._note.say(why_not_kept, "warning")
        no = button("Cancel", name="connections.ask.cancel")
        no.clicked.connect(self.reject)
        yes = button(verb, name="connections.ask.ok", variant="primary")
        yes.clicked.connect(self._give)
        yes.setDefault(True)
        self.row.addWidget(no)
        self.row.addWidget(yes)
        self._field.setFocus()

    def _give(self) -> None:
        if not self._field.text():
            self._row.set_error("Type the password.")
            self._field.setFocus()
            return
        secret = Secret(self._field.text())
        self._field.clear()
        self.given.emit(secret, self._keep.isChecked())
        self.accept()
