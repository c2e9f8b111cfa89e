"""What stands on a paper for people, apart from how it is set: here as a page of HTML, in `ui.paper` as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from html import escape
from pathlib import Path


@dataclass(frozen=True)
class Heading:
    """Begins a part."""

    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph. `tone` is ``plain``, ``muted``, ``good`` or ``bad``."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Facts:
    """Names and values that belong together, a line each."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under a heading. `whole_in` names the file that holds all rows, where a paper cannot."""

    heading: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    whole_in: str = ""


Block = Heading | Words | Facts | Table


@dataclass(frozen=True)
class Paper:
    """A paper: `made` says when and by whom, on every sheet of it. A wide one lies on its side."""

    title: str
    made: str
    blocks: tuple[Block, ...]
    is_wide: bool = False


MakePdf = Callable[[Paper, Path], None]
"""Writes a paper as a PDF; whoever may use Qt has one."""

_STYLE = """
body { font: 10pt/1.45 'Inter', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; color: #1c2430; margin: 2em; }
h1 { font-size: 18pt; margin: 0 0 .2em; } h2 { font-size: 12pt; margin: 1.6em 0 .4em; break-after: avoid; }
table { border-collapse: collapse; } p { margin: .2em 0; max-width: 60em; }
th, td { padding: 3px 8px 3px 0; text-align: left; vertical-align: top; font-size: 9pt; overflow-wrap: anywhere; }
table.rows { width: 100%; } table.rows th, table.rows td { border: 1px solid #c9d1dc; padding: 3px 6px;
  font-size: 8.5pt; }
table.rows th { background: #eef2f7; overflow-wrap: normal; } table.facts th { white-space: nowrap; color: #4b5768; }
table.facts { margin: .3em 0 .9em; } tr, table.facts { break-inside: avoid; } thead { display: table-header-group; }
.muted { color: #4b5768; } .good { color: #166b45; } .bad { color: #a3161a; font-weight: 600; }
"""


def as_html(paper: Paper, *, styled: bool = True) -> str:
    """The paper as one page of HTML that needs nothing besides itself; without a style it takes the screen's own."""
    style = f"<style>{_STYLE}</style>" if styled else ""
    body = "".join(_block(each) for each in paper.blocks)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(paper.title)}</title>{style}'
        f'</head><body><h1>{escape(paper.title)}</h1><p class="muted">{escape(paper.made)}</p>{body}</body></html>\n'
    )


def words_of(name: str) -> str:
    """A column's name as people write it: ``Date_Of_Birth`` is Date of birth."""
    words = name.replace("_", " ").lower()
    return (words[:1].upper() + words[1:]).replace(" id", " number")


def both_times(utc: str) -> str:
    """An instant of the database in local time, with UTC beside it where that is another: always the year first."""
    instant = datetime.fromisoformat(utc[:19]).replace(tzinfo=timezone.utc)
    fraction = utc[19:].rstrip("0Z ").rstrip(".")
    local = instant.astimezone()
    beside = f"{instant:%Y-%m-%d %H:%M:%S}{fraction} UTC"
    return beside if not local.utcoffset() else f"{local:%Y-%m-%d %H:%M:%S}{fraction} ({beside})"


def _block(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Words(text, tone):
            return f'<p class="{tone}">{escape(text)}</p>'
        case Facts(lines):
            listed = "".join(
                f'<tr><th align="left">{_cell(n)}</th><td>{_cell(v)}</td></tr>' for n, v in lines
            )
            return f'<table class="facts" cellpadding="2">{listed}</table>'
        case Table(heading, rows):
            head = "".join(f'<th align="left">{_cell(name)}</th>' for name in heading)
            body = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows)
            return f'<table class="rows" cellpadding="3"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cell(text: str) -> str:
    return escape(text).replace("\n", "<br>")
