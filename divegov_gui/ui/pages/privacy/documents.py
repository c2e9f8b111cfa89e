"""Papers for people: what is held of a person, and the certificate of an erasure, as HTML, PDF and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from divegov_gui.services.subjects import Certificate, Export
from divegov_gui.ui.paper import with_reason, write_pdf
from divegov_gui.ui.times import both_times

_TITLES = {
    "versions": (
        "Your record, and every earlier version of it",
        "What was known of you, from when until when.",
    ),
    "deletions": ("When your record was taken out", "By whom, and why."),
    "source_records": ("As you arrived", "The records that reached us, as they were sent."),
    "quarantine": ("Records of you that were put aside", "They were not let in as they were."),
    "violations": ("Why they were put aside", "The rules that they did not meet."),
    "edits": ("Corrections of those records", "Each value before and after."),
    "events": ("What else was done with those records", ""),
    "dives": ("Your dives", ""),
    "bookings": ("Your bookings", ""),
    "cards": ("Your certification cards", ""),
    "reveals": ("Who looked behind a mask at your data", "With the reason that was given."),
}
PLACES = {
    "Diver": "Directory",
    "Diver_History": "Earlier versions",
    "Search_Term": "Search index",
    "Raw_Record": "Records as they arrived",
    "Data_Quarantine": "Records in quarantine",
    "Quarantine_Violation": "Values that broke a rule",
    "Quarantine_Revision": "Edits of records in quarantine",
    "Quarantine_Event": "Decisions on records in quarantine",
    "Edit_Group": "Reasons of edits",
    "Diver_Deletion": "Reasons of deletions",
    "Diver_Reveal": "Reasons for looking behind a mask",
    "Certification": "Certification cards",
    "Dive_Participation": "Tour bookings",
    "Dive_Log": "Dives",
}
"""The places where something of a person may be, as people call them; another one is called by its table."""
_STYLE = """
<style>
body { color: #0f2533; } h1 { font-size: 20px; } h2 { font-size: 15px; margin-top: 18px; }
p, td, th { font-size: 11px; } th { text-align: left; color: #4b6172; } .note { color: #4b6172; }
td, th { padding: 3px 8px 3px 0; vertical-align: top; }
</style>
"""


def export_html(found: Export) -> str:
    """Everything that is held of a person, as a page to read."""
    parts = [
        f"<h1>What is held of diver {found.diver_id}</h1>",
        f'<p class="note">{found.count:,} entries. Times are local, with UTC beside them where the two differ.</p>',
    ]
    for name, rows in found.parts.items():
        title, note = _TITLES.get(name, (name.replace("_", " ").capitalize(), ""))
        parts.append(f"<h2>{escape(title)}</h2>")
        if note:
            parts.append(f'<p class="note">{escape(note)}</p>')
        parts.append(_rows_html(rows) if rows else "<p>Nothing.</p>")
    return _page("What is held of a person", parts)


def certificate_html(certificate: Certificate, *, on_paper: bool = True) -> str:
    """The certificate of an erasure, as a page to read; on the screen it has the window's own colours."""
    facts = certificate.facts
    checked = facts["verification"]
    left = sum(checked["left"].values())
    said = (
        f"All {checked['values_searched']} values that had named the person were searched for again, everywhere: "
        + ("none was found." if not left else f"{left} rows still hold one of them.")
    )
    parts = [
        "<h1>Certificate of erasure</h1>",
        f"<p>Diver {facts['diver_id']} was erased on {escape(both_times(facts['erased_at']))} "
        f"by {escape(str(facts['erased_by']))}.</p>",
        f"<p><b>{escape(said)}</b></p>",
        "<h2>What was found, and what became of it</h2>",
        _table(
            ("Place", "Rows", "What became of them"),
            [
                (
                    place_name(line["place"]),
                    f"{line['rows']:,}",
                    line["fate"] if line["rows"] else "Nothing found",
                )
                for line in facts["inventory"]
            ],
        ),
        "<h2>How it can be checked</h2>",
        _table(("What", "Value"), _proofs(facts)),
    ]
    return _page("Certificate of erasure", parts, _STYLE if on_paper else "")


def place_name(table: str) -> str:
    """What people call the place of a table."""
    return PLACES.get(table, table.replace("_", " "))


def write_export(found: Export, folder: Path) -> tuple[Path, ...]:
    """Write an export into `folder` as HTML, PDF and JSON; returns the files. Raises DiveGovError."""
    stem = f"diver-{found.diver_id}-data"
    page = export_html(found)
    record = {
        "diver_id": found.diver_id,
        **{name: [dict(r) for r in rows] for name, rows in found.parts.items()},
    }
    html, pdf, plain = (folder / f"{stem}.{ending}" for ending in ("html", "pdf", "json"))
    with_reason(folder, lambda: folder.mkdir(parents=True, exist_ok=True))
    with_reason(html, lambda: html.write_text(page, encoding="utf-8"))
    with_reason(plain, lambda: plain.write_text(json.dumps(record, ensure_ascii=False, indent=2), "utf-8"))
    with_reason(pdf, lambda: write_pdf(page, pdf))
    return html, pdf, plain


def write_certificate(certificate: Certificate, path: Path) -> Path:
    """Write a certificate as PDF or, what can be verified again, as JSON; returns the file. Raises DiveGovError."""
    if path.suffix.lower() not in (".pdf", ".json"):
        path = path.with_suffix(".pdf")
    if path.suffix.lower() == ".json":
        with_reason(path, lambda: path.write_text(certificate.to_json(), encoding="utf-8"))
    else:
        with_reason(path, lambda: write_pdf(certificate_html(certificate), path))
    return path


def _proofs(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    file = facts["verification"]["file"]
    rows = [
        (
            "Entry in the log of actions",
            f"{facts['log']['action_id']}: {facts['log']['action_hash'] or 'in the ledger'}",
        ),
        ("Tombstones (keyed hashes, by which the person is known again)", str(facts["tombstones"])),
        ("Mark of the key, which is kept apart", facts["key_mark"]),
        ("Seal of this certificate (SHA-256)", facts["seal"]),
    ]
    if file.get("free_pages") is not None:
        rows.insert(1, ("Free pages left in the file", f"{file['free_pages']:,}"))
    return rows


def _rows_html(rows: Sequence[Mapping[str, Any]]) -> str:
    """A part of an export: one row each entry, or one block each where the entries are wide."""
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    if len(names) <= 6:
        return _table([_words(n) for n in names], [[_shown(n, row[n]) for n in names] for row in rows])
    blocks = (
        _table((), [(_words(n), _shown(n, row[n])) for n in names if row[n] is not None]) for row in rows
    )
    return "<hr/>".join(blocks)


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; one without a heading has its first column in bold."""
    head = "".join(f'<th align="left">{escape(each)}</th>' for each in heading)
    first = "<b>{}</b>" if not heading else "{}"
    lines = (
        "".join(
            f"<td>{(first if at == 0 else '{}').format(escape(cell))}</td>" for at, cell in enumerate(row)
        )
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table cellpadding='3'>{f'<tr>{head}</tr>' if heading else ''}{body}</table>"


def _words(column: str) -> str:
    return column.replace("_", " ").capitalize().replace(" id", " number")


def _shown(column: str, value: Any) -> str:
    if value is None:
        return ""
    text = str(value)
    timed = column.endswith(("_At", "_From", "_To", "_Until"))
    return (
        both_times(text)
        if timed and text[:2] in ("19", "20")
        else ("now" if text.startswith("9999-") else text)
    )


def _page(title: str, parts: Iterable[str], style: str = _STYLE) -> str:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{style}</head>'
        f"<body>{''.join(parts)}</body></html>"
    )
