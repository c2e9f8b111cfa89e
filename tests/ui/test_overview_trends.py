"""Overview, over time: every number of a chart is recomputed from the tables; charts lead on and can be saved."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from driving import ask, click, clipped, fill, find, quiet
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMenu, QPushButton, QTabBar, QTableView
from pytestqt.qtbot import QtBot
from test_overview_page import turn_to

from divegov_gui.services.connections import Workspace
from divegov_gui.services.generation import GenerationRequest
from divegov_gui.services.review import Edit, discard_records, edit_records
from divegov_gui.ui.widgets.chart import Chart
from divegov_gui.ui.widgets.chart_card import ChartCard
from divegov_gui.ui.widgets.chart_data import ChartData, ChartPlan, Mark, Series
from divegov_gui.ui.widgets.list_table import ListTable

AGES = (0, 3, 3, 40)
"""How many days ago the four batches arrived."""
CARDS = ("share", "batch_trend", "rule_trend", "waits", "backlog", "sources", "repairs")


def day(age: int) -> str:
    return (datetime.now(timezone.utc).date() - timedelta(age)).isoformat()


@pytest.fixture(scope="session")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four batches of three days, two sources; some records edited, some discarded after different waits."""
    path = fill(
        tmp_path_factory.mktemp("dated") / "dated.db",
        *(GenerationRequest(100, seed=seed, dirty=0.3) for seed in (1, 2, 3, 4)),
    )
    with Workspace(path).open_session() as session:  # type: ignore[attr-defined]
        edit_records(session, [Edit(one, 1, "Email", f"d{one}@example.org") for one in range(1, 6)])
        edit_records(session, [Edit(one, 1, "Phone", "?") for one in range(7, 9)])
        edit_records(session, [Edit(one, 2, "Email", f"e{one}@example.org") for one in (1, 3)])
        discard_records(session, [(one, 1) for one in range(10, 15)], "test_data", None)
    with closing(sqlite3.connect(path)) as raw, raw:
        for batch, age in enumerate(AGES, start=1):
            at = f"{day(age)} 00:00:01.000000"
            raw.execute(
                "UPDATE Ingestion_Batch SET Received_At = ?, Source_Name = ? WHERE Batch_ID = ?",
                (at, f"source {batch % 2}", batch),
            )
            raw.execute("UPDATE Data_Quarantine SET Quarantined_At = ? WHERE Batch_ID = ?", (at, batch))
        raw.execute(
            f"UPDATE Quarantine_Revision SET Edited_At = '{day(40)} 00:00:01.000000' WHERE Revision_ID <= 2"
        )
        raw.execute(
            "UPDATE Data_Quarantine SET Resolved_At = date(Quarantined_At) || "
            "printf(' 00:%02d:01.000000', Quarantine_ID) WHERE Status <> 'Open'"
        )
    return path


@pytest.fixture
def steward(qtbot: QtBot, open_on: Any, dated: Path, tmp_path: Path) -> Any:
    made = open_on(Path(shutil.copy(dated, tmp_path / "dated.db")))
    turn_to(qtbot, made, "Over time")
    return made


def card(steward: Any, name: str) -> ChartCard:
    return find(steward, f"overview.{name}", ChartCard)


def marks(steward: Any, name: str) -> list[tuple[Any, ...]]:
    return [mark.cells for mark in card(steward, name).chart.data.marks]


def all_time(qtbot: QtBot, steward: Any) -> None:
    click(qtbot, steward, "overview.period.all")
    quiet(steward)


def choose(qtbot: QtBot, steward: Any, period: str) -> str:
    """Turn to a period; the day with which it begins."""
    click(qtbot, steward, f"overview.period.{period}")
    quiet(steward)
    return "" if period == "all" else day(int(period) - 1)


PERIODS = pytest.mark.parametrize("period", ["30", "all"])

# the numbers ------------------------------------------------------------------------------------------------------


def test_the_share_is_that_of_the_raw_records_by_day(qtbot: QtBot, steward: Any, dated: Path) -> None:
    all_time(qtbot, steward)
    rows = ask(
        dated,
        "SELECT substr(b.Received_At, 1, 10), count(DISTINCT b.Batch_ID), count(*), sum(o.Outcome = 'Quarantined'), "
        "round(100.0 * sum(o.Outcome <> 'Quarantined') / count(*), 4) FROM Raw_Record r JOIN Record_Outcome o "
        "USING (Raw_ID) JOIN Ingestion_Batch b USING (Batch_ID) GROUP BY 1 ORDER BY 1",
    )
    assert marks(steward, "share") == rows
    drawn = card(steward, "share").chart.data.marks
    assert [round(mark.values[0], 4) for mark in drawn] == [row[4] for row in rows]
    said = card(steward, "share").readout.text()
    right = sum(int(str(row[2])) - int(str(row[3])) for row in rows)
    assert said == f"Altogether {100 * right / 400:.1f} %: {right} of 400 records."


def test_the_rules_are_the_first_violations_of_the_period(steward: Any, dated: Path) -> None:
    rows = ask(
        dated,
        "SELECT v.Rule_Code, count(DISTINCT v.Raw_ID) FROM Quarantine_Violation v JOIN Raw_Record r USING (Raw_ID) "
        f"JOIN Ingestion_Batch b USING (Batch_ID) WHERE b.Received_At >= '{day(29)}' GROUP BY 1 ORDER BY 2 DESC, 1",
    )
    assert [cells[:2] for cells in marks(steward, "rule_trend")] == rows
    assert [mark.values for mark in card(steward, "rule_trend").chart.data.marks] == [
        (float(str(row[1])),) for row in rows
    ]


@PERIODS
def test_the_sources_are_the_sums_of_their_records_of_the_period(
    qtbot: QtBot, steward: Any, dated: Path, period: str
) -> None:
    since = choose(qtbot, steward, period)
    rows = ask(
        dated,
        "SELECT b.Source_Name, count(DISTINCT b.Batch_ID), count(*), sum(o.Outcome = 'Quarantined') FROM Raw_Record r "
        "JOIN Record_Outcome o USING (Raw_ID) JOIN Ingestion_Batch b USING (Batch_ID) "
        f"WHERE b.Received_At >= '{since}' GROUP BY 1 ORDER BY 4 DESC, 1",
    )
    assert len(rows) == 2
    assert [cells[:4] for cells in marks(steward, "sources")] == rows
    assert [mark.values for mark in card(steward, "sources").chart.data.marks] == [
        (int(str(row[2])) - int(str(row[3])), row[3]) for row in rows
    ]


def test_the_batches_are_those_of_the_period_by_their_records(steward: Any, dated: Path) -> None:
    rows = ask(
        dated,
        "SELECT b.Batch_ID, substr(b.Received_At, 1, 10), count(*), sum(o.Outcome = 'Quarantined'), "
        "round(100.0 * sum(o.Outcome <> 'Quarantined') / count(*), 4) FROM Raw_Record r JOIN Record_Outcome o "
        f"USING (Raw_ID) JOIN Ingestion_Batch b USING (Batch_ID) WHERE b.Received_At >= '{day(29)}' "
        "GROUP BY 1 ORDER BY 1 DESC",
    )
    assert marks(steward, "batch_trend") == rows


def test_the_wait_is_the_median_of_the_days_records(qtbot: QtBot, steward: Any, dated: Path) -> None:
    all_time(qtbot, steward)
    waits: dict[str, list[float]] = {}
    for resolved_on, minutes in ask(
        dated,
        "SELECT date(Resolved_At), (strftime('%s', Resolved_At) - strftime('%s', Quarantined_At)) / 60.0 "
        "FROM Data_Quarantine WHERE Status <> 'Open'",
    ):
        waits.setdefault(str(resolved_on), []).append(float(str(minutes)))
    shown = {cells[0]: (cells[1], cells[5]) for cells in marks(steward, "waits")}
    assert shown.keys() == waits.keys()
    for resolved_on, each in waits.items():
        assert shown[resolved_on] == (len(each), pytest.approx(median(each), abs=0.01))


@PERIODS
def test_the_backlog_is_the_open_records_of_the_period_by_age(
    qtbot: QtBot, steward: Any, dated: Path, period: str
) -> None:
    since = choose(qtbot, steward, period)
    ages = "sum(a = 0), sum(a BETWEEN 1 AND 6), sum(a BETWEEN 7 AND 29), sum(a BETWEEN 30 AND 89)"
    ((*counted, ready, waiting),) = ask(
        dated,
        f"SELECT {ages}, sum(Failed_Checks = 0), count(*) FROM (SELECT Failed_Checks, julianday(date('now')) "
        "- julianday(date(Quarantined_At)) AS a FROM Data_Quarantine WHERE Status = 'Open' "
        f"AND Quarantined_At >= '{since}')",
    )
    shown = [cells[1] + cells[2] for cells in marks(steward, "backlog")]
    assert shown[:4] == counted[: len(shown)]
    assert sum(shown) == waiting
    assert sum(cells[2] for cells in marks(steward, "backlog")) == ready
    ((longer,),) = ask(
        dated, f"SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open' AND Quarantined_At < '{since}'"
    )
    said = card(steward, "backlog").readout.text()
    assert said == f"{waiting} records wait." + (f" {longer} have waited longer." if longer else "")
    assert bool(longer) == (period != "all")


@PERIODS
def test_the_repairs_are_the_cells_that_stewards_changed_in_the_period(
    qtbot: QtBot, steward: Any, dated: Path, period: str
) -> None:
    since = choose(qtbot, steward, period)
    rows = ask(
        dated,
        "SELECT replace(Column_Name, '_', ' '), count(*), count(DISTINCT Quarantine_ID) FROM Quarantine_Revision "
        f"WHERE Edited_At >= '{since}' GROUP BY 1 ORDER BY 2 DESC",
    )
    both = {"30": [("Email", 5, 4), ("Phone", 2, 2)], "all": [("Email", 7, 5), ("Phone", 2, 2)]}
    assert marks(steward, "repairs") == rows == both[period]


def test_a_shorter_period_shows_less_and_says_so(qtbot: QtBot, steward: Any) -> None:
    click(qtbot, steward, "overview.period.7")
    quiet(steward)
    assert [cells[0] for cells in marks(steward, "share")] == [day(3), day(0)]
    all_time(qtbot, steward)
    assert [cells[0] for cells in marks(steward, "share")] == [day(40), day(3), day(0)]


# looking, walking, choosing ---------------------------------------------------------------------------------------


def test_tab_goes_to_the_period_that_is_chosen_and_arrows_to_the_others(qtbot: QtBot, steward: Any) -> None:
    find(steward, "overview.views", QTabBar).setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert find(steward, "overview.period.30").hasFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    quiet(steward)
    assert find(steward, "overview.period.90").hasFocus()
    assert find(steward, "overview.period.90", QPushButton).isChecked()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert find(steward, "overview.report").hasFocus()


def test_a_hover_says_the_numbers(qtbot: QtBot, steward: Any) -> None:
    one = card(steward, "share")
    qtbot.mouseMove(one.chart, one.chart.place_of(0).toPoint())
    assert one.readout.text() == one.chart.data.marks[0].words
    assert one.readout.text().startswith(f"{day(3)}: ")
    assert one.chart.accessibleDescription() == one.readout.text()


def test_a_chart_is_walked_by_keyboard(qtbot: QtBot, steward: Any) -> None:
    one = card(steward, "rule_trend")
    one.chart.setFocus()
    for key, place in ((Qt.Key.Key_Down, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_Up, 0), (Qt.Key.Key_End, 5)):
        qtbot.keyClick(one.chart, key)
        assert one.chart.current == one.chart.data.marks[place]
    assert one.readout.text() == one.chart.data.marks[5].words


def test_a_rule_leads_to_its_open_records(qtbot: QtBot, steward: Any) -> None:
    one = card(steward, "rule_trend")
    code = one.chart.data.marks[1].key
    qtbot.mouseClick(one.chart, Qt.MouseButton.LeftButton, pos=one.chart.place_of(1).toPoint())
    quiet(steward)
    assert steward.window.current_key == "quarantine"
    assert find(steward, f"quarantine.facet.rule.{code}").isChecked()


def test_an_age_leads_to_the_records_of_that_age(qtbot: QtBot, steward: Any) -> None:
    one = card(steward, "backlog")
    one.chart.setFocus()
    qtbot.keyClick(one.chart, Qt.Key.Key_Right)
    qtbot.keyClick(one.chart, Qt.Key.Key_Return)
    quiet(steward)
    assert steward.window.current_key == "quarantine"
    waiting = one.chart.data.marks[0].cells
    assert find(steward, "quarantine.grid", QTableView).model().rowCount() == waiting[1] + waiting[2]


def test_a_day_leads_to_its_batches(qtbot: QtBot, steward: Any) -> None:
    one = card(steward, "share")
    qtbot.mouseClick(one.chart, Qt.MouseButton.LeftButton, pos=one.chart.place_of(0).toPoint())
    quiet(steward)
    table = find(steward, "overview.batches", QTableView)
    assert table.isVisible()
    assert table.model().rowCount() == 2
    click(qtbot, steward, "overview.batch_days")
    quiet(steward)
    assert table.model().rowCount() == 4


def test_a_batch_leads_to_what_became_of_it(qtbot: QtBot, steward: Any) -> None:
    one = card(steward, "batch_trend")
    one.chart.setFocus()
    qtbot.keyClick(one.chart, Qt.Key.Key_Down)
    qtbot.keyClick(one.chart, Qt.Key.Key_Return)
    quiet(steward)
    assert find(steward, "overview.batch_title", QLabel).text() == "Batch 3 · source 1"


def test_a_source_leads_to_its_batches_of_the_period(qtbot: QtBot, steward: Any) -> None:
    one = card(steward, "sources")
    one.chart.setFocus()
    qtbot.keyClick(one.chart, Qt.Key.Key_Down)
    qtbot.keyClick(one.chart, Qt.Key.Key_Space)
    quiet(steward)
    table = find(steward, "overview.batches", QTableView)
    assert table.model().rowCount() == one.chart.data.marks[0].cells[1]
    click(qtbot, steward, "overview.batch_days")
    quiet(steward)
    assert table.model().rowCount() == 2


def test_a_backlog_older_than_the_period_is_said_where_nothing_younger_waits(
    qtbot: QtBot, open_on: Any, dated: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(dated, tmp_path / "old.db"))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(f"UPDATE Data_Quarantine SET Quarantined_At = '{day(200)} 00:00:01.000000'")
    steward = open_on(path)
    turn_to(qtbot, steward, "Over time")
    ((waiting,),) = ask(path, "SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open'")
    assert find(steward, "overview.backlog.empty", QLabel).isVisibleTo(card(steward, "backlog"))
    assert card(steward, "backlog").readout.isVisibleTo(card(steward, "backlog"))
    assert card(steward, "backlog").readout.text() == f"{waiting} have waited longer."


# the other faces --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CARDS)
def test_the_table_holds_the_charts_numbers(qtbot: QtBot, steward: Any, name: str) -> None:
    one = card(steward, name)
    one.as_table.setFocus()
    qtbot.keyClick(one.as_table, Qt.Key.Key_Space)
    table = find(steward, f"overview.{name}.table", ListTable)
    assert table.isVisibleTo(one)
    assert [tuple(row.values()) for row in table.list] == marks(steward, name)


def save(qtbot: QtBot, steward: Any, name: str, ending: str, path: Path) -> None:
    """Choose a kind in the card's menu and a file in the dialog."""
    menu = find(steward, f"overview.{name}.export_menu", QMenu)
    next(a for a in menu.actions() if a.objectName().endswith(ending)).trigger()
    dialog = find(steward, f"overview.{name}.save_dialog", QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()


def test_a_chart_is_saved_as_a_picture(qtbot: QtBot, steward: Any, tmp_path: Path) -> None:
    save(qtbot, steward, "share", "png", tmp_path / "share.png")
    image = QImage(str(tmp_path / "share.png"))
    chart = card(steward, "share").chart
    assert (image.width(), image.height()) == (2 * chart.width(), 2 * chart.height())
    assert (
        len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}) > 3
    )


def test_a_chart_is_saved_as_a_drawing_with_its_words(qtbot: QtBot, steward: Any, tmp_path: Path) -> None:
    save(qtbot, steward, "rule_trend", "svg", tmp_path / "rules.svg")
    text = (tmp_path / "rules.svg").read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    assert "<title>Rejections by rule</title>" in text


def test_a_chart_is_saved_as_numbers(qtbot: QtBot, steward: Any, tmp_path: Path) -> None:
    save(qtbot, steward, "sources", "csv", tmp_path / "sources.csv")
    with (tmp_path / "sources.csv").open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["Source", "Batches", "Records", "Quarantined", "Right, %"]
    assert rows == [[str(cell) for cell in cells] for cells in marks(steward, "sources")]


def test_a_folder_that_is_not_there_is_said(qtbot: QtBot, steward: Any, tmp_path: Path) -> None:
    save(qtbot, steward, "sources", "csv", tmp_path / "nowhere" / "sources.csv")
    (banner,) = steward.window.banners.views
    assert banner.notice.title == "sources.csv could not be written."


def save_report(steward: Any, path: Path) -> None:
    dialog = find(steward, "overview.report_dialog", QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    quiet(steward)


def test_a_report_of_the_period_is_written_for_print(qtbot: QtBot, steward: Any, tmp_path: Path) -> None:
    click(qtbot, steward, "overview.report")
    save_report(steward, tmp_path / "quality.pdf")
    made = (tmp_path / "quality.pdf").read_bytes()
    assert made.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1
    assert steward.window.toasts.views[-1].notice.title == "quality.pdf is written."


def test_a_report_of_a_batch_is_written_for_the_web(qtbot: QtBot, steward: Any, tmp_path: Path) -> None:
    steward.context.go_to("overview", batch_id=2)
    quiet(steward)
    click(qtbot, steward, "overview.batch_report")
    save_report(steward, tmp_path / "batch.html")
    assert "<h1>Batch 2: source 0</h1>" in (tmp_path / "batch.html").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_said(qtbot: QtBot, steward: Any, tmp_path: Path) -> None:
    click(qtbot, steward, "overview.report")
    save_report(steward, tmp_path / "nowhere" / "quality.pdf")
    (banner,) = steward.window.banners.views
    assert banner.notice.title == "quality.pdf cannot be written."


def test_a_period_in_which_nothing_arrived_offers_all_time(
    qtbot: QtBot, open_on: Any, workspace: Path
) -> None:
    with closing(sqlite3.connect(workspace)) as raw, raw:
        raw.execute("UPDATE Ingestion_Batch SET Received_At = '2020-05-05 10:00:00.000000'")
    steward = open_on(workspace)
    turn_to(qtbot, steward, "Over time")
    click(qtbot, steward, "overview.show_all_time")
    quiet(steward)
    assert [cells[0] for cells in marks(steward, "share")] == ["2020-05-05"]
    assert find(steward, "overview.repairs.empty", QLabel).isVisibleTo(card(steward, "repairs"))


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
def test_nothing_is_cut_off(steward: Any, size: tuple[int, int]) -> None:
    steward.window.resize(*size)
    quiet(steward)
    assert clipped(steward.window) == []
    for name in CARDS:
        chart = card(steward, name).chart
        assert chart.width() >= 380
        assert chart.rect().contains(chart.place_of(len(chart.data.drawn) - 1).toPoint())


# geometry ---------------------------------------------------------------------------------------------------------


def plan(form: Any, *values: float, **how: Any) -> ChartPlan:
    made = tuple(Mark(str(i), (value,), "", (), float(i)) for i, value in enumerate(values))
    chart = Chart("a.chart", "A")
    chart.resize(400, 200)
    return ChartPlan(ChartData(form, (Series("s", "info"),), made, **how), chart.rect().toRectF())


@pytest.mark.parametrize(
    ("values", "how", "ticks"),
    [
        ((3.0,), {}, (0, 1, 2, 3)),
        ((742.0, 12.0), {}, (0, 200, 400, 600, 800)),
        ((83.0,), {"least": 70.0, "most": 100.0}, (70, 80, 90, 100)),
        ((1700.0,), {"unit": 60.0}, (0, 600, 1200, 1800)),
        ((0.0,), {}, (0, 1)),
    ],
)
def test_the_grid_stands_at_round_numbers(
    qtbot: QtBot, values: tuple[float, ...], how: dict[str, Any], ticks: tuple[float, ...]
) -> None:
    assert plan("columns", *values, **how).ticks == pytest.approx(ticks)


@pytest.mark.parametrize("days", [2, 3, 8, 40, 1000])
def test_no_label_under_the_axis_touches_another_and_the_last_day_has_one(qtbot: QtBot, days: int) -> None:
    made = plan("line", *(50.0 for _ in range(days)))
    shown = made.labelled(lambda _: 56.0)
    assert shown[0] == days - 1
    places = sorted(made.label_left(index, 56.0) for index in shown)
    assert all(left + 56.0 <= right for left, right in pairwise(places))
    assert places[0] >= made.area.left()
    assert places[-1] + 56.0 <= made.area.right()


def test_a_scale_says_what_its_lines_are(qtbot: QtBot, steward: Any) -> None:
    """Lines at halves are not rounded to what they are not."""
    written = card(steward, "share").chart.data.format
    assert [written(value) for value in (90.0, 92.5, 97.5, 100.0)] == ["90 %", "92.5 %", "97.5 %", "100 %"]


@pytest.mark.parametrize("form", ["line", "columns", "rows"])
def test_a_mark_is_found_where_it_is_drawn(qtbot: QtBot, form: str) -> None:
    made = plan(form, 5.0, 1.0, 3.0)
    place: Callable[[int], Any] = {
        "line": lambda i: made.points()[i],
        "columns": lambda i: made.column(i)[0].center(),
        "rows": lambda i: made.bars(i)[0].center(),
    }[form]
    assert [made.mark_at(place(i)) for i in range(3)] == [0, 1, 2]


def test_bars_are_as_long_as_their_numbers(qtbot: QtBot) -> None:
    made = plan("rows", 8.0, 2.0)
    assert made.bars(1)[0].width() == pytest.approx(made.bars(0)[0].width() / 4)
    columns = plan("columns", 8.0, 2.0)
    assert columns.column(1)[0].height() == pytest.approx(columns.column(0)[0].height() / 4)
