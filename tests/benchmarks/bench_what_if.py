"""What a change of each rule would do to a million divers: how long one waits for the answer, and that all of it comes.

    python -m tests.benchmarks.bench_what_if [FILE] [--divers N]

Without FILE a workspace is made for it (ten batches, 5 % dirty, half a minute a million) and thrown away; a FILE that
is not there is made and kept. Each rule is switched, and each threshold moved a little and to where half of all fail.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from divegov_gui.core.progress import Progress
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.rules import RetestReport, Rule, RuleSettings, read_rules, what_if

BATCHES = 10
LIMIT_SECONDS = 3.0


@dataclass(frozen=True)
class Answer:
    """What was asked of a rule, what came, and what it cost; `longest` is the longest time without a sign of life."""

    rule: str
    change: str
    seconds: float
    cpu: float
    longest: float
    report: RetestReport


def build(path: Path, divers: int) -> None:
    """A workspace of about that many divers in ten batches."""
    rows = round(divers / BATCHES / 0.94)
    with closing(open_workspace(path)) as session:
        deploy(session)
        for seed in range(100, 100 + BATCHES):
            ingest(
                session, GeneratedSource(GenerationRequest(rows, seed=seed, dirty=0.05, reference_year=2026))
            )


def changes(rule: Rule) -> Iterator[tuple[str, RuleSettings]]:
    """The changes that are asked about; what a mandatory rule asks for cannot be changed."""
    if rule.is_mandatory:
        return
    yield (
        f"{'off' if rule.is_enabled else 'on'}",
        replace(rule.settings, is_enabled=not rule.is_enabled),
    )
    yield "severity", replace(rule.settings, severity="error" if rule.severity == "warning" else "warning")
    if rule.threshold is not None:
        for threshold in (rule.threshold + 8, 45):
            yield f"{rule.threshold} → {threshold}", replace(rule.settings, threshold=threshold)


def ask(session: Session, rule: Rule, change: str, settings: RuleSettings) -> Answer:
    """Ask once, and see that the parts of the answer agree."""
    began, cpu = time.perf_counter(), time.process_time()
    heard = [began]

    def listen(_: Progress) -> None:
        heard.append(time.perf_counter())

    report = what_if(session, rule.code, settings, progress=listen)
    heard.append(time.perf_counter())
    assert sum(batch.ready for batch in report.batches) == report.ready
    assert sum(batch.stopped for batch in report.batches) == report.stopped
    assert sum(batch.newly_failing for batch in report.batches) == report.newly_failing
    assert len(report.examples) == min(200, report.failing)
    assert len(report.records) == min(200, report.changed)
    longest = max(later - earlier for earlier, later in pairwise(heard))
    return Answer(rule.code, change, heard[-1] - began, time.process_time() - cpu, longest, report)


def run(path: Path) -> list[Answer]:
    """Every change of every rule, one after the other."""
    with closing(open_workspace(path)) as session:
        deploy(session)
        rules = read_rules(session)
        return [ask(session, rule, change, settings) for rule in rules for change, settings in changes(rule)]


def tell(answers: list[Answer]) -> None:
    """A line an answer, and how many took too long by CPU (a busy machine slows the clock, and not that)."""
    print(f"{'rule':<24} {'change':<10} {'s':>5} {'CPU s':>6} {'still':>6} {'ready':>7} {'failing':>9}")
    for one in answers:
        print(
            f"{one.rule:<24} {one.change:<10} {one.seconds:5.2f} {one.cpu:6.2f} {one.longest:6.2f} "
            f"{one.report.ready:>7,} {one.report.failing:>9,}"
        )
    slow = [one for one in answers if one.cpu > LIMIT_SECONDS]
    most = max(answers, key=lambda one: one.cpu)
    print(
        f"{answers[0].report.divers:,} divers, {answers[0].report.judged:,} waiting records: at most {most.cpu:.2f} s "
        f"of CPU ({most.rule}, {most.change}); {len(slow)} of {len(answers)} over {LIMIT_SECONDS:.0f} s."
    )


def main() -> None:
    """Read the options, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
    parser.add_argument("--divers", type=int, default=1_000_000, metavar="N")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        path = asked.file or Path(folder) / "divers.db"
        if not path.exists():
            build(path, asked.divers)
        tell(run(path))


if __name__ == "__main__":
    main()
