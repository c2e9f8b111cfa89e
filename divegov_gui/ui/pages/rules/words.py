"""What the page Rules says: rules, changes and their effects in sentences."""

from __future__ import annotations

from divegov_gui.services.rules import RetestReport, Rule, RuleSettings
from divegov_gui.ui.widgets import CellBadge, plural


def title(rule: Rule) -> str:
    """The rule's wording with its threshold."""
    return rule.wording if rule.threshold is None else f"{rule.wording} ({rule.threshold})"


def state_badge(rule: Rule) -> CellBadge:
    """Whether it is an error, a warning, or off."""
    if not rule.is_enabled:
        return CellBadge("Off", "neutral")
    return CellBadge("Error", "danger") if rule.severity == "error" else CellBadge("Warning", "warning")


def settings_text(settings: RuleSettings) -> str:
    """``error, from 10 years`` or ``off``."""
    if not settings.is_enabled:
        return "off"
    age = "" if settings.threshold is None else f", threshold {settings.threshold}"
    return settings.severity + age


def mandatory_text(rule: Rule) -> str:
    """Why a rule cannot be changed; nothing where it can."""
    if not rule.is_mandatory:
        return ""
    return "This rule keeps the tables sound: it stays on, and it stays an error."


def effects(report: RetestReport) -> list[tuple[str, str]]:
    """What a change would do, as sentences with their tones; always at least one."""
    lines: list[tuple[str, str]] = []
    if report.ready:
        lines.append(("success", f"{plural(report.ready, 'waiting record')} would be ready to resubmit."))
    if report.stopped:
        lines.append(("warning", f"{plural(report.stopped, 'record')} that would pass today would fail."))
    if report.releasable != report.releasable_before:
        more = report.releasable - report.releasable_before
        words = "more" if more > 0 else "fewer"
        lines.append(
            ("info", f"{plural(abs(more), 'record')} {words} could be released in spite of a warning.")
        )
    if report.newly_failing:
        lines.append(
            (
                "warning",
                f"{plural(report.newly_failing, 'promoted diver')} would fail the rule. "
                "They stay divers; nobody is taken out.",
            )
        )
    already = report.failing - report.newly_failing
    if already:
        lines.append(("info", f"{plural(already, 'promoted diver')} fail it already."))
    if not lines:
        lines.append(("success", "Nothing would change for the records that wait or for the divers."))
    return lines


def looked_at(report: RetestReport) -> str:
    """How much a what-if has judged."""
    return f"{plural(report.judged, 'waiting record')} and {plural(report.divers, 'diver')} were judged."


def saved_text(report: RetestReport) -> str:
    """What a saved change has done."""
    if report.ready:
        return f"{plural(report.ready, 'record')} became ready. Resubmit them on the page Quarantine."
    return f"{plural(report.changed, 'waiting record')} stand otherwise than before."
