"""The readable page of an evidence pack: one HTML file that needs nothing besides itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_TITLES = {
    "as_of": "As known at the instant",
    "versions": "Every version",
    "differences": "What changed, by whom and why",
    "deletions": "Taken out of the directory",
    "changes": "Every change of the period",
    "actions": "The log of actions",
    "rules": "The rules, and what they said when",
}
_STYLE = """
body { font: 10pt/1.45 'Inter', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; color: #1c2430; margin: 2em; }
h1 { font-size: 18pt; margin: 0 0 .2em; } h2 { font-size: 12pt; margin: 1.6em 0 .4em; }
table { border-collapse: collapse; width: 100%; } p { margin: .2em 0; }
th, td { border: 1px solid #c9d1dc; padding: 3px 6px; text-align: left; vertical-align: top; font-size: 8.5pt; }
.wide th, .wide td { font-size: 7pt; padding: 2px 3px; }
th { background: #eef2f7; } .none { color: #5b6675; } .bad { color: #a3161a; font-weight: 600; }
"""
_WIDE = 9
"""Columns beyond which a table is set smaller, so that a sheet of paper holds it."""


def report_html(
    title: str, facts: Mapping[str, Any], parts: Mapping[str, Sequence[Mapping[str, Any]]]
) -> str:
    """The page: what it is about and how it was made, the state of the log, and a table of each part."""
    log = facts["log"]
    masked = ", ".join(_words(column) for column in facts["masked"])
    lines = [
        f"Made at {facts['made_at']} UTC by {facts['made_by']}, as {', '.join(map(_words, facts['roles']))}.",
        f"Masked for that role: {masked}." if masked else "Nothing is masked for that role.",
        "All times are UTC.",
    ]
    told = "".join(f"<p>{escape(line)}</p>" for line in lines)
    state = f'<p class="{"good" if log["holds"] else "bad"}">{escape(log["words"])}</p>'
    head = f"<p>Last hash of the log: {escape(str(log['head']))}</p>" if log["head"] else ""
    tables = "".join(f"<h2>{escape(_TITLES[name])}</h2>{_table(rows)}" for name, rows in parts.items())
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Evidence: {escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>Evidence: {escape(title)}</h1>{told}"
        f"<h2>Is the log of actions as it was written?</h2>{state}{head}{tables}</body></html>\n"
    )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return '<p class="none">None.</p>'
    heading = "".join(f"<th>{escape(_words(name))}</th>" for name in rows[0])
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_text(value))}</td>" for value in row.values()) + "</tr>"
        for row in rows
    )
    wide = ' class="wide"' if len(rows[0]) > _WIDE else ""
    return f"<table{wide}><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table>"


def _words(name: str) -> str:
    words = name.replace("_", " ").lower()
    return words[:1].upper() + words[1:]


def _text(value: Any) -> str:
    return "" if value is None else str(value)
