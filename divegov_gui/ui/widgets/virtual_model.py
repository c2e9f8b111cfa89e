"""A table of any length that holds only the pages of rows a person has just seen."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from divegov_gui.ui.widgets.table_columns import CellEdit, Column, Row, read

Index = QModelIndex | QPersistentModelIndex

BLOCK = 200
"""Rows a request."""
CACHED_BLOCKS = 48
IN_FLIGHT = 2
"""Requests under way at once; of those that wait, only the newest few are kept."""
WAITING = 3
ELLIPSIS = "…"
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_EDITABLE = _PLAIN | Qt.ItemFlag.ItemIsEditable
"""Asked for at each cell of each frame, so they are combined once."""


@dataclass(frozen=True)
class RowRequest:
    """Rows wanted: `count` from place `first` (from 0), or those of `keys` where the model holds keys.

    `before` is the row ahead of the first and `after` the row behind the last, where they are at hand: a
    page that goes by keyset starts from their keys.
    """

    generation: int
    first: int
    count: int
    keys: tuple[Any, ...] | None = None
    before: Row | None = None
    after: Row | None = None

    @property
    def block(self) -> int:
        """Which page of the model it is."""
        return self.first // BLOCK


Fetch = Callable[[RowRequest], object]


@dataclass
class _Block:
    rows: list[Row | None]
    texts: list[list[str] | None] = field(default_factory=list)
    error: str = ""


class VirtualTableModel(QAbstractTableModel):
    """Asks `fetch` for pages of rows as they come into sight, and shows "…" until they arrive.

    The page answers with `deliver` or `fail`, now or later; an answer to a question asked before the last
    `reset` is dropped. `key` names the column that tells one row from another.
    """

    cell_edited = Signal(object)
    """A CellEdit; the page saves it and calls `replace_rows`."""
    rows_arrived = Signal(object)
    """The RowRequest whose rows have just come in."""
    _turn_wanted = Signal()

    def __init__(
        self, columns: Sequence[Column], fetch: Fetch, key: str = "", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._fetch = fetch
        self._key = key
        self._count = 0
        self._keys: Sequence[Any] | None = None
        self._generation = 0
        self._blocks: OrderedDict[int, _Block] = OrderedDict()
        self._wanted: OrderedDict[int, None] = OrderedDict()
        self._asked: set[int] = set()
        self._turn_is_due = False
        self._turn_wanted.connect(self._ask, Qt.ConnectionType.QueuedConnection)

    # --- what the page does
    def reset(self, count: int) -> None:
        """Show `count` rows, none of them known yet."""
        self._begin(count, None)

    def reset_keys(self, keys: Sequence[Any], rows: Sequence[Row] = (), block: int = 0) -> None:
        """Show the rows of `keys`, in that order; requests will carry the keys of their rows.

        `rows` are those of one `block` that are at hand already, so that nothing flickers.
        """
        self._begin(len(keys), keys)
        if rows:
            first = block * BLOCK
            request = RowRequest(self._generation, first, min(BLOCK, len(keys) - first))
            part = tuple(keys[first : first + request.count])
            self.deliver(replace(request, keys=part), rows)

    def extend(self, count: int) -> None:
        """Grow to `count` rows without forgetting those at hand (a count that came behind the first page)."""
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._blocks.pop(self._count // BLOCK, None)
            self._count = count
            self.endInsertRows()

    def extend_keys(self, keys: Sequence[Any]) -> None:
        """Put `keys` in the place of those held, of which they are the continuation."""
        if self._keys is None or len(keys) < self._count:
            self.reset_keys(keys)
            return
        self._keys = keys
        self.extend(len(keys))

    def refresh(self) -> None:
        """Ask anew for what is in sight; the number of rows stays."""
        self._forget()
        if self._count:
            self._tell_changed(0, self._count - 1)

    def deliver(self, request: RowRequest, rows: Sequence[Row]) -> bool:
        """Take the rows of `request`; False where the answer came too late and was dropped."""
        if request.generation != self._generation:
            return False
        ordered = self._in_order(request, rows)
        for part in _parts(request):
            begin = part.first - request.first
            self._store(part, _Block(ordered[begin : begin + part.count]))
        for part in _parts(request):
            self.rows_arrived.emit(part)
        return True

    def fail(self, request: RowRequest, reason: str) -> bool:
        """Show that the rows of `request` could not be had, and why; `retry` asks again."""
        if request.generation != self._generation:
            return False
        for part in _parts(request):
            self._store(part, _Block([None] * part.count, error=reason))
        return True

    def retry(self) -> None:
        """Forget the pages that could not be had, so that they are asked for again."""
        failed = [number for number, block in self._blocks.items() if block.error]
        for number in failed:
            del self._blocks[number]
            self._tell_changed(number * BLOCK, min(self._count, (number + 1) * BLOCK) - 1)

    def replace_rows(self, rows: Sequence[Row]) -> None:
        """Put changed rows in the place of those with the same key that are at hand."""
        fresh = {read(row, self._key): row for row in rows}
        for number, block in self._blocks.items():
            for place, row in enumerate(block.rows):
                if row is not None and (found := fresh.get(read(row, self._key))) is not None:
                    block.rows[place], block.texts[place] = found, None
                    self._tell_changed(number * BLOCK + place, number * BLOCK + place)

    # --- what the view and the page ask
    @property
    def generation(self) -> int:
        """Counts the resets; answers to an older one are dropped."""
        return self._generation

    @property
    def cached_rows(self) -> int:
        """How many rows are at hand."""
        return sum(len(block.rows) for block in self._blocks.values())

    def row(self, index: int) -> Row | None:
        """The row at a place if it is at hand, else None; asks for nothing."""
        block = self._blocks.get(index // BLOCK)
        place = index % BLOCK
        return block.rows[place] if block is not None and place < len(block.rows) else None

    def key_at(self, index: int) -> Any:
        """The key of the row at a place, None while it is not known."""
        if self._keys is not None:
            return self._keys[index]
        row = self.row(index)
        return None if row is None else read(row, self._key)

    def keys_in(self, ranges: Sequence[tuple[int, int]]) -> array[int]:
        """The keys of places, first to last of each range, where the model holds whole numbers as keys."""
        found = array("q")
        for first, last in ranges:
            if self._keys is not None:
                found.extend(self._keys[first : last + 1])
        return found

    def find(self, key: Any) -> Row | None:
        """The row with `key` if it is at hand."""
        return next((row for row in self.rows_at_hand() if read(row, self._key) == key), None)

    def rows_at_hand(self) -> Iterator[Row]:
        """Every row that is at hand, in no order."""
        return (row for block in self._blocks.values() for row in block.rows if row is not None)

    def want(self, rows: range) -> None:
        """Ask for rows that come into sight, ahead of the frame that shows them."""
        for number in reversed(_blocks_of(rows)):
            if number not in self._blocks:
                self._want(number)

    def knows_none_of(self, rows: range) -> bool:
        """Whether none of these rows has arrived, nor why they could not be had."""
        blocks = _blocks_of(rows)
        return bool(blocks) and self._blocks.keys().isdisjoint(blocks)

    def is_fresh(self, index: int) -> bool:
        """Whether the row at a place is at hand and its texts were not asked for yet."""
        block = self._blocks.get(index // BLOCK)
        place = index % BLOCK
        if block is None or place >= len(block.rows):
            return False
        return block.rows[place] is not None and block.texts[place] is None

    def error_at(self, index: int) -> str:
        """Why the row at a place could not be had, or an empty text."""
        block = self._blocks.get(index // BLOCK)
        return block.error if block is not None else ""

    def texts(self, index: int) -> list[str] | None:
        """The texts of a row, one a column; None while it has not arrived, and then it is asked for."""
        number, place = divmod(index, BLOCK)
        block = self._blocks.get(number)
        if block is None:
            self._want(number)
            return None
        self._blocks.move_to_end(number)
        if place >= len(block.rows) or (row := block.rows[place]) is None:
            return None
        texts = block.texts[place]
        if texts is None:
            texts = block.texts[place] = [c.format(read(row, c.name)) for c in self.columns]
        return texts

    # --- Qt's questions
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.columns):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        at, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            texts = self.texts(at)
            return texts[column] if texts is not None else ("!" if self.error_at(at) else ELLIPSIS)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ItemDataRole.EditRole:
            row = self.row(at)
            return None if row is None else read(row, self.columns[column].name)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(at, column, role == Qt.ItemDataRole.ToolTipRole)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self.columns[index.column()].editable and self.row(index.row()) is not None:
            return _EDITABLE
        return _PLAIN

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.row(index.row()) if index.isValid() else None
        if row is None or role != Qt.ItemDataRole.EditRole:
            return False
        column = self.columns[index.column()]
        old = read(row, column.name)
        if not column.editable or str(value) == ("" if old is None else str(old)):
            return False
        self.cell_edited.emit(CellEdit(index.row(), row, column.name, old, str(value)))
        return True

    # --- inside
    def _begin(self, count: int, keys: Sequence[Any] | None) -> None:
        self.beginResetModel()
        self._forget()
        self._count, self._keys = count, keys
        self.endResetModel()

    def _forget(self) -> None:
        self._generation += 1
        self._blocks.clear()
        self._wanted.clear()
        self._asked.clear()

    def _want(self, number: int) -> None:
        if number in self._asked:
            return
        self._wanted[number] = None
        self._wanted.move_to_end(number)
        while len(self._wanted) > WAITING:
            self._wanted.popitem(last=False)
        self._ask_soon()

    def _ask_soon(self) -> None:
        """Ask once this turn is over, and before the next frame: Qt posts paintings behind such calls."""
        if not self._turn_is_due:
            self._turn_is_due = True
            self._turn_wanted.emit()

    def _ask(self) -> None:
        """Send the newest wishes out, as many as may be under way."""
        self._turn_is_due = False
        while self._wanted and len(self._asked) < IN_FLIGHT:
            number, _ = self._wanted.popitem(last=True)
            beside = [each for each in (number - 1, number + 1) if each in self._wanted][:1]
            # Two pages in sight are one question, or the first would be painted without the second.
            pair = [number] if self._keys is None else sorted([number, *beside])
            first = pair[0] * BLOCK
            count = min(len(pair) * BLOCK, self._count - first)
            if count <= 0:
                continue
            self._asked.update(pair)
            self._wanted = OrderedDict.fromkeys(each for each in self._wanted if each not in pair)
            keys = None if self._keys is None else tuple(self._keys[first : first + count])
            before = self.row(first - 1) if first else None
            self._fetch(RowRequest(self._generation, first, count, keys, before, self.row(first + count)))

    def _store(self, request: RowRequest, block: _Block) -> None:
        block.texts = [None] * len(block.rows)
        self._asked.discard(request.block)
        self._wanted.pop(request.block, None)
        self._blocks[request.block] = block
        while len(self._blocks) > CACHED_BLOCKS:
            self._blocks.popitem(last=False)
        self._tell_changed(request.first, request.first + request.count - 1)
        if self._wanted:
            self._ask_soon()

    def _in_order(self, request: RowRequest, rows: Sequence[Row]) -> list[Row | None]:
        """The rows in the places of their keys; a row that is gone leaves its place empty."""
        if request.keys is not None and self._key:
            found = {read(row, self._key): row for row in rows}
            return [found.get(key) for key in request.keys]
        return [*rows[: request.count], *[None] * (request.count - len(rows))]

    def _tell_changed(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self.columns[column].align_right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def _words(self, at: int, column: int, for_tooltip: bool) -> str | None:
        row, spec = self.row(at), self.columns[column]
        if row is None:
            return self.error_at(at) or (None if for_tooltip else "loading")
        if for_tooltip and spec.tooltip is not None:
            return spec.tooltip(row)
        if spec.spoken is not None:
            return spec.spoken(row)
        if spec.badge is not None and (badge := spec.badge(row)) is not None:
            return badge.text
        return spec.format(read(row, spec.name))


def _blocks_of(rows: range) -> range:
    """The pages that hold some rows."""
    return range(rows.start // BLOCK, -(-rows.stop // BLOCK))


def _parts(request: RowRequest) -> list[RowRequest]:
    """A request page by page."""
    pages = [(start, min(BLOCK, request.count - start)) for start in range(0, request.count, BLOCK)]
    keys = request.keys
    return [
        replace(request, first=request.first + start, count=count, keys=keys and keys[start : start + count])
        for start, count in pages
    ]
