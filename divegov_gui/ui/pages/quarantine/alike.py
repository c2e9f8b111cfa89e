"""Counts how many other records the same repair would mend, behind the suggestions and without holding the list up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.facets import Facets
from divegov_gui.services.queue import Catalogue, QueueRow
from divegov_gui.ui.context import AppContext

if TYPE_CHECKING:
    from divegov_gui.services.suggestions import Knowledge, Suggestion

MOST = 5_000
"""Records that are looked through: some tenths of a second of the thread that also reads the list."""
Wanted = tuple["Suggestion", int]
"""A suggestion, and the checks that its column fails (none: it passes and might be better)."""


class Alike(QObject):
    """For the first suggestion of each column: how many others it would change."""

    counted = Signal(object, object)
    """The Suggestion, and how many others; None where that would take too long to count."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context

    def ask(
        self,
        row: QueueRow,
        found: Sequence[Suggestion],
        catalogue: Catalogue,
        facets: Facets,
        knowledge: Knowledge | None,
    ) -> None:
        """Count for what was `found` for `row`; a later question replaces this one."""
        few: list[Wanted] = []
        for suggestion in {each.column: each for each in reversed(found)}.values():
            bits = row.failed_checks & catalogue.checks.bits_of_column(suggestion.column)
            if (facets.failing(bits) if bits else facets.open_count) > MOST:
                self.counted.emit(suggestion, None)
            else:
                few.append((suggestion, bits))
        if few:
            self._context.reader.submit(
                partial(_count, tuple(few), catalogue, knowledge),
                kind="quarantine.alike",
                on_success=self._tell,
                on_failure=self._context.notifier.error,
                owner=self,
            )

    def _tell(self, counts: list[tuple[Suggestion, int]]) -> None:
        for suggestion, count in counts:
            self.counted.emit(suggestion, count)


def _count(
    wanted: tuple[Wanted, ...],
    catalogue: Catalogue,
    knowledge: Knowledge | None,
    session: Any,
    _: ProgressSink,
    cancel: CancelToken,
) -> list[tuple[Suggestion, int]]:
    from divegov_gui.services.bulk import LikeThis, count_alike  # here, in the session's thread

    return [
        (
            each,
            count_alike(
                session,
                catalogue,
                LikeThis(each.column, each.kind),
                bits,
                besides=each.quarantine_id,
                knowledge=knowledge,
                cancel=cancel,
            ),
        )
        for each, bits in wanted
    ]
