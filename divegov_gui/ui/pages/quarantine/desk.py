"""The desk: joins grid, record and actions, so that a record can be read, put right and decided on from anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from divegov_gui.core.numbers import grouped
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.core.records import LABELS
from divegov_gui.services.queue import QueueRow, read_rows
from divegov_gui.services.review import Edited
from divegov_gui.services.story import read_story
from divegov_gui.ui.context import QUARANTINE, AppContext
from divegov_gui.ui.pages.quarantine.alike import Alike
from divegov_gui.ui.pages.quarantine.cell_editor import CellEditor
from divegov_gui.ui.pages.quarantine.conflicts import Conflicts
from divegov_gui.ui.pages.quarantine.decisions import Decisions
from divegov_gui.ui.pages.quarantine.editing import Editing, Wish
from divegov_gui.ui.pages.quarantine.history_desk import HistoryDesk
from divegov_gui.ui.pages.quarantine.offers import offered
from divegov_gui.ui.pages.quarantine.suggesting import Suggesting
from divegov_gui.ui.widgets import CellEdit
from divegov_gui.ui.widgets.data_table import in_sight

if TYPE_CHECKING:
    from divegov_gui.services.suggestions import Suggestion
    from divegov_gui.ui.pages.quarantine.page import QuarantinePage


_WATCH_MS = 30_000
"""How often the records in sight are looked at again: a claim of another shows while it matters."""
_FEW = 400
"""Records that are read anew one by one after an edit; after more, the whole list is."""


class Desk(QObject):
    """What a steward does on the page."""

    def __init__(self, context: AppContext, page: QuarantinePage) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        self.is_telling = False
        """Whether the change that is just told was made here, and is shown already."""
        self._grid, self._panel = page.grid, page.panel
        self._editor: CellEditor | None = None
        self._is_held = False
        self.editing = Editing(context, page.marks, self._row_of, self)
        self.suggesting = Suggesting(context, self)
        self.alike = Alike(context, self)
        self.decisions = Decisions(context, page, self)
        self.conflicts = Conflicts(context, page, self)
        self.history = HistoryDesk(context, page, self)
        self.watch = QTimer(self)
        self.watch.setInterval(_WATCH_MS)
        self.watch.timeout.connect(self._look_again)
        self.watch.start()
        self._listen()
        self._wire_actions()
        self.enable()

    def show_row(self, row: QueueRow | None) -> None:
        """Show a record in the panel, with what belongs to it."""
        self._panel.show_row(row)
        self.suggesting.ask(row)
        self._show_leaf(self._panel.leaf)
        self.enable()

    def _take_current(self, row: QueueRow | None) -> None:
        """The cursor has moved. Where its row is still on the way, the panel stands as it is and offers nothing."""
        if self._is_held:
            return
        if row is None and self._grid.currentIndex().isValid():
            self._panel.row = None
            self.suggesting.forget()
            self.enable()
        else:
            self.show_row(row)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """While the list is exchanged, the panel stands as it is, and what is being typed in a cell is kept."""
        editor = self._editor
        draft = (editor.row, editor.column, editor.text()) if editor is not None else None
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        self._take_current(self._grid.current_row())
        if draft is not None:
            self._type_again(*draft)

    def _type_again(self, row: QueueRow, column: str, text: str) -> None:
        """Go on typing where one was; where the record is in the list no more, say what has become of it."""
        now = self._grid.current_row()
        if now is not None and now.quarantine_id == row.quarantine_id:
            self._grid.go_to_cell(self._grid.currentIndex().row(), column)
            self._grid.edit_current()
        if self._editor is None:
            number = grouped(row.quarantine_id)
            self._context.notifier.warning(
                f"Record {number} is not in the list any more.",
                f"What was typed for {LABELS[column]} is not saved.",
            )
            return
        self._editor.row = row
        self._editor.setText(text)
        self.editing.judge(row, {column: text or None})

    def tell(self, what: Set[str] = frozenset({QUARANTINE})) -> None:
        """Tell the other pages what has changed; this one shows it already."""
        self.is_telling = True
        try:
            self._context.tell_changed(what)
        finally:
            self.is_telling = False

    # --- joining
    def _listen(self) -> None:
        self._grid.current_changed.connect(self._take_current)
        self._grid.selection_changed.connect(lambda _: self.enable())
        self._grid.walked_out.connect(self._tell_walked_out)
        self._grid.rows.cell_edited.connect(self._take_cell)
        for cells in (self._grid.cells, self._grid.pinned_cells):
            cells.editor_opened.connect(self._take_editor)
            cells.editor_closed.connect(self._let_editor_go)
        self._panel.value_typed.connect(self._judge_typed)
        self._panel.value_committed.connect(self._save_typed)
        self._panel.suggestion_taken.connect(self.take_suggestion)
        self._panel.others_wanted.connect(self.decisions.fix_others)
        self._panel.compare_wanted.connect(self.decisions.compare)
        self._panel.leaf_shown.connect(self._show_leaf)
        self._panel.left.connect(self._grid.setFocus)
        self._page.facets.left.connect(self._grid.setFocus)
        self.editing.judged.connect(self._show_judgement)
        self.editing.row_changed.connect(self.take_row)
        self.editing.saved.connect(self._take_saved)
        self.editing.taken_back.connect(self.take_undone)
        self.editing.in_conflict.connect(self.conflicts.resolve)
        self.editing.refused.connect(self.conflicts.take_refusal)
        self.editing.history_changed.connect(self.enable)
        self.suggesting.found.connect(self._show_suggestions)
        self.alike.counted.connect(self._panel.show_others)

    def _wire_actions(self) -> None:
        page, grid = self._page, self._grid
        todo: dict[str, Any] = {
            "next": lambda: self._step(True),
            "previous": lambda: self._step(False),
            "find": page.search.search.begin,
            "facets": self._go_to_facets,
            "record": lambda: self._go_to_leaf("record"),
            "story": lambda: self._go_to_leaf("story"),
            "edits": lambda: self._go_to_leaf("edits"),
            "edit": grid.edit_current,
            "accept": self.accept_best,
            "others": lambda: self.decisions.fix_others(self.suggesting.best(grid.current_column())),
            "groups": self.decisions.similar_fixes,
            "change": self.decisions.change_values,
            "compare": self.decisions.compare,
            "undo": self.editing.undo,
            "redo": self.editing.redo,
            "resubmit": self.decisions.resubmit,
            "resubmit_ready": self.decisions.resubmit_ready,
            "release": self.decisions.release,
            "discard": self.decisions.discard,
            "reopen": self.decisions.reopen,
            "claim": self.decisions.claim,
            "unclaim": self.decisions.give_up_claims,
            "select_all": page.select_all,
            "refresh": page.refresh,
            "export": self.decisions.export,
            "import": self.decisions.import_file,
            "keys": self._show_keys,
            "column_left": lambda: grid.move_column(-1),
            "column_right": lambda: grid.move_column(1),
            "column_pin": grid.pin_column,
            "column_hide": grid.hide_column,
        }
        for name, do in todo.items():
            page.actions_[name].triggered.connect(lambda _=False, act=do: act())

    def enable(self) -> None:
        """Offer only what can be done now, and by whom."""
        for name, can in offered(self._page, self.editing).items():
            self._page.actions_[name].setEnabled(can)

    def _show_keys(self) -> None:
        from divegov_gui.ui.pages.quarantine.key_sheet import KeySheet

        KeySheet(self._page.window()).open()

    def _look_again(self) -> None:
        """Show what others have done to the records in sight: claimed them, edited them, decided on them."""
        if self._page.isVisible() and not self.editing.is_busy:
            rows = (self._grid.rows.row(at) for at in in_sight(self._grid))
            self.read_rows_anew([row.quarantine_id for row in rows if row is not None])

    # --- moving
    def _step(self, forward: bool) -> None:
        self._grid.setFocus()
        self._grid.step_to_failing(forward)

    def _tell_walked_out(self, forward: bool) -> None:
        self._context.notifier.info(f"No failing cell {'after' if forward else 'before'} this one.")

    def _go_to_facets(self) -> None:
        self._page.search.filters.setChecked(True)
        self._page.facets.focus_first()

    def _go_to_leaf(self, name: str) -> None:
        self._page.search.panel.setChecked(True)
        self._panel.show_leaf(name)
        self._panel.focus_leaf()

    def _show_leaf(self, name: str) -> None:
        """Read what the leaf in sight shows."""
        row = self._panel.row
        if name == "story" and row is not None:
            self._read(
                "story", partial(_story, row.quarantine_id), lambda s: self._page.panes.story.show_story(s)
            )
        elif name == "story":
            self._page.panes.story.clear()
        elif name == "edits":
            self.history.read()

    def _read(self, kind: str, job: Any, on_success: Any) -> None:
        self._context.reader.submit(
            job,
            kind=f"quarantine.{kind}",
            on_success=on_success,
            on_failure=self._context.notifier.error,
            owner=self,
        )

    # --- editing
    def _row_of(self, quarantine_id: int) -> QueueRow | None:
        """A record that is at hand: the one in the panel, or one in sight."""
        row = self._panel.row
        if row is not None and row.quarantine_id == quarantine_id:
            return row
        found = self._grid.rows.find(quarantine_id)
        return found if isinstance(found, QueueRow) else None

    def _take_cell(self, edit: CellEdit) -> None:
        column, editor = self._grid.view_column(edit.column), self._editor
        is_its = editor is not None and editor.row.quarantine_id == edit.row.quarantine_id
        seen = editor.row if editor is not None and is_its else edit.row
        self.editing.save(Wish(seen, {column: edit.new or None}))

    def _take_editor(self, editor: CellEditor) -> None:
        self._editor = editor
        editor.textEdited.connect(lambda text: self.editing.judge(editor.row, {editor.column: text or None}))

    def _let_editor_go(self, editor: CellEditor) -> None:
        if self._editor is editor:
            self._editor = None
        if not editor.is_committed:
            self.editing.forget_judgement(editor.row.quarantine_id)

    def _judge_typed(self, column: str, text: str) -> None:
        if self._panel.row is not None:
            self.editing.judge(self._panel.row, {column: text or None})

    def _save_typed(self, column: str, text: str) -> None:
        row = self._panel.row
        if row is not None:
            self.editing.save(Wish(self._panel.fields[column].seen or row, {column: text or None}))

    def _show_judgement(self, quarantine_id: int) -> None:
        marks = self._page.marks
        mask = marks.judged.get(quarantine_id)
        self._grid.show_marks_anew()
        row = self._panel.row
        if row is not None and row.quarantine_id == quarantine_id:
            self._panel.show_standing(row.failed_checks if mask is None else mask)
        editor = self._editor
        if editor is not None and editor.row.quarantine_id == quarantine_id and mask is not None:
            others = [check for check in marks.checks.rules(mask) if check.column != editor.column]
            editor.show_verdict(marks.checks.for_column(mask, editor.column), len(others))

    def take_row(self, row: QueueRow) -> None:
        """A record as it is now: in the grid and in the panel. What was read before an edit comes too late."""
        known = self._row_of(row.quarantine_id)
        if known == row or (known is not None and known.record_version > row.record_version):
            return
        self._grid.rows.replace_rows([row])
        if self._panel.row is not None and self._panel.row.quarantine_id == row.quarantine_id:
            self._panel.show_row(row)
            self.suggesting.ask(row)

    def _take_saved(self, edited: Edited) -> None:
        """An edit was saved, or taken back: what it touched is read anew, the rest stays as it is."""
        ids = [standing.quarantine_id for standing in edited.records][:_FEW]
        self.read_rows_anew(ids)
        self._page.loader.recount()
        if self._panel.leaf != "record":
            self._show_leaf(self._panel.leaf)
        self.tell()

    def take_undone(self, edited: Edited | None) -> None:
        """A step was taken back. Where it touched more than is in sight, the list is read anew."""
        if edited is None or edited.record_count > _FEW:
            self._page.loader.reload(self._page.place())
            self.tell()
        else:
            self._take_saved(edited)

    def read_rows_anew(self, ids: list[int]) -> None:
        """Show these records as they are now."""
        if ids:
            self._read("touched", partial(_rows, ids), self._take_rows)

    def _take_rows(self, rows: list[QueueRow]) -> None:
        for row in rows:
            self.take_row(row)

    # --- suggestions
    def _show_suggestions(self, found: Sequence[Suggestion]) -> None:
        """Offer them, and to do the same to the others."""
        loader, row = self._page.loader, self._panel.row
        self._panel.show_suggestions(found)
        if found and row is not None and loader.facets is not None and loader.catalogue is not None:
            self.alike.ask(row, found, loader.catalogue, loader.facets, self.suggesting.knowledge)

    def accept_best(self) -> None:
        """Take the likeliest suggestion for the current cell, or else for the record; of equals none is picked."""
        found = self.suggesting.for_column(self._grid.current_column())
        if not found:
            self._context.notifier.info("No suggestion for this record.")
            return
        from divegov_gui.services.suggestions import clearly_best

        best = clearly_best(found)
        if best is not None:
            self.take_suggestion(best)
            return
        self._page.search.panel.setChecked(True)
        self._panel.choose_suggestion(found[0].column)
        self._context.notifier.info("Several readings are as likely.", "Choose one: Space takes it.")

    def take_suggestion(self, suggestion: Suggestion) -> None:
        """Save what a suggestion proposes."""
        row = self._row_of(suggestion.quarantine_id)
        if row is not None:
            self.editing.save(Wish(row, suggestion.changes, "Suggestion"))


def _story(quarantine_id: int, session: Any, _: ProgressSink, cancel: CancelToken) -> Any:
    return read_story(session, quarantine_id, cancel)


def _rows(ids: list[int], session: Any, _: ProgressSink, cancel: CancelToken) -> list[QueueRow]:
    return read_rows(session, ids, cancel)
