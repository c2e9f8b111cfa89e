"""One arrival with every outcome in it, the state that it must end in, and ways to break off in the middle."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from people import Given, person, raw_records

from divegov_gui.core.records import InjectedDefect
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import deploy
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.queue import read_catalogue
from divegov_gui.services.review import (
    Edit,
    edit_records,
    keep_record,
    merge_record,
    resubmit_records,
    undo_edit,
)
from divegov_gui.services.round_trip import apply_corrections, export_records, read_corrections

EARLIER = Given(
    raw_records([person(), person(email="bob@example.org"), person(email="cyd@example.org", phone="?")]),
    name="earlier",
)
ARRIVAL = Given(
    raw_records(
        [
            person(),
            person(email="bob@example.org", first_name="Bob"),
            person(email="cyd@example.org", phone="?"),
            person(email="dee@example.org"),
            person(email="dee@example.org", first_name="Dee"),
            person(email="dee@example.org", first_name="Dee"),
            person(email="eve@example.org", date_of_birth="?", phone="?"),
            person(email="fay@example.org"),
        ]
    ),
    chunk_rows=3,
    name="arrival",
    kind="synthetic",
    defects=[InjectedDefect(3, "PHONE_FORMAT"), InjectedDefect(7, "DOB_FORMAT")],
)

STATE = (
    "SELECT Batch_ID, Source_Name, Status, Declared_Count, Loaded_Count, Promoted_Count, Unchanged_Count, "
    "Duplicate_Count, Quarantined_Count FROM Ingestion_Batch",
    "SELECT * FROM Raw_Divers ORDER BY Raw_ID",
    "SELECT Diver_ID, First_Name, Email, Phone, Change_Reason FROM Diver ORDER BY Diver_ID",
    "SELECT count(*) FROM Diver_History",
    "SELECT Quarantine_ID, Batch_ID, Raw_ID, Email, Phone, Status, Attempt_Count, Record_Version, Failed_Checks, "
    "Edited_Columns, Resolution_Code, Diver_ID FROM Data_Quarantine",
    "SELECT Edit_Group_ID, Edit_Kind, Record_Count, Cell_Count FROM Edit_Group",
    "SELECT Revision_ID, Quarantine_ID, Edit_Group_ID, Column_Name, Old_Value, New_Value FROM Quarantine_Revision",
    "SELECT Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value FROM Quarantine_Violation",
    "SELECT * FROM Batch_Rule_Count",
    "SELECT * FROM Injected_Defect",
    "SELECT Action, Subject_ID, Detail FROM Steward_Action ORDER BY Action_ID",
    "SELECT Instant, Actor FROM Transaction_Context",
)


def state(path: Path) -> list[list[tuple[Any, ...]]]:
    """Everything that matters in a workspace, without the times."""
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(query).fetchall() for query in STATE]


def prepare(path: Path) -> None:
    """A workspace in which an earlier batch was governed."""
    with closing(open_workspace(path)) as session:
        deploy(session)
        ingest(session, EARLIER)


def take_in(path: Path) -> None:
    with closing(open_workspace(path)) as session:
        ingest(session, ARRIVAL)


REVIEWED = 2000
"""How many records wait where a review is broken off."""


def prepare_review(path: Path) -> None:
    """A workspace in which some thousands wait for a phone, and every fourth for a first name besides."""
    people = [
        person(email=f"{n}@example.org", phone="?", first_name="Ada" if n % 4 else None)
        for n in range(REVIEWED)
    ]
    with closing(open_workspace(path)) as session:
        deploy(session)
        ingest(session, Given(raw_records(people), name="many"))


def waiting(session: Session, *filters: Filter) -> list[tuple[int, int]]:
    """Open records with their versions."""
    rows = session.select(
        "Quarantine_Queue",
        ["Quarantine_ID", "Record_Version"],
        [Filter("Status", "=", "Open"), *filters],
        [Order("Quarantine_ID")],
    )
    return [(row["Quarantine_ID"], row["Record_Version"]) for row in rows]


def mend(path: Path) -> None:
    """Give all that have a bad phone another one, in one edit; nothing where that is done."""
    with closing(open_workspace(path)) as session:
        edits = [Edit(n, v, "Phone", "5550001111") for n, v in waiting(session, Filter("Phone", "=", "?"))]
        if edits:
            edit_records(session, edits, kind="Bulk")


def send_again(path: Path) -> None:
    """Mend them and send all through the gate once; nothing where that is done."""
    mend(path)
    with closing(open_workspace(path)) as session:
        if records := waiting(session, Filter("Attempt_Count", "=", 1)):
            resubmit_records(session, records)


def take_back(path: Path) -> None:
    """Undo the edit that mended them; nothing where that is done."""
    with closing(open_workspace(path)) as session:
        (edit, *done) = session.select("Edit_History", order=[Order("Edit_Group_ID")])
        if not done:
            undo_edit(session, edit["Edit_Group_ID"])


def export(path: Path) -> None:
    """The file that goes to the data's owner, beside the workspace, as it comes back: each phone is put right."""
    with closing(open_workspace(path)) as session:
        catalogue = read_catalogue(session)
        export_records(
            session, catalogue, [number for number, _ in waiting(session)], path.with_name(CORRECTED)
        )
    file = path.with_name(CORRECTED)
    file.write_text(file.read_text("utf-8").replace(",?,", ",5550001111,"), "utf-8")


def take_over(path: Path) -> None:
    """Import what the data's owner corrected; nothing where that is done."""
    with closing(open_workspace(path)) as session:
        found = read_corrections(session, read_catalogue(session), path.with_name(CORRECTED))
        apply_corrections(session, found, "the owner's file")


CORRECTED = "corrected.csv"
RIVALS = 300
"""How many records wait that say something else of one person."""


def prepare_rivals(path: Path, *diver: dict[str, str | None]) -> None:
    """A workspace in which records of one person wait, who is a diver or not."""
    people = [
        person(first_name=f"Ada {'abcdefghij'[n % 10]}", phone="?" if n else None) for n in range(RIVALS)
    ]
    with closing(open_workspace(path)) as session:
        deploy(session)
        ingest(session, Given(raw_records([person(email="bob@example.org"), *diver]), name="earlier"))
        ingest(session, Given(raw_records(people), name="rivals"))


def merge(path: Path) -> None:
    """Make all that wait part of the diver, who is called otherwise then; nothing where that is done."""
    with closing(open_workspace(path)) as session:
        (ada,) = session.select(
            "Diver_Versions",
            filters=[Filter("Email", "=", "ada@example.org"), Filter("Is_Current", "=", True)],
        )
        if records := waiting(session):
            diver = (ada["Diver_ID"], ada["Valid_From"])
            merge_record(session, records[0], diver, {"First_Name": "Augusta"}, "the same", records[1:])


def keep(path: Path) -> None:
    """Give the first that waits another name and discard the others; nothing where that is done."""
    with closing(open_workspace(path)) as session:
        kept, *others = waiting(session)
        if others:
            keep_record(session, kept, [Edit(*kept, "First_Name", "Augusta")], "the same", others)


def half_governed(path: Path) -> str:
    """What is wrong with a workspace that was broken off: a batch is governed whole or not at all."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT b.Status, b.Loaded_Count, count(r.Raw_ID), count(o.Raw_ID) FROM Ingestion_Batch AS b "
            "LEFT JOIN Raw_Record AS r ON r.Batch_ID = b.Batch_ID "
            "LEFT JOIN Record_Outcome AS o ON o.Raw_ID = r.Raw_ID "
            "WHERE b.Batch_ID = 2 GROUP BY b.Batch_ID"
        ).fetchone()
        (divers,) = connection.execute("SELECT count(*) FROM Diver").fetchone()
        (instants,) = connection.execute("SELECT count(Instant) FROM Transaction_Context").fetchone()
        (damage,) = connection.execute("PRAGMA integrity_check").fetchone()
    status, loaded, rows, outcomes = found or ("Open", 0, 0, 0)
    whole = (rows, outcomes, divers) == (8, 8, 4) if status == "Governed" else (outcomes, divers) == (0, 2)
    sound = whole and loaded == rows and not instants and damage == "ok"
    return "" if sound else f"{status}: {loaded=} {rows=} {outcomes=} {divers=} {instants=} {damage}"


def watched(
    on_statement: Callable[[sqlite3.Connection, str], None],
    on_step: Callable[[sqlite3.Connection, str], None] | None = None,
) -> type[sqlite3.Connection]:
    """Connections that tell when a statement begins, and every few instructions of the database's machine."""

    class Watched(sqlite3.Connection):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.statement = ""
            self.set_trace_callback(self._begins)
            if on_step is not None:
                self.set_progress_handler(lambda: on_step(self, self.statement), 25)

        def _begins(self, statement: str) -> None:
            # SQLite tells of a statement once more for every row for which it fires a trigger.
            if statement != self.statement:
                self.statement = statement
                on_statement(self, statement)

    return Watched
