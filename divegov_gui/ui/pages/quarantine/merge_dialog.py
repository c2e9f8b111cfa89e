"""Duplicates side by side: what differs is marked, each field's survivor is chosen, and the result is judged."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from divegov_gui.core.errors import Cancelled, Conflict, DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.core.records import COLUMNS, LABELS
from divegov_gui.services.checks import Checks
from divegov_gui.services.merging import Side, Sides, keep_one, merge
from divegov_gui.services.review import Judged, check_records
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.has_come_back import HasComeBack
from divegov_gui.ui.pages.quarantine.value_choice import ValueChoice
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import Badge, ReasonRow, button, label
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.elided_label import ElidedLabel
from divegov_gui.ui.widgets.question import Problem


class Draft(NamedTuple):
    """What a person has chosen for a record: by column, whose value survives (whether a diver's, and the number)."""

    record: int
    reason: str
    chosen: Mapping[str, tuple[bool, int]]


class MergeDialog(Dialog):
    """One column for each of those compared, one line a field; a radio button chooses who survives."""

    merged = Signal(object)
    """Whether they became a diver's new version (True), or one record (False)."""
    outdated = Signal(object)
    """The Conflict that tells that somebody has changed one of them meanwhile."""

    def __init__(self, context: AppContext, checks: Checks, sides: Sides, window: QWidget) -> None:
        into = sides.diver.name if sides.diver else "one record"
        detail = _explanation(sides)
        super().__init__("quarantine.merge", f"Merge into {into}", "merge", window, detail=detail)
        self._context, self._checks, self._sides = context, checks, sides
        self._groups: dict[str, QButtonGroup] = {}
        self._also: list[tuple[QCheckBox, Side]] = []
        self.resize(min(1160, 240 + 320 * len(sides.all)), 660)
        self.body.addWidget(self._table(), 1)
        self.verdict = Badge("", "neutral")
        self.verdict.setObjectName("quarantine.merge.verdict")
        self.body.addWidget(self.verdict)
        self.reason = ReasonRow("quarantine.merge.reason")
        self.body.addWidget(self.reason)
        self.back = HasComeBack("quarantine.merge")
        self.body.addWidget(self.back)
        self.problem = Problem("quarantine.merge.problem")
        self.body.addWidget(self.problem)
        self.add_button(button("Cancel", name="quarantine.merge.cancel"), self.reject)
        words = f"Merge into {into}" if sides.diver else "Keep as one record"
        self.yes = button(words, name="quarantine.merge.ok", variant="primary", icon="merge")
        self.add_button(self.yes, self._do, default=True)
        self.reason.line.setFocus()
        self._judge()

    @property
    def draft(self) -> Draft:
        """What the person has chosen and written so far."""
        chosen = {column: (side.is_diver, side.key) for column, side in self._survivors().items()}
        return Draft(self._sides.record.key, self.reason.line.text(), chosen)

    def go_on(self, draft: Draft, error: Conflict) -> None:
        """Take up what was chosen before they were read again, and say why they were."""
        self.reason.line.setText(draft.reason)
        for column, whose in draft.chosen.items():
            for place, side in enumerate(self._sides.all):
                if (side.is_diver, side.key) == whose:
                    self._groups[column].button(place).setChecked(True)
        told = DiveGovError(
            error.title, "Nothing was merged. This is how they stand now: look again, and decide."
        )
        self.problem.say(told)

    def values(self) -> dict[str, str | None]:
        """The surviving values."""
        return {column: side.values.get(column) for column, side in self._survivors().items()}

    def _survivors(self) -> dict[str, Side]:
        return {column: self._sides.all[group.checkedId()] for column, group in self._groups.items()}

    def _to_write(self) -> dict[str, str | None]:
        """The surviving values, without those that the diver has already."""
        return {c: side.values.get(c) for c, side in self._survivors().items() if not side.is_diver}

    # --- building
    def _table(self) -> QScrollArea:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        differing = self._sides.differing()
        for place, side in enumerate(self._sides.all):
            grid.addWidget(self._header(side, place), 0, place + 1, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place + 1, 1)
        for line, column in enumerate(COLUMNS, start=1):
            self._add_line(grid, line, column, column in differing)
        grid.setRowStretch(len(COLUMNS) + 1, 1)
        area = QScrollArea()
        area.setObjectName("quarantine.merge.sides")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        return area

    def _header(self, side: Side, place: int) -> QWidget:
        head = QWidget()
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(2)
        column.addWidget(label(side.name, "strong"))
        kind = (
            "as it is now" if side.is_diver else "this record" if side is self._sides.record else "waits too"
        )
        when = local_time(side.since)
        came = f"since {when}" if side.is_diver else f"{when}, {side.source}"
        column.addWidget(label(kind, "hint"))
        column.addWidget(ElidedLabel(came, "hint", name=f"quarantine.merge.since.{place}"))
        take = button("Take all", name=f"quarantine.merge.all.{place}", variant="link")
        take.setAccessibleName(f"Take all of {side.name}")
        take.clicked.connect(lambda: self._take_all(place))
        column.addWidget(take, 0, Qt.AlignmentFlag.AlignLeft)
        if side in self._sides.others:
            box = QCheckBox("Close it too")
            box.setObjectName(f"quarantine.merge.also.{side.key}")
            box.setChecked(True)
            column.addWidget(box)
            self._also.append((box, side))
        return head

    def _add_line(self, grid: QGridLayout, line: int, column: str, differs: bool) -> None:
        name = QWidget()
        row = QVBoxLayout(name)
        row.setContentsMargins(8, 5, 0, 5)
        row.setSpacing(0)
        row.addWidget(label(LABELS[column], "label"))
        if differs:
            sign = label("≠ differs", "hint", tone="warning")
            row.addWidget(sign)
        grid.addWidget(name, line, 0)
        if differs:
            ground = QFrame()
            ground.setProperty("role", "differs")
            grid.addWidget(ground, line, 0, 1, len(self._sides.all) + 1)
            ground.lower()
        group = self._groups[column] = QButtonGroup(self)
        best = self._best(column)
        for place, side in enumerate(self._sides.all):
            choice_name = f"quarantine.merge.{column.lower()}.{place}"
            value, mask = side.values.get(column), self._context.mask_personal
            choice = ValueChoice(choice_name, column, value, mask, f"of {side.name}")
            choice.setProperty("differs", "true" if differs else "false")
            choice.setChecked(place == best)
            group.addButton(choice, place)
            grid.addWidget(choice, line, place + 1)
        group.idToggled.connect(lambda _, on: self._judge() if on else None)

    def _best(self, column: str) -> int:
        """The diver's own value where there is one, else the first that is given."""
        for place, side in enumerate(self._sides.all):
            if (side.values.get(column) or "").strip():
                return place
        return 0

    def _take_all(self, place: int) -> None:
        for group in self._groups.values():
            group.button(place).setChecked(True)

    # --- judging and doing
    def _judge(self) -> None:
        """Have the gatekeeper judge the result."""
        key = self._sides.record.key
        self._context.reader.submit(
            partial(_check, key, self.values()),
            kind="quarantine.merge.judge",
            on_success=self._show_verdict,
            on_failure=self.problem.say,
            owner=self,
        )

    def _show_verdict(self, found: Judged) -> None:
        failing = [c for c in self._checks.rules(found.failed_checks) if not c.is_duplicate]
        if not failing:
            self.verdict.set_state("The result passes every rule", "success")
        else:
            tone = "danger" if any(check.is_error for check in failing) else "warning"
            self.verdict.set_state("; ".join(check.wording for check in failing), tone)
        self.yes.setEnabled(self._sides.diver is None or not any(check.is_error for check in failing))

    def _do(self) -> None:
        reason = self.reason.ask("Say why they are the same person.")
        if not reason:
            return
        self.yes.setEnabled(False)
        also = [side for box, side in self._also if box.isChecked()]
        self._context.writer.submit(
            partial(_merge, self._sides, self._to_write(), reason, also, self.back.is_said),
            label="Merging records",
            write=True,
            on_success=lambda _: self._finish(),
            on_failure=self._take_failure,
            owner=self,
        )

    def _finish(self) -> None:
        self.merged.emit(self._sides.diver is not None)
        self.accept()

    def _take_failure(self, error: DiveGovError) -> None:
        self.yes.setEnabled(True)
        if isinstance(error, Conflict) and error.facts.what not in ("status", "claimed"):
            self.outdated.emit(error)
        elif not isinstance(error, Cancelled):
            self.problem.say(error)
            self.back.offer(error)


def _check(
    key: int, values: Mapping[str, str | None], session: Any, _: ProgressSink, cancel: CancelToken
) -> Judged:
    return check_records(session, {key: values}, cancel)[key]


def _merge(
    sides: Sides,
    values: Mapping[str, str | None],
    reason: str,
    also: list[Side],
    is_back: bool,
    session: Any,
    _: ProgressSink,
    __: CancelToken,
) -> None:
    if sides.diver is not None:
        merge(session, sides, values, reason, also, is_back=is_back)
    else:
        keep_one(session, sides, values, reason, also)


def _explanation(sides: Sides) -> str:
    if sides.diver:
        return (
            "Choose for each field whose value survives. The result becomes a new version of the diver; "
            "the earlier one stays in the history."
        )
    return (
        "No diver has this email yet. Choose for each field whose value survives: this record gets them, "
        "and the others are discarded as duplicates. Then resubmit it."
    )
