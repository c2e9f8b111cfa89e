"""Joins a table to a worker: rows are loaded in the session's thread and delivered on the UI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.ui.tasks import TaskHandle, Worker
from divegov_gui.ui.widgets.table_columns import Row
from divegov_gui.ui.widgets.virtual_model import RowRequest, VirtualTableModel

Load = Callable[[Any, RowRequest, CancelToken], Sequence[Row]]


class WorkerFetch:
    """A table's `fetch` that loads by a Worker: `load(session, request, cancel) -> rows`.

    Give the model with `serve` once the table is made. Requests of before a reset are cancelled.
    """

    def __init__(self, worker: Worker, load: Load) -> None:
        self._worker = worker
        self._load = load
        self._model: VirtualTableModel | None = None
        self._pending: list[tuple[int, TaskHandle]] = []

    def serve(self, model: VirtualTableModel) -> None:
        """Deliver what is loaded to `model`."""
        self._model = model

    def __call__(self, request: RowRequest) -> None:
        """Load the rows of one request."""
        for generation, handle in self._pending:
            if generation != request.generation:
                handle.cancel()

        def job(session: Any, progress: ProgressSink, cancel: CancelToken) -> Sequence[Row]:
            return self._load(session, request, cancel)

        handle = self._worker.submit(
            job,
            on_success=lambda rows: self._deliver(request, rows),
            on_failure=lambda error: self._fail(request, error),
            on_finished=self._forget,
            owner=self._model,
        )
        self._pending.append((request.generation, handle))

    def _deliver(self, request: RowRequest, rows: Sequence[Row]) -> None:
        if self._model is not None:
            self._model.deliver(request, rows)

    def _fail(self, request: RowRequest, error: DiveGovError) -> None:
        if self._model is not None:
            self._model.fail(request, error.title)

    def _forget(self, handle: TaskHandle) -> None:
        self._pending = [(generation, other) for generation, other in self._pending if other is not handle]
