"""How many times faster the generator is than Faker row by row, for the same raw records as Load_Batch takes them.

python tests/benchmarks/bench_generation.py [rows]
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from divegov_gui.core.records import RawRecord, RecordChunk
from divegov_gui.services.generation import DEFAULT_LOCALES, GeneratedSource, GenerationRequest

NAIVE_ROWS, WARMING_ROWS = 3_000, 200
LEVELS = ("Open Water Diver", "Advanced Open Water Diver", "Rescue Diver", "Divemaster")


def naive_records(rows: int, locales: tuple[str, ...] = ("en_US",)) -> list[RawRecord]:
    """What a first draft does: one Faker call a value, with addresses that are distinct, as ours are, all written down.

    Each row is of one of `locales`. Faker's lists for en_US are its longest, which its weighted choice pays for: a mix
    of locales is less work for it, not more. Nothing is spoilt, whereas ours spoils one row in twenty and says how.
    """
    from faker import Faker

    Faker.seed(7)
    chance = random.Random(7)
    countries = [Faker(locale) for locale in locales]
    taken: set[str] = set()
    records = []
    for row in range(1, rows + 1):
        people = chance.choice(countries)
        while (email := people.email()) in taken:
            pass
        taken.add(email)
        values = (
            people.first_name(),
            people.last_name(),
            email,
            people.phone_number(),
            people.date_of_birth(minimum_age=15, maximum_age=75).isoformat(),
            chance.choice(LEVELS),
            f"WEB-{row:08d}",
        )
        payload = json.dumps(dict(zip(RawRecord._fields[2:], values, strict=True)))
        records.append(RawRecord(row, payload, *values))
    RecordChunk(records).as_json()
    return records


def generate(rows: int, dirty: float) -> int:
    """Make `rows` records, written down for the database, and let each chunk go, as a loader does."""
    source = GeneratedSource(GenerationRequest(rows=rows, dirty=dirty))
    return sum(len(chunk) for chunk in source.chunks() if chunk.as_json())


def best_rate(rows: int, dirty: float, rounds: int = 3) -> float:
    """Rows a second of the processor in the best of `rounds`."""
    rates = []
    for _ in range(rounds):
        began = time.process_time()
        generate(rows, dirty)
        rates.append(rows / (time.process_time() - began))
    return max(rates)


def naive_rate(locales: tuple[str, ...]) -> float:
    """Rows a second of Faker, row by row; what it reads only once is read before."""
    naive_records(WARMING_ROWS, locales)
    began = time.process_time()
    naive_records(NAIVE_ROWS, locales)
    return NAIVE_ROWS / (time.process_time() - began)


def main(rows: int = 200_000) -> dict[str, float]:
    """Measure both; rates are rows a second of the processor, times its seconds."""
    naive, mixed = naive_rate(("en_US",)), naive_rate(DEFAULT_LOCALES)
    began = time.process_time()
    generate(1, 0)
    first_row = time.process_time() - began
    ours, clean = best_rate(rows, 0.05), best_rate(rows, 0.0)
    return {
        "rows": rows,
        "naive_rows_per_second": naive,
        "naive_mixed_rows_per_second": mixed,
        "rows_per_second": ours,
        "clean_rows_per_second": clean,
        "seconds_to_first_row": first_row,
        "ratio": ours / naive,
        "ratio_mixed": ours / mixed,
    }


if __name__ == "__main__":
    for measure, figure in main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000).items():
        print(f"{measure:30}{figure:>14,.2f}")
