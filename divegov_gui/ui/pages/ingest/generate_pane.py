"""The first way in: synthetic divers, as many and as dirty as a person wants them."""

from __future__ import annotations

import secrets
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.services.generation import GeneratedSource, GenerationRequest
from divegov_gui.ui import theme
from divegov_gui.ui.numbers import on_numbers_changed, read_number
from divegov_gui.ui.pages.ingest.defects_card import KINDS, DefectsCard
from divegov_gui.ui.pages.ingest.locales_card import LocalesCard
from divegov_gui.ui.pages.ingest.order import Order
from divegov_gui.ui.pages.ingest.parts import ScrollColumn, calm, share_field, tab_after
from divegov_gui.ui.pages.ingest.words import percent
from divegov_gui.ui.widgets import Card, FormRow, Turns, button, number_field, plural

_QUICK = (1_000, 100_000, 1_000_000)
_TYPEABLE = 999_999_999
"""More than is allowed can be typed, so that the refusal can say why."""
_HEAD_HEIGHT = 28


class GeneratePane(ScrollColumn):
    """Rows, seed and dirt; the languages; and, for who wants it, every defect by itself.

    The first card is there at once; the others follow in the next turns of the event loop, or when they are asked for.
    """

    changed = Signal()
    _last_field: QWidget
    """Where Tab leaves what is made so far."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._locales: LocalesCard | None = None
        self._defects: DefectsCard | None = None
        self._turns = Turns(self, self._add_locales, self._add_defects)
        card = Card()
        across = QHBoxLayout()
        across.setSpacing(theme.current().space.xl)
        for part in (self._rows_part(), self._seed_part(), self._dirty_part()):
            across.addWidget(part, 1)
        card.body.addLayout(across)
        self.body.addWidget(card)
        self.body.addStretch(1)
        for signal in (self.rows.valueChanged, self.seed.textChanged):
            signal.connect(self._refresh)
        self.dirty.valueChanged.connect(self._take_dirty)
        self._grows = False
        self.verticalScrollBar().rangeChanged.connect(self._show_defects)
        self._refresh()

    # --- what the page asks
    @property
    def is_whole(self) -> bool:
        """Whether all cards are made."""
        return self._turns.are_done

    @property
    def locales(self) -> LocalesCard:
        """The card of the languages."""
        self._turns.finish()
        assert self._locales is not None
        return self._locales

    @property
    def defects(self) -> DefectsCard:
        """The card of the defects."""
        self._turns.finish()
        assert self._defects is not None
        return self._defects

    @property
    def last_field(self) -> QWidget:
        """Where Tab leaves the pane."""
        self._turns.finish()
        return self._last_field

    def order(self) -> Order | None:
        """What is to be made; None while something is to be corrected."""
        request = self._request()
        if request is None:
            return None
        return Order(GeneratedSource(request).name, request.rows, lambda: GeneratedSource(request))

    def waiting_for(self) -> str:
        """What must be corrected first, in a sentence; empty where nothing must."""
        for row in (self._rows_row, self._seed_row):
            if row.error:
                return row.error
        if self._request() is None:
            return "The shares of the defects or the languages need a look."
        return ""

    def focus_problem(self) -> None:
        """Put the focus where something must be corrected."""
        wrong = [row.field for row in (self._rows_row, self._seed_row) if row.error]
        found = wrong[0] if wrong else self.defects.problem() or self.locales.problem()
        if found is not None:
            found.setFocus(Qt.FocusReason.TabFocusReason)
            self.ensureWidgetVisible(found, 0, 90)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the rest, once the first card is seen."""
        super().showEvent(event)
        self._turns.start()

    # --- inside
    def _add_locales(self) -> None:
        self._locales = LocalesCard()
        self._add(self._locales)

    def _add_defects(self) -> None:
        self._defects = DefectsCard()
        self._defects.set_dirty(self._share())
        self._add(self._defects)
        self._defects.opened.connect(self._await_growth)
        self._refresh()

    def _add(self, card: LocalesCard | DefectsCard) -> None:
        """Put a card, and its fields, behind the others."""
        self.body.insertWidget(self.body.count() - 1, card)
        self._last_field = tab_after(self._last_field, card)
        card.changed.connect(self._refresh)

    def _rows_part(self) -> QWidget:
        self.rows = number_field("ingest.rows", "How many divers", 0, _TYPEABLE, 1000)
        calm(self.rows)
        self._rows_row = FormRow("Divers", self.rows, " ")
        self._quick: dict[int, QPushButton] = {}
        for count in _QUICK:
            made = button("", name=f"ingest.rows.{count}", variant="link")
            made.clicked.connect(lambda _=False, rows=count: self.rows.setValue(rows))
            self._quick[count] = made
        self._write_numbers()
        on_numbers_changed(self._write_numbers)
        return _headed(self._rows_row, *self._quick.values())

    def _write_numbers(self) -> None:
        """As the person likes them, on what is made once."""
        for count, made in self._quick.items():
            made.setText(grouped(count))
            made.setAccessibleName(f"{grouped(count)} divers")

    def _seed_part(self) -> QWidget:
        self.seed = QLineEdit("7")
        self.seed.setObjectName("ingest.seed")
        self._seed_row = FormRow(
            "Seed", self.seed, "One seed, one data set: the same divers on every machine."
        )
        fresh = button("New seed", name="ingest.new_seed", variant="link", icon="synthetic")
        fresh.setAccessibleDescription("Draws another seed, for another data set.")
        fresh.clicked.connect(lambda: self.seed.setText(str(secrets.randbelow(900_000) + 100_000)))
        return _headed(self._seed_row, fresh)

    def _dirty_part(self) -> QWidget:
        self.dirty = share_field("ingest.dirty", "Share with a defect", 0.05)
        self._last_field = self.dirty
        self._dirty_row = FormRow("Share with a defect", self.dirty, " ")
        return _headed(self._dirty_row)

    def _await_growth(self) -> None:
        self._grows = True

    def _show_defects(self) -> None:
        """Bring what has just been opened into sight, once there is room for it."""
        if self._grows:
            self._grows = False
            self.verticalScrollBar().setValue(self.defects.y())

    def _share(self) -> float:
        return round(self.dirty.value() / 100, 6)

    def _take_dirty(self, _: float) -> None:
        if self._defects is not None:
            self._defects.set_dirty(self._share())
        else:
            self._refresh()

    def _request(self) -> GenerationRequest | None:
        try:
            return GenerationRequest(
                rows=self.rows.value(),
                seed=_whole(self.seed.text()),
                dirty=self._share(),
                **self._chosen_below(),
            )
        except InputRefused:
            return None

    def _chosen_below(self) -> dict[str, Any]:
        """What the lower cards say; until they are there, what they begin with."""
        if self._locales is None or self._defects is None:
            return {}
        return {
            "rates": self._defects.rates,
            "combined": self._defects.combined,
            "repeated": self._defects.repeated,
            "locales": self._locales.locales,
        }

    def _refresh(self, _: object = None) -> None:
        """Say at each field what is wrong with it, and what the settings come to."""
        self._rows_row.set_error(_refusal(rows=self.rows.value()))
        self._seed_row.set_error(_refusal(seed=_whole(self.seed.text())))
        if self._defects is not None:
            self._show_total(self._defects)
        self.changed.emit()

    def _show_total(self, defects: DefectsCard) -> None:
        own = defects.rates is not None
        if own:
            self.dirty.blockSignals(True)
            self.dirty.setValue(defects.total * 100)
            self.dirty.blockSignals(False)
        self.dirty.setEnabled(not own)
        count = round(self.rows.value() * defects.total)
        spread = "as set one by one below" if own else f"evenly of all {len(KINDS)} kinds"
        twice = round(self.rows.value() * defects.repeated)
        self._rows_row.set_hint(
            f"{grouped(twice)} of them come twice, letter for letter." if twice else "All of them different."
        )
        self._dirty_row.set_hint(
            f"{plural(count, 'diver')} with a defect, {spread}."
            if defects.total <= 1
            else f"The shares below come to {percent(defects.total)}."
        )


def _headed(row: FormRow, *actions: QWidget) -> FormRow:
    """A field with small actions at the right of its label."""
    layout = row.layout()
    assert isinstance(layout, QVBoxLayout)
    head = QHBoxLayout()
    head.setSpacing(0)
    layout.removeWidget(row.label)
    head.addWidget(row.label, 1)
    for action in actions:
        head.addWidget(action)
    head.addStrut(_HEAD_HEIGHT)
    layout.insertLayout(0, head)
    layout.setAlignment(Qt.AlignmentFlag(0))  # aligned, a layout takes no more than two lines of a hint
    layout.addStretch(1)
    return row


def _whole(text: str) -> int:
    """The whole number that was typed; -1, which no seed is, for anything else."""
    number = read_number(text)
    return -1 if number is None else number


def _refusal(rows: int = 1, seed: int = 0) -> str:
    """What the generator has against one value, taken by itself."""
    try:
        GenerationRequest(rows=rows, seed=seed)
    except InputRefused as error:
        return f"{'This cannot be a seed.' if seed else error.title} {error.hint}"
    return ""
