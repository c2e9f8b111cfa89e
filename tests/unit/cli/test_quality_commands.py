"""`divegov report --html`, `trends`, `purge` and `rules` at a terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Divegov = Callable[..., Any]


def ask(workspace: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(workspace)) as raw:
        return raw.execute(question).fetchall()


def test_a_batchs_page_is_written(divegov: Divegov, filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "batch.html"
    answer = divegov("report", "--html", file, "--workspace", filled)
    assert (answer.code, answer.out) == (0, f"Written to {file}.\n")
    assert "<h1>Batch 1: 200 synthetic divers" in file.read_text(encoding="utf-8")


def test_a_batch_or_a_period_is_written_as_a_pdf_too(divegov: Divegov, filled: Path, tmp_path: Path) -> None:
    for name, more in (("batch.pdf", ()), ("week.pdf", ("--days", "7"))):
        file = tmp_path / name
        answer = divegov("report", "--pdf", file, *more, "--workspace", filled)
        assert (answer.code, answer.out) == (0, f"Written to {file}.\n")
        assert file.read_bytes().startswith(b"%PDF")
        assert file.stat().st_mode & 0o077 == 0
    assert divegov("report", "--pdf", tmp_path / "no" / "a.pdf", "--workspace", filled).code == 3
    assert divegov("report", "--days", "7", "--workspace", filled).code == 2
    assert divegov("report", "--pdf", "a.pdf", "--html", "a.html", "--workspace", filled).code == 2


def test_a_periods_page_is_written(divegov: Divegov, filled: Path, tmp_path: Path) -> None:
    file = tmp_path / "week.html"
    assert divegov("report", "--html", file, "--days", "7", "--workspace", filled, "--json").json == {
        "file": str(file)
    }
    assert "<h1>Data quality, 2" in file.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written_is_said(divegov: Divegov, filled: Path, tmp_path: Path) -> None:
    answer = divegov("report", "--html", tmp_path / "nowhere" / "a.html", "--workspace", filled)
    assert answer.code == 3
    assert "a.html cannot be written." in answer.err


def test_trends_are_the_days_of_the_period(divegov: Divegov, filled: Path) -> None:
    found = divegov("trends", "--days", "7", "--workspace", filled, "--json").json
    ((loaded, quarantined),) = ask(filled, "SELECT Loaded_Count, Quarantined_Count FROM Ingestion_Batch")
    (day,) = found["days"]
    assert (day["outcomes"]["loaded"], day["outcomes"]["quarantined"]) == (loaded, quarantined)
    assert found.keys() == {
        "days",
        "rules",
        "sources",
        "resolutions",
        "backlog",
        "repairs",
        "batches",
        "elsewhen",
    }
    assert (
        f"{quarantined} records wait, 0 of them ready to resubmit."
        in divegov("trends", "--workspace", filled).out
    )


def test_a_purge_is_for_the_compliance_officer(divegov: Divegov, filled: Path) -> None:
    answer = divegov("purge", "--older-than", "0", "--reason", "old", "--workspace", filled)
    assert answer.code == 6
    assert "A data steward may not do this." in answer.err


def test_a_rehearsed_purge_says_what_goes_and_takes_nothing(divegov: Divegov, filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as raw, raw:
        raw.execute("UPDATE Ingestion_Batch SET Received_At = '2020-05-05 10:00:00.000000'")
    order = ("purge", "--older-than", "365", "--reason", "old", "--as", "compliance_officer")
    rehearsed = divegov(*order, "--rehearse", "--workspace", filled, "--json").json
    assert ask(filled, "SELECT count(*) FROM Raw_Record WHERE Payload = ''") == [(0,)]
    done = divegov(*order, "--workspace", filled, "--json").json
    assert {**done, "rehearsed": True} == rehearsed
    assert ask(filled, "SELECT count(*) FROM Raw_Record WHERE Payload = ''") == [(done["records"],)]
    assert done["records"] > 100


@pytest.mark.parametrize("days", ["-1", "999999"])
def test_an_age_that_is_none_is_refused(divegov: Divegov, filled: Path, days: str) -> None:
    answer = divegov("purge", "--older-than", days, "--reason", "old", "--workspace", filled)
    assert answer.code == 3
    assert "are no age" in answer.err


def test_all_rules_are_listed(divegov: Divegov, filled: Path) -> None:
    listed = divegov("rules", "list", "--workspace", filled, "--json").json["rules"]
    assert [rule["code"] for rule in listed] == [
        code for (code,) in ask(filled, "SELECT Rule_Code FROM Quality_Rule ORDER BY 1")
    ]


def test_what_if_promises_what_set_does(divegov: Divegov, filled: Path) -> None:
    change = ("AGE_BELOW_MINIMUM", "--threshold", "30")
    promised = divegov("rules", "what-if", *change, "--workspace", filled, "--json").json
    assert ask(filled, "SELECT Threshold FROM Quality_Rule WHERE Rule_Code = 'AGE_BELOW_MINIMUM'") == [(10,)]
    officer = ("--reason", "a new insurer", "--as", "compliance_officer", "--workspace", filled, "--json")
    done = divegov("rules", "set", *change, *officer).json
    assert (done["judged"], done["ready"], done["stopped"]) == (
        promised["judged"],
        promised["ready"],
        promised["stopped"],
    )
    assert promised["newly_failing"] > 0
    assert ask(filled, "SELECT Threshold FROM Quality_Rule WHERE Rule_Code = 'AGE_BELOW_MINIMUM'") == [(30,)]
    again = divegov("rules", "retest", "AGE_BELOW_MINIMUM", "--workspace", filled, "--json").json
    assert again["changed"] == 0


def test_a_change_of_nothing_is_asked_about(divegov: Divegov, filled: Path) -> None:
    answer = divegov("rules", "what-if", "EMAIL_FORMAT", "--workspace", filled)
    assert answer.code == 2
    assert "say what changes" in answer.err


def test_a_rule_that_is_not_there_is_said(divegov: Divegov, filled: Path) -> None:
    answer = divegov("rules", "what-if", "NO_SUCH", "--off", "--workspace", filled)
    assert answer.code == 3
    assert "There is no rule NO_SUCH." in answer.err
