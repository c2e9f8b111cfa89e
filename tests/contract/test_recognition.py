"""What waits already is known again without a search among all that look the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from gates import Gate
from people import person

Person = dict[str, str | None]


def damaged(mark: int) -> Person:
    return person(email=None, payload=f"[{mark}")


def nameless(mark: int) -> Person:
    """A whole record without an email: any number of them may be the same."""
    return person(email=None, payload=f'{{"a":{mark}}}')


def work(gate: Gate, batch: int) -> int:
    """How many thousands of the database's own instructions it takes to govern a batch."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    gate.session._raw.set_progress_handler(step, 1000)  # type: ignore[attr-defined]
    gate.session.call("Govern_Batch", batch_id=batch)
    gate.session._raw.set_progress_handler(None, 0)  # type: ignore[attr-defined]
    return steps


@pytest.mark.sqlite_only
@pytest.mark.parametrize("alike", [damaged, nameless])
@pytest.mark.parametrize("second", ["same content", "other content"])
def test_four_times_as_many_records_that_look_the_same_are_four_times_the_work(
    gate: Gate, alike: Callable[[int], Person], second: str
) -> None:
    taken = []
    for count in (300, 1200):
        name = f"content {count}"
        gate.session.call("Govern_Batch", batch_id=gate.load([alike(count)] * count, content=name))
        again = name if second == "same content" else f"other {count}"
        taken.append(work(gate, gate.load([alike(count)] * count, content=again, again=True)))
    assert taken[1] < 6 * taken[0]
