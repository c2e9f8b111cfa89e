"""The rule catalogue: what each rule asks and does, what a change of one would do, and saving that change."""

from __future__ import annotations

from dataclasses import dataclass

from divegov_gui.core.progress import CancelToken, ProgressSink, no_progress, stages
from divegov_gui.database.session import Filter, Order, Row, Session
from divegov_gui.services.connections import interruptible


@dataclass(frozen=True)
class Rule:
    """One rule as it is today. `mask` has one bit a check; `valid_from` is the version that was read (UTC).

    `rejected` records broke it on their way in, `open` ones break it now, and `false_alarms` were let in unchanged by a
    steward in spite of it.
    """

    code: str
    column: str
    dimension: str
    severity: str
    threshold: int | None
    is_enabled: bool
    is_mandatory: bool
    wording: str
    hint: str
    mask: int
    rejected: int
    open: int
    false_alarms: int
    modified_by: str
    change_reason: str
    valid_from: str

    @property
    def settings(self) -> RuleSettings:
        """What of it can be changed."""
        return RuleSettings(self.severity, self.threshold, self.is_enabled)


@dataclass(frozen=True)
class RuleSettings:
    """What can be changed of a rule: ``error`` or ``warning``, its threshold (an age in years) and whether it is on."""

    severity: str
    threshold: int | None
    is_enabled: bool


@dataclass(frozen=True)
class RuleVersion:
    """A rule as it was from `valid_from` until `valid_to` (UTC)."""

    settings: RuleSettings
    modified_by: str
    change_reason: str
    valid_from: str
    valid_to: str
    is_current: bool


@dataclass(frozen=True)
class BatchEffect:
    """What a change does in one batch: records that become ready, that are stopped, divers who would newly fail."""

    batch_id: int
    source_name: str
    ready: int
    stopped: int
    newly_failing: int


@dataclass(frozen=True)
class RecordEffect:
    """A waiting record whose standing changes, in check bits."""

    quarantine_id: int
    batch_id: int
    old_checks: int
    new_checks: int


@dataclass(frozen=True)
class DiverEffect:
    """A diver who would fail the rule; `is_already` where they do so today."""

    diver_id: int
    is_already: bool


@dataclass(frozen=True)
class RetestReport:
    """What judging again has done, or what a change would do.

    Of `judged` open records `changed` stand otherwise than before: `ready` would be let in now and `stopped` no longer.
    `releasable` fail warnings only. Of `divers` checked, `failing` break the rule, `newly_failing` of them not today.
    `records` and `examples` are the first 200.
    """

    judged: int
    changed: int
    ready: int
    stopped: int
    releasable: int
    releasable_before: int
    divers: int
    failing: int
    newly_failing: int
    batches: tuple[BatchEffect, ...]
    records: tuple[RecordEffect, ...]
    examples: tuple[DiverEffect, ...]


def read_rules(session: Session) -> tuple[Rule, ...]:
    """All rules, in the order of their codes."""
    activity = {row["Rule_Code"]: row for row in session.select("Rule_Activity")}
    return tuple(
        _rule(row, activity[row["Rule_Code"]])
        for row in session.select("Rule_Catalogue", order=[Order("Rule_Code")])
    )


def read_versions(session: Session, code: str) -> tuple[RuleVersion, ...]:
    """Every version of a rule, the newest first."""
    rows = session.select(
        "Rule_Versions",
        filters=[Filter("Rule_Code", "=", code)],
        order=[Order("Valid_From", descending=True)],
    )
    return tuple(
        RuleVersion(
            settings_of(row),
            row["Modified_By"],
            row["Change_Reason"],
            row["Valid_From"],
            row["Valid_To"],
            bool(row["Is_Current"]),
        )
        for row in rows
    )


def settings_of(row: Row) -> RuleSettings:
    """What a row of Rule_Versions says of the rule."""
    return RuleSettings(row["Severity"], row["Threshold"], bool(row["Is_Enabled"]))


def read_implementation(session: Session) -> str:
    """The SQL that judges records, as it is deployed; empty where the role may not read it."""
    rows = session.select(
        "Procedure_Definitions", ["Definition"], [Filter("Procedure_Name", "=", "Apply_Rules")]
    )
    return str(rows[0]["Definition"] or "") if rows else ""


def what_if(
    session: Session,
    code: str,
    settings: RuleSettings,
    *,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> RetestReport:
    """What a change of a rule would do to the records that wait and to the divers. Changes nothing.

    Raises Refused for settings that the rule cannot have, and Cancelled.
    """
    return _retest(
        session,
        progress,
        cancel,
        rule_code=code,
        severity=settings.severity,
        threshold=settings.threshold,
        is_enabled=int(settings.is_enabled),
        rehearse=1,
    )


def save_rule(session: Session, rule: Rule, settings: RuleSettings, reason: str) -> None:
    """Change a rule as it was read. Raises Conflict where somebody was faster, and Refused."""
    session.call(
        "Set_Rule",
        rule_code=rule.code,
        severity=settings.severity,
        threshold=settings.threshold,
        is_enabled=int(settings.is_enabled),
        valid_from=rule.valid_from,
        reason=reason,
    )


def retest(
    session: Session,
    code: str | None = None,
    *,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
) -> RetestReport:
    """Judge what waits again by one rule or all. It says who is ready and lets nobody in. Raises Cancelled."""
    return _retest(session, progress, cancel, rule_code=code)


def _retest(
    session: Session, progress: ProgressSink, cancel: CancelToken | None, **parameters: object
) -> RetestReport:
    with interruptible(session, cancel):
        results = session.call("Retest_Quarantine", on_message=stages(progress, cancel), **parameters)
    counts, batches, records, divers = results
    return _report(counts[0], batches, records, divers)


def _report(counts: Row, batches: list[Row], records: list[Row], divers: list[Row]) -> RetestReport:
    return RetestReport(
        judged=counts["Judged_Count"],
        changed=counts["Changed_Count"],
        ready=counts["Ready_Count"],
        stopped=counts["Stopped_Count"],
        releasable=counts["Releasable_Count"],
        releasable_before=counts["Releasable_Before_Count"],
        divers=counts["Diver_Count"],
        failing=counts["Failing_Diver_Count"],
        newly_failing=counts["Newly_Failing_Count"],
        batches=tuple(
            BatchEffect(
                row["Batch_ID"],
                row["Source_Name"],
                row["Ready_Count"],
                row["Stopped_Count"],
                row["Newly_Failing_Count"],
            )
            for row in batches
        ),
        records=tuple(
            RecordEffect(row["Quarantine_ID"], row["Batch_ID"], row["Old_Checks"], row["New_Checks"])
            for row in records
        ),
        examples=tuple(DiverEffect(row["Diver_ID"], bool(row["Is_Already"])) for row in divers),
    )


def _rule(row: Row, activity: Row) -> Rule:
    return Rule(
        code=row["Rule_Code"],
        column=row["Column_Name"],
        dimension=row["Dimension"],
        severity=row["Severity"],
        threshold=row["Threshold"],
        is_enabled=bool(row["Is_Enabled"]),
        is_mandatory=bool(row["Is_Mandatory"]),
        wording=row["Wording"],
        hint=row["Hint"],
        mask=activity["Rule_Mask"],
        rejected=activity["Rejected_Count"],
        open=activity["Open_Count"],
        false_alarms=activity["False_Alarm_Count"],
        modified_by=row["Modified_By"],
        change_reason=row["Change_Reason"],
        valid_from=row["Valid_From"],
    )
