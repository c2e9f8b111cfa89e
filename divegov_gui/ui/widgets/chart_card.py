"""A chart on a card: what it says, its legend, its table, and the files that it can be saved as."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QToolButton, QWidget

from divegov_gui.core import private_files
from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import decimal, grouped
from divegov_gui.ui.widgets.ask_where import ask_for_file
from divegov_gui.ui.widgets.basics import label, reveal, tool_button
from divegov_gui.ui.widgets.cards import Card
from divegov_gui.ui.widgets.chart import Chart
from divegov_gui.ui.widgets.chart_data import ChartData, Mark, Series
from divegov_gui.ui.widgets.list_table import ListTable
from divegov_gui.ui.widgets.painting import fill_pattern, rounded
from divegov_gui.ui.widgets.table_columns import Column

KINDS = {"png": "Picture", "svg": "Drawing", "csv": "Numbers"}
_TABLE_HEIGHT = 232


class ChartCard(Card):
    """The chart or its table; under them what is looked at, in words."""

    mark_chosen = Signal(object)
    """The Mark that was chosen."""
    saved = Signal(object)
    """The Path of a file that was written."""
    failed = Signal(object)
    """The DiveGovError because of which none was."""

    def __init__(self, name: str, title: str, empty: str, parent: QWidget | None = None) -> None:
        """`empty` is said while there is nothing to show."""
        super().__init__(title, " ", parent)
        self.setObjectName(name)
        self._name, self._title = name, title
        self.chart = Chart(f"{name}.chart", title)
        self.chart.mark_chosen.connect(self.mark_chosen)
        self.chart.mark_looked_at.connect(self._tell)
        self._legend = QHBoxLayout()
        self._legend.setSpacing(6)
        self.body.addLayout(self._legend)
        self._faces = QStackedWidget()
        self._faces.addWidget(self.chart)
        self.body.addWidget(self._faces)
        self.readout = label("", "hint", wrap=True, name=f"{name}.readout")
        self.readout.setMinimumHeight(34)
        self.readout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(self.readout)
        self._empty = label(empty, "muted", wrap=True, name=f"{name}.empty")
        self.body.addWidget(self._empty)
        self.body.addStretch(1)
        self.table: ListTable | None = None
        self._add_actions()

    def show_data(self, data: ChartData, subtitle: str) -> None:
        """Show `data` under `subtitle`."""
        assert self.header is not None
        self.header.set_subtitle(subtitle)
        self.chart.set_data(data)
        self._show_legend(data.series if len(data.series) > 1 else ())
        self._tell(None)
        some = bool(data.marks)
        for part in (self._faces, self.as_table, self.export):
            reveal(part, some)
        reveal(self.readout, some or bool(data.said))
        reveal(self._empty, not some)
        self._turn(self.as_table.isChecked())

    def save(self, path: Path) -> None:
        """Write the chart to `path`, as its ending says; tells how that went."""
        try:
            if path.suffix.lower() == ".csv":
                self._save_csv(path)
            else:
                self.chart.save(path)
        except OSError as error:
            self.failed.emit(
                InputRefused(f"{path.name} could not be written.", f"{error}", "Choose another folder.")
            )
        else:
            self.saved.emit(path)

    # --- inside
    def _add_actions(self) -> None:
        assert self.header is not None
        self.as_table = tool_button(
            "table", name=f"{self._name}.as_table", accessible=f"{self._title}: show the numbers as a table"
        )
        self.as_table.setCheckable(True)
        self.as_table.toggled.connect(self._turn)
        self.export = tool_button("download", name=f"{self._name}.export", accessible=f"Save {self._title}")
        menu = QMenu(self.export)
        menu.setObjectName(f"{self._name}.export_menu")
        for ending, words in KINDS.items():
            action = menu.addAction(f"{words} ({ending.upper()})…")
            action.setObjectName(f"{self._name}.save_{ending}")
            action.triggered.connect(lambda _=False, ending=ending: self._ask_where(ending))
        self.export.setMenu(menu)
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.header.add_action(self.as_table)
        self.header.add_action(self.export)

    def _turn(self, table: bool) -> None:
        """Show the chart or its table, which is made when it is first wanted."""
        if table:
            self._show_table(self.chart.data)
        shown = table and self.table is not None
        self._faces.setCurrentIndex(int(shown))
        self._faces.setFixedHeight(_TABLE_HEIGHT if shown else self.chart.height())

    def _tell(self, mark: Mark | None) -> None:
        self.readout.setText(mark.words if mark is not None else self.chart.data.said)

    def _show_legend(self, series: tuple[Series, ...]) -> None:
        while (item := self._legend.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in series:
            self._legend.addWidget(_Swatch(one))
            self._legend.addWidget(label(one.name, "hint"))
            self._legend.addSpacing(10)
        if series:
            self._legend.addStretch(1)

    def _show_table(self, data: ChartData) -> None:
        """The same numbers for who reads rather than looks."""
        if self.table is None and data.heads:
            columns = tuple(
                Column(f"c{i}", head, _width(i, head), align_right=i > 0, sortable=False, format=_cell)
                for i, head in enumerate(data.heads)
            )
            self.table = ListTable(
                columns, name=f"{self._name}.table", accessible=f"{self._title}, the numbers", key="c0"
            )
            self.table.stretch("c0")
            self._faces.addWidget(self.table)
        if self.table is not None:
            self.table.show_rows([_Row(mark) for mark in data.marks])

    def _ask_where(self, ending: str) -> None:
        ask_for_file(
            self.window(),
            f"{self._name}.save_dialog",
            f"Save {self._title}",
            {ending: KINDS[ending]},
            self.save,
            self._title.lower().replace(" ", "-"),
        )

    def _save_csv(self, path: Path) -> None:
        private_files.reserve(path)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(self.chart.data.heads)
            writer.writerows(mark.cells for mark in self.chart.data.marks)


class _Row(Mapping[str, Any]):
    """A mark's cells by the names of the table's columns."""

    def __init__(self, mark: Mark) -> None:
        self._cells = {f"c{i}": cell for i, cell in enumerate(mark.cells)}

    def __getitem__(self, name: str) -> Any:
        return self._cells[name]

    def __iter__(self) -> Any:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)


class _Swatch(QWidget):
    """A series' colour and pattern."""

    def __init__(self, series: Series) -> None:
        super().__init__()
        self._series = series
        self.setFixedSize(12, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect().toRectF()
        painter.setClipPath(rounded(area, 3))
        fill_pattern(painter, area, self._series.tone, self._series.pattern)


def _width(place: int, head: str) -> int:
    """Room for the heading; the first column takes what is left."""
    return 96 if place == 0 else round(7.6 * len(head)) + 24


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return decimal(value)
    return grouped(value) if isinstance(value, int) else str(value)
