"""Two batches side by side: outcomes and rejections, as counts and as shares."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.core.numbers import decimal
from divegov_gui.services.replay import Comparison
from divegov_gui.services.trends import first_time_right
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.overview.turn_list import TurnList
from divegov_gui.ui.pages.overview.work_batches import BatchDetails, read_two
from divegov_gui.ui.widgets import OUTCOMES, Card, Column, button, label, reveal
from divegov_gui.ui.widgets.list_table import ListTable


class MeasureRow:
    """One measure of both batches; shares are of the records loaded."""

    def __init__(self, code: str, words: str, counts: tuple[int, int], loaded: tuple[int, int]) -> None:
        self.code, self.measure = code, words
        self.first, self.second = counts
        shares = [100 * count / whole if whole else 0.0 for count, whole in zip(counts, loaded, strict=True)]
        self.first_share, self.second_share = (f"{decimal(share)} %" for share in shares)
        self.points = shares[1] - shares[0]
        self.change = "the same" if abs(self.points) < 0.05 else f"{decimal(self.points, signed=True)} points"


def measures(one: BatchDetails, other: BatchDetails) -> list[MeasureRow]:
    """Outcomes first, then every rule that either of them broke, the most broken first."""
    outcomes = [one.batch.outcomes, other.batch.outcomes]
    loaded = (one.batch.loaded, other.batch.loaded)
    rows = [MeasureRow("loaded", "Loaded", loaded, loaded)]
    right = tuple(round(first_time_right(o) * o.loaded) if o else 0 for o in outcomes)
    rows.append(MeasureRow("right", "Right at once", (right[0], right[1]), loaded))
    for key, words, _ in OUTCOMES:
        pair = tuple(getattr(o, key) if o else 0 for o in outcomes)
        rows.append(MeasureRow(key, words, (pair[0], pair[1]), loaded))
    hits: dict[str, list[int]] = {}
    wordings: dict[str, str] = {}
    for place, details in enumerate((one, other)):
        for rule in details.rules:
            hits.setdefault(rule.code, [0, 0])[place] = rule.records
            wordings[rule.code] = rule.wording
    by_count = sorted(hits, key=lambda code: (-sum(hits[code]), code))
    return rows + [
        MeasureRow(c, wordings[c], (hits[c][0], hits[c][1]), loaded) for c in by_count if sum(hits[c])
    ]


_COLUMNS = (
    Column("measure", "Records", 200, sortable=False, tooltip=lambda row: row.code),
    Column("first", "First", 96, align_right=True, sortable=False),
    Column("first_share", "Share", 80, align_right=True, sortable=False),
    Column("second", "Second", 96, align_right=True, sortable=False),
    Column("second_share", "Share", 80, align_right=True, sortable=False),
    Column("change", "Change of share", 136, align_right=True, sortable=False),
)


class ComparePane(QWidget):
    """Shows two batches; Back leads to the list."""

    left = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        head = QHBoxLayout()
        head.setSpacing(space.s)
        back = button("All batches", name="overview.leave_compare", variant="ghost", icon="back")
        back.clicked.connect(lambda: self.left.emit())
        head.addWidget(back)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = label("", "heading", name="overview.compare_title")
        self._facts = label("", "muted", wrap=True, name="overview.compare_facts")
        words.addWidget(self._title)
        words.addWidget(self._facts)
        head.addLayout(words, 1)
        layout.addLayout(head)
        self.turns = Card("Record by record", "Two runs of the same content")
        self.turn_list = TurnList("overview.compare_turns")
        self.turns.body.addWidget(self.turn_list)
        reveal(self.turns, False)
        layout.addWidget(self.turns)
        self.table = ListTable(_COLUMNS, name="overview.compare_table", accessible="Both batches", key="code")
        self.table.stretch("measure")
        layout.addWidget(self.table, 1)

    def show_batches(self, first: int, second: int) -> None:
        """Read and show both."""
        self._context.reader.submit(
            partial(read_two, first, second),
            kind="overview.compare",
            on_success=self._show,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    def _show(self, both: tuple[BatchDetails, BatchDetails, Comparison | None]) -> None:
        one, other, comparison = both
        reveal(self.turns, comparison is not None)
        if comparison is not None:
            self.turn_list.show_comparison(comparison)
        self._title.setText(f"Batch {one.batch.batch_id} and batch {other.batch.batch_id}")
        self._facts.setText(
            f"First: {one.batch.source_name} · Second: {other.batch.source_name} · shares are of the records loaded"
        )
        self.table.show_rows(measures(one, other))
