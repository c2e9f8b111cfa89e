"""How the gatekeepers did on a synthetic batch, whose defects are known."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QSizePolicy, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.core.records import REPEATED_RECORD
from divegov_gui.services.generation import DEFECTS
from divegov_gui.services.quality import CLEAN_RECORD, DefectScore, Score
from divegov_gui.ui.widgets import Badge, Card, Column, DataTable, RowRequest, plural
from divegov_gui.ui.widgets.density import hold_rows

_LABELS = {
    **{kind.code: kind.label for kind in DEFECTS},
    REPEATED_RECORD: "Identical copy",
    CLEAN_RECORD: "Clean record",
}
_ORDER = {code: place for place, code in enumerate(_LABELS)}
_HEADER, _FRAME = 34, 8


class ScoreCard(Card):
    """Missed and falsely rejected, in a word and by kind of defect."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Score", "Extra: found where it was not injected.", parent)
        self.setObjectName("ingest.score")
        assert self.header is not None
        self.badge = Badge("", "success")
        self.header.add_action(self.badge)
        self._rows: list[DefectScore] = []
        columns = [
            Column("code", "Defect", 220, format=_label, sortable=False, tooltip=lambda row: row.code),
            Column("injected", "Injected", 74, align_right=True, sortable=False),
            Column("found", "Found", 62, align_right=True, sortable=False),
            Column("missed", "Missed", 68, align_right=True, sortable=False, tone=_missed_tone),
            Column("unexpected", "Extra", 56, align_right=True, sortable=False, tone=_unexpected_tone),
        ]
        self.table = DataTable(columns, self._fetch, name="ingest.score.table", accessible="Score by defect")
        self.table.setAccessibleDescription(
            "Extra: records that broke the rule without its being injected as such; of clean records, those rejected."
        )
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.body.addWidget(self.table)
        self.body.addStretch(1)

    def set_score(self, score: Score) -> None:
        """Show `score`, the kinds in the order of the rule catalogue."""
        self._rows = sorted(score.defects, key=lambda row: _ORDER.get(row.code, len(_ORDER)))
        if score.missed or score.false_rejects:
            said = f"{grouped(score.missed)} missed, {plural(score.false_rejects, 'false reject')}"
            self.badge.set_state(said, "danger")
        else:
            self.badge.set_state("0 missed, 0 false rejects", "success")
        self.table.rows.reset(len(self._rows))
        hold_rows(self.table, len(self._rows), len(self._rows), _HEADER + _FRAME)

    def _fetch(self, request: RowRequest) -> None:
        self.table.rows.deliver(request, self._rows[request.first : request.first + request.count])


def _label(code: str) -> str:
    return _LABELS.get(code, code)


def _missed_tone(row: DefectScore) -> str:
    return "danger" if row.missed else "neutral"


def _unexpected_tone(row: DefectScore) -> str:
    return "danger" if row.unexpected and row.code == CLEAN_RECORD else "neutral"
