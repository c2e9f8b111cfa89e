"""Over the grid: the search, what the list is narrowed by, and how many records match and are selected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from divegov_gui.core.numbers import grouped
from divegov_gui.services.facets import Facets
from divegov_gui.services.queue_query import QueueQuery
from divegov_gui.ui import theme
from divegov_gui.ui.widgets import button, plural, reveal, tool_button

_PAUSE_MS = 250


class SearchField(QLineEdit):
    """A search that waits for a pause in the typing; Escape and Down go back to the grid."""

    searched = Signal(object)
    """The text."""
    left = Signal()
    """The person wants to go on in the grid."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("quarantine.search")
        self.setAccessibleName("Search in all values")
        self.setPlaceholderText("Search in all values")
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(120)
        self.setMaximumWidth(340)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._tell)
        self._told = ""
        self.textChanged.connect(lambda _: self._pause.start())
        self.returnPressed.connect(self._tell)

    def begin(self) -> None:
        """Take the focus, with what was searched before ready to be overwritten."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def show_text(self, text: str) -> None:
        """Show a search that was begun elsewhere."""
        if text != " ".join(self.text().split()):
            self.setText(text)
        self._told = text
        self._pause.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self._tell()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _tell(self) -> None:
        self._pause.stop()
        text = " ".join(self.text().split())
        if text != self._told:
            self._told = text
            self.searched.emit(text)


class CountLabel(QLabel):
    """How many match and are selected, whole or in fewer words: a number is never cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("quarantine.count")
        self.setProperty("role", "strong")
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._words = self._short = ""

    def say(self, words: str, short: str = "") -> None:
        """Say `words`, or `short` where there is less room."""
        self._words, self._short = words, short or words
        self.setToolTip(words)
        self.setAccessibleName(words)
        self._choose()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self._width(self._words), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width(self._short), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose()

    def _choose(self) -> None:
        self.setText(self._words if self._width(self._words) <= self.width() else self._short)

    def _width(self, words: str) -> int:
        self.ensurePolished()
        return self.fontMetrics().horizontalAdvance(words) + 2


class SearchRow(QWidget):
    """The search, a button for the facets, and the count of the whole result."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.xs)
        self.filters = tool_button("filter", name="quarantine.filters", accessible="Show or hide the filters")
        self.filters.setCheckable(True)
        self.search = SearchField()
        self.clear = button("Clear filters", name="quarantine.clear_all", variant="link")
        reveal(self.clear, False)
        self.count = CountLabel()
        self.panel = tool_button("panel", name="quarantine.panel", accessible="Show or hide the record")
        self.panel.setCheckable(True)
        row.addWidget(self.filters)
        row.addWidget(self.search, 100)
        row.addWidget(self.clear)
        row.addStretch(1)
        row.addWidget(self.count)
        row.addSpacing(2)
        row.addWidget(self.panel)
        self._match: int | None = None
        self._narrowed = False
        self.filters.toggled.connect(lambda _: self.show_clear())
        self._words = ""

    def show_facets(self, facets: Facets, query: QueueQuery) -> None:
        """Say how many records match, of how many."""
        self._match = facets.match_count
        self._narrowed = not query.is_everything
        self.show_clear()
        if query.is_everything:
            verb = "waits" if facets.open_count == 1 else "wait"
            self._words = f"{plural(facets.open_count, 'record')} {verb}"
        elif facets.match_count is not None:
            verb = "matches" if facets.match_count == 1 else "match"
            self._words = f"{grouped(facets.match_count)} {verb}"

    def show_refused(self) -> None:
        """Forget the counts of what was listed before: what is asked for now was refused."""
        self._match, self._words, self._narrowed = None, "", True
        self.show_clear()

    def show_clear(self) -> None:
        """Where the facets are folded away, what narrows the list can be taken away here."""
        reveal(self.clear, self._narrowed and not self.filters.isChecked())

    def show_count(self, listed: int | None, selected: int) -> None:
        """Say how many of them are selected; `listed` where the list itself is what counts them."""
        words = self._words
        short = ""
        if self._match is None and listed is not None:
            words = f"{grouped(listed)} {'matches' if listed == 1 else 'match'}"
        total = self._match if self._match is not None else listed
        if selected > 1 and selected == total:
            words, short = f"{words}; all selected", f"All {grouped(selected)} selected"
        elif selected > 1:
            of = f" of {grouped(total)}" if total is not None else ""
            words, short = f"{words} · {grouped(selected)} selected", f"{grouped(selected)}{of} selected"
        self.count.say(words, short)
