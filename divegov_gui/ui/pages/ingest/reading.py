"""How a file is to be read: found out, or as a person says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from divegov_gui.services.files import SourceFile

FORMATS = {"csv": "CSV", "xlsx": "Excel workbook", "json": "JSON", "jsonl": "JSON Lines"}

DELIMITERS: tuple[tuple[str, str], ...] = (
    (",", "Comma"),
    (";", "Semicolon"),
    ("\t", "Tab"),
    ("|", "Pipe"),
)

ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp1252", "Windows-1252 (Western)"),
    ("cp1250", "Windows-1250 (Central European)"),
    ("cp1251", "Windows-1251 (Cyrillic)"),
    ("cp1253", "Windows-1253 (Greek)"),
    ("cp1254", "Windows-1254 (Turkish)"),
    ("iso8859-1", "Latin-1"),
    ("mac-roman", "Mac Roman"),
    ("cp932", "Shift JIS"),
    ("gb18030", "GB 18030"),
)


@dataclass(frozen=True)
class Reading:
    """A file, and what overrules what would be found out about it; None leaves it to be found."""

    path: Path
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None


def encoding_label(name: str | None) -> str:
    """An encoding as people call it."""
    if not name:
        return ""
    plain = name.replace("_", "-").removesuffix("-le").removesuffix("-be")
    return dict(ENCODINGS).get(plain, name.upper())


def delimiter_label(delimiter: str | None) -> str:
    """A delimiter as people call it."""
    return dict(DELIMITERS).get(delimiter or "", f"“{delimiter}”" if delimiter else "")


def facts(file: SourceFile) -> list[str]:
    """What the file was read as, a few words each."""
    said = [FORMATS[file.format]]
    if file.encoding:
        said.append(encoding_label(file.encoding))
    if file.delimiter:
        said.append(f"{delimiter_label(file.delimiter).lower()} between the cells")
    if file.sheet:
        said.append(f"sheet “{file.sheet}”")
    return said
