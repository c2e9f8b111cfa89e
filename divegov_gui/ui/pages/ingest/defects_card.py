"""Defects one by one: a share for each kind, how many are combined, how many records come twice."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.generation import DEFAULT_DEFECTS, DEFECTS, DefectKind, GenerationRequest
from divegov_gui.ui import theme
from divegov_gui.ui.pages.ingest.parts import share_field
from divegov_gui.ui.pages.ingest.words import percent
from divegov_gui.ui.widgets import Card, FormRow, Reflow, button, label, restyle, reveal, rule
from divegov_gui.ui.widgets.elided_label import ElidedLabel

KINDS: tuple[DefectKind, ...] = tuple(kind for kind in DEFECTS if kind.code in DEFAULT_DEFECTS)
"""The kinds on offer: those that need no diver who is there already."""

_NOT_OFFERED = next(kind.label for kind in DEFECTS if kind.code not in DEFAULT_DEFECTS)
_SHORT = {"NAME_CHARACTERS": "Odd characters in a name"}
"""Labels that are too long for a cell."""
_FIELD_WIDTH = 112


def even_shares(share: float) -> dict[str, float]:
    """`share` dealt out over KINDS in hundredths of a per cent that add up to it."""
    hundredths, count = round(share * 10_000), len(KINDS)
    return {
        kind.code: (hundredths // count + (place < hundredths % count)) / 10_000
        for place, kind in enumerate(KINDS)
    }


class DefectsCard(Card):
    """Closed it says what is set; open it lets a person set a share for each kind."""

    changed = Signal()
    opened = Signal()
    """Just before it grows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._dirty = 0.05
        self._own = False
        self._fields: dict[str, QDoubleSpinBox] = {}
        space = theme.current().space
        self.body.setContentsMargins(space.s, space.s, space.l, space.s)
        self.body.addLayout(self._head())
        self._inside = QWidget()
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(space.s, 0, 0, space.s)
        inside.setSpacing(space.m)
        inside.addLayout(self._sum_line())
        cells = Reflow(290, most_columns=5, gaps=(space.xl, space.xs), down=True)
        cells.set_cells([self._cell(kind) for kind in KINDS])
        inside.addWidget(cells)
        inside.addWidget(rule())
        inside.addLayout(self._shares())
        inside.addWidget(
            label(
                f"“{_NOT_OFFERED}” is left out here: it needs divers who are there already.",
                "hint",
                wrap=True,
            )
        )
        self.body.addWidget(self._inside)
        self._inside.hide()
        self.set_dirty(self._dirty)

    # --- what is set
    @property
    def rates(self) -> dict[str, float] | None:
        """The share of each kind; None while the dirty share is spread evenly."""
        if not self._own:
            return None
        shares = {code: round(field.value() / 100, 6) for code, field in self._fields.items()}
        return {code: share for code, share in shares.items() if share > 0}

    @property
    def total(self) -> float:
        """The share of records with a defect."""
        return self._dirty if not self._own else round(sum((self.rates or {}).values()), 6)

    @property
    def combined(self) -> float:
        """The share of the dirty records with a second or third defect."""
        return round(self._combined.value() / 100, 6)

    @property
    def repeated(self) -> float:
        """The share of records that come twice."""
        return round(self._repeated.value() / 100, 6)

    def set_dirty(self, share: float) -> None:
        """Spread `share` evenly over all kinds."""
        self._dirty, self._own = share, False
        self._show(even_shares(share))

    def set_rates(self, rates: Mapping[str, float]) -> None:
        """Set the share of each kind; a kind that is not named gets none."""
        self._own = True
        self._show(rates)

    def open(self, opened: bool = True) -> None:
        """Show or hide what is inside."""
        if opened and self._inside.isHidden():
            self.opened.emit()
        reveal(self._inside, opened)
        reveal(self._said, not opened)
        theme.set_icon(self._toggle, "expand" if opened else "detail", "muted")
        self._toggle.setAccessibleDescription("Open. Press to close." if opened else "Closed. Press to open.")

    def problem(self) -> QWidget | None:
        """The field to correct first, if the shares are too many; opens the card for it."""
        if not self._sum_error():
            return None
        self.open()
        return max(self._fields.values(), key=lambda field: field.value())

    # --- inside
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self._toggle = button("Defects one by one", name="ingest.defects", variant="ghost", icon="detail")
        self._toggle.setAccessibleDescription("Closed. Press to open.")
        self._toggle.clicked.connect(lambda: self.open(self._inside.isHidden()))
        self._said = ElidedLabel()
        self._said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._toggle)
        row.addWidget(self._said, 1)
        row.addStretch(0)
        return row

    def _sum_line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._sum = label("", "body", wrap=True, name="ingest.rates.sum")
        self._even = button("Spread evenly again", name="ingest.rates.even", variant="link", icon="undo")
        self._even.clicked.connect(self._spread)
        row.addWidget(self._sum, 1)
        row.addWidget(self._even)
        return row

    def _cell(self, kind: DefectKind) -> QWidget:
        cell = QWidget()
        row = QHBoxLayout(cell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space.s)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(_SHORT.get(kind.code, kind.label), "label"))
        words.addWidget(ElidedLabel(kind.code, "hint"))
        field = share_field(f"ingest.rate.{kind.code}", f"{kind.label}: share of all records", 0.0, 0.5)
        field.setAccessibleDescription(f"Breaks the rule {kind.code}; sits in: {kind.field}.")
        field.setFixedWidth(_FIELD_WIDTH)
        field.valueChanged.connect(self._take_own)
        self._fields[kind.code] = field
        row.addLayout(words, 1)
        row.addWidget(field)
        return cell

    def _shares(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.xl)
        self._combined = share_field("ingest.combined", "", 0.2, 5.0)
        self._repeated = share_field("ingest.repeated", "", 0.01, 0.5)
        for title, field, hint in (
            (
                "Combined",
                self._combined,
                "Of the records with a defect, this share has a second or third one.",
            ),
            ("Repeated", self._repeated, "Of all records, this share comes twice, letter for letter."),
        ):
            made = FormRow(title, field, hint)
            field.valueChanged.connect(self._say)
            field.setMaximumWidth(_FIELD_WIDTH + 60)
            row.addWidget(made, 1)
        return row

    def _show(self, shares: Mapping[str, float]) -> None:
        for code, field in self._fields.items():
            field.blockSignals(True)
            field.setValue(shares.get(code, 0.0) * 100)
            field.blockSignals(False)
        self._say()

    def _take_own(self, _: float) -> None:
        self._own = True
        self._say()

    def _spread(self) -> None:
        self.set_dirty(min(1.0, self.total))
        self._fields[KINDS[0].code].setFocus(Qt.FocusReason.OtherFocusReason)

    def _sum_error(self) -> str:
        try:
            GenerationRequest(rows=1, rates=self.rates)
        except InputRefused:
            shares = percent(sum((self.rates or {}).values()))
            return f"The shares add up to {shares} of the records; together they can be 100 % at most."
        return ""

    def _say(self, _: object = None) -> None:
        error = self._sum_error()
        if error:
            self._sum.setText(error)
        elif self._own:
            self._sum.setText(f"Your shares add up to {percent(self.total)} of the records.")
        else:
            self._sum.setText(
                f"{percent(self._dirty)} of the records, spread evenly over the {len(KINDS)} kinds. "
                "Change any share to set your own."
            )
        self._sum.setProperty("tone", "danger" if error else None)
        restyle(self._sum)
        for field in self._fields.values():
            field.setProperty("invalid", "true" if error and field.value() else "false")
        reveal(self._even, self._own)
        spread = "shares of your own" if self._own else f"spread evenly over {len(KINDS)} kinds"
        self._said.set_full(
            error
            or f"{percent(self.total)} {spread} · {percent(self.combined)} of them combined"
            f" · {percent(self.repeated)} repeated"
        )
        self.changed.emit()
