"""Files and folders that may hold people's data: only whoever writes them may read them.

On POSIX a new folder has mode 0700 and a file 0600, whatever the umask says; a folder that is there already is the
person's own affair. Elsewhere the person's profile keeps them apart. Everything that the program writes for people goes
through here, so that none of it is forgotten.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from divegov_gui.core.errors import InputRefused

_FOLDER, _FILE = 0o700, 0o600


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are not there yet. Raises OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        with suppress(FileExistsError):  # another program was quicker
            each.mkdir(mode=_FOLDER)
    if not folder.is_dir():
        raise FileExistsError(17, "A file of that name is in the way", str(folder))


def make_file(path: Path) -> None:
    """Make an empty file; one that is there is not touched, not even by who made it a moment ago. Raises OSError."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE))


def reserve(path: Path) -> None:
    """Make an empty file that only its owner reads, or empty the one that is there. Raises OSError.

    Whatever writes to the path afterwards writes into this file.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE)
    try:
        # A file that was there keeps its mode, and a disk without modes (a USB stick's) cannot have one.
        if stat.S_ISREG(os.fstat(handle).st_mode) and hasattr(os, "fchmod"):
            with suppress(OSError):
                os.fchmod(handle, _FILE)
    finally:
        os.close(handle)


def write_text(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a text whole, in the line ends that it has. Raises OSError."""
    reserve(path)
    path.write_text(text, encoding=encoding, newline="")


def write_bytes(path: Path, held: bytes) -> None:
    """Write bytes whole. Raises OSError."""
    reserve(path)
    path.write_bytes(held)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside `path` that takes its place at the end, and goes where anything was raised. Raises OSError."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.unlink(missing_ok=True)
        reserve(draft)
        yield draft
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def with_reason(path: Path) -> Iterator[None]:
    """Write a file that a person named within it: where that cannot be done, InputRefused says why."""
    try:
        yield
    except OSError as error:
        raise InputRefused(
            f"{path.name} cannot be written.",
            f"{error.strerror or 'The operating system gives no reason'}.",
            "Choose a folder that you may write to, and close the file where another program has it open.",
        ) from error
