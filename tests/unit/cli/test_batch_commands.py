"""`divegov batches` at a terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

Divegov = Callable[..., Any]


def ask(workspace: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(workspace)) as raw:
        return raw.execute(question).fetchall()


def test_the_newest_batches_are_listed(divegov: Divegov, filled: Path) -> None:
    divegov("ingest", "--rows", "50", "--seed", "9", "--workspace", filled, "--json")
    found = divegov("batches", "list", "--limit", "1", "--workspace", filled, "--json").json
    assert (found["count"], [batch["batch_id"] for batch in found["batches"]]) == (2, [2])
    told = divegov("batches", "list", "--limit", "1", "--workspace", filled).out.splitlines()
    assert told[0].lstrip().startswith("2 ")
    assert told[1] == "2 batches altogether; --limit shows more."
    none = divegov("batches", "list", "--source", "elsewhere", "--workspace", filled, "--json").json
    assert none == {"count": 0, "batches": []}


def test_a_rehearsed_replay_promises_what_the_replay_does(divegov: Divegov, filled: Path) -> None:
    rehearsed = divegov("batches", "replay", "1", "--rehearse", "--workspace", filled, "--json").json
    assert ask(filled, "SELECT count(*) FROM Ingestion_Batch") == [(1,)]
    done = divegov("batches", "replay", "1", "--workspace", filled, "--json").json
    assert {**done, "rehearsed": True, "batch_id": None} == rehearsed
    assert (done["batch_id"], done["different"]) == (2, 0)
    assert ask(filled, "SELECT count(*) FROM Diver WHERE Change_Reason LIKE '%batch 2'") == [(0,)]
    found = divegov("batches", "compare", "1", "2", "--workspace", filled, "--json").json
    assert sorted(map(str, found["turns"])) == sorted(map(str, done["turns"]))


def test_what_turns_out_differently_is_told_with_why(divegov: Divegov, filled: Path) -> None:
    officer = ("--as", "compliance_officer", "--reason", "the insurer's age", "--workspace", filled, "--json")
    divegov("rules", "set", "PHONE_FORMAT", "--off", *officer)
    told = divegov("batches", "replay", "1", "--workspace", filled).out
    ((promoted,),) = ask(filled, "SELECT Promoted_Count FROM Ingestion_Batch WHERE Batch_ID = 2")
    assert promoted > 0
    assert f" {promoted:,} were stopped the first time and are let in\n" in told
    assert "Changed since: PHONE_FORMAT by " in told
    assert "the insurer's age" in told


def test_what_cannot_be_replayed_is_refused_and_says_what_to_do(divegov: Divegov, filled: Path) -> None:
    answer = divegov("batches", "replay", "7", "--workspace", filled)
    assert (answer.code, "There is no governed batch 7." in answer.err) == (6, True)
    divegov("ingest", "--rows", "20", "--seed", "3", "--workspace", filled, "--json")
    answer = divegov("batches", "compare", "1", "2", "--workspace", filled)
    assert (answer.code, "not two runs of the same content" in answer.err) == (3, True)
    answer = divegov("batches", "compare", "1", "5", "--workspace", filled)
    assert (answer.code, "There is no batch 5." in answer.err) == (3, True)
