"""Measure and print the table: `python3 run.py bench [--rows N ...]`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.rivals import missing
from tests.benchmarks.steps import STEPS


def measure(step: str, rows: int, folder: Path) -> dict[str, float]:
    """Run one step in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.steps", step, str(rows), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def rate(step: dict[str, float]) -> float:
    """Rows a second."""
    return step["rows"] / step["seconds"]


def bench(rows: int, console: Console) -> None:
    """Measure every step at `rows` rows and print one table; × many is of `executemany`, the yardstick."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="divegov-bench-") as folder:
        left_out = missing()
        for step in STEPS:
            if step in left_out:
                console.print(f"  {step} is left out: it is not installed (pip install {step})", style="dim")
                continue
            console.print(f"  measuring {step} …", style="dim")
            found[step] = measure(step, rows, Path(folder))
            for left in Path(folder).iterdir():
                left.unlink()
    yardstick, cpu_yardstick = found["executemany"]["seconds"], found["executemany"]["cpu"]
    table = Table(title=f"{rows:,} rows, 5 % dirty · ratios within this run")
    for name in ("step", "rows/s", "seconds", "× many", "CPU s", "× by CPU", "memory"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for step, one in found.items():
        label = "load as JSON chunks" if step == "ingestion" else step.replace("_", " ")
        compared = step not in ("naive", "naive_mixed", "generate_clean", "generate")
        cpu = one.get("cpu")
        table.add_row(
            label,
            f"{rate(one):,.0f}",
            f"{one['seconds']:.2f}",
            f"{one['seconds'] / yardstick:.2f}" if compared else "",
            "" if cpu is None else f"{cpu:.2f}",
            f"{cpu / cpu_yardstick:.2f}" if compared and cpu is not None else "",
            f"{one['peak_mb']:,.0f} MB",
        )
        if step == "ingestion":
            governed, cpu = one["govern_seconds"], one["govern_cpu"]
            table.add_row(
                "govern: all rules, outcomes",
                f"{rows / governed:,.0f}",
                f"{governed:.2f}",
                f"{governed / yardstick:.2f}",
                f"{cpu:.2f}",
                f"{cpu / cpu_yardstick:.2f}",
                "",
            )
    console.print(table)
    clean, ours, alone, mixed = (
        found[step]["rows"] / found[step]["cpu"]
        for step in ("generate_clean", "generate", "naive", "naive_mixed")
    )
    console.print(
        f"By CPU, clean records, which is what Faker makes row by row, come {clean / alone:.0f} × as quickly "
        f"({clean / mixed:.0f} × where it mixes the same locales); with 5 % spoilt, and noted, {ours / alone:.0f} × "
        f"({ours / mixed:.0f} ×)."
    )
    one = found["ingestion"]
    console.print(
        f"Pandas masks take {found['pandas_masks']['seconds'] / one['govern_seconds']:.2f} × the gatekeeper's time, "
        f"for fewer rules. Score: {one['missed']:.0f} missed, {one['false_rejects']:.0f} false rejects, "
        f"conservation {'holds' if one['conserved'] else 'FAILS'}."
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000], metavar="N")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    console = Console()
    for rows in parser.parse_args().rows:
        bench(rows, console)


if __name__ == "__main__":
    main()
