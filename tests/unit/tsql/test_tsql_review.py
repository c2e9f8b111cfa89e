"""The T-SQL procedures of review, run on SQLite beside their twins: the same answers, refusals and tables."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from tsql_on_sqlite import Gatekeeper, Thrown

from divegov_gui.core.errors import Conflict, DiveGovError
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy

NUMBERS = count()
THE_DIVER = "(SELECT d.Email FROM Diver AS d WHERE d.Diver_ID = t.Diver_ID)"
"""The dialects number new divers each in its own way."""
TABLES = {
    "Data_Quarantine": "Quarantine_ID, Batch_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification, "
    "Source_Reference, Status, Attempt_Count, Record_Version, Failed_Checks, Edited_Columns, Claimed_By, "
    f"Claimed_Until IS NULL, Resolution_Code, Resolution_Reason, Resolved_By, Resolved_At IS NULL, {THE_DIVER}",
    "Edit_Group": "Edit_Group_ID, Edit_Kind, Edit_Reason, Edited_By, Record_Count, Cell_Count, Undoes_Group_ID",
    "Quarantine_Revision": "Revision_ID, Quarantine_ID, Edit_Group_ID, Column_Name, Old_Value, New_Value, Edited_By, "
    "Edit_Reason, Undoes_Revision_ID, Is_Undo",
    "Quarantine_Event": "Event_ID, Quarantine_ID, Event_Kind, Event_Code, Event_Reason, Acted_By",
    "Quarantine_Violation": f"Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value, {THE_DIVER}",
    "Raw_Record": "Raw_ID, Batch_ID, Source_Row, Origin_Quarantine_ID, Waived_Checks, First_Name, Last_Name, Email, "
    "Phone, Date_Of_Birth, Certification, Source_Reference, Payload",
    "Record_Outcome": f"Raw_ID, Outcome, {THE_DIVER}, Quarantine_ID",
    "Ingestion_Batch": "Batch_ID, Source_Kind, Source_Name, Status, Loaded_Count, Promoted_Count, Unchanged_Count, "
    "Duplicate_Count, Quarantined_Count",
    "Diver": "First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID, Source_Reference, "
    "Modified_By, Change_Reason",
    "Diver_History": "First_Name, Last_Name, Email, Phone, Date_Of_Birth, Modified_By, Change_Reason",
}
PEOPLE = [
    ("Ada", "Lovelace", "ada@example.org", None, "1990-05-17", None, None),
    ("Bob", "Bee", "bob@example", "?", "1990-05-17", "OWD", "r-2"),
    ("Cyd", None, "cyd@example.org", "12", "soon", None, None),
    ("Dee", "Dunn", "dee@example.org", None, "1990-05-17", None, None),
    ("Dea", "Dunn", "dee@example.org", None, "1990-05-17", None, None),
    (None, "Eve", "ADA@example.org", "+49 30 1234567", "1880-01-01", "dm", None),
]
CLOCKS = ("Claimed_Until", "Valid_From", "when")


def contents(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: sorted(connection.execute(f"SELECT {columns} FROM {table} AS t").fetchall(), key=str)
        for table, columns in TABLES.items()
    }


class Both:
    """A workspace, in which every call is made in either dialect, from the same state; the twin's result stays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.session = open_workspace(path, actor="anna")

    def call(self, procedure: str, *, actor: str = "anna", **given: Any) -> list[list[dict[str, Any]]]:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            self.session._raw.backup(copy)
            gatekeeper = Gatekeeper(copy, actor)
            ours, refusal = outcome(lambda: gatekeeper.call(procedure, **given))
            with closing(open_workspace(self.path, actor=actor)) as session:
                theirs, their_refusal = outcome(lambda: session.call(procedure, **given))
            assert refusal == their_refusal
            assert named(ours, copy) == named(theirs, self.session._raw)
            assert contents(copy) == contents(self.session._raw)
            if their_refusal is not None:
                raise AssertionError(their_refusal)
            return theirs

    def refused(self, procedure: str, **given: Any) -> str:
        with pytest.raises(AssertionError) as refused:
            self.call(procedure, **given)
        return str(refused.value)

    def close(self) -> None:
        self.session.close()


def outcome(work: Callable[[], Any]) -> tuple[list[list[dict[str, Any]]], str | None]:
    """The result sets without their clocks, or what was refused."""
    try:
        found = work()
    except Thrown as thrown:
        sentence, _, facts = thrown.message.partition("\n")
        return [], told(sentence, json.loads(facts) if facts else {})
    except DiveGovError as error:
        return [], told(error.title, vars(error.facts) if isinstance(error, Conflict) else {})
    return [[{k: v for k, v in row.items() if k not in CLOCKS} for row in rows] for rows in found], None


def named(results: list[list[dict[str, Any]]], connection: sqlite3.Connection) -> list[list[dict[str, Any]]]:
    """The result sets, with the email of a diver in the place of its number; one that a rehearsal made is new."""
    emails = dict(connection.execute("SELECT Diver_ID, Email FROM Diver"))
    return [
        [{k: emails.get(v, v and "new") if k == "Diver_ID" else v for k, v in row.items()} for row in rows]
        for rows in results
    ]


def told(sentence: str, facts: dict[str, Any]) -> str:
    return f"{sentence} {sorted((k, v) for k, v in facts.items() if k not in CLOCKS)}"


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with one diver (Ada) and one of each kind of trouble in quarantine: records 1 to 4, and a rival."""
    path: Path = tmp_path_factory.mktemp("reviewed") / "template.db"
    with closing(open_workspace(path, actor="anna")) as session:
        deploy(session)
        for number, people in enumerate((PEOPLE[:1], PEOPLE[1:])):
            batch = session.call(
                "Open_Batch",
                source_name="given",
                source_kind="file",
                content_hash=str(number),
                declared_count=len(people),
            )[-1][0]["Batch_ID"]
            rows = [[i, json.dumps({"r": p}), *p] for i, p in enumerate(people, start=1)]
            session.call("Load_Batch", batch_id=batch, rows=json.dumps(rows))
            session.call("Govern_Batch", batch_id=batch)
    return path


@pytest.fixture
def both(reviewed: Path) -> Iterator[Both]:
    path = reviewed.with_name(f"{next(NUMBERS)}.db")
    shutil.copy(reviewed, path)
    with closing(Both(path)) as made:
        yield made
    path.unlink()


def edits(*cells: tuple[int, int, str, str | None]) -> str:
    return json.dumps(cells)


def test_a_check_answers_the_same(both: Both) -> None:
    records = [[9, *PEOPLE[1]], [1, *PEOPLE[5]], [4, *(None,) * 7], [5, *PEOPLE[0]], [6, "B", *PEOPLE[0][1:]]]
    ((first, *_, last),) = both.call("Check_Records", records=json.dumps(records))
    assert first["Failed_Checks"] & 4194304
    assert (first["Diver_ID"], last["Failed_Checks"]) == (1, 520)
    assert both.call("Check_Records", records="[]") == [[]]


def test_edits_of_many_cells_are_the_same(both: Both) -> None:
    many = edits(
        (1, 1, "Email", "bob@example.org"),
        (1, 1, "Phone", None),
        (2, 1, "Last_Name", "Li"),
        (3, 1, "Email", ""),
    )
    head, records = both.call("Edit_Records", edits=many, reason="by hand", kind="Bulk")
    assert head[0]["Cell_Count"] == 4
    assert records[0]["Failed_Checks"] == 0
    both.call("Edit_Records", edits=edits((1, 2, "Email", "bob@example.org")), return_records=0)
    both.call(
        "Edit_Records", edits=edits((1, 2, "Email", "ada@example.org"), (1, 2, "Source_Reference", None))
    )
    both.call("Edit_Records", edits=edits((1, 3, "Email", "bob@example"), (1, 3, "Phone", "?")))
    both.call("Edit_Records", edits="[]")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"edits": edits((1, 1, "Payload", "{}"))}, "seven values"),
        ({"edits": edits((1, 1, "Email", "a"), (1, 1, "Email", "b"))}, "twice"),
        ({"edits": edits((1, 1, "Email", "a")), "kind": "Undo"}, "of kind"),
        ({"edits": edits((1, 1, "Email", "a"), (77, 1, "Email", "a"))}, "record 77"),
        ({"edits": edits((2, 1, "Email", "a"), (1, 4, "Email", "a"))}, "changed by anna"),
        ({"edits": edits((2, 4, "Email", "a"), (1, 4, "Email", "a"))}, "2 records in all"),
    ],
)
def test_what_is_refused_is_refused_in_the_same_words(both: Both, given: dict[str, Any], told: str) -> None:
    assert told in both.refused("Edit_Records", **given)


def test_undo_redo_and_later_edits_are_the_same(both: Both) -> None:
    both.call("Edit_Records", edits=edits(*((n, 1, "Email", f"{n}@b.org") for n in (1, 2, 3))), kind="Bulk")
    both.call("Undo_Edit", edit_group_id=1, quarantine_ids="[2]", reason="not her", actor="berta")
    both.call("Edit_Records", edits=edits((3, 2, "Email", "third@b.org")), actor="berta")
    assert "edited again by berta" in both.refused("Undo_Edit", edit_group_id=1)
    both.call("Undo_Edit", edit_group_id=1, skip_conflicts=1)
    both.call("Undo_Edit", edit_group_id=3)
    both.call("Undo_Edit", edit_group_id=1, skip_conflicts=1, quarantine_ids="[3]")
    both.call("Undo_Edit", edit_group_id=2)
    assert "no edit 99" in both.refused("Undo_Edit", edit_group_id=99)


def test_a_rival_and_a_damaged_record_stand_the_same(both: Both) -> None:
    both.call("Edit_Records", edits=edits((3, 1, "Phone", "5550001111")))
    both.call("Edit_Records", edits=edits((3, 2, "Email", "x@y.org"), (4, 1, "Date_Of_Birth", "1980-01-01")))
    both.call("Undo_Edit", edit_group_id=2)


def records(*ones: tuple[int, int]) -> str:
    return json.dumps(dict(ones))


@pytest.mark.parametrize("waived", [0, 1])
@pytest.mark.parametrize("rehearse", [0, 1])
def test_a_resubmission_is_the_same(both: Both, waived: int, rehearse: int) -> None:
    cells = (
        (1, 1, "Email", "bob@example.org"),
        (2, 1, "Last_Name", "Li"),
        (2, 1, "Date_Of_Birth", "1990-01-01"),
    )
    both.call("Edit_Records", edits=edits(*cells))
    (batch, _, details) = both.call(
        "Resubmit_Records",
        versions=records((1, 2), (2, 2), (3, 1), (4, 1)),
        waive_warnings=waived,
        rehearse=rehearse,
        reason="seen the cards",
    )[-3:]
    assert batch[0]["Passed_Count"] == (2 if waived else 0)
    told = {row["Quarantine_ID"] for row in details}
    assert told == ({3, 4} if waived else {1, 2, 3, 4})
    if not rehearse:
        assert "record" in both.refused("Resubmit_Records", versions=records((3, 1)))


def test_records_that_are_the_same_are_closed_with_their_leader_the_same(both: Both) -> None:
    same = [(n, 1, c, v) for n in (1, 2) for c, v in zip(COLUMNS, PEOPLE[3], strict=True)]
    same = [(n, v, c, "new@example.org" if c == "Email" else value) for n, v, c, value in same]
    both.call("Edit_Records", edits=edits(*same))
    outcomes = both.call("Resubmit_Records", versions=records((1, 2), (2, 2)), reason="both")[-1]
    assert [(row["Quarantine_ID"], row["Outcome"]) for row in outcomes] == [(1, "Duplicate")]
    again = [
        (3, 1, c, "new@example.org" if c == "Email" else v) for c, v in zip(COLUMNS, PEOPLE[3], strict=True)
    ]
    both.call("Edit_Records", edits=edits(*again))
    outcomes = both.call("Resubmit_Records", versions=records((3, 2)))[-1]
    assert outcomes[0]["Outcome"] == "Unchanged"


def test_what_cannot_be_resubmitted_is_refused_in_the_same_words(both: Both) -> None:
    assert "Say why" in both.refused(
        "Resubmit_Records", versions=records((1, 1)), waive_warnings=1, reason=" "
    )
    assert "no record" in both.refused("Resubmit_Records", versions="{}")
    both.call("Discard_Records", versions=records((1, 1)), code="test_data")
    assert "was discarded by anna" in both.refused("Resubmit_Records", versions=records((1, 2)))


def test_discarding_and_reopening_are_the_same(both: Both) -> None:
    both.call("Discard_Records", versions=records((1, 1), (2, 1)), code="other", reason="not ours")
    both.call("Reopen_Records", versions=records((1, 2)), reason="ours after all", actor="berta")
    both.call("Discard_Records", versions=records((1, 3)), code="not_a_person", actor="berta")
    assert "codes of the list" in both.refused("Discard_Records", versions=records((3, 1)), code="boredom")
    assert "Say why" in both.refused("Discard_Records", versions=records((3, 1)), code="other")
    assert "Record 3 is open." in both.refused("Reopen_Records", versions=records((3, 1)))


def test_claims_are_the_same(both: Both) -> None:
    both.call("Claim_Records", records="[1, 2, 2, 99]")
    both.call("Claim_Records", records="[1, 3]", actor="berta", minutes=5)
    assert "claimed by berta" in both.refused("Edit_Records", edits=edits((3, 1, "Phone", None)))
    both.call("Claim_Records", records="[3]", take_over=1, reason="she is ill")
    both.call("Edit_Records", edits=edits((3, 1, "Phone", None)))
    both.call("Release_Claims", records="[1, 3]", actor="berta")
    both.call("Release_Claims", records="[1, 2, 3]")
    assert "a minute to a day" in both.refused("Claim_Records", records="[1]", minutes=0)
    assert "taken over" in both.refused("Claim_Records", records="[1]", take_over=1)


def test_undoing_a_record_that_is_closed_or_claimed_is_the_same(both: Both) -> None:
    both.call("Edit_Records", edits=edits(*((n, 1, "Email", f"{n}@b.org") for n in (1, 2, 3))))
    both.call("Discard_Records", versions=records((1, 2)), code="duplicate")
    both.call("Claim_Records", records="[2]", actor="berta")
    assert "2 records in all" in both.refused("Undo_Edit", edit_group_id=1)
    both.call("Undo_Edit", edit_group_id=1, skip_conflicts=1)


def test_keeping_one_of_several_is_the_same(both: Both) -> None:
    given = {"quarantine_id": 3, "record_version": 1, "reason": "one person"}
    change, also = edits((3, 1, "Last_Name", "Dunn"), (3, 1, "Phone", "12")), records((4, 1))
    for refused, how in (
        ("the same person", {"reason": " "}),
        ("no duplicate of itself", {"others": records((3, 1))}),
        ("Only the record that is kept", {"edits": edits((4, 1, "Phone", None))}),
        ("changed by anna", {"record_version": 2}),
    ):
        assert refused in both.refused("Keep_Record", **{**given, "edits": change, "others": also, **how})
    assert both.call("Keep_Record", edits=change, others=also, **given)[-1][0]["Record_Count"] == 1
    both.call("Keep_Record", edits="[]", others=records((2, 1)), **{**given, "record_version": 2})


def test_a_merge_is_the_same(both: Both) -> None:
    both.call("Edit_Records", edits=edits((4, 1, "First_Name", "Ada"), (3, 1, "Phone", "5550001111")))
    ((valid_from,),) = both.session._raw.execute("SELECT Valid_From FROM Diver WHERE Diver_ID = 1").fetchall()
    given = {"diver_id": 1, "diver_valid_from": valid_from, "reason": "the same person"}
    values = json.dumps({"Last_Name": "Byron", "Phone": "+49 30 1234567", "Certification": "dm"})
    assert "rules refuse" in both.refused(
        "Merge_Record", quarantine_id=4, record_version=2, values='{"Email": "x"}', **given
    )
    assert "changed by anna" in both.refused(
        "Merge_Record", quarantine_id=4, record_version=1, values=values, **given
    )
    both.call("Merge_Record", quarantine_id=4, record_version=2, values=values, others='{"3": 2}', **given)


@pytest.mark.parametrize("column", ["Last_Name", "Email", "Phone"])
def test_the_mask_that_a_server_puts_over_what_it_put_together_is_no_value(both: Both, column: str) -> None:
    """Of a version of a diver, which is a row of one of two tables, it may show xxxx; SQLite's masks never read so."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
        both.session._raw.backup(copy)
        ((read,),) = copy.execute("SELECT Valid_From FROM Diver WHERE Diver_ID = 1")
        given = {"diver_id": 1, "valid_from": read, "values": json.dumps({column: "xxxx"}), "reason": "typed"}
        with pytest.raises(Thrown, match=f"The value for {column} is a mask"):
            Gatekeeper(copy).call("Update_Diver", **given)
