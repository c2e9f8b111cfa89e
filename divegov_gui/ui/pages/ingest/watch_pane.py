"""The third way in: a folder that is watched, and what came of the files that arrived in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.arrivals import Arrivals
from divegov_gui.ui.pages.ingest.parts import ScrollColumn
from divegov_gui.ui.pages.ingest.refusal_card import RefusalCard
from divegov_gui.ui.pages.ingest.watch_mapping import WatchMapping
from divegov_gui.ui.watching import FolderWatcher, Watched
from divegov_gui.ui.widgets import Card, button, icon_label, label, restyle, reveal, text_field

_RULES = (
    "A file is taken once it has stopped growing: CSV, Excel, JSON or JSON Lines. What is governed goes to its "
    "subfolder done, what is refused to refused, with the reason beside it. Nothing is lost or taken twice."
)


class WatchPane(ScrollColumn):
    """The folder, how its files are mapped, and the arrivals; the page's button starts and stops."""

    changed = Signal()
    batch_wanted = Signal(object)
    """The number of a batch whose result the person wants to see."""

    def __init__(self, watcher: FolderWatcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watcher = watcher
        self.pick: Callable[[], str] = self._ask_desktop
        card = Card()
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        card.body.addLayout(self._path_line())
        self._state = label("", wrap=True, name="ingest.watch.state")
        card.body.addLayout(self._state_line())
        self._rules = label(_RULES, "hint", wrap=True)
        card.body.addWidget(self._rules)
        self.mapping = WatchMapping()
        self.mapping.changed.connect(self.changed)
        card.body.addWidget(self.mapping)
        self.body.addWidget(card)
        self.refusal = RefusalCard("ingest.watch.refused")
        self.body.addWidget(self.refusal)
        self.arrivals = Arrivals()
        self.arrivals.batch_wanted.connect(self.batch_wanted)
        self.body.addWidget(self.arrivals, 1000)
        self.body.addStretch(1)
        self.path.setText(watcher.watched.folder)
        self.mapping.show_options(watcher.watched.mapping, watcher.watched.defaults)
        watcher.changed.connect(self._show)
        watcher.refused.connect(self._refuse)
        self._show()

    # --- what the page asks
    @property
    def is_on(self) -> bool:
        """Whether the folder is watched."""
        return self._watcher.is_on

    @property
    def is_ready(self) -> bool:
        """Whether the button can do something."""
        return self._watcher.is_on or (bool(self._folder) and not self._watcher.is_starting)

    def waiting_for(self) -> str:
        """What must be done first, in a sentence; empty where nothing must."""
        if self._watcher.is_on:
            return ""
        return self.mapping.problem if self._folder else "Choose a folder first."

    def toggle(self) -> None:
        """Start, or stop."""
        if self._watcher.is_on:
            self._watcher.stop()
        elif not self.waiting_for():
            self.refusal.show_error(None)
            self._watcher.start(Watched(self._folder, self.mapping.mapping, self.mapping.defaults))
        else:
            self.focus_problem()

    def focus_problem(self) -> None:
        """Put the focus where something must be done."""
        (self.mapping.first_problem() if self._folder else self.path).setFocus()

    # --- inside
    @property
    def _folder(self) -> str:
        return self.path.text().strip().strip('"')

    def _path_line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self.path = text_field("ingest.watch.folder", "Folder", "The folder's path, or press Browse")
        self.path.setAccessibleDescription("The folder in which files arrive. Enter watches it.")
        self.path.setClearButtonEnabled(False)
        self.path.textChanged.connect(lambda _: self.changed.emit())
        self.path.returnPressed.connect(self.toggle)
        self.browse = button("Browse…", name="ingest.watch.browse", icon="folder")
        self.browse.setAccessibleName("Browse for a folder")
        self.browse.clicked.connect(self._browse)
        row.addWidget(icon_label("folder", "muted", 20))
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        return row

    def _state_line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self._sign = icon_label("info", "muted", 18)
        row.addWidget(self._sign)
        row.addWidget(self._state, 1)
        return row

    def _browse(self) -> None:
        chosen = self.pick()
        if chosen:
            self.path.setText(chosen)

    def _ask_desktop(self) -> str:
        return QFileDialog.getExistingDirectory(self, "Choose a folder to watch", self._folder)

    def _refuse(self, error: DiveGovError) -> None:
        self.refusal.show_error(error)

    def _show(self) -> None:
        """Show where the watching stands, and what came."""
        watcher = self._watcher
        fixed = watcher.is_on or watcher.is_starting
        for part in (self.path, self.browse, self.mapping):
            part.setEnabled(not fixed)
        if watcher.is_on:
            self.path.setText(watcher.watched.folder)
            self.refusal.show_error(None)
        reveal(self._rules, not fixed)
        reveal(self.mapping, not fixed or bool(self.mapping.mapping or self.mapping.defaults))
        words, tone, sign = self._words()
        self._state.setText(words)
        self._state.setProperty("tone", tone)
        restyle(self._state)
        theme.set_icon(self._sign, sign, tone, 18)
        self.arrivals.show_arrivals(watcher.arrivals)
        reveal(self.arrivals, fixed or bool(watcher.arrivals))
        self.changed.emit()

    def _words(self) -> tuple[str, str, str]:
        """What is the case, its tone and its sign."""
        watcher = self._watcher
        name = Path(watcher.watched.folder).name
        if watcher.is_starting:
            return "The folder is being opened.", "muted", "time"
        if watcher.trouble is not None:
            said = f"{watcher.trouble.title} Files stay where they are and are tried again every 30 seconds."
            return said, "warning", "warning"
        if watcher.is_on:
            return f"{name} is being watched while this window is open.", "success", "reveal"
        if watcher.was_on:
            return f"{name} was watched when the window was closed. Start, and it is again.", "info", "info"
        return "No folder is being watched.", "muted", "info"
