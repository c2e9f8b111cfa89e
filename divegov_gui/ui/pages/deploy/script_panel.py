"""SQL to read: one script with its state in words where there is something to say, or the whole plan."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.services.deployment import ScriptState
from divegov_gui.ui import theme
from divegov_gui.ui.pages.deploy.rows import ScriptRow
from divegov_gui.ui.pages.deploy.words import Failure, drift_text
from divegov_gui.ui.widgets import SqlView, button, label, reveal
from divegov_gui.ui.widgets.note import Note

_WHOLE = "The whole plan"


class ScriptPanel(QWidget):
    """The selected script with a note over it: drifted and what that means, or failed and where."""

    whole_asked = Signal()
    """The person wants to read all that would run; `show_whole` takes it."""
    accept_asked = Signal()
    """What no script puts back is to be taken as it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.s)
        head = QHBoxLayout()
        self._title = label("", "heading", name="deploy.script")
        head.addWidget(self._title, 1)
        self.whole = button(
            _WHOLE,
            name="deploy.whole",
            icon="list",
            variant="ghost",
            description="Shows exactly what would run, from the first line to the last.",
        )
        self.whole.setCheckable(True)
        self.whole.clicked.connect(self._turn)
        head.addWidget(self.whole)
        layout.addLayout(head)
        self._note = Note("deploy.note")
        self.accept = button(
            "Accept as it is",
            name="deploy.accept",
            description="What no script puts back counts as deployed from now on; nothing in the database changes.",
        )
        self.accept.clicked.connect(self.accept_asked)
        self._note.row.addWidget(self.accept, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self._note)
        self.sql = SqlView("deploy.sql", "The script's SQL")
        self.sql.setMinimumHeight(96)
        layout.addWidget(self.sql, 1)
        self._row: ScriptRow | None = None
        self._failure: Failure | None = None
        self._shown: tuple[str, str] = ("", "")
        reveal(self.whole, False)

    def offer_whole(self, there_is_one: bool) -> None:
        """Offer to show the whole plan, where there is one."""
        reveal(self.whole, there_is_one)
        if self.whole.isChecked():
            self.whole.setChecked(False)
            self.show_script(self._row, self._failure)

    def show_whole(self, text: str) -> None:
        """Show the whole plan, if that is still what the person wants."""
        if self.whole.isChecked():
            self._title.setText(_WHOLE)
            self._shown = ("", "")
            self.sql.set_sql(text)
            self._note.say("")

    def show_script(self, row: ScriptRow | None, failure: Failure | None) -> None:
        """Show the script of `row`; where it is the one of `failure`, with its line marked."""
        if row is None:
            return
        if self._row is not None and self._row.name != row.name:
            self.whole.setChecked(False)
        self._row, self._failure = row, failure
        if self.whole.isChecked():
            return
        reveal(self.accept, any(not f.restorable for f in row.status.findings))
        failed = failure if failure is not None and failure.script == row.name else None
        self._title.setText(f"{row.name}  ·  {row.title}" if row.title else row.name)
        if self._shown != (row.name, row.status.checksum):
            self._shown = (row.name, row.status.checksum)
            self.sql.set_sql(row.status.text)
        if failed is not None:
            self.sql.mark_line(failed.line)
            self._note.say(failed.words, "danger")
        elif row.status.state is ScriptState.DRIFTED:
            self._note.say(drift_text(row.status), "warning")
        else:
            self._note.say("")

    def _turn(self, whole: bool) -> None:
        if whole:
            self.whole_asked.emit()
        else:
            self.show_script(self._row, self._failure)
