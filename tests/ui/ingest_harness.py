"""The Ingest page over a real workspace, and a person's hands on it."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from divegov_gui.core.records import RecordChunk
from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GeneratedSource
from divegov_gui.services.quality import BatchSummary, Overview, read_batch, read_overview
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.notifier import Notice, Notifier
from divegov_gui.ui.pages.ingest import IngestPage
from divegov_gui.ui.tasks import TaskBoard, Worker
from divegov_gui.ui.widgets import ConservationMeter

W = TypeVar("W", bound=QWidget)
HEADER = (
    "Index",
    "User Id",
    "First Name",
    "Last Name",
    "Sex",
    "Email",
    "Phone",
    "Date of birth",
    "Job Title",
)
_NAMES = (
    ("Shelia", "Mahoney"),
    ("Jo", "Rivers"),
    ("Åsa", "Østergård"),
    ("Niamh", "O’Byrne"),
    ("Zoé", "L'Hermitte"),
)


def write_people(
    path: Path, rows: int = 150, header: Sequence[str] = HEADER, encoding: str = "utf-8"
) -> Path:
    """A file as people bring it: no certification, three addresses that are none, everything else sound."""
    with path.open("w", newline="", encoding=encoding, errors="replace") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        for number in range(1, rows + 1):
            first, last = _NAMES[number % len(_NAMES)]
            email = "no address" if number % 50 == 0 else f"diver.{number}@example.org"
            born = f"{1950 + number % 50}-0{1 + number % 9}-1{number % 9}"
            phone = f"+1-555-{number:04d}-00"
            writer.writerow(
                [number, f"u{number:05x}", first, last, "F", email, phone, born, "Teacher, music"]
            )
    return path


class Steward:
    """A person at the page."""

    def __init__(
        self, qtbot: QtBot, context: AppContext, page: IngestPage, board: TaskBoard, at_first: set[str]
    ) -> None:
        self.qtbot, self.context, self.page, self.board = qtbot, context, page, board
        self.at_first = at_first
        """The names of what the page had before the event loop turned for the first time."""
        self.changes: list[frozenset[str]] = []
        self.aims: list[tuple[str, Any]] = []
        self.notices: list[Notice] = []
        context.changed.connect(self.changes.append)
        context.page_requested.connect(lambda key, aim: self.aims.append((key, aim)))
        context.notifier.posted.connect(self.notices.append)

    # --- looking
    def find(self, name: str, kind: type[W] = QWidget) -> W:  # type: ignore[assignment]
        """The control of that name."""
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    def sees(self, name: str) -> bool:
        """Whether the control of that name is on the screen."""
        return self.find(name).isVisible()

    def text(self, name: str) -> str:
        """What the control of that name says, in full."""
        found = self.find(name)
        full = getattr(found, "full", None)
        return str(full if full is not None else found.text())  # type: ignore[attr-defined]

    def words(self, name: str) -> str:
        """All that stands within the part of that name."""
        return " ".join(label.text() for label in self.find(name).findChildren(QLabel) if label.isVisible())

    def focused(self) -> str:
        """The name of the control with the focus."""
        focused = QApplication.focusWidget()
        return focused.objectName() if focused is not None else ""

    # --- doing
    def click(self, name: str) -> None:
        """Click a control, which must be there to be clicked."""
        found = self.find(name)
        assert found.isVisible(), name
        assert found.isEnabled(), name
        self.qtbot.mouseClick(found, Qt.MouseButton.LeftButton)

    def type_into(self, name: str, text: str) -> None:
        """Put `text` in the place of what stands in a field, and leave the field."""
        found = self.find(name)
        found.setFocus()
        found.selectAll()  # type: ignore[attr-defined]
        self.qtbot.keyClicks(found, text)
        self.qtbot.keyClick(found, Qt.Key.Key_Tab)

    def choose(self, name: str, text: str) -> None:
        """Choose an entry of a combo box by the keyboard."""
        found = self.find(name, QComboBox)
        found.setFocus()
        wanted = found.findText(text)
        assert wanted >= 0, text
        while found.currentIndex() != wanted:
            down = found.currentIndex() < wanted
            self.qtbot.keyClick(found, Qt.Key.Key_Down if down else Qt.Key.Key_Up)
        assert found.currentText() == text

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key wherever the focus is."""
        self.qtbot.keyClick(QApplication.focusWidget() or self.page, key, modifier)

    def wait_idle(self) -> None:
        """Wait until nothing runs."""
        workers = (self.context.reader, self.context.writer)
        self.qtbot.waitUntil(lambda: not any(worker.is_busy for worker in workers), timeout=30_000)

    def take_file(self, path: Path) -> None:
        """Choose a file with Browse, as the desktop's dialog would hand it over."""
        if self.page.setup.way != "file":
            self.click("ingest.way.file")
        self.page.setup.file.card.pick = lambda: str(path)
        self.click("ingest.browse")
        self.wait_idle()

    def start(self) -> None:
        """Press the button and wait for the end."""
        self.click("ingest.start")
        self.wait_idle()

    # --- what the database has
    def batch(self, batch_id: int) -> BatchSummary:
        """A batch as the database counts it."""
        with self.context.workspace.open_session() as session:
            return read_batch(session, batch_id)

    def assert_meter_tells(self, batch_id: int) -> None:
        """The meter on the screen says of a batch what the database counts."""
        outcomes = self.batch(batch_id).outcomes
        counts = self.find("ingest.meter", ConservationMeter).counts
        assert outcomes is not None
        assert counts is not None
        assert counts.holds
        for key in ("loaded", "promoted", "unchanged", "duplicate", "quarantined"):
            assert getattr(counts, key) == getattr(outcomes, key), key

    def overview(self) -> Overview:
        """The workspace as the database counts it."""
        with self.context.workspace.open_session() as session:
            return read_overview(session)


def open_page(qtbot: QtBot, folder: Path, board: TaskBoard) -> Iterator[Steward]:
    """A page over a new workspace in `folder`; afterwards both threads have ended."""
    workspace = Workspace(folder / "harbour.db")
    crashes: list[BaseException] = []
    reader = Worker(workspace.open_session, name="reader", board=board, on_crash=crashes.append)
    writer = Worker(workspace.open_session, name="writer", board=board, on_crash=crashes.append)
    context = AppContext(workspace, reader=reader, writer=writer, notifier=Notifier())
    page = IngestPage(context)
    qtbot.addWidget(page)
    page.resize(1072, 710)
    page.show()
    at_first = {part.objectName() for part in page.findChildren(QWidget)}
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.page_shown()
    steward = Steward(qtbot, context, page, board, at_first)
    qtbot.waitUntil(lambda: page.setup.generate.is_whole)
    steward.wait_idle()
    yield steward
    assert writer.shutdown()
    assert reader.shutdown()
    assert crashes == []


class HeldSource(GeneratedSource):
    """A source that stands still before its second chunk, until it is let go."""

    reached = threading.Event()
    let_go = threading.Event()

    def chunks(self) -> Iterator[RecordChunk]:
        for place, chunk in enumerate(super().chunks()):
            if place == 1:
                self.reached.set()
                assert self.let_go.wait(20)
            yield chunk

    @classmethod
    def hold(cls) -> None:
        """Stand still at the next run."""
        cls.reached.clear()
        cls.let_go.clear()
