"""The readable paper of an evidence pack."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from divegov_gui.core.records import LABELS, columns_in
from divegov_gui.services.papers import Block, Facts, Heading, Paper, Table, Words, words_of

_TITLES = {
    "as_of": "As known at the instant",
    "versions": "Every version",
    "differences": "What changed, by whom and why",
    "deletions": "Taken out of the directory",
    "changes": "Every change of the period",
    "actions": "The log of actions",
    "rules": "The rules, and what they said when",
}
_CHECKED = (
    "The file manifest.json beside this one has the SHA-256 of every file of the pack, and a seal over itself. "
    "“divegov evidence verify FOLDER” computes them anew and names every file that was changed, added or taken away."
)

Rows = Sequence[Mapping[str, Any]]


def evidence_paper(title: str, facts: Mapping[str, Any], parts: Mapping[str, Rows]) -> Paper:
    """What it is about and how it was made, the state of the log, and a table of each part."""
    made = f"Made {facts['made_at']} UTC by {facts['made_by']}"
    blocks: list[Block] = [Facts(_about(facts)), Heading("Is the log of actions as it was written?")]
    log = facts["log"]
    blocks.append(Words(log["words"], "good" if log["holds"] else "bad" if log["is_known"] else "plain"))
    if log["head"]:
        blocks.append(Words(f"Last hash of the log: {log['head']}", "muted"))
    blocks += [Heading("How this can be checked"), Words(_CHECKED)]
    for name, rows in parts.items():
        blocks += [Heading(_TITLES[name]), *_part(name, rows, facts["about"])]
    return Paper(f"Evidence: {title}", made, tuple(blocks), is_wide=True)


def _about(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    masked = ", ".join(map(words_of, facts["masked"]))
    about = {words_of(name): str(value) for name, value in facts["about"].items()}
    return (
        *((f"{name} (UTC)" if name != "Diver number" else name, value) for name, value in about.items()),
        ("Made by", f"{facts['made_by']}, as {', '.join(map(words_of, facts['roles'])).lower()}"),
        ("Masked for that role", masked or "nothing"),
        ("Times", "all are UTC"),
    )


def _part(name: str, rows: Rows, about: Mapping[str, Any]) -> list[Block]:
    """A part's rows; the one record as of an instant is a list of its values."""
    known = {"Diver_ID"} if "diver_id" in about else set()
    if not rows:
        return [Words("None.", "muted")]
    columns = [column for column in rows[0] if column not in known]
    if name == "as_of":
        return [Facts(tuple((words_of(c), _text(c, row[c])) for c in columns)) for row in rows]
    heading = tuple(map(words_of, columns))
    return [Table(heading, [[_text(c, row[c]) for c in columns] for row in rows], f"{name}.csv")]


def _text(column: str, value: Any) -> str:
    if column == "Valid_To" and (value is None or str(value).startswith("9999-")):
        return "now"
    if column == "Changed_Columns":
        return ", ".join(LABELS[each] for each in columns_in(int(value or 0)))
    if column == "Column":
        return words_of(str(value))
    return "" if value is None else str(value)
