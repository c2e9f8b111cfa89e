"""A database, a session with it, and the sentences in which the tests speak of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backends import Backend
from people import raw_records

from divegov_gui.core.records import RawRecord
from divegov_gui.database.session import Filter, Order, Session
from divegov_gui.services.history import Version, timeline
from divegov_gui.services.review import Edit, Edited, edit_records

Verdict = frozenset[tuple[str, str]]
ERASED_SUBJECT = 8388608
"""The check that marks who was erased."""


@dataclass(frozen=True)
class Fate:
    """What became of one raw record."""

    outcome: str | None
    diver_id: int | None
    quarantine_id: int | None
    verdict: Verdict


class Gate:
    """A database and a session with it, and the sentences in which the tests speak of them."""

    def __init__(self, backend: Backend, session: Session) -> None:
        self.backend = backend
        self.session = session
        self._arrivals = 0

    def load(
        self,
        people: Sequence[dict[str, str | None]],
        *,
        received_on: str | None = None,
        content: str | None = None,
        again: bool = False,
        kind: str = "file",
    ) -> int:
        """Open a batch and load it whole; returns its number."""
        records = raw_records(people)
        batch = self.open(len(records), content=content, again=again, kind=kind)
        self.send(batch, records)
        if received_on is not None:
            self.backend.run(
                "UPDATE Ingestion_Batch SET Received_At = ? WHERE Batch_ID = ?",
                (f"{received_on} 12:00:00.000000", batch),
            )
        return batch

    def open(self, count: int, *, content: str | None = None, again: bool = False, kind: str = "file") -> int:
        self._arrivals += 1
        opened = self.session.call(
            "Open_Batch",
            source_name="given",
            source_kind=kind,
            content_hash=content or f"arrival {self._arrivals}",
            declared_count=count,
            again=int(again),
        )
        return int(opened[-1][0]["Batch_ID"])

    def send(self, batch: int, records: Sequence[RawRecord]) -> int:
        rows = json.dumps([tuple(record) for record in records])
        return int(self.session.call("Load_Batch", batch_id=batch, rows=rows)[-1][0]["Loaded_Count"])

    def govern(self, batch: int, **how: Any) -> dict[str, int]:
        """Govern a batch; returns the report's counts."""
        row = self.session.call("Govern_Batch", batch_id=batch, **how)[-1][0]
        return {
            name: row[f"{name.capitalize()}_Count"]
            for name in ("loaded", "promoted", "unchanged", "duplicate", "quarantined")
        }

    def take_in(self, people: Sequence[dict[str, str | None]], **how: Any) -> list[Fate]:
        """Load people, govern them, and tell what became of each."""
        batch = self.load(people, **how)
        self.govern(batch)
        return self.fates(batch)

    def fates(self, batch: int) -> list[Fate]:
        """What became of each record of a batch, in the order of the source."""
        mine = [Filter("Batch_ID", "=", batch)]
        rows = self.session.select("Raw_Divers", filters=mine, order=[Order("Source_Row")])
        verdicts: dict[int, set[tuple[str, str]]] = {row["Raw_ID"]: set() for row in rows}
        for reason in self.session.select("Quarantine_Reasons", ["Raw_ID", "Rule_Code", "Column_Name"]):
            if reason["Raw_ID"] in verdicts:
                verdicts[reason["Raw_ID"]].add((reason["Rule_Code"], reason["Column_Name"]))
        return [
            Fate(
                row["Outcome"],
                row["Diver_ID"],
                row["Quarantine_ID"],
                frozenset(verdicts[row["Raw_ID"]]),
            )
            for row in rows
        ]

    def divers(self) -> list[dict[str, Any]]:
        """The divers as they are now, unmasked."""
        filters, order = [Filter("Is_Current", "=", True)], [Order("Diver_ID")]
        return [dict(row) for row in self.session.select("Diver_Versions", filters=filters, order=order)]

    def versions(self, diver_id: int) -> list[dict[str, Any]]:
        """All versions of a diver, the oldest first."""
        filters, order = [Filter("Diver_ID", "=", diver_id)], [Order("Valid_From")]
        return [dict(row) for row in self.session.select("Diver_Versions", filters=filters, order=order)]

    def current(self, diver_id: int = 1) -> Version:
        """The version of a diver that is current now, as a page reads it."""
        found = timeline(self.session, diver_id).current
        assert found is not None
        return found

    def queue(self) -> list[dict[str, Any]]:
        """The quarantine, in the order of arrival."""
        return [dict(r) for r in self.session.select("Quarantine_Queue", order=[Order("Quarantine_ID")])]

    def waiting(self, quarantine_id: int = 1) -> dict[str, Any]:
        """One record of the quarantine, as it is now."""
        mine = [Filter("Quarantine_ID", "=", quarantine_id)]
        (row,) = self.session.select("Quarantine_Queue", filters=mine)
        return dict(row)

    def standing(self, quarantine_id: int = 1) -> set[str]:
        """The rules that a record fails as it is now."""
        mask = self.waiting(quarantine_id)["Failed_Checks"]
        checks = self.session.select("Rule_Checks", ["Check_Bit", "Rule_Code"])
        return {check["Rule_Code"] for check in checks if check["Check_Bit"] & mask}

    def versions_of(self, *quarantine_ids: int) -> list[tuple[int, int]]:
        """Records with their versions, as a page that shows them knows them."""
        return [(one, self.waiting(one)["Record_Version"]) for one in quarantine_ids]

    def edit(self, quarantine_id: int, **values: str | None) -> Edited:
        """Edit cells of a record as it is now."""
        version = self.waiting(quarantine_id)["Record_Version"]
        return edit_records(
            self.session, [Edit(quarantine_id, version, column, value) for column, value in values.items()]
        )

    def let_claims_end(self, *quarantine_ids: int) -> None:
        """The time of the claims on these records, or of every claim, is over."""
        these = f" AND Quarantine_ID IN ({', '.join(map(str, quarantine_ids))})" if quarantine_ids else ""
        self.backend.run(
            "UPDATE Data_Quarantine SET Claimed_Until = '2020-01-01 00:00:00.000000' "
            f"WHERE Claimed_Until IS NOT NULL{these}"
        )

    def log(self, action: str | None = None) -> list[dict[str, Any]]:
        """The log of all that was done, or of one kind of action, in its order."""
        filters = [] if action is None else [Filter("Action", "=", action)]
        rows = self.session.select("Action_Log", filters=filters, order=[Order("Action_ID")])
        return [dict(row) for row in rows]

    def actions(self) -> list[str]:
        """What was done, in its order."""
        return [row["Action"] for row in self.log()]

    def rule(self, code: str) -> dict[str, Any]:
        """A rule as it is now."""
        (row,) = self.session.select("Rule_Catalogue", filters=[Filter("Rule_Code", "=", code)])
        return dict(row)

    def set_rule(
        self, code: str, reason: str = "The federation has decided so", **changes: Any
    ) -> dict[str, Any]:
        """Save a rule as it is now, but for the changes; returns what the database answers."""
        given = {"valid_from": self.rule(code)["Valid_From"], **self.rule_with(code, **changes)}
        return dict(self.session.call("Set_Rule", rule_code=code, reason=reason, **given)[-1][0])

    def rule_with(self, code: str, **changes: Any) -> dict[str, Any]:
        """A rule as it is now, but for the changes, in a procedure's own words."""
        now = self.rule(code)
        return {
            "severity": now["Severity"],
            "threshold": now["Threshold"],
            "is_enabled": int(now["Is_Enabled"]),
            **changes,
        }

    def reasons(self) -> list[dict[str, Any]]:
        order = [Order(name) for name in ("Quarantine_ID", "Attempt", "Rule_Code", "Column_Name")]
        return [dict(row) for row in self.session.select("Quarantine_Reasons", order=order)]


def instant(told: str | None) -> str:
    """A time without the zeros at its end, of which SQL Server writes one more."""
    return (told or "").rstrip("0")


def codes(fate: Fate) -> set[str]:
    return {rule for rule, _ in fate.verdict}
