"""Opening a workspace's file: refusing what is none of ours, and setting the connection up."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from divegov_gui.core import private_files
from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.database.sqlite_errors import translated

APPLICATION_ID = 0x44474F56
"""``DGOV`` in the file's header (PRAGMA application_id, set by 01_schema.sql): this file is a workspace of ours."""

SCHEMA_VERSION = 2
"""The newest PRAGMA user_version that this program understands."""

MINIMUM_SQLITE = (3, 37, 0)
ENGINE_VERSION = sqlite3.sqlite_version
"""Which SQLite this is."""

_HEADER = b"SQLite format 3\x00"


def connect(
    path: Path, busy_seconds: float, *, kind: type[sqlite3.Connection] | None = None
) -> sqlite3.Connection:
    """A connection to the workspace `path`, in autocommit; an empty file is made where there is none.

    It waits up to `busy_seconds` for another program's lock. Raises ConnectionFailed with what to do.
    """
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        raise ConnectionFailed(
            f"SQLite {sqlite3.sqlite_version} is too old.",
            "The embedded workspace needs 3.37 or newer.",
            "Use a newer Python; it brings its SQLite along.",
        )
    made: dict[str, Any] = {} if kind is None else {"factory": kind}
    with _GATE:
        if not _OPEN[_identity(path)]:
            _check_file(path)
        try:
            connection: sqlite3.Connection = sqlite3.connect(
                path, timeout=busy_seconds, isolation_level=None, **made
            )
        except sqlite3.Error as error:
            raise translated(error, path) from error
        _OPEN[_identity(path)] += 1
    try:
        _configure(connection, path)
    except BaseException:
        disconnect(connection, path)
        raise
    return connection


def disconnect(connection: sqlite3.Connection, path: Path) -> None:
    """Close a connection that `connect` has made."""
    with _GATE:
        identity = _identity(path)
        connection.close()
        _OPEN[identity] = max(0, _OPEN[identity] - 1)


_GATE = threading.Lock()
_OPEN: Counter[object] = Counter()
"""How many connections this process has to each file.

POSIX drops all locks that a process has on a file as soon as it closes any descriptor of it
(sqlite.org/howtocorrupt.html, 2.2). So a workspace that is open here may be read through SQLite only: opening it as a
plain file would let another program delete the write-ahead log under our feet.
"""


def _identity(path: Path) -> object:
    """What tells a file from another, whatever path leads to it; None where there is none yet."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _check_file(path: Path) -> None:
    """Refuse what is no database before SQLite touches it."""
    try:
        if path.is_dir():
            raise ConnectionFailed(
                f"{path} is a folder.", hint="Name a file, such as workspace.db inside it."
            )
        private_files.make_folder(path.parent)
        if not path.exists():
            private_files.make_file(path)  # SQLite gives its log and its index the mode of the file
        elif path.stat().st_size > 0:
            with path.open("rb") as file:
                if file.read(len(_HEADER)) != _HEADER:
                    raise ConnectionFailed(
                        f"{path.name} is not a DiveGov workspace.",
                        "The file is no SQLite database. It was left as it is.",
                        "Choose another file.",
                        options="--workspace FILE",
                    )
    except OSError as error:
        raise ConnectionFailed(
            f"The workspace {path} cannot be opened.",
            (error.strerror or str(error)) + ".",
            "Check the path and its permissions, or choose another file.",
            options="--workspace FILE",
        ) from error


def _configure(connection: sqlite3.Connection, path: Path) -> None:
    try:
        application_id, user_version, objects = (
            connection.execute(query).fetchone()[0]
            for query in (
                "PRAGMA application_id",
                "PRAGMA user_version",
                "SELECT count(*) FROM sqlite_master",
            )
        )
        if objects and application_id != APPLICATION_ID:
            raise ConnectionFailed(
                f"{path.name} belongs to another program.",
                "It is a SQLite database, but not a DiveGov workspace. It was left as it is.",
                "Choose another file.",
                options="--workspace FILE",
            )
        if user_version > SCHEMA_VERSION:
            raise ConnectionFailed(
                f"{path.name} was made by a newer version of DiveGov Steward.",
                f"Its schema is version {user_version}; this program knows version {SCHEMA_VERSION}.",
                "Update the program, or choose another workspace.",
            )
        # A new file gets pages twice as large as usual: up to a tenth less work with wide rows.
        if not objects:
            connection.execute("PRAGMA page_size = 8192")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = OFF")
        # What is deleted is overwritten; many builds of SQLite would leave it in the file.
        connection.execute("PRAGMA secure_delete = ON")
        # 64 MB: the emails of a million divers then stay in memory while their index grows; half of it costs a tenth.
        connection.execute("PRAGMA cache_size = -65536")
        # What a transaction has changed may fill twice that before it is written ahead of its end, which is for nothing
        # where it changes again or is undone.
        connection.execute("PRAGMA cache_spill = -131072")
    except sqlite3.Error as error:
        raise translated(error, path) from error
    connection.create_function("sha256", 1, _sha256, deterministic=True)
    connection.create_function("folded", 1, _folded, deterministic=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _folded(text: str | None) -> str | None:
    from divegov_gui.core.spelling import folded

    return None if text is None else folded(text)
