"""What a watcher remembers of the files that it took, in the folder itself: the next one there looks after them too.

A writer may pause for so long that its file seems complete, and go on in the file that was moved. The note says what
each file was when it was taken, and where it came from and lies now: only names within the folder, so that whoever may
write into the folder can have no other file moved by it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from divegov_gui.core import private_files
from divegov_gui.services.files.model import Fingerprint

NAME = ".divegov-watch.json"
"""The note. It may be deleted: then nobody looks after what was taken before."""
_MOST = 200
"""How many of the files that were taken are looked after, the newest."""


class TakenFile(NamedTuple):
    """A file that was taken: where it lies now, where it came from, and what it was then."""

    place: Path
    path: Path
    before: Fingerprint


class TakenFiles:
    """The files that were taken out of `folder`; `folders` are those below it into which they are moved."""

    def __init__(self, folder: Path, folders: tuple[str, ...]) -> None:
        self._folder, self._folders = folder, folders
        self._files: dict[Path, TakenFile] = {}

    def read(self) -> None:
        """Take over what the one before has noted; a note that is none says nothing. Raises OSError."""
        try:
            noted = json.loads((self._folder / NAME).read_text(encoding="utf-8"))
            files = [self._file(*entry) for entry in noted]
        except (FileNotFoundError, ValueError, TypeError, RecursionError):
            files = []
        self._files = {file.place: file for file in files if file is not None}

    def all(self) -> list[TakenFile]:
        """All that are looked after, the oldest first."""
        return list(self._files.values())

    def add(self, file: TakenFile) -> None:
        """Look after one more. Noted ahead of its move, so that a kill in between forgets none. Raises OSError."""
        self._files[file.place] = file
        for oldest in list(self._files)[:-_MOST]:
            del self._files[oldest]
        self._write()

    def forget(self, file: TakenFile) -> None:
        """Look after it no more. Raises OSError."""
        if self._files.pop(file.place, None) is not None:
            self._write()

    def _file(self, folder: str, name: str, path: str, size: int, modified_ns: int) -> TakenFile | None:
        if folder not in self._folders or not (_is_name(name) and _is_name(path)):
            return None
        return TakenFile(self._folder / folder / name, self._folder / path, Fingerprint(size, modified_ns))

    def _write(self) -> None:
        entries = [(f.place.parent.name, f.place.name, f.path.name, *f.before) for f in self._files.values()]
        with private_files.replacing(self._folder / NAME) as draft:
            private_files.write_text(draft, json.dumps(entries))


def _is_name(text: str) -> bool:
    """Whether it names a file in a folder, and nothing above or below it."""
    return text not in ("", "..") and "\0" not in text and Path(text).name == text
