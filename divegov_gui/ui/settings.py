"""What the window remembers between two starts, in a file that the application names."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from divegov_gui.core import private_files

WATCHED_FOLDER = "watch/folder"


class UiSettings:
    """Geometry, look and last page in an INI file; without a path nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            private_files.make_folder(path.parent)
            private_files.make_file(path)
        self._store = QSettings(str(path), QSettings.Format.IniFormat) if path is not None else None

    @property
    def theme_mode(self) -> str:
        """``auto``, ``light`` or ``dark``."""
        return str(self.value("window/theme", "auto"))

    @theme_mode.setter
    def theme_mode(self, mode: str) -> None:
        self.set_value("window/theme", mode)

    @property
    def page(self) -> str:
        """The key of the page that was shown last."""
        return str(self.value("window/page", ""))

    @page.setter
    def page(self, key: str) -> None:
        self.set_value("window/page", key)

    @property
    def geometry(self) -> QByteArray:
        """The window's place and size as Qt saves it; empty where none was kept."""
        found = self.value("window/geometry", None)
        return found if isinstance(found, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, geometry: QByteArray) -> None:
        self.set_value("window/geometry", geometry)

    @property
    def has_watched(self) -> bool:
        """Whether a folder was ever watched."""
        return bool(self.value(WATCHED_FOLDER, ""))

    def value(self, key: str, default: object = None) -> object:
        """What was kept under `key`."""
        return default if self._store is None else self._store.value(key, default)

    def set_value(self, key: str, value: object) -> None:
        """Keep `value` under `key`; never a secret, never a diver's data."""
        if self._store is not None:
            self._store.setValue(key, value)

    def sync(self) -> None:
        """Write to the file now."""
        if self._store is not None:
            self._store.sync()
