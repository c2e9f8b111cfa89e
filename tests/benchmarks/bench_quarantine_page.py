"""The quarantine page over many open records: what opening, scrolling, painting, jumping and its memory cost.

python -m tests.benchmarks.big_quarantine FILE 1000000
python -m tests.benchmarks.bench_quarantine_page FILE
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QEventLoop,
    QModelIndex,
    QObject,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QStyledItemDelegate, QTableView, QWidget

from divegov_gui.app import Steward
from divegov_gui.core.records import COLUMNS
from divegov_gui.services.queue import QueueRow
from tests.benchmarks.window import opened, wait

_SIZE = (1920, 1080)
NOTHING = {name: None for name in QueueRow._fields if name.lower() in {c.lower() for c in COLUMNS}}


def run(path: Path) -> dict[str, float]:
    """Measure the page on the workspace `path`, in which something waits, be it ever so little."""
    if not waiting(path):
        raise SystemExit(f"No record waits in {path}: python -m tests.benchmarks.big_quarantine makes some.")
    found: dict[str, float] = {}
    with opened(path, _SIZE) as steward:
        steward.window.show()
        wait(steward.is_quiet)
        before = resident()
        began = time.perf_counter()
        steward.window.go_to("quarantine")
        page: Any = steward.window.page("quarantine")
        grid = page.grid
        wait(lambda: grid.rows.row(0) is not None)
        steward.window.grab()
        found["first rows, ms"] = 1000 * (time.perf_counter() - began)
        wait(lambda: not steward.is_busy and page.loader.is_complete)
        found["all keys and counts, ms"] = 1000 * (time.perf_counter() - began)
        found["records"] = grid.rows.rowCount()
        grid.grab()
        wait(lambda: not steward.is_busy)
        found.update(painting(grid))
        found.update(scrolling(grid, steward))
        found["memory of the page, MB"] = resident() - before
        found.update(jumping(grid, steward, path))
        for name, act in (
            ("facet click, ms", lambda: page.look_at(page.loader.query.toggled("rule", "EMAIL_FORMAT"))),
            ("search, ms", lambda: page.look_at(page.loader.query.searching("reef"))),
        ):
            began = time.perf_counter()
            act()
            arrived: list[object] = []
            page.loader.listed.connect(arrived.append)
            wait(lambda: bool(arrived))  # noqa: B023 - waited for within the same turn
            grid.grab()
            found[name] = 1000 * (time.perf_counter() - began)
            wait(lambda: not steward.is_busy)
    return found


def painting(grid: Any) -> dict[str, float]:
    """A frame of the grid, and of the same grid with empty cells; medians of interleaved frames.

    Empty: the same rows without a value and without a failure. Beside it a stock table with a stock delegate.
    """
    places = range(min(200, grid.rows.rowCount()))
    rows = [row for row in map(grid.rows.row, places) if row is not None]
    blank = [row._replace(failed_checks=0, edited_columns=0, **NOTHING) for row in rows]
    drawn, stock = grid.itemDelegate(), QStyledItemDelegate(grid)
    taken: dict[str, list[float]] = {"full": [], "empty": [], "stock": []}
    for _ in range(40):
        for name, shown, delegate in (
            ("full", rows, drawn),
            ("empty", blank, drawn),
            ("stock", blank, stock),
        ):
            grid.setItemDelegate(delegate)
            grid.rows.replace_rows(shown)
            QCoreApplication.processEvents()
            grid.viewport().repaint()
            taken[name].append(frame(grid))
    grid.setItemDelegate(drawn)
    grid.rows.replace_rows(rows)
    one, floor, usual = (statistics.median(taken[name]) for name in ("full", "empty", "stock"))
    return {
        "frame, ms": one,
        "frame of empty cells, ms": floor,
        "frame ratio": one / floor,
        "empty cells, stock delegate, ms": usual,
    }


def frame(grid: QTableView) -> float:
    """Milliseconds that the thread works at one repaint of all that is in sight, whatever else the machine does."""
    began = time.thread_time()
    grid.viewport().repaint()
    return 1000 * (time.thread_time() - began)


def scrolling(grid: QTableView, steward: Steward) -> dict[str, float]:
    """Scroll by wheel steps and by leaps; the longest that the window's thread was kept."""
    bar = grid.verticalScrollBar()
    chance, stalls, worked = random.Random(7), [], []
    places = [min(bar.maximum(), step * 90) for step in range(150)]
    places += [chance.randrange(bar.maximum() + 1) for _ in range(60)]
    for place in places:
        began, busy = time.perf_counter(), time.thread_time()
        bar.setValue(place)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        grid.viewport().repaint()
        QCoreApplication.processEvents()
        stalls.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.thread_time() - busy))
    wait(lambda: not steward.is_busy)
    return {
        "longest stall, ms": max(stalls),
        "stall, 99th of 100, ms": statistics.quantiles(stalls, n=100)[98],
        "longest own work in a turn, ms": max(worked),
    }


def jumping(grid: Any, steward: Steward, path: Path) -> dict[str, float]:
    """To the middle until its rows are painted, of this grid and of the usual model in turns; medians.

    By the clock, and by what the processor had to do for it, in all threads: on a busy machine the clock also tells
    of the others.
    """
    ours: list[Taken] = []
    usual: list[Taken] = []
    for turn in range(7):
        grid.verticalScrollBar().setValue(0)
        grid.grab()
        wait(lambda: not steward.is_busy)
        count = grid.rows.rowCount()
        middle = count // 2 + min(turn * 7_001, turn * (count // 16))
        ours.append(jump(grid, middle))
        wait(lambda: not steward.is_busy)
        usual.append(fetch_more(path, middle, grid))
    times = [theirs.clock / mine.clock for mine, theirs in zip(ours, usual, strict=True)]
    by_cpu = [theirs.cpu / mine.cpu for mine, theirs in zip(ours, usual, strict=True)]
    return {
        "jump to the middle, ms": statistics.median(one.clock for one in ours),
        "fetchMore to the middle, ms": statistics.median(one.clock for one in usual),
        "jump is faster, times": statistics.median(times),
        "at the least, times": min(times),
        "jump, ms of processor": statistics.median(one.cpu for one in ours),
        "faster by processor, times": statistics.median(by_cpu),
        "at the least, by processor": min(by_cpu),
    }


class Taken(NamedTuple):
    """Milliseconds by the clock, and of the processor."""

    clock: float
    cpu: float

    @classmethod
    def since(cls, began: Taken) -> Taken:
        now = cls.now()
        return cls(now.clock - began.clock, now.cpu - began.cpu)

    @classmethod
    def now(cls) -> Taken:
        return cls(1000 * time.perf_counter(), 1000 * time.process_time())


def jump(grid: Any, middle: int) -> Taken:
    """Until a frame shows the row, as the window's own loop brings it."""
    eye = Eye(grid.viewport(), lambda: grid.rows.row(middle) is not None)
    began = Taken.now()
    grid.go_to(middle)
    grid.viewport().update()  # in a short list the row may be in sight, and the cursor on it
    eye.loop.exec()
    return Taken.since(began)


def fetch_more(path: Path, middle: int, grid: QWidget) -> Taken:
    """The usual model, which holds every row from the first on, to the same place in a table of the same size."""
    model = FetchMore(path)
    view = QTableView()
    view.setModel(model)
    view.resize(grid.size())
    view.verticalHeader().setDefaultSectionSize(28)
    view.show()
    wait(lambda: not view.visibleRegion().isEmpty())
    began = Taken.now()
    while model.rowCount() <= middle:
        model.fetchMore(QModelIndex())
    view.scrollTo(model.index(middle, 0), QTableView.ScrollHint.PositionAtCenter)
    view.viewport().repaint()
    taken = Taken.since(began)
    view.close()
    model.connection.close()
    return taken


class Eye(QObject):
    """Ends its loop once `widget` has painted a frame in which `shows` held."""

    painted = Signal()

    def __init__(self, widget: QWidget, shows: Callable[[], bool]) -> None:
        super().__init__()
        self._shows = shows
        self.loop = QEventLoop()
        self.painted.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._shows():
            self.painted.emit()  # heard after this frame
        return False

    def _end(self) -> None:
        self._widget.removeEventFilter(self)
        self.loop.quit()


class FetchMore(QAbstractTableModel):
    """Rows in the order of their ids, 256 more at a time."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.connection = sqlite3.connect(path)
        self._cursor = self.connection.execute(
            "SELECT Quarantine_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification "
            "FROM Data_Quarantine WHERE Status = 'Open' ORDER BY Quarantine_ID"
        )
        self._rows: list[tuple[object, ...]] = []

    def rowCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Any = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 7

    def canFetchMore(self, _: Any) -> bool:
        return True

    def fetchMore(self, _: Any) -> None:
        rows = self._cursor.fetchmany(256)
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(rows) - 1)
        self._rows.extend(rows)
        self.endInsertRows()

    def data(self, index: Any, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return self._rows[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None


def waiting(path: Path) -> int:
    """How many records wait in the workspace `path`."""
    with closing(sqlite3.connect(path)) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open'")
    return int(count)


def resident() -> float:
    """Megabytes of this process in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    for name, value in run(Path(sys.argv[1])).items():
        print(f"{name:>32}  {value:,.1f}")
