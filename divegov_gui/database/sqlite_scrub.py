"""Rewriting a workspace's file, so that nothing that was deleted is left in it.

Deleted content is overwritten as it goes (PRAGMA secure_delete, set for every connection of the program). What was
deleted before, or without the program, may lie in free pages and in the gaps of others: VACUUM writes the file anew,
and the write-ahead log is emptied into it (sqlite.org/pragma.html#pragma_secure_delete, sqlite.org/lang_vacuum.html).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from divegov_gui.database.sqlite_errors import translated
from divegov_gui.database.sqlite_file import connect, disconnect


@dataclass(frozen=True)
class FileFacts:
    """What a file holds besides its tables: pages that are free, and bytes of the write-ahead log."""

    free_pages: int
    log_bytes: int

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing besides the tables."""
        return not self.free_pages and not self.log_bytes


def scrub(path: Path, *, busy_seconds: float = 5.0) -> FileFacts:
    """Write the file anew and empty its log. A log that somebody still reads stays: the facts tell.

    Raises ConnectionFailed where the file cannot be written anew.
    """
    connection = connect(path, busy_seconds)
    try:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        free = connection.execute("PRAGMA freelist_count").fetchone()[0]
    except sqlite3.Error as error:
        raise translated(error, path) from error
    finally:
        disconnect(connection, path)
    log = path.with_name(path.name + "-wal")
    return FileFacts(int(free), log.stat().st_size if log.exists() else 0)
