"""Roles: each reads and runs what it is granted, through its masks; no statement gets an unmasked value out."""

from __future__ import annotations

import json
import re
import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from gates import Gate
from people import person

from divegov_gui.core.errors import DiveGovError, Refused
from divegov_gui.core.paths import scripts_folder
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.database.views import VIEWS
from divegov_gui.services import diver_search, history

GRANTS = "".join(path.read_text(encoding="utf-8") for path in scripts_folder("sqlite").glob("*.sql"))
SECRETS = (
    "Quillfeather",
    "quill@secret.example",
    "4477665511",
    "1971-03-09",
    "Oldname",
    "old@secret.example",
)
FOR_ANALYSTS = set(re.findall(r"^GRANT SELECT ON (\w+) TO [^;]*data_analyst[^;]*;$", GRANTS, re.MULTILINE))
NOT_FOR_ANALYSTS = set(VIEWS) - FOR_ANALYSTS
LOWERED = tuple(secret.lower() for secret in SECRETS)


@pytest.fixture(scope="module")
def lived(make_gate: Any) -> Iterator[Gate]:
    """A database in which the secret values stand wherever a value can stand."""
    gate = make_gate()
    with closing(gate.session):
        secret = person(
            last_name="Oldname",
            email="old@secret.example",
            phone="+1 447 766 5511",
            date_of_birth="1971-03-09",
            source_reference="REF-1",
        )
        gate.take_in([secret, {**secret, "email": "quill@secret.example", "first_name": ""}])
        changes = {"Last_Name": "Quillfeather", "Email": "quill@secret.example"}
        history.update(gate.session, gate.current(), changes.items(), "Mrs Quillfeather married")
        gate.take_in([person(email="gone@example.org", first_name="Gone", phone="5550002222")])
        (gone,) = [d for d in gate.divers() if d["Email"] == "gone@example.org"]
        history.delete(
            gate.session, gate.current(gone["Diver_ID"]), "Same as Quillfeather, says old@secret.example"
        )
        diver_search.prepare_search(gate.session)
        yield gate


@pytest.fixture
def analyst(lived: Gate) -> Iterator[Session]:
    with closing(lived.backend.open("data_analyst")) as session:
        yield session


def leaks(value: object) -> bool:
    text = str(value).lower()
    return any(secret in text or secret.replace("-", "") in text for secret in LOWERED)


def test_the_secrets_are_there_to_be_found(lived: Gate) -> None:
    assert leaks(lived.session.select("Diver_Versions"))
    assert leaks(lived.session.select("Diver_Search"))
    assert leaks(lived.session.select("Quarantine_Queue"))


@pytest.mark.parametrize("view", VIEWS)
def test_an_analyst_gets_no_secret_out_of_any_view(analyst: Session, view: str) -> None:
    if view in NOT_FOR_ANALYSTS:
        with pytest.raises(Refused) as refused:
            analyst.select(view)
        assert not leaks(refused.value)
    else:
        rows = analyst.select(view)
        assert not leaks(rows)
        assert len(rows) == analyst.count(view)


def test_reasons_are_masked_for_who_sees_no_names_and_nobody_is_found_by_them(
    lived: Gate, analyst: Session
) -> None:
    reasons = [Filter("Change_Reason", "contains", "quillfeather")]
    for view in ("Diver_Versions", "Diver_Changes"):
        assert {row["Change_Reason"] for row in analyst.select(view)} == {"xxxx"}
        assert lived.session.count(view, reasons) > 0
    assert {row["Delete_Reason"] for row in analyst.select("Diver_Deletions")} == {"xxxx"}
    with closing(lived.backend.open("compliance_officer")) as officer:
        assert officer.count("Diver_Changes", reasons) == 2


@pytest.mark.sqlite_only
def test_a_filter_on_a_reason_is_no_oracle(analyst: Session) -> None:
    assert analyst.count("Diver_Changes", [Filter("Change_Reason", "contains", "quill")]) == 0
    assert analyst.count("Diver_Deletions", [Filter("Delete_Reason", "contains", "quill")]) == 0


def test_an_analyst_reads_the_reports_and_not_the_records(analyst: Session) -> None:
    for view in ("Diver_Directory", "Diver_Versions", "Batch_Summary", "Rule_Catalogue", "Quality_Trend"):
        assert analyst.select(view), view
    for view in ("Raw_Divers", "Quarantine_Queue", "Quarantine_Reasons", "Action_Log", "Reveal_Register"):
        assert view in NOT_FOR_ANALYSTS
        with pytest.raises(Refused):
            analyst.count(view)
        with pytest.raises(Refused):
            analyst.keys(view, VIEWS[view].columns[0])


def test_masks_are_those_of_sql_server_now_and_in_the_past(analyst: Session) -> None:
    ada = [Filter("Diver_ID", "=", 1)]
    old, new = analyst.select("Diver_Versions", filters=ada, order=[Order("Valid_From")])
    for row in (old, new):
        assert (row["Phone"], row["Date_Of_Birth"]) == ("XXX-5511", "1900-01-01")
        assert row["First_Name"] == "Ada"
    assert (old["Last_Name"], old["Email"]) == ("OXXXX", "oXXX@XXXX.com")
    assert (new["Last_Name"], new["Email"]) == ("QXXXX", "qXXX@XXXX.com")


@pytest.mark.sqlite_only
def test_a_filter_on_a_masked_column_is_no_oracle(analyst: Session) -> None:
    """SQL Server compares behind its masks: there, only the views that a role may read stand against it (03)."""
    for column, secret in (("Last_Name", "Quillfeather"), ("Email", "quill@secret.example")):
        for filters in (
            [Filter(column, "=", secret)],
            [Filter(column, "contains", secret[1:6])],
            [Filter(column, "starts with", secret[:3])],
            [Filter(f"First_Name {column}", "search", secret[1:6])],
            [Filter("", "any of", [Filter(column, "in", [secret])])],
        ):
            assert analyst.count("Diver_Directory", filters) == 0
            assert analyst.keys("Diver_Versions", "Diver_ID", filters).tolist() == []
    assert analyst.count("Diver_Directory", [Filter("Date_Of_Birth", "<", "1971-01-01")]) == 1


def test_nobody_is_found_by_what_a_mask_hides(lived: Gate, analyst: Session) -> None:
    for secret in ("quillf", "oldn", "ada q", "quill@", "old@"):
        assert diver_search.search(lived.session, secret), secret
        assert diver_search.search(analyst, secret) == ()
    (found,) = diver_search.search(analyst, "ref-1")
    assert not leaks(found)


def looks(gate: Gate) -> list[tuple[int | None, dict[str, object]]]:
    """Who was looked for behind a mask, as the log has it."""
    return [(row["Subject_ID"], json.loads(row["Detail"])) for row in gate.log("Find_Diver")]


def test_an_officer_finds_a_diver_by_the_whole_of_an_email_and_sees_it_masked(lived: Gate) -> None:
    before = len(looks(lived))
    with closing(lived.backend.open("compliance_officer")) as officer:
        (now,) = diver_search.search(officer, " Quill@secret.EXAMPLE ")
        (once,) = diver_search.search(officer, "old@secret.example")
        assert (now.diver_id, now.is_former, now.latest.value("Email")) == (1, False, "qXXX@XXXX.com")
        assert (once.diver_id, once.is_former, once.latest.value("Email")) == (1, True, "qXXX@XXXX.com")
        assert diver_search.search(officer, "nobody@secret.example") == ()
    told = looks(lived)[before:]
    assert told == [
        (1, {"column": "Email", "found": 1}),
        (1, {"column": "Email", "found": 1}),
        (None, {"column": "Email", "found": 0}),
    ], "each look is logged, those that find nobody too, and none with the address"


def test_no_beginning_of_an_email_finds_anybody_behind_a_mask(lived: Gate) -> None:
    whole = "quill@secret.example"
    with closing(lived.backend.open("compliance_officer")) as officer:
        for size in range(1, len(whole)):
            found = [match.column for match in diver_search.search(officer, whole[:size])]
            assert "Email" not in found, whole[:size]
            assert officer.call("Find_Diver", column_name="Email", value=whole[:size]) == [[]]
        for pattern in ("%", "quill@%", "quill_secret.example", "*@secret.example"):
            assert officer.call("Find_Diver", column_name="Email", value=pattern) == [[]]
        for column in ("Phone", "Date_Of_Birth", "Last_Name", None):
            with pytest.raises(Refused, match="whole of an email"):
                officer.call("Find_Diver", column_name=column, value="1971-03-09")


def test_an_analyst_finds_nobody_by_a_whole_email_either_and_asks_nothing(
    lived: Gate, analyst: Session
) -> None:
    before = len(looks(lived))
    for whole in ("quill@secret.example", "old@secret.example", "nobody@secret.example"):
        assert diver_search.search(analyst, whole) == ()
        with pytest.raises(DiveGovError):
            analyst.call("Find_Diver", column_name="Email", value=whole)
    assert len(looks(lived)) == before


def test_an_analyst_runs_no_procedure(lived: Gate, analyst: Session) -> None:
    for procedure in ("Open_Batch", "Update_Diver", "Judge_Records", "Index_Divers", "Log_Action"):
        with pytest.raises(DiveGovError) as refused:
            analyst.call(procedure)
        assert not leaks(refused.value)


ATTACKS = [
    "SELECT Email FROM Diver",
    "SELECT Email FROM main.Diver",
    "SELECT Email FROM main.Diver_Directory",
    "SELECT Last_Name FROM Diver_History",
    "SELECT Term FROM Search_Term",
    "SELECT Payload FROM Raw_Record",
    "SELECT Observed_Value FROM Quarantine_Violation",
    "SELECT (SELECT Email FROM main.Diver) FROM Diver_Directory",
    "SELECT d.Email FROM Diver_Directory AS v JOIN main.Diver AS d ON d.Diver_ID = v.Diver_ID",
    "SELECT * FROM (SELECT Email FROM main.Diver) AS Diver_Directory",
    "WITH Diver_Directory AS (SELECT Email FROM main.Diver) SELECT Email FROM Diver_Directory",
    "SELECT * FROM (WITH Diver_Directory AS (SELECT Email FROM main.Diver) SELECT Email FROM Diver_Directory)",
    "/**/WITH Batch_Summary AS (SELECT Email FROM main.Diver) SELECT Email FROM Batch_Summary",
    "SELECT Diver_ID FROM Diver_Directory ORDER BY (SELECT Email FROM main.Diver)",
    "SELECT 1 FROM Diver_Directory WHERE EXISTS (SELECT 1 FROM main.Diver WHERE Email LIKE 'q%')",
    "SELECT name, sql FROM sqlite_temp_master",
    "SELECT sql FROM temp.sqlite_schema",
    "SELECT sql FROM sqlite_stmt",
    "SELECT name FROM pragma_table_list",
    "SELECT data FROM sqlite_dbpage",
    "SELECT name FROM dbstat",
    "EXPLAIN QUERY PLAN SELECT Term FROM Diver_Search ORDER BY Term",
    "EXPLAIN SELECT Email FROM Diver_Directory",
    "PRAGMA table_list",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "ATTACH DATABASE ':memory:' AS other",
    "VACUUM INTO 'copy.db'",
    "CREATE TEMP TABLE t AS SELECT Email FROM main.Diver",
    "CREATE TEMP VIEW Diver_Directory2 AS SELECT Email FROM main.Diver",
    "CREATE TEMP TRIGGER t AFTER UPDATE ON main.Diver BEGIN SELECT NEW.Email; END",
    "DROP VIEW temp.Diver_Directory",
    "UPDATE Diver SET Email = 'x@y.zz'",
    "UPDATE Unmask_Grant SET Role_Name = 'data_analyst' RETURNING Column_Name",
    "INSERT INTO Unmask_Grant VALUES ('data_analyst', 'Email')",
    "DELETE FROM Masked_Column",
    "BEGIN IMMEDIATE",
    "SAVEPOINT s",
    "SELECT load_extension('x')",
    "SELECT Email FROM Diver_Directory; SELECT Email FROM main.Diver",
]


HIDDEN = (
    "/* ' */ {} /* ' */",
    "-- '\n{} --'",
    '/* " */ {} /* " */',
    "/* ` */ {} /* ` */",
    "-- [\n{} -- ]",
    "/* [ */ {} /* ] */",
)
"""Ways to make a statement look like the inside of a text, or of a quoted name."""
HIDEABLE = (
    "EXPLAIN QUERY PLAN SELECT * FROM Diver_Changes",
    "EXPLAIN SELECT * FROM Diver_Directory",
    "WITH Diver_Directory AS (SELECT Email FROM main.Diver) SELECT Email FROM Diver_Directory",
    "PRAGMA table_list",
)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize("attack", HIDEABLE)
def test_no_statement_hides_in_a_comment(analyst: Session, hidden: str, attack: str) -> None:
    raw = analyst._raw  # type: ignore[attr-defined]
    for text in (hidden.format(attack), hidden.format(attack).replace("'", "''")):
        with pytest.raises((sqlite3.Error, sqlite3.Warning)):
            raw.execute(text)


@pytest.mark.sqlite_only
def test_whoever_knew_the_hidden_names_could_not_say_them(analyst: Session) -> None:
    raw = analyst._raw  # type: ignore[attr-defined]
    secret = raw.secret
    assert len(secret) > 30
    for name in (
        f"{secret}x",
        f"{secret}Diver_Directory",
        f"{secret.upper()}x",
        f'"{secret}x"',
        f"[{secret}x]",
    ):
        for attack in (
            f"SELECT * FROM temp.{name}",
            f"SELECT * FROM (SELECT Email FROM main.Diver) AS {name}",
            f"WITH {name} AS (SELECT Email FROM main.Diver) SELECT Email FROM {name}",
        ):
            with pytest.raises(sqlite3.Error, match="not authorized"):
                raw.execute(attack)


@pytest.mark.sqlite_only
def test_texts_and_quoted_names_of_a_plain_select_are_not_taken_for_commands(analyst: Session) -> None:
    raw = analyst._raw  # type: ignore[attr-defined]
    said = "SELECT 'WITH -- /* ; x', \"Diver_ID\", [Diver_ID], `Diver_ID` FROM Diver_Directory LIMIT 1"
    assert raw.execute(said).fetchone() == ("WITH -- /* ; x", 1, 1, 1)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", ["data_analyst", "compliance_officer"])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_statement_on_a_session_gets_behind_the_views(lived: Gate, role: str, attack: str) -> None:
    with closing(lived.backend.open(role)) as session:
        for run in (session._raw.execute, session._raw.cursor().execute):  # type: ignore[attr-defined]
            with pytest.raises((sqlite3.Error, sqlite3.Warning)) as refused:
                run(attack).fetchall()
            assert not leaks(refused.value)
        with pytest.raises(sqlite3.Error):
            session._raw.executescript(attack)  # type: ignore[attr-defined]
    assert lived.session.count("Diver_Directory", [Filter("Email", "=", "quill@secret.example")]) == 1


@pytest.mark.sqlite_only
def test_what_a_statement_on_the_masked_views_may_say_is_masked(analyst: Session) -> None:
    raw = analyst._raw  # type: ignore[attr-defined]
    assert raw.execute("SELECT Email, count(*) FROM Diver_Directory GROUP BY 1").fetchall() == [
        ("qXXX@XXXX.com", 1)
    ]
    assert not leaks(raw.execute("SELECT hex(Email), Email || Last_Name FROM Diver_Versions").fetchall())
    assert not leaks(raw.execute("SELECT json_group_array(Last_Name) FROM Diver_Directory").fetchall())


def test_an_officer_sees_names_and_the_records_and_not_how_to_reach_a_diver(lived: Gate) -> None:
    with closing(lived.backend.open("compliance_officer")) as officer:
        (row,) = officer.select("Diver_Directory")
        assert (row["Last_Name"], row["Email"]) == ("Quillfeather", "qXXX@XXXX.com")
        assert [m.diver_id for m in diver_search.search(officer, "quillf")] == [1]
        assert diver_search.search(officer, "quill@") == ()
        assert officer.select("Raw_Divers")
        assert officer.select("Action_Log")
        with pytest.raises(Refused):
            officer.call(
                "Open_Batch", source_name="x", source_kind="file", content_hash="x", declared_count=1
            )


def test_a_steward_sees_all_and_may_not_change_the_rules(lived: Gate) -> None:
    with closing(lived.backend.open("data_steward")) as steward:
        assert leaks(steward.select("Diver_Directory"))
        assert steward.call("Index_Divers", most=0)
        with pytest.raises(DiveGovError):
            steward.call("Purge_Batches", received_before="2000-01-01", reason="x")


@pytest.mark.sqlite_only
def test_a_steward_loses_what_is_no_longer_granted(gate: Gate) -> None:
    gate.take_in([person(phone="5550001111")])
    gate.backend.run("DELETE FROM Unmask_Grant WHERE Role_Name = 'data_steward' AND Column_Name = 'Email'")
    with closing(gate.backend.open("data_steward")) as steward:
        (row,) = steward.select("Diver_Versions")
        assert (row["Email"], row["Phone"], row["Last_Name"]) == ("aXXX@XXXX.com", "5550001111", "Lovelace")
        current = history.timeline(steward, 1).current
        assert current is not None
        # What the masked steward saw and sent back whole is refused, and what they changed besides is written.
        with pytest.raises(Refused, match="mask"):
            history.update(steward, current, zip(dict(history.FIELDS), current.values, strict=True), "typo")
        history.update(steward, current, [("First_Name", "Augusta")], "typo")
        first = history.timeline(steward, 1).versions[0]
        history.restore(steward, history.timeline(steward, 1).current, first, "was right")
    assert {version["Email"] for version in gate.versions(1)} == {"ada@example.org"}


@pytest.mark.sqlite_only
def test_a_promotion_and_a_merge_under_a_mask_store_no_mask(gate: Gate) -> None:
    gate.backend.run("DELETE FROM Unmask_Grant WHERE Role_Name = 'data_steward'")
    with closing(gate.backend.open("data_steward")) as steward:
        masked = Gate(gate.backend, steward)
        masked.take_in([person(phone="5550001111"), person(email="cyd@example.org", first_name="Cyd")])
        masked.take_in([person(phone="5550002222")])
        (parked,) = masked.queue()
        seen = masked.versions(1)[0]
        assert seen["Email"] == "aXXX@XXXX.com"
        merge = {
            "quarantine_id": parked["Quarantine_ID"],
            "record_version": parked["Record_Version"],
            "diver_id": 1,
            "diver_valid_from": seen["Valid_From"],
            "reason": "the newer phone",
        }
        whole = {name: seen[name] for name in ("First_Name", "Last_Name", "Email", "Date_Of_Birth")}
        with pytest.raises(Refused, match="mask"):
            steward.call("Merge_Record", values=json.dumps({**whole, "Phone": "5550002222"}), **merge)
        steward.call("Merge_Record", values=json.dumps({"Phone": "5550002222"}), **merge)
    assert [(v["Email"], v["Phone"], v["Last_Name"]) for v in gate.versions(1)] == [
        ("ada@example.org", "5550001111", "Lovelace"),
        ("ada@example.org", "5550002222", "Lovelace"),
    ]
    assert not any("XXX" in line for line in gate.backend.dump() if line.startswith('INSERT INTO "Diver'))


@pytest.mark.sqlite_only
def test_there_are_three_roles_and_no_other(gate: Gate) -> None:
    with pytest.raises(Refused, match="no role king"):
        open_workspace(gate.backend.path, persona="king")  # type: ignore[attr-defined]


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", ["data_analyst", "compliance_officer"])
def test_an_empty_file_shows_a_role_nothing(gate: Gate, tmp_path: Any, role: str) -> None:
    with closing(open_workspace(tmp_path / "empty.db", persona=role)) as session:
        assert session.journal() == []
        with pytest.raises(Refused):
            session.apply_scripts([], "1", lambda *_: None)


@pytest.mark.sqlite_only
def test_a_text_too_short_for_its_mask_is_not_shown_whole(gate: Gate) -> None:
    gate.take_in([person(phone="+1 555 000 1111", last_name="Z")])
    gate.backend.run("UPDATE Diver SET Phone = '1234'")
    with closing(gate.backend.open("data_analyst")) as analyst:
        (row,) = analyst.select("Diver_Directory")
    assert (row["Last_Name"], row["Phone"]) == ("XXXX", "XXX-")


@pytest.mark.parametrize("role", ["data_steward", "compliance_officer", "data_analyst"])
def test_each_role_reads_every_view_that_it_is_granted(lived: Gate, role: str) -> None:
    granted = [
        view for view in VIEWS if re.search(rf"^GRANT SELECT ON {view} TO [^;]*{role}", GRANTS, re.MULTILINE)
    ]
    with closing(lived.backend.open(role)) as session:
        for view in granted:
            assert len(session.select(view)) == session.count(view), view


@pytest.mark.sqlite_only
def test_what_is_asked_for_is_in_no_error_that_might_be_logged(gate: Gate) -> None:
    """A crash report holds the whole chain of errors: none of them carries the values of a query."""
    gate.backend.run("DROP VIEW Diver_Directory")
    with pytest.raises((sqlite3.Error, DiveGovError)) as broken:
        gate.session.select("Diver_Directory", filters=[Filter("Email", "=", SECRETS[1])])
    told = "".join(traceback.format_exception(broken.value))
    assert "no such table" in told  # the chain reaches down to the driver
    assert not leaks(told)
