"""One ingestion as the writer's thread runs it: set up what is outstanding, load, govern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divegov_gui.core.errors import Cancelled
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, Progress, ProgressSink
from divegov_gui.core.records import RecordSource
from divegov_gui.services.deployment import deploy
from divegov_gui.services.ingestion import IngestReport, ingest

SETTING_UP, LOADING, GOVERNING = "Setting up", "Loading", "Governing"
"""How the stage of each step's progress begins."""


@dataclass(frozen=True)
class Finished:
    """What became of the records. `setup_seconds` is None where the workspace was set up already."""

    report: IngestReport
    setup_seconds: float | None = None


class Paused(Cancelled):
    """The person stopped; `loaded` of `total` records are kept for the next time."""

    def __init__(self, loaded: int, total: int) -> None:
        super().__init__(
            "Stopped.",
            f"{grouped(loaded)} of {grouped(total)} records are loaded and none is governed yet. Nothing is lost.",
            "Go on, and it continues from there.",
        )
        self.loaded, self.total = loaded, total


class IngestJob:
    """A job for a Worker. The same job may run again: it goes on where the last run stopped."""

    def __init__(
        self,
        make: Callable[[], RecordSource],
        total: int,
        *,
        scripts: Path | None = None,
        again: bool = False,
    ) -> None:
        self._make, self._total = make, total
        self._scripts, self._again = scripts, again

    def __call__(self, session: Any, progress: ProgressSink, cancel: CancelToken) -> Finished:
        """Raises Paused, InputRefused, ConnectionFailed, DeploymentFailed, Refused."""
        loaded = 0

        def watch(report: Progress) -> None:
            nonlocal loaded
            loaded = report.done if report.stage == LOADING else loaded
            progress(report)

        def set_up(report: Progress) -> None:
            if report.total:  # where nothing is outstanding there is nothing to show
                progress(Progress(f"{SETTING_UP} · {report.stage}", report.done, report.total))

        try:
            setup = deploy(session, scripts=self._scripts, progress=set_up, cancel=cancel)
            report = ingest(session, self._make(), again=self._again, progress=watch, cancel=cancel)
        except Cancelled as stopped:
            raise Paused(loaded, self._total) from stopped
        return Finished(report, setup.seconds if setup.applied else None)
