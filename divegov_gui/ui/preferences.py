"""What a person has chosen in the preferences, put in force when the program starts."""

from __future__ import annotations

from divegov_gui.ui import times
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.widgets.density import COMFORTABLE, set_density

DENSITY, DATES, NUMBERS = "window/density", "window/dates", "window/numbers"
PAGE_SIZE = "window/pageSize"
"""Under which keys of the settings they are kept."""


def apply_preferences(settings: UiSettings) -> None:
    """Put in force what was kept, before the first page is made; the look is the ThemeManager's."""
    set_density(str(settings.value(DENSITY, COMFORTABLE)))
    times.set_date_style(str(settings.value(DATES, times.ISO)))
    size = str(settings.value(PAGE_SIZE, ""))
    if size.isdecimal():
        from divegov_gui.ui.page_size import set_page_size

        set_page_size(int(size))
    language = str(settings.value(NUMBERS, ""))
    if language:  # numbers are English of themselves: most starts need nothing here
        from divegov_gui.ui.numbers import set_number_language

        set_number_language(language)
