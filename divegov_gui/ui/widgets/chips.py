"""Buttons of which one is pressed: a choice in a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QButtonGroup, QPushButton


def choose_one(owner: QObject, chips: Sequence[QPushButton]) -> None:
    """Let one of `chips` be pressed at a time. Tab goes to the one that is, and the arrows from there to the others.

    Qt sees to that too, but only once one of them has had the focus.
    """
    group = QButtonGroup(owner)
    for chip in chips:
        chip.setCheckable(True)
        group.addButton(chip)
    group.buttonToggled.connect(_stop_at)


def _stop_at(chip: QPushButton, pressed: bool) -> None:
    chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus if pressed else Qt.FocusPolicy.ClickFocus)
    for other in chip.group().buttons() if pressed else ():
        if other is not chip:
            other.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
