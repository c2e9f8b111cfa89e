"""Asks for what would put the current record right; a newer record's question replaces an older one's."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.queue import QueueRow
from divegov_gui.ui.context import AppContext

if TYPE_CHECKING:
    from divegov_gui.services.suggestions import Knowledge, Suggestion

_PAUSE_MS = 80
"""Who runs through the list with the arrow keys asks for nothing on the way."""


class Suggesting(QObject):
    """The suggestions for one record at a time."""

    found = Signal(object)
    """The Suggestions for the record last asked about."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.knowledge: Knowledge | None = None
        """What suggestions are made from, once it was read."""
        self._row: QueueRow | None = None
        self.suggestions: tuple[Suggestion, ...] = ()
        self.is_wanted = True
        """Whether the person may take a suggestion."""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask_now)

    def forget(self) -> None:
        """There is no record to suggest anything for, until the next is asked about; what is shown stays."""
        self._row, self.suggestions = None, ()
        self._pause.stop()

    def learn_anew(self) -> None:
        """Divers have come, or a day has passed: what suggestions are made from is read again with the next."""
        self.knowledge = None

    def ask(self, row: QueueRow | None) -> None:
        """Find suggestions for `row` after a pause."""
        self._row, self.suggestions = row, ()
        if row is None or not row.is_open or not self.is_wanted:
            self._pause.stop()
            self.found.emit(())
        else:
            self._pause.start()

    def for_column(self, column: str) -> list[Suggestion]:
        """The suggestions for a column; where there are none, those for the first column that has some."""
        first = [self.suggestions[0].column] if self.suggestions else []
        for name in (column, *first):
            found = [each for each in self.suggestions if each.column == name]
            if found:
                return found
        return []

    def best(self, column: str) -> Suggestion | None:
        """The first suggestion for a column, or else for the record."""
        return next(iter(self.for_column(column)), None)

    def _ask_now(self) -> None:
        if self._row is not None:
            self._context.reader.submit(
                partial(_suggest, self._row, self.knowledge),
                kind="quarantine.suggest",
                on_success=partial(self._take, self._row),
                on_failure=self._context.notifier.error,
                owner=self,
            )

    def _take(self, row: QueueRow, answer: tuple[Knowledge, tuple[Suggestion, ...]]) -> None:
        self.knowledge, found = answer
        if self._row is row:
            self.suggestions = found
            self.found.emit(found)


def _suggest(
    row: QueueRow, knowledge: Knowledge | None, session: Any, _: ProgressSink, __: CancelToken
) -> tuple[Knowledge, tuple[Suggestion, ...]]:
    from divegov_gui.services.suggestions import (  # here, in the session's thread
        Values,
        read_knowledge,
        suggest,
    )

    known = knowledge or read_knowledge(session)
    found = suggest(session, [Values.of(row)], known, improve=True)
    return known, found.get(row.quarantine_id, ())
