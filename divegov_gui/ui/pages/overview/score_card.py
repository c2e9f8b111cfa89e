"""How the gatekeepers did on a synthetic batch, by kind of defect: injected, found, missed, unexpected."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from divegov_gui.core.records import REPEATED_RECORD
from divegov_gui.services.quality import CLEAN_RECORD, DefectScore, Score
from divegov_gui.ui.widgets import Card, Column
from divegov_gui.ui.widgets.density import hold_rows
from divegov_gui.ui.widgets.list_table import ListTable

_HEADER, _FRAME = 34, 8


@lru_cache(maxsize=1)
def labels() -> dict[str, str]:
    """What each kind of defect is called, in the order of the rule catalogue."""
    from divegov_gui.services.generation import DEFECTS  # wanted with the first score

    kinds = {kind.code: kind.label for kind in DEFECTS}
    return {**kinds, REPEATED_RECORD: "Identical copy", CLEAN_RECORD: "Clean record"}


def _missed(row: DefectScore) -> str:
    return "danger" if row.missed else ""


def _unexpected(row: DefectScore) -> str:
    return "danger" if row.unexpected and row.code == CLEAN_RECORD else ""


COLUMNS = (
    Column(
        "code",
        "Injected as",
        130,
        format=lambda code: labels().get(code, code),
        sortable=False,
        tooltip=lambda row: row.code,
    ),
    Column("injected", "Injected", 76, align_right=True, sortable=False),
    Column("found", "Found", 66, align_right=True, sortable=False),
    Column("missed", "Missed", 70, align_right=True, sortable=False, tone=_missed),
    Column("unexpected", "Extra", 64, align_right=True, sortable=False, tone=_unexpected),
)


class ScoreMatrix(Card):
    """The ground truth against the gate, a row a defect."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Score by rule", "Extra: found where it was not injected, or a clean record rejected", parent
        )
        self.table = ListTable(COLUMNS, name="overview.matrix", accessible="Score by rule", key="code")
        self.table.stretch("code")
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self.table)
        self.body.addStretch(1)

    def show_score(self, score: Score) -> None:
        """Show `score`, the kinds in the order of the rule catalogue."""
        order = {code: place for place, code in enumerate(labels())}
        rows = sorted(score.defects, key=lambda row: order.get(row.code, len(order)))
        self.table.show_rows(rows)
        hold_rows(self.table, len(rows), len(rows), _HEADER + _FRAME)
