"""One change to many records: looked at first, excluded from, saved as one edit, and undone as one."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from parked import ingest, person, waiting

from divegov_gui.core.errors import Cancelled, Conflict, InputRefused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.core.records import COLUMNS
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.bulk import (
    BestSuggestion,
    LikeThis,
    Operation,
    Preview,
    ProperCase,
    Replace,
    SetValue,
    Trim,
    apply_preview,
    count_alike,
    preview,
    repair_groups,
)
from divegov_gui.services.bulk.operations import Untouched
from divegov_gui.services.queue import read_catalogue
from divegov_gui.services.review import Edit, claim_records, discard_records, edit_records, undo_edit
from divegov_gui.services.suggestions import read_knowledge

DIRTY = [
    person(email="a_at_gmail.com"),
    person(email="b_at_gmail.com"),
    person(email="c_at_gmail.com", phone="n/a"),
    person(email="d d@gmail.com"),
    person(email="?"),
    person(date_of_birth="03/04/1990", email="f@gmail.com"),
]


def look(session: Session, operation: Operation) -> Preview:
    catalogue = read_catalogue(session)
    return preview(session, catalogue, [row.quarantine_id for row in waiting(session, catalogue)], operation)


def emails(session: Session) -> list[str | None]:
    return [row.email for row in waiting(session)]


def test_the_others_like_this_are_shown_before_and_after_and_saved_as_one_edit(session: Session) -> None:
    ingest(session, DIRTY)
    before = emails(session)
    found = look(session, LikeThis("Email", "email.at_sign"))
    assert [(each.quarantine_id, each.before, each.after, each.passes) for each in found] == [
        (1, "a_at_gmail.com", "a@gmail.com", True),
        (2, "b_at_gmail.com", "b@gmail.com", True),
        (3, "c_at_gmail.com", "c@gmail.com", True),
    ]
    assert (found.record_count, found.accepted_count) == (3, 3)
    assert found.untouched == {Untouched.NO_SUGGESTION: 3}
    assert emails(session) == before
    done = apply_preview(session, found, "The form of March", excluded={2})
    assert (done.record_count, done.cell_count) == (2, 2)
    assert emails(session) == ["a@gmail.com", "b_at_gmail.com", "c@gmail.com", *before[3:]]
    assert done.group_id is not None
    undo_edit(session, done.group_id)
    assert emails(session) == before


def test_a_chosen_reading_is_applied_to_dates_that_alone_would_be_ambiguous(session: Session) -> None:
    written = ["03/04/1990", "05/06/1985", "31/12/1970", "12/31/1970"]
    ingest(session, [person(email=f"{n}@gmail.com", date_of_birth=day) for n, day in enumerate(written)])
    found = look(session, LikeThis("Date_Of_Birth", "date.day_first"))
    assert [each.after for each in found] == ["1990-04-03", "1985-06-05", "1970-12-31"]


def test_two_fixes_of_one_kind_are_one_too_many(session: Session) -> None:
    ingest(session, [person(phone="0639981234 or 0639985678")])
    found = look(session, LikeThis("Phone", "phone.one_of_several"))
    assert (len(found), found.untouched) == (0, {Untouched.AMBIGUOUS: 1})
    groups = repair_groups(session, read_catalogue(session), [1])
    assert "phone.one_of_several" not in {group.repair for group in groups}


def test_the_best_suggestion_is_taken_only_where_one_is_likely(session: Session) -> None:
    ingest(session, DIRTY)
    found = look(session, BestSuggestion())
    assert {(each.quarantine_id, each.column): each.after for each in found} == {
        (1, "Email"): "a@gmail.com",
        (2, "Email"): "b@gmail.com",
        (3, "Email"): "c@gmail.com",
        (3, "Phone"): None,
    }
    assert found.untouched == {Untouched.AMBIGUOUS: 2, Untouched.NO_SUGGESTION: 1}
    apply_preview(session, found, None)
    assert [row.failed_checks == 0 for row in waiting(session)] == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("operation", "after"),
    [
        (Replace(["Email"], "_at_", "@"), {1: "a@gmail.com", 2: "b@gmail.com", 3: "c@gmail.com"}),
        (Replace(["Email"], "GMAIL", "mail"), {n: t for n, t in enumerate(
            ["a_at_mail.com", "b_at_mail.com", "c_at_mail.com", "d d@mail.com", None, "f@mail.com"], 1) if t}),
        (Replace(["Email"], "GMAIL", "mail", match_case=True), {}),
        (Replace(["Email"], r"^(\w)\s\w@", r"\1@", regex=True), {4: "d@gmail.com"}),
        (Replace(["Email"], r"a.at", r"\1", regex=False), {}),
        (Replace(["Email"], "?", ""), {5: None}),
        (SetValue("Email", "x@gmail.com"), dict.fromkeys(range(1, 7), "x@gmail.com")),
        (SetValue("Phone", " "), dict.fromkeys(range(1, 7), None)),
        (Trim(), {}),
    ],
)  # fmt: skip
def test_texts_are_found_replaced_set_and_emptied(
    session: Session, operation: Operation, after: dict[int, str | None]
) -> None:
    ingest(session, DIRTY)
    assert {each.quarantine_id: each.after for each in look(session, operation)} == after


def test_blanks_and_letter_case_are_put_right(session: Session) -> None:
    ingest(session, [person(first_name="  ANNA \u00a0 MARIA ", last_name="o'neill", email="?")])
    trimmed = look(session, Trim(["First_Name", "Last_Name"]))
    assert [(each.column, each.after) for each in trimmed] == [("First_Name", "ANNA MARIA")]
    apply_preview(session, trimmed, None)
    assert [(each.column, each.after) for each in look(session, ProperCase())] == [
        ("First_Name", "Anna Maria"),
        ("Last_Name", "O'Neill"),
    ]


def test_what_would_still_fail_is_marked_and_can_be_left_out(session: Session) -> None:
    ingest(session, [person(phone="tel 1"), person(email="b@gmail.com", phone="tel 0639981234")])
    found = look(session, Replace(["Phone"], "tel ", ""))
    assert [(each.after, each.passes) for each in found] == [("1", False), ("0639981234", True)]
    assert (found.record_count, found.accepted_count) == (2, 1)
    apply_preview(session, found, None, only_passing=True)
    assert [row.phone for row in waiting(session)] == ["tel 1", "0639981234"]


@pytest.mark.parametrize("excluded", [[], [2], [1, 3]])
@pytest.mark.parametrize("only_passing", [False, True])
def test_what_is_counted_before_is_what_is_changed(
    session: Session, excluded: list[int], only_passing: bool
) -> None:
    phones = ["tel 1", "tel 0639981234", "tel 0639985678", "tel 2"]
    ingest(session, [person(email=f"{n}@gmail.com", phone=phone) for n, phone in enumerate(phones)])
    found = look(session, Replace(["Phone"], "tel ", ""))
    expected = found.count(excluded, only_passing=only_passing)
    done = apply_preview(session, found, None, excluded=excluded, only_passing=only_passing)
    assert done.record_count == expected
    left_out = {*excluded, *((1, 4) if only_passing else ())}
    changed = {row.quarantine_id for row in waiting(session) if not (row.phone or "").startswith("tel")}
    assert changed == {1, 2, 3, 4} - left_out


@pytest.mark.parametrize("operation", [Trim(), ProperCase(), Replace(COLUMNS, "x", "y")])
def test_a_cell_that_is_empty_stays_empty(session: Session, operation: Operation) -> None:
    ingest(session, [person(first_name=None, phone=None, certification=None, email=" x@gmail")])
    look(session, operation)
    apply_preview(session, look(session, operation), None)
    (row,) = waiting(session)
    assert (row.first_name, row.phone, row.certification) == (None, None, None)


def test_groups_tell_how_far_they_are_and_can_be_stopped(session: Session) -> None:
    ingest(session, DIRTY)
    catalogue, token, heard = read_catalogue(session), CancelToken(), list[Progress]()
    repair_groups(session, catalogue, range(1, 7), progress=heard.append, cancel=token)
    assert (heard[0].done, heard[0].total) == (0, 6)
    token.cancel()
    with pytest.raises(Cancelled):
        repair_groups(session, catalogue, range(1, 7), cancel=token)


@pytest.mark.parametrize(
    ("find", "replacement", "why"),
    [
        ("", "x", "nothing to find"),
        ("(", "x", "pattern cannot be read"),
        ("a", r"\2", "replacement cannot be read"),
        ("(a+)+$", "x", "never come to an end"),
    ],
)
def test_a_pattern_that_cannot_be_read_is_told_with_what_to_do(find: str, replacement: str, why: str) -> None:
    with pytest.raises(InputRefused, match=why) as refused:
        Replace(["Email"], find, replacement, regex=True)
    assert refused.value.hint


def test_records_that_are_closed_or_that_others_work_on_are_left_alone(session: Session, path: Path) -> None:
    ingest(session, DIRTY)
    discard_records(session, [(1, 1)], "test_data", "A test")
    other = open_workspace(path)
    other.actor = "someone else"
    claim_records(other, [2])
    other.close()
    catalogue = read_catalogue(session)
    found = preview(session, catalogue, range(1, 7), SetValue("Source_Reference", "X"))
    assert {each.quarantine_id for each in found} == {3, 4, 5, 6}
    assert (found.closed, found.claimed) == (1, 1)


def test_a_record_that_changes_between_looking_and_saving_stops_the_whole(session: Session) -> None:
    ingest(session, DIRTY)
    found = look(session, SetValue("Phone", "0639981234"))
    edit_records(session, [Edit(2, 1, "Email", "b@gmail.com")])
    with pytest.raises(Conflict):
        apply_preview(session, found, None)
    assert {row.phone for row in waiting(session)} == {"601123456", "n/a"}


def test_a_step_is_bounded_and_says_what_is_left(session: Session) -> None:
    ingest(session, [person(email=f"{n}_at_gmail.com") for n in range(50)])
    operation = LikeThis("Email", "email.at_sign")
    found = preview(session, read_catalogue(session), range(1, 51), operation, most=20)
    assert (found.record_count, found.left_count) == (20, 30)


def test_a_preview_tells_how_far_it_is_and_can_be_stopped(session: Session) -> None:
    ingest(session, DIRTY)
    seen: list[Progress] = []
    catalogue = read_catalogue(session)
    preview(session, catalogue, range(1, 7), Trim(), progress=seen.append)
    assert (seen[0].done, seen[-1].done, seen[-1].total) == (0, 6, 6)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        preview(session, catalogue, range(1, 7), Trim(), cancel=token)


def test_records_that_fail_in_the_same_way_form_groups(session: Session) -> None:
    ingest(session, DIRTY)
    groups = repair_groups(session, read_catalogue(session), range(1, 7))
    assert [(each.column, each.repair, each.record_count, each.example_id) for each in groups] == [
        ("Email", "email.at_sign", 3, 1),
        ("Phone", "phone.empty", 1, 3),
        ("Email", "email.spaces", 1, 4),
        ("Email", "email.space_to_dot", 1, 4),
        ("Date_Of_Birth", "date.day_first", 1, 6),
        ("Date_Of_Birth", "date.month_first", 1, 6),
    ]
    assert groups[0].words == "Writes the @ sign"
    assert (groups[0].before or "").replace("_at_", "@") == groups[0].after
    assert all(each.fails for each in groups)
    assert look(session, groups[0].operation).record_count == groups[0].record_count


def test_the_others_like_this_are_counted_before_anybody_looks_at_them(session: Session) -> None:
    ingest(session, [*DIRTY, person(first_name="G4", email="g_at_gmail.com")])
    catalogue, like = read_catalogue(session), LikeThis("Email", "email.at_sign")
    email, digits = (catalogue.checks.bits_of_rule(rule) for rule in ("EMAIL_FORMAT", "NAME_CHARACTERS"))
    assert count_alike(session, catalogue, like) == len(look(session, like)) == 4
    assert count_alike(session, catalogue, like, email, besides=1) == 3
    assert count_alike(session, catalogue, like, digits) == 1
    discard_records(session, [(2, 1)], "test_data", None)
    assert count_alike(session, catalogue, like, besides=1) == 2
    assert count_alike(session, catalogue, LikeThis("Phone", "phone.country")) == 0


def test_of_records_that_a_step_leaves_as_they_are_it_is_said_that_there_is_nothing_to_do(
    session: Session,
) -> None:
    ingest(session, [person(email="a_at_gmail.com"), person(email="b_at_gmail.com", phone=" 601123456")])
    found = look(session, Trim(["Phone"]))
    assert ([each.quarantine_id for each in found], found.record_count) == ([2], 1)
    assert found.untouched == {Untouched.NOTHING_TO_DO: 1}


def test_what_passes_and_might_be_better_forms_groups_too(session: Session) -> None:
    slips = [person(email=f"a{n}@gmial.com", date_of_birth="x") for n in range(3)]
    ingest(session, slips)
    (group,) = repair_groups(session, read_catalogue(session), range(1, 4))
    assert (group.column, group.record_count, group.fails) == ("Email", 3, False)
    assert (group.before, group.after) == ("a0@gmial.com", "a0@gmail.com")


def test_a_preview_holds_little_more_than_the_texts_of_its_cells(session: Session) -> None:
    ingest(session, [person(email=f"{n:05}_at_gmail.com") for n in range(4_000)])
    catalogue, knowledge = read_catalogue(session), read_knowledge(session)
    operation = LikeThis("Email", "email.at_sign")
    preview(session, catalogue, range(1, 101), operation, knowledge=knowledge)
    tracemalloc.start()
    found = preview(session, catalogue, range(1, 4_001), operation, knowledge=knowledge)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 4_000
    assert held / len(found) < 300
