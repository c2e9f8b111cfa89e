"""One watcher a folder: a lock that the system takes back when its holder ends, however it ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from divegov_gui.core.errors import InputRefused

NAME = ".divegov-watch.lock"
"""The file that carries the lock; it stays, and says nothing by being there."""


class FolderLock:
    """Held by one process at a time, from `take` to `release`."""

    def __init__(self) -> None:
        self._file: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether it is this one that has the folder."""
        return self._file is not None

    def take(self, folder: Path) -> None:
        """Raises InputRefused where another watcher has the folder, and OSError where it cannot be written."""
        file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            _lock(file)
        except OSError as error:
            os.close(file)
            raise InputRefused(
                f"The folder {folder} is watched already.",
                "Another window or another divegov watch takes its files.",
                "Stop that one first, or let it go on: one is enough.",
            ) from error
        self._file = file

    def release(self) -> None:
        """Let another have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __del__(self) -> None:
        self.release()


def _lock(file: int) -> None:
    """Lock an open file, or raise OSError at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
