from __future__ import annotations

import pytest
from fake_odbc import PREFIX, Error, OperationalError, ProgrammingError, failure

from divegov_gui.core.errors import Cancelled, Conflict, ConnectionFailed, DiveGovError, Refused
from divegov_gui.database.sqlserver_errors import read_error, translated, without_prefix

TARGET = "EnterpriseDiveDB on sql01"


def test_an_error_is_read_to_its_number() -> None:
    said = read_error(failure(2627, "Violation of (a) constraint."))
    assert (said.state, said.native, said.text) == ("42000", 2627, "Violation of (a) constraint.")


def test_of_several_records_ours_counts() -> None:
    """On Windows pyodbc puts all records into one text, with the first one's SQLSTATE (src/errors.cpp)."""
    text = (
        f"[42000] {PREFIX}Batch 7 is not open. (50409) (SQLExecDirectW); "
        f"[42000] {PREFIX}Transaction count after EXECUTE is wrong. (266)"
    )
    assert read_error(ProgrammingError("42000", text)).native == 50409
    swapped = "; ".join(reversed(text.split("; ")))
    assert read_error(ProgrammingError("42000", swapped)).native == 50409


def test_a_warning_before_an_error_does_not_hide_it() -> None:
    text = f"[01000] {PREFIX}Hello (0) (SQLExecDirectW); [42000] {PREFIX}Denied (229)"
    assert read_error(Error("01000", text)).native == 229


def test_pyodbcs_own_errors_have_their_text_first() -> None:
    said = read_error(ProgrammingError("Attempt to use a closed cursor.", "HY000"))
    assert (said.state, said.native, said.text) == ("HY000", 0, "Attempt to use a closed cursor.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PREFIX}1/7 Judging", "1/7 Judging"),
        ("[FreeTDS][SQL Server]1/7 [x]", "1/7 [x]"),
        (
            "[unixODBC][Microsoft][ODBC Driver 17 for SQL Server]Login timeout expired",
            "Login timeout expired",
        ),
        ("[sic] stays", "[sic] stays"),
    ],
)
def test_the_drivers_prefix_goes_and_brackets_stay(text: str, expected: str) -> None:
    assert without_prefix(text) == expected


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (failure(50400, "A batch must bring at least one record."), Refused, "at least one record"),
        (failure(50412, "Berta has changed it."), Conflict, "Berta"),
        (failure(50500, "Batch 7 would not add up."), Refused, "add up"),
        (failure(51000, "A site's own rule."), Refused, "own rule"),
        (failure(1205, "deadlocked", "40001"), Conflict, "each other's way"),
        (failure(1222, "Lock request time out period exceeded."), Conflict, "holds"),
        (failure(3960, "Snapshot isolation transaction aborted."), Conflict, "meanwhile"),
        (failure(13535, "Data modification failed: transaction time was earlier."), Conflict, "meanwhile"),
        (failure(41839, "commit dependencies"), Conflict, "meanwhile"),
        (failure(-2, "Timeout expired"), ConnectionFailed, "in time"),
        (failure(0, "Query timeout expired", "HYT00", OperationalError), ConnectionFailed, "in time"),
        (failure(4060, "Cannot open database"), ConnectionFailed, "cannot be opened"),
        (failure(18456, "Login failed for user 'a'.", "28000", Error), ConnectionFailed, "accept the login"),
        (failure(18452, "untrusted domain", "28000", Error), ConnectionFailed, "Windows account"),
        (failure(229, "The EXECUTE permission was denied on the object 'X'."), Refused, "role"),
        (failure(15517, "Cannot execute as the database principal because …"), Refused, "AUTHORIZATION"),
        (
            failure(701, "There is insufficient system memory in resource pool 'default'."),
            ConnectionFailed,
            "memory",
        ),
        (failure(3967, "Insufficient space in tempdb to hold row versions."), ConnectionFailed, "full"),
        (failure(208, "Invalid object name 'dbo.Diver'.", "42S02"), Refused, "scripts are older"),
        (failure(2812, "Could not find stored procedure 'x'."), Refused, "scripts are older"),
        (failure(37359, "Updates are not allowed for the append only Ledger table."), Refused, "append-only"),
        (failure(40613, "not currently available", "08001", OperationalError), ConnectionFailed, "busy"),
        (failure(49918, "Not enough resources"), ConnectionFailed, "busy"),
        (failure(10054, "forcibly closed", "08S01", OperationalError), ConnectionFailed, "broke"),
        (failure(10061, "refused", "08001", OperationalError), ConnectionFailed, "cannot be reached"),
        (failure(9002, "The transaction log is full."), ConnectionFailed, "full"),
        (
            failure(3906, "Failed to update database because the database is read-only."),
            ConnectionFailed,
            "written",
        ),
        (
            Error("IM004", "[IM004] [unixODBC][Driver Manager]failed (0) (SQLDriverConnect)"),
            ConnectionFailed,
            "driver",
        ),
        (failure(0, "Operation canceled", "HY008", Error), Cancelled, "undone"),
    ],
)
def test_every_error_has_a_meaning(error: Exception, kind: type[DiveGovError], words: str) -> None:
    told = translated(error, TARGET)
    assert type(told) is kind
    assert words in f"{told} {told.hint}"


@pytest.mark.parametrize(
    ("native", "text"),
    [
        (
            2627,
            "Violation of UNIQUE KEY constraint 'UQ_Diver_Email'. Cannot insert duplicate key in object 'dbo.Diver'. "
            "The duplicate key value is (anna@example.org).",
        ),
        (
            2628,
            "String or binary data would be truncated in table 'dbo.Diver'. Truncated value: 'anna@example.org'.",
        ),
        (547, 'The INSERT statement conflicted with the CHECK constraint "CK_Batch". anna@example.org'),
    ],
)
def test_a_broken_constraint_is_named_without_a_divers_data(native: int, text: str) -> None:
    told = translated(failure(native, text, "23000"), TARGET)
    assert type(told) is Refused
    assert "anna@example.org" not in f"{told} {told.hint}"
    assert native == 2628 or "UQ_Diver_Email" in told.detail or "CK_Batch" in told.detail


def test_what_was_asked_to_stop_was_stopped_whatever_the_driver_says() -> None:
    assert (
        type(translated(failure(3621, "The statement has been terminated."), TARGET, stopped=True))
        is Cancelled
    )


def test_a_number_that_systems_use_for_broken_links_is_the_servers_in_another_state() -> None:
    """SQL Server's own 121, 232 and 233 are about columns and overflows."""
    assert not read_error(failure(121, "The select list contains more items.", "21S01")).lost_link
    assert read_error(failure(121, "The semaphore timeout period has expired.", "08S01")).lost_link


def test_where_nothing_was_connected_nothing_broke() -> None:
    """FreeTDS tells a closed port as 08S01 (20009)."""
    error = failure(20009, "Unable to connect: server is unavailable", "08S01", OperationalError)
    assert not read_error(error).may_open_later
    assert "cannot be reached" in str(translated(error, TARGET, opening=True))


def test_a_server_that_says_nothing_to_a_login_kept_nothing_and_lost_nothing() -> None:
    error = failure(0, "Login timeout expired", "HYT00", OperationalError)
    told = translated(error, TARGET, opening=True)
    assert "does not answer" in told.title
    assert "kept" not in str(told)
    assert "divegov connect test" in told.hint


def test_anything_else_is_a_bug() -> None:
    error = failure(102, "Incorrect syntax near 'FORM'.")
    with pytest.raises(ProgrammingError):
        translated(error, TARGET)


@pytest.mark.parametrize(("native", "passes"), [(40501, True), (1205, True), (18456, False), (208, False)])
def test_what_passes_is_told_from_what_stays(native: int, passes: bool) -> None:
    assert read_error(failure(native, "x")).is_transient is passes
