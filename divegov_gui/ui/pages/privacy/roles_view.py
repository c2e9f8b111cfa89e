"""Who sees what: one diver as each role sees them, who enforces it, and a value revealed for a reason."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from divegov_gui.services.history import FIELDS
from divegov_gui.ui import theme
from divegov_gui.ui.masking import masked
from divegov_gui.ui.pages.privacy.comparison import ComparisonTable
from divegov_gui.ui.pages.privacy.reveal_card import RevealCard
from divegov_gui.ui.pages.privacy.rights import RightsTable
from divegov_gui.ui.pages.privacy.work import Comparison
from divegov_gui.ui.widgets import button, label, text_field
from divegov_gui.ui.widgets.cards import NoticeCard
from divegov_gui.ui.widgets.density import hold_rows

_HEAD = 39
_ENFORCED = (
    "Enforced by SQL Server",
    "The masks are SQL Server's own and follow the roles of your login, in every program. They hide a value, and not "
    "how it compares: whoever may write queries of their own can narrow one down.",
)
_SHOWN = (
    "Demonstrated in this local workspace",
    "A file has no logins: the role is chosen, and this program keeps to it. Whoever can open the file with "
    "another program sees everything.",
)


class RolesView(QWidget):
    """The sample diver, the comparison, and the card that reveals."""

    sample_wanted = Signal(object)
    """The text to find the sample diver by; None for another one."""

    def __init__(self, *, enforced: bool, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = mask
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space.m)
        layout.addWidget(
            _enforcement(*(_ENFORCED if enforced else _SHOWN), tone="success" if enforced else "info")
        )
        layout.addLayout(self._sample_row())
        row = QHBoxLayout()
        row.setSpacing(space.m)
        tables = QVBoxLayout()
        tables.setSpacing(space.m)
        self.table = ComparisonTable(mask=mask)
        hold_rows(self.table, len(FIELDS), len(FIELDS), _HEAD)
        self.rights = RightsTable()
        hold_rows(self.rights, 2, self.rights.count, _HEAD)
        tables.addWidget(self.table)
        tables.addWidget(self.rights, 100)
        tables.addStretch(1)
        row.addLayout(tables, 5)
        self.card = RevealCard(mask=mask)
        self.card.setMinimumWidth(280)
        self.card.setMaximumWidth(320)
        row.addWidget(self.card, 2)
        layout.addLayout(row, 1)

    def show_comparison(self, found: Comparison) -> None:
        """Show one diver; what is masked for the own role can be revealed."""
        if self.card.is_revealing:
            self.card.mask_again()
        name = (
            " ".join(masked("Last_Name", part) for part in found.name.split()) if self._mask else found.name
        )
        self.who.setText(f"Diver {found.diver_id} · {name}")
        self.table.show_comparison(found)
        self.rights.show_rights(found.rights)
        if not found.mine.may("Reveal_Diver"):
            self.card.offer([], f"{_who(found)} may not look behind a mask: a compliance officer may.")
            return
        hidden = [column for column, _ in FIELDS if column in found.mine.masked]
        clear = f"{_who(found)} sees divers in the clear: there is nothing to reveal."
        self.card.offer(hidden, "" if hidden else clear)

    def say_nobody(self) -> None:
        """There is no diver to show."""
        self.who.setText("")
        self.table.show_rows([])
        self.card.offer([], "There is no diver yet.")

    def _sample_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        row.addWidget(label("Sample diver", "label", tone="muted"))
        self.sample = text_field("privacy.sample", "Sample diver", "Name, email or id")
        self.sample.setFixedWidth(240)
        self.sample.returnPressed.connect(lambda: self.sample_wanted.emit(self.sample.text().strip()))
        row.addWidget(self.sample)
        other = button("Another one", name="privacy.another", variant="ghost", icon="refresh")
        other.clicked.connect(lambda: self.sample_wanted.emit(None))
        row.addWidget(other)
        self.who = label("", "strong", name="privacy.who")
        row.addWidget(self.who)
        row.addStretch(1)
        return row


def _who(found: Comparison) -> str:
    """Whoever one is, at the beginning of a sentence."""
    held = " and ".join(name.replace("_", " ") for name in found.mine.names) or "person without a role"
    return "The owner" if found.mine.is_owner else f"A {held}"


def _enforcement(title: str, text: str, tone: str) -> NoticeCard:
    """Who enforces the roles, honestly."""
    made = NoticeCard("privacy.enforcement", tone, "shield")
    made.setAccessibleName(title)
    made.add_line(title, "strong")
    made.add_line(text)
    return made
