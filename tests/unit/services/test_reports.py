"""A page for print or mail: its numbers are the tables', it needs nothing besides itself, and it names nobody."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from html.parser import HTMLParser

import pytest

from divegov_gui.core.errors import InputRefused
from divegov_gui.database.sqlite import SqliteSession
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.services.ingestion import ingest
from divegov_gui.services.reports import batch_report, period_report
from divegov_gui.services.trends import Period


class Cells(HTMLParser):
    """The texts of all cells and paragraphs, and every tag that would fetch something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.outside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.outside += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href")]
        self.outside += [tag] if tag in ("script", "link", "img", "iframe") else []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append(data.strip())


@pytest.fixture
def governed(session: SqliteSession) -> SqliteSession:
    for seed in (1, 2):
        ingest(session, GeneratedSource(GenerationRequest(rows=150, seed=seed, dirty=0.3)))
    return session


def ask(session: SqliteSession, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(session.path)) as raw:
        return raw.execute(question).fetchall()


def test_a_batchs_page_holds_the_tables_numbers(governed: SqliteSession) -> None:
    page = Cells(batch_report(governed, 2).html)
    counts = dict(
        ask(
            governed,
            "SELECT o.Outcome, count(*) FROM Record_Outcome o JOIN Raw_Record r USING (Raw_ID) "
            "WHERE r.Batch_ID = 2 GROUP BY 1",
        )
    )
    for outcome, count in counts.items():
        at = page.texts.index(str(outcome))
        assert page.texts[at + 1 : at + 3] == [f"{count:,}", f"{100 * int(str(count)) / 150:.1f} %"]
    for wording, count in ask(
        governed,
        "SELECT q.Wording, count(DISTINCT v.Raw_ID) FROM Quarantine_Violation v JOIN Raw_Record r USING (Raw_ID) "
        "JOIN Quality_Rule q USING (Rule_Code) WHERE r.Batch_ID = 2 GROUP BY 1",
    ):
        assert page.texts[page.texts.index(str(wording)) + 1] == str(count)
    assert "Checked against the records: this batch adds up." in page.texts
    assert "0 injected defects missed, 0 clean records rejected." in page.texts


def test_a_periods_page_is_of_that_period(governed: SqliteSession) -> None:
    with closing(sqlite3.connect(governed.path)) as raw, raw:
        raw.execute(
            "UPDATE Ingestion_Batch SET Received_At = '2026-03-01 10:00:00.000000' WHERE Batch_ID = 1"
        )
    found = period_report(governed, Period(date(2026, 3, 1), date(2026, 3, 2)))
    assert found.title == "Data quality, 2026-03-01 to 2026-03-02"
    page = Cells(found.html)
    at = page.texts.index("2026-03-01")
    assert page.texts[at + 1 : at + 3] == ["1", "150"]
    assert any(text.startswith("150 loaded = ") for text in page.texts)


def test_an_imbalance_is_an_alarm_on_both(governed: SqliteSession) -> None:
    with closing(sqlite3.connect(governed.path)) as raw, raw:
        raw.execute("DELETE FROM Record_Outcome WHERE Raw_ID = (SELECT max(Raw_ID) FROM Raw_Record)")
    for page in (batch_report(governed, 2).html, period_report(governed, Period()).html):
        assert "ALARM. Batch 2: 1 fewer " in page
    assert "ALARM" not in batch_report(governed, 1).html


@pytest.mark.parametrize("number", [3, 99])
def test_a_batch_that_was_not_governed_has_no_page(governed: SqliteSession, number: int) -> None:
    governed.call("Open_Batch", source_name="s", source_kind="file", content_hash="h", declared_count=3)
    with pytest.raises(InputRefused, match=f"There is no governed batch {number}"):
        batch_report(governed, number)


def test_a_page_needs_nothing_and_names_nobody(governed: SqliteSession) -> None:
    pages = [batch_report(governed, 1), period_report(governed, Period())]
    people = ask(governed, "SELECT First_Name, Last_Name, Email, Phone, Date_Of_Birth FROM Raw_Record")
    values = {str(value).strip() for row in people for value in row if value and len(str(value).strip()) > 3}
    assert len(values) > 500
    for page in [text for report in pages for text in (report.html, report.paper)]:
        assert Cells(page).outside == []
        words = set(Cells(page).texts)
        assert not words & values
        assert not [value for value in values if "@" in value and value in page]
        assert "url(" not in page


def test_a_source_cannot_write_into_the_page(session: SqliteSession) -> None:
    ingest(session, GeneratedSource(GenerationRequest(rows=50, seed=1)))
    with closing(sqlite3.connect(session.path)) as raw, raw:
        raw.execute("UPDATE Ingestion_Batch SET Source_Name = '<script>alert(1)</script>'")
    for page in (batch_report(session, 1).html, period_report(session, Period()).html):
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


def test_bars_are_shares_of_the_width(governed: SqliteSession) -> None:
    page = batch_report(governed, 1).html
    widths = re.findall(r'<td width="(\d+)%" bgcolor="#1A7F52"', page)
    ((promoted,),) = ask(governed, "SELECT Promoted_Count FROM Ingestion_Batch WHERE Batch_ID = 1")
    assert widths == [str(round(100 * int(str(promoted)) / 150))]


def test_numbers_stand_to_the_right_and_words_to_the_left(session: SqliteSession) -> None:
    ingest(session, GeneratedSource(GenerationRequest(rows=1200, seed=3, dirty=0.2)))
    page = batch_report(session, 1).html
    assert re.search(r'<th [^>]*align="right">Records</th>', page)
    assert re.search(r'<th [^>]*align="left">Rule</th>', page)
    assert re.search(r'<td [^>]*align="left">Clean records</td><td [^>]*align="right">[\d,]+</td>', page)


def test_a_report_on_paper_says_once_when_it_was_made(session: SqliteSession) -> None:
    ingest(session, GeneratedSource(GenerationRequest(rows=50, seed=3)))
    made = batch_report(session, 1)
    assert "Made at " in made.html
    assert "Made at " not in made.paper, "its sheet says so at its head"
