"""A folder that is watched: a file that has arrived complete is ingested once and moved out of the way.

Governed files go to ``done/``, refused ones to ``refused/`` with the reason beside them. Nothing is remembered outside
the folder and the database: the database recognises content that it has governed, so a watcher that was killed at any
moment, and started again, neither loses nor repeats a file. One watcher has a folder at a time (services/folder_lock),
so that no two move files over each other. A file that is still written to after it was taken comes back, whole, also
where another watcher took it (services/taken_files).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path

from divegov_gui.core.errors import Conflict, ConnectionFailed, DiveGovError, InputRefused, Refused
from divegov_gui.core.progress import CancelToken, ProgressSink, no_progress
from divegov_gui.database.session import Session
from divegov_gui.services.files.model import Fingerprint
from divegov_gui.services.folder_lock import FolderLock
from divegov_gui.services.ingestion import IngestReport, ingest
from divegov_gui.services.taken_files import TakenFile, TakenFiles

DONE, REFUSED = "done", "refused"
TAKEN = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".json", ".jsonl", ".ndjson"})
"""The endings of the files that are looked at; others may lie in the folder and are left alone, and so are links."""

LOOK_SECONDS = 2.0
"""How long to wait between two looks. A file is complete when two looks in a row see it unchanged."""
PAUSE_SECONDS = 30.0
"""How long to wait where the database did not take a file."""

REASON_SUFFIX = ".reason.txt"
_LONGEST_NAME = 200
"""Bytes of a file's name, so that the time and the reason's ending find room in the 255 that a name may have."""


class Taken(Enum):
    """What became of one file."""

    GOVERNED = "governed"
    RECOGNISED = "recognised"
    """Its content had been governed before; no record was added."""
    REFUSED = "refused"
    KEPT = "kept"
    """It is still there: it cannot be read or moved just now, or has changed, and will be tried again."""


@dataclass(frozen=True)
class WatchOptions:
    """How the files of a folder are mapped: corrections of the guess, and values for missing columns."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WatchEvent:
    """What became of `name`, where it lies now, and the batch's report or the reason."""

    name: str
    outcome: Taken
    place: Path
    report: IngestReport | None = None
    reason: DiveGovError | None = None


class FolderWatch:
    """One folder under watch. `look` names what is complete; `take` ingests one file and moves it.

    Raises InputRefused where the folder is none or may not be written.
    """

    def __init__(self, folder: Path, options: WatchOptions | None = None) -> None:
        self.folder = folder.expanduser().absolute()
        self._options = options or WatchOptions()
        self._seen: dict[Path, Fingerprint] = {}
        self._kept: dict[Path, Fingerprint] = {}
        self._taken = TakenFiles(self.folder, (DONE, REFUSED))
        self._lock = FolderLock()
        self._prepare()

    def close(self) -> None:
        """Let others watch the folder."""
        self._lock.release()

    def look(self) -> list[Path]:
        """The files that were seen before and have not changed since, oldest first.

        Raises InputRefused where the folder is gone or cannot be written; a later look finds it again when it is back.
        """
        if not self._lock.is_held:
            self._prepare()
        try:
            self._bring_back()
            now = self._files()
        except OSError as error:
            self._lock.release()
            self._seen.clear()
            raise _folder_refused(self.folder, error) from error
        ready = [path for path, found in now.items() if self._seen.get(path) == found and found.size]
        self._kept = {path: found for path, found in self._kept.items() if now.get(path) == found}
        self._seen = now
        return sorted(
            (path for path in ready if path not in self._kept),
            key=lambda path: (now[path].modified_ns, path.name),
        )

    def retry(self) -> None:
        """Try again what could not be read or moved."""
        self._kept.clear()

    def take(
        self,
        session: Session,
        path: Path,
        progress: ProgressSink = no_progress,
        cancel: CancelToken | None = None,
    ) -> WatchEvent:
        """Ingest one complete file and move it. Raises what is no fault of the file: Cancelled, ConnectionFailed."""
        before = _fingerprint(path)
        if before is None:
            return WatchEvent(path.name, Taken.KEPT, path)
        try:
            report = self._ingest(session, path, progress, cancel)
        except InputRefused as refused:
            return self._refuse(path, before, refused)
        outcome = Taken.GOVERNED if report.was_loaded else Taken.RECOGNISED
        return self._move(path, before, DONE, WatchEvent(path.name, outcome, path, report))

    def _ingest(
        self, session: Session, path: Path, progress: ProgressSink, cancel: CancelToken | None
    ) -> IngestReport:
        from divegov_gui.services.files import FileSource, guess_mapping, inspect_file

        options = self._options
        file = inspect_file(path, progress=progress, cancel=cancel)
        taken = set(options.mapping.values())
        guess = {
            name: column
            for name, column in guess_mapping(file.columns).items()
            if name not in options.mapping and name not in options.defaults and column not in taken
        }
        source = FileSource(file, {**guess, **options.mapping}, options.defaults)
        return ingest(session, source, progress=progress, cancel=cancel)

    def _refuse(self, path: Path, before: Fingerprint, refused: InputRefused) -> WatchEvent:
        """Put the file aside with the reason beside it; not so where it has changed or the system holds it back.

        The reason is written ahead of the move: a kill in between leaves none without it.
        """
        held_back = isinstance(refused.__cause__, OSError)
        if held_back or _fingerprint(path) != before:
            if held_back:
                self._kept[path] = before
            return WatchEvent(path.name, Taken.KEPT, path, reason=refused)
        return self._move(path, before, REFUSED, WatchEvent(path.name, Taken.REFUSED, path, reason=refused))

    def _move(self, path: Path, before: Fingerprint, folder: str, event: WatchEvent) -> WatchEvent:
        """Move the file that was taken, and none that somebody has put in its place meanwhile."""
        place = _free_place(self.folder / folder / path.name)
        reason = place.with_name(place.name + REASON_SUFFIX)
        try:
            place.parent.mkdir(exist_ok=True)
            if event.reason is not None:
                words = (event.reason.title, event.reason.detail, event.reason.hint)
                reason.write_text("\n".join(word for word in words if word) + "\n", encoding="utf-8")
            taken = TakenFile(place, path, before)
            self._taken.add(taken)
            path.rename(place)
            if Fingerprint.of(place) != before:
                reason.unlink(missing_ok=True)
                if not path.exists():
                    place.rename(path)
                    self._taken.forget(taken)
                return WatchEvent(path.name, Taken.KEPT, path, event.report, event.reason)
        except OSError as error:
            self._kept[path] = before
            return WatchEvent(path.name, Taken.KEPT, path, event.report, _not_moved(path, folder, error))
        return WatchEvent(event.name, event.outcome, place, event.report, event.reason)

    def _bring_back(self) -> None:
        """What somebody went on writing to after it was taken comes back: what was missing is taken with the rest."""
        for taken in self._taken.all():
            place, path, before = taken
            now = _fingerprint(place)
            if now == before:
                continue
            if now is not None:
                place.rename(path if not path.exists() else _free_place(path))
                place.with_name(place.name + REASON_SUFFIX).unlink(missing_ok=True)
            self._taken.forget(taken)

    def _files(self) -> dict[Path, Fingerprint]:
        found = {}
        with os.scandir(self.folder) as entries:
            for entry in entries:
                name = entry.name
                if name.startswith((".", "~")) or Path(name).suffix.lower() not in TAKEN:
                    continue
                path = self.folder / name
                print_ = _fingerprint(path)
                if print_ is not None and entry.is_file(follow_symlinks=False):
                    found[path] = print_
        return found

    def _prepare(self) -> None:
        try:
            if not self.folder.is_dir():
                raise InputRefused(
                    f"There is no folder {self.folder}.",
                    "Only a folder can be watched.",
                    "Make it first, or name another one.",
                )
            for name in (DONE, REFUSED):
                (self.folder / name).mkdir(exist_ok=True)
            self._lock.take(self.folder)
            self._taken.read()
        except OSError as error:
            raise _folder_refused(self.folder, error) from error


def watch(
    folder: FolderWatch,
    open_session: Callable[[], Session],
    on_event: Callable[[WatchEvent], None],
    on_trouble: Callable[[DiveGovError], None],
    *,
    wait: Callable[[float], None] = time.sleep,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> None:
    """Watch until cancelled. A session is open only while a file is taken.

    Where the database cannot be reached or refuses, or the folder itself is away, `on_trouble` is told once, files stay
    where they are, and all is tried again after a pause. A file that is refused keeps none behind it waiting. Raises
    Cancelled.
    """
    waited, told = 0.0, ""
    while True:
        pause = LOOK_SECONDS
        trouble: DiveGovError | None = None
        try:
            for path in folder.look():
                if cancel:
                    cancel.raise_if_cancelled()
                try:
                    on_event(_take(folder, open_session, path, progress, cancel))
                except (Conflict, Refused) as error:
                    trouble = error
        except (ConnectionFailed, InputRefused) as error:
            trouble = error
        if trouble is not None:
            pause = PAUSE_SECONDS
            if told != str(trouble):
                on_trouble(trouble)
        told = str(trouble) if trouble else ""
        if cancel:
            cancel.raise_if_cancelled()
        wait(pause)
        waited += pause
        if waited >= PAUSE_SECONDS:
            folder.retry()
            waited = 0.0


def _take(
    folder: FolderWatch,
    open_session: Callable[[], Session],
    path: Path,
    progress: ProgressSink,
    cancel: CancelToken | None,
) -> WatchEvent:
    session = open_session()
    try:
        return folder.take(session, path, progress, cancel)
    finally:
        session.close()


def _fingerprint(path: Path) -> Fingerprint | None:
    """What the file system says of a file, None where it is gone."""
    try:
        return Fingerprint.of(path)
    except OSError:
        return None


def _free_place(place: Path) -> Path:
    """`place`, or with the time in its name where a file of that name lies there already; a long name is cut."""
    stem = os.fsdecode(os.fsencode(place.stem)[:_LONGEST_NAME])
    if stem == place.stem and not os.path.lexists(place):
        return place
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S%f")
    return place.with_name(f"{stem}-{stamp}{place.suffix}")


def _folder_refused(folder: Path, error: OSError) -> InputRefused:
    return InputRefused(
        f"The folder {folder} cannot be watched.",
        f"{error.strerror or error}.",
        "Files are moved into its subfolders done and refused: it must exist and you must be allowed to write in it.",
    )


def _not_moved(path: Path, folder: str, error: OSError) -> InputRefused:
    return InputRefused(
        f"{path.name} cannot be moved to {folder}.",
        f"{error.strerror or error}.",
        "Close it in other programs and see that you may write in the folder. It will not be governed twice.",
    )
