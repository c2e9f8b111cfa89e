"""What the page Rules asks of the database, in the worker's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.connections import interruptible
from divegov_gui.services.deployment import plan_deployment
from divegov_gui.services.roles import role_of
from divegov_gui.services.rules import (
    RetestReport,
    Rule,
    RuleSettings,
    RuleVersion,
    read_implementation,
    read_rules,
    read_versions,
    retest,
    save_rule,
    what_if,
)


@dataclass(frozen=True)
class Rights:
    """What one may do about rules."""

    judge: bool = True
    """Try a change out, and judge what waits again."""
    save: bool = True
    see_records: bool = True
    """See the records that fail a rule."""


@dataclass(frozen=True)
class Catalogue:
    """All rules, and the SQL that implements them."""

    rules: tuple[Rule, ...]
    sql: str
    may: Rights = Rights()


def read_catalogue(
    scripts: Path | None, session: Any, _: ProgressSink, cancel: CancelToken
) -> Catalogue | None:
    """The rules as they are deployed; None where a script that makes them never ran."""
    if any(script.journal is None for script in plan_deployment(session, scripts).scripts):
        return None
    with interruptible(session, cancel):
        role = role_of(session)
        rights = Rights(role.may("Retest_Quarantine"), role.may("Set_Rule"), role.may("Quarantine_Queue"))
        return Catalogue(read_rules(session), read_implementation(session), rights)


def read_history(code: str, session: Any, _: ProgressSink, cancel: CancelToken) -> tuple[RuleVersion, ...]:
    """Every version of a rule, the newest first."""
    with interruptible(session, cancel):
        return read_versions(session, code)


def try_out(
    code: str, settings: RuleSettings, session: Any, progress: ProgressSink, cancel: CancelToken
) -> RetestReport:
    """What a change would do."""
    return what_if(session, code, settings, progress=progress, cancel=cancel)


def save(
    rule: Rule, settings: RuleSettings, reason: str, session: Any, progress: ProgressSink, cancel: CancelToken
) -> RetestReport:
    """Save a change, then judge what waits by it again; it lets nobody in."""
    save_rule(session, rule, settings, reason)
    return retest(session, rule.code, progress=progress, cancel=cancel)


def judge_again(session: Any, progress: ProgressSink, cancel: CancelToken) -> RetestReport:
    """Judge what waits by all rules as they are today."""
    return retest(session, progress=progress, cancel=cancel)
