"""The workbook that goes to the data's owner: every value a text cell, the failing ones marked.

Written as Office Open XML (ECMA-376) part by part, row by row: a tenth of the time that a library for all of Excel
takes, and no more memory for a million rows than for one.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import escape

from divegov_gui.core.errors import InputRefused
from divegov_gui.core.numbers import grouped
from divegov_gui.services.round_trip.safe_text import to_xlsx

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header (Excel specifications and limits)."""

_LONGEST = 32_767
"""Characters of a cell, by the same page."""

_TEXT, _FAILING, _TITLE = 1, 2, 3
"""Styles, by their place in _STYLES."""

_WIDTHS = {
    "Quarantine_ID": 14,
    "Record_Version": 15,
    "Batch_ID": 10,
    "Source_Row": 11,
    "Reasons": 60,
    "Email": 34,
}
_HELP = (
    "How to correct these records",
    "",
    "Reasons says what is wrong; the cells in yellow are the ones that failed.",
    "Correct the values from First_Name on. Empty a cell to take its value away.",
    "Leave Quarantine_ID and Record_Version as they are: by them the corrections are taken back.",
    "Rows that you delete, and columns that you remove, change nothing. Rows that you add are not taken.",
    "Save the file as a workbook and send it back.",
)


class Workbook:
    """A workbook in the making, for up to `rows` rows; used as a context, it is whole at the end."""

    def __init__(self, path: Path, header: Sequence[str], rows: int) -> None:
        self._letters = [_letters(place) for place in range(len(header))]
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        for name, part in _PARTS.items():
            self._archive.writestr(name, part)
        self._archive.writestr("xl/worksheets/sheet2.xml", _help_sheet())
        self._sheet = self._archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True)
        self._sheet.write(_sheet_start(header, f"A1:{self._letters[-1]}{rows + 1}").encode())
        self._row = 0
        self._write([_text_cell(name, _TITLE) for name in header])

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        last = f"{self._letters[-1]}{self._row}"
        self._sheet.write(f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'.encode())
        self._sheet.close()
        self._archive.close()

    def add(self, cells: Sequence[int | str | None], failing: int) -> None:
        """Write one row; `failing` has a bit for each column that fails. Raises InputRefused."""
        self._write(
            [
                _number_cell(cell) if isinstance(cell, int) else _text_cell(cell, 1 + (failing >> place & 1))
                for place, cell in enumerate(cells)
            ]
        )

    def _write(self, cells: Sequence[str]) -> None:
        self._row += 1
        row = self._row
        placed = "".join(
            f'<c r="{letters}{row}"{cell}' for letters, cell in zip(self._letters, cells, strict=True)
        )
        self._sheet.write(f'<row r="{row}">{placed}</row>'.encode())


def _number_cell(value: int) -> str:
    return f"><v>{value}</v></c>"


def _text_cell(value: str | None, style: int) -> str:
    """What follows the place of a cell that stays text whatever it begins with."""
    if not value:
        return f' s="{style}"/>'
    text = to_xlsx(value)
    if len(text) > _LONGEST:
        raise InputRefused(
            "A value is too long for a workbook.",
            f"A cell holds {grouped(_LONGEST)} characters.",
            "Export to a name that ends in .csv.",
        )
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _letters(place: int) -> str:
    """The name of a column, of at most 26."""
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place]


def _sheet_start(header: Sequence[str], extent: str) -> str:
    """What stands before the rows. A reader that does not find the extent there looks for it to the end."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{_WIDTHS.get(name, 20)}" customWidth="1"/>'
        for place, name in enumerate(header, start=1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="{extent}"/><sheetViews><sheetView workbookViewId="0">'
        '<pane xSplit="2" ySplit="1" topLeftCell="C2" activePane="bottomRight" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{columns}</cols><sheetData>"
    )


def _help_sheet() -> str:
    rows = "".join(
        f'<row r="{number}"><c r="A{number}"{_text_cell(line, _TITLE if number == 1 else _TEXT)}</row>'
        for number, line in enumerate(_HELP, start=1)
    )
    column = '<cols><col min="1" max="1" width="100" customWidth="1"/></cols>'
    return f'{_XML}<worksheet xmlns="{_MAIN}">{column}<sheetData>{rows}</sheetData></worksheet>'


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFF2CC"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE2E8F0"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    # 49 is the format of text; the quote prefix is the apostrophe that keeps a typed value text.
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="2" borderId="0" xfId="0"'
    ' quotePrefix="1" applyNumberFormat="1" applyFill="1"/>'
    '<xf numFmtId="49" fontId="1" fillId="3" borderId="0" xfId="0" applyFont="1" applyFill="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_PARTS = {
    "[Content_Types].xml": (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>'
        '<sheet name="Quarantine" sheetId="1" r:id="rId1"/><sheet name="How to correct" sheetId="2" r:id="rId2"/>'
        "</sheets></workbook>"
    ),
    "xl/_rels/workbook.xml.rels": (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet2.xml"/>'
        f'<Relationship Id="rId3" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/styles.xml": _STYLES,
}
