"""The deployer: what is to be done, doing it once, and saying exactly what went wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from divegov_gui import __version__
from divegov_gui.core.errors import Cancelled, ConnectionFailed, DeploymentFailed, InputRefused
from divegov_gui.core.progress import CancelToken, Progress
from divegov_gui.database.session import Session
from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.deployment import ScriptState, deploy, plan_deployment

SIX = tuple(
    f"{number:02}_{word}.sql"
    for number, word in enumerate(
        ("schema", "versioning", "security", "static_data", "gatekeeper", "reporting"), start=1
    )
)


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def content(path: Path) -> list[str]:
    """What a workspace holds but for the journal, and for the next free numbers, which a vain INSERT moves on.

    Sorted, since a trigger or a view that is made anew stands behind the others.
    """
    passed_over = (
        'INSERT INTO "Schema_Script"',
        'INSERT INTO "Schema_Object"',
        'INSERT INTO "sqlite_sequence"',
    )
    return sorted(line for line in dump(path) if not line.startswith(passed_over))


def states(session: Session, scripts: Path | None = None) -> dict[str, str]:
    return {script.name: script.state.value for script in plan_deployment(session, scripts).scripts}


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


# The plan -----------------------------------------------------------------------------------------------------


def test_in_an_empty_workspace_all_six_are_pending(empty: Session) -> None:
    plan = plan_deployment(empty)
    assert states(empty) == dict.fromkeys(SIX, "pending")
    assert plan.is_empty
    assert not plan.is_current
    assert all(script.title and script.text and script.journal is None for script in plan.scripts)


def test_planning_writes_nothing(empty: Session, tmp_path: Path) -> None:
    plan_deployment(empty)
    assert dump(tmp_path / "empty.db") == ["BEGIN TRANSACTION;", "COMMIT;"]


def test_what_was_deployed_is_applied_and_its_journal_says_so(session: Session) -> None:
    plan = plan_deployment(session)
    assert states(session) == dict.fromkeys(SIX, "applied")
    assert plan.is_current
    assert not plan.is_empty
    for script in plan.scripts:
        assert script.journal is not None
        assert script.journal.checksum == script.checksum
        assert script.journal.program_version == __version__
        assert script.journal.applied_by
        assert script.journal.duration_ms >= 0


def test_a_script_that_has_changed_has_drifted_and_only_that_is_applied(
    session: Session, scripts: Path
) -> None:
    append(scripts / SIX[5], "\n-- a remark\n")
    assert states(session, scripts) == {**dict.fromkeys(SIX, "applied"), SIX[5]: "drifted"}
    report = deploy(session, scripts=scripts)
    assert (report.applied, report.unchanged) == ((SIX[5],), SIX[:5])
    assert states(session, scripts) == dict.fromkeys(SIX, "applied")
    assert plan_deployment(session).outstanding[0].state is ScriptState.DRIFTED, (
        "the program's own differs now"
    )


def test_windows_line_ends_are_no_drift(session: Session, scripts: Path) -> None:
    for script in scripts.iterdir():
        script.write_bytes(script.read_bytes().replace(b"\n", b"\r\n"))
    assert states(session, scripts) == dict.fromkeys(SIX, "applied")


def test_scripts_with_windows_line_ends_deploy_the_same(
    empty: Session, tmp_path: Path, path: Path, scripts: Path
) -> None:
    for script in scripts.iterdir():
        script.write_bytes(script.read_bytes().replace(b"\n", b"\r\n"))
    deploy(empty, scripts=scripts)
    query = "SELECT type, name, sql FROM sqlite_master UNION ALL SELECT 'procedure', * FROM Stored_Procedure"
    with closing(sqlite3.connect(tmp_path / "empty.db")) as one, closing(sqlite3.connect(path)) as other:
        assert sorted(one.execute(query), key=repr) == sorted(other.execute(query), key=repr)


def test_a_script_that_was_taken_away_is_no_longer_spoken_of(session: Session, scripts: Path) -> None:
    (scripts / SIX[5]).unlink()
    assert states(session, scripts) == dict.fromkeys(SIX[:5], "applied")


# Deploying ----------------------------------------------------------------------------------------------------


def test_deploying_applies_the_six_in_order_and_tells_how_far_it_is(empty: Session) -> None:
    heard: list[Progress] = []
    report = deploy(empty, progress=heard.append)
    assert (report.applied, report.unchanged, report.dry_run) == (SIX, (), False)
    assert [entry.script_name for entry in empty.journal()] == list(SIX)
    assert [p.done for p in heard] == sorted(p.done for p in heard)
    assert {p.total for p in heard} == {6}
    assert (heard[-1].stage, heard[-1].done) == ("All scripts applied", 6)
    assert list(dict.fromkeys(p.stage.split(" · ")[0] for p in heard[:-1])) == list(SIX)


def test_deploying_twice_changes_nothing(session: Session, path: Path) -> None:
    before = dump(path)
    report = deploy(session)
    assert (report.applied, report.unchanged) == ((), SIX)
    assert dump(path) == before


def test_running_every_script_a_second_time_changes_nothing_but_the_journal(
    session: Session, path: Path, scripts: Path
) -> None:
    before, journal = content(path), len(session.journal())
    for script in scripts.iterdir():
        script.write_bytes(script.read_bytes() + b"\n-- drifted\n")
    assert deploy(session, scripts=scripts).applied == SIX
    assert content(path) == before
    with closing(sqlite3.connect(path)) as shell:
        assert shell.execute("SELECT count(*) FROM Schema_Script").fetchone() == (2 * journal,)


def test_a_second_run_leaves_alone_what_a_steward_has_set(
    session: Session, path: Path, scripts: Path
) -> None:
    with closing(sqlite3.connect(path)) as shell, shell:
        shell.execute(
            "UPDATE Quality_Rule SET Threshold = 12, Severity = 'warning' WHERE Rule_Code = 'AGE_BELOW_MINIMUM'"
        )
        shell.execute("UPDATE Quality_Rule SET Is_Enabled = 0 WHERE Rule_Code = 'PHONE_FORMAT'")
        shell.execute("UPDATE Quality_Rule SET Wording = 'Old words' WHERE Rule_Code = 'EMAIL_FORMAT'")
    append(scripts / SIX[3], "\n-- drifted\n")
    deploy(session, scripts=scripts)
    rules = {row["Rule_Code"]: row for row in session.select("Rule_Catalogue")}
    assert (rules["AGE_BELOW_MINIMUM"]["Threshold"], rules["AGE_BELOW_MINIMUM"]["Severity"]) == (
        12,
        "warning",
    )
    assert not rules["PHONE_FORMAT"]["Is_Enabled"]
    assert rules["EMAIL_FORMAT"]["Wording"] == "Email is not a valid address"


def test_a_dry_run_tells_what_it_would_do_and_leaves_nothing(empty: Session, tmp_path: Path) -> None:
    report = deploy(empty, dry_run=True)
    assert (report.applied, report.dry_run) == (SIX, True)
    assert dump(tmp_path / "empty.db") == ["BEGIN TRANSACTION;", "COMMIT;"]
    assert states(empty) == dict.fromkeys(SIX, "pending")


def test_a_dry_run_finds_the_failing_statement_too(session: Session, path: Path, scripts: Path) -> None:
    append(scripts / SIX[5], "\nSELECT nonsense;\n")
    before = dump(path)
    with pytest.raises(DeploymentFailed, match=SIX[5]):
        deploy(session, scripts=scripts, dry_run=True)
    assert dump(path) == before


def test_a_failing_script_is_undone_whole_and_those_before_it_stay(empty: Session, scripts: Path) -> None:
    text = (scripts / SIX[2]).read_text()
    (scripts / SIX[2]).write_text(
        f"{text}\nCREATE TABLE Left_Over (X);\n\nINSERT INTO\n    Nowhere VALUES (1);\n"
    )
    with pytest.raises(DeploymentFailed) as failed:
        deploy(empty, scripts=scripts)
    line = text.count("\n") + 4
    assert failed.value.title == f"{SIX[2]} did not apply: line {line}."
    assert "no such table: Nowhere" in failed.value.detail
    assert failed.value.hint
    assert failed.value.exit_code == 5
    assert [entry.script_name for entry in empty.journal()] == list(SIX[:2])
    (scripts / SIX[2]).write_text(text)
    assert deploy(empty, scripts=scripts).applied == SIX[2:]


def test_a_script_and_its_journal_row_are_there_together_or_not_at_all(
    empty: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "01_first.sql").write_text("CREATE TABLE Mine (X);")  # makes no journal to write into
    with pytest.raises(
        DeploymentFailed, match=r"01_first\.sql ran, but the journal does not take its row"
    ) as failed:
        deploy(empty, scripts=folder)
    assert "Schema_Script" in failed.value.hint
    assert dump(tmp_path / "empty.db") == ["BEGIN TRANSACTION;", "COMMIT;"]


def test_a_cancellation_between_statements_undoes_the_script_in_hand(empty: Session) -> None:
    token = CancelToken()

    def stop_in_the_third(progress: Progress) -> None:
        if progress.stage.startswith(f"{SIX[2]} · statement 4 "):
            token.cancel()

    with pytest.raises(Cancelled) as stopped:
        deploy(empty, progress=stop_in_the_third, cancel=token)
    assert SIX[2] in stopped.value.detail
    assert [entry.script_name for entry in empty.journal()] == list(SIX[:2])
    assert deploy(empty).applied == SIX[2:]


def test_a_cancelled_dry_run_leaves_nothing(empty: Session, tmp_path: Path) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        deploy(empty, dry_run=True, progress=lambda _: token.cancel(), cancel=token)
    assert dump(tmp_path / "empty.db") == ["BEGIN TRANSACTION;", "COMMIT;"]


def test_a_sites_own_folder_takes_the_place_of_the_programs(empty: Session, scripts: Path) -> None:
    (scripts / "07_site.sql").write_text(
        "-- 07_site.sql · ours: the club's own tables.\nCREATE TABLE Club (X);\n"
    )
    report = deploy(empty, scripts=scripts)
    assert report.applied == (*SIX, "07_site.sql")
    assert plan_deployment(empty, scripts).scripts[6].title == "The club's own tables"
    assert plan_deployment(empty).is_current


@pytest.mark.parametrize("name", ["nothing here", "no scripts"])
def test_a_folder_without_scripts_is_refused(empty: Session, tmp_path: Path, name: str) -> None:
    (tmp_path / "no scripts").mkdir()
    with pytest.raises(InputRefused, match="No numbered scripts for sqlite") as refused:
        deploy(empty, scripts=tmp_path / name)
    assert refused.value.hint


def test_a_workspace_held_by_another_program_is_not_the_scripts_fault(path: Path, scripts: Path) -> None:
    append(scripts / SIX[5], "\n-- drifted\n")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with (
            closing(open_workspace(path, busy_seconds=0)) as session,
            pytest.raises(ConnectionFailed, match="in use"),
        ):
            deploy(session, scripts=scripts)
