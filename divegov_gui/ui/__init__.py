"""The window, in Qt; knows services, and no database.

PySide6 puts an import of its own in the place of Python's, which reads the source of every module that is brought in
after it, to see whether that may ask for another spelling of Qt's names (`from __feature__ import snake_case`). Nothing
here does, so Python's own is put back: a third of what bringing in a page takes, and of pandas.
"""

from __future__ import annotations

import builtins

import PySide6.QtCore

assert PySide6.QtCore
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
