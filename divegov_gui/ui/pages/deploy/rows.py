"""The scripts as a table shows them: state, title, journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from divegov_gui.core.numbers import decimal, grouped
from divegov_gui.services.deployment import ScriptState, ScriptStatus
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import CellBadge, Column


class Stage(Enum):
    """How far a deployment that runs has come with one script."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class ScriptRow:
    """One script of the list; `stage` is None where no deployment concerns it."""

    status: ScriptStatus
    stage: Stage | None = None

    @property
    def name(self) -> str:
        """The script's file name, by which rows are told apart."""
        return self.status.name

    @property
    def title(self) -> str:
        """What the script holds."""
        return self.status.title

    @property
    def state(self) -> str:
        """The state in a word."""
        return badge_of(self).text

    @property
    def applied_at(self) -> str:
        """When it was applied last, in local time."""
        return local_time(self.status.journal.applied_at) if self.status.journal else "–"

    @property
    def applied_by(self) -> str:
        """Who applied it last."""
        return self.status.journal.applied_by if self.status.journal else "–"

    @property
    def took(self) -> str:
        """How long it took when it was applied last."""
        return milliseconds(self.status.journal.duration_ms) if self.status.journal else "–"

    @property
    def checksum(self) -> str:
        """The beginning of the checksum of the script as it stands on disk."""
        return short(self.status.checksum)


_STATES = {
    ScriptState.PENDING: CellBadge("Pending", "neutral", "time"),
    ScriptState.APPLIED: CellBadge("Applied", "success"),
    ScriptState.DRIFTED: CellBadge("Drifted", "warning"),
}
_STAGES = {
    Stage.WAITING: CellBadge("Waiting", "neutral", "time"),
    Stage.RUNNING: CellBadge("Running", "info", "play"),
    Stage.DONE: CellBadge("Done", "success"),
    Stage.FAILED: CellBadge("Failed", "danger"),
}


def badge_of(row: ScriptRow) -> CellBadge:
    """The state as sign, word and colour."""
    return _STAGES[row.stage] if row.stage is not None else _STATES[row.status.state]


def short(checksum: str) -> str:
    """As much of a checksum as people compare."""
    return checksum[:10]


def milliseconds(count: int) -> str:
    """``12 ms``, ``1.4 s``."""
    return f"{grouped(count)} ms" if count < 1000 else f"{decimal(count / 1000)} s"


def _when(row: ScriptRow) -> str:
    journal = row.status.journal
    return utc_time(journal.applied_at) if journal else "It was never applied to this database."


COLUMNS = (
    Column("state", "State", 112, sortable=False, badge=badge_of),
    Column("name", "Script", 148, sortable=False),
    Column("title", "What it holds", 220, sortable=False, tooltip=lambda row: str(row.title)),
    Column("applied_at", "Applied", 146, sortable=False, tooltip=_when),
    Column("applied_by", "By", 96, sortable=False, tooltip=lambda row: str(row.applied_by)),
    Column("took", "Took", 72, sortable=False, align_right=True),
    Column(
        "checksum",
        "Checksum",
        112,
        sortable=False,
        mono=True,
        tooltip=lambda row: f"SHA-256 {row.status.checksum}",
    ),
)
