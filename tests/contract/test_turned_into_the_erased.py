"""A diver who is there may not become an erased person unseen: by hand, by a merge, or by an earlier version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gates import Gate
from people import GONE, person

from divegov_gui.core.errors import InputRefused, KnownAgain, Refused
from divegov_gui.services import history, review, subjects
from divegov_gui.services.tombstones import ErasureKey

BOB = person(first_name="Bob", last_name="Day", email="bob@example.org", date_of_birth="1980-01-02")
BECOMES = {
    "the email": {"Email": " ADA@gone.example"},
    "the full name with the date of birth": {
        "First_Name": "ada",
        "Last_Name": "GONE",
        "Date_Of_Birth": "1971-03-09",
    },
}


@pytest.fixture
def gate(gate: Gate) -> Gate:
    """Ada was erased; Bob, diver 2, is there."""
    gate.take_in([GONE, BOB])
    subjects.erase(gate.session, 1, "Article 17", key=ErasureKey())
    return gate


def change(gate: Gate, values: dict[str, str | None], **how: Any) -> history.Written:
    return history.update(gate.session, gate.current(2), values.items(), "as they said", **how)


def details(gate: Gate, action: str) -> list[str]:
    """What the log says beside an action."""
    return [row["Detail"] for row in gate.log(action)]


@pytest.mark.parametrize("what", BECOMES)
def test_a_change_by_hand_is_refused_until_it_is_said_that_they_have_come_back(gate: Gate, what: str) -> None:
    before = gate.backend.dump()
    with pytest.raises(KnownAgain, match="Diver 2 would become a person who was erased") as refused:
        change(gate, BECOMES[what])
    assert "gone" not in str(refused.value).lower()
    assert gate.backend.dump() == before
    assert change(gate, BECOMES[what], is_back=True).is_changed
    assert details(gate, "Update_Diver") == ['{"waived":"ERASED_SUBJECT"}']


def test_who_has_come_back_is_changed_like_anybody(gate: Gate) -> None:
    change(gate, BECOMES["the email"], is_back=True)
    assert change(gate, {"Phone": "5550001111"}).is_changed
    assert change(gate, {"First_Name": "Robert"}).is_changed
    assert change(gate, {"Email": "ada@gone.example", "Last_Name": "Night"}).is_changed
    assert details(gate, "Update_Diver")[1:] == ["{}"] * 3
    with pytest.raises(KnownAgain):
        change(gate, BECOMES["the full name with the date of birth"])


def test_a_part_of_an_identity_is_nobody(gate: Gate) -> None:
    assert change(gate, {"First_Name": "Ada", "Last_Name": "Gone"}).is_changed
    with pytest.raises(KnownAgain):
        change(gate, {"Date_Of_Birth": "1971-03-09"})


def test_nobody_waives_it_where_the_rule_is_an_error(gate: Gate) -> None:
    gate.set_rule("ERASED_SUBJECT", "no way back", severity="error")
    with pytest.raises(Refused, match="The rules refuse this version: This person was erased"):
        change(gate, BECOMES["the email"], is_back=True)


@pytest.fixture
def parked(gate: Gate) -> Gate:
    """A record with Bob's email and other data waits."""
    gate.take_in([{**BOB, "first_name": "Ada", "last_name": "Gone", "date_of_birth": "1971-03-09"}])
    return gate


def merge(gate: Gate, values: dict[str, str | None], **how: Any) -> None:
    (record,) = gate.versions_of(1)
    review.merge_record(
        gate.session, record, (2, gate.current(2).valid_from), values, "the same person", also=(), **how
    )


def test_a_merge_is_refused_until_it_is_said_that_they_have_come_back(parked: Gate) -> None:
    values: dict[str, str | None] = {
        "First_Name": "Ada",
        "Last_Name": "Gone",
        "Date_Of_Birth": "1971-03-09",
    }
    before = parked.backend.dump()
    with pytest.raises(KnownAgain):
        merge(parked, values)
    assert parked.backend.dump() == before
    merge(parked, values, is_back=True)
    assert parked.waiting(1)["Status"] == "Merged"
    assert details(parked, "Update_Diver") == ['{"waived":"ERASED_SUBJECT"}']


def test_a_merge_in_which_the_diver_stays_who_they_are_is_not_refused(parked: Gate) -> None:
    merge(parked, {"First_Name": "Ada"})
    assert parked.waiting(1)["Status"] == "Merged"
    assert details(parked, "Update_Diver") == ["{}"]


@pytest.mark.parametrize("is_deleted", [False, True])
def test_an_earlier_version_that_is_an_erased_person_is_not_brought_back_unseen(
    gate: Gate, is_deleted: bool
) -> None:
    """Bob had an email that another diver got after him, and who was erased with it."""
    change(gate, {"Email": "robert@example.org"})
    gate.take_in([{**GONE, "email": "bob@example.org"}])
    (heir,) = [d["Diver_ID"] for d in gate.divers() if d["Email"] == "bob@example.org"]
    subjects.erase(gate.session, heir, "Article 17", key=ErasureKey())
    earlier = history.timeline(gate.session, 2).versions[0]
    if is_deleted:
        history.delete(gate.session, gate.current(2), "left")
    current = None if is_deleted else gate.current(2)
    with pytest.raises(KnownAgain):
        history.restore(gate.session, current, earlier, "it was right")
    assert history.restore(gate.session, current, earlier, "it was right", is_back=True).is_changed
    assert details(gate, "Restore_Diver") == ['{"waived":"ERASED_SUBJECT"}']


def test_without_the_key_nobody_is_made_somebody_else(
    gate: Gate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DIVEGOV_HOME", str(tmp_path / "elsewhere"))
    assert change(gate, {"Phone": "5550001111", "Email": "bob@example.org"}).is_changed
    with pytest.raises(InputRefused, match="not on this computer"):
        change(gate, BECOMES["the email"], is_back=True)
