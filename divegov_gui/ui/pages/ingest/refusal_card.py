"""A refusal in its place: what happened, why, and what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from divegov_gui.core.errors import DiveGovError
from divegov_gui.ui.widgets import reveal
from divegov_gui.ui.widgets.cards import NoticeCard


class RefusalCard(NoticeCard):
    """Shows one DiveGovError until the next; hidden while there is none."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, "danger", parent=parent)
        self._about = self.add_line(role="overline")
        self._title = self.add_line(role="strong")
        self._detail = self.add_line()
        self._hint = self.add_line()
        self.hide()

    @property
    def text(self) -> str:
        """All that it says."""
        parts = (self._about.text(), self._title.text(), self._detail.text(), self._hint.text())
        return " ".join(part for part in parts if part)

    def show_error(self, error: DiveGovError | None, after: str = "", about: str = "") -> None:
        """Show `error`, and `after` behind its hint; None hides the card.

        `about` is the file's name, said first where the error does not name it.
        """
        if error is not None:
            self._about.setText(f"{about} was not taken" if about and about not in error.title else "")
            reveal(self._about, bool(self._about.text()))
            self._title.setText(error.title)
            self._detail.setText(error.detail)
            self._hint.setText(" ".join(part for part in (error.hint, after) if part))
            for part in (self._detail, self._hint):
                reveal(part, bool(part.text()))
            self.setAccessibleName(self.text)
        reveal(self, error is not None)
