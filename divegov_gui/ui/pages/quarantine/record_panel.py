"""One rejected record: every reason with what was seen and what to do, and the record as it arrived."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from divegov_gui.services.quarantine import QuarantineRecord, Reason
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked_payload
from divegov_gui.ui.pages.quarantine.columns import show_value
from divegov_gui.ui.times import local_time, utc_time
from divegov_gui.ui.widgets import icon_label, label, plural, reveal, rule

_MOST = 20_000
"""Characters of a payload that are shown."""
_TITLES = {
    "First_Name": "First name",
    "Last_Name": "Last name",
    "Date_Of_Birth": "Date of birth",
    "Source_Reference": "Source reference",
    "Payload": "Record",
}


class RecordPanel(QFrame):
    """The record under the cursor."""

    def __init__(self, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setMinimumWidth(320)
        self._mask = mask
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.l, space.l, space.s, space.l)
        layout.setSpacing(space.m)
        self._title = label("", "heading", name="quarantine.title")
        self._where = label("", "muted", wrap=True)
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(self._title)
        head.addWidget(self._where)
        layout.addLayout(head)
        self._reasons = QVBoxLayout()
        self._reasons.setSpacing(space.m)
        self._reasons.setContentsMargins(0, 0, space.s, 0)
        layout.addWidget(self._scroll_area(), 1)
        self._blocks: list[QWidget] = []
        self.show_record(None)

    def show_record(self, record: QuarantineRecord | None) -> None:
        """Show `record`; its payload follows by `show_payload`."""
        for block in self._blocks:
            self._reasons.removeWidget(block)
            block.hide()
            block.deleteLater()
        self._blocks = []
        reveal(self._area, record is not None)
        self.payload.setPlainText("")
        if record is None:
            self._title.setText("No record selected")
            self._where.setText("Select one to see every reason why it was rejected.")
            return
        self._title.setText(f"Record {record.quarantine_id:,}")
        row = f"Row {record.source_row:,} of " if record.source_row else ""
        self._where.setText(
            f"{row}{record.source_name}, batch {record.batch_id}, {local_time(record.quarantined_at)}"
        )
        self._where.setToolTip(utc_time(record.quarantined_at))
        self._count.setText(plural(len(record.reasons), "reason"))
        for reason in record.reasons:
            self._blocks.append(self._block(reason))
            self._reasons.addWidget(self._blocks[-1])
        self._area.verticalScrollBar().setValue(0)

    def show_payload(self, payload: str | None) -> None:
        """Show the record as it arrived, verbatim."""
        if payload is None:
            self.payload.setPlainText("The record is not there any more.")
            return
        cut = f"\n… {len(payload):,} characters in all" if len(payload) > _MOST else ""
        shown = masked_payload(payload) if self._mask else payload
        self.payload.setPlainText(shown[:_MOST] + cut)

    # --- building
    def _scroll_area(self) -> QScrollArea:
        space = theme.current().space
        self._area = QScrollArea()
        self._area.setObjectName("quarantine.record")
        self._area.setAccessibleName("The selected record")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, space.s, 0)
        layout.setSpacing(space.m)
        self._count = label("", "overline")
        layout.addWidget(self._count)
        layout.addLayout(self._reasons)
        layout.addWidget(rule())
        layout.addWidget(label("As it arrived", "overline"))
        self.payload = self._payload_view()
        layout.addWidget(self.payload, 1)
        self._area.setWidget(inside)
        return self._area

    def _payload_view(self) -> QPlainTextEdit:
        view = QPlainTextEdit()
        view.setObjectName("quarantine.payload")
        view.setAccessibleName("The record as it arrived")
        view.setProperty("role", "sql")
        view.setReadOnly(True)
        view.setTabChangesFocus(True)
        view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        view.setFont(theme.mono_font(12))
        view.setMinimumHeight(100)
        return view

    def _block(self, reason: Reason) -> QWidget:
        """One reason: sign and wording, what was seen, what to do."""
        tone = "danger" if reason.severity == "error" else "warning"
        space = theme.current().space
        block = QWidget()
        row = QHBoxLayout(block)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.s)
        row.addWidget(icon_label(tone, tone, 18), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(space.xs)
        words.addWidget(label(reason.wording, "strong", wrap=True))
        words.addWidget(label(self._observed(reason), wrap=True))
        words.addWidget(label(reason.hint, "muted", wrap=True))
        code = label(f"{reason.code} · {reason.severity}", "hint")
        words.addWidget(code)
        row.addLayout(words, 1)
        return block

    def _observed(self, reason: Reason) -> str:
        name = _TITLES.get(reason.column, reason.column)
        if reason.column == "Payload":
            return "The whole record, as it arrived below."
        seen = show_value(reason.column, reason.observed, self._mask)
        return f"{name}: “{seen}”" if seen.strip() else f"{name}: nothing was given"
