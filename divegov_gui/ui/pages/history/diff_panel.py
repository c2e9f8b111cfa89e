"""The selected version against another one: who made it and why, and every field that differs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from divegov_gui.ui import theme
from divegov_gui.ui.pages.history.diff_table import DiffTable
from divegov_gui.ui.pages.history.others import BEFORE, CURRENT, Others
from divegov_gui.ui.pages.history.versions import Version, differences
from divegov_gui.ui.widgets import button, choice_field, label, plural, reveal
from divegov_gui.ui.widgets.elided_label import ElidedLabel

_LEAST, _WIDE_ENOUGH = 150, 270
"""For the longest of the choices: a field that asks all of them how wide they are is slow with thousands."""


class DiffPanel(QWidget):
    """What one version changed, against the version before it unless another is chosen."""

    restore_wanted = Signal(object)
    """The place of the version that is to be brought back."""

    def __init__(self, *, mask: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._versions: Sequence[Version] = ()
        self._place = -1
        self._may_restore = True
        space = theme.current().space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, space.s, 0, 0)
        layout.setSpacing(space.xs)
        layout.addLayout(self._head())
        layout.addLayout(self._line())
        self.table = DiffTable(mask=mask)
        layout.addWidget(self.table, 1)

    def show_version(self, versions: Sequence[Version], place: int) -> None:
        """Compare the version at `place` of `versions` with the one that is chosen."""
        self._versions, self._place = versions, place
        self._offer()
        self._compare()

    def allow_restore(self, allowed: bool) -> None:
        """Whether the role may bring a version back."""
        self._may_restore = allowed

    # --- building
    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self._title = label("", "strong")
        self.against = choice_field("history.against", "Compare with", [])
        self._others = Others(self.against)
        self.against.setModel(self._others)
        self.against.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.against.setMinimumWidth(_LEAST)
        self.against.setMaximumWidth(_WIDE_ENOUGH)
        self.against.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.against.activated.connect(lambda _: self._compare())
        self.restore = button("Restore this version", name="history.restore", icon="undo")
        self.restore.clicked.connect(lambda: self.restore_wanted.emit(self._place))
        row.addWidget(self._title)
        row.addWidget(label("against", "body", tone="muted"))
        row.addWidget(self.against, 100)
        row.addStretch(1)
        row.addWidget(self.restore)
        return row

    def _line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.current().space.s)
        self.made = ElidedLabel("", "muted", name="history.made")
        self.fold = button("", name="history.unchanged", variant="link")
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._unfold)
        row.addWidget(self.made, 1)
        row.addWidget(self.fold)
        return row

    # --- inside
    def _offer(self) -> None:
        """Choose among other versions; the one that was chosen stays so, where there is one of that number."""
        kept = self.against.currentData()
        blocker = QSignalBlocker(self.against)
        self._others.show_versions(self._versions, self._place)
        self.against.setCurrentIndex(self._others.row_of(kept))
        blocker.unblock()

    def _pair(self) -> tuple[Version | None, Version | None]:
        """The older and the newer version to compare."""
        chosen, against = self._versions[self._place], self.against.currentData()
        if against == BEFORE:
            return (self._versions[self._place - 1] if self._place else None), chosen
        if against == CURRENT:
            last = self._versions[-1]
            return chosen, (last if last.valid_to is None else None)
        other = self._versions[int(against) - 1]
        return (other, chosen) if other.number < chosen.number else (chosen, other)

    def _compare(self) -> None:
        if not 0 <= self._place < len(self._versions):
            self._title.setText("No version")
            self.made.set_full("")
            self.table.show_differences(())
            reveal(self.fold, False)
            reveal(self.restore, False)
            return
        chosen = self._versions[self._place]
        self._title.setText(f"Version {chosen.number}")
        self.made.set_full(f"{chosen.actor}: {chosen.reason}")
        before, after = self._pair()
        self.table.show_differences(differences(self._versions, before, after))
        same = self.table.same_count
        self.fold.setText(("Hide " if self.fold.isChecked() else "Show ") + plural(same, "unchanged field"))
        self.fold.setAccessibleName(self.fold.text())
        reveal(self.fold, bool(same))
        reveal(self.restore, self._may_restore and chosen.valid_to is not None)

    def _unfold(self, unfolded: bool) -> None:
        self.table.unfold(unfolded)
        self._compare()
