"""Leads through the steps: lights the control, says what it is for, and goes on when it was used or on Next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.core.progress import CancelToken, ProgressSink
from divegov_gui.services.connections import Workspace
from divegov_gui.ui.context import AppContext
from divegov_gui.ui.main_window import MainWindow
from divegov_gui.ui.settings import UiSettings
from divegov_gui.ui.tour.coach_mark import CoachCard, Dimness, lit_area
from divegov_gui.ui.tour.steps import DEMO, STEPS, Step

_LOOK_MS = 150
_SEEN = "tour/seen"
_CLEARANCE = 148
"""How far an offer stays above the window's lower edge, where the status line and a first toast are."""


class Tour(QObject):
    """One at a time in a window. `offer` asks, `start` begins; it is `seen` once it was taken, skipped or declined."""

    def __init__(self, context: AppContext, window: MainWindow, settings: UiSettings) -> None:
        super().__init__(window)
        self._context, self._window, self._settings = context, window, settings
        self._at = -1
        self._steps = STEPS
        self._praise = ""
        self._changed: frozenset[str] = frozenset()
        self._dimness: Dimness | None = None
        self._card: CoachCard | None = None
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look)
        context.changed.connect(self._note)
        context.place_changed.connect(self._leave)
        window.closing.connect(lambda _: self._leave())

    @property
    def is_seen(self) -> bool:
        """Whether the person knows of it."""
        return str(self._settings.value(_SEEN, "false")).lower() == "true"

    @property
    def step(self) -> Step | None:
        """The step that is shown."""
        return self._steps[self._at] if 0 <= self._at < len(self._steps) else None

    @property
    def is_on(self) -> bool:
        """Whether it is under way, or offered."""
        return self._card is not None

    def offer(self) -> None:
        """Ask a person who has not seen it, in a corner, with everything else to use as ever."""
        if self.is_seen or self.is_on:
            return
        card = self._show_card(self._window)
        card.say(
            "Shall I show you around?",
            "Two minutes with the data that is here: put a record right, send it through the gate, see its history.",
            "",
        )
        card.offer("Show me &around", False, "&Not now", "")
        card.next_wanted.connect(self.start)
        card.skip_wanted.connect(self._end)
        self._look()
        self._looking.start()

    def start(self) -> None:
        """Begin, or begin anew; where nothing has come in yet, with the demo."""
        from divegov_gui.services.tour import has_records

        self._leave()
        self._praise = ""
        self._read(has_records, self._begin)

    def _begin(self, has_records: bool) -> None:
        if not has_records and not isinstance(self._context.workspace, Workspace):
            self._context.notifier.info(
                "There is nothing to show yet.", "Bring records in first; the tour waits in Help."
            )
            return
        self._steps = STEPS if has_records else (DEMO, *STEPS)
        self._go(0, +1)

    # --- what a step may ask and do
    @property
    def page(self) -> str:
        """The key of the page that is shown."""
        return self._window.current_key

    @property
    def changed(self) -> frozenset[str]:
        """What was changed in the database since the step began."""
        return self._changed

    def is_open(self, dialog: str) -> bool:
        """Whether a dialog of that name is in sight."""
        return self._dialog(dialog) is not None

    def go_to(self, page: str) -> None:
        """Show a page, and have it there: a step lights what is on it."""
        self._window.go_to(page)
        self._window.page(page)

    def show_easy_record(self) -> None:
        """Show the quarantine, with the cursor on a record that is easily put right."""
        from divegov_gui.services.tour import easy_record

        self.go_to("quarantine")
        self._read(easy_record, lambda record: self._context.go_to("quarantine", quarantine_id=record))

    def show_newest_diver(self) -> None:
        """Show the history of the diver that was let in last."""
        from divegov_gui.services.tour import newest_diver

        self.go_to("history")
        self._read(newest_diver, lambda diver: self._context.go_to("history", diver_id=diver))

    # --- inside
    def _read(self, ask: Callable[[Any], Any], show: Callable[[Any], None]) -> None:
        step = self.step

        def job(session: Any, _: ProgressSink, __: CancelToken) -> Any:
            return ask(session)

        def take(found: Any) -> None:
            if found is not None and self.step is step:
                show(found)

        def fail(error: DiveGovError) -> None:
            self._context.notifier.error(error)
            self._end()

        self._context.reader.submit(job, kind="tour", on_success=take, on_failure=fail, owner=self)

    def _go(self, at: int, by: int) -> None:
        """Show the step at `at`, or the next one in that direction that fits; beyond the last it ends."""
        while 0 <= at < len(self._steps) and not self._steps[at].fits(self):
            at += by
        if not 0 <= at < len(self._steps):
            if by > 0:
                self._end()
            return
        self._at, self._changed = at, frozenset()
        step = self._steps[at]
        step.enter(self)
        host = self._dialog(step.within) or self._window
        card = self._show_card(host)
        card.say(step.title, step.text, step.deed, self._praise)
        self._praise = ""
        last = at == len(self._steps) - 1
        forth = "" if step is DEMO else "&Done" if last else "&Next"
        card.offer(forth, at > 0, "" if last else "&Skip", f"{at + 1} of {len(self._steps)}")
        card.next_wanted.connect(self._next)
        card.back_wanted.connect(self._back)
        card.skip_wanted.connect(self._end)
        self._look()
        self._take_focus(step, card)
        self._looking.start()

    def _take_focus(self, step: Step, card: CoachCard) -> None:
        """The keyboard goes where something is to be done, else to Next."""
        wanted = self._window.findChild(QWidget, step.focus) if step.focus else None
        (wanted or card.next).setFocus()

    def _next(self) -> None:
        step = self.step
        if step is not None and step.within and (dialog := self._dialog(step.within)) is not None:
            dialog.reject()
        self._go(self._at + 1, +1)

    def _back(self) -> None:
        step = self.step
        if step is not None and step.within and (dialog := self._dialog(step.within)) is not None:
            dialog.reject()
        self._go(self._at - 1, -1)

    def _look(self) -> None:
        """Follow the control where it goes, and the person in what they do."""
        step = self.step
        if step is not None and (step.is_done(self) or self._is_left(step)):
            self._praise = step.praise if step.is_done(self) else ""
            if step is DEMO:  # there is something to look at now: the way back does not lead before it
                self._steps, self._at = STEPS, -1
            self._go(self._at + 1, +1)
        elif step is not None:
            self._follow(step.targets)
        elif self._card is not None:
            self._card.stand_in_corner(_CLEARANCE)

    def _is_left(self, step: Step) -> bool:
        """Whether the dialog that a step is in was closed."""
        return bool(step.within) and self._dialog(step.within) is None

    def _follow(self, targets: tuple[str, ...]) -> None:
        """Light the controls where they are now, and stand beside them."""
        card, dimness = self._card, self._dimness
        assert card is not None
        host = card.parentWidget()
        assert host is not None
        found = (host.findChild(QWidget, name) for name in targets)
        lit = lit_area(host, [target for target in found if target is not None and target.isVisible()])
        if dimness is not None:
            dimness.light(lit)
            dimness.setVisible(QApplication.activeModalWidget() in (None, host))
            dimness.raise_()
        card.stand_by(lit)

    def _show_card(self, host: QWidget) -> CoachCard:
        """A fresh card in `host`, over a dimness where a step is shown."""
        self._take_down()
        if self.step is not None:
            self._dimness = Dimness(host)
            self._dimness.show()
        self._card = CoachCard(host)
        self._card.show()
        return self._card

    def _take_down(self) -> None:
        for part in (self._card, self._dimness):
            if part is not None and shiboken6.isValid(part):  # not so where its dialog has closed
                part.hide()
                part.setParent(None)  # the next one is found by its name, and not this one
                part.deleteLater()
        self._card = self._dimness = None

    def _dialog(self, name: str) -> QDialog | None:
        found = self._window.findChild(QDialog, name) if name else None
        return found if found is not None and found.isVisible() else None

    def _note(self, what: object) -> None:
        assert isinstance(what, frozenset)
        self._changed |= what

    def _end(self) -> None:
        """It is over, and known."""
        self._settings.set_value(_SEEN, "true")
        self._leave()

    def _leave(self) -> None:
        """Take everything down."""
        self._looking.stop()
        self._at = -1
        self._take_down()
