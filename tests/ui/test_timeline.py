"""The timeline of a diver's versions: what is drawn where, by mouse and by keys, and what it says."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from divegov_gui.ui.pages.history.timeline import Timeline
from divegov_gui.ui.pages.history.timeline_parts import StoryMark, VersionSpan, span_at
from divegov_gui.ui.pages.history.timeline_scale import (
    Scale,
    equal_steps,
    microseconds,
    ticks,
    to_scale,
    utc_text,
)
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.times import both_times

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
    assert span_at(YEARS, timeline.as_of) == 1
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


def test_utc_stands_beside_the_local_time(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Europe/Madrid")
    time.tzset()
    try:
        assert both_times("2026-07-16 12:03:07.120000") == "2026-07-16 14:03:07.12 (12:03:07.12 UTC)"
        assert both_times("2026-07-16 23:03:07") == "2026-07-17 01:03:07 (2026-07-16 23:03:07 UTC)"
        _, found = ticks(microseconds("2026-07-16 12:00:00"), microseconds("2026-07-18 12:00:00"), 2)
        assert "2026-07-17" in [tick.text for tick in found]
        assert (
            utc_text(next(t.instant for t in found if t.text == "2026-07-17")) == "2026-07-16 22:00:00.000000"
        )
    finally:
        monkeypatch.undo()
        time.tzset()
    assert both_times(None) == ""
