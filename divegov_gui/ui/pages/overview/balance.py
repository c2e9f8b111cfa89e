"""The alarm: every batch is checked against its own records, a part at a time, while one already works."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.numbers import grouped
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview.meter_card import SayLine
from divegov_gui.ui.pages.overview.work import check, cut_slices
from divegov_gui.ui.widgets import button, plural, reveal
from divegov_gui.ui.widgets.cards import NoticeCard

if TYPE_CHECKING:
    from divegov_gui.services.conservation import Imbalance, Slice

_TOLD = 3


class Balance(QWidget):
    """Checks in the background; says how far it is, that all is well, or raises the alarm."""

    alarmed = Signal(object)
    """The Imbalances that are known by now, each time that there are more."""
    batch_wanted = Signal(object)
    """The number of a batch that does not add up."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: list[Slice] = []
        self._round = 0
        self._checked = self._total = 0
        self._sound: set[int] = set()
        """Batches that were found in order since the window was opened: they are not counted at every look."""
        self.found: list[Imbalance] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.line = SayLine("overview.balance")
        layout.addWidget(self.line)
        self._alarm = self._build_alarm()
        layout.addWidget(self._alarm)
        reveal(self._alarm, False)

    def start(self, *, anew: bool = False) -> None:
        """Check every batch that is not known to be sound yet; `anew`: every one."""
        if anew:
            self._sound.clear()
        self._round += 1
        self._context.reader.submit(
            partial(cut_slices, frozenset(self._sound)),
            kind="overview.slices",
            on_success=partial(self._begin, self._round),
            on_failure=self._fail,
            owner=self,
        )

    # --- inside
    def _build_alarm(self) -> NoticeCard:
        made = NoticeCard("overview.alarm", "danger")
        self._title = made.add_line(role="strong", name="overview.alarm_title")
        self._detail = made.add_line(name="overview.alarm_detail")
        look = button("See the batch", name="overview.alarm_batch")
        look.clicked.connect(lambda: self.batch_wanted.emit(self.found[0].batch_id))
        made.row.addWidget(look, 0, Qt.AlignmentFlag.AlignTop)
        return made

    def _begin(self, round_: int, parts: tuple[Slice, ...]) -> None:
        if round_ != self._round:
            return
        self._waiting, self._checked = list(parts), len(self._sound)
        self._total = self._checked + sum(part.batches for part in parts)
        self.found = []
        self._next(round_)

    def _next(self, round_: int) -> None:
        self._tell()
        if not self._waiting:
            return
        part = self._waiting.pop(0)
        self._context.reader.submit(
            partial(check, part),
            kind="overview.check",
            on_success=partial(self._take, round_, part),
            on_failure=self._fail,
            owner=self,
        )

    def _take(self, round_: int, part: Slice, found: tuple[Imbalance, ...]) -> None:
        if round_ != self._round:
            return
        self._checked += part.batches
        self.found += found
        self._sound |= set(part.ids) - {one.batch_id for one in found}
        if found:
            self.alarmed.emit(tuple(self.found))
        self._next(round_)

    def _tell(self) -> None:
        reveal(self._alarm, bool(self.found))
        reveal(self.line, not self.found)
        if self.found:
            many = len(self.found) != 1
            self._title.setText(
                f"Alarm: {plural(len(self.found), 'batch', 'batches')} {'do' if many else 'does'} not add up. "
                "Records were changed without the gatekeeper."
            )
            more = len(self.found) - _TOLD
            told = [found.sentence for found in self.found[:_TOLD]] + (
                [f"And {grouped(more)} more."] if more > 0 else []
            )
            self._detail.setText(
                " ".join(told) + " Restore them from a backup, or ask who had a shell on the file."
            )
            self._alarm.setAccessibleName(f"{self._title.text()} {self._detail.text()}")
        elif not self._total:
            self.line.say("info", "No batch is governed yet.")
        elif self._waiting or self._checked < self._total:
            self.line.say(
                "info",
                f"Checking against the records: {grouped(self._checked)} of {grouped(self._total)} batches.",
            )
        else:
            words = plural(self._total, "batch", "batches")
            self.line.say(
                "success", f"Checked against the records of {words}: each has its one outcome and place."
            )

    def _fail(self, error: DiveGovError) -> None:
        self.line.say("warning", f"The check could not be finished: {error.title}")
