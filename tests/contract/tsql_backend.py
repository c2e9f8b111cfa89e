"""T-SQL's procedures and views without a server: a workspace, and on it what tests/unit/tsql makes of their text."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

from backends import SqliteBackend

sys.path.append(str(Path(__file__).parents[1] / "unit" / "tsql"))
from tsql_session import TsqlSession, padded, with_functions, with_views_of_tsql


class TsqlBackend(SqliteBackend):
    """A workspace whose texts compare as SQL Server's do, and whose procedures and views are the T-SQL ones."""

    _deployed: Path | None = None

    @classmethod
    def _deploy(cls, path: Path) -> None:
        super()._deploy(path)
        padded(path)
        with_views_of_tsql(path)

    def open(self, role: str | None = None, steward: str | None = None) -> Any:
        return TsqlSession(super().open(role, steward))  # type: ignore[arg-type]

    def dump(self) -> list[str]:
        """Everything but the numbers that were handed out, which nothing takes back."""
        return [line for line in super().dump() if '"sqlite_sequence"' not in line]

    def _connect(self) -> sqlite3.Connection:
        return with_functions(super()._connect())
