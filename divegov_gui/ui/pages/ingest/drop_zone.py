"""The place for a file while there is none."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets import icon_label, label
from divegov_gui.ui.widgets.painting import color


def dropped_file(mime: QMimeData) -> str:
    """The one local file that is being dropped, or an empty text."""
    files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    return files[0] if len(files) == 1 else ""


class DropZone(QWidget):
    """A dashed ground that says what may be dropped here; it lights up while a file hangs over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ingest.drop")
        self.setAccessibleName("Drop a file here")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._hot = False
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
        layout.setSpacing(space.s)
        layout.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(icon_label("upload", "accent", 40), 0, centre)
        layout.addWidget(label("Drop a file here", "heading"), 0, centre)
        layout.addWidget(label("CSV, Excel (XLSX), JSON or JSON Lines", "muted"), 0, centre)
        layout.addSpacing(space.s)
        note = "It is read whole before anything is loaded: a file that cannot be read to its end is refused."
        layout.addWidget(label(note, "hint"), 0, centre)
        layout.addStretch(1)
        self.setMinimumHeight(220)

    def set_hot(self, hot: bool) -> None:
        """Light up while a file hangs over the page."""
        self._hot = hot
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        pen = QPen(color("accent" if self._hot else "control_border"), 1.5)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(color("accent_soft" if self._hot else "raised"))
        radius = theme.current().radius.card
        painter.drawRoundedRect(area, radius, radius)
