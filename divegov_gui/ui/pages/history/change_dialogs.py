"""Changing a diver: a new version by hand, an earlier one brought back, or the end; each with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from divegov_gui.core.errors import Conflict, DiveGovError
from divegov_gui.services.history import FIELDS
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked
from divegov_gui.ui.pages.has_come_back import HasComeBack
from divegov_gui.ui.pages.history.diff_table import DiffTable
from divegov_gui.ui.pages.history.versions import Version, differences, looks_masked
from divegov_gui.ui.times import local_time
from divegov_gui.ui.widgets import FormRow, ReasonRow, button, reveal
from divegov_gui.ui.widgets.density import hold_rows
from divegov_gui.ui.widgets.question import Question


class _WithReason(Question):
    """A question that wants a reason."""

    given = Signal(object)
    """What the person wants, as each question says."""

    def _ask_why(self, hint: str) -> None:
        self._why = ReasonRow(f"{self.objectName()}.reason", hint)
        self.body.addWidget(self._why)
        self.yes.clicked.connect(self._give)

    def _read_reason(self) -> str:
        """The reason; nothing, and said so, where there is none."""
        self.problem.say(None)
        return self._why.ask("Say why; it is kept with the version.")

    def _give(self) -> None:
        if reason := self._read_reason():
            self._tell(reason)

    def _tell(self, answer: object) -> None:
        self.set_busy(True)
        self.given.emit(answer)


class _MayBringBack(_WithReason):
    """A change that may make a diver a person who was erased."""

    def _ask_why(self, hint: str) -> None:
        super()._ask_why(hint)
        self.back = HasComeBack(self.objectName())
        self.body.addWidget(self.back)

    def say_problem(self, error: DiveGovError | None) -> None:
        super().say_problem(error)
        self.back.offer(error)


class EditDialog(_MayBringBack):
    """The fields of the current version. `given` carries (changed values by column, reason)."""

    read_anew = Signal(object)
    """This dialog, when somebody else was faster and the person wants to see the newest version."""

    def __init__(self, version: Version, levels: Sequence[str], *, mask: bool, window: QWidget) -> None:
        name = "history.edit"
        super().__init__(
            name, f"Edit {_called(version, mask)}", "edit", "Save a new version", window, width=640
        )
        self._version, self._mask = version, mask
        self._rows: dict[str, FormRow] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.current().space.m)
        grid.setVerticalSpacing(theme.current().space.s)
        for at, (column, title) in enumerate(FIELDS):
            row = self._field_row(column, title, levels)
            self._rows[column] = row
            grid.addWidget(row, at // 2, at % 2)
        self.body.addLayout(grid)
        self._ask_why("It is kept with the version, beside your name.")
        self._anew = button("See the newest version", name=f"{name}.anew", icon="refresh")
        self._anew.clicked.connect(lambda: self.read_anew.emit(self))
        self.aside.addWidget(self._anew)
        reveal(self._anew, False)

    @property
    def version(self) -> Version:
        """The version that the person sees: what is saved replaces this one and no other."""
        return self._version

    def show_newest(self, version: Version) -> None:
        """Take the newest version: fields that the person has not touched show its values."""
        touched = self._changes()
        self._version = version
        for column, row in self._rows.items():
            if column not in touched:
                _put(row.field, self._shown(column))
        self.say_problem(None)

    def say_problem(self, error: DiveGovError | None) -> None:
        super().say_problem(error)
        reveal(self._anew, isinstance(error, Conflict))

    # --- inside
    def _field_row(self, column: str, title: str, levels: Sequence[str]) -> FormRow:
        field: QLineEdit | QComboBox
        if column == "Certification":
            field = QComboBox()
            field.addItems(["", *levels])
        else:
            field = QLineEdit()
        hint = "Masked for your role; leave it as it is to keep the value." if self._veiled(column) else ""
        row = FormRow(title, field, hint, name=f"history.edit.{column.lower()}")
        _put(field, self._shown(column))
        return row

    def _veiled(self, column: str) -> bool:
        value = self._version.values.get(column)
        return value is not None and looks_masked(value)

    def _shown(self, column: str) -> str:
        value = self._version.values.get(column) or ""
        return masked(column, value) if self._mask else value

    def _changes(self) -> dict[str, str]:
        """What the person has typed, where it is not what was shown."""
        typed = {column: _text(row.field).strip() for column, row in self._rows.items()}
        return {column: text for column, text in typed.items() if text != self._shown(column).strip()}

    def _give(self) -> None:
        reason = self._read_reason()
        changes = self._changes()
        if not changes:
            self._why.set_error("Nothing is changed yet.")
        elif reason:
            self._tell((changes, reason))


class RestoreDialog(_MayBringBack):
    """What would change if an earlier version came back. `given` carries the reason."""

    def __init__(self, versions: Sequence[Version], place: int, *, mask: bool, window: QWidget) -> None:
        name = "history.bring_back"
        chosen, newest = versions[place], versions[-1]
        title = f"Restore version {chosen.number} of {_called(chosen, mask)}"
        gone = newest.valid_to is not None
        detail = _restored(chosen, newest, gone)
        super().__init__(name, title, "undo", "Restore it", window, detail=detail, width=680)
        self.preview = DiffTable("history.preview", mask=mask)
        found = differences(versions, None if gone else newest, chosen)
        self.preview.show_differences(found)
        rows = min(7, max(2, len(found) - self.preview.same_count))
        hold_rows(self.preview, rows, rows, 40)
        self.body.addWidget(self.preview)
        self._ask_why("It is kept with the new version, beside your name.")
        self._why.line.setFocus()


class DeleteDialog(_WithReason):
    """The end of a diver in the directory. `given` carries the reason."""

    def __init__(self, version: Version, count: int, *, mask: bool, window: QWidget) -> None:
        name = "history.remove"
        kept = "The version stays" if count == 1 else f"All {count} versions stay"
        detail = (
            f"The diver leaves the directory. {kept} in the history and can be restored. "
            "To remove a person's data for good, use the erasure on the page Privacy."
        )
        super().__init__(
            name,
            f"Delete {_called(version, mask)}",
            "delete",
            "Delete the diver",
            window,
            detail=detail,
            danger=True,
        )
        self._ask_why("It is kept with the deletion, beside your name.")


def _called(version: Version, mask: bool) -> str:
    """What the diver is called, for a heading."""
    if not mask:
        return version.name
    first, last = (version.values.get(c) or "" for c in ("First_Name", "Last_Name"))
    return f"{masked('First_Name', first)} {masked('Last_Name', last)}".strip()


def _restored(chosen: Version, newest: Version, gone: bool) -> str:
    back = "The diver comes back" if gone else f"Version {newest.number} stays in the history"
    return (
        f"The values of {local_time(chosen.valid_from)} become a new version; nothing of the past is rewritten. "
        f"{back}. This is what changes:"
    )


def _text(field: QWidget) -> str:
    return field.currentText() if isinstance(field, QComboBox) else field.text()  # type: ignore[attr-defined]


def _put(field: QWidget, text: str) -> None:
    if isinstance(field, QComboBox):
        if field.findText(text) < 0:
            field.addItem(text)
        field.setCurrentText(text)
    elif isinstance(field, QLineEdit):
        field.setText(text)
        field.setCursorPosition(0)
