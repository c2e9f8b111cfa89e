"""The measured steps. Each runs in a process of its own, so that its peak memory is its own.

python -m tests.benchmarks.steps STEP ROWS FOLDER prints one JSON object: rows, seconds on the wall, and seconds of
the processor, which others who work on the machine lengthen less.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from divegov_gui.core.progress import Progress
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.generation import DEFAULT_LOCALES, GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.quality import read_score
from tests.benchmarks.bench_generation import NAIVE_ROWS, WARMING_ROWS, naive_records
from tests.benchmarks.measuring import Watch, chunks, source
from tests.benchmarks.rivals import LIBRARIES, pandas_masks

_COLUMNS = ", ".join(("Source_Row", "Payload", *COLUMNS))


def naive(rows: int, folder: Path) -> dict[str, float]:
    """Faker row by row in one language: a sample, since a million rows would take minutes."""
    return _naive(("en_US",))


def naive_mixed(rows: int, folder: Path) -> dict[str, float]:
    """The same in the locales that our generator mixes."""
    return _naive(DEFAULT_LOCALES)


def _naive(locales: tuple[str, ...]) -> dict[str, float]:
    naive_records(WARMING_ROWS, locales)
    watch = Watch()
    naive_records(NAIVE_ROWS, locales)
    return watch.result(NAIVE_ROWS)


def generate_clean(rows: int, folder: Path) -> dict[str, float]:
    """What Faker row by row makes: records without a defect. Vocabularies included, up to the text for the database."""
    return _generate(GeneratedSource(GenerationRequest(rows=rows, dirty=0)))


def generate(rows: int, folder: Path) -> dict[str, float]:
    """The data set of the other steps: one record in twenty spoilt, and what was injected noted."""
    return _generate(source(rows))


def _generate(records: GeneratedSource) -> dict[str, float]:
    """Libraries are loaded before."""
    import_module("divegov_gui.services.generation.block")
    watch = Watch()
    return watch.result(sum(len(chunk) for chunk in records.chunks() if chunk.as_json()))


def executemany(rows: int, folder: Path, *, plain: bool = False) -> dict[str, float]:
    """The yardstick: the same raw rows into a bare table. Not `plain`: with the workspace's own settings."""
    connection = sqlite3.connect(folder / ("plain.db" if plain else "bare.db"))
    if not plain:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -65536")
    connection.execute(f"CREATE TABLE Bare ({_COLUMNS})")
    watch = Watch()
    watch.stop()
    for records in chunks(rows):
        watch.start()
        connection.executemany("INSERT INTO Bare VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", records)
        watch.stop()
    watch.start()
    connection.commit()
    connection.close()
    return watch.result(rows)


def executemany_plain(rows: int, folder: Path) -> dict[str, float]:
    """The yardstick with SQLite's default settings."""
    return executemany(rows, folder, plain=True)


def ingestion(rows: int, folder: Path) -> dict[str, float]:
    """Ours: load as JSON chunks, then govern."""
    session = open_workspace(folder / "workspace.db")
    deploy(session)
    watch = Watch()

    def follow(progress: Progress) -> None:
        if progress.stage.startswith("Governing") and progress.done == 0:
            watch.start()

    report = ingest(session, source(rows), progress=follow)
    watch.stop()
    score = read_score(session, report.batch.batch_id)
    assert score is not None
    outcomes = report.batch.outcomes
    assert outcomes is not None
    session.close()
    return {
        "rows": rows,
        "seconds": report.load_seconds,
        "govern_seconds": report.govern_seconds,
        "govern_cpu": watch.cpu,
        "missed": score.missed,
        "false_rejects": score.false_rejects,
        "conserved": outcomes.is_conserved,
    }


STEPS: dict[str, Callable[[int, Path], dict[str, float]]] = {
    one.__name__: one
    for one in (
        *(naive, naive_mixed, generate_clean, generate),
        *(executemany, executemany_plain, ingestion, pandas_masks),
    )
} | LIBRARIES


if __name__ == "__main__":
    result = STEPS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
    result["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result))
