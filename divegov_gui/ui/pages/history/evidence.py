"""Writes evidence packs: asks for a folder, writes, verifies, and says where the pack is and what seals it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.evidence import pack_diver, pack_period
from divegov_gui.services.manifest import Pack, PackVerdict, verify_pack
from divegov_gui.ui import theme
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.pages.history.timeline_scale import utc_text
from divegov_gui.ui.paper import write_paper
from divegov_gui.ui.widgets import FormRow, button, icon_label, label, plural
from divegov_gui.ui.widgets.ask_where import ask_for_folder
from divegov_gui.ui.widgets.dialog import Dialog


@dataclass(frozen=True)
class Written:
    """A pack with what its verification says."""

    pack: Pack
    verdict: PackVerdict


class EvidenceResult(Dialog):
    """Where the pack is, and that it was verified."""

    def __init__(self, found: Written, window: QWidget) -> None:
        holds = found.verdict.holds
        title = "The evidence pack is written" if holds else "The evidence pack does not hold"
        super().__init__("history.evidence_result", title, "shield", window, width=600)
        close = button("Close", name="history.evidence_result.ok", variant="primary")
        self.add_button(close, self.accept, default=True)
        row = _verdict_row(holds, _verified(found))
        self.body.addWidget(row)
        for caption, value, name in (
            ("Folder", str(found.pack.folder), "folder"),
            ("Seal (SHA-256 of the manifest)", found.pack.seal, "seal"),
        ):
            field = QLineEdit(value)
            field.setReadOnly(True)
            field.setCursorPosition(0)
            self.body.addWidget(FormRow(caption, field, name=f"history.evidence_{name}"))
        listed = ", ".join(found.pack.files)
        self.body.addWidget(label(listed, "muted", wrap=True, name="history.evidence_files"))
        self.body.addWidget(
            label("Verify it again at any time: divegov evidence verify FOLDER", "hint", wrap=True)
        )


class Evidence(QObject):
    """Packs of one diver, or of a period over all divers."""

    def __init__(self, context: AppContext, window: QWidget) -> None:
        super().__init__(window)
        self._context, self._window = context, window

    def ask_for_diver(self, diver_id: int, as_of: int | None) -> None:
        """Ask where the pack of a diver is to go."""
        self._ask(f"evidence-diver-{diver_id}", partial(self.pack_diver, diver_id, as_of))

    def ask_for_period(self, since: str, until: str) -> None:
        """Ask where the pack of a period is to go."""
        self._ask("evidence-period", partial(self.pack_period, since, until))

    def pack_diver(self, diver_id: int, as_of: int | None, folder: Path) -> None:
        """Write the evidence about a diver into the new folder `folder`, as of an instant or now."""
        instant = None if as_of is None else utc_text(as_of)
        self._submit(
            lambda session, cancel: pack_diver(
                session, diver_id, folder, as_of=instant, make_pdf=write_paper, cancel=cancel
            )
        )

    def pack_period(self, since: str, until: str, folder: Path) -> None:
        """Write the evidence about a period (UTC text) into the new folder `folder`."""
        self._submit(
            lambda session, cancel: pack_period(
                session, since, until, folder, make_pdf=write_paper, cancel=cancel
            )
        )

    # --- inside
    def _ask(self, name: str, write: Callable[[Path], None]) -> None:
        """Ask for a folder; the pack is a new one inside it."""
        new = f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
        ask_for_folder(
            self._window,
            "history.evidence_dialog",
            "Where to put the evidence pack",
            lambda folder: write(folder / new),
        )

    def _submit(self, make: Callable[[Any, CancelToken], Pack]) -> None:
        def job(session: Any, _: ProgressSink, cancel: CancelToken) -> Written:
            pack = make(session, cancel)
            return Written(pack, verify_pack(pack.folder))

        self._context.reader.submit(
            job,
            label="Writing an evidence pack",
            on_success=lambda found: EvidenceResult(found, self._window).open(),
            on_failure=self._context.notifier.error,
            owner=self,
        )


def _verdict_row(holds: bool, words: str) -> QWidget:
    """A sign with the verdict beside it."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.current().space.s)
    tone = "success" if holds else "danger"
    row.addWidget(icon_label(tone, tone, 20))
    row.addWidget(label(words, "strong", wrap=True, name="history.evidence_verdict"), 1)
    return made


def _verified(found: Written) -> str:
    if found.verdict.holds:
        return f"Verified: all {plural(found.verdict.files, 'file')} are as they were written."
    return " ".join(found.verdict.problems)
