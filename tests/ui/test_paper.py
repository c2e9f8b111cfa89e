"""Papers as an auditor accepts them: nothing is cut off, every sheet is numbered, headings go on with their tables."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from divegov_gui.services.papers import Block, Facts, Heading, Paper, Table, Words, as_html
from divegov_gui.ui import paper as paper_module
from divegov_gui.ui.paper import Sheets, write_paper
from divegov_gui.ui.paper_rows import Row


def paper(*blocks: Block, is_wide: bool = False) -> Paper:
    return Paper("Evidence: Diver 1", "Made 2026-11-26 09:00:00 UTC by root", blocks, is_wide)


def rows_of(sheets: Sheets) -> list[list[Row]]:
    return [[row for _, row in page] for page in sheets.pages]


def said(sheets: Sheets) -> list[str]:
    """What stands on all sheets, cell by cell, without the breaks."""
    return [re.sub(r"\s", "", cell) for page in rows_of(sheets) for row in page for cell in row.words]


def everything_is_inside(sheets: Sheets) -> bool:
    for page in sheets.pages:
        for y, row in page:
            if y + row.height > sheets.room.height() + 1:
                return False
            for cell, layout in row.cells:
                widest = max(layout.lineAt(at).naturalTextWidth() for at in range(layout.lineCount()))
                if cell.x + row.pad + widest > sheets.room.width() + 1:
                    return False
    return True


@pytest.mark.usefixtures("qapp")
def test_a_long_table_goes_on_under_its_heading_and_no_row_is_torn() -> None:
    table = Table(("Number", "Reason"), [[str(n), "as the passport says, " * 6] for n in range(200)])
    sheets = Sheets(paper(Heading("Every version"), table))
    assert len(sheets.pages) > 3
    for page in rows_of(sheets)[1:]:
        assert page[0].words == ["Number", "Reason"]
        assert page[0].is_head
    numbers = [row.words[0] for page in rows_of(sheets) for row in page if row.is_ruled and not row.is_head]
    assert numbers == [str(n) for n in range(200)]
    assert everything_is_inside(sheets)


@pytest.mark.usefixtures("qapp")
def test_a_heading_never_stands_alone_at_the_foot_of_a_sheet() -> None:
    for filled in range(30, 60):
        lines = tuple((str(n), "value") for n in range(filled))
        sheets = Sheets(paper(Facts(lines), Heading("Alone"), Words("never")))
        (where,) = [page for page in rows_of(sheets) if any("Alone" in row.words for row in page)]
        assert any("never" in row.words for row in where)


@pytest.mark.usefixtures("qapp")
def test_a_record_stays_together_on_one_sheet() -> None:
    blocks = [Facts(tuple((f"name {r}.{n}", "value") for n in range(12))) for r in range(20)]
    sheets = Sheets(paper(*blocks))
    for record in range(20):
        on = [
            number
            for number, page in enumerate(rows_of(sheets))
            if any(f"name {record}." in row.words[0] for row in page if row.words)
        ]
        assert len(on) == 1


@pytest.mark.usefixtures("qapp")
def test_what_is_longer_than_a_sheet_goes_on_and_what_has_no_blank_breaks() -> None:
    payload = "x" * 20_000
    sheets = Sheets(paper(Facts((("Payload", payload),))))
    assert "".join(said(sheets)).count("x") == 20_000
    assert everything_is_inside(sheets)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\u2028\u2029"), max_size=300)


@given(
    st.integers(1, 14).flatmap(
        lambda width: st.lists(st.lists(TEXTS, min_size=width, max_size=width), min_size=1, max_size=8)
    ),
    st.booleans(),
)
@settings(max_examples=40)
def test_whatever_stands_in_a_table_all_of_it_is_on_the_paper(rows: list[list[str]], is_wide: bool) -> None:
    paper_module._have_application()
    table = Table(tuple(f"c{n}" for n in range(len(rows[0]))), rows)
    sheets = Sheets(paper(table, is_wide=is_wide))
    assert everything_is_inside(sheets)
    wanted = Counter("".join(re.sub(r"\s", "", cell) for row in rows for cell in row))
    assert wanted - Counter("".join(said(sheets))) == Counter()


@pytest.mark.usefixtures("qapp")
def test_more_rows_than_paper_is_for_are_said_to_be_in_the_file() -> None:
    table = Table(("Number",), [[str(n)] for n in range(2_500)], "changes.csv")
    words = said(Sheets(paper(table)))
    assert words[-1] == "Thefirst2,000of2,500arelistedhere;allareinchanges.csv."


@pytest.mark.usefixtures("qapp")
def test_characters_without_a_typeface_are_told_of_on_the_paper() -> None:
    known = Sheets(paper(Words("Åsa Łukasz Ελένη Володимир Nguyễn")))
    assert not any("notypeface" in words for words in said(known))
    unknown = Sheets(paper(Facts((("Name", "\U0001fae8 \ue123"),))))
    assert any("notypeface" in words for words in said(unknown))


def test_a_pdf_has_its_title_and_as_many_sheets_as_are_needed(qtbot: QtBot, tmp_path: Path) -> None:
    table = Table(("Number",), [[str(n)] for n in range(300)])
    made = paper(table)
    write_paper(made, tmp_path / "a.pdf")
    held = (tmp_path / "a.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", held)) == len(Sheets(made).pages) > 1
    assert (tmp_path / "a.pdf").stat().st_mode & 0o077 == 0
    with pytest.raises(OSError, match="No such file"):
        write_paper(made, tmp_path / "nowhere" / "a.pdf")


def test_a_page_shows_what_it_holds_and_runs_nothing() -> None:
    page = as_html(
        paper(Heading("<b>"), Facts((("&", "<script>alert(1)</script>"),)), Table(("x",), [["a\nb"]]))
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "a<br>b" in page
