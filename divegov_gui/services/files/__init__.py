"""Reading the files that people bring: CSV, XLSX, JSON and JSON Lines, every value as the text that it is.

`inspect_file` reads a file whole and says what it is, `guess_mapping` proposes which column holds what, and
`FileSource` hands the records on for ingestion.
"""

from __future__ import annotations

from divegov_gui.services.files.inspection import inspect_file
from divegov_gui.services.files.mapping import guess_mapping
from divegov_gui.services.files.model import FileFormat, SourceFile
from divegov_gui.services.files.source import FileSource

__all__ = ["FileFormat", "FileSource", "SourceFile", "guess_mapping", "inspect_file"]
