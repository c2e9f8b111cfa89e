from __future__ import annotations

import struct
from typing import Any

import pytest
from fake_odbc import (
    PREFIX,
    Error,
    OperationalError,
    Result,
    Running,
    failure,
    link_lost,
    printed,
)
from stage import PROFILE, Background, Stage

from divegov_gui.core.errors import Cancelled, Conflict, ConnectionFailed, Refused
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.odbc_link import IDLE_SECONDS, PAUSES
from divegov_gui.database.odbc_profile import Authentication, SqlServerProfile
from divegov_gui.database.odbc_select import SQL_TYPE_TIMESTAMP
from divegov_gui.database.odbc_strings import SQL_COPT_SS_ACCESS_TOKEN, Secret
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.database.sqlserver import create_database
from divegov_gui.services import diver_search

MOVED = failure(40613, "Database is not currently available.", "08001", OperationalError)
BUSY = failure(40501, "The service is currently busy.")
DEADLOCK = failure(1205, "Transaction was deadlocked on lock resources.", "40001")


# -- opening ------------------------------------------------------------------------------------------------------


def test_it_is_a_session(stage: Stage) -> None:
    session: Session = stage.open()
    assert session.dialect == "sqlserver"


def test_opening_gives_the_login_its_timeout_and_no_transaction(stage: Stage) -> None:
    stage.open(SqlServerProfile(server="sql01", login_timeout=7, query_timeout=90))
    text, options = stage.odbc.connects[0]
    assert options == {"timeout": 7, "autocommit": True}
    assert "APP={DiveGov Steward};" in text
    assert stage.odbc.connections[0].timeout == 90


@pytest.mark.parametrize("passing", [MOVED, BUSY, link_lost()])
def test_opening_is_repeated_after_an_error_that_passes(stage: Stage, passing: Exception) -> None:
    stage.odbc.refusals = [passing, passing]
    stage.open()
    assert stage.clock.pauses == list(PAUSES[:2])


def test_opening_gives_up_in_the_end(stage: Stage) -> None:
    stage.odbc.refusals = [MOVED] * 9
    with pytest.raises(ConnectionFailed, match="busy or is being moved"):
        stage.open()
    assert len(stage.odbc.connects) == len(PAUSES) + 1


@pytest.mark.parametrize(
    "terminal",
    [
        failure(18456, "Login failed for user 'anna'.", "28000", Error),
        failure(4060, "Cannot open database.", "42000"),
        failure(10061, "No connection could be made.", "08001", OperationalError),
        failure(0, "Login timeout expired", "HYT00", OperationalError),
    ],
)
def test_opening_is_not_repeated_after_an_error_that_stays(stage: Stage, terminal: Exception) -> None:
    stage.odbc.refusals = [terminal]
    with pytest.raises(ConnectionFailed):
        stage.open()
    assert len(stage.odbc.connects) == 1


def test_a_cancellation_ends_the_pause_between_attempts(stage: Stage) -> None:
    cancel = CancelToken()
    stage.odbc.refusals = [MOVED] * 9
    stage.clock.wait = lambda event, seconds: cancel.cancel()  # type: ignore[method-assign]
    with pytest.raises(Cancelled):
        stage.open(cancel=cancel)
    assert len(stage.odbc.connects) == 1


def test_a_failed_login_says_no_password(stage: Stage) -> None:
    stage.odbc.refusals = [failure(18456, "Login failed for user 'anna'.", "28000", Error)]
    profile = SqlServerProfile(server="sql01", authentication=Authentication.SQL, user="anna")
    with pytest.raises(ConnectionFailed) as caught:
        stage.open(profile, password=Secret("hunter2"))
    chain = [caught.value, caught.value.__cause__]
    assert "hunter2" not in " ".join(
        f"{e} {e!r} {e.hint if isinstance(e, ConnectionFailed) else ''}" for e in chain
    )


def test_an_entra_token_goes_before_the_login(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("divegov_gui.database.odbc_link.entra_token", lambda profile: Secret("tok"))
    stage.open(SqlServerProfile(server="sql01", authentication=Authentication.ENTRA_DEFAULT))
    raw = stage.odbc.connects[0][1]["attrs_before"][SQL_COPT_SS_ACCESS_TOKEN]
    assert raw == struct.pack("<I", 6) + "tok".encode("utf-16-le")


def test_entra_without_its_package_says_what_to_install(stage: Stage) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        stage.open(SqlServerProfile(server="sql01", authentication=Authentication.ENTRA_DEFAULT))
    assert "azure-identity" in caught.value.hint


# -- calling ------------------------------------------------------------------------------------------------------


def test_a_call_names_schema_and_parameters_as_they_were_declared(stage: Stage) -> None:
    stage.open().call("load_batch", batch_id=7, ROWS="[[1]]")
    text, values = stage.odbc.statements[-1]
    assert text == "EXECUTE [Staging].[Load_Batch] @Batch_ID = ?, @Rows = ?;"
    assert values == [7, "[[1]]"]


def test_null_is_written_out_and_not_bound(stage: Stage) -> None:
    stage.open().call("Load_Batch", batch_id=7, rows=None)
    assert stage.odbc.statements[-1] == ("EXECUTE [Staging].[Load_Batch] @Batch_ID = ?, @Rows = NULL;", [7])


def test_a_name_is_quoted(stage: Stage) -> None:
    stage.open().call("Retest]it")
    assert stage.texts()[-1] == "EXECUTE [dbo].[Retest]]it];"


def test_the_catalogue_is_read_once_and_again_for_what_it_lacks(stage: Stage) -> None:
    session = stage.open()
    session.call("Govern_Batch", batch_id=1)
    session.call("Govern_Batch", batch_id=2)
    assert sum("sys.procedures" in text for text in stage.texts()) == 1
    with pytest.raises(Refused, match="no procedure Erase_Diver"):
        session.call("Erase_Diver")
    assert sum("sys.procedures" in text for text in stage.texts()) == 2


def test_a_parameter_that_older_scripts_do_not_know_is_told(stage: Stage) -> None:
    with pytest.raises(Refused, match="colour"):
        stage.open().call("Govern_Batch", colour=1)


@pytest.mark.parametrize("native", [201, 8145])
def test_one_that_the_server_misses_is_a_bug(stage: Stage, native: int) -> None:
    stage.on("EXECUTE", failure(native, "expects parameter '@Batch_ID', which was not supplied."))
    with pytest.raises(TypeError, match="@Batch_ID"):
        stage.open().call("Govern_Batch")


def test_a_call_is_one_transaction(stage: Stage) -> None:
    session = stage.open()
    session.call("Govern_Batch", batch_id=1)
    stage.odbc.log.clear()
    session.call("Govern_Batch", batch_id=1)
    assert stage.odbc.log == ["autocommit off", "execute", "commit", "autocommit on"]


def test_a_rehearsal_is_rolled_back_whatever_the_procedure_does(stage: Stage) -> None:
    stage.open().call("Govern_Batch", batch_id=1, Rehearse=1)
    assert "commit" not in stage.odbc.log
    assert stage.odbc.log[-2:] == ["rollback", "autocommit on"]


def test_all_result_sets_come_back_and_counts_between_them_do_not(stage: Stage) -> None:
    stage.on(
        "EXECUTE", [Result(), Result(("A",), [(1,), (2,)]), Result(), Result(("B", "C"), [(True, None)])]
    )
    assert stage.open().call("Govern_Batch", batch_id=1) == [[{"A": 1}, {"A": 2}], [{"B": 1, "C": None}]]


def test_messages_arrive_without_the_drivers_prefix_and_without_small_talk(stage: Stage) -> None:
    small_talk = ("[01000] (5701)", PREFIX + "Changed database context to 'EnterpriseDiveDB'.")
    stage.on(
        "EXECUTE",
        [
            Result(messages=[printed("1/7 Judging"), small_talk, printed("2/7 [sic]", 50000)]),
            Result(("A",), [(1,)], [printed("3/7 Looking")]),
        ],
    )
    heard: list[str] = []
    stage.open().call("Govern_Batch", batch_id=1, on_message=heard.append)
    assert heard == ["1/7 Judging", "2/7 [sic]", "3/7 Looking"]


def test_an_error_behind_a_result_set_is_raised_and_nothing_kept(stage: Stage) -> None:
    stage.on("EXECUTE", [Result(("A",), [(1,)]), Result(error=failure(50409, "Batch 1 is not open."))])
    with pytest.raises(Refused) as caught:
        stage.open().call("Govern_Batch", batch_id=1)
    assert caught.value.title == "Batch 1 is not open."
    assert "commit" not in stage.odbc.log
    assert stage.odbc.log[-2:] == ["rollback", "autocommit on"]


def test_a_conflict_is_a_conflict(stage: Stage) -> None:
    stage.on("EXECUTE", failure(50412, "Berta has changed record 7 since you read it."))
    with pytest.raises(Conflict, match="Berta"):
        stage.open().call("Govern_Batch", batch_id=1)


def test_a_failing_listener_undoes_the_call(stage: Stage) -> None:
    stage.on("EXECUTE", Result(messages=[printed("1/7")]))

    def listen(_: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        stage.open().call("Govern_Batch", batch_id=1, on_message=listen)
    assert "commit" not in stage.odbc.log


def test_a_call_is_repeated_where_the_server_refused_to_begin_it(stage: Stage) -> None:
    stage.on("EXECUTE", BUSY, Result(("A",), [(1,)]))
    assert stage.open().call("Govern_Batch", batch_id=1) == [[{"A": 1}]]
    assert stage.clock.pauses == [PAUSES[0]]
    assert stage.odbc.log.count("commit") == 1


@pytest.mark.parametrize(("error", "kind"), [(DEADLOCK, Conflict), (link_lost(), ConnectionFailed)])
def test_a_call_that_may_have_begun_is_not_repeated(
    stage: Stage, error: Exception, kind: type[Exception]
) -> None:
    stage.on("EXECUTE", error)
    with pytest.raises(kind):
        stage.open().call("Govern_Batch", batch_id=1)
    assert sum(text.startswith("EXECUTE") for text in stage.texts()) == 1


def test_a_connection_that_broke_is_opened_again_for_the_next_request(stage: Stage) -> None:
    stage.on("EXECUTE", link_lost(), Result(("A",), [(1,)]))
    session = stage.open()
    with pytest.raises(ConnectionFailed, match="broke"):
        session.call("Govern_Batch", batch_id=1)
    assert session.call("Govern_Batch", batch_id=1) == [[{"A": 1}]]
    assert len(stage.odbc.connects) == 2


def test_a_connection_that_breaks_at_the_commit_leaves_a_doubt_and_says_so(stage: Stage) -> None:
    session = stage.open()
    session.call("Govern_Batch", batch_id=1)
    stage.odbc.connections[0].end = link_lost()
    with pytest.raises(ConnectionFailed, match="not known"):
        session.call("Govern_Batch", batch_id=1)


def test_an_idle_connection_is_asked_whether_it_is_still_there(stage: Stage) -> None:
    session = stage.open()
    session.call("Govern_Batch", batch_id=1)
    stage.clock.now += IDLE_SECONDS + 1
    stage.on("SELECT 1", link_lost())
    session.call("Govern_Batch", batch_id=1)
    assert len(stage.odbc.connects) == 2
    assert "SELECT 1" in stage.texts()


# -- reading ------------------------------------------------------------------------------------------------------


def test_a_select_is_one_statement_with_parameters(stage: Stage) -> None:
    stage.on("Quarantine_Queue", Result(("Quarantine_ID", "Email"), [(7, "a@b.org")]))
    rows = stage.open().select(
        "Quarantine_Queue",
        ["Quarantine_ID", "Email"],
        [Filter("Status", "=", "Open"), Filter("Quarantine_ID", ">", 6), Filter("Email", "is not null")],
        [Order("Quarantine_ID", descending=True)],
        200,
    )
    assert rows == [{"Quarantine_ID": 7, "Email": "a@b.org"}]
    text, values = stage.odbc.statements[-1]
    assert text.startswith("SELECT TOP 200 ")
    assert "FROM dbo.[Quarantine_Queue]" in text
    assert values == ["Open", 6]
    assert "commit" not in stage.odbc.log


def test_text_to_find_has_no_wildcards(stage: Stage) -> None:
    stage.open().count("Quarantine_Queue", [Filter("Email", "contains", "50%_[a]/")])
    assert stage.odbc.statements[-1][1] == ["50/%/_[[]a]//"]


def test_a_long_list_is_one_parameter(stage: Stage) -> None:
    stage.open().count(
        "Quarantine_Queue", [Filter("Quarantine_ID", "in", range(5000)), Filter("Status", "=", "Open")]
    )
    text, values = stage.odbc.statements[-1]
    assert "openjson(cast(? as nvarchar(max)))" in text.lower()
    assert len(values) == 2
    assert values[0] == "Open"


def test_a_search_does_not_read_the_term_which_a_mask_over_one_of_its_columns_hides_whole(
    stage: Stage,
) -> None:
    stage.on("IS_ROLEMEMBER(N'db_owner')", Result(tuple("luoabc"), [("ann", "ann", 0, 0, 0, 1)]))
    for view in ("[Diver_Search]", "[Diver_Versions]"):
        stage.on(view, Result(("Diver_ID",), []))
    diver_search.search(stage.open(), "quill")
    asked = [text for text in stage.texts() if "[Diver_Search]" in text]
    assert len(asked) == 3
    assert not any("[Term]" in text.partition("FROM")[0] for text in asked)


def test_a_long_text_is_cast_where_it_is_read_since_the_driver_sends_it_as_ntext(stage: Stage) -> None:
    session = stage.open()
    with pytest.raises(stage.odbc.Error, match="ntext"):
        session.look("SELECT 1 AS One WHERE Text = ?", ["x" * 2_001])
    for operator in ("contains", "search", "=", "starts with"):
        session.count("Quarantine_Queue", [Filter("Email", operator, "\N{DIVING MASK}" * 1_001)])
    session.count("Quarantine_Queue", [Filter("Email", "in", ["x" * 3_000, "y"])])
    assert "IN (CAST(? AS NVARCHAR(MAX)), ?)" in stage.texts()[-1]


def test_rows_behind_what_the_server_says_first_are_read(stage: Stage) -> None:
    stage.on("DB_NAME", [Result(messages=[printed("Look here")]), Result(("Name",), [("divers",)])])
    session = stage.open()
    assert session.look("SELECT DB_NAME() AS Name") == [{"Name": "divers"}]
    stage.on("DB_NAME", Result(messages=[printed("Nothing else")]))
    assert session.look("SELECT DB_NAME() AS Name") == []


def test_a_short_list_is_bound_value_by_value_and_an_empty_one_matches_nothing(stage: Stage) -> None:
    session = stage.open()
    session.count("Quarantine_Queue", [Filter("Quarantine_ID", "in", [1, 2])])
    assert stage.odbc.statements[-1][1] == [1, 2]
    session.count("Quarantine_Queue", [Filter("Quarantine_ID", "in", [])])
    assert "1 != 1" in stage.texts()[-1]


def test_values_are_what_sqlite_gives(stage: Stage) -> None:
    from datetime import date
    from decimal import Decimal

    stage.on(
        "Tour_Occupancy",
        Result(("Days", "Price_Eur", "Starts_On"), [(Decimal(3), Decimal("1.50"), date(2026, 7, 1))]),
    )
    row = stage.open().select("Tour_Occupancy", ["Days", "Price_Eur", "Starts_On"])[0]
    assert row == {"Days": 3, "Price_Eur": 1.5, "Starts_On": "2026-07-01"}
    assert [type(v) for v in row.values()] == [int, float, str]


def test_a_bit_is_a_bool_in_a_view_and_a_number_in_a_procedures_result(stage: Stage) -> None:
    stage.on("Rule_Catalogue", Result(("Is_Enabled",), [(True,), (0,), (None,)]))
    stage.on("EXECUTE", Result(("Is_New",), [(True,)]))
    session = stage.open()
    assert [r["Is_Enabled"] for r in session.select("Rule_Catalogue", ["Is_Enabled"])] == [True, False, None]
    assert session.call("Govern_Batch", batch_id=1)[0][0]["Is_New"] is 1  # noqa: F632 - the very type matters


@pytest.mark.parametrize(
    ("nanoseconds", "expected"),
    [
        (123_456_700, "2026-07-16 12:03:07.1234567"),
        (123_456_000, "2026-07-16 12:03:07.123456"),
        (0, "2026-07-16 12:03:07.000000"),
        (999_999_900, "2026-07-16 12:03:07.9999999"),
    ],
)
def test_an_instant_keeps_all_its_digits(stage: Stage, nanoseconds: int, expected: str) -> None:
    stage.open()
    convert = stage.odbc.connections[0].converters[SQL_TYPE_TIMESTAMP]
    assert convert(struct.pack("<hHHHHHI", 2026, 7, 16, 12, 3, 7, nanoseconds)) == expected
    assert convert(None) is None  # type: ignore[arg-type]


def test_an_instant_in_another_form_is_an_error_and_no_wrong_time(stage: Stage) -> None:
    stage.open()
    with pytest.raises(ValueError, match="8 bytes"):
        stage.odbc.connections[0].converters[SQL_TYPE_TIMESTAMP](b"\x00" * 8)


@pytest.mark.parametrize("passing", [DEADLOCK, BUSY, link_lost()])
def test_a_select_is_repeated_after_an_error_that_passes(stage: Stage, passing: Exception) -> None:
    stage.on("count", passing, Result(("n",), [(3,)]))
    assert stage.open().count("Diver_Directory") == 3
    assert stage.clock.pauses == [PAUSES[0]]


def test_a_select_is_not_repeated_after_an_error_that_stays(stage: Stage) -> None:
    stage.on("count", failure(229, "The SELECT permission was denied on the object 'Diver_Directory'."))
    with pytest.raises(Refused, match="role"):
        stage.open().count("Diver_Directory")
    assert stage.clock.pauses == []


def test_identity_is_what_the_server_says(stage: Stage) -> None:
    stage.on("ORIGINAL_LOGIN", Result(tuple("abcdef"), [("DIVE\\anna", "anna", 0, 1, None, 0)]))
    identity = stage.open().identity()
    assert (identity.login, identity.roles, identity.is_owner) == ("DIVE\\anna", ("data_steward",), False)
    assert stage.open().actor == identity.login


@pytest.mark.parametrize(
    ("row", "roles"),
    [
        (("DIVE\\anna", "anna", 0, 1, None, 0), ("data_steward",)),
        (("DIVE\\olga", "olga", 0, 1, 1, 0), ("data_steward", "compliance_officer")),
        (("DIVE\\dba", "dbo", 1, 1, 1, 1), ("owner",)),
        (("DIVE\\guest", "guest", 0, 0, 0, 0), ()),
    ],
)
def test_roles_are_the_memberships_that_the_server_tells(
    stage: Stage, row: tuple[Any, ...], roles: tuple[str, ...]
) -> None:
    stage.on("ORIGINAL_LOGIN", Result(tuple("abcdef"), [row]))
    assert stage.open().roles == roles


# -- stopping -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(lambda s: s.call("Govern_Batch", batch_id=1), id="call"),
        pytest.param(lambda s: s.count("Diver_Directory"), id="select"),
    ],
)
def test_what_runs_is_stopped_from_another_thread(stage: Stage, work: Any) -> None:
    running = Running()
    stage.on("EXECUTE", running)
    stage.on("count", running)
    session = stage.open()
    background = Background(lambda: work(session))
    assert running.began.wait(30)
    session.interrupt()
    background.join()
    assert isinstance(background.error, Cancelled)
    assert "commit" not in stage.odbc.log


def test_stopping_while_nothing_runs_stops_nothing(stage: Stage) -> None:
    session = stage.open()
    session.interrupt()
    session.call("Govern_Batch", batch_id=1)
    session.interrupt()
    assert stage.odbc.log.count("cancel") == 0
    assert session.count("Diver_Directory") == 1


def test_stopped_between_two_results_nothing_is_kept(stage: Stage) -> None:
    session = stage.open()
    stage.on("EXECUTE", [Result(messages=[printed("1/2")]), Result(("A",), [(1,)])])
    with pytest.raises(Cancelled):
        session.call("Govern_Batch", batch_id=1, on_message=lambda _: session.interrupt())
    assert "commit" not in stage.odbc.log


def test_stopped_while_it_waits_to_repeat_it_ends_at_once(stage: Stage) -> None:
    session = stage.open()
    stage.on("count", BUSY)
    stage.clock.wait = lambda event, seconds: session.interrupt()  # type: ignore[method-assign]
    session._link._wait = stage.clock.wait
    with pytest.raises(Cancelled):
        session.count("Diver_Directory")
    assert sum("count" in text for text in stage.texts()) == 1


# -- ending -------------------------------------------------------------------------------------------------------


def test_closing_twice_closes_once(stage: Stage) -> None:
    session = stage.open()
    session.close()
    session.close()
    assert stage.odbc.log.count("close") == 1


def test_a_database_is_made_outside_any_transaction_and_its_name_quoted(stage: Stage) -> None:
    create_database(SqlServerProfile(server="sql01", database="a]b"), odbc=stage.odbc)
    assert stage.texts() == ["CREATE DATABASE [a]]b];"]
    assert "DATABASE=master" in stage.odbc.connects[0][0]
    assert stage.odbc.log == ["connect", "execute", "close"]


def test_the_profile_is_what_errors_name(stage: Stage) -> None:
    stage.odbc.refusals = [failure(10061, "No connection.", "08001", OperationalError)]
    with pytest.raises(ConnectionFailed, match="EnterpriseDiveDB on sql01,1433"):
        stage.open(PROFILE)
