"""Fields for an instant in local time, and the word that says so; which zone that is comes on hover."""

from __future__ import annotations

from PySide6.QtWidgets import QDateTimeEdit, QLabel

from divegov_gui.ui import times
from divegov_gui.ui.widgets import label

_DAYS = {times.GERMAN: "dd.MM.yyyy", times.BRITISH: "dd/MM/yyyy", times.AMERICAN: "MM/dd/yyyy"}


def moment_format() -> str:
    """How a field for an instant is written, with the date as the person likes it."""
    return f"{_DAYS.get(times.date_style(), 'yyyy-MM-dd')} HH:mm:ss"


def moment_field(name: str, accessible: str) -> QDateTimeEdit:
    """A field for an instant, to the second; it tells of one when it is typed to its end."""
    field = QDateTimeEdit()
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    field.setDisplayFormat(moment_format())
    field.setKeyboardTracking(False)
    field.setFixedWidth(190)
    field.lineEdit().setTextMargins(7, 0, 0, 0)  # the style sheet's padding does not reach it
    return field


def zone_label() -> QLabel:
    """Says that times are local."""
    made = label("local time", "hint")
    made.setToolTip(times.zone_name())
    return made
