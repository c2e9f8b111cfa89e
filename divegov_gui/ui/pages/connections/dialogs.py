"""The two questions of this page: a password, and whether to go through with something."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from divegov_gui.services.passwords import Secret
from divegov_gui.services.profiles import Profile
from divegov_gui.ui.widgets import FormRow, button
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.note import Note


class Confirm(Dialog):
    """Asks before something that cannot be taken back; `accepted` is the yes."""

    def __init__(self, title: str, text: str, yes: str, no: str, window: QWidget) -> None:
        super().__init__("connections.confirm", title, "question", window, detail=text)
        refuse = self.add_button(button(no, name="connections.confirm.no"), self.reject, default=True)
        agree = button(yes, name="connections.confirm.yes", variant="danger")
        self.add_button(agree, self.accept)
        refuse.setFocus()


class PasswordQuestion(Dialog):
    """Asks for a profile's password, which is not shown, not even while it is typed."""

    given = Signal(object, bool)
    """The Secret, and whether it is to be kept in the keyring."""

    def __init__(self, profile: Profile, why_not_kept: str, window: QWidget, verb: str = "Test") -> None:
        server = profile.server
        assert server is not None
        detail = f"{server.user} logs in to {server.label}."
        super().__init__("connections.ask", f"Password for {profile.name}", "key", window, detail=detail)
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
        self.add_button(button("Cancel", name="connections.ask.cancel"), self.reject)
        yes = button(verb, name="connections.ask.ok", variant="primary")
        self.add_button(yes, self._give, default=True)
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
