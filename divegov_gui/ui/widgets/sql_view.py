"""SQL to read: highlighted, with line numbers, in the theme's colours."""

from __future__ import annotations

import re

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.widgets.painting import color

_KEYWORDS = (
    "ADD ALL ALTER ALWAYS AND ANY AS ASC BEFORE AFTER BEGIN BETWEEN BY CASCADE CASE CAST CATCH CHECK "
    "COLLATE COLUMN COMMIT CONFLICT CONSTRAINT CREATE CROSS CURRENT CURRENT_TIMESTAMP DATABASE "
    "DECLARE DEFAULT DELETE DESC DISTINCT DO DROP EACH ELSE END ESCAPE EXCEPT EXEC EXECUTE EXISTS "
    "FETCH FOR FOREIGN FROM FULL FUNCTION GENERATED GO GRANT GROUP HAVING HIDDEN IDENTITY IF "
    "IMMEDIATE IN INDEX INNER INSERT INSTEAD INTERSECT INTO IS JOIN KEY LEFT LIKE LIMIT MASKED "
    "MATERIALIZED MERGE NEXT NOCOUNT NOT NULL OF OFFSET ON OR ORDER OUTER OUTPUT OVER OWNER PARTITION "
    "PERIOD PRAGMA PRIMARY PROCEDURE RAISE RECURSIVE REFERENCES REPLACE RESTRICT RETURN RETURNING "
    "REVOKE RIGHT ROLE ROLLBACK ROWID ROW ROWS SCHEMA SELECT SET START STRICT SYSTEM_TIME "
    "SYSTEM_VERSIONING TABLE THEN THROW TOP TRAN TRANSACTION TRIGGER TRUNCATE TRY UNION UNIQUE UPDATE "
    "USE USING VALUES VIEW WHEN WHERE WITH WITHOUT XACT_ABORT "
)

_TOKENS = re.compile(
    r"(?P<comment>--.*|/\*.*?(?:\*/|$))|(?P<string>N?'(?:[^']|'')*(?:'|$))"
    r"|(?P<number>\b\d+(?:\.\d+)?\b)|(?P<keyword>\b(?:" + "|".join(_KEYWORDS.split()) + r")\b)",
    re.IGNORECASE,
)
_LONG = re.compile(r"--[^\n]*|(?P<comment>/\*.*?(?:\*/|\Z))|(?P<string>'(?:[^']|'')*(?:'|\Z))", re.DOTALL)


class SqlColours:
    """The colours of T-SQL's and SQLite's keywords, strings, numbers and comments, line by line as they are wanted.

    A QSyntaxHighlighter colours a whole script at once, which takes half a second for one of some thousand lines.
    """

    def __init__(self) -> None:
        self._carried: dict[int, tuple[str, int]] = {}
        self._formats: dict[str, QTextCharFormat] = {}
        self.take_theme()

    def take_theme(self) -> None:
        """Take the colours of the theme in force."""
        for kind in ("keyword", "string", "number", "comment"):
            made = QTextCharFormat()
            made.setForeground(color(f"syntax_{kind}"))
            if kind == "keyword":
                made.setFontWeight(QFont.Weight.Medium)
            self._formats[kind] = made

    def read(self, sql: str) -> None:
        """Find out which lines begin inside of a comment or a string, and how far that reaches in each."""
        self._carried = {}
        for found in _LONG.finditer(sql):
            if found.lastgroup is None or "\n" not in found[0]:
                continue
            first = sql.count("\n", 0, found.start())
            for number, part in enumerate(found[0].split("\n")[1:], first + 1):
                self._carried[number] = (found.lastgroup, len(part))

    def ranges(self, number: int, text: str) -> list[QTextLayout.FormatRange]:
        """The coloured parts of the line `number` (from 0)."""
        kind, start = self._carried.get(number, ("", 0))
        made = [self._range(kind, 0, start)] if start else []
        for found in _TOKENS.finditer(text, start):
            made.append(self._range(found.lastgroup or "keyword", found.start(), len(found[0])))
        return made

    def _range(self, kind: str, start: int, length: int) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        made.start, made.length, made.format = start, length, self._formats[kind]
        return made


class SqlView(QPlainTextEdit):
    """SQL that can be read, selected and copied, not changed."""

    def __init__(self, name: str = "", accessible: str = "SQL", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if name:
            self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setProperty("role", "sql")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(theme.mono_font(12))
        self._gutter = _Gutter(self)
        self._colours = SqlColours()
        self._coloured: set[int] = set()
        self._theme = theme.current()
        self._marked = 0
        self._tone = "danger_soft"
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_gutter)
        self.verticalScrollBar().valueChanged.connect(self._colour)
        self._make_room()

    def set_sql(self, sql: str) -> None:
        """Show `sql` from its first line, with no line marked."""
        self._marked = 0
        self.setExtraSelections([])
        self.setPlainText(sql)
        self._colours.read(sql)
        self._coloured.clear()
        self.moveCursor(self.textCursor().MoveOperation.Start)
        self._colour()

    @property
    def marked_line(self) -> int:
        """The line (from 1) that is marked, 0 where none is."""
        return self._marked

    def note_line(self, line: int) -> None:
        """Point at `line` (from 1) as the one that is spoken of, and bring it into sight; 0 points at none."""
        self._tone = "accent_soft"
        self._marked = 0
        self.setExtraSelections([])
        self._mark(line)

    def mark_line(self, line: int) -> None:
        """Mark `line` (from 1) as the one that failed, and bring it into sight."""
        self._tone = "danger_soft"
        self._mark(line)

    def _mark(self, line: int) -> None:
        block = self.document().findBlockByNumber(line - 1)
        if not block.isValid():
            return
        self._marked = line
        self.setTextCursor(QTextCursor(block))
        self.centerCursor()
        self._paint_mark()

    def _paint_mark(self) -> None:
        mark = QTextEdit.ExtraSelection()
        mark.format.setBackground(color(self._tone))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        mark.cursor = QTextCursor(self.document().findBlockByNumber(self._marked - 1))
        self.setExtraSelections([mark])

    def gutter_width(self) -> int:
        """The room that line numbers take, in pixels."""
        return self.fontMetrics().horizontalAdvance("9") * max(3, len(str(self.blockCount()))) + 20

    def _make_room(self, _: int = 0) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)

    def _scroll_gutter(self, area: QRect, moved: int) -> None:
        if moved:
            self._gutter.scroll(0, moved)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        area = self.contentsRect()
        self._gutter.setGeometry(area.left(), area.top(), self.gutter_width(), area.height())
        self._colour()

    def _colour(self, _: int = 0) -> None:
        """Colour the lines in sight that are not yet."""
        block = self.firstVisibleBlock()
        left = self.viewport().height() // max(1, self.fontMetrics().height()) + 2
        while block.isValid() and left > 0:
            number, left = block.blockNumber(), left - 1
            if number not in self._coloured:
                self._coloured.add(number)
                block.layout().setFormats(self._colours.ranges(number, block.text()))
                self.document().markContentsDirty(block.position(), block.length())
            block = block.next()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._theme is not theme.current():
            self._theme = theme.current()
            self._colours.take_theme()
            self._coloured.clear()
            self._colour()
            if self._marked:
                self._paint_mark()
        super().paintEvent(event)

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Draw the numbers of the lines in sight."""
        painter = QPainter(self._gutter)
        painter.fillRect(event.rect(), color("hover"))
        painter.setFont(self.font())
        painter.setPen(QColor(color("muted")))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        height, width = self.fontMetrics().height(), self.gutter_width() - 10
        while block.isValid() and top <= event.rect().bottom():
            if block.isVisible():
                place = QRect(0, round(top), width, height)
                painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(block.blockNumber() + 1))
            top += self.blockBoundingRect(block).height()
            block = block.next()


class _Gutter(QWidget):
    def __init__(self, view: SqlView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        return QSize(self._view.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_gutter(event)
