"""What the measured steps share: the data set they all work on, and a watch."""

from __future__ import annotations

import time
from collections.abc import Iterator

from divegov_gui.core.records import RawRecord
from divegov_gui.services.generation import GeneratedSource, GenerationRequest


def source(rows: int) -> GeneratedSource:
    """The data set that every step works on."""
    return GeneratedSource(GenerationRequest(rows=rows, seed=7, dirty=0.05, reference_year=2026))


def chunks(rows: int) -> Iterator[list[RawRecord]]:
    """Its records, a chunk at a time."""
    for chunk in source(rows).chunks():
        yield chunk.records


class Watch:
    """Wall and processor seconds since it was made, or added up over several spells."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0
        self.start()

    def start(self) -> None:
        """Begin a spell."""
        self._began, self._began_cpu = time.perf_counter(), time.process_time()

    def stop(self) -> None:
        """End a spell."""
        self.seconds += time.perf_counter() - self._began
        self.cpu += time.process_time() - self._began_cpu

    def result(self, rows: int) -> dict[str, float]:
        """What a step returns, the running spell included."""
        self.stop()
        return {"rows": rows, "seconds": self.seconds, "cpu": self.cpu}
