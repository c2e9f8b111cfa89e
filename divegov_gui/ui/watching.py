"""A folder under watch while the window is open: looks in a thread of its own, takes files on the writer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from divegov_gui.core.errors import Cancelled, Conflict, DiveGovError, Refused
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.ui.settings import WATCHED_FOLDER, UiSettings
from divegov_gui.ui.tasks import TaskCrashed, TaskHandle, Worker

if TYPE_CHECKING:
    from divegov_gui.services.watching import FolderWatch, WatchEvent
    from divegov_gui.ui.context import AppContext

MOST_ARRIVALS = 500
"""How many arrivals are kept to be looked at; the batches themselves are all in the database."""
_LONGEST = 24
"""How much of a folder's name stands in the status line."""
LOOK_MS, PAUSE_MS = 2_000, 30_000
_PATIENCE_MS = 3_000
"""How long closing waits for a look at a folder that does not answer, such as one on a network."""
_OPTIONS, _ON = "watch/options", "watch/on"


@dataclass(frozen=True)
class Watched:
    """What is watched and how its files are mapped: corrections of the guess, values for missing columns."""

    folder: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrival:
    """One file that came: when it was taken (UTC), and what became of it."""

    at: str
    event: WatchEvent

    @property
    def name(self) -> str:
        """The file's name."""
        return self.event.name


class FolderWatcher(QObject):
    """One folder at a time. `start` and `stop`; what comes is told by `changed` and kept in `arrivals`."""

    changed = Signal()
    """It was started or stopped, a file came, or there is trouble, or no more."""
    refused = Signal(object)
    """The DiveGovError for which a folder could not be watched from the start."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._context = context
        self._worker: Worker | None = None
        self._watch: FolderWatch | None = None
        self._starting = False
        self._looking: TaskHandle | None = None
        self._taking: TaskHandle | None = None
        self._waiting: list[Path] = []
        self._looks = 0
        self.watched = remembered(context.settings)
        """What is watched, or was the last time."""
        self.trouble: DiveGovError | None = None
        """Why files wait just now: the database cannot be reached, or refuses."""
        self.arrivals: list[Arrival] = []
        """What came while the window was open, newest first."""
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        context.place_changed.connect(self._leave_place)

    @property
    def is_on(self) -> bool:
        """Whether a folder is watched."""
        return self._watch is not None

    @property
    def is_starting(self) -> bool:
        """Whether a folder is being opened: one on a network may take its time."""
        return self._starting

    @property
    def was_on(self) -> bool:
        """Whether the folder was watched when the window was closed the last time, and is not yet again."""
        return not self.is_on and bool(self.watched.folder) and _flag(self._context.settings.value(_ON))

    def start(self, watched: Watched) -> None:
        """Watch a folder; `refused` says why where it cannot be."""
        if self.is_on or self._starting:
            return
        from divegov_gui.services.watching import FolderWatch, WatchOptions

        def job(_: Any, __: ProgressSink, ___: CancelToken) -> FolderWatch:
            return FolderWatch(Path(watched.folder), WatchOptions(watched.mapping, watched.defaults))

        self._starting, self.trouble = True, None
        self._thread().submit(
            job, on_success=partial(self._begin, watched), on_failure=self._not_begun, owner=self
        )
        self.changed.emit()

    def stop(self) -> None:
        """Watch no more; the file that is being taken is taken to its end, others stay where they are."""
        if not self.is_on:
            return
        self._end()
        self._context.settings.set_value(_ON, "false")
        self.changed.emit()

    def shut_down(self) -> None:
        """Let the thread go; the folder is offered again at the next start."""
        self._end()
        if self._worker is not None:
            self._worker.shutdown(_PATIENCE_MS)
            self._worker = None

    # --- inside
    def _thread(self) -> Worker:
        if self._worker is None:
            self._worker = Worker(
                lambda: None, name="watcher", on_crash=self._context.writer.on_crash, parent=self
            )
        return self._worker

    def _begin(self, watched: Watched, watch: FolderWatch) -> None:
        self._starting, self._watch = False, watch
        self.watched = replace(watched, folder=str(watch.folder))
        _remember(self._context.settings, self.watched)
        self._looks = 0
        self._timer.start(LOOK_MS)
        self._look()
        self.changed.emit()

    def _not_begun(self, error: DiveGovError) -> None:
        self._starting = False
        self.refused.emit(error)
        self.changed.emit()

    def _end(self) -> None:
        self._timer.stop()
        if self._watch is not None:
            self._watch.close()
        self._watch, self._starting = None, False
        self._waiting.clear()
        self.trouble = None

    def _leave_place(self) -> None:
        """Another database is open: what arrives belongs to the one before."""
        if self.is_on:
            self._context.notifier.info(
                f"{Path(self.watched.folder).name} is no longer watched.",
                "Its files went into the place that was open before. Start again to have them come in here.",
            )
            self.stop()

    def _look(self) -> None:
        """See, off the UI thread, which files are complete. One look at a time, and none while files are taken."""
        watch = self._watch
        if watch is None or self._is_at_work:
            return
        self._timer.setInterval(LOOK_MS)
        self._looks += 1
        again = self.trouble is not None or self._looks % (PAUSE_MS // LOOK_MS) == 0

        def job(_: Any, __: ProgressSink, ___: CancelToken) -> list[Path]:
            if again:
                watch.retry()
            return watch.look()

        self._looking = self._thread().submit(
            job, on_success=partial(self._found, watch), on_failure=self._lost, owner=self
        )

    @property
    def _is_at_work(self) -> bool:
        return any(task is not None and not task.is_over for task in (self._looking, self._taking))

    def _found(self, watch: FolderWatch, files: list[Path]) -> None:
        if watch is self._watch:
            self._waiting = files
            if not files and self.trouble is not None:
                self.trouble = None
                self.changed.emit()
            self._take_next()

    def _lost(self, error: DiveGovError) -> None:
        """The folder itself is away: it is said once, and looked for until it is back."""
        if self.is_on:
            self.trouble = error
            self._timer.setInterval(PAUSE_MS)
            self.changed.emit()

    def _take_next(self) -> None:
        watch, files = self._watch, self._waiting
        if watch is None or not files:
            return
        path, scripts = files.pop(0), self._context.scripts

        def job(session: Any, progress: ProgressSink, cancel: CancelToken) -> tuple[WatchEvent, bool]:
            from divegov_gui.services.deployment import deploy

            setup = deploy(session, scripts=scripts, cancel=cancel)
            return watch.take(session, path, progress, cancel), bool(setup.applied)

        self._taking = self._context.writer.submit(
            job,
            label=f"Taking in {path.name}",
            write=True,
            on_success=self._took,
            on_failure=self._in_trouble,
            owner=self,
        )

    def _took(self, told: tuple[WatchEvent, bool]) -> None:
        from divegov_gui.ui.context import BATCHES, DIVERS, QUARANTINE, SCHEMA

        event, set_up = told
        self.trouble = None
        self.arrivals.insert(0, Arrival(datetime.now(timezone.utc).isoformat(" ", "microseconds"), event))
        del self.arrivals[MOST_ARRIVALS:]
        self.changed.emit()
        if event.report is not None:
            self._context.tell_changed({BATCHES, QUARANTINE, DIVERS} | ({SCHEMA} if set_up else set()))
        self._take_next()

    def _in_trouble(self, error: DiveGovError) -> None:
        """Stopped by the person, or a bug: watch no more. Anything else is no fault of the file: it is tried again."""
        if isinstance(error, (Cancelled, TaskCrashed)):
            self._waiting.clear()
            self.stop()
            return
        if not isinstance(error, (Conflict, Refused)):
            self._waiting.clear()
        if self.is_on:
            self.trouble = error
            self._timer.setInterval(PAUSE_MS)
        self.changed.emit()
        self._take_next()


def watch_note(watcher: FolderWatcher) -> tuple[str, str, str]:
    """What the status line says of the folder: words, what a press does, a tone; nothing where there is none."""
    name = Path(watcher.watched.folder).name
    name = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
    if watcher.trouble is not None:
        return f"{name}: files wait", f"{watcher.trouble.title} Shows the folder that is watched.", "warning"
    if watcher.is_on:
        return f"Watching {name}", f"Shows what came in {watcher.watched.folder}.", "link"
    if watcher.was_on:
        return (
            f"Watch {name} again?",
            "It was watched when the window was closed. Shows where to start.",
            "link",
        )
    return "", "", "link"


def remembered(settings: UiSettings) -> Watched:
    """What was watched the last time; a note that cannot be read counts as none."""
    folder = str(settings.value(WATCHED_FOLDER, "") or "")
    try:
        options = json.loads(str(settings.value(_OPTIONS, "{}")))
        return Watched(folder, dict(options.get("mapping", {})), dict(options.get("defaults", {})))
    except (ValueError, TypeError, AttributeError):
        return Watched(folder)


def _remember(settings: UiSettings, watched: Watched) -> None:
    settings.set_value(WATCHED_FOLDER, watched.folder)
    options = {"mapping": dict(watched.mapping), "defaults": dict(watched.defaults)}
    settings.set_value(_OPTIONS, json.dumps(options, ensure_ascii=False))
    settings.set_value(_ON, "true")


def _flag(value: object) -> bool:
    """A flag as an INI file gives it back."""
    return str(value).lower() == "true"
