"""The quarantine page as a person uses it, and what the database says behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from driving import ask, find, quiet
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QLabel,
    QLineEdit,
    QRadioButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from divegov_gui.database.sqlite import open_workspace
from divegov_gui.services.queue import read_versions
from divegov_gui.services.review import Edit, edit_records
from divegov_gui.ui.capture import settle
from divegov_gui.ui.pages.quarantine.columns import NAMES
from divegov_gui.ui.pages.quarantine.grid import QueueGrid
from divegov_gui.ui.pages.quarantine.page import QuarantinePage

GOOD: dict[str, str | None] = {
    "first_name": "Grace",
    "last_name": "Hill",
    "email": "grace.hill@dive.example",
    "phone": "+48601123456",
    "date_of_birth": "1990-12-31",
    "certification": "Rescue Diver",
    "source_reference": "A-1",
}
"""A record that the gate lets in."""
HERS = "hers{}@dive.example"
"""The address that Berta gives a record, with its number in it."""


class Workbench:
    """A steward's window on the quarantine."""

    def __init__(self, qtbot: QtBot, steward: Any, path: Path) -> None:
        self.qtbot, self.steward, self.path = qtbot, steward, path
        steward.window.go_to("quarantine")
        self.quiet()

    @property
    def page(self) -> QuarantinePage:
        found = self.steward.window.page("quarantine")
        assert isinstance(found, QuarantinePage)
        return found

    @property
    def grid(self) -> QueueGrid:
        return self.page.grid

    # --- what one does
    def quiet(self) -> None:
        """Until nothing is under way: no job, and no pause after a keystroke."""
        settle(lambda: not self._pausing() and self.steward.is_quiet())
        quiet(self.steward)
        settle(lambda: not self._pausing() and self.steward.is_quiet())

    def key(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier, on: QWidget | None = None) -> None:
        """Press a key where the focus is."""
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        self.qtbot.keyClick(on or self.focus(), key, held)
        self.quiet()

    def ctrl(self, key: Qt.Key) -> None:
        self.key(key, Qt.KeyboardModifier.ControlModifier)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.qtbot.keyClicks(self.focus(), text)
        self.quiet()

    def focus(self) -> QWidget:
        found = QApplication.focusWidget()
        return found if found is not None else self.grid

    def click(self, name: str) -> None:
        """Click a control of the window or of the dialog that is open."""
        control = self.control(name)
        assert control.isVisible(), f"{name} is not in sight"
        assert control.isEnabled(), f"{name} is disabled"
        at = control.rect().center()
        if isinstance(control, (QCheckBox, QRadioButton)):  # only the box and its words take a click
            at.setX(10)
        self.qtbot.mouseClick(control, Qt.MouseButton.LeftButton, pos=at)
        self.quiet()

    def control(self, name: str) -> QWidget:
        dialog = self.dialog()
        if dialog is not None and (found := dialog.findChild(QWidget, name)) is not None:
            return found
        return find(self.steward, name)

    def write_in(self, name: str, text: str) -> None:
        """Put the cursor into a field and type."""
        field = self.control(name)
        assert isinstance(field, QLineEdit)
        self.qtbot.mouseClick(field, Qt.MouseButton.LeftButton)
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.quiet()

    def point_at(self, record: int, column: str) -> None:
        """Click the cell of a record."""
        index = self.grid.rows.index(self.row_of(record), self.grid.column_of(_name(column)))
        self.grid.scrollTo(index)
        place = self.grid.visualRect(index).topLeft() + QPoint(8, 8)
        self.qtbot.mouseClick(self.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
        self.quiet()

    def select(self, *records: int) -> None:
        """Select records by the mouse, one after the other."""
        self.point_at(records[0], "First_Name")
        for record in records[1:]:
            index = self.grid.rows.index(self.row_of(record), self.grid.column_of("first_name"))
            self.grid.scrollTo(index)
            self.qtbot.mouseClick(
                self.grid.viewport(),
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.ControlModifier,
                self.grid.visualRect(index).center(),
            )
        self.quiet()
        assert sorted(self.page.desk.decisions.chosen()) == sorted(records)

    # --- what one sees
    def dialog(self) -> QDialog | None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        return found[-1] if found else None

    def in_dialog(self) -> str:
        """All words of the dialog that is open."""
        dialog = self.dialog()
        assert dialog is not None
        return " ".join(self.texts(dialog))

    def ids(self) -> list[int]:
        return [self.grid.rows.key_at(row) for row in range(self.grid.rows.rowCount())]

    def row_of(self, record: int) -> int:
        return self.ids().index(record)

    def count(self) -> str:
        return find(self.steward, "quarantine.count", QLabel).text()

    def spoken(self, record: int, column: str) -> str:
        """A cell as assistive technology reads it."""
        index = self.grid.rows.index(self.row_of(record), self.grid.column_of(_name(column)))
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

    def texts(self, widget: QWidget | None = None) -> list[str]:
        labels = (widget or self.page).findChildren(QLabel)
        return [label.text() for label in labels if label.isVisible() and label.text()]

    # --- what the database says
    def ask(self, question: str) -> list[tuple[Any, ...]]:
        return ask(self.path, question)

    def one(self, question: str) -> Any:
        ((found,),) = self.ask(question)
        return found

    def value(self, record: int, column: str) -> Any:
        """What a record holds in a column, of the database's own as well."""
        return self.one(f"SELECT {column} FROM Data_Quarantine WHERE Quarantine_ID = {record}")

    def status(self, record: int) -> Any:
        return self.value(record, "Status")

    def mask(self, record: int) -> int:
        return int(self.value(record, "Failed_Checks"))

    def open_ids(self, where: str = "1", order: str = "Quarantine_ID") -> list[int]:
        rows = self.ask(
            f"SELECT Quarantine_ID FROM Data_Quarantine WHERE Status = 'Open' AND {where} ORDER BY {order}"
        )
        return [row[0] for row in rows]

    def failing(self, *rules: str) -> list[int]:
        """The open records that fail exactly these rules."""
        return [
            record
            for record, found in self.ask(
                "SELECT q.Quarantine_ID, (SELECT group_concat(DISTINCT c.Rule_Code) FROM Rule_Check AS c "
                "WHERE c.Check_Bit & q.Failed_Checks) FROM Data_Quarantine AS q WHERE Status = 'Open' ORDER BY 1"
            )
            if set((found or "").split(",")) == set(rules)
        ]

    def actions(self) -> list[str]:
        return [row[0] for row in self.ask("SELECT Action FROM Steward_Action ORDER BY Action_ID")]

    def as_another(self, do: Callable[[Any], object]) -> None:
        """Have another steward, Berta, do something."""
        session = open_workspace(self.path, actor="berta")
        try:
            do(session)
        finally:
            session.close()

    def another_edits(self, *records: int, column: str = "Email", text: str = HERS) -> None:
        """Have Berta put `text` into a column of records, each with its number in it."""

        def edit(session: Any) -> None:
            versions = read_versions(session, records)
            edit_records(session, [Edit(r, v, column, text.format(r)) for r, v in versions])

        self.as_another(edit)

    def put_right(self, count: int) -> list[int]:
        """Records whose only fault was their address, mended by Berta, as the page shows them."""
        records = self.failing("EMAIL_FORMAT")[:count]
        self.another_edits(*records)
        self.key(Qt.Key.Key_F5, on=self.grid)
        return records

    def arrive(self, *people: dict[str, str | None], name: str = "desk.csv") -> list[int]:
        """Have records come in, each a good one but for what is said; returns those that are put aside."""
        before = set(self.open_ids())

        def ingest(session: Any) -> None:
            (batch,) = session.call(
                "Open_Batch",
                source_name=name,
                source_kind="file",
                content_hash=json.dumps([name, people]),
                declared_count=len(people),
            )[0]
            rows = [
                [number, json.dumps({"from": name} | person), *(GOOD | person).values()]
                for number, person in enumerate(people, start=1)
            ]
            session.call("Load_Batch", batch_id=batch["Batch_ID"], rows=json.dumps(rows))
            session.call("Govern_Batch", batch_id=batch["Batch_ID"])

        self.as_another(ingest)
        self.key(Qt.Key.Key_F5, on=self.grid)
        return [each for each in self.open_ids() if each not in before]

    def _pausing(self) -> bool:
        timers = (
            self.page.desk.editing._pause,
            self.page.desk.suggesting._pause,
            self.page.search.search._pause,
        )
        dialog = self.dialog()
        form = getattr(dialog, "_form", None)
        return any(timer.isActive() for timer in (*timers, *([form._pause] if form is not None else [])))


def _name(column: str) -> str:
    return next(name for name, found in NAMES.items() if found == column)
