"""What kind of file this is, judged by its content, and by its name only where that leaves it open."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from divegov_gui.core.errors import InputRefused
from divegov_gui.services.files.model import FileFormat

HEAD = 64 << 10
"""Bytes from the start of a file by which its kind is judged."""

_SAVE_AS = "Open it in the program that made it and save it as XLSX or CSV."
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"{\\rtf", "a rich text document"),
)
_MAGIC_OF_BINARIES: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a Windows program"),
    (b"PK", "a damaged ZIP archive or workbook"),
    (b"BZh", "a bzip2 archive"),
    (b"PAR1", "a Parquet file"),
    (b"BM", "a picture"),
)
"""Starts that a text may have too; they count only where the bytes that follow are no text."""

_ARCHIVES: tuple[tuple[str, str], ...] = (
    ("xl/workbook.bin", "an Excel binary workbook (XLSB)"),
    ("word/", "a Word document"),
    ("ppt/", "a PowerPoint presentation"),
    ("content.xml", "an OpenDocument file"),
)
_MARKUP = re.compile(r"\s*<(?:!doctype|html|\?xml|table|head|body|meta)\b", re.IGNORECASE)
_JSON_ARRAY = re.compile(r"\s*\[\s*(?:\{\s*[\"}]|\])")
_JSON_OBJECT = re.compile(r"\s*\{\s*(?:\"[^\"\n]*\"\s*:|\})")
_BY_NAME: dict[str, FileFormat] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


def is_workbook(path: Path, head: bytes) -> bool:
    """Whether the file is an Excel workbook; raises InputRefused for one that cannot be read as such."""
    if head.startswith(_OLE):
        _refuse_compound_file(path)
    if not head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if path.suffix.lower() in {".xlsx", ".xlsm"}:
            raise InputRefused(
                f"{path.name} is not an Excel workbook.",
                "Its name says so, but its content does not.",
                "If it holds text, give it a name that ends in .csv; else save it once more as XLSX.",
            )
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise damaged_workbook(path) from error
    if "xl/workbook.xml" in names:
        return True
    found = (what for part, what in _ARCHIVES if any(name.startswith(part) for name in names))
    what = next(found, "a ZIP archive")
    hint = "Unpack it and choose the table in it." if what == "a ZIP archive" else _SAVE_AS
    raise _not_a_table(path, what, hint)


def damaged_workbook(path: Path) -> InputRefused:
    """The refusal of a workbook whose parts cannot be read."""
    return InputRefused(
        f"{path.name} cannot be read.",
        "The workbook is damaged or was not copied whole.",
        "Open it in Excel, let it repair the file, and save it once more as XLSX.",
    )


def refuse_binary(path: Path, head: bytes, encoding_given: bool) -> None:
    """Refuse a file whose bytes are no text, saying what it appears to be.

    Where a person gave the encoding, NUL bytes are no evidence: UTF-16 may be full of them.
    """
    for start, what in _MAGIC:
        if head.startswith(start):
            raise _not_a_table(path, what, "Choose a CSV, XLSX, JSON or JSON Lines file.")
    if (
        encoding_given
        or looks_like_utf16(head)
        or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))
    ):
        return
    controls = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\x1b")
    if 0 not in head or controls < 0.02 * len(head):
        return
    what = next((what for start, what in _MAGIC_OF_BINARIES if head.startswith(start)), "a binary file")
    raise _not_a_table(
        path,
        what,
        "Choose a CSV, XLSX, JSON or JSON Lines file, or name the encoding if it is text.",
        options="--encoding utf-16",
    )


def refuse_markup(path: Path, text: str) -> None:
    """Refuse a web page or XML, which some programs save under a spreadsheet's name."""
    if _MARKUP.match(text):
        raise _not_a_table(path, "a web page or an XML document", _SAVE_AS)


def looks_like_utf16(head: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` for bytes without a byte order mark, every other of them mostly NUL."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    even, odd = head[0 : pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > 0.4 * pairs and even < 0.02 * pairs:
        return "utf-16-le"
    if even > 0.4 * pairs and odd < 0.02 * pairs:
        return "utf-16-be"
    return None


def text_format(path: Path, text: str) -> FileFormat:
    """CSV, JSON or JSON Lines, by the first characters of the decoded `text`; the name decides the rest."""
    if _JSON_ARRAY.match(text):
        return "json"
    by_name = _BY_NAME.get(path.suffix.lower())
    if _JSON_OBJECT.match(text):
        if by_name == "jsonl":
            return "jsonl"
        return "jsonl" if _several_objects(text) else "json"
    return by_name or "csv"


def _several_objects(text: str) -> bool:
    """Whether the first two lines that hold anything are an object each."""
    lines = [line.strip() for line in text.splitlines() if line.strip()][:2]
    return len(lines) == 2 and lines[0].endswith("}") and lines[1].startswith("{")


def _refuse_compound_file(path: Path) -> None:
    content = path.read_bytes()
    if _ENCRYPTED in content:
        raise InputRefused(
            f"{path.name} is protected with a password.",
            "Its content is encrypted and cannot be read here.",
            "Open it in Excel, remove the password (File, Info, Protect Workbook) and save it.",
        )
    if _WORD in content:
        raise _not_a_table(path, "an old Word document", _SAVE_AS)
    raise _not_a_table(path, "an old Excel workbook (XLS)", "Open it in Excel and save it as XLSX.")


def _not_a_table(path: Path, what: str, hint: str, *, options: str = "") -> InputRefused:
    title = f"{path.name} cannot be read as a table."
    return InputRefused(title, f"It appears to be {what}.", hint, options=options)
