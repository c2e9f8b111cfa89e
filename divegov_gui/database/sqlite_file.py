"""Opening a workspace's file: refusing what is none of ours, and setting the connection up."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from divegov_gui.core.errors import ConnectionFailed
from divegov_gui.database.sqlite_errors import translated

APPLICATION_ID = 0x44474F56
"""``DGOV`` in the file's header (PRAGMA application_id, set by 01_schema.sql): this file is a workspace of ours."""

SCHEMA_VERSION = 2
"""The newest PRAGMA user_version that this program understands."""

MINIMUM_SQLITE = (3, 37, 0)

_HEADER = b"SQLite format 3\x00"


def connect(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """A connection to the workspace `path`, in autocommit; an empty file is made where there is none.

    It waits up to `busy_seconds` for another program's lock. Raises ConnectionFailed with what to do.
    """
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        raise ConnectionFailed(
            f"SQLite {sqlite3.sqlite_version} is too old.",
            "The embedded workspace needs 3.37 or newer.",
            "Use a newer Python; it brings its SQLite along.",
        )
    _check_file(path)
    try:
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    try:
        _configure(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check_file(path: Path) -> None:
    """Refuse what is no database before SQLite touches it."""
    try:
        if path.is_dir():
            raise ConnectionFailed(
                f"{path} is a folder.", hint="Name a file, such as workspace.db inside it."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > 0:
            with path.open("rb") as file:
                if file.read(len(_HEADER)) != _HEADER:
                    raise ConnectionFailed(
                        f"{path.name} is not a DiveGov workspace.",
                        "The file is no SQLite database. It was left as it is.",
                        "Choose another file with --workspace.",
                    )
    except OSError as error:
        raise ConnectionFailed(
            f"The workspace {path} cannot be opened.",
            (error.strerror or str(error)) + ".",
            "Check the path and its permissions, or choose another file with --workspace.",
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
                "Choose another file with --workspace.",
            )
        if user_version > SCHEMA_VERSION:
            raise ConnectionFailed(
                f"{path.name} was made by a newer version of DiveGov Steward.",
                f"Its schema is version {user_version}; this program knows version {SCHEMA_VERSION}.",
                "Update the program, or choose another workspace.",
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = OFF")
        # 32 MB: half of it slows a million rows by 7 %, more only takes memory.
        connection.execute("PRAGMA cache_size = -32768")
    except sqlite3.Error as error:
        raise translated(error, path) from error
    connection.create_function("sha256", 1, _sha256, deterministic=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
