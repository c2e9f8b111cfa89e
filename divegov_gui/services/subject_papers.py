"""Papers for people: what is held of a person, and the certificate of an erasure, as HTML, PDF and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from divegov_gui.core import private_files
from divegov_gui.core.numbers import grouped
from divegov_gui.core.paths import data_folder
from divegov_gui.services.manifest import Pack, as_json, make_empty, seal_folder
from divegov_gui.services.papers import (
    Block,
    Facts,
    Heading,
    MakePdf,
    Paper,
    Table,
    Words,
    as_html,
    both_times,
    words_of,
)
from divegov_gui.services.subjects import Certificate, Export

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
    "Ingestion_Batch": "Names of files",
}
"""The places where something of a person may be, as people call them; another one is called by its table."""
_CHECK = (
    "The JSON file of this certificate is verified again by “divegov subject verify FILE”: its seal and, where the "
    "erasure key is, its signature; the entry in the log of actions; that no version names anybody, and that the "
    "person would be known again. The hashes in it tell nobody anything without the key."
)
_UNWRITTEN = (
    "Another program held the file, so that it could not be written anew: free pages of it may still hold former "
    "values until “divegov subject rewrite-file” has been run."
)
_OUTSIDE = (
    "Files that records came from (a watched folder keeps them in its folder done), exports, evidence packs and "
    "backups are no part of the database: delete or correct them where they are."
)
_WIDE = 6
"""Columns beyond which rows are set one below the other, a list each."""


def export_paper(found: Export) -> Paper:
    """Everything that is held of a person, to read."""
    blocks: list[Block] = [
        Words(
            f"{grouped(found.count)} entries. Times are local, with UTC beside them where the two differ.",
            "muted",
        )
    ]
    for name, rows in found.parts.items():
        title, note = _TITLES.get(name, (words_of(name), ""))
        blocks.append(Heading(title))
        if note:
            blocks.append(Words(note, "muted"))
        blocks += _entries(rows) if rows else [Words("Nothing.")]
    return Paper(
        f"What is held of diver {found.diver_id}",
        f"Made {both_times(found.made_at)} by {found.made_by}",
        tuple(blocks),
    )


def certificate_paper(certificate: Certificate) -> Paper:
    """The certificate of an erasure, to read."""
    facts = certificate.facts
    checked = facts["verification"]
    left = sum(checked["left"].values())
    said = (
        f"All {checked['values_searched']} values that had named the person were searched for again, everywhere: "
        + ("none was found." if not left else f"{left} rows still hold one of them.")
    )
    inventory = [
        (
            place_name(line["place"]),
            grouped(line["rows"]),
            line["fate"] if line["rows"] else "Nothing found",
        )
        for line in facts["inventory"]
    ]
    blocks: tuple[Block, ...] = (
        Words(said, "bad" if left else "good"),
        *([Words(_UNWRITTEN, "bad")] if checked["file"]["is_rewritten"] is False else ()),
        Heading("What was found, and what became of it"),
        Table(("Place", "Rows", "What became of them"), inventory),
        Heading("What is outside of the database"),
        Words(outside(facts.get("batches", ()))),
        Heading("How it can be checked"),
        Facts(tuple(_proofs(facts))),
        Words(_CHECK, "muted"),
    )
    made = f"Diver {facts['diver_id']} was erased on {both_times(facts['erased_at'])} by {facts['erased_by']}"
    return Paper("Certificate of erasure", made, blocks)


def outside(batches: Sequence[int]) -> str:
    """What an erasure does not reach, and somebody has to look after."""
    came = ""
    if batches:
        numbers = ", ".join(f"{number}" for number in batches)
        came = f"The person's records came with {'batch' if len(batches) == 1 else 'batches'} {numbers}. "
    return f"{came}{_OUTSIDE}"


def place_name(table: str) -> str:
    """What people call the place of a table."""
    return PLACES.get(table, table.replace("_", " "))


def write_export(found: Export, folder: Path, make_pdf: MakePdf | None) -> Pack:
    """Write an export into the new folder `folder` as HTML, PDF and JSON, with a manifest. Raises DiveGovError."""
    make_empty(folder)
    stem = folder / f"diver-{found.diver_id}-data"
    paper = export_paper(found)
    for path, text in (
        (stem.with_suffix(".html"), as_html(paper)),
        (stem.with_suffix(".json"), as_json(found.record)),
    ):
        with private_files.with_reason(path):
            private_files.write_text(path, text)
    if make_pdf is not None:
        with private_files.with_reason(stem.with_suffix(".pdf")):
            make_pdf(paper, stem.with_suffix(".pdf"))
    return seal_folder(folder, paper.title, found.made_at)


def write_certificate(certificate: Certificate, path: Path, make_pdf: MakePdf | None) -> Path:
    """Write a certificate as PDF with the JSON beside it, which alone can be verified again, or the JSON alone.

    Returns the file that `path` names. Raises DiveGovError.
    """
    if path.suffix.lower() not in (".pdf", ".json"):
        path = path.with_suffix(".pdf")
    is_paper = path.suffix.lower() == ".pdf"
    plain = _unused(path.with_suffix(".json")) if is_paper else path
    with private_files.with_reason(plain):
        private_files.write_text(plain, certificate.to_json() + "\n")
    if is_paper and make_pdf is not None:
        with private_files.with_reason(path):
            make_pdf(certificate_paper(certificate), path)
    return path


def keep_certificate(certificate: Certificate) -> Path | None:
    """Keep a copy in the person's data folder, for it cannot be made again; None where nothing can be written there."""
    facts = certificate.facts
    stamp = "".join(filter(str.isdigit, facts["erased_at"]))
    path = data_folder() / "certificates" / f"erasure-{facts['diver_id']}-{stamp}.json"
    try:
        private_files.make_folder(path.parent)
        private_files.write_text(path, certificate.to_json() + "\n")
    except OSError:
        return None  # whoever asked says that it is kept nowhere yet
    return path


def _unused(path: Path) -> Path:
    """A name under which no other certificate lies: none can be made a second time."""
    taken, number = path, 2
    while taken.exists() and taken.stat().st_size:
        taken, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return taken


def _proofs(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    file = facts["verification"]["file"]
    rows = [
        (
            "Entry in the log of actions",
            f"{facts['log']['action_id']}: {facts['log']['action_hash'] or 'in the ledger'}",
        ),
        ("Tombstones (keyed hashes, by which the person is known again)", str(facts["tombstones"])),
        ("Mark of the key, which is kept apart", facts["key_mark"]),
        *([("Signature (HMAC-SHA256, with that key)", facts["signature"])] if "signature" in facts else []),
        ("Seal of this certificate (SHA-256)", facts["seal"]),
    ]
    if file.get("free_pages") is not None:
        rows.insert(1, ("Free pages left in the file", grouped(file["free_pages"])))
    return rows


def _entries(rows: Sequence[Mapping[str, Any]]) -> list[Block]:
    """A part of an export: one row each entry, or one list each where the entries are wide."""
    names = [name for name in rows[0] if name != "Diver_ID" and any(row[name] is not None for row in rows)]
    if len(names) <= _WIDE:
        shown = [[_shown(name, row[name]) for name in names] for row in rows]
        return [Table(tuple(map(words_of, names)), shown, "the JSON file beside this one")]
    return [
        Facts(tuple((words_of(n), _shown(n, row[n])) for n in names if row[n] is not None)) for row in rows
    ]


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
