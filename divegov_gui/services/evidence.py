"""Evidence packs: a folder that shows an auditor what was known, when, by whom, under which rules.

A pack is readable (report.html, and report.pdf where whoever asks can make one) and machine-readable (JSON and CSV).
Its manifest has the SHA-256 of every file, and its own: one changed byte is found by `verify_pack`. Values are shown as
the session's role may see them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from divegov_gui.core import private_files
from divegov_gui.core.errors import Refused
from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.database.sqlite_host import CLOCK, login
from divegov_gui.services.audit import LogFilter, Verification, read_log, verify
from divegov_gui.services.connections import interruptible
from divegov_gui.services.evidence_paper import evidence_paper
from divegov_gui.services.history import FIELDS, Timeline, Version, diff, timeline
from divegov_gui.services.manifest import Pack, as_json, make_empty, seal_folder
from divegov_gui.services.papers import MakePdf, as_html
from divegov_gui.services.roles import role_of
from divegov_gui.services.tables import write_table

MOST_CHANGES = 100_000
"""A pack of a period lists so many changes; more are refused, and a shorter period is asked for."""

Rows = Sequence[Mapping[str, Any]]


def pack_diver(
    session: Session,
    diver_id: int,
    folder: Path,
    *,
    as_of: str | None = None,
    make_pdf: MakePdf | None = None,
    cancel: CancelToken | None = None,
) -> Pack:
    """Write the evidence about one diver: as of an instant (None: now), every version, what differs, who and why.

    Raises InputRefused where the folder is not empty, Refused where there never was such a diver.
    """
    with interruptible(session, cancel):
        life = timeline(session, diver_id)
        if not life.versions and not life.deletions:
            raise Refused(f"There is no diver {diver_id}.")
        instant = as_of or CLOCK.now()
        actions = read_log(session, LogFilter(subject_type="Diver", subject_id=diver_id), limit=1_000_000)
        parts = {
            "as_of": _versions_rows([v for v in (life.as_of(instant),) if v]),
            "versions": _versions_rows(life.versions),
            "differences": _difference_rows(life),
            "deletions": [vars(d) for d in life.deletions],
            "actions": [vars(a) for a in reversed(actions)],
            "rules": _rules(session),
        }
        facts = _facts(session, {"diver_id": diver_id, "as_of": instant}, verify(session))
    return _write(folder, f"Diver {diver_id}", facts, parts, make_pdf)


def pack_period(
    session: Session,
    since: str,
    until: str,
    folder: Path,
    *,
    make_pdf: MakePdf | None = None,
    cancel: CancelToken | None = None,
) -> Pack:
    """Write the evidence about a period, from `since` until before `until`: every diver's changes, and every action.

    Raises InputRefused where the folder is not empty, Refused where the period has too many changes.
    """
    span = [Filter("Changed_At", ">=", since), Filter("Changed_At", "<", until)]
    with interruptible(session, cancel):
        count = session.count("Diver_Change_Times", span)
        if count > MOST_CHANGES:
            raise Refused(
                f"{grouped(count)} changes are too many for one pack.",
                f"A pack holds up to {grouped(MOST_CHANGES)}.",
                "Choose a shorter period.",
            )
        changes = session.select("Diver_Changes", (), span, [Order("Changed_At"), Order("Diver_ID")])
        actions = read_log(session, LogFilter(since=since, until=until), limit=1_000_000)
        parts = {
            "changes": [dict(row) for row in changes],
            "actions": [vars(a) for a in reversed(actions)],
            "rules": _rules(session),
        }
        facts = _facts(session, {"since": since, "until": until}, verify(session))
    return _write(folder, f"{since} to {until}", facts, parts, make_pdf)


def _facts(session: Session, about: Mapping[str, Any], log: Verification) -> dict[str, Any]:
    role = role_of(session)
    return {
        "evidence": 1,
        "about": dict(about),
        "made_at": CLOCK.now(),
        "made_by": login(),
        "roles": list(role.names),
        "masked": sorted(role.masked),
        "log": {
            "holds": log.holds,
            "is_known": log.is_known,
            "actions": log.count,
            "words": log.words,
            "head": log.head,
        },
    }


def _versions_rows(versions: Sequence[Version]) -> list[dict[str, Any]]:
    return [
        {
            "Diver_ID": v.diver_id,
            **{column: v.value(column) for column, _ in FIELDS},
            "Valid_From": v.valid_from,
            "Valid_To": v.valid_to,
            "Modified_By": v.modified_by,
            "Change_Reason": v.change_reason,
        }
        for v in versions
    ]


def _difference_rows(life: Timeline) -> list[dict[str, Any]]:
    return [
        {
            "Valid_From": version.valid_from,
            "Modified_By": version.modified_by,
            "Change_Reason": version.change_reason,
            "Column": one.column,
            "Old": one.old,
            "New": one.new,
        }
        for version in life.versions[1:]
        for one in diff(life.before(version), version)
        if one.is_changed
    ]


def _rules(session: Session) -> list[dict[str, Any]]:
    return [
        dict(row) for row in session.select("Rule_Versions", order=[Order("Rule_Code"), Order("Valid_From")])
    ]


def _write(
    folder: Path, title: str, facts: Mapping[str, Any], parts: Mapping[str, Rows], make_pdf: MakePdf | None
) -> Pack:
    """Write everything, then the manifest over all of it."""
    make_empty(folder)
    private_files.write_text(folder / "evidence.json", as_json({**facts, **parts}))
    for name, rows in parts.items():
        heading = list(rows[0]) if rows else ["(none)"]
        write_table(folder / f"{name}.csv", heading, [[_cell(row[h]) for h in heading] for row in rows])
    paper = evidence_paper(title, facts, parts)
    private_files.write_text(folder / "report.html", as_html(paper))
    if make_pdf is not None:
        make_pdf(paper, folder / "report.pdf")
    return seal_folder(folder, title, facts["made_at"])


def _cell(value: Any) -> str | int | float | None:
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
