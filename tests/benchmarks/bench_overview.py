"""The overview over many batches and records: what opening, counting, checking and turning to each view costs.

python -m tests.benchmarks.big_overview FILE 10000000
python -m tests.benchmarks.bench_overview FILE
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from divegov_gui.services.connections import Workspace
from divegov_gui.services.conservation import check_all
from divegov_gui.services.quality import read_arrivals, read_holdings
from divegov_gui.services.trends import read_trends
from tests.benchmarks.window import opened, wait

_SIZE = (1280, 800)


def run(path: Path) -> dict[str, float]:
    """Measure the services on a session of their own, and then the page."""
    found: dict[str, float] = {}
    with closing(Workspace(path).open_session()) as session:
        for name, job in {
            "arrivals, ms": lambda: read_arrivals(session, batches=1),
            "holdings, ms": lambda: read_holdings(session),
            "trends, ms": lambda: read_trends(session),
            "check of every batch, ms": lambda: check_all(session),
        }.items():
            found[name] = timed(job)
    found.update(page(path))
    return found


def page(path: Path) -> dict[str, float]:
    """From showing the window until what arrived is there; until all counts are; then the other views."""
    found: dict[str, float] = {}
    with opened(path, _SIZE) as steward:
        began = time.perf_counter()
        steward.window.show()
        shown: Any = steward.window.page("overview")
        wait(lambda: shown.now.meter_card.meter.counts is not None)
        steward.window.grab()
        found["page with what arrived, ms"] = 1000 * (time.perf_counter() - began)
        wait(lambda: shown.now.tiles.divers.value_text != "–")
        found["page with all counts, ms"] = 1000 * (time.perf_counter() - began)
        wait(lambda: not steward.is_busy)
        found["every batch checked, ms"] = 1000 * (time.perf_counter() - began)
        for name, index, view in (("over time, ms", 1, "trends"), ("list of batches, ms", 2, "batches")):
            began = time.perf_counter()
            shown.views.setCurrentIndex(index)
            wait(
                lambda made=view: (
                    made in vars(shown) and getattr(shown, made).isVisible() and steward.is_quiet()
                )
            )
            steward.window.grab()
            found[name] = 1000 * (time.perf_counter() - began)
    return found


def timed(job: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    job()
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    for what, value in run(Path(sys.argv[1])).items():
        print(f"{what:<32} {value:>10,.1f}")
