"""`divegov quarantine …`: the review without a window, for people at a terminal and for scripts."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.review import claim_records

Divegov = Callable[..., Any]

PEOPLE = """\
First Name,Last Name,Email,Phone,Date of birth,Certification
Ada,Lovelace,ada@example.org,0639981234,1990-05-17,Rescue Diver
Bob,Byron,bob_at_gmail.com,0639981234,31/12/1985,Rescue Diver
Cyd,Charisse,cyd_at_gmail.com,n/a,1985-01-31,Resuce Diver
Dan,Dare,dan@example.org,0639981234,03/04/1985,
Eve,Eden,eve@example.org,tel: 0639981234,1985-01-31,
"""


@pytest.fixture
def quarantine(divegov: Divegov, workspace: Path, tmp_path: Path) -> Divegov:
    """Run a command of `divegov quarantine` on a workspace in which Bob, Cyd, Dan and Eve wait (1 to 4)."""
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)
    assert divegov("ingest", "--file", people, "--workspace", workspace, "--json").code == 0

    def _quarantine(*arguments: str | int | Path) -> Any:
        return divegov("quarantine", *map(str, arguments), "--workspace", workspace)

    return _quarantine


def values(workspace: Path, column: str) -> list[str | None]:
    with closing(sqlite3.connect(workspace)) as database:
        return [
            row[0] for row in database.execute(f"SELECT {column} FROM Data_Quarantine ORDER BY Quarantine_ID")
        ]


# looking ------------------------------------------------------------------------------------------------------


def test_list_shows_what_waits_and_why(quarantine: Divegov) -> None:
    facts = quarantine("list", "--json").json
    assert facts["count"] == 4
    assert [each["failed_rules"] for each in facts["records"]] == [
        ["EMAIL_FORMAT", "DOB_FORMAT"],
        ["EMAIL_FORMAT", "CERTIFICATION_UNKNOWN", "PHONE_FORMAT"],
        ["DOB_FORMAT"],
        ["PHONE_FORMAT"],
    ]
    assert facts["records"][0]["values"]["Email"] == "bob_at_gmail.com"
    told = quarantine("list", "--limit", 1)
    assert (told.code, "Bob Byron" in told.out, "4 match; 1 shown." in told.out) == (0, True, True)


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--rule", "dob_format"), [1, 3]),
        (("--rule", "DOB_FORMAT", "--rule", "PHONE_FORMAT"), [1, 2, 3, 4]),
        (("--failing", "phone"), [2, 4]),
        (("--failing", "date-of-birth", "--rule", "EMAIL_FORMAT"), [1]),
        (("--search", "eden"), [4]),
        (("--search", "gmail byron"), [1]),
        (("--batch", "1"), [1, 2, 3, 4]),
        (("--batch", "7"), []),
        (("--id", "3", "--id", "1"), [3, 1]),
        (("--status", "discarded"), []),
        (("--status", "all"), [1, 2, 3, 4]),
    ],
)
def test_options_narrow_what_is_meant(quarantine: Divegov, options: tuple[str, ...], ids: list[int]) -> None:
    assert [each["quarantine_id"] for each in quarantine("list", *options, "--json").json["records"]] == ids


def test_a_search_that_is_too_much_is_refused_before_anything_is_done(quarantine: Divegov) -> None:
    much = ("--search", " ".join(["eden"] * 51))
    for command in (("list",), ("resubmit",)):
        answer = quarantine(*command, *much)
        assert answer.code == 3
        assert "51 words" in answer.err
        assert "Search for one name" in answer.err
    assert len(quarantine("list", "--json").json["records"]) == 4


def test_show_tells_everything_of_a_record(quarantine: Divegov) -> None:
    facts = quarantine("show", 2, "--json").json
    assert facts["values"]["Email"]["fails"] == ["Email is not a valid address"]
    assert facts["values"]["First_Name"]["fails"] == []
    assert [(each["changes"], each["kind"]) for each in facts["suggestions"]] == [
        ({"Email": "cyd@gmail.com"}, "email.at_sign"),
        ({"Phone": None}, "phone.empty"),
        ({"Certification": "Rescue Diver"}, "certification.nearest"),
    ]
    assert facts["suggestions"][0]["still_fails"] == ["CERTIFICATION_UNKNOWN", "PHONE_FORMAT"]
    told = quarantine("show", 2).out
    assert "Writes the @ sign" in told
    assert "Email is not a valid address" in told


def test_groups_say_how_each_is_mended(quarantine: Divegov, workspace: Path) -> None:
    (first, *rest) = quarantine("groups", "--json").json["groups"]
    example = {"quarantine_id": 1, "before": "bob_at_gmail.com", "after": "bob@gmail.com"}
    assert first == {"column": "Email", "kind": "email.at_sign", "words": "Writes the @ sign", "records": 2,
                     "example": example, "fails": True}  # fmt: skip
    assert ("Phone", "phone.label", 1) in [(each["column"], each["kind"], each["records"]) for each in rest]
    line = quarantine("groups").out.splitlines()[0]
    how = line[line.index("--in") :].split()
    assert quarantine("fix", "--all", *how).code == 0
    assert values(workspace, "Email")[:2] == ["bob@gmail.com", "cyd@gmail.com"]


def test_a_country_makes_international_numbers(quarantine: Divegov) -> None:
    def phones(*options: str) -> list[Any]:
        facts = quarantine("show", 4, *options, "--json").json
        return [each["changes"]["Phone"] for each in facts["suggestions"]]

    assert phones() == ["0639981234"]
    assert phones("--region", "it") == ["+390639981234"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "77"), 3, "There is no quarantined record 77."),
        (("list", "--id", "77"), 3, "There is no quarantined record 77."),
        (("list", "--rule", "NO_SUCH"), 3, "There is no rule NO_SUCH."),
        (("list", "--failing", "shoe size"), 2, "there is no field 'shoe size'"),
        (("list", "--status", "lost"), 2, "a status is Open"),
        (("fix", "--trim"), 2, "say which records"),
        (("fix", "--all"), 2, "say how"),
        (("fix", "--all", "--suggestions", "--region", "ZZ"), 3, "There is no country ZZ."),
        (("fix", "--all", "--trim", "--case"), 2, "say how"),
        (("fix", "--all", "--find", "a"), 2, "--find needs --replace"),
        (("fix", "--all", "--kind", "email.at_sign"), 2, "--in FIELD"),
        (("fix", "--all", "--find", "(", "--replace", "", "--regex"), 3, "The pattern cannot be read."),
        (("fix", "--rule", "DOB_MISSING", "--trim"), 3, "No record matches."),
        (("resubmit",), 2, "say which records"),
        (("discard", "--code", "nonsense", "--id", "1"), 2, "not_a_person"),
        (("undo", "77"), 6, "There is no edit 77."),
        (("import", "missing.csv"), 3, "There is no file missing.csv."),
        (("export", "records.ods"), 3, "neither a workbook nor a CSV"),
    ],
)
def test_what_cannot_be_meant_ends_with_its_code_and_says_why(
    quarantine: Divegov, arguments: tuple[str, ...], code: int, words: str
) -> None:
    answer = quarantine(*arguments)
    assert (answer.code, words in " ".join(answer.err.split())) == (code, True), answer.err
    assert "Traceback" not in answer.err


def test_a_workspace_that_is_not_there_is_not_made(divegov: Divegov, workspace: Path) -> None:
    assert divegov("quarantine", "list", "--workspace", workspace).code == 3
    assert not workspace.exists()


# fixing -------------------------------------------------------------------------------------------------------


def test_fix_rehearsed_shows_before_and_after_and_saves_nothing(quarantine: Divegov, workspace: Path) -> None:
    facts = quarantine("fix", "--all", "--suggestions", "--rehearse", "--json").json
    assert (facts["matched"], facts["would_change"], facts["would_pass"], facts["edit"]) == (4, 3, 3, None)
    assert facts["untouched"] == {"no fix is the only likely one": 1}
    assert {(each["quarantine_id"], each["column"]): each["after"] for each in facts["cells"]} == {
        (1, "Email"): "bob@gmail.com",
        (1, "Date_Of_Birth"): "1985-12-31",
        (2, "Email"): "cyd@gmail.com",
        (2, "Phone"): None,
        (2, "Certification"): "Rescue Diver",
        (4, "Phone"): "0639981234",
    }
    assert values(workspace, "Email")[:2] == ["bob_at_gmail.com", "cyd_at_gmail.com"]
    assert "Nothing was changed." in quarantine("fix", "--all", "--suggestions", "--rehearse").out


def test_fix_undo_and_history_tell_one_story(quarantine: Divegov, workspace: Path) -> None:
    done = quarantine("fix", "--all", "--suggestions", "--reason", "Spring clean", "--json").json["edit"]
    assert (done["records"], done["cells"]) == (3, 6)
    assert values(workspace, "Email")[:2] == ["bob@gmail.com", "cyd@gmail.com"]
    undone = quarantine("undo", done["group_id"], "--id", 2, "--json").json
    assert (undone["records"], undone["cells"]) == (1, 3)
    assert values(workspace, "Email")[:2] == ["bob@gmail.com", "cyd_at_gmail.com"]
    edits = quarantine("history", "--json").json["edits"]
    assert [(each["kind"], each["reason"], each["cell_count"]) for each in edits] == [
        ("Undo", None, 3),
        ("Suggestion", "Spring clean", 6),
    ]
    assert "Spring clean" in quarantine("history").out


def test_the_history_of_one_record_goes_from_its_arrival_to_what_it_became(quarantine: Divegov) -> None:
    quarantine("fix", "--id", 1, "--suggestions", "--reason", "Spring clean")
    quarantine("resubmit", "--id", 1)
    chapters = quarantine("history", "--id", 1, "--json").json["chapters"]
    assert [each["kind"] for each in chapters] == ["Arrived", "Rejected", "Edited", "Resubmitted", "Released"]
    told = quarantine("history", "--id", 1).out
    assert "'bob_at_gmail.com' -> 'bob@gmail.com'" in told
    assert "Spring clean" in told
    assert quarantine("history", "--id", 77).code == 3


def test_nothing_edited_is_said(quarantine: Divegov) -> None:
    assert quarantine("history").out == "Nothing was edited yet.\n"


@pytest.mark.parametrize(
    ("how", "column", "after"),
    [
        (("--set", "phone=0639981234"), "Phone", ["0639981234"] * 4),
        (("--set", "certification="), "Certification", [None, None, "", ""]),  # what is empty is empty already
        (("--find", "_at_", "--replace", "@", "--in", "email"), "Email", ["bob@gmail.com", "cyd@gmail.com"]),
        (("--find", r"(\d+)/(\d+)/(\d+)", "--replace", r"\3-\2-\1", "--regex"), "Date_Of_Birth", ["1985-12-31"]),
        (("--kind", "email.at_sign", "--in", "email"), "Email", ["bob@gmail.com", "cyd@gmail.com"]),
        (("--kind", "date.month_first", "--in", "date_of_birth"), "Date_Of_Birth",
         ["31/12/1985", "1985-01-31", "1985-03-04"]),
    ],
)  # fmt: skip
def test_each_way_of_fixing_changes_what_it_says(
    quarantine: Divegov, workspace: Path, how: tuple[str, ...], column: str, after: list[str | None]
) -> None:
    answer = quarantine("fix", "--all", *how)
    assert (answer.code, answer.err) == (0, "")
    assert values(workspace, column)[: len(after)] == after


def test_fix_says_how_to_take_it_back(quarantine: Divegov) -> None:
    told = quarantine("fix", "--id", 1, "--set", "email=bob@gmail.com").out
    assert "Changed 1 cell of 1 record as edit 1." in told
    assert "divegov quarantine undo 1 takes it back." in told


# through the gate ---------------------------------------------------------------------------------------------


def test_resubmit_rehearsed_keeps_nothing_and_then_does_what_it_said(
    quarantine: Divegov, workspace: Path
) -> None:
    quarantine("fix", "--all", "--suggestions")
    said = quarantine("resubmit", "--all", "--rehearse", "--json").json
    assert (said["passed"], said["failed"], said["failing_rules"]) == (3, 1, {"DOB_FORMAT": 1})
    assert len(quarantine("list", "--json").json["records"]) == 4
    done = quarantine("resubmit", "--all", "--json").json
    assert {name: done[name] for name in ("passed", "failed", "failing_rules")} == {
        name: said[name] for name in ("passed", "failed", "failing_rules")
    }
    assert [each["quarantine_id"] for each in done["records"]] == [3]
    assert [each["quarantine_id"] for each in quarantine("list", "--json").json["records"]] == [3]
    assert quarantine("list", "--status", "released", "--json").json["count"] == 3


def test_warnings_are_released_with_a_reason_only(quarantine: Divegov) -> None:
    assert quarantine("resubmit", "--id", 4, "--waive-warnings").code == 6
    facts = quarantine("resubmit", "--id", 4, "--waive-warnings", "--reason", "Known by sight", "--json").json
    assert (facts["passed"], facts["failed"], facts["records"]) == (1, 0, [])
    assert quarantine("list", "--status", "released", "--json").json["count"] == 1


def test_discarded_records_come_back_when_they_are_reopened(quarantine: Divegov) -> None:
    facts = quarantine("discard", "--id", 1, "--code", "test_data", "--reason", "A test", "--json").json
    assert facts == {"discarded": 1, "ids": [1], "left_out": 0}
    assert quarantine("list", "--json").json["count"] == 3
    assert quarantine("reopen", "--id", 1, "--reason", "No test", "--json").json == {
        "reopened": 1,
        "ids": [1],
    }
    assert quarantine("list", "--json").json["count"] == 4


def test_a_claim_is_shown_and_given_up(quarantine: Divegov) -> None:
    assert quarantine("claim", "--id", 1, "--json").json == {"claimed": 1, "refused": []}
    assert quarantine("list", "--id", 1, "--json").json["records"][0]["claimed_by"]
    assert quarantine("claim", "--id", 1, "--release", "--json").json == {"released": 1}
    assert quarantine("list", "--id", 1, "--json").json["records"][0]["claimed_by"] is None


# by file ------------------------------------------------------------------------------------------------------


def corrected(path: Path, row: int, column: str, value: str) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[row][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_that_nobody_touched_changes_nothing(
    quarantine: Divegov, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"out.{ending}"
    assert quarantine("export", path, "--json").json == {"file": str(path), "records": 4}
    facts = quarantine("import", path, "--json").json
    assert (facts["records"], facts["unchanged"], facts["changes"]) == (4, 4, [])
    assert facts["edit"]["group_id"] is None


def test_an_export_does_not_replace_a_file_unasked(quarantine: Divegov, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("mine")
    assert quarantine("export", path).code == 3
    assert path.read_text() == "mine"
    assert quarantine("export", path, "--overwrite", "--id", 1).code == 0
    assert path.read_text(encoding="utf-8-sig").startswith("Quarantine_ID,Record_Version,")


def test_corrections_are_rehearsed_and_taken_over(
    quarantine: Divegov, workspace: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    quarantine("export", path)
    corrected(path, 1, "Email", "bob@gmail.com")
    facts = quarantine("import", path, "--rehearse", "--json").json
    assert [(each["quarantine_id"], each["before"], each["after"]) for each in facts["changes"]] == [
        (1, "bob_at_gmail.com", "bob@gmail.com")
    ]
    assert values(workspace, "Email")[0] == "bob_at_gmail.com"
    told = quarantine("import", path, "--reason", "From the club").out
    assert "Changed 1 cell of 1 record" in told
    assert values(workspace, "Email")[0] == "bob@gmail.com"


def test_a_conflict_stops_an_import_until_somebody_chooses(
    quarantine: Divegov, workspace: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    quarantine("export", path)
    corrected(path, 1, "Email", "theirs@gmail.com")
    quarantine("fix", "--id", 1, "--set", "email=ours@gmail.com")
    stopped = quarantine("import", path)
    assert (stopped.code, "--conflicts theirs" in stopped.err) == (7, True)
    assert quarantine("import", path, "--conflicts", "ours").code == 0
    assert values(workspace, "Email")[0] == "ours@gmail.com"
    assert quarantine("import", path, "--conflicts", "theirs").code == 0
    assert values(workspace, "Email")[0] == "theirs@gmail.com"


def test_json_is_one_object_and_nothing_else(quarantine: Divegov, tmp_path: Path) -> None:
    for arguments in (
        ("list",),
        ("show", 1),
        ("history",),
        ("fix", "--all", "--trim"),
        ("export", tmp_path / "a.csv"),
    ):
        answer = quarantine(*arguments, "--json")
        assert (answer.code, answer.err) == (0, "")
        assert isinstance(json.loads(answer.out), dict)


# what stands in the way ---------------------------------------------------------------------------------------


def berta_claims(workspace: Path, *records: int) -> None:
    with closing(open_workspace(workspace, actor="berta")) as session:
        claim_records(session, records)


@pytest.mark.parametrize(
    "command",
    [
        ("resubmit", "--all", "--waive-warnings"),
        ("discard", "--all", "--code", "other"),
        ("claim", "--all", "--take-over"),
    ],
)
def test_where_a_reason_is_lacking_the_hint_names_the_option(
    quarantine: Divegov, command: tuple[str, ...]
) -> None:
    answer = quarantine(*command)
    assert answer.code == 6
    assert "Say why" in answer.err
    assert "--reason TEXT" in answer.err


def test_every_refusal_says_what_to_do(quarantine: Divegov, workspace: Path) -> None:
    first, second = 1, 2
    berta_claims(workspace, first)
    told = {
        "claimed": quarantine("resubmit", "--id", str(first)).err,
        "open": quarantine("reopen", "--id", str(second)).err,
        "edit": quarantine("undo", "999").err,
        "minutes": quarantine("claim", "--id", str(second), "--minutes", "0").err,
    }
    assert "--take-over" in told["claimed"]
    assert f"Record {second} is open." in told["open"]
    assert "somebody" not in told["open"]
    assert "quarantine history" in told["edit"]
    assert "--minutes N" in told["minutes"]
    assert all("hint: " in said for said in told.values())


def test_what_is_described_leaves_out_what_others_work_on(quarantine: Divegov, workspace: Path) -> None:
    mine, hers = 1, 2
    berta_claims(workspace, hers)
    facts = quarantine("resubmit", "--all", "--rehearse", "--json").json
    assert facts["left_out"] == 1
    assert hers not in [each["quarantine_id"] for each in facts["records"]]
    assert "claimed by berta" in quarantine("resubmit", "--all", "--rehearse").out
    done = quarantine("discard", "--all", "--code", "test_data", "--json").json
    assert (hers in done["ids"], mine in done["ids"], done["left_out"]) == (False, True, 1)
    refused = quarantine("discard", "--id", str(hers), "--code", "test_data")
    assert (refused.code, "berta" in refused.err) == (7, True)
    assert "claimed by berta" in quarantine("discard", "--all", "--code", "test_data").err


def test_show_suggests_what_would_be_better_too(quarantine: Divegov) -> None:
    quarantine("fix", "--id", 4, "--set", "email=eve@gmial.com")
    found = quarantine("show", 4, "--json").json["suggestions"]
    assert {"Email": "eve@gmail.com"} in [each["changes"] for each in found]
