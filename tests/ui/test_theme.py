"""Both looks are legible, and the window follows the desktop or the person."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from divegov_gui.ui import theme
from divegov_gui.ui.theme.icons import GLYPHS
from divegov_gui.ui.theme.stylesheet import style_sheet

BOTH = pytest.mark.parametrize("look", [theme.LIGHT, theme.DARK], ids=lambda look: look.name)


def test_contrast_is_the_formula_of_wcag() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@BOTH
def test_every_text_pair_reaches_aa(look: theme.Theme) -> None:
    failing = [
        f"{what}: {theme.contrast(ink, ground):.2f}"
        for what, ink, ground in look.text_pairs()
        if theme.contrast(ink, ground) < 4.5
    ]
    assert failing == []


@BOTH
def test_every_shape_stands_out(look: theme.Theme) -> None:
    failing = [
        f"{what}: {theme.contrast(shape, ground):.2f}"
        for what, shape, ground in look.shape_pairs()
        if theme.contrast(shape, ground) < 3
    ]
    assert failing == []


@BOTH
def test_the_style_sheet_has_no_gap_and_its_images_exist(look: theme.Theme) -> None:
    sheet = style_sheet(look)
    assert "$" not in sheet
    images = [part.split('"')[0] for part in sheet.split('url("')[1:]]
    assert images
    assert [image for image in images if not Path(image).is_file()] == []


@pytest.mark.parametrize("name", sorted(GLYPHS))
def test_every_icon_draws_something(name: str, qapp: object) -> None:
    image = theme.pixmap(name, 24, "text").toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(0, 24) for y in range(0, 24)), f"{name} is empty"


def test_icons_do_not_bring_qtawesome_along() -> None:
    spec = importlib.util.find_spec("qtawesome")
    assert spec is not None
    import sys

    assert "qtawesome" not in sys.modules
    assert "qtpy" not in sys.modules


@pytest.mark.skipif(not hasattr(QFont.Tag, "fromString"), reason="PySide6 6.8 cannot name a font's features")
def test_figures_are_of_one_width(themes: theme.ThemeManager) -> None:
    measure = QFontMetrics(theme.text_font())
    assert measure.horizontalAdvance("1111111111") == measure.horizontalAdvance("0000000000")
    assert QFont(theme.text_font()).families()[0] == "Inter"


def test_a_button_takes_its_icons_colour_from_the_look(qtbot: QtBot, themes: theme.ThemeManager) -> None:
    made = QPushButton("Search")
    qtbot.addWidget(made)
    theme.set_icon(made, "search", "text")
    size = QSize(20, 16)
    light = made.icon().pixmap(size).toImage()
    themes.set_mode("dark")
    qtbot.waitUntil(lambda: made.icon().pixmap(size).toImage() != light)


def test_auto_follows_the_desktop(qapp: QApplication, themes: theme.ThemeManager) -> None:
    themes.set_mode("auto")
    hints = qapp.styleHints()
    before = hints.colorScheme()
    try:
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert theme.current().dark
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
        assert not theme.current().dark
        themes.set_mode("dark")
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
        assert theme.current().dark, "a chosen look stays"
    finally:
        hints.colorSchemeChanged.emit(before)


def test_an_unknown_mode_counts_as_auto(themes: theme.ThemeManager) -> None:
    themes.set_mode("sepia")
    assert themes.mode == "auto"
