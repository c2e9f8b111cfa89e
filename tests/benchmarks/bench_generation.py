"""How many times faster the generator is than asking Faker row by row, for the same raw records.

python tests/benchmarks/bench_generation.py [rows]
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from divegov_gui.core.records import RawRecord
from divegov_gui.services.generation import GeneratedSource, GenerationRequest

NAIVE_ROWS = 3_000
LEVELS = ("Open Water Diver", "Advanced Open Water Diver", "Rescue Diver", "Divemaster")


def naive_records(rows: int) -> list[RawRecord]:
    """What a first draft does: one Faker call a value, with addresses that are distinct, as ours are."""
    from faker import Faker

    Faker.seed(7)
    people, chance = Faker("en_US"), random.Random(7)
    records = []
    for row in range(1, rows + 1):
        values = (
            people.first_name(),
            people.last_name(),
            people.unique.email(),
            people.phone_number(),
            people.date_of_birth(minimum_age=15, maximum_age=75).isoformat(),
            chance.choice(LEVELS),
            f"WEB-{row:08d}",
        )
        payload = json.dumps(dict(zip(RawRecord._fields[2:], values, strict=True)))
        records.append(RawRecord(row, payload, *values))
    return records


def generate(rows: int, dirty: float) -> int:
    """Make `rows` records and let each chunk go, as a loader does."""
    source = GeneratedSource(GenerationRequest(rows=rows, dirty=dirty))
    return sum(len(chunk.records) for chunk in source.chunks())


def best_rate(rows: int, dirty: float, rounds: int = 3) -> float:
    """Rows a second in the best of `rounds`."""
    rates = []
    for _ in range(rounds):
        began = time.perf_counter()
        generate(rows, dirty)
        rates.append(rows / (time.perf_counter() - began))
    return max(rates)


def main(rows: int = 200_000) -> dict[str, float]:
    """Measure both; rates are rows a second, times seconds."""
    naive_records(10)
    began = time.perf_counter()
    naive_records(NAIVE_ROWS)
    naive = NAIVE_ROWS / (time.perf_counter() - began)
    began = time.perf_counter()
    generate(1, 0)
    first_row = time.perf_counter() - began
    ours, clean = best_rate(rows, 0.05), best_rate(rows, 0.0)
    return {
        "rows": rows,
        "naive_rows_per_second": naive,
        "rows_per_second": ours,
        "clean_rows_per_second": clean,
        "seconds_to_first_row": first_row,
        "ratio": ours / naive,
    }


if __name__ == "__main__":
    for measure, figure in main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000).items():
        print(f"{measure:24}{figure:>14,.2f}")
