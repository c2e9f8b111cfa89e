"""The log of actions: who did what to how many, never a diver's data; and whether it is as it was written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.services.audit import LogEntry, Verification
from divegov_gui.ui import theme
from divegov_gui.ui.times import both_times, local_time
from divegov_gui.ui.widgets import (
    Column,
    button,
    choice_field,
    icon_label,
    label,
    plural,
    restyle,
    reveal,
    text_field,
)
from divegov_gui.ui.widgets.list_table import ListTable

_PAUSE_MS = 200
_COLUMNS = (
    Column("action_id", "No.", 76, sortable=False, align_right=True, format=str),
    Column(
        "at",
        "When",
        150,
        sortable=False,
        format=local_time,
        tooltip=lambda row: both_times(row.at),
    ),
    Column("actor", "Who", 110, sortable=False, tooltip=lambda row: row.actor),
    Column("action", "Action", 170, sortable=False, mono=True),
    Column("subject", "Subject", 130, sortable=False),
    Column("detail", "Detail", 260, sortable=False, mono=True, tooltip=lambda row: row.detail),
)


class LogView(QWidget):
    """The newest actions first, filtered; exported; and verified row by row."""

    filtered = Signal(object)
    """(action or None, part of an actor's name) that are wanted."""
    more_wanted = Signal()
    """One more page."""
    verify_wanted = Signal(object)
    """This view: the log is to be verified."""
    export_wanted = Signal(object)
    """This view: what is listed is to be written to a file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        layout.addLayout(self._bar())
        self.verdict = _Verdict()
        layout.addWidget(self.verdict)
        self.table = ListTable(_COLUMNS, name="privacy.log", accessible="Actions", key="action_id")
        self.table.stretch("detail")
        self.table.set_placeholder("No action matches", "What procedures do is written here.")
        layout.addWidget(self.table, 1)

    def offer(self, actions: Sequence[str], actors: Sequence[str]) -> None:
        """Offer the names of the actions, and of those who acted, to filter by."""
        if self._actors.stringList() != list(actors):
            self._actors.setStringList(list(actors))
        kept = self.action.currentData()
        self.action.clear()
        self.action.addItem("All actions", None)
        for name in actions:
            self.action.addItem(name.replace("_", " ").lower().capitalize(), name)
        self.action.setCurrentIndex(max(0, self.action.findData(kept)))

    def show_entries(self, entries: Sequence[LogEntry], total: int) -> None:
        """Show the newest `entries` of `total` that match; where one stands, one stays."""
        self._let(True)
        at = self.table.currentIndex()
        known = [row.action_id for row in self.table.list]
        here = known[at.row()] if 0 <= at.row() < len(known) else None
        self.table.show_rows(entries)
        ids = [entry.action_id for entry in entries]
        if here in ids:
            self.table.go_to(ids.index(here), at.column())
        shown = f"the newest {grouped(len(entries))} of " if total > len(entries) else ""
        self.count.setText(f"{shown}{plural(total, 'action')}")
        reveal(self.more, total > len(entries))

    def say_problem(self, error: DiveGovError) -> None:
        """Say why the log is not shown: a role may not be granted it, and what is done with it is then no offer."""
        self._let(False)
        self.table.set_placeholder(error.title, " ".join(part for part in (error.detail, error.hint) if part))
        self.table.show_rows(())
        self.count.setText("")
        reveal(self.more, False)

    def show_verification(self, found: Verification) -> None:
        """Say whether the log is whole; the action that is not gets the cursor."""
        self.verify.setEnabled(True)
        self.verdict.say("success" if found.holds else "danger" if found.is_known else "warning", found.words)
        ids = [row.action_id for row in self.table.list]
        if found.broken_id in ids:
            self.table.go_to(ids.index(found.broken_id))

    def _let(self, may: bool) -> None:
        for each in (self.action, self.actor, self.export, self.verify):
            each.setEnabled(may)

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self.action = choice_field("privacy.log_action", "Action", [("All actions", None)])
        self.action.setMinimumContentsLength(18)
        self.action.activated.connect(lambda _: self._filter())
        self.actor = text_field("privacy.log_actor", "Who: a part of a name", "By anyone: part of a name")
        self.actor.setMinimumWidth(210)

        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._filter)
        self.actor.textChanged.connect(lambda _: self._pause.start())
        self._actors = QStringListModel(self)
        known = QCompleter(self._actors, self.actor)
        known.setFilterMode(Qt.MatchFlag.MatchContains)
        known.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.actor.setCompleter(known)
        self.count = label("", "strong", name="privacy.log_count")
        self.export = button("Export", name="privacy.log_export", icon="export")
        self.export.clicked.connect(lambda: self.export_wanted.emit(self))
        self.verify = button("Verify the log", name="privacy.verify", variant="primary", icon="shield")
        self.verify.clicked.connect(self._verify)
        row.addWidget(self.action)
        row.addWidget(self.actor)
        row.addWidget(self.count)
        self.more = button("Show more", name="privacy.log_more", variant="link")
        self.more.clicked.connect(lambda: self.more_wanted.emit())
        reveal(self.more, False)
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self.export)
        row.addWidget(self.verify)
        return row

    def _filter(self) -> None:
        self.filtered.emit((self.action.currentData(), self.actor.text().strip()))

    def _verify(self) -> None:
        self.verify.setEnabled(False)
        self.verify_wanted.emit(self)


class _Verdict(QFrame):
    """What the last verification has found."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("privacy.log_verdict")
        self.setProperty("notice", "true")
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(space.m, space.s, space.m, space.s)
        row.setSpacing(space.s)
        self._sign = icon_label("success", "success", 20)
        self._words = label("", "strong", wrap=True, name="privacy.log_words")
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        self.hide()

    def say(self, tone: str, words: str) -> None:
        self.setProperty("tone", tone)
        self.setAccessibleName(words)
        self._words.setText(words)
        theme.set_icon(self._sign, tone, f"{tone}_on_soft", 20)
        restyle(self)
        reveal(self, True)
