"""The past, by property: whatever is done to divers, as of any instant is what was there then.

The changes come through the program, with a clock that jumps, several of them in one transaction, and restores and
deletions among them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from gates import Gate
from hypothesis import given, settings
from hypothesis import strategies as st
from people import person

from divegov_gui.core.errors import DiveGovError
from divegov_gui.database.sqlite_host import CLOCK
from divegov_gui.services import history
from divegov_gui.services.history import FIELDS, Version

INSTANT = "%Y-%m-%d %H:%M:%S.%f"
END = "9999-12-31 23:59:59.999999"
PEOPLE = 3

State = dict[int, tuple[str | None, ...]]

JUMPS = st.sampled_from([0, 1, 1_000, 5_000_000, -1, -1_000, -3_600_000_000])
NAMES = st.sampled_from(["Ann", "Ben", "Cid"])
DIVERS = st.integers(1, PEOPLE + 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("update"), DIVERS, NAMES, JUMPS),
        st.tuples(st.just("update"), DIVERS, NAMES, JUMPS),
        st.tuples(st.just("restore"), DIVERS, st.integers(0, 3), JUMPS),
        st.tuples(st.just("delete"), DIVERS, st.none(), JUMPS),
        st.tuples(st.just("together"), DIVERS, st.lists(NAMES, min_size=1, max_size=4), JUMPS),
        st.tuples(st.just("arrive"), st.none(), NAMES, JUMPS),
    ),
    min_size=1,
    max_size=14,
)


def moved(instant: str, microseconds: int) -> str:
    return (datetime.strptime(instant, INSTANT) + timedelta(microseconds=microseconds)).strftime(INSTANT)


class JumpingClock:
    """A clock that goes on a millisecond each time, and besides as it is told: back, too."""

    def __init__(self) -> None:
        self.at = "2026-03-01 12:00:00.000000"

    def now(self) -> str:
        self.at = moved(self.at, 1_000)
        return self.at


class Life:
    """A gate whose every change is noted: what the directory held from which instant on, diver by diver."""

    def __init__(self, gate: Gate, clock: JumpingClock) -> None:
        self.gate, self.clock = gate, clock
        self.noted: list[tuple[str, int, tuple[str | None, ...] | None]] = []
        self.past: set[tuple[Any, ...]] = set()
        self.held: dict[int, Version] = {}
        gate.take_in([person(email=f"p{n}@example.org", source_reference=f"R{n}") for n in range(PEOPLE)])
        self.note()

    def note(self) -> None:
        """Compare with what was there: note who is new, changed or gone. What was past must still be so."""
        before, self.held = self.held, {v.diver_id: v for v in self.now()}
        for diver, version in self.held.items():
            if diver not in before or before[diver].valid_from != version.valid_from:
                self.noted.append((version.valid_from, diver, version.values))
        for diver in before.keys() - self.held.keys():
            last = history.timeline(self.gate.session, diver).versions[-1]
            was = before[diver]
            assert (last.valid_from, last.values) == (was.valid_from, was.values), "the last version is lost"
            assert last.valid_to is not None
            self.noted.append((last.valid_to, diver, None))
        rows = set(self.gate.backend.run("SELECT * FROM Diver_History"))
        assert self.past <= rows, "something of the past was undone"
        self.past = rows

    def now(self) -> list[Version]:
        return [v for v in self.versions() if v.is_current]

    def versions(self) -> list[Version]:
        divers = {row["Diver_ID"] for row in self.gate.session.select("Diver_Versions", ["Diver_ID"])}
        return [v for diver in divers for v in history.timeline(self.gate.session, diver).versions]

    def do(self, kind: str, diver: int | None, what: Any, jump: int) -> None:
        self.clock.at = moved(self.clock.at, jump)
        # Where it is refused, nothing may have changed, which `note` sees.
        with suppress(DiveGovError):
            getattr(self, f"_{kind}")(diver, what)
        self.note()

    def _update(self, diver: int, name: str) -> None:
        current = history.timeline(self.gate.session, diver).current
        if current is not None:
            history.update(self.gate.session, current, [("First_Name", name), ("Phone", None)], "asked")

    def _restore(self, diver: int, number: int) -> None:
        life = history.timeline(self.gate.session, diver)
        if number < len(life.versions):
            history.restore(self.gate.session, life.current, life.versions[number], "back")

    def _delete(self, diver: int, _: None) -> None:
        current = history.timeline(self.gate.session, diver).current
        if current is not None:
            history.delete(self.gate.session, current, "asked")

    def _together(self, diver: int, names: list[str]) -> None:
        """Several changes of one diver, and one of everybody, in one transaction at one instant."""
        path = self.gate.backend.path  # type: ignore[attr-defined]
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE Transaction_Context SET Instant = ?, Actor = 'x'", (self.clock.now(),))
            for name in names:
                connection.execute("UPDATE Diver SET First_Name = ? WHERE Diver_ID = ?", (name, diver))
                connection.execute("UPDATE Diver SET Phone = ?", (name,))
            connection.execute("UPDATE Transaction_Context SET Instant = NULL, Actor = NULL")
            connection.execute("COMMIT")

    def _arrive(self, _: None, name: str) -> None:
        self.gate.take_in([person(email=f"{name.lower()}@example.org", first_name=name)])

    def replayed(self, instant: str) -> State:
        """What the directory held at an instant, by what was noted."""
        state: dict[int, tuple[str | None, ...] | None] = {}
        for at, diver, values in sorted(self.noted, key=lambda one: one[0]):
            if at <= instant:
                state[diver] = values
        return {diver: values for diver, values in state.items() if values is not None}


@pytest.fixture(scope="module")
def clock() -> Any:
    made = JumpingClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CLOCK, "now", made.now)
        yield made


@pytest.mark.sqlite_only("the clock of SQL Server cannot be told to jump")
@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_as_of_every_instant_is_what_was_there_then(
    make_gate: Callable[[], Gate], clock: JumpingClock, steps: list[tuple[str, Any, Any, int]]
) -> None:
    gate = make_gate()
    with closing(gate.session):
        life = Life(gate, clock)
        for step in steps:
            life.do(*step)
        versions = life.versions()
        bounds = {v.valid_from for v in versions} | {v.valid_to for v in versions if v.valid_to}
        # Of several versions in one transaction the last was in force; those between lasted a microsecond each.
        for instant in sorted(moved(bound, by) for bound in {at for at, *_ in life.noted} for by in (-1, 0)):
            page = history.directory_as_of(gate.session, instant, limit=500)
            found = {v.diver_id: v.values for v in page}
            assert len(found) == len(page), "two versions of a diver at one instant"
            assert history.count_as_of(gate.session, instant) == len(page)
            between = {d for d in life.replayed(instant) if _is_between(versions, d, instant, life)}
            expected = life.replayed(instant)
            for diver in between:
                expected.pop(diver)
                found.pop(diver, None)
            assert found == expected
        for instant in bounds:
            for by in (-1, 0, 1):
                at = moved(instant, by)
                in_force = [v for v in versions if v.valid_from <= at < (v.valid_to or END)]
                page = history.directory_as_of(gate.session, at, limit=500)
                assert {v.diver_id: v for v in page} == {v.diver_id: v for v in in_force}


def _is_between(versions: list[Version], diver: int, instant: str, life: Life) -> bool:
    """Whether the version then in force was written over within its own transaction, so that nobody ever saw it."""
    noted = {(at, who) for at, who, _ in life.noted}
    return any(
        v.diver_id == diver
        and v.valid_from <= instant < (v.valid_to or END)
        and (v.valid_from, diver) not in noted
        for v in versions
    )


@pytest.mark.sqlite_only("the clock of SQL Server cannot be told to jump")
@given(STEPS)
@settings(max_examples=60, deadline=None)
def test_validity_never_overlaps_has_gaps_only_while_deleted_and_grows_strictly(
    make_gate: Callable[[], Gate], clock: JumpingClock, steps: list[tuple[str, Any, Any, int]]
) -> None:
    gate = make_gate()
    with closing(gate.session):
        life = Life(gate, clock)
        for step in steps:
            life.do(*step)
        for diver in {v.diver_id for v in life.versions()}:
            lived = history.timeline(gate.session, diver)
            gone = [each.deleted_at for each in lived.deletions]
            for one in lived.versions:
                assert one.valid_from < (one.valid_to or END)
            for one, next_one in pairwise(lived.versions):
                assert one.valid_to is not None
                assert one.valid_to <= next_one.valid_from
                assert one.valid_to == next_one.valid_from or one.valid_to in gone
            assert all(v.valid_to is not None for v in lived.versions[:-1])


def test_restoring_each_version_in_turn_ends_where_it_says(gate: Gate) -> None:
    gate.take_in([person()])
    for name in ("Ann", "Ben", "Cid"):
        history.update(gate.session, gate.current(), [("First_Name", name)], "asked")
    before = history.timeline(gate.session, 1)
    for earlier in before.versions[:-1]:
        life = history.timeline(gate.session, 1)
        history.restore(gate.session, life.current, earlier, "back")
        now = history.timeline(gate.session, 1)
        assert now.current is not None
        assert now.current.values == earlier.values
        assert [v.values for v in now.versions[: len(life.versions)]] == [v.values for v in life.versions]
    assert len(FIELDS) == len(before.versions[0].values)
