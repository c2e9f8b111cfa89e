"""One script to read: its name, its state in words where there is something to say, its SQL."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.services.deployment import ScriptState
from divegov_gui.ui import theme
from divegov_gui.ui.pages.deploy.rows import ScriptRow
from divegov_gui.ui.pages.deploy.words import Failure, drift_text
from divegov_gui.ui.widgets import SqlView, icon_label, label, restyle, reveal


class ScriptPanel(QWidget):
    """The selected script with a note over it: drifted and what that means, or failed and where."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        self._title = label("", "heading", name="deploy.script")
        layout.addWidget(self._title)
        self._note = QFrame()
        self._note.setProperty("notice", "true")
        row = QHBoxLayout(self._note)
        row.setContentsMargins(space.m, space.s, space.m, space.s)
        row.setSpacing(space.m)
        self._sign = icon_label("warning", "warning", 20)
        self._words = label("", wrap=True, name="deploy.note")
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        layout.addWidget(self._note)
        self.sql = SqlView("deploy.sql", "The script's SQL")
        self.sql.setMinimumHeight(120)
        layout.addWidget(self.sql, 1)
        self._shown: tuple[str, str] = ("", "")
        self._note.hide()

    def show_script(self, row: ScriptRow | None, failure: Failure | None) -> None:
        """Show the script of `row`; where it is the one of `failure`, with its line marked."""
        if row is None:
            return
        failed = failure if failure is not None and failure.script == row.name else None
        self._title.setText(f"{row.name}  ·  {row.title}" if row.title else row.name)
        if self._shown != (row.name, row.status.checksum):
            self._shown = (row.name, row.status.checksum)
            self.sql.set_sql(row.status.text)
        if failed is not None:
            self.sql.mark_line(failed.line)
            self._say("danger", failed.words)
        elif row.status.state is ScriptState.DRIFTED:
            self._say("warning", drift_text(row.status))
        else:
            self._say("", "")

    def _say(self, tone: str, words: str) -> None:
        self._words.setText(words)
        if tone:
            theme.set_icon(self._sign, tone, tone, 20)
            self._note.setProperty("tone", tone)
            restyle(self._note)
            restyle(self._words)
        reveal(self._note, bool(words))
