"""The selected rule: what it asks, what a change would do, and how it has changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.services.rules import Rule, RuleVersion
from divegov_gui.ui import theme
from divegov_gui.ui.pages.rules.change_card import ChangeCard
from divegov_gui.ui.pages.rules.words import settings_text, state_badge, title
from divegov_gui.ui.pages.rules.work import Rights
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import Badge, Card, button, label, reveal

WIDTH = 352


class RulePanel(QScrollArea):
    """One rule in words, above the card that tries a change of it and its history."""

    open_requested = Signal(object)
    """The rule's code: its open records are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(WIDTH)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._code = ""
        self._rights = Rights()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space.m)
        column.addWidget(self._about())
        self.change = ChangeCard()
        column.addWidget(self.change)
        self._history = Card("How it has changed")
        self._versions = QVBoxLayout()
        self._versions.setSpacing(theme.current().space.m)
        self._history.body.addLayout(self._versions)
        column.addWidget(self._history)
        column.addStretch(1)
        self.setWidget(content)

    def show_rule(self, rule: Rule) -> None:
        """Show `rule`; its history comes with `show_versions`."""
        if rule.code != self._code:
            self.verticalScrollBar().setValue(0)
        self._code = rule.code
        badge = state_badge(rule)
        self._badge.set_state(badge.text, badge.tone)
        self._title.setText(title(rule))
        self._facts.setText(f"{rule.dimension} of {rule.column.replace('_', ' ').lower()}")
        self._code_label.setText(rule.code)
        self._hint.setText(rule.hint)
        self.open_records.setText(f"See {grouped(rule.open)} open" if rule.open != 1 else "See 1 open")
        self.open_records.setAccessibleName(f"{self.open_records.text()} records that fail this rule")
        reveal(self.open_records, rule.open > 0 and self._rights.see_records)
        self.change.show_rule(rule)

    def allow(self, rights: Rights) -> None:
        """Offer no more than one may do; asked before a rule is shown."""
        self._rights = rights
        self.change.allow(try_out=rights.judge, save=rights.save)

    def show_versions(self, versions: Sequence[RuleVersion]) -> None:
        """Show the rule's history, the newest first."""
        while (item := self._versions.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for version in versions:
            self._versions.addWidget(_version(version))

    def _about(self) -> Card:
        card = Card()
        card.body.setSpacing(theme.current().space.s)
        head = QHBoxLayout()
        self._badge = Badge("", "neutral")
        head.addWidget(self._badge)
        self._code_label = label("", "mono", name="rules.code")
        head.addWidget(self._code_label, 1, Qt.AlignmentFlag.AlignRight)
        card.body.addLayout(head)
        self._title = label("", "heading", wrap=True, name="rules.title")
        self._facts = label("", "muted")
        self._hint = label("", wrap=True)
        for part in (self._title, self._facts, self._hint):
            card.body.addWidget(part)
        self.open_records = button("See open", name="rules.open", icon="quarantine")
        self.open_records.clicked.connect(lambda: self.open_requested.emit(self._code))
        card.body.addWidget(self.open_records, 0, Qt.AlignmentFlag.AlignLeft)
        return card


def _version(version: RuleVersion) -> QWidget:
    """One version: since when, what it asked, who made it so and why."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    since = label(
        f"Since {local_time(version.valid_from)} · {settings_text(version.settings)}", "strong", wrap=True
    )
    since.setToolTip(utc_time(version.valid_from))
    column.addWidget(since)
    column.addWidget(label(f"{version.modified_by}: {version.change_reason}", "muted", wrap=True))
    return made
