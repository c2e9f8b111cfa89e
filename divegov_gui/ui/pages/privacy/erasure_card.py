"""Erasing a person, step by step: rehearse, confirm in writing, wait, and keep the certificate."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QTextBrowser, QVBoxLayout, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import Progress
from divegov_gui.services.papers import as_html
from divegov_gui.services.subject_papers import certificate_paper, outside
from divegov_gui.services.subjects import Erased, Inventory
from divegov_gui.ui import theme
from divegov_gui.ui.pages.privacy.inventory import InventoryTable
from divegov_gui.ui.widgets import (
    Card,
    FormRow,
    ProgressPanel,
    ReasonRow,
    button,
    icon_label,
    label,
    plural,
    reveal,
)
from divegov_gui.ui.widgets.question import Problem

_WHAT = (
    "Everything held of this person goes: the diver and all versions, the rows as they arrived, quarantine records "
    "with their edits. Dives and tours stay without a name; the action log holds no personal data and stays whole. "
    "The rehearsal shows what would go and removes nothing."
)


class ErasureCard(Card):
    """The steps of an erasure for the person that is chosen."""

    rehearsal_wanted = Signal(object)
    """This card: the person wants to know what would go."""
    erasure_wanted = Signal(object)
    """The reason with which the person has confirmed the erasure."""
    turned = Signal(object)
    """Whether the card has anything to show but its beginning, and wants the room."""
    save_wanted = Signal(object)
    """The Erased whose certificate is to be saved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "Erase this person", "Right to erasure: rehearsed first, then for good, then verified", parent
        )
        self._diver_id: int | None = None
        self._done: Erased | None = None
        self._is_rehearsed = False
        self._intro = self._make_intro()
        self._confirm = self._make_confirm()
        self._certificate = self._make_certificate()
        self.progress = ProgressPanel("privacy.erasing", unit="")
        self.problem = Problem("privacy.erase_problem")
        for part in (self._intro, self._confirm, self.progress, self._certificate, self.problem):
            self.body.addWidget(part, 100 if part in (self._certificate, self._confirm) else 0)
        self.body.addStretch(1)
        self.begin(None)

    @property
    def word(self) -> str:
        """What is to be typed to confirm."""
        return f"ERASE {self._diver_id}"

    @property
    def is_certified(self) -> bool:
        """Whether a certificate is in sight."""
        return self._done is not None

    def begin(self, diver_id: int | None) -> None:
        """Start with a person; what was rehearsed of another one is forgotten."""
        self._diver_id, self._done, self._is_rehearsed = diver_id, None, False
        self._show(self._intro)
        self.rehearse.setEnabled(diver_id is not None)
        self.problem.say(None)

    def refuse(self, why_not: str) -> None:
        """Say why the role may not; an empty text lets it."""
        self._intro_words.setText(why_not or _WHAT)
        reveal(self.rehearse, not why_not)

    def wait(self, stage: str) -> None:
        """Show that it is under way; it cannot be stopped halfway, since it is one transaction."""
        self.problem.say(None)
        self._show(self.progress)
        self.progress.start(stage, can_cancel=False)

    def report(self, progress: Progress) -> None:
        """Show how far it is."""
        self.progress.report(progress)

    def show_rehearsal(self, found: Inventory) -> None:
        """Show what would go, and ask."""
        going = [line for line in found.lines if line.rows and not line.stays]
        kept = " An anonymous diver stays, since dives or bookings refer to it." if found.is_kept else ""
        self._is_rehearsed = True
        self._sum.setText(
            f"{plural(found.rows, 'row')} in {plural(len(going), 'place')} would go. Nothing is changed yet.{kept}"
        )
        self.inventory.show_lines(found.lines)
        self._outside.setText(outside(found.batches))
        self._typed.clear()
        self._why.line.clear()
        self._typed_row.set_hint(f"Type {self.word}")
        self._check()
        self._show(self._confirm)

    def show_certificate(self, done: Erased, kept: Path | None) -> None:
        """Show that it is done, how it was verified, and the certificate; and where a copy of it is `kept`."""
        self._kept.setText(
            f"It cannot be made again. A copy is kept in {kept}"
            if kept
            else "It cannot be made again, and no copy of it could be kept: save it now."
        )
        self._done = done
        clean = done.certificate.is_clean
        count = done.certificate.facts["verification"]["values_searched"]
        self._verdict.setText(
            f"Erased, and verified by searching again for all {plural(count, 'former value')}: none was found."
            if clean
            else "Erased, but the search afterwards still found something. The certificate says where."
        )
        tone = "success" if clean else "danger"
        theme.set_icon(self._verdict_sign, tone, tone, 20)
        self.paper.setHtml(as_html(certificate_paper(done.certificate), styled=False))
        self._show(self._certificate)

    def say_problem(self, error: DiveGovError) -> None:
        """Say why it was not done; nothing was removed."""
        self._show(self._confirm if self._is_rehearsed else self._intro)
        self._check()
        self.problem.say(error)

    # --- building
    def _make_intro(self) -> QWidget:
        part, layout = _part()
        self._intro_words = label(_WHAT, "muted", wrap=True, name="privacy.erase_note")
        layout.addWidget(self._intro_words)
        row = QHBoxLayout()
        self.rehearse = button(
            "Rehearse the erasure", name="privacy.rehearse", variant="primary", icon="rehearse"
        )
        self.rehearse.clicked.connect(lambda: self.rehearsal_wanted.emit(self))
        row.addWidget(self.rehearse)
        row.addStretch(1)
        layout.addLayout(row)
        return part

    def _make_confirm(self) -> QWidget:
        part, layout = _part()
        head = QHBoxLayout()
        head.setSpacing(theme.current().space.s)
        head.addWidget(icon_label("rehearse", "info", 18))
        self._sum = label("", "strong", wrap=True, name="privacy.inventory_sum")
        head.addWidget(self._sum, 1)
        layout.addLayout(head)
        self.inventory = InventoryTable("privacy.inventory")
        layout.addWidget(self.inventory, 100)
        self._outside = label("", "muted", wrap=True, name="privacy.outside")
        layout.addWidget(self._outside)
        for each in (self._sum, self._outside):
            _ask_for_lines(each)
        fields = QHBoxLayout()
        fields.setSpacing(theme.current().space.m)
        self._why = ReasonRow("privacy.erase_reason", "Such as the number of the request; no name.")
        self._typed = QLineEdit()
        self._typed_row = FormRow("&Confirm in writing", self._typed, name="privacy.erase_word")
        for field in (self._why.line, self._typed):
            field.textChanged.connect(lambda _: self._check())
        fields.addWidget(self._why, 1)
        fields.addWidget(self._typed_row, 1)
        layout.addLayout(fields)
        row = QHBoxLayout()
        back = button("Keep the person", name="privacy.keep")
        back.clicked.connect(lambda: self.begin(self._diver_id))
        self.erase = button("Erase for good", name="privacy.erase", variant="danger", icon="erase")
        self.erase.clicked.connect(lambda: self.erasure_wanted.emit(self._why.text))
        row.addStretch(1)
        row.addWidget(back)
        row.addWidget(self.erase)
        layout.addLayout(row)
        layout.addStretch(1)
        return part

    def _make_certificate(self) -> QWidget:
        part, layout = _part()
        head = QHBoxLayout()
        head.setSpacing(theme.current().space.s)
        self._verdict_sign = icon_label("success", "success", 20)
        head.addWidget(self._verdict_sign)
        self._verdict = label("", "strong", wrap=True, name="privacy.verdict")
        head.addWidget(self._verdict, 1)
        self.save = button("Save the certificate", name="privacy.save_certificate", icon="save")
        self.save.clicked.connect(lambda: self.save_wanted.emit(self._done))
        head.addWidget(self.save)
        layout.addLayout(head)
        self._kept = label("", "hint", wrap=True, name="privacy.certificate_kept")
        _ask_for_lines(self._kept)
        layout.addWidget(self._kept)
        self.paper = QTextBrowser()
        self.paper.setObjectName("privacy.certificate")
        self.paper.setAccessibleName("Certificate of erasure")
        self.paper.setMinimumHeight(260)
        self.paper.setOpenLinks(False)
        layout.addWidget(self.paper, 1)
        return part

    # --- inside
    def _show(self, part: QWidget) -> None:
        for each in (self._intro, self._confirm, self.progress, self._certificate):
            reveal(each, each is part)
        self.turned.emit(part is not self._intro)

    def _check(self) -> None:
        """The button waits for a reason and the word."""
        self.erase.setEnabled(bool(self._why.text) and self._typed.text().strip() == self.word)


def _ask_for_lines(words: QLabel) -> None:
    """Let a text ask for as many lines as it has at its width, and not for those that it had at a guessed one."""
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    words.setSizePolicy(policy)


def _part() -> tuple[QWidget, QVBoxLayout]:
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.current().space.m)
    return part, layout
