"""One look at a file, from its first byte to its last: what it is, or why it cannot be taken."""

from __future__ import annotations

from pathlib import Path

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.progress import CancelToken, ProgressSink, no_progress
from divegov_gui.services.files.csv_reader import CsvTable
from divegov_gui.services.files.detect import HEAD, is_workbook, refuse_binary, refuse_markup, text_format
from divegov_gui.services.files.encodings import find_encoding
from divegov_gui.services.files.json_reader import JsonLinesTable, JsonTable
from divegov_gui.services.files.model import FileFormat, Fingerprint, SourceFile, Table, Watch, sha256_of
from divegov_gui.services.files.xlsx_reader import XlsxTable


def inspect_file(
    path: Path,
    *,
    progress: ProgressSink = no_progress,
    cancel: CancelToken | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    keep: int = 0,
) -> SourceFile:
    """Read the file whole and say what it is; nothing of a file is accepted unless all of it can be.

    `encoding`, `delimiter` and `sheet` overrule what would be found. A workbook of up to `keep` rows brings them
    along, for it takes long to read. Raises InputRefused, naming the row
    and the reason but never a value, and Cancelled.
    """
    path = Path(path)
    watch = Watch(progress, cancel)
    try:
        _refuse_no_file(path)
        return _inspect(path, watch, encoding, delimiter, sheet, keep)
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise changed(path) from error  # it did decode when its encoding was found


def open_table(file: SourceFile) -> Table:
    """The reader for a file that was inspected."""
    if file.format == "xlsx":
        return XlsxTable(file.path, file.sheet)
    return _text_table(file.path, file.format, file.encoding or "utf-8", file.delimiter)


def changed(path: Path) -> InputRefused:
    """The refusal of a file that is no longer what it was when it was inspected."""
    return InputRefused(
        f"{path.name} has changed since it was looked at.",
        "Nothing of it was taken.",
        "Wait until no other program writes to it, and choose it once more.",
    )


def unreadable(path: Path, error: OSError) -> InputRefused:
    """The refusal of a file that the operating system does not hand out."""
    if isinstance(error, FileNotFoundError):
        return InputRefused(f"There is no file {path.name}.", f"{path} does not exist.", "Check the path.")
    if isinstance(error, PermissionError):
        return InputRefused(
            f"{path.name} may not be read.",
            "The operating system refuses access to it.",
            "Ask its owner for the right to read it; if it is open in Excel, close it there.",
        )
    return InputRefused(
        f"{path.name} cannot be read.",
        f"{error.strerror or 'The operating system gives no reason'}.",
        "Copy the file to this computer and choose it there.",
    )


def _inspect(
    path: Path, watch: Watch, encoding: str | None, delimiter: str | None, sheet: str | None, keep: int
) -> SourceFile:
    before = Fingerprint.of(path)
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if not head:
        raise InputRefused(f"{path.name} is empty.", "It has no content at all.", "Choose another file.")
    table: CsvTable | JsonTable | JsonLinesTable | XlsxTable
    notes: tuple[str, ...] = ()
    kind: FileFormat
    if is_workbook(path, head):
        kind, encoding, table = "xlsx", None, XlsxTable(path, sheet, keep)
    else:
        kind, encoding, notes = _text_kind(path, head, encoding, watch)
        table = _text_table(path, kind, encoding, delimiter)
    survey = table.survey(watch)
    digest = sha256_of(path, watch)
    if Fingerprint.of(path) != before:
        raise changed(path)
    return SourceFile(
        path=path,
        name=path.name,
        format=kind,
        encoding=encoding,
        delimiter=table.delimiter if isinstance(table, CsvTable) else None,
        sheet=table.sheet if isinstance(table, XlsxTable) else None,
        columns=survey.columns,
        row_count=survey.row_count,
        preview=survey.preview,
        content_sha256=digest,
        size=before.size,
        modified_ns=before.modified_ns,
        notes=notes + survey.notes,
        positions=survey.positions,
        kept=survey.kept,
    )


def _text_kind(
    path: Path, head: bytes, given: str | None, watch: Watch
) -> tuple[FileFormat, str, tuple[str, ...]]:
    """Format and encoding of a file that is no workbook."""
    refuse_binary(path, head, encoding_given=given is not None)
    found = find_encoding(path, head, given, watch)
    text = head.decode(found.name, "ignore").removeprefix("\ufeff")
    refuse_markup(path, text)
    return text_format(path, text), found.name, found.notes


def _text_table(
    path: Path, kind: FileFormat, encoding: str, delimiter: str | None
) -> CsvTable | JsonTable | JsonLinesTable:
    if kind == "csv":
        return CsvTable(path, encoding, delimiter)
    return JsonTable(path, encoding) if kind == "json" else JsonLinesTable(path, encoding)


def _refuse_no_file(path: Path) -> None:
    if path.is_dir():
        raise InputRefused(
            f"{path.name or path} is a folder.", "Only one file is taken at a time.", "Choose a file in it."
        )
    if not path.exists():
        raise unreadable(path, FileNotFoundError())
    if not path.is_file():
        raise InputRefused(
            f"{path.name} is not a file.", "It is a device or a pipe.", "Save its content as a file first."
        )
