"""The page Connections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.services.passwords import Passwords, Secret
from divegov_gui.services.profiles import Profile, ProfileStore
from divegov_gui.services.servers import LOCAL_ID, Place, Standing, local_profile
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.connections import work
from divegov_gui.ui.pages.connections.dialogs import Confirm
from divegov_gui.ui.pages.connections.editor import Editor
from divegov_gui.ui.pages.connections.opening import Opening, OpeningPanel
from divegov_gui.ui.pages.connections.parts import let_go, side_worker
from divegov_gui.ui.pages.connections.profile_card import ProfileCard, arranged, is_open_in
from divegov_gui.ui.pages.connections.steps_panel import StepsPanel
from divegov_gui.ui.pages.connections.testing import ConnectionTest
from divegov_gui.ui.pages.connections.words import NO_SECRETS, SUBTITLE, said
from divegov_gui.ui.pages.page import Page
from divegov_gui.ui.widgets import Reflow, button, plural
from divegov_gui.ui.widgets.note import Note

_FILTER = "Connections (*.json);;All files (*)"
_CARD = 340
_PANEL = (400, 480)
"""The least and the most width of what is beside the cards."""

Choose = Callable[[QWidget], Path | None]


def choose_import(parent: QWidget) -> Path | None:
    """Ask for a file of connections to read."""
    chosen, _ = QFileDialog.getOpenFileName(parent, "Import connections", "", _FILTER)
    return Path(chosen) if chosen else None


def choose_export(parent: QWidget) -> Path | None:
    """Ask where to write the connections."""
    chosen, _ = QFileDialog.getSaveFileName(parent, "Export connections", "connections.json", _FILTER)
    return Path(chosen) if chosen else None


class ConnectionsPage(Page):
    """The profiles as cards; beside them the editor of one, or its test."""

    def __init__(
        self,
        context: AppContext,
        parent: QWidget | None = None,
        *,
        store: ProfileStore | None = None,
        passwords: Passwords | None = None,
        odbc: Any = None,
    ) -> None:
        super().__init__("connections", "Connections", SUBTITLE, scrolls=False, parent=parent)
        self._context = context
        self._store = store or ProfileStore()
        self.passwords = passwords or Passwords()
        """The keyring; replaceable, as `odbc` is, which stands in for pyodbc."""
        self.odbc = odbc
        self.choose_import: Choose = choose_import
        self.choose_export: Choose = choose_export
        self._profiles: list[Profile] = []
        self._panel: Editor | StepsPanel | OpeningPanel | None = None
        self._job: ConnectionTest | Opening | None = None
        self._keyring = side_worker("keyring", self)
        self._build()
        context.place_changed.connect(self.refresh)

    @property
    def is_busy(self) -> bool:
        """Whether a test, an opening or the keyring is at work."""
        return self._keyring.is_busy or (self._job is not None and self._job.is_busy)

    def page_shown(self) -> None:
        """Read the file anew: `divegov profile` may have changed it."""
        self.refresh()

    def refresh(self) -> None:
        """Show what the file holds."""
        try:
            self._profiles = self._store.all()
            self._problem.say("")
        except DiveGovError as error:
            self._profiles = []
            self._problem.say(said(error), "danger")
        self._show_cards()

    # --- building
    def _build(self) -> None:
        space = theme.current().space
        self._export = button("Export…", name="connections.export", icon="export", description=NO_SECRETS)
        self._import = button("Import…", name="connections.import", icon="upload", description=NO_SECRETS)
        self._new = button("New connection", name="connections.new", variant="primary", icon="add")
        self._export.clicked.connect(self._export_all)
        self._import.clicked.connect(self._import_file)
        self._new.clicked.connect(lambda: self._leave_panel(partial(self._edit, None)))
        for control in (self._import, self._export, self._new):
            self.add_action(control)
        self._problem = Note("connections.problem")
        self._retry = button("Read again", name="connections.retry", icon="refresh")
        self._retry.clicked.connect(self.refresh)
        self._problem.row.addWidget(self._retry)
        self.body.addWidget(self._problem)
        line = QHBoxLayout()
        line.setSpacing(space.l)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        gap = theme.current().space.l
        self._grid = Reflow(_CARD, most_columns=3, gaps=(gap, gap))
        column.addWidget(self._grid)
        column.addStretch(1)
        self._area.setWidget(content)
        line.addWidget(self._area, 1)
        self._side = QVBoxLayout()
        line.addLayout(self._side)
        self.body.addLayout(line, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panel()

    def _fit_panel(self) -> None:
        if self._panel is not None:
            least, most = _PANEL
            self._panel.setFixedWidth(max(least, min(most, self.width() * 2 // 5)))

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop when the window goes, not when another page is shown."""
        super().hideEvent(event)
        if not self.window().isVisible():
            self.stop()

    def stop(self) -> None:
        """End what runs beside the database, and its threads."""
        self._end_job()
        self._keyring.shutdown()
        self._keyring.deleteLater()
        self._keyring = side_worker("keyring", self)

    # --- the cards
    def _show_cards(self) -> None:
        here = self._context.workspace
        focused = self.focusWidget()
        name = focused.objectName() if focused is not None and self._grid.isAncestorOf(focused) else ""
        cards: list[QWidget] = []
        for profile in arranged(self._profiles, self._context):
            card = ProfileCard(
                profile,
                is_open=is_open_in(profile, here),
                kept=profile.profile_id != LOCAL_ID,
                mask=self._context.mask_personal,
            )
            card.asked.connect(self._take_wish)
            cards.append(card)
        for old in self._grid.set_cells(cards):
            let_go(old)
        for made in cards:
            made.show()  # now, so that the focus can go there
        again = self.findChild(QWidget, name) if name else None
        if again is not None:
            again.setFocus()
        self._export.setEnabled(bool(self._profiles))

    def _take_wish(self, what: str, profile: Profile) -> None:
        actions: dict[str, Callable[[Profile], None]] = {
            "open": lambda p: self._leave_panel(partial(self.open, p)),
            "test": lambda p: self._leave_panel(partial(self.test, p)),
            "edit": lambda p: self._leave_panel(partial(self._edit, p)),
            "duplicate": self._duplicate,
            "delete": self._ask_to_delete,
            "favourite": self._turn_favourite,
        }
        actions[what](profile)

    def _change(self, action: Callable[[], Profile]) -> Profile | None:
        """Change the file and show it; what it refuses is told."""
        try:
            return action()
        except DiveGovError as error:
            self._context.notifier.error(error)
            return None
        finally:
            self.refresh()

    def _duplicate(self, profile: Profile) -> None:
        copy = self._change(lambda: self._store.duplicate(profile))
        if copy is not None:
            self._leave_panel(partial(self._edit, copy))

    def _turn_favourite(self, profile: Profile) -> None:
        self._change(lambda: self._store.edit(replace(profile, favourite=not profile.favourite)))

    def _ask_to_delete(self, profile: Profile) -> None:
        text = f"{profile.label} stays as it is: only its card goes."
        if profile.server is not None and profile.server.needs_password:
            text += " A password that the keyring has for it goes too."
        ask = Confirm(f"Delete the connection {profile.name}?", text, "Delete", "Keep it", self.window())
        ask.accepted.connect(lambda: self._delete(profile))
        ask.open()

    def _delete(self, profile: Profile) -> None:
        def act() -> Profile:
            self._store.delete(profile)
            return profile

        if self._change(act) is None:
            return
        self._close_panel()
        self._new.setFocus()
        self._context.notifier.success(f"{profile.name} is deleted.")
        if profile.server is not None and profile.server.needs_password:
            self._forget(profile)

    # --- the editor
    def _edit(self, profile: Profile | None) -> None:
        others = [p for p in self._profiles if profile is None or p.profile_id != profile.profile_id]
        editor = Editor(profile, others)
        editor.saved.connect(self._save)
        editor.closed.connect(lambda: self._leave_panel(self._close_panel))
        self._show_panel(editor)
        editor.focus_first()
        self._keyring.submit(
            partial(work.is_kept, self.passwords, profile or local_profile(Path("new"))),
            kind="connections.keyring",
            on_success=lambda found: editor.show_keyring(*found),
            owner=editor,
        )

    def _save(self, profile: Profile, password: Secret | None, test: bool) -> None:
        editor = self._panel
        assert isinstance(editor, Editor)
        is_new = all(p.profile_id != profile.profile_id for p in self._profiles)
        kept = self._change(lambda: self._store.add(profile) if is_new else self._store.edit(profile))
        if kept is None:
            return
        keep, logs_in = editor.draft().keep, editor.draft().needs_password
        self._close_panel()
        self._focus_card(kept)
        self._context.notifier.success(f"{kept.name} is saved.")
        if logs_in and keep and password is not None:
            self._remember(kept, password)
        elif not is_new and not (logs_in and keep):
            self._forget(kept)
        if test:
            self.test(kept, password)

    def _remember(self, profile: Profile, password: Secret) -> None:
        self._keyring.submit(
            partial(work.remember, self.passwords, profile, password),
            write=True,
            on_success=lambda why: self._warn("The password was not kept.", why),
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _forget(self, profile: Profile) -> None:
        """Take the password out of the keyring; where there is no keyring, there is nothing to take out."""
        self._keyring.submit(partial(work.forget, self.passwords, profile), write=True, owner=self)

    def _warn(self, title: str, why: str) -> None:
        if why:
            self._context.notifier.warning(title, why)

    # --- the test
    def test(self, profile: Profile, password: Secret | None = None) -> None:
        """Test a server's connection, and show the steps beside the cards; `password` is one just typed."""
        panel = StepsPanel(profile)
        panel.closed.connect(self._close_panel)
        self._show_panel(panel)
        self._job = test = ConnectionTest(panel, self.passwords, self.odbc, parent=self)
        test.worked.connect(self._mark_used)
        test.keep_asked.connect(self._remember)
        test.start(password)

    # --- opening
    def open(self, profile: Profile, password: Secret | None = None) -> None:
        """Turn the window to a profile's place, once it is found to open; until then the one that is open stays."""
        panel = OpeningPanel(profile)
        panel.closed.connect(self._close_panel)
        panel.test_asked.connect(lambda: self.test(profile))
        self._show_panel(panel)
        self._job = opening = Opening(
            panel, self._context.workspace.name, self.passwords, self.odbc, parent=self
        )
        opening.opened.connect(partial(self._turn_to, profile))
        opening.keep_asked.connect(self._remember)
        opening.start(password)

    def _turn_to(self, profile: Profile, place: Place, standing: Standing) -> None:
        self._close_panel()
        self._mark_used(profile)
        self._context.ask_for(place, standing)

    def _mark_used(self, profile: Profile) -> None:
        if any(p.profile_id == profile.profile_id for p in self._profiles):
            self._change(lambda: self._store.mark_used(profile))

    def _end_job(self) -> None:
        if self._job is not None:
            job, self._job = self._job, None
            job.shut_down()
            job.deleteLater()

    # --- what is beside the cards
    def _show_panel(self, panel: Editor | StepsPanel | OpeningPanel) -> None:
        self._close_panel()
        self._panel = panel
        self._fit_panel()
        self._side.addWidget(panel)
        panel.show()

    def _leave_panel(self, go_on: Callable[[], None]) -> None:
        """Go on; where the editor holds what was not saved, only if the person agrees."""
        if not isinstance(self._panel, Editor) or not self._panel.is_changed:
            go_on()
            return
        ask = Confirm(
            "Discard what you changed?",
            "The connection in the editor has not been saved.",
            "Discard",
            "Keep editing",
            self.window(),
        )
        ask.accepted.connect(go_on)
        ask.open()

    def _close_panel(self) -> None:
        self._end_job()
        panel, self._panel = self._panel, None
        if panel is not None:
            self._side.removeWidget(panel)
            let_go(panel)
            if isinstance(panel, (StepsPanel, OpeningPanel)):
                self._focus_card(panel.profile)

    def _focus_card(self, profile: Profile) -> None:
        """Put the focus on what one does next with a profile, and bring it into sight."""
        for what in ("open", "test", "edit"):
            found = self.findChild(QWidget, f"connections.{what}.{profile.profile_id}")
            if found is not None:
                found.setFocus()
                self._area.ensureWidgetVisible(found, 0, 40)
                return

    # --- import and export
    def _import_file(self) -> None:
        source = self.choose_import(self)
        if source is None:
            return
        try:
            added = self._store.import_from(source)
        except DiveGovError as error:
            self._context.notifier.error(error)
            return
        finally:
            self.refresh()
        self._context.notifier.success(
            f"{plural(len(added), 'connection')} imported.",
            ", ".join(p.name for p in added),
        )

    def _export_all(self) -> None:
        target = self.choose_export(self)
        if target is None:
            return
        try:
            count = self._store.export(target)
        except DiveGovError as error:
            self._context.notifier.error(error)
            return
        self._context.notifier.success(f"{plural(count, 'connection')} exported.", f"{target}. {NO_SECRETS}")
