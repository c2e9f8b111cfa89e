"""What a person likes: the look, the height of rows, how dates are written. Applied at once, and kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.ui import numbers, page_size, theme, times
from divegov_gui.ui.preferences import DATES, DENSITY, NUMBERS, PAGE_SIZE
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.widgets.basics import button, icon_label, label, rule
from divegov_gui.ui.widgets.density import COMFORTABLE, COMPACT, set_density
from divegov_gui.ui.widgets.dialog import Dialog
from divegov_gui.ui.widgets.form import FormRow, choice_field

_LOOKS: list[tuple[str, object]] = [("Follow the desktop", "auto"), ("Light", "light"), ("Dark", "dark")]
_DENSITIES: list[tuple[str, object]] = [
    ("Comfortable", COMFORTABLE),
    ("Compact: more rows in sight", COMPACT),
]


class PreferencesDialog(Dialog):
    """One choice a line; what is chosen is in force at once, and Escape closes."""

    look_chosen = Signal(object)
    """``auto``, ``light`` or ``dark``."""
    writing_changed = Signal()
    """Dates, numbers or pages are others from now on: what is shown must be read and written anew."""

    def __init__(self, settings: UiSettings, look: str, window: QWidget) -> None:
        super().__init__("preferences", "Preferences", "settings", window)
        self._settings = settings
        self.body.setSpacing(theme.current().space.l)
        self.look = self._choice("Look", "preferences.look", _LOOKS, look, self._take_look)
        self.density = self._choice(
            "Rows of tables",
            "preferences.density",
            _DENSITIES,
            str(settings.value(DENSITY, COMFORTABLE)),
            self._take_density,
        )
        self.dates = self._choice(
            "Dates",
            "preferences.dates",
            [(f"{words}: {times.example(style)}", style) for style, words in times.STYLES.items()],
            times.date_style(),
            self._take_dates,
        )
        self.numbers = self._choice(
            "Numbers",
            "preferences.numbers",
            [(f"{words}: {numbers.example(name)}", name) for name, words in numbers.LANGUAGES.items()],
            numbers.number_language(),
            self._take_numbers,
        )
        self.page_size = self._choice(
            "Searches, logs and changes",
            "preferences.page_size",
            [(f"{grouped(size)} rows a page", str(size)) for size in page_size.SIZES],
            str(page_size.page_size()),
            self._take_page_size,
            "Grids that scroll through everything have no pages.",
        )
        self.body.addWidget(rule())
        self.body.addWidget(self._telemetry())
        self.aside.addWidget(label("Changes are kept for the next start.", "hint"))
        close = button("Close", name="preferences.close", variant="primary")
        self.add_button(close, self.accept, default=True)

    def show_look(self, mode: str) -> None:
        """The look was chosen elsewhere."""
        self.look.setCurrentIndex(max(0, self.look.findData(mode)))

    # --- inside
    def _choice(
        self,
        title: str,
        name: str,
        choices: list[tuple[str, object]],
        now: str,
        take: Callable[[str], None],
        hint: str = "",
    ) -> QComboBox:
        field = choice_field(name, title, choices)
        field.setCurrentIndex(max(0, field.findData(now)))
        field.currentIndexChanged.connect(lambda _: take(str(field.currentData())))
        self.body.addWidget(FormRow(title, field, hint, name=name))
        return field

    def _telemetry(self) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.m)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label("Telemetry: there is none", "strong", name="preferences.telemetry"))
        words.addWidget(
            label(
                "This program counts nothing and calls nobody. It speaks to the databases that you open, and to no "
                "other computer.",
                "muted",
                wrap=True,
            )
        )
        row.addWidget(icon_label("shield", "accent", 20))
        row.addLayout(words, 1)
        return made

    def _take_look(self, mode: str) -> None:
        self.look_chosen.emit(mode)

    def _take_density(self, name: str) -> None:
        self._settings.set_value(DENSITY, name)
        set_density(name)

    def _take_dates(self, style: str) -> None:
        self._settings.set_value(DATES, style)
        times.set_date_style(style)
        self.writing_changed.emit()

    def _take_page_size(self, size: str) -> None:
        self._settings.set_value(PAGE_SIZE, size)
        page_size.set_page_size(int(size))
        self.writing_changed.emit()

    def _take_numbers(self, name: str) -> None:
        self._settings.set_value(NUMBERS, name)
        numbers.set_number_language(name)
        self.writing_changed.emit()
