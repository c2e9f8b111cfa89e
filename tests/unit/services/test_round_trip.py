"""Records travel to the data's owner as a file and come back: nothing is lost, runs or is taken unseen."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parked import ingest, person, waiting

from divegov_gui.core.errors import Cancelled, Conflict, InputRefused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.queue import read_catalogue
from divegov_gui.services.review import Edit, claim_records, discard_records, edit_records, undo_edit
from divegov_gui.services.round_trip import apply_corrections, comparing, export_records, read_corrections
from divegov_gui.services.round_trip.export import HEADER
from divegov_gui.services.round_trip.safe_text import from_csv, from_xlsx, to_csv, to_xlsx

NASTY = [
    *(
        "=cmd|' /C calc'!A0",
        "=1+1",
        "+48601123456",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "'=1",
        "''",
        "'",
        "'0012",
        "0012",
        "007",
    ),
    *(
        "1e5",
        "1,5",
        "TRUE",
        "a\nb",
        "a\r\nb",
        "a\rb",
        ' "quoted" ',
        '"',
        "a;b,c\td",
        "  padded  ",
        " ",
        "ＳＵＭ",
        "＝1",
    ),
    *(
        "Łukasz",
        "王小明",
        "👩‍🚀",
        "e\u0301",
        "\u202eright",
        "_x0041_",
        "_x000D_",
        "\u0007bell",
        "\u001bescape",
        "\ufeffmark",
    ),
    *("1990-12-31", "31/12/1990", "#REF!", "x" * 5000, "\\", "NULL", "None", "\u00a0"),
]
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
FORMATS = pytest.mark.parametrize("ending", ["xlsx", "csv"])


def export(session: Session, path: Path) -> Path:
    catalogue = read_catalogue(session)
    ids = [row.quarantine_id for row in waiting(session, catalogue)]
    assert export_records(session, catalogue, ids, path).record_count == len(ids)
    return path


def rewrite(path: Path, row: int, **values: str) -> None:
    """Change cells of one record (from 1) in a CSV export, as its owner does."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    for column, value in values.items():
        rows[row][HEADER.index(column)] = value
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(rows)


@FORMATS
def test_what_comes_back_unchanged_is_no_change(session: Session, tmp_path: Path, ending: str) -> None:
    ingest(session, [person(last_name=text, source_reference=text, email="?") for text in NASTY])
    path = export(session, tmp_path / f"records.{ending}")
    found = read_corrections(session, read_catalogue(session), path)
    assert (found.changes, found.conflicts, found.unknown) == ((), (), ())
    assert (found.record_count, found.unchanged_count) == (len(NASTY), len(NASTY))
    assert (found.missing, found.ignored) == ((), ())


@pytest.mark.parametrize("most_kept", [0, 3, len(NASTY)])
def test_a_workbook_is_compared_alike_whether_it_is_held_or_read_again(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_kept: int
) -> None:
    ingest(session, [person(last_name=text, source_reference=text, email="?") for text in NASTY])
    path = export(session, tmp_path / "records.xlsx")
    catalogue = read_catalogue(session)
    ids = [row.quarantine_id for row in waiting(session, catalogue)]
    (row,) = (row for row in waiting(session, catalogue) if row.quarantine_id == ids[7])
    edit_records(session, [Edit(row.quarantine_id, row.record_version, "Email", "a@reef.example")])
    monkeypatch.setattr("divegov_gui.services.round_trip.comparing._MOST_KEPT", most_kept)
    found = read_corrections(session, catalogue, path)
    assert [(each.quarantine_id, each.theirs) for each in found.conflicts] == [(ids[7], "?")]
    assert (found.record_count, found.unchanged_count) == (len(NASTY), len(NASTY) - 1)


def test_a_workbook_says_how_far_it_reaches(session: Session, tmp_path: Path) -> None:
    """A reader that does not find it at the beginning reads all of the sheet for it."""
    ingest(session, [person(email="?") for _ in range(4)])
    book = openpyxl.load_workbook(export(session, tmp_path / "records.xlsx"), read_only=True)
    assert book.worksheets[0].calculate_dimension() == f"A1:{'ABCDEFGHIJKLM'[len(HEADER) - 1]}5"
    book.close()


@FORMATS
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
def test_any_text_survives_the_way_there_and_back(
    session: Session, tmp_path: Path, ending: str, texts: list[tuple[str, str, str]]
) -> None:
    ingest(session, [person(first_name=a, phone=b, certification=c, email="?") for a, b, c in texts])
    path = export(session, tmp_path / f"records.{ending}")
    found = read_corrections(session, read_catalogue(session), path)
    assert (found.changes, found.conflicts) == ((), ())
    assert found.unchanged_count == found.record_count > 0


@given(text=TEXTS)
def test_a_cell_is_read_as_it_was_written(text: str) -> None:
    assert from_csv(to_csv(text)) == (text or None)
    assert from_xlsx(to_xlsx(text)) == (text or None)


@pytest.mark.parametrize("typed", ["'Neil", "'", "'t Hart", "'s-Gravenhage"])
def test_an_apostrophe_that_a_person_wrote_is_theirs(typed: str) -> None:
    assert from_csv(typed) == typed


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1"])
def test_no_cell_of_a_csv_file_is_a_formula(text: str) -> None:
    assert to_csv(text) == f"'{text}"


@pytest.mark.parametrize("text", ["007", "00", "0048601123456"])
def test_digits_keep_their_first_noughts_in_a_csv_file(text: str) -> None:
    assert to_csv(text) == f"'{text}"
    assert from_csv(f"'{text}") == text
    assert from_csv(text) == text, "whoever wrote them without the apostrophe meant them so"


@pytest.mark.parametrize("text", ["0", "7", "0 7", "0x7", "1990-12-31"])
def test_what_a_spreadsheet_leaves_as_it_is_gets_no_apostrophe(text: str) -> None:
    assert to_csv(text) == text


def test_what_the_file_makes_of_a_record_is_judged_before_it_is_taken(
    session: Session, tmp_path: Path
) -> None:
    ingest(session, [person(email="a@"), person(email="b@"), person(email="c@", phone="?")])
    path = export(session, tmp_path / "records.csv")
    for row, email in ((1, "a@gmail.com"), (2, "still bad"), (3, "c@gmail.com")):
        rewrite(path, row, Email=email)
    found = read_corrections(session, read_catalogue(session), path)
    assert [(each.after, each.passes) for each in found.changes] == [
        ("a@gmail.com", True),
        ("still bad", False),
        ("c@gmail.com", True),
    ]


def test_cells_of_a_workbook_are_text_whatever_they_hold(session: Session, tmp_path: Path) -> None:
    ingest(session, [person(last_name=text, email="?") for text in ("=1+1", "0012", "-5", "1e5")])
    sheet = openpyxl.load_workbook(export(session, tmp_path / "records.xlsx")).worksheets[0]
    column = HEADER.index("Last_Name") + 1
    cells = [sheet.cell(row, column) for row in range(2, 6)]
    assert [cell.value for cell in cells] == ["=1+1", "0012", "-5", "1e5"]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


def test_an_export_says_in_words_what_is_wrong_and_marks_it(session: Session, tmp_path: Path) -> None:
    ingest(session, [person(email="anna_at_gmail.com", phone="tel")])
    sheet = openpyxl.load_workbook(export(session, tmp_path / "records.xlsx")).worksheets[0]
    names = [cell.value for cell in sheet[1]]
    assert tuple(names) == HEADER
    row = dict(zip(names, sheet[2], strict=True))
    assert row["Reasons"].value.startswith("Email: Email is not a valid address. One @, ")
    assert " · Phone: Phone is not a usable number. " in row["Reasons"].value
    marked = {name for name, cell in row.items() if cell.fill.start_color.rgb == "FFFFF2CC"}
    assert marked == {"Email", "Phone"}


def test_changed_cells_are_shown_with_both_values(session: Session, tmp_path: Path) -> None:
    ingest(session, [person(email="a_at_gmail.com"), person(email="b_at_gmail.com", phone="n/a")])
    path = export(session, tmp_path / "records.csv")
    rewrite(path, 2, Email="b@gmail.com", Phone="")
    found = read_corrections(session, read_catalogue(session), path)
    assert [(each.quarantine_id, each.column, each.before, each.after) for each in found.changes] == [
        (2, "Email", "b_at_gmail.com", "b@gmail.com"),
        (2, "Phone", "n/a", None),
    ]
    assert (found.changed_ids, found.unchanged_count) == ((2,), 1)


def test_unknown_records_and_foreign_columns_are_told(session: Session, tmp_path: Path) -> None:
    ingest(session, [person(email="?")])
    path = tmp_path / "back.csv"
    path.write_text("Remark;Quarantine_ID;Record_Version;Email\nok;1;1;a@gmail.com\nwho;77;1;b@gmail.com\n")
    found = read_corrections(session, read_catalogue(session), path)
    assert (found.unknown, found.ignored, found.compared) == ((77,), ("Remark",), ("Email",))
    assert "Phone" in found.missing
    assert [each.after for each in found.changes] == ["a@gmail.com"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Email,Phone\na@gmail.com,1\n", "no column Quarantine_ID and no column Record_Version"),
        ("Quarantine_ID,Record_Version\n1,1\n", "no column to compare"),
        ("Quarantine_ID,Record_Version,Email\nx,1,a\n", "Row 2 has no Quarantine_ID"),
        ("Quarantine_ID,Record_Version,Email\n1,,a\n", "Row 2 has no Record_Version"),
        ("Quarantine_ID,Record_Version,Email\n1,1,a\n1,1,b\n", "Record 1 stands in the file twice"),
    ],
)
def test_a_file_that_is_no_export_is_refused_with_what_to_do(
    session: Session, tmp_path: Path, text: str, title: str
) -> None:
    path = tmp_path / "back.csv"
    path.write_text(text)
    with pytest.raises(InputRefused, match=title) as refused:
        read_corrections(session, read_catalogue(session), path)
    assert refused.value.hint


def test_a_name_that_is_neither_workbook_nor_csv_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="neither a workbook nor a CSV"):
        export_records(session, read_catalogue(session), [], tmp_path / "records.ods")
    assert list(tmp_path.glob("records*")) == []


def test_a_stopped_export_leaves_the_earlier_file_as_it_was(session: Session, tmp_path: Path) -> None:
    ingest(session, [person(email="?")])
    path = tmp_path / "records.csv"
    path.write_text("earlier")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        export_records(session, read_catalogue(session), [1], path, cancel=token)
    assert path.read_text() == "earlier"
    assert [each.name for each in tmp_path.glob("*records*")] == ["records.csv"]


def test_a_value_too_long_for_a_workbook_is_not_cut(session: Session, tmp_path: Path) -> None:
    ingest(session, [person(last_name="x" * 40_000)])
    with pytest.raises(InputRefused, match="too long for a workbook"):
        export_records(session, read_catalogue(session), [1], tmp_path / "records.xlsx")
    path = export(session, tmp_path / "records.csv")
    assert read_corrections(session, read_catalogue(session), path).changes == ()


def test_a_file_with_remarks_of_the_owner_s_own_is_parted_as_it_was_saved(
    session: Session, tmp_path: Path
) -> None:
    """A spreadsheet has saved it with semicolons, and what the owner wrote beside it has commas."""
    ingest(session, [person(email="a_at_gmail.com")])
    row, path = waiting(session)[0], tmp_path / "records.csv"
    lines = ["Quarantine_ID;Record_Version;Email;Remarks, if any"]
    lines += [f"{row.quarantine_id};{row.record_version};new@example.org;rang them, twice;"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = read_corrections(session, read_catalogue(session), path)
    assert [(each.column, each.after) for each in found.changes] == [("Email", "new@example.org")]
    assert found.ignored == ("Remarks, if any",)


def test_a_comparison_says_how_far_it_is_and_can_be_stopped_there(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest(session, [person(email=f"{n}_at_gmail.com") for n in range(3)])
    path, catalogue, token = export(session, tmp_path / "records.csv"), read_catalogue(session), CancelToken()
    monkeypatch.setattr(comparing, "_CHUNK", 1)
    heard: list[tuple[int, int | None]] = []

    def listen(progress: Progress) -> None:
        if progress.stage == "Comparing the records":
            heard.append((progress.done, progress.total))
            if progress.done == 2:
                token.cancel()

    with pytest.raises(Cancelled):
        read_corrections(session, catalogue, path, progress=listen, cancel=token)
    assert heard == [(1, 3), (2, 3)]


def test_corrections_are_saved_as_one_edit_that_can_be_undone(session: Session, tmp_path: Path) -> None:
    ingest(session, [person(email="a_at_gmail.com"), person(email="b_at_gmail.com", phone="n/a")])
    path = export(session, tmp_path / "records.csv")
    rewrite(path, 1, Email="a@gmail.com")
    rewrite(path, 2, Email="b@gmail.com", Phone="")
    found = read_corrections(session, read_catalogue(session), path)
    done = apply_corrections(session, found, "From the club", excluded={1})
    assert (done.record_count, done.cell_count) == (1, 2)
    assert [(row.email, row.phone) for row in waiting(session)] == [
        ("a_at_gmail.com", "601123456"),
        ("b@gmail.com", None),
    ]
    (group,) = session.select("Edit_History", ["Edit_Kind", "Edit_Reason"])
    assert dict(group) == {"Edit_Kind": "Import", "Edit_Reason": "From the club"}
    assert done.group_id is not None
    undo_edit(session, done.group_id)
    assert waiting(session)[1].email == "b_at_gmail.com"


def test_a_record_that_has_changed_since_is_a_conflict_with_both_values(
    session: Session, tmp_path: Path
) -> None:
    ingest(session, [person(email="a_at_gmail.com"), person(email="b_at_gmail.com")])
    path = export(session, tmp_path / "records.csv")
    rewrite(path, 1, Email="a@gmail.com")
    rewrite(path, 2, Email="b@gmail.com")
    edit_records(session, [Edit(1, 1, "Email", "ours@gmail.com")])
    found = read_corrections(session, read_catalogue(session), path)
    (conflict,) = found.conflicts
    assert (conflict.quarantine_id, conflict.exported_version, conflict.version) == (1, 1, 2)
    assert (conflict.column, conflict.ours, conflict.theirs) == ("Email", "ours@gmail.com", "a@gmail.com")
    apply_corrections(session, found, None)
    assert [row.email for row in waiting(session)] == ["ours@gmail.com", "b@gmail.com"]
    again = read_corrections(session, read_catalogue(session), path)
    assert (again.conflicting_ids, again.unchanged_count) == ((1,), 1)
    apply_corrections(session, again, None, take_theirs=again.conflicting_ids)
    assert [row.email for row in waiting(session)] == ["a@gmail.com", "b@gmail.com"]


def test_a_record_that_changes_after_the_comparison_stops_the_whole_import(
    session: Session, tmp_path: Path
) -> None:
    ingest(session, [person(email="a_at_gmail.com"), person(email="b_at_gmail.com")])
    path = export(session, tmp_path / "records.csv")
    rewrite(path, 1, Email="a@gmail.com")
    rewrite(path, 2, Email="b@gmail.com")
    found = read_corrections(session, read_catalogue(session), path)
    edit_records(session, [Edit(2, 1, "Phone", "0639981234")])
    with pytest.raises(Conflict):
        apply_corrections(session, found, None)
    assert [row.email for row in waiting(session)] == ["a_at_gmail.com", "b_at_gmail.com"]


def test_records_that_do_not_wait_or_that_others_work_on_are_told_and_left_alone(
    session: Session, tmp_path: Path, path: Path
) -> None:
    ingest(session, [person(email=f"{n}_at_gmail.com") for n in range(3)])
    exported = export(session, tmp_path / "records.csv")
    for row in (1, 2, 3):
        rewrite(exported, row, Email=f"{row}@gmail.com")
    discard_records(session, [(1, 1)], "test_data", "A test")
    other = open_workspace(path)
    other.actor = "someone else"
    claim_records(other, [2])
    other.close()
    found = read_corrections(session, read_catalogue(session), exported)
    assert (found.closed, found.claimed, found.changed_ids) == ((1,), (2,), (3,))
