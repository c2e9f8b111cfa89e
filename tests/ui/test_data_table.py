"""The table for a million rows: what it asks for, what it shows, what it drops, and how it is driven."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from divegov_gui.core.errors import Refused
from divegov_gui.core.progress import CancelToken
from divegov_gui.ui import theme
from divegov_gui.ui.tasks import Worker
from divegov_gui.ui.widgets import (
    CellBadge,
    Column,
    DataTable,
    RowRequest,
    SortChoice,
    VirtualTableModel,
    WorkerFetch,
)
from divegov_gui.ui.widgets.virtual_model import BLOCK, CACHED_BLOCKS, IN_FLIGHT, WAITING

MILLION = 1_000_000
COLUMNS = [
    Column("id", "Record", 90, align_right=True),
    Column("name", "Name", editable=True),
    Column("state", "State", badge=lambda row: CellBadge(row["state"], "info")),
    Column("note", "Note", sortable=False, tone=lambda row: "danger" if row["id"] % 2 else ""),
]


def record(i: int) -> dict[str, Any]:
    return {"id": i, "name": f"Diver {i}", "state": "Open", "note": None}


def records(request: RowRequest) -> list[dict[str, Any]]:
    return [record(i) for i in range(request.first, request.first + request.count)]


class Fetcher:
    """Collects requests; answers at once, or when told to."""

    def __init__(self, at_once: bool = True) -> None:
        self.at_once = at_once
        self.asked: list[RowRequest] = []
        self.model: VirtualTableModel | None = None

    def __call__(self, request: RowRequest) -> None:
        self.asked.append(request)
        if self.at_once:
            self.answer(request)

    def answer(self, request: RowRequest) -> bool:
        assert self.model is not None
        return self.model.deliver(request, records(request))


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher()


@pytest.fixture
def table(qtbot: QtBot, fetcher: Fetcher) -> DataTable:
    made = DataTable(COLUMNS, fetcher, name="quarantine.grid", accessible="Records", key="id")
    fetcher.model = made.rows
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def text(table: DataTable, row: int, column: int = 1) -> str:
    return str(table.rows.index(row, column).data())


def test_the_model_obeys_qts_rules(qtbot: QtBot, fetcher: Fetcher) -> None:
    model = VirtualTableModel(COLUMNS, fetcher, "id")
    fetcher.model = model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.reset(1000)
    for row in range(1000):
        model.index(row, 1).data()
    qtbot.waitUntil(lambda: fetcher.asked != [])
    model.extend(1100)
    model.refresh()
    model.reset_keys(array("q", range(50)))
    model.extend_keys(array("q", range(90)))
    model.reset(0)
    assert model.rowCount() == 0
    assert model.rowCount(model.index(0, 0)) == 0
    assert tester.model() is model


def test_a_million_rows_are_scrolled_through_with_few_requests(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    table.rows.reset(MILLION)
    for target in (0, MILLION // 2, MILLION - 1, 123_456, 7):
        table.go_to(target)
        qtbot.waitUntil(lambda target=target: text(table, target) == f"Diver {target}")
    assert len(fetcher.asked) <= 5 * 3
    assert all(request.count <= BLOCK for request in fetcher.asked)
    bar = table.verticalScrollBar()
    for step in range(0, bar.maximum(), bar.maximum() // 120):
        bar.setValue(step)
        table.viewport().grab()
        QApplication.processEvents()
    assert table.rows.cached_rows <= CACHED_BLOCKS * BLOCK


class Diary(QObject):
    """Writes down what happens in the order in which it does."""

    def __init__(self, table: DataTable, fetcher: Fetcher) -> None:
        super().__init__()
        self.pages: list[str] = []
        self._table, self._fetcher = table, fetcher
        table.viewport().installEventFilter(self)
        table.rows.rows_arrived.connect(lambda _: self.pages.append("arrived"))
        table.current_changed.connect(lambda row: self.pages.append(f"current {row and row['id']}"))

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.pages.append(f"painted, {len(self._fetcher.asked)} asked")
        return False


def test_what_comes_into_sight_is_asked_for_ahead_of_its_frame(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    table.rows.reset(MILLION)
    table.grab()
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    fetcher.at_once, before = False, len(fetcher.asked)
    diary = Diary(table, fetcher)
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum() // 2)
    qtbot.waitUntil(lambda: bool(diary.pages))
    assert diary.pages[0] in [f"painted, {before + 1} asked", f"painted, {before + 2} asked"]


def test_two_pages_that_come_into_sight_together_are_one_question(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    table.rows.reset_keys(array("q", range(MILLION)))
    table.grab()
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    fetcher.asked = []
    border = BLOCK * 1000
    table.go_to(border)
    qtbot.waitUntil(lambda: text(table, border) == f"Diver {border}")
    assert text(table, border - 1) == f"Diver {border - 1}"
    (request,) = fetcher.asked
    assert (request.first, request.count) == (border - BLOCK, 2 * BLOCK)
    fetcher.asked, fetcher.at_once = [], False
    table.go_to(2 * border)
    qtbot.waitUntil(lambda: bool(fetcher.asked))
    table.rows.fail(fetcher.asked[0], "The connection is lost.")
    assert (text(table, 2 * border - 1), text(table, 2 * border)) == ("!", "!")


def test_who_shows_the_current_row_hears_of_it_once_the_table_is_painted(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    table.rows.reset(MILLION)
    fetcher.at_once, fetcher.asked = False, []
    table.go_to(MILLION // 2)
    qtbot.waitUntil(lambda: bool(fetcher.asked))
    table.grab()
    diary = Diary(table, fetcher)
    for request in list(fetcher.asked):
        fetcher.answer(request)
    qtbot.waitUntil(lambda: f"current {MILLION // 2}" in diary.pages)
    heard = diary.pages.index(f"current {MILLION // 2}")
    assert any(page.startswith("painted") for page in diary.pages[:heard])


def test_a_row_that_has_not_arrived_shows_an_ellipsis(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    fetcher.at_once = False
    table.rows.reset(MILLION)
    assert text(table, 0) == "…"
    qtbot.waitUntil(lambda: len(fetcher.asked) == 1)
    with qtbot.waitSignal(table.rows.dataChanged):
        fetcher.answer(fetcher.asked[0])
    assert text(table, 0) == "Diver 0"


def test_an_answer_from_before_a_reset_is_dropped(qtbot: QtBot, table: DataTable, fetcher: Fetcher) -> None:
    fetcher.at_once = False
    table.rows.reset(MILLION)
    qtbot.waitUntil(lambda: len(fetcher.asked) == 1)
    late = fetcher.asked[0]
    table.rows.reset(10)
    assert not fetcher.answer(late)
    assert not table.rows.fail(late, "too late as well")
    assert text(table, 0) == "…"
    qtbot.waitUntil(lambda: len(fetcher.asked) == 2)
    assert fetcher.answer(fetcher.asked[1])


def test_of_many_wishes_the_newest_are_asked_for_first(qtbot: QtBot, fetcher: Fetcher) -> None:
    fetcher.at_once = False
    model = VirtualTableModel(COLUMNS, fetcher, "id")
    fetcher.model = model
    model.reset(MILLION)
    for block in range(50):
        model.texts(block * BLOCK)
    qtbot.waitUntil(lambda: len(fetcher.asked) == IN_FLIGHT)
    assert [request.block for request in fetcher.asked] == [49, 48]
    while len(fetcher.asked) < WAITING:
        asked = len(fetcher.asked)
        fetcher.answer(fetcher.asked[asked - IN_FLIGHT])
        qtbot.waitUntil(lambda asked=asked: len(fetcher.asked) > asked)
    assert [request.block for request in fetcher.asked] == [49, 48, 47]


def test_rows_that_cannot_be_had_say_so_and_are_tried_again(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    fetcher.at_once = False
    table.rows.reset(MILLION)
    qtbot.waitUntil(lambda: len(fetcher.asked) == 1)
    table.rows.fail(fetcher.asked[0], "The connection is lost.")
    assert text(table, 0) == "!"
    assert table.rows.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "The connection is lost."
    fetcher.at_once = True
    table.rows.retry()
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")


def test_keys_travel_with_requests_and_put_rows_in_their_places(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    fetcher.at_once = False
    table.rows.reset_keys(array("q", [30, 10, 20, 99]))
    qtbot.waitUntil(lambda: len(fetcher.asked) == 1)
    (request,) = fetcher.asked
    assert request.keys == (30, 10, 20, 99)
    table.rows.deliver(request, [record(10), record(20), record(30)])
    assert [text(table, row) for row in range(4)] == ["Diver 30", "Diver 10", "Diver 20", "…"]
    assert table.rows.key_at(3) == 99


def test_neighbours_at_hand_are_given_to_a_keyset_page(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    table.rows.reset(3 * BLOCK)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    table.rows.texts(BLOCK)
    qtbot.waitUntil(lambda: len(fetcher.asked) == 2)
    assert fetcher.asked[1].before == record(BLOCK - 1)


def test_a_changed_row_takes_the_place_of_the_old_one(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    table.rows.reset(10)
    qtbot.waitUntil(lambda: text(table, 3) == "Diver 3")
    table.rows.replace_rows([{**record(3), "name": "Cousteau"}])
    assert text(table, 3) == "Cousteau"
    assert len(fetcher.asked) == 1


def test_a_refresh_asks_anew_and_keeps_the_cursor(qtbot: QtBot, table: DataTable, fetcher: Fetcher) -> None:
    table.rows.reset(1000)
    table.go_to(500)
    qtbot.waitUntil(lambda: text(table, 500) == "Diver 500")
    asked = len(fetcher.asked)
    table.rows.refresh()
    qtbot.waitUntil(lambda: text(table, 500) == "Diver 500")
    assert len(fetcher.asked) > asked
    assert table.currentIndex().row() == 500


def test_growing_keeps_what_is_at_hand(qtbot: QtBot, table: DataTable, fetcher: Fetcher) -> None:
    table.rows.reset(BLOCK)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    table.rows.extend(MILLION)
    assert table.rows.rowCount() == MILLION
    assert text(table, 0) == "Diver 0"


def test_enter_and_double_click_open_a_row(qtbot: QtBot, table: DataTable) -> None:
    table.rows.reset(100)
    qtbot.waitUntil(lambda: text(table, 5) == "Diver 5")
    table.setFocus()
    table.go_to(4)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    with qtbot.waitSignal(table.row_activated) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [record(5)]
    place = table.visualRect(table.rows.index(2, 0)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(table.row_activated) as opened:
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert opened.args == [record(2)]


def test_the_row_under_the_cursor_is_told_again_when_it_arrives(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    fetcher.at_once = False
    table.rows.reset(100)
    qtbot.waitUntil(lambda: len(fetcher.asked) == 1)
    with qtbot.waitSignal(table.current_changed) as told:
        table.go_to(1)
    assert told.args == [None]
    with qtbot.waitSignal(table.current_changed) as told:
        fetcher.answer(fetcher.asked[0])
    assert told.args == [record(1)]


def test_a_million_selected_rows_are_one_range(qtbot: QtBot, table: DataTable) -> None:
    table.rows.reset(MILLION)
    with qtbot.waitSignal(table.selection_changed) as told:
        table.selectAll()
    assert told.args == [MILLION]
    assert table.selected_ranges() == [(0, MILLION - 1)]
    assert table.selected_indices(3) == [0, 1, 2]
    table.grab()


def test_selected_keys_are_those_that_are_known(qtbot: QtBot, table: DataTable) -> None:
    table.rows.reset(100)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    table.setFocus()
    table.go_to(2)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_keys() == [2, 3]


def test_a_header_or_a_key_asks_for_another_order(qtbot: QtBot, table: DataTable) -> None:
    table.rows.reset(10)
    asked: list[SortChoice] = []
    table.sort_requested.connect(asked.append)
    header = table.horizontalHeader()
    place = header.viewport().rect().center()
    place.setX(header.sectionViewportPosition(1) + 20)
    for _ in range(2):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert asked == [SortChoice("name", True), SortChoice("name", False)]
    assert table.selected_count() == 0, "sorting selects nothing"
    table.setFocus()
    table.setCurrentIndex(table.rows.index(0, 0))
    qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert asked[2:] == [SortChoice("id", True), SortChoice("id", False)]
    table.setCurrentIndex(table.rows.index(0, 3))
    qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert len(asked) == 4, "a column that cannot be sorted asks for nothing"


def test_a_cell_is_edited_by_keys_and_the_owner_is_told(qtbot: QtBot, table: DataTable) -> None:
    table.rows.reset(10)
    qtbot.waitUntil(lambda: text(table, 1) == "Diver 1")
    table.setFocus()
    table.setCurrentIndex(table.rows.index(1, 1))
    qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    qtbot.keyClicks(editor, "Cousteau")
    with qtbot.waitSignal(table.rows.cell_edited) as told:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    (edit,) = told.args
    assert (edit.index, edit.column, edit.old, edit.new) == (1, "name", "Diver 1", "Cousteau")
    assert text(table, 1) == "Diver 1", "the page shows what the database took, not what was typed"


def test_only_editable_columns_of_rows_at_hand_can_be_edited(table: DataTable, qtbot: QtBot) -> None:
    table.rows.reset(1000)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    editable = Qt.ItemFlag.ItemIsEditable
    assert table.rows.flags(table.rows.index(0, 1)) & editable
    assert not table.rows.flags(table.rows.index(0, 0)) & editable
    assert not table.rows.flags(table.rows.index(900, 1)) & editable
    assert not table.rows.setData(table.rows.index(0, 1), "Diver 0")


def test_selected_rows_are_copied_as_text(qtbot: QtBot, table: DataTable) -> None:
    table.rows.reset(10)
    qtbot.waitUntil(lambda: text(table, 1) == "Diver 1")
    table.setFocus()
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "Record\tName\tState\tNote\n1\tDiver 1\tOpen\t"


def test_typing_does_not_search_through_a_million_rows(
    qtbot: QtBot, table: DataTable, fetcher: Fetcher
) -> None:
    table.rows.reset(MILLION)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    table.setFocus()
    table.setCurrentIndex(table.rows.index(0, 0))
    qtbot.keyClicks(table, "x")
    assert len(fetcher.asked) == 1


def test_every_cell_has_words_for_assistive_technology(qtbot: QtBot, table: DataTable) -> None:
    table.rows.reset(MILLION)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    role = Qt.ItemDataRole.AccessibleTextRole
    assert table.rows.index(0, 2).data(role) == "Open"
    assert table.rows.index(MILLION - 1, 2).data(role) == "loading"
    assert table.rows.headerData(0, Qt.Orientation.Horizontal, role) == "Record"
    assert QModelIndex().data(role) is None


@pytest.mark.parametrize(("width", "is_wide"), [(900, True), (300, False)])
def test_columns_that_stretch_share_what_the_others_leave_and_keep_their_own_widths(
    qtbot: QtBot, table: DataTable, width: int, is_wide: bool
) -> None:
    table.stretch("name", "note")
    table.resize(width, 300)
    QApplication.processEvents()
    identity, name, state, note = (table.columnWidth(column) for column in range(4))
    assert (identity, state) == (COLUMNS[0].width, COLUMNS[2].width)
    assert abs(name - note) <= 1
    if is_wide:
        assert identity + name + state + note == table.viewport().width()
    else:
        assert (name, note) == (COLUMNS[1].width, COLUMNS[3].width)


def test_an_empty_table_says_what_to_do(qtbot: QtBot, table: DataTable) -> None:
    before = table.grab().toImage()
    table.set_placeholder("Nothing is waiting", "Ingest a batch, and what is rejected comes here.")
    assert table.grab().toImage() != before


def test_cells_are_painted_in_the_look_in_force(
    qtbot: QtBot, table: DataTable, themes: theme.ThemeManager
) -> None:
    table.rows.reset(10)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    themes.set_mode("dark")
    image = table.viewport().grab().toImage()
    assert image.pixelColor(300, 20).lightness() < 60


class Loader:
    def __init__(self) -> None:
        self.failure: Refused | None = None

    def __call__(self, session: object, request: RowRequest, cancel: CancelToken) -> list[dict[str, Any]]:
        if self.failure is not None:
            raise self.failure
        return records(request)


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(lambda: object())
    yield made
    assert made.shutdown()


def served(qtbot: QtBot, worker: Worker, load: Callable[..., Any]) -> DataTable:
    fetch = WorkerFetch(worker, load)
    table = DataTable(COLUMNS, fetch, name="history.grid", accessible="Versions", key="id")
    fetch.serve(table.rows)
    qtbot.addWidget(table)
    table.resize(800, 600)
    table.show()
    return table


def test_a_worker_fills_the_table(qtbot: QtBot, worker: Worker) -> None:
    table = served(qtbot, worker, Loader())
    table.rows.reset(MILLION)
    table.go_to(777_777)
    qtbot.waitUntil(lambda: text(table, 777_777) == "Diver 777777")
    for count in range(100, 120):
        table.rows.reset(count)
    qtbot.waitUntil(lambda: text(table, 0) == "Diver 0")
    qtbot.waitUntil(lambda: not worker.is_busy)


def test_a_workers_failure_is_seen_in_the_rows(qtbot: QtBot, worker: Worker) -> None:
    loader = Loader()
    loader.failure = Refused("Not for this role.")
    table = served(qtbot, worker, loader)
    table.rows.reset(10)
    qtbot.waitUntil(lambda: text(table, 0) == "!")
    assert table.rows.error_at(0) == "Not for this role."
