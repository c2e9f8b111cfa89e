"""Pictures of the window, the same each time: used for the manual's screenshots and to look at one's work."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget

from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.theme import ThemeManager

Ready = Callable[[], bool]


def capture(
    widget: QWidget,
    path: Path,
    size: tuple[int, int] = (1280, 800),
    *,
    themes: ThemeManager | None = None,
    mode: str = "light",
    ready: Ready | None = None,
    keep_focus: bool = False,
) -> Path:
    """Write `widget` as a PNG of `size` pixels in the look `mode`, once `ready` says so; returns `path`.

    Nothing appears on the person's screen. Raises TimeoutError when it is not ready in 30 seconds.
    """
    if themes is not None:
        themes.set_mode(mode)
    if not widget.isVisible():
        widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    QApplication.setCursorFlashTime(0)
    widget.resize(QSize(*size))
    widget.show()
    settle(ready)
    widget.grab()  # a table asks for the rows that it is made to paint
    settle(ready)
    focused = QApplication.focusWidget()
    if focused is not None and not keep_focus:
        focused.clearFocus()
    settle()
    try:
        private_files.make_folder(path.parent)
        private_files.reserve(path)
        written = widget.grab().save(str(path), "PNG")
    except OSError:
        written = False
    if not written:
        raise InputRefused(
            f"The picture {path.name} cannot be written.",
            f"The folder {path.parent} cannot be made or written.",
            "Choose another folder.",
        )
    return path


def capture_pages(
    window: MainWindow,
    folder: Path,
    keys: Iterable[str],
    *,
    themes: ThemeManager,
    size: tuple[int, int] = (1280, 800),
    modes: Iterable[str] = ("light", "dark"),
    suffix: str = "",
    ready: Ready | None = None,
) -> list[Path]:
    """Write each page of `keys` in each look as ``<page>-<look><suffix>.png``; returns the files."""
    made = []
    for mode in modes:
        for key in keys:
            window.go_to(key)
            file = folder / f"{key}-{mode}{suffix}.png"
            made.append(capture(window, file, size, themes=themes, mode=mode, ready=ready))
    return made


def settle(ready: Ready | None = None, seconds: float = 30.0) -> None:
    """Let the window work until `ready` says so and nothing waits to be laid out or painted."""
    until = time.monotonic() + seconds
    while True:
        while ready is not None and not ready():
            if time.monotonic() > until:
                raise TimeoutError("The page was not ready in time for its picture.")
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        for _ in range(4):
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
            QCoreApplication.processEvents()
        if ready is None or ready():
            return
