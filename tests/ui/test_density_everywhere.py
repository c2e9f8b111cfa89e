"""No page is cut off, whatever the density, the look, the language of numbers and the size of the window."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from driving import clipped, fill, quiet
from PySide6.QtWidgets import QTabBar

from divegov_gui.services.generation import GenerationRequest
from divegov_gui.ui import numbers
from divegov_gui.ui.pages.specs import PAGES
from divegov_gui.ui.theme import ThemeManager
from divegov_gui.ui.widgets.density import COMFORTABLE, COMPACT, set_density


@pytest.fixture(autouse=True)
def as_found() -> Iterator[None]:
    yield
    numbers.set_number_language(numbers.ENGLISH)
    set_density(COMFORTABLE)


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thousands of everything that is counted."""
    return fill(
        tmp_path_factory.mktemp("busy") / "busy.db",
        GenerationRequest(2400, seed=5, dirty=0.5),
        GenerationRequest(1200, seed=6, dirty=0.05),
    )


@pytest.mark.parametrize("size", [(1024, 680), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize(
    ("density", "look", "language"),
    [
        (COMPACT, "light", numbers.ENGLISH),
        (COMPACT, "dark", numbers.FRENCH),
        (COMFORTABLE, "dark", numbers.SWISS),
    ],
)
def test_no_page_is_cut_off(
    open_on: Any,
    themes: ThemeManager,
    busy: Path,
    tmp_path: Path,
    size: tuple[int, int],
    density: str,
    look: str,
    language: str,
) -> None:
    set_density(density)
    numbers.set_number_language(language)
    themes.set_mode(look)
    steward = open_on(Path(shutil.copy(busy, tmp_path / "busy.db")))
    steward.window.resize(*size)
    for key in PAGES:
        steward.window.go_to(key)
        quiet(steward)
        views = steward.window.page(key).findChild(QTabBar, f"{key}.views")
        for place in range(views.count() if views is not None else 1):
            if views is not None:
                views.setCurrentIndex(place)
            quiet(steward)
            assert clipped(steward.window) == [], (key, place)
