"""The T-SQL procedures without a server: a workspace of SQLite, and on it what tests/unit/tsql makes of their text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from backends import SqliteBackend

sys.path.append(str(Path(__file__).parents[1] / "unit" / "tsql"))
from tsql_session import TsqlSession, padded


class TsqlBackend(SqliteBackend):
    """A workspace whose texts compare as SQL Server's do, and whose procedures are the T-SQL ones."""

    _deployed: Path | None = None

    @classmethod
    def _deploy(cls, path: Path) -> None:
        super()._deploy(path)
        padded(path)

    def open(self, role: str | None = None, steward: str | None = None) -> Any:
        return TsqlSession(super().open(role, steward))  # type: ignore[arg-type]
