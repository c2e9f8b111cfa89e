"""Fields with their labels: what is asked, a hint, and what is wrong."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from divegov_gui.ui.numbers import number_locale
from divegov_gui.ui.widgets.basics import label, restyle, reveal


class FormRow(QWidget):
    """A label over a field, a hint under it; an error takes the hint's place and colours the field."""

    def __init__(
        self, text: str, field: QWidget, hint: str = "", *, name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.field = field
        if name:
            field.setObjectName(name)
        field.setAccessibleName(text.replace("&", ""))
        _indent(field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.label = label(text, "label")
        self.label.setBuddy(field)
        self._note = label(hint, "hint", wrap=True)
        for note in (self.label, self._note):
            note.setContentsMargins(3, 0, 0, 0)
        self._hint = hint
        layout.addWidget(self.label)
        layout.addWidget(field)
        layout.addWidget(self._note)
        self.set_error("")

    @property
    def error(self) -> str:
        """What is wrong with the field, or an empty text."""
        return self._note.text() if self._note.property("role") == "error" else ""

    def set_hint(self, hint: str) -> None:
        """Change the line under the field."""
        self._hint = hint
        self.set_error(self.error)

    def set_error(self, text: str) -> None:
        """Say what is wrong; an empty text brings the hint back."""
        self._note.setText(text or self._hint)
        reveal(self._note, bool(text or self._hint))
        self._note.setProperty("role", "error" if text else "hint")
        self.field.setProperty("invalid", "true" if text else "false")
        self.field.setAccessibleDescription(text or self._hint)
        restyle(self._note)
        restyle(self.field)


class ReasonRow(FormRow):
    """Asks for a word why, which is kept with what is done."""

    LONGEST = 400

    def __init__(self, name: str, hint: str = "", *, title: str = "&Reason") -> None:
        self.line = QLineEdit()
        self.line.setMaxLength(self.LONGEST)
        super().__init__(title, self.line, hint, name=name)
        self.line.textChanged.connect(lambda _: self.set_error(""))

    @property
    def text(self) -> str:
        """The reason, its words a blank apart."""
        return " ".join(self.line.text().split())

    def ask(self, missing: str = "Say why, in a few words.") -> str:
        """The reason; where there is none, `missing` is said and the person may type one."""
        if not self.text:
            self.set_error(missing)
            self.line.setFocus()
        return self.text


def text_field(name: str, accessible: str, placeholder: str = "") -> QLineEdit:
    """A field for one line of text, for places that have no room for a FormRow."""
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    field.setPlaceholderText(placeholder)
    field.setClearButtonEnabled(True)
    return field


def number_field(name: str, accessible: str, lowest: int, highest: int, value: int) -> QSpinBox:
    """A field for a whole number, with its thousands grouped."""
    field = QSpinBox()
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    field.setRange(lowest, highest)
    field.setValue(value)
    field.setLocale(number_locale())  # as every other number in the window
    field.setGroupSeparatorShown(True)
    _indent(field)
    return field


def _indent(field: QWidget) -> None:
    """Keep a spin box's text off its edge; the style sheet's padding does not reach it."""
    edit = field.findChild(QLineEdit) if isinstance(field, QAbstractSpinBox) else None
    if edit is not None:
        edit.setTextMargins(7, 0, 0, 0)


def choice_field(name: str, accessible: str, choices: list[tuple[str, object]]) -> QComboBox:
    """A choice of one; each choice is its text and the value that `currentData` gives."""
    field = QComboBox()
    field.setObjectName(name)
    field.setAccessibleName(accessible)
    for text, value in choices:
        field.addItem(text, value)
    return field
