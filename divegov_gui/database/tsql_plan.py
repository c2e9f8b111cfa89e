"""A deployment as one T-SQL file, for whoever runs it by hand in SSMS or sqlcmd: what the program would run, guarded.

What odbc_deploy does with exceptions and transactions is done here with what both tools know. An error rolls the
script's transaction back (XACT_ABORT); the check behind each batch then switches execution off, so that nothing behind
it does anything (SET NOEXEC is set when it runs and not when it is parsed: learn.microsoft.com, "SET NOEXEC").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone

from divegov_gui.database.odbc_deploy import steps_of
from divegov_gui.database.odbc_link import quoted
from divegov_gui.database.scripts import Script
from divegov_gui.database.session import Recording, Target
from divegov_gui.database.tsql_batches import Batch

_RULE = "-" * 108
_STOPPED = "IF @@ERROR <> 0 OR XACT_STATE() <> 1\n    SET NOEXEC ON;\nGO\n"
_STOPPED_OUTSIDE = "IF @@ERROR <> 0\n    SET NOEXEC ON;\nGO\n"

_HEAD = """\
-- DiveGov Steward {version} · deployment plan for {label}
--
-- Written {when} UTC: {count}. Run it whole, as a database owner:
--   sqlcmd    sqlcmd -S {server} -d {database_argument} -E -b -I -x -f 65001 -i PLAN.sql
--             (-U LOGIN instead of -E for a SQL Server login, -G for Microsoft Entra)
--   SSMS      open the file, connect to the server, execute all of it; SQLCMD mode is not needed.
--
-- Each script is one transaction together with its row in Governance.Schema_Script, as when the program applies it: it
-- then shows as applied there. At the first error its script is rolled back, and nothing behind it runs. Scripts that
-- were applied before stay applied. The file may be run again: scripts may run any number of times, and none drops a
-- table that holds data.
--
-- In SQLCMD mode the next line may be uncommented; the run then also ends at the first error. SSMS knows it in no other
-- mode.
-- :on error exit

SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT, IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT, XACT_ABORT ON;
GO

-- Azure SQL Database cannot change the database in a session: connect to it, and take this batch out.
USE {database};
GO
IF DB_NAME() <> {database_text}
BEGIN
    RAISERROR ({wrong}, 16, 1);
    SET NOEXEC ON;
END;
GO
IF @@TRANCOUNT > 0
BEGIN
    RAISERROR (N'A transaction is open in this session. Commit or roll it back, and run the plan again.', 16, 1);
    SET NOEXEC ON;
END;
GO
EXECUTE sys.sp_set_session_context @key = N'DiveGov.Applied', @value = N'';
GO
"""

_BEGIN = """\
BEGIN TRANSACTION;
DECLARE @Started SQL_VARIANT = SYSUTCDATETIME();
EXECUTE sys.sp_set_session_context @key = N'DiveGov.Started', @value = @Started;
GO
"""

_JOURNAL = """\
INSERT INTO Governance.Schema_Script (Script_Name, Checksum, Applied_At, Applied_By, Duration_Ms, Program_Version)
VALUES ({name}, {checksum}, SYSUTCDATETIME(), ORIGINAL_LOGIN(),
        DATEDIFF(MILLISECOND, CONVERT(DATETIME2(7), SESSION_CONTEXT(N'DiveGov.Started')), SYSUTCDATETIME()), {version});
GO
"""

_RECORD = """\
IF OBJECT_ID(N'Governance.Record_Schema', N'P') IS NOT NULL
    EXECUTE Governance.Record_Schema
        @Names = {names},
        @Keep = {keep};
GO
"""

_COMMIT = """\
COMMIT TRANSACTION;
EXECUTE sys.sp_set_session_context @key = N'DiveGov.Applied', @value = {name};
RAISERROR ({applied}, 0, 1) WITH NOWAIT;
GO
"""

_TAIL = """\
{rule}
-- How it ended
{rule}
SET NOEXEC OFF;
GO
IF XACT_STATE() <> 0
    ROLLBACK TRANSACTION;
GO
IF CONVERT(NVARCHAR(128), SESSION_CONTEXT(N'DiveGov.Applied')) = {last}
    RAISERROR (N'The plan is applied whole.', 0, 1) WITH NOWAIT;
ELSE
    RAISERROR (N'The plan stopped before its end. The error above says where; nothing of that script was kept.', 16, 1);
GO
"""


def written_plan(
    scripts: Sequence[Script], target: Target, program_version: str, recording: Recording | None
) -> str:
    """The text of the plan that applies `scripts` to `target`. Raises DeploymentFailed as applying them would."""
    parts = [_head(scripts, target, program_version)]
    parts += [
        _script(script, n, len(scripts), program_version, recording) for n, script in enumerate(scripts, 1)
    ]
    last = scripts[-1].name if scripts else ""
    parts.append(_TAIL.format(rule=_RULE, last=_text(last)))
    return "\n".join(parts)


def _head(scripts: Sequence[Script], target: Target, program_version: str) -> str:
    count = len(scripts)
    argument = f'"{target.database}"' if " " in target.database else target.database
    return _HEAD.format(
        version=program_version,
        label=_one_line(target.label),
        when=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M"),
        count=f"{count} script{'' if count == 1 else 's'}",
        server=_one_line(target.server),
        database_argument=_one_line(argument),
        database=quoted(target.database),
        database_text=_text(target.database),
        wrong=_text(f"This plan is for the database {target.database}.".replace("%", "%%")),
    )


def _script(
    script: Script, number: int, count: int, program_version: str, recording: Recording | None
) -> str:
    before, within = steps_of([script])
    named = _text(f"{number}/{count} {script.name}".replace("%", "%%"))
    parts = [f"{_RULE}\n-- {script.name} · checksum {script.checksum}\n{_RULE}\n"]
    parts.append(f"RAISERROR ({named}, 0, 1) WITH NOWAIT;\nGO\n")
    parts += [_batch(step.batch) + _STOPPED_OUTSIDE for step in before]
    parts.append(_BEGIN)
    parts += [_batch(step.batch) + _STOPPED for step in within]
    parts.append(
        _JOURNAL.format(
            name=_text(script.name), checksum=_text(script.checksum), version=_text(program_version)
        )
        + _STOPPED
    )
    if recording is not None:
        names, keep = _text(json.dumps(recording.names)), _text(json.dumps(recording.keep))
        parts.append(_RECORD.format(names=names, keep=keep) + _STOPPED)
    applied = _text(f"{script.name} is applied.".replace("%", "%%"))
    parts.append(_COMMIT.format(name=_text(script.name), applied=applied) + _STOPPED_OUTSIDE)
    return "\n".join(parts)


def _batch(batch: Batch) -> str:
    return f"{batch.text}\nGO{f' {batch.repeat}' if batch.repeat > 1 else ''}\n"


def _text(value: str) -> str:
    """A literal of T-SQL."""
    return "N'" + value.replace("'", "''") + "'"


def _one_line(value: str) -> str:
    """A value for a comment: it ends where the line does."""
    return " ".join(value.split())
