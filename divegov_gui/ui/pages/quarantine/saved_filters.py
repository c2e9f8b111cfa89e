"""Filters kept under a name. The search text is not kept: it may be a diver's name."""

from __future__ import annotations

import json

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog, QMenu, QToolButton

from divegov_gui.services.queue_query import QueueQuery
from divegov_gui.ui.pages.quarantine.queue_loader import QueueLoader
from divegov_gui.ui.settings import UiSettings

KEY = "quarantine/filters"


class SavedFilters(QObject):
    """The menu of a button: filters to choose from, and ways to keep the present one and to forget one."""

    chosen = Signal(object)
    """The QueueQuery that was kept."""

    def __init__(self, opener: QToolButton, loader: QueueLoader, settings: UiSettings) -> None:
        super().__init__(opener)
        self._opener, self._loader, self._settings = opener, loader, settings
        self._menu = QMenu(opener)
        self._menu.aboutToShow.connect(self._fill)
        opener.setMenu(self._menu)

    @property
    def kept(self) -> dict[str, str]:
        """The filters by name, as text."""
        try:
            found = json.loads(str(self._settings.value(KEY, "{}")))
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def keep(self, name: str) -> None:
        """Keep what is chosen now under `name`; a filter of that name is replaced."""
        query = QueueQuery("", self._loader.query.chosen)
        self._write(self.kept | {name: query.to_text()})

    def forget(self, name: str) -> None:
        """Keep a filter no longer."""
        self._write({other: text for other, text in self.kept.items() if other != name})

    def _write(self, kept: dict[str, str]) -> None:
        self._settings.set_value(KEY, json.dumps(kept, ensure_ascii=False))

    def _fill(self) -> None:
        self._menu.clear()
        for name, text in self.kept.items():
            self._menu.addAction(name).triggered.connect(lambda _=False, t=text: self._choose(t))
        if self.kept:
            self._menu.addSeparator()
        self._menu.addAction("Save these filters…").triggered.connect(lambda: self._ask())
        if self.kept:
            forget = self._menu.addMenu("Forget")
            for name in self.kept:
                forget.addAction(name).triggered.connect(lambda _=False, n=name: self.forget(n))

    def _choose(self, text: str) -> None:
        self.chosen.emit(QueueQuery.from_text(text))

    def _ask(self) -> None:
        asked = QInputDialog(self._opener.window())
        asked.setObjectName("quarantine.save_filter")
        asked.setWindowTitle("Save these filters")
        asked.setLabelText("Name (the search text is not kept)")
        asked.textValueSelected.connect(lambda name: self.keep(name.strip()) if name.strip() else None)
        asked.open()
