"""The numbered scripts on SQL Server: batch by batch in one transaction, errors told by script and line.

The few statements that T-SQL refuses inside a transaction (ALTER DATABASE, CREATE DATABASE; error 226) may stand at a
script's beginning, in batches of their own: they run before its transaction and stay when it fails, so they must be
repeatable. A rehearsal leaves them out. Anywhere else they are refused by line before anything runs.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from divegov_gui.core.errors import DeploymentFailed
from divegov_gui.database.odbc_catalogue import record
from divegov_gui.database.odbc_link import Link, Operation, execute
from divegov_gui.database.scripts import Script
from divegov_gui.database.session import JournalEntry, Recording
from divegov_gui.database.sqlserver_errors import DriverError, read_error
from divegov_gui.database.tsql_batches import Batch, split_batches

OnStatement = Callable[[Script, int, int], None]

_COLUMNS = "Script_Name, Checksum, Applied_At, Applied_By, Duration_Ms, Program_Version"
_VISIBLE = """
SELECT CASE WHEN OBJECT_ID(N'Governance.Schema_Script', N'U') IS NOT NULL
                 AND HAS_PERMS_BY_NAME(N'Governance.Schema_Script', N'OBJECT', N'SELECT') = 1 THEN N'table'
            WHEN OBJECT_ID(N'Governance.Deployment_Status', N'V') IS NOT NULL THEN N'view'
       END
"""
_NEWEST = f"""
SELECT {_COLUMNS}
FROM Governance.Schema_Script AS s
WHERE s.Journal_ID = (SELECT MAX(n.Journal_ID) FROM Governance.Schema_Script AS n WHERE n.Script_Name = s.Script_Name)
"""
_RECORD = f"""
INSERT INTO Governance.Schema_Script ({_COLUMNS})
VALUES (?, ?, SYSUTCDATETIME(), ORIGINAL_LOGIN(), ?, ?)
"""
_LOCATE = """
DECLARE @Batch NVARCHAR(MAX) = ?;
BEGIN TRY
    EXECUTE sys.sp_executesql @Batch;
END TRY
BEGIN CATCH
    SELECT ERROR_NUMBER() AS Error_Number, ERROR_LINE() AS Error_Line, ERROR_PROCEDURE() AS Error_Procedure;
END CATCH;
"""

_NO_JOURNAL = frozenset({207, 208, 213, 229, 515})
"""No such column or table, other columns, no right to it, a column more that wants a value."""

_NOT_CODE = re.compile(
    r"--[^\n]*|/\*.*?\*/|N?'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|\"(?:[^\"]|\"\")*\"", re.DOTALL
)
_OUTSIDE = re.compile(
    r"\b(?:ALTER\s+DATABASE(?!\s+SCOPED)|(?:CREATE|DROP)\s+DATABASE(?!\s+SCOPED))\b", re.IGNORECASE
)
_SETTINGS = re.compile(r"\s*(?:SET\s+[\w\s,]+?(?:;|\Z)\s*)*", re.IGNORECASE)
_MAKES_MODULE = re.compile(
    r"\b(?:CREATE(?:\s+OR\s+ALTER)?|ALTER)\s+(?:PROC(?:EDURE)?|VIEW|FUNCTION|TRIGGER)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Step:
    """A batch of a script, and which of how many it is."""

    script: Script
    number: int
    count: int
    batch: Batch


class _BatchFailed(Exception):
    def __init__(self, step: Step, said: DriverError) -> None:
        super().__init__(step.script.name)
        self.step = step
        self.said = said


def read_journal(link: Link) -> list[JournalEntry]:
    """The newest application of each script. A reader who may not see the table reads the view over it."""
    with link.operation() as operation:
        source = link.read(operation, _VISIBLE)[1][0][0]
        if source is None:
            return []
        query = _NEWEST if source == "table" else f"SELECT {_COLUMNS} FROM Governance.Deployment_Status AS s"
        rows = link.read(operation, f"{query} ORDER BY s.Script_Name")[1]
    return [JournalEntry(*row) for row in rows]


def apply_scripts(
    link: Link,
    scripts: Sequence[Script],
    program_version: str,
    on_statement: OnStatement,
    recording: Recording | None = None,
) -> JournalEntry:
    """Apply scripts and write their journal rows, in one transaction (see `Session.apply_scripts`)."""
    before, within = steps_of(scripts)
    with _applying(link, within) as operation:
        for step in before:
            _run(link, operation, link.connected(operation), step, on_statement)
        with link.transaction(operation) as connection:
            for script in scripts:
                started = time.monotonic()
                for step in (s for s in within if s.script is script):
                    _run(link, operation, connection, step, on_statement)
                took = round((time.monotonic() - started) * 1000)
                entry = _recorded(link, operation, connection, script, took, program_version)
            record(operation, connection, recording)
    return entry


def rehearse_scripts(link: Link, scripts: Sequence[Script], on_statement: OnStatement) -> None:
    """Apply scripts and undo them (see `Session.rehearse_scripts`)."""
    before, within = steps_of(scripts)
    todo = [step for step in before if not _is_outside(step.batch)] + within
    with _applying(link, todo) as operation, link.transaction(operation, keep=False) as connection:
        for step in todo:
            _run(link, operation, connection, step, on_statement)


@contextmanager
def _applying(link: Link, steps: Sequence[Step]) -> Iterator[Operation]:
    """One deployment. A script may build an index: for its length the profile's query timeout does not hold."""
    with link.operation() as operation:
        connection = link.connected(operation)
        seconds, connection.timeout = connection.timeout, 0
        try:
            yield operation
        except _BatchFailed as failed:
            raise _told(link, operation, failed, steps) from failed.__cause__
        finally:
            if link.is_open_with(connection):
                connection.timeout = seconds


def _recorded(
    link: Link, operation: Operation, connection: Any, script: Script, took: int, program_version: str
) -> JournalEntry:
    try:
        return _record(operation, connection, script, took, program_version)
    except link.odbc.Error as error:
        said = read_error(error)
        if operation.stopped or said.native not in _NO_JOURNAL:
            raise
        raise DeploymentFailed(
            f"{script.name} ran, but the journal does not take its row.",
            f"Error {said.native}: {said.text} It was undone.",
            "The first script makes the table Governance.Schema_Script, as the program's own 01_schema.sql does.",
            script=script.name,
        ) from error


def _record(
    operation: Operation, connection: Any, script: Script, took: int, program_version: str
) -> JournalEntry:
    with operation.cursor(connection) as cursor:
        execute(cursor, _RECORD, (script.name, script.checksum, took, program_version))
    with operation.cursor(connection) as cursor:
        execute(cursor, f"{_NEWEST} AND s.Script_Name = ?", (script.name,))
        return JournalEntry(*cursor.fetchall()[0])


def _run(link: Link, operation: Operation, connection: Any, step: Step, on_statement: OnStatement) -> None:
    on_statement(step.script, step.number, step.count)
    try:
        for _ in range(step.batch.repeat):
            _run_batch(operation, connection, step.batch.text)
    except link.odbc.Error as error:
        said = read_error(error)
        if operation.stopped or said.lost_link or said.is_timeout or said.is_transient:
            raise
        raise _BatchFailed(step, said) from error


def _run_batch(operation: Operation, connection: Any, text: str) -> None:
    with operation.cursor(connection) as cursor:
        cursor.noscan = True  # braces in comments and JSON are no ODBC escapes
        execute(cursor, text)
        while cursor.nextset():
            operation.raise_if_stopped()


# -- which batches run where ----------------------------------------------------------------------------------


def steps_of(scripts: Sequence[Script]) -> tuple[list[Step], list[Step]]:
    """All batches: those that run before the transaction, and those within it. Raises DeploymentFailed."""
    steps = []
    for script in scripts:
        batches = split_batches(script.text)
        steps += [Step(script, n, len(batches), batch) for n, batch in enumerate(batches, start=1)]
    first = 0
    for index, step in enumerate(steps):
        if _is_outside(step.batch):
            first = index + 1
        elif not _only_settings(step.batch):
            break
    for step in steps[first:]:
        if _is_outside(step.batch):
            raise DeploymentFailed(
                f"{step.script.name} cannot be applied: line {step.batch.line}.",
                "ALTER DATABASE cannot run inside the script's transaction.",
                "Move it to the script's beginning, in a batch of its own.",
                script=step.script.name,
                line=step.batch.line,
            )
    return steps[:first], steps[first:]


def _code(batch: Batch) -> str:
    return _NOT_CODE.sub(" ", batch.text)


def _is_outside(batch: Batch) -> bool:
    return _OUTSIDE.search(_code(batch)) is not None


def _only_settings(batch: Batch) -> bool:
    return _SETTINGS.fullmatch(_code(batch)) is not None


# -- where it failed ------------------------------------------------------------------------------------------


def _told(link: Link, operation: Operation, failed: _BatchFailed, steps: Sequence[Step]) -> DeploymentFailed:
    step, said = failed.step, failed.said
    line = _located(link, operation, step, said, steps)
    begins = f" The batch begins on line {step.batch.line}: {_first_line(step.batch.text)}"
    return DeploymentFailed(
        f"{step.script.name} did not apply: line {line or step.batch.line}.",
        f"Error {said.native}: {said.text}{begins}",
        "Nothing of the script was kept. Correct it and deploy again.",
        script=step.script.name,
        line=line or step.batch.line,
    )


def _located(
    link: Link, operation: Operation, failed: Step, said: DriverError, steps: Sequence[Step]
) -> int | None:
    """The script's line at which the server stopped, or None where it cannot be told.

    The server sends the line with the error, but as SQL_DIAG_SS_LINE, which pyodbc does not read (src/errors.cpp).
    So everything up to the failing batch is run once more, in a transaction that is undone, and the batch inside TRY,
    where ERROR_LINE() tells. Believed only where the error is the same.
    """
    if failed not in steps:
        return None
    try:
        with link.transaction(operation, keep=False) as connection:
            for step in steps[: steps.index(failed)]:
                _run_batch(operation, connection, step.batch.text)
            number, line, module = _error_of(operation, connection, failed.batch.text)
    except (link.odbc.Error, _NotLocated):
        return None
    inside_another = module is not None and not _MAKES_MODULE.search(_code(failed.batch))
    return None if number != said.native or inside_another else failed.batch.line + int(line) - 1


class _NotLocated(Exception):
    pass


def _error_of(operation: Operation, connection: Any, text: str) -> tuple[int, int, str | None]:
    with operation.cursor(connection) as cursor:
        execute(cursor, _LOCATE, (text,))
        while True:
            if cursor.description and cursor.description[0][0] == "Error_Number":
                number, line, module = cursor.fetchall()[0]
                return int(number), int(line), module
            if not cursor.nextset():
                raise _NotLocated


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("--")]
    return lines[0] if lines else ""
