"""Trying a change of a rule out: what it would be, what it would do, and saving it with a reason."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.services.rules import RetestReport, Rule, RuleSettings
from divegov_gui.ui import theme
from divegov_gui.ui.pages.rules.words import effects, looked_at, mandatory_text
from divegov_gui.ui.widgets import (
    Card,
    FormRow,
    ReasonRow,
    button,
    choice_field,
    icon_label,
    label,
    number_field,
    reveal,
)
from divegov_gui.ui.widgets.question import Problem

_OLDEST = 150
_NOT_FOR_YOU = "To try a change out is for data stewards and compliance officers."


class ChangeCard(Card):
    """The three things that can be changed of a rule. Nothing is saved before its effect was seen."""

    try_requested = Signal(object)
    """The RuleSettings whose effect is wanted."""
    save_requested = Signal(object)
    """(RuleSettings, reason)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "What if …", "Try a change on all that waits and on the divers. Nothing is saved.", parent
        )
        self._rule: Rule | None = None
        self._tried: RuleSettings | None = None
        self._busy = False
        self._may_try = self._may_save = True
        self._build_fields()
        self._build_effect()
        self._build_saving()

    def show_rule(self, rule: Rule) -> None:
        """Offer the settings of `rule`; the same rule, read anew, keeps what the person has set."""
        same = self._rule is not None and self._rule.code == rule.code
        kept = self.wanted if same and self._rule is not None and self.wanted != self._rule.settings else None
        self._rule = rule
        self._put(kept or rule.settings)
        if kept is None:
            self._forget()
        locked = mandatory_text(rule) or ("" if self._may_try else _NOT_FOR_YOU)
        self._locked.setText(locked)
        reveal(self._locked, bool(locked))
        reveal(self._fields, not locked)
        self._offer()

    def allow(self, *, try_out: bool, save: bool) -> None:
        """Whether one may try a change out, and save it."""
        self._may_try, self._may_save = try_out, save

    @property
    def wanted(self) -> RuleSettings:
        """What the person has set."""
        threshold = self.threshold.value() if self._rule and self._rule.threshold is not None else None
        return RuleSettings(str(self.severity.currentData()), threshold, self.enabled.isChecked())

    def show_effect(self, settings: RuleSettings, report: RetestReport) -> None:
        """Say what `settings` would do."""
        self.set_busy(False)
        if settings != self.wanted:
            return
        self._tried = settings
        self.problem.say(None)
        self._clear_lines()
        for tone, words in effects(report):
            self._lines.addLayout(_line(tone, words))
        for batch in report.batches[:5]:
            parts = [
                f"{grouped(count)} {what}"
                for count, what in (
                    (batch.ready, "ready"),
                    (batch.stopped, "stopped"),
                    (batch.newly_failing, "divers"),
                )
                if count
            ]
            self._lines.addWidget(
                label(f"Batch {batch.batch_id} · {batch.source_name}: {', '.join(parts)}", "hint", wrap=True)
            )
        if len(report.batches) > 5:
            self._lines.addWidget(label(f"… and {grouped(len(report.batches) - 5)} more batches.", "hint"))
        self._lines.addWidget(label(looked_at(report), "hint", wrap=True))
        reveal(self._effect, True)
        self._offer()

    def say_problem(self, error: DiveGovError) -> None:
        """Show why it could not be tried or saved."""
        self.set_busy(False)
        self.problem.say(error)

    def set_busy(self, busy: bool) -> None:
        """While an answer is awaited, nothing else is asked."""
        self._busy = busy
        self._offer()

    def saved(self) -> None:
        """The change is in force: begin anew."""
        self._forget()
        self.reason.line.clear()
        self.set_busy(False)

    # --- building
    def _build_fields(self) -> None:
        space = theme.current().space
        self._locked = label("", "muted", wrap=True, name="rules.locked")
        self.body.addWidget(self._locked)
        self._fields = QWidget()
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space.s)
        self.enabled = QCheckBox("The rule is on")
        self.enabled.setObjectName("rules.enabled")
        self.enabled.setAccessibleName("The rule is on")
        column.addWidget(self.enabled)
        row = QHBoxLayout()
        row.setSpacing(space.m)
        self.severity: QComboBox = choice_field(
            "rules.severity", "Severity", [("Error", "error"), ("Warning", "warning")]
        )
        self.threshold: QSpinBox = number_field("rules.threshold", "Threshold", 0, _OLDEST, 0)
        row.addWidget(FormRow("Severit&y", self.severity, name="rules.severity"), 1)
        self._threshold_row = FormRow("&Threshold (years)", self.threshold, name="rules.threshold")
        row.addWidget(self._threshold_row, 1)
        column.addLayout(row)
        self.enabled.toggled.connect(self._changed)
        self.severity.currentIndexChanged.connect(self._changed)
        self.threshold.valueChanged.connect(self._changed)
        self.try_out = button("Show what it would do", name="rules.try", icon="rehearse")
        self.try_out.clicked.connect(lambda: self.try_requested.emit(self.wanted))
        column.addWidget(self.try_out)
        self.body.addWidget(self._fields)

    def _build_effect(self) -> None:
        self.problem = Problem("rules.problem")
        self.body.addWidget(self.problem)
        self._effect = QWidget()
        self._effect.setObjectName("rules.effect")
        self._lines = QVBoxLayout(self._effect)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(theme.current().space.s)
        self.body.addWidget(self._effect)
        self._effect.hide()

    def _build_saving(self) -> None:
        self._not_yours = label(
            "To change a rule is for compliance officers: tell one what you found.",
            "muted",
            wrap=True,
            name="rules.not_yours",
        )
        self.body.addWidget(self._not_yours)
        self._not_yours.hide()
        self._saving = QWidget()
        column = QVBoxLayout(self._saving)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.s)
        self.reason = ReasonRow("rules.reason", "It is kept with the rule's history.")
        column.addWidget(self.reason)
        self.save = button("Save the change", name="rules.save", variant="primary", icon="save")
        self.save.clicked.connect(self._save)
        column.addWidget(self.save)
        self.body.addWidget(self._saving)
        self._saving.hide()

    # --- inside
    def _put(self, settings: RuleSettings) -> None:
        for field in (self.enabled, self.severity, self.threshold):
            field.blockSignals(True)
        self.enabled.setChecked(settings.is_enabled)
        self.severity.setCurrentIndex(self.severity.findData(settings.severity))
        if settings.threshold is not None:
            self.threshold.setValue(settings.threshold)
        reveal(self._threshold_row, settings.threshold is not None)
        for field in (self.enabled, self.severity, self.threshold):
            field.blockSignals(False)

    def _changed(self, _: object) -> None:
        self._forget()
        self._offer()

    def _offer(self) -> None:
        """What can be done now: try what differs, and save what was tried."""
        differs = self._rule is not None and self.wanted != self._rule.settings
        self.try_out.setEnabled(differs and not self._busy)
        tried = differs and self._tried == self.wanted
        ready = tried and self._may_save
        reveal(self._saving, ready)
        reveal(self._not_yours, tried and not self._may_save)
        self.save.setEnabled(ready and not self._busy)

    def _save(self) -> None:
        reason = self.reason.ask("Say why; it is kept with the rule.")
        if not reason:
            return
        self.save_requested.emit((self.wanted, reason))

    def _forget(self) -> None:
        """An effect that was shown belongs to other settings."""
        self._tried = None
        self.problem.say(None)
        reveal(self._effect, False)
        reveal(self._saving, False)
        reveal(self._not_yours, False)

    def _clear_lines(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            for child in _widgets(item):
                child.hide()
                child.deleteLater()


def _line(tone: str, words: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.current().space.s)
    row.addWidget(icon_label(tone, tone, 18))
    row.addWidget(label(words, wrap=True), 1)
    return row


def _widgets(item: object) -> list[QWidget]:
    """The widgets of a layout's item, of a layout's own items too."""
    widget = item.widget()  # type: ignore[attr-defined]
    if widget is not None:
        return [widget]
    inner = item.layout()  # type: ignore[attr-defined]
    found: list[QWidget] = []
    while inner is not None and (part := inner.takeAt(0)) is not None:
        found += _widgets(part)
    return found
