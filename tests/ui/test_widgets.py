"""The window's own parts: what they say to eyes, to hands on a keyboard and to assistive technology."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from divegov_gui.core.progress import Progress
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import (
    Badge,
    ConservationMeter,
    EmptyState,
    FormRow,
    OutcomeCounts,
    ProgressPanel,
    RuleBars,
    RuleCount,
    SqlView,
    StatTile,
    Turns,
    duration,
    number_field,
    plural,
)
from divegov_gui.ui.widgets.outcome_counts import widths

GOOD = OutcomeCounts(1000, promoted=940, unchanged=31, duplicate=20, quarantined=9)
LOST = OutcomeCounts(1000, promoted=940, unchanged=31, duplicate=20, quarantined=6)


def shown(qtbot: QtBot, widget: QWidget, width: int = 700, height: int = 300) -> QWidget:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    return widget


# --- the conservation meter


def test_the_meter_says_the_equation_as_a_sentence(qtbot: QtBot) -> None:
    meter = ConservationMeter("overview.meter")
    qtbot.addWidget(meter)
    assert meter.accessibleDescription() == "Nothing has been governed yet."
    meter.set_counts(GOOD)
    assert meter.accessibleDescription() == (
        "1,000 rows loaded: 940 promoted, 31 unchanged, 20 duplicate, 9 quarantined. "
        "Every row has exactly one outcome."
    )
    assert not meter.is_alarmed


def test_the_meter_sounds_the_alarm_when_the_sum_does_not_hold(qtbot: QtBot) -> None:
    meter = ConservationMeter()
    shown(qtbot, meter)
    meter.set_counts(GOOD)
    calm = _reds(meter.grab().toImage())
    meter.set_counts(LOST)
    assert meter.is_alarmed
    assert meter.accessibleDescription().startswith("Alarm: the sum does not hold. ")
    assert "3 rows without an outcome" in meter.accessibleDescription()
    assert _reds(meter.grab().toImage()) > calm + 200
    assert meter.segment_areas()[-1][0] == "missing"


def test_too_many_outcomes_are_an_alarm_as_well() -> None:
    counts = OutcomeCounts(10, promoted=11)
    assert not counts.holds
    assert counts.verdict == "1 more outcome than rows"


def test_an_outcome_with_one_row_in_a_million_stays_visible(qtbot: QtBot) -> None:
    meter = ConservationMeter()
    shown(qtbot, meter)
    meter.set_counts(OutcomeCounts(1_000_000, promoted=999_998, duplicate=1, quarantined=1))
    areas = dict(meter.segment_areas())
    assert set(areas) == {"promoted", "duplicate", "quarantined"}
    assert all(area.width() >= 8 for area in areas.values())


def test_shares_never_round_to_a_lie() -> None:
    counts = OutcomeCounts(1_000_000, promoted=999_999, quarantined=1)
    assert counts.share("quarantined") == "< 0.1 %"
    assert counts.share("promoted") == "> 99.9 %"
    assert OutcomeCounts(10, promoted=10).share("promoted") == "100 %"
    assert OutcomeCounts(0).share("promoted") == "0 %"


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=5), st.integers(200, 2000))
def test_segments_fill_the_bar_exactly(counts: list[int], room: int) -> None:
    parts = widths(counts, room, 8, 2)
    assert sum(parts) + 2 * (len(parts) - 1) == pytest.approx(room)
    assert min(parts) >= 8 - 1e-6


def test_the_meter_is_walked_by_keys_and_enter_chooses(qtbot: QtBot) -> None:
    meter = ConservationMeter()
    shown(qtbot, meter)
    meter.set_counts(GOOD)
    meter.setFocus()
    for _ in range(9):
        qtbot.keyClick(meter, Qt.Key.Key_Right)
    assert meter.accessibleDescription() == "Quarantined: 9 of 1,000 (0.9 %)"
    with qtbot.waitSignal(meter.outcome_chosen) as chosen:
        qtbot.keyClick(meter, Qt.Key.Key_Return)
    assert chosen.args == ["quarantined"]
    meter.clearFocus()
    assert meter.accessibleDescription() == GOOD.sentence


def test_a_click_on_a_segment_chooses_it_and_a_hover_explains_it(qtbot: QtBot) -> None:
    meter = ConservationMeter()
    shown(qtbot, meter)
    meter.set_counts(GOOD)
    place = dict(meter.segment_areas())["promoted"].center().toPoint()
    with qtbot.waitSignal(meter.outcome_chosen) as chosen:
        qtbot.mouseClick(meter, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == ["promoted"]
    QApplication.sendEvent(meter, QHelpEvent(QEvent.Type.ToolTip, place, meter.mapToGlobal(place)))
    assert QToolTip.text() == "Promoted: 940 of 1,000 (94.0 %)"
    QToolTip.hideText()


def test_the_meter_needs_no_colour_to_tell_outcomes_apart(qtbot: QtBot) -> None:
    meter = ConservationMeter()
    shown(qtbot, meter)
    meter.set_counts(OutcomeCounts(400, 100, 100, 100, 100))
    image = meter.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    textures = set()
    for _, area in meter.segment_areas():
        right = int(area.right()) - 30
        grays = [
            image.pixelColor(right + dx, int(area.center().y()) + dy) for dx in range(8) for dy in range(8)
        ]
        darkest = min(gray.lightness() for gray in grays)
        textures.add(tuple(gray.lightness() - darkest > 8 for gray in grays))
    assert len(textures) == 4


def test_the_meter_grows_when_it_is_narrow(qtbot: QtBot) -> None:
    meter = ConservationMeter()
    qtbot.addWidget(meter)
    assert meter.heightForWidth(400) > meter.heightForWidth(900)


# --- rules


RULES = [
    RuleCount("PHONE_FORMAT", "Phone is not a number", 5, "warning"),
    RuleCount("EMAIL_FORMAT", "Email is not an address", 90),
]


def test_rules_stand_by_count_and_are_chosen_by_key_or_click(qtbot: QtBot) -> None:
    bars = RuleBars("overview.rules")
    shown(qtbot, bars)
    bars.set_rules(RULES)
    assert [rule.code for rule in bars.rules] == ["EMAIL_FORMAT", "PHONE_FORMAT"]
    bars.setFocus()
    bars.setCurrentIndex(bars.model().index(0, 0))
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    with qtbot.waitSignal(bars.rule_chosen) as chosen:
        qtbot.keyClick(bars, Qt.Key.Key_Return)
    assert chosen.args == [RULES[0]]
    place = bars.visualRect(bars.model().index(0, 0)).center()
    with qtbot.waitSignal(bars.rule_chosen) as chosen:
        qtbot.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [RULES[1]]


def test_a_rule_is_read_out_whole(qtbot: QtBot) -> None:
    bars = RuleBars()
    shown(qtbot, bars)
    bars.set_rules(RULES)
    found = bars.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert found == "Phone is not a number (PHONE_FORMAT), warning: 5 records"


def test_rules_paint_in_both_looks(qtbot: QtBot, themes: theme.ThemeManager) -> None:
    bars = RuleBars()
    shown(qtbot, bars)
    bars.set_rules(RULES)
    light = bars.grab().toImage()
    themes.set_mode("dark")
    assert bars.grab().toImage() != light


# --- small parts


def test_a_badge_has_word_sign_and_colour(qtbot: QtBot) -> None:
    badge = Badge("Quarantined", "quarantined")
    shown(qtbot, badge)
    assert badge.accessibleName() == "Quarantined"
    assert badge.sizeHint().width() > badge.fontMetrics().horizontalAdvance("Quarantined")
    badge.set_state("Released", "success")
    assert (badge.text, badge.tone) == ("Released", "success")


def test_a_tile_groups_its_number_and_says_it(qtbot: QtBot) -> None:
    tile = StatTile("Divers", "person", "overview.divers")
    qtbot.addWidget(tile)
    tile.set_value(1204331, "12 today")
    assert tile.value_text == "1,204,331"
    assert tile.accessibleName() == "Divers: 1,204,331"
    tile.set_value(None)
    assert tile.value_text == "–"


def test_an_empty_state_offers_the_next_step(qtbot: QtBot) -> None:
    done: list[int] = []
    empty = EmptyState(
        "ingest", "Nothing yet", "Bring a file.", "Choose a file", lambda: done.append(1), "i.f"
    )
    shown(qtbot, empty)
    assert empty.action is not None
    qtbot.mouseClick(empty.action, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert EmptyState("ingest", "Nothing yet").action is None


def test_a_form_row_says_what_is_wrong_where_it_is_wrong(qtbot: QtBot) -> None:
    field = QLineEdit()
    row = FormRow("Email", field, "As name@domain", name="edit.email")
    shown(qtbot, row)
    assert (field.objectName(), field.accessibleName()) == ("edit.email", "Email")
    assert field.accessibleDescription() == "As name@domain"
    row.set_error("Not an address.")
    assert row.error == "Not an address."
    assert field.accessibleDescription() == "Not an address."
    assert field.property("invalid") == "true"
    row.set_error("")
    assert row.error == ""
    assert field.accessibleDescription() == "As name@domain"


def test_a_number_field_groups_its_thousands(qtbot: QtBot) -> None:
    field = number_field("ingest.rows", "Rows", 1, 10_000_000, 10_000)
    shown(qtbot, field)
    assert field.text() == "10,000"
    field.selectAll()
    qtbot.keyClicks(field, "250")
    assert field.value() == 250


def test_plurals_and_durations_read_naturally() -> None:
    assert [plural(1, "record"), plural(1204, "record"), plural(2, "entry", "entries")] == [
        "1 record",
        "1,204 records",
        "2 entries",
    ]
    assert [duration(s) for s in (0.4, 12.2, 60, 200, 3900)] == [
        "less than a second",
        "12 s",
        "1 min",
        "3 min 20 s",
        "1 h 5 min",
    ]


# --- progress


def test_progress_tells_stage_speed_and_time_left_and_stops(qtbot: QtBot) -> None:
    now = [0.0]
    panel = ProgressPanel("ingest.progress", clock=lambda: now[0])
    shown(qtbot, panel)
    panel.start("Reading")
    assert (panel.bar.minimum(), panel.bar.maximum()) == (0, 0)
    panel.report(Progress("Loading", 0, 1000))
    now[0] = 2.0
    panel.report(Progress("Loading", 500, 1000))
    assert panel.stage.text() == "Loading"
    assert panel.detail.text() == "500 of 1,000 rows · 250 rows/s · 2 s left"
    assert panel.bar.value() == 5000
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.mouseClick(panel.cancel, Qt.MouseButton.LeftButton)
    assert not panel.cancel.isEnabled()
    panel.finish("Stopped")
    assert panel.stage.text() == "Stopped"


# --- SQL


SQL = "-- a comment\nSELECT 'it''s' FROM t WHERE n > 42; /* over\ntwo lines */ SELECT 1;\n"


def _ink(view: SqlView, line: int, column: int) -> str:
    for part in view.document().findBlockByNumber(line).layout().formats():
        if part.start <= column < part.start + part.length:
            return part.format.foreground().color().name().upper()
    return ""


def test_sql_is_coloured_by_what_it_is_in_the_look_in_force(qtbot: QtBot, themes: theme.ThemeManager) -> None:
    view = SqlView("deploy.sql")
    shown(qtbot, view)
    view.set_sql(SQL)
    colors = theme.LIGHT.colors
    assert _ink(view, 0, 3) == colors.syntax_comment
    assert _ink(view, 1, 0) == colors.syntax_keyword
    assert _ink(view, 1, 9) == colors.syntax_string
    assert _ink(view, 1, 32) == colors.syntax_number
    assert _ink(view, 1, 40) == colors.syntax_comment
    assert _ink(view, 2, 0) == colors.syntax_comment
    assert _ink(view, 2, 14) == colors.syntax_keyword
    themes.set_mode("dark")
    view.grab()
    assert _ink(view, 1, 0) == theme.DARK.colors.syntax_keyword


def test_a_long_script_is_coloured_where_one_looks(qtbot: QtBot) -> None:
    view = SqlView("deploy.sql")
    shown(qtbot, view)
    view.set_sql("SELECT 1;\n" * 5000 + "/* GO\nSELECT 2 */ SELECT 'a\nSELECT b' FROM c;")
    assert _ink(view, 0, 0) == theme.current().colors.syntax_keyword
    assert not view.document().findBlockByNumber(4000).layout().formats(), "nobody looks there yet"
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    assert _ink(view, 5001, 0) == theme.current().colors.syntax_comment
    assert _ink(view, 5001, 12) == theme.current().colors.syntax_keyword
    assert _ink(view, 5002, 0) == theme.current().colors.syntax_string
    assert _ink(view, 5002, 10) == theme.current().colors.syntax_keyword


def test_sql_can_be_read_and_copied_but_not_changed(qtbot: QtBot) -> None:
    view = SqlView("deploy.sql")
    shown(qtbot, view)
    view.set_sql("SELECT 1;")
    view.setFocus()
    qtbot.keyClicks(view, "DROP")
    assert view.toPlainText() == "SELECT 1;"
    view.selectAll()
    view.copy()
    assert QApplication.clipboard().text() == "SELECT 1;"


def test_the_line_numbers_have_room(qtbot: QtBot) -> None:
    view = SqlView()
    shown(qtbot, view)
    view.set_sql("\n" * 9)
    narrow = view.gutter_width()
    view.set_sql("\n" * 99_999)
    assert view.gutter_width() > narrow
    assert view.viewportMargins().left() == view.gutter_width()


# --- focus


@pytest.mark.parametrize(
    "make",
    [
        lambda: ConservationMeter(),
        lambda: RuleBars(),
        lambda: SqlView(),
        lambda: QLineEdit(),
    ],
    ids=["meter", "rules", "sql", "field"],
)
def test_focus_is_seen_as_a_ring(qtbot: QtBot, make: object) -> None:
    host = QWidget()
    widget = make()  # type: ignore[operator]
    widget.setParent(host)
    widget.setGeometry(10, 10, 380, 200)
    shown(qtbot, host, 400, 220)
    widget.setFocus()
    ring = QColor(theme.LIGHT.colors.focus)
    image = widget.grab().toImage()
    edge = [image.pixelColor(x, y) for x in range(image.width()) for y in range(4)]
    assert sum(pixel == ring for pixel in edge) > 100
    widget.clearFocus()
    image = widget.grab().toImage()
    edge = [image.pixelColor(x, y) for x in range(image.width()) for y in range(4)]
    assert sum(pixel == ring for pixel in edge) == 0


def test_assistive_technology_finds_the_meter(qtbot: QtBot) -> None:
    meter = ConservationMeter("overview.meter")
    shown(qtbot, meter)
    meter.set_counts(GOOD)
    interface = QAccessible.queryAccessibleInterface(meter)
    assert interface is not None
    assert interface.text(QAccessible.Text.Description) == GOOD.sentence


def _reds(image: QImage) -> int:
    red = QColor(theme.LIGHT.colors.danger.fill)
    return sum(image.pixelColor(x, y) == red for x in range(image.width()) for y in range(image.height()))


def test_slices_are_taken_one_a_turn_of_the_event_loop(qtbot: QtBot) -> None:
    owner, taken = QWidget(), []
    qtbot.addWidget(owner)
    turns = Turns(owner, *(lambda place=place: taken.append(place) for place in range(3)))
    turns.start()
    assert taken == []
    for many in (1, 2, 3):
        QApplication.processEvents()
        assert taken == list(range(many))
    assert turns.are_done
    QApplication.processEvents()
    assert taken == [0, 1, 2]


def test_slices_are_taken_at_once_where_they_are_needed_now(qtbot: QtBot) -> None:
    owner, taken = QWidget(), []
    qtbot.addWidget(owner)
    turns = Turns(owner, *(lambda place=place: taken.append(place) for place in range(3)))
    turns.start()
    turns.finish()
    assert taken == [0, 1, 2]
    QApplication.processEvents()
    assert taken == [0, 1, 2]


def test_points_outside_every_segment_choose_nothing(qtbot: QtBot) -> None:
    meter = ConservationMeter()
    shown(qtbot, meter)
    meter.set_counts(GOOD)
    assert meter._key_at(QPointF(QPoint(0, 0))) == ""
