"""The timeline of a diver's versions: what is drawn where, by mouse and by keys, and what it says."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from divegov_gui.ui.pages.history.timeline import Timeline
from divegov_gui.ui.pages.history.timeline_lives import SLIM, Lives
from divegov_gui.ui.pages.history.timeline_parts import StoryMark, VersionSpan
from divegov_gui.ui.pages.history.timeline_scale import (
    Scale,
    equal_steps,
    microseconds,
    ticks,
    to_scale,
    utc_text,
)
from divegov_gui.ui.pages.history.timeline_window import TimeWindow
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.times import both_times, exact_local, local_time, zone_name

NOW = microseconds("2026-11-26 06:00:00")
YEARS = (
    VersionSpan(1, "2019-03-02 09:00:00", "2021-07-16 12:03:07.5", "Created", "root", "Promoted"),
    VersionSpan(2, "2021-07-16 12:03:07.5", "2023-01-01 00:00:00", "Email", "maria", "Wrote in"),
    VersionSpan(
        3,
        "2023-01-01 00:00:00",
        "2024-05-05 10:10:10",
        "Last name",
        "steward",
        "Married",
        True,
        " by maria: Asked to",
    ),
    VersionSpan(4, "2025-02-01 10:10:10", None, "Restored", "steward", "Deleted by mistake"),
)
BEGIN = microseconds("2026-07-16 12:03:07.123456")
MICROSECONDS = tuple(
    VersionSpan(
        n + 1, utc_text(BEGIN + n), utc_text(BEGIN + n + 1) if n < 11 else None, "Email", "root", f"Test {n}"
    )
    for n in range(12)
)


@pytest.fixture
def timeline(qtbot: QtBot, themes: ThemeManager) -> Timeline:
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(720, made.sizeHint().height())
    made.show_versions(YEARS, (), NOW)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def middle(timeline: Timeline, place: int) -> QPoint:
    return timeline.bar_of(place).center().toPoint()


# --- instants and scales


@given(st.integers(0, 2**52))
def test_an_instant_survives_being_written_down(instant: int) -> None:
    assert microseconds(utc_text(instant)) == instant


def test_seven_digits_of_a_second_are_read_to_the_microsecond() -> None:
    assert microseconds("1970-01-01 00:00:01.1234560") == 1_123_456
    assert microseconds("1970-01-01 00:00:01.1234567") == 1_123_457, "not before the version began"
    assert microseconds("1970-01-01T00:00:01") == 1_000_000


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=12, unique=True), st.data())
def test_every_scale_is_monotone_and_gives_back_the_instant(instants: list[int], data: st.DataObject) -> None:
    for scale in (to_scale(instants, max(instants)), equal_steps(instants, max(instants))):
        one = data.draw(st.integers(scale.first, scale.last))
        other = data.draw(st.integers(scale.first, scale.last))
        if one < other:
            assert scale.place(one) <= scale.place(other)
        assert abs(scale.instant(scale.place(one)) - one) <= max(2, (scale.last - scale.first) >> 48)
        assert 0 <= scale.place(one) <= 1


def test_in_equal_steps_a_microsecond_is_as_wide_as_a_year() -> None:
    scale = equal_steps([0, 1, 31_536_000_000_000], 31_536_000_000_000)
    assert scale.place(1) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("span", "shared", "least"),
    [(5, True, 2), (60_000_000, True, 3), (86_400_000_000, True, 3), (90 * 86_400_000_000, False, 3)],
)
def test_ticks_suit_the_time_in_sight(span: int, shared: bool, least: int) -> None:
    common, found = ticks(BEGIN, BEGIN + span, 6)
    assert bool(common) == shared
    assert least <= len(found) <= 13
    assert [t.instant for t in found] == sorted({t.instant for t in found})


@pytest.mark.parametrize(("seconds", "length"), [(5, len("2026-07-16")), (0.001, len("2026-07-16 14:03"))])
def test_what_all_ticks_share_is_said_once(seconds: float, length: int) -> None:
    common, _ = ticks(BEGIN, BEGIN + round(seconds * 1_000_000), 6)
    assert len(common) == length


def test_over_years_each_tick_is_the_beginning_of_one() -> None:
    _, found = ticks(microseconds("2019-03-02 09:00:00"), NOW, 6)
    assert "2022" in [tick.text for tick in found]
    assert all(len(tick.text) == 4 for tick in found)


def test_a_scale_of_one_instant_still_is_one() -> None:
    assert isinstance(to_scale([7], 7), Scale)
    assert equal_steps([7], 7).place(7) == 0


# --- what is drawn where


def test_versions_follow_each_other_and_a_gap_shows_that_there_was_no_diver(timeline: Timeline) -> None:
    bars = [timeline.bar_of(place) for place in range(4)]
    assert all(left.right() <= right.left() for left, right in itertools.pairwise(bars))
    assert bars[3].left() - bars[2].right() > 20
    assert bars[3].right() > timeline.cursor_x(), "the current version points beyond now"


def test_versions_a_microsecond_apart_are_readable_at_once(timeline: Timeline) -> None:
    timeline.show_versions(MICROSECONDS, (), BEGIN + 300_000_000)
    assert timeline.has_equal_steps
    widths = [timeline.bar_of(place).width() for place in range(12)]
    assert min(widths) > 26
    timeline.set_equal_steps(False)
    assert not timeline.has_equal_steps
    assert timeline.bar_of(3).width() < 5


def test_zooming_in_tells_microseconds_apart_to_scale(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.show_versions(MICROSECONDS, (), BEGIN + 300_000_000)
    timeline.set_equal_steps(False)
    timeline.select(0)
    timeline.setFocus()
    for _ in range(120):
        qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    assert timeline.bar_of(2).width() > 26
    assert timeline.rect().contains(timeline.bar_of(1).center().toPoint())


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_later_look_paints_the_same_places_in_other_colours(
    timeline: Timeline, themes: ThemeManager, look: str
) -> None:
    themes.set_mode("light")
    light: QImage = timeline.grab().toImage()
    themes.set_mode(look)
    assert (timeline.grab().toImage() == light) == (look == "light")


# --- the mouse


def test_a_click_on_a_version_selects_it(qtbot: QtBot, timeline: Timeline) -> None:
    with qtbot.waitSignal(timeline.version_selected) as told:
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=middle(timeline, 1))
    assert told.args == [1]
    assert timeline.selected == 1
    assert "Version 2: Email. By maria: Wrote in" in timeline.accessibleDescription()


def test_the_cursor_is_dragged_into_the_past_and_snaps_to_a_change(qtbot: QtBot, timeline: Timeline) -> None:
    told: list[int | None] = []
    timeline.as_of_changed.connect(told.append)
    at = QPoint(round(timeline.cursor_x()), timeline.height() - 24)
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(timeline, QPoint(middle(timeline, 1).x(), at.y()))
    assert timeline.as_of is not None
    assert timeline.lives.place_at(timeline.as_of) == 1
    qtbot.mouseMove(timeline, QPoint(round(timeline.bar_of(2).left()) + 3, at.y()))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=at)
    assert timeline.as_of == YEARS[2].first
    assert told[-1] == YEARS[2].first
    assert "Version 3 was valid" in timeline.accessibleDescription()
    qtbot.keyClick(timeline, Qt.Key.Key_Escape)
    assert timeline.as_of is None


def test_an_instant_of_a_gap_is_said_to_have_no_version(timeline: Timeline) -> None:
    timeline.set_as_of(microseconds("2024-10-10 00:00:00"))
    assert "no version was valid" in timeline.accessibleDescription()


def test_the_wheel_zooms_where_the_pointer_is_and_dragging_pans(qtbot: QtBot, timeline: Timeline) -> None:
    wide = timeline.bar_of(1).width()
    spot = QPointF(middle(timeline, 1))
    for _ in range(4):
        wheel = QWheelEvent(
            spot,
            timeline.mapToGlobal(spot),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(timeline, wheel)
    assert timeline.bar_of(1).width() > 2 * wide
    assert timeline.bar_of(1).contains(spot)
    chosen, left = timeline.selected, timeline.bar_of(1).left()
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    qtbot.mouseMove(timeline, spot.toPoint() + QPoint(40, 0))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=spot.toPoint() + QPoint(40, 0))
    assert timeline.bar_of(1).left() == pytest.approx(left + 40)
    assert timeline.selected == chosen, "who drags does not select"


def test_a_double_click_shows_one_version_and_one_beside_it_shows_all(
    qtbot: QtBot, timeline: Timeline
) -> None:
    wide = timeline.bar_of(1).width()
    qtbot.mouseDClick(timeline, Qt.MouseButton.LeftButton, pos=middle(timeline, 1))
    assert timeline.bar_of(1).width() > 300
    qtbot.mouseDClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert timeline.bar_of(1).width() == pytest.approx(wide)


# --- the keyboard


def test_arrows_walk_from_version_to_version(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.setFocus()
    told: list[int] = []
    timeline.version_selected.connect(told.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End):
        qtbot.keyClick(timeline, key)
    assert told == [2, 0, 1, 3]
    assert timeline.hasFocus()


def test_a_version_walked_to_comes_into_sight(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.setFocus()
    qtbot.mouseDClick(timeline, Qt.MouseButton.LeftButton, pos=middle(timeline, 3))
    qtbot.keyClick(timeline, Qt.Key.Key_Home)
    assert timeline.rect().contains(timeline.bar_of(0).topLeft().toPoint())


def test_keys_zoom_pan_and_look_from_a_version(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.setFocus()
    wide = timeline.bar_of(3).width()
    qtbot.keyClick(timeline, Qt.Key.Key_Plus)
    assert timeline.bar_of(3).width() > wide
    left = timeline.bar_of(3).left()
    qtbot.keyClick(timeline, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.bar_of(3).left() > left
    qtbot.keyClick(timeline, Qt.Key.Key_0)
    assert timeline.bar_of(3).width() == pytest.approx(wide)
    qtbot.keyClick(timeline, Qt.Key.Key_Home)
    qtbot.keyClick(timeline, Qt.Key.Key_A)
    assert timeline.as_of == YEARS[0].first


# --- what it says


def test_a_hover_says_who_why_and_when(timeline: Timeline) -> None:
    words = timeline.tooltip_at(QPointF(middle(timeline, 2)))
    assert "Version 3: Last name. By steward: Married" in words
    assert "2023-01-01" in words
    assert "Then deleted by maria: Asked to" in words
    assert timeline.tooltip_at(QPointF(3, timeline.height() - 3)) == ""


def test_what_happened_stands_above_the_versions_and_neighbours_are_counted(
    qtbot: QtBot, timeline: Timeline
) -> None:
    marks = (
        StoryMark("2019-03-01 08:00:00", "ingest", "info", "Arrived in batch 3"),
        StoryMark("2019-03-01 09:00:00", "quarantined", "danger", "Rejected by 2 rules"),
        StoryMark("2022-03-01 09:00:00", "edit", "neutral", "Edited"),
    )
    height = timeline.sizeHint().height()
    timeline.show_versions(YEARS, marks, NOW)
    assert timeline.sizeHint().height() > height
    timeline.resize(720, timeline.sizeHint().height())
    first = timeline.bar_of(0)
    words = timeline.tooltip_at(QPointF(first.left(), first.top() - 20))
    assert "Arrived in batch 3" in words
    assert "Rejected by 2 rules" in words
    with qtbot.waitSignal(timeline.story_chosen) as told:
        spot = QPointF(first.left(), first.top() - 20).toPoint()
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=spot)
    assert [mark.words for mark in told.args[0]] == ["Arrived in batch 3", "Rejected by 2 rules"]


def test_without_a_diver_there_is_nothing_to_press(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.show_versions((), (), 0)
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Right)
    qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    timeline.grab()
    assert timeline.selected == -1
    assert timeline.accessibleName() == "Timeline of 0 versions"


# --- thousands of versions


MANY = tuple(
    VersionSpan(
        n + 1,
        utc_text(BEGIN + n * 3_600_000_000),
        utc_text(BEGIN + (n + 1) * 3_600_000_000) if n < 4999 else None,
        "Phone",
        "maria",
        f"Moved {n}",
    )
    for n in range(5000)
)


@pytest.fixture
def many(timeline: Timeline) -> Timeline:
    timeline.show_versions(MANY, (), BEGIN + 5001 * 3_600_000_000)
    return timeline


def counting(monkeypatch: pytest.MonkeyPatch, timeline: Timeline) -> list[int]:
    """Counts how often it is asked where an instant stands."""
    asked: list[int] = []
    scale = TimeWindow.x

    def counted(window: TimeWindow, instant: int) -> float:
        asked.append(instant)
        return scale(window, instant)

    monkeypatch.setattr(TimeWindow, "x", counted)
    return asked


@pytest.mark.parametrize("steps", [True, False], ids=["equal steps", "to scale"])
def test_what_cannot_be_told_apart_is_drawn_as_one(
    many: Timeline, monkeypatch: pytest.MonkeyPatch, steps: bool
) -> None:
    many.set_equal_steps(steps)
    pieces = list(many.lives.in_sight(many.sight, 14))
    assert sum(piece.count for piece in pieces) == 5000
    assert len(pieces) < 4
    asked = counting(monkeypatch, many)
    many.grab()
    assert len(asked) < 5000, "a painting costs what is in sight, not what there is"


def test_zooming_in_tells_them_apart_again(qtbot: QtBot, many: Timeline) -> None:
    many.select(2500)
    many.setFocus()
    for _ in range(40):
        qtbot.keyClick(many, Qt.Key.Key_Plus)
    pieces = list(many.lives.in_sight(many.sight, 14))
    assert {piece.count for piece in pieces} == {1}
    assert 2500 in [piece.first for piece in pieces]
    assert all(many.bar_of(piece.first).width() > 26 for piece in pieces)


@given(
    st.lists(st.integers(1, 10**7), min_size=1, max_size=60),
    st.integers(0, 59),
    st.floats(1, 5000),
)
@example([1, 1], 1, 2.0)
def test_every_version_is_in_one_piece_and_pieces_follow_each_other(
    lasted: list[int], gap: int, zoom: float
) -> None:
    at, spans = BEGIN, []
    for number, each in enumerate(lasted):
        begin, at = at, at + each
        spans.append(VersionSpan(number + 1, utc_text(begin), utc_text(at), "Email", "root", "Test"))
        at += 10**6 if number == gap else 0
    lives = Lives(spans, (), at)
    for scale in (to_scale(lives.changes, at), equal_steps(lives.changes, at)):
        window = TimeWindow(scale, 0, 700)
        whole = [
            place for piece in lives.in_sight(window, 14) for place in range(piece.first, piece.last + 1)
        ]
        assert whole == list(range(len(spans)))
        window.zoom(zoom, 350)
        some = [place for piece in lives.in_sight(window, 0) for place in range(piece.first, piece.last + 1)]
        assert some == list(range(some[0], some[-1] + 1)) if some else True
        bars = [(window.x(span.first), window.x(span.last or at)) for span in spans]
        seen = [place for place, (left, right) in enumerate(bars) if right > 1 and left < 699]
        assert set(seen) <= set(some), "what is in sight is drawn"


def test_a_click_finds_the_version_under_it_among_thousands(
    qtbot: QtBot, many: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    many.set_equal_steps(True)
    asked = counting(monkeypatch, many)
    spot = many.bar_of(1234).center()
    with qtbot.waitSignal(many.version_selected) as told:
        qtbot.mouseClick(many, Qt.MouseButton.LeftButton, pos=spot.toPoint())
    assert abs(told.args[0] - 1234) <= 5000 * SLIM / 690
    qtbot.mouseMove(many, spot.toPoint() + QPoint(40, 0))
    assert len(asked) < 5000


def test_microseconds_stay_as_wide_as_each_other_years_after_the_first_version() -> None:
    first, now = microseconds("1990-01-01 00:00:00"), microseconds("2026-11-26 06:00:00")
    begin = microseconds("2026-10-25 01:10:00.123456")
    window = TimeWindow(to_scale([first], now), 12, 1600)
    window.show(begin, begin + 3)
    steps = [window.x(begin + n + 1) - window.x(begin + n) for n in range(8)]
    assert steps == pytest.approx([steps[0]] * 8, rel=1e-3)
    assert [window.instant(window.x(begin + n)) for n in range(8)] == [begin + n for n in range(8)]


# --- where clocks are changed


@pytest.fixture
def madrid(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A zone where clocks go forward on 2026-03-29 and back on 2026-10-25, at 01:00 UTC."""
    monkeypatch.setenv("TZ", "Europe/Madrid")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("madrid")
def test_an_hour_that_comes_twice_says_which_it_is() -> None:
    once, again = "2026-10-25 00:30:07.5", "2026-10-25 01:30:07.5"
    assert (local_time(once), local_time(again)) == ("2026-10-25 02:30+02", "2026-10-25 02:30+01")
    assert exact_local(again) == "2026-10-25 02:30:07.5+01"
    assert both_times(once) == "2026-10-25 02:30:07.5+02 (00:30:07.5 UTC)"
    assert (local_time("2026-10-24 23:59:59"), local_time("2026-10-25 02:00:00")) == (
        "2026-10-25 01:59",
        "2026-10-25 03:00",
    ), "the hours beside it need no such word"
    assert local_time("2026-03-29 01:00:00") == "2026-03-29 03:00"


def test_where_zones_differ_by_minutes_these_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Australia/Lord_Howe")
    time.tzset()
    try:
        assert local_time("2026-04-04 15:10:00") == "2026-04-05 01:40+10:30"
        assert zone_name().count("UTC+") == 2
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.usefixtures("madrid")
@pytest.mark.parametrize(
    ("first", "last", "most", "texts"),
    [
        (
            "2026-10-24 12:00:00",
            "2026-10-28 12:00:00",
            5,
            [f"2026-10-{day}" for day in (25, 26, 27, 28)],
        ),
        ("2026-03-27 12:00:00", "2026-03-31 12:00:00", 5, [f"2026-03-{day}" for day in (28, 29, 30, 31)]),
        (
            "2026-10-24 22:30:00",
            "2026-10-25 03:30:00",
            6,
            ["01:00", "02:00+02", "02:00+01", "03:00", "04:00"],
        ),
        (
            "2026-03-28 23:30:00",
            "2026-03-29 03:30:00",
            6,
            ["01:00", "03:00", "04:00", "05:00"],
        ),
        (
            "2026-10-25 00:20:00",
            "2026-10-25 01:20:00",
            4,
            ["02:30+02", "02:45+02", "02:00+01", "02:15+01"],
        ),
    ],
)
def test_ticks_stand_at_whole_hours_of_the_clock_on_either_side_of_its_change(
    first: str, last: str, most: int, texts: list[str]
) -> None:
    _, found = ticks(microseconds(first), microseconds(last), most)
    assert [tick.text for tick in found] == texts
    assert [tick.instant for tick in found] == sorted({tick.instant for tick in found})
    for tick in found:
        assert local_time(utc_text(tick.instant))[11:] in (tick.text, "00:00")


@pytest.mark.usefixtures("madrid")
def test_within_a_second_of_the_hour_that_comes_twice_it_is_said_once() -> None:
    at = microseconds("2026-10-25 01:30:07.5")
    shared, found = ticks(at, at + 400, 4)
    assert shared == "2026-10-25 02:30+01"
    assert [tick.text for tick in found] == ["07.500000", "07.500100", "07.500200", "07.500300", "07.500400"]


@pytest.mark.usefixtures("madrid")
def test_the_zone_is_named_with_what_it_is_in_the_other_half_of_the_year() -> None:
    assert zone_name() in ("UTC+01:00, in summer UTC+02:00", "UTC+02:00, in winter UTC+01:00")


@pytest.mark.usefixtures("madrid")
def test_utc_stands_beside_the_local_time() -> None:
    assert both_times("2026-07-16 12:03:07.120000") == "2026-07-16 14:03:07.12 (12:03:07.12 UTC)"
    assert both_times("2026-07-16 23:03:07") == "2026-07-17 01:03:07 (2026-07-16 23:03:07 UTC)"
    assert both_times("2026-07-16 12:04:00", "2026-07-16 12:03:00") == "14:04:00 (12:04:00 UTC)"
    assert both_times("2026-07-17 12:04:00", "2026-07-16 12:03:00").startswith("2026-07-17")
    assert both_times(None) == ""
    _, found = ticks(microseconds("2026-07-16 12:00:00"), microseconds("2026-07-18 12:00:00"), 2)
    midnight = next(tick.instant for tick in found if tick.text == "2026-07-17")
    assert utc_text(midnight) == "2026-07-16 22:00:00.000000"
