"""The editor of a profile: labelled fields, choices in plain language with their meaning, errors at their field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from divegov_gui.services.passwords import Secret
from divegov_gui.services.profiles import (
    AUTHENTICATION_CHOICES,
    ENCRYPTION_CHOICES,
    TRUST_CHOICE,
    Authentication,
    Choice,
    Encryption,
    Kind,
    Profile,
)
from divegov_gui.ui import theme
from divegov_gui.ui.pages.connections.draft import USER_WANTED, Draft, draft_of
from divegov_gui.ui.pages.connections.words import KIND_MEANINGS, KINDS
from divegov_gui.ui.widgets import (
    Card,
    FormRow,
    SectionHeader,
    button,
    choice_field,
    label,
    number_field,
    reveal,
    rule,
    tool_button,
)
from divegov_gui.ui.widgets.note import Note

ASK, KEEP = "ask", "keep"
_USER_HINTS = {
    Authentication.SQL: "The login on the server.",
    Authentication.ENTRA_INTERACTIVE: "Your address at work, such as name@example.org. May stay empty.",
    Authentication.ENTRA_DEFAULT: "The client ID of a managed identity. May stay empty.",
}
_PASSWORD_HINTS = {
    ASK: "Nothing is kept. You type it at each test and each time that you connect.",
    KEEP: "Only this computer's keyring has it, under your own account; the file of connections never does.",
}


class Editor(Card):
    """One profile's fields. `saved` tells the profile, the password to keep (None: none typed) and what comes next."""

    saved = Signal(object, object, bool)
    """The Profile, the Secret that was typed or None, and whether to test it at once."""
    closed = Signal()
    password_wanted = Signal(object)
    """The Profile whose password is looked for in the keyring; `show_keyring` answers."""

    def __init__(
        self, base: Profile | None, others: Iterable[Profile], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent=parent)
        self.setObjectName("connections.editor")
        self._base, self._others = base, list(others)
        self._is_kept = False
        self._rows: dict[str, FormRow] = {}
        title = f"Edit {base.name}" if base is not None else "New connection"
        self.setAccessibleName(title)
        self.body.setContentsMargins(0, theme.current().space.l, 0, theme.current().space.m)
        self._build(title)
        self._fill(draft_of(base) if base is not None else Draft())
        self._start_draft = self.draft()
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self.closed.emit,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    @property
    def is_changed(self) -> bool:
        """Whether closing it would lose something that was typed."""
        return self.draft() != self._start_draft or bool(self._password.text())

    def draft(self) -> Draft:
        """The fields as they stand."""
        keep = self._keeping.currentData() == KEEP
        return Draft(
            kind=self._kind.currentData(),
            name=self._name.text(),
            workspace=self._workspace.text(),
            address=self._address.text(),
            database=self._database.text(),
            authentication=self._authentication.currentData(),
            user=self._user.text(),
            keep=keep,
            password_given=self._is_kept or bool(self._password.text()),
            encryption=self._encryption.currentData(),
            trust_certificate=self._trust.isChecked(),
            certificate_host=self._certificate_host.text(),
            driver=self._driver.text(),
            login_timeout=self._login_timeout.value(),
            query_timeout=self._query_timeout.value(),
        )

    def show_keyring(self, is_kept: bool, why_not: str) -> None:
        """Say whether the keyring has this profile's password, or why it cannot have one."""
        self._keyring.say(why_not, "warning")
        untouched = self.draft() == self._start_draft
        self._is_kept = is_kept
        if is_kept and untouched:
            self._keeping.setCurrentIndex(self._keeping.findData(KEEP))
        if why_not:
            self._keeping.setCurrentIndex(self._keeping.findData(ASK))
            self._keeping.setEnabled(False)
        self._password.setPlaceholderText("One is kept; type another to replace it" if is_kept else "")
        if untouched:
            self._start_draft = self.draft()
        self._arrange()

    def set_error(self, name: str, text: str) -> None:
        """Say at a field what is wrong with it, and go there."""
        self._rows[name].set_error(text)
        if name in ("certificate_host", "driver"):
            self._more.setChecked(True)
        self._rows[name].field.setFocus()
        self._area.ensureWidgetVisible(self._rows[name], 0, 24)

    def focus_first(self) -> None:
        """Begin with the name."""
        self._name.setFocus()
        self._name.selectAll()

    # --- building
    def _build(self, title: str) -> None:
        space = theme.current().space
        head = SectionHeader(title)
        head.title.setWordWrap(True)
        head.layout().setContentsMargins(space.l, 0, space.m, 0)  # type: ignore[union-attr]
        close = tool_button("close", name="connections.editor.close", accessible="Close without saving")
        close.clicked.connect(self.closed)
        head.add_action(close)
        self.body.addWidget(head)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        form = QVBoxLayout(content)
        form.setContentsMargins(space.l - 3, 0, space.l, space.s)
        form.setSpacing(space.m)
        self._make_fields()
        self._lay_out(form)
        form.addStretch(1)
        self._area.setWidget(content)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(rule())
        self.body.addLayout(self._buttons())

    def _make_fields(self) -> None:
        self._kind = self._choice("kind", "Kind", [(text, kind) for kind, text in KINDS.items()])
        self._name = self._text("name", "&Name", "How you call it, such as Dive registry, production.")
        self._workspace = self._text(
            "workspace", "&File", "A file that is not there yet is made when it is first opened."
        )
        self._address = self._text(
            "address",
            "&Server",
            r"host or host,port or host\instance; on this computer also (localdb)\MSSQLLocalDB.",
        )
        self._database = self._text("database", "&Database", "The program's own is called EnterpriseDiveDB.")
        self._authentication = self._choice(
            "authentication", "&Log in with", _choices(AUTHENTICATION_CHOICES)
        )
        self._user = self._text("user", "&User name", "")
        self._keeping = self._choice(
            "keeping", "Password", [("Ask me each time", ASK), ("Keep it in this computer's keyring", KEEP)]
        )
        self._password = self._text("password", "&Password", "Not shown, and not written anywhere else.")
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._encryption = self._choice("encryption", "&Encryption", _choices(ENCRYPTION_CHOICES))
        self._trust = QCheckBox(TRUST_CHOICE.label)
        self._trust.setObjectName("connections.editor.trust")
        self._trust.setAccessibleName(TRUST_CHOICE.label)
        self._trust.setAccessibleDescription(TRUST_CHOICE.meaning)
        self._certificate_host = self._text(
            "certificate_host", "Name in the certificate", "Only where it is not the server's own name."
        )
        self._driver = self._text(
            "driver", "ODBC driver", "A driver's name or its library's path. Empty: the best that is found."
        )
        self._login_timeout = self._seconds("login_timeout", "A login may take", 1, "Seconds.")
        self._query_timeout = self._seconds(
            "query_timeout", "A query may take", 0, "Seconds; 0: as long as it takes."
        )

    def _lay_out(self, form: QVBoxLayout) -> None:
        space = theme.current().space
        self._keyring = Note("connections.editor.keyring")
        self._trust_words = label(TRUST_CHOICE.meaning, "hint", wrap=True)
        self._trust_words.setContentsMargins(27, 0, 0, 0)
        trust = QVBoxLayout()
        trust.setSpacing(0)
        trust.addWidget(self._trust)
        trust.addWidget(self._trust_words)
        self._server_part = QWidget()
        server = QVBoxLayout(self._server_part)
        server.setContentsMargins(0, 0, 0, 0)
        server.setSpacing(space.m)
        for name in ("address", "database", "authentication", "user", "keeping"):
            server.addWidget(self._rows[name])
        server.addWidget(self._keyring)
        server.addWidget(self._rows["password"])
        server.addWidget(self._rows["encryption"])
        server.addLayout(trust)
        self._more = button("More settings", name="connections.editor.more", variant="ghost", icon="settings")
        self._more.setCheckable(True)
        self._more.toggled.connect(lambda _: self._arrange())
        server.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self._more_part = QWidget()
        more = QVBoxLayout(self._more_part)
        more.setContentsMargins(0, 0, 0, 0)
        more.setSpacing(space.m)
        for name in ("certificate_host", "driver", "login_timeout", "query_timeout"):
            more.addWidget(self._rows[name])
        server.addWidget(self._more_part)
        for name in ("kind", "name", "workspace"):
            form.addWidget(self._rows[name])
        browse = button("Choose a file…", name="connections.editor.browse", icon="folder")
        browse.clicked.connect(self._browse)
        self._browse_button = browse
        form.addWidget(browse, 0, Qt.AlignmentFlag.AlignLeft)
        form.addWidget(self._server_part)

    def _buttons(self) -> QHBoxLayout:
        space = theme.current().space
        row = QHBoxLayout()
        row.setContentsMargins(space.l, 0, space.l - 2, 0)
        row.setSpacing(space.xs)
        cancel = button("Cancel", name="connections.editor.cancel", variant="ghost")
        cancel.clicked.connect(self.closed)
        self._save_and_test = button("Save and test", name="connections.editor.save_and_test", icon="play")
        self._save_and_test.clicked.connect(lambda: self._save(test=True))
        save = button("Save", name="connections.editor.save", variant="primary")
        save.clicked.connect(lambda: self._save(test=False))
        row.addWidget(cancel)
        row.addStretch(1)
        row.addWidget(self._save_and_test)
        row.addWidget(save)
        return row

    def _text(self, name: str, caption: str, hint: str) -> QLineEdit:
        field = QLineEdit()
        self._rows[name] = row = FormRow(caption, field, hint, name=f"connections.editor.{name}")
        field.textEdited.connect(lambda _: row.set_error(""))
        field.returnPressed.connect(lambda: self._save(test=False))
        return field

    def _choice(self, name: str, caption: str, choices: list[tuple[str, object]]) -> QComboBox:
        field = choice_field(f"connections.editor.{name}", caption, choices)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        self._rows[name] = FormRow(caption, field, name=f"connections.editor.{name}")
        field.currentIndexChanged.connect(lambda _: self._arrange())
        return field

    def _seconds(self, name: str, caption: str, lowest: int, hint: str) -> QSpinBox:
        field = number_field(f"connections.editor.{name}", caption, lowest, 86_400, lowest)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        self._rows[name] = FormRow(caption, field, hint, name=f"connections.editor.{name}")
        return field

    # --- filling
    def _fill(self, draft: Draft) -> None:
        combos = {self._kind: draft.kind, self._authentication: draft.authentication}
        for combo, value in (combos | {self._encryption: draft.encryption}).items():
            combo.setCurrentIndex(max(0, combo.findData(value)))
        texts = {"name", "workspace", "address", "database", "user", "certificate_host", "driver"}
        for each in fields(Draft):
            field = self._rows[each.name].field if each.name in texts else None
            if isinstance(field, QLineEdit):
                field.setText(getattr(draft, each.name))
        self._trust.setChecked(draft.trust_certificate)
        self._login_timeout.setValue(draft.login_timeout)
        self._query_timeout.setValue(draft.query_timeout)
        self._more.setChecked(bool(draft.certificate_host or draft.driver))
        self._kind.setEnabled(self._base is None)
        self._arrange()

    def _arrange(self) -> None:
        """Show the fields that what is chosen asks for, and say what it means."""
        if not hasattr(self, "_more_part") or not hasattr(self, "_browse_button"):
            return
        kind, way = self._kind.currentData(), self._authentication.currentData()
        encryption, keeping = self._encryption.currentData(), self._keeping.currentData()
        server, logs_in = kind is Kind.SQLSERVER, way is Authentication.SQL
        shown: dict[QWidget, bool] = {
            self._server_part: server,
            self._rows["workspace"]: not server,
            self._browse_button: not server,
            self._rows["user"]: way in USER_WANTED,
            self._rows["keeping"]: logs_in,
            self._keyring: logs_in and bool(self._keyring.words.text()),
            self._rows["password"]: logs_in and keeping == KEEP,
            self._more_part: self._more.isChecked(),
            self._save_and_test: server,
        }
        for widget, visible in shown.items():
            reveal(widget, visible)
        self._rows["kind"].set_hint(KIND_MEANINGS[kind])
        self._rows["authentication"].set_hint(AUTHENTICATION_CHOICES[way].meaning)
        self._rows["encryption"].set_hint(ENCRYPTION_CHOICES[encryption].meaning)
        self._rows["keeping"].set_hint(_PASSWORD_HINTS[keeping])
        self._rows["user"].set_hint(_USER_HINTS.get(way, ""))
        self._trust.setEnabled(encryption is not Encryption.STRICT)
        if encryption is Encryption.STRICT:
            self._trust.setChecked(False)

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            "Choose a workspace, or name a new one",
            self._workspace.text(),
            "Workspaces (*.db);;All files (*)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            self._workspace.setText(str(Path(chosen)))
            self._rows["workspace"].set_error("")

    def _save(self, *, test: bool) -> None:
        draft = self.draft()
        problems = draft.problems(self._others)
        for name, row in self._rows.items():
            row.set_error(problems.get(name, ""))
        if problems:
            self.set_error(*next((n, problems[n]) for n in self._rows if n in problems))
            return
        typed = self._password.text() if draft.needs_password and draft.keep else ""
        self._password.clear()
        self.saved.emit(draft.profile(self._base), Secret(typed) if typed else None, test)


def _choices(
    choices: Mapping[Authentication, Choice] | Mapping[Encryption, Choice],
) -> list[tuple[str, object]]:
    return [(choice.label, value) for value, choice in choices.items()]
