"""Drift by catalogue: what a deployment has made and somebody has dropped or altered since is found, and put back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from gates import Gate

from divegov_gui.services.deployment import deploy, plan_deployment


@dataclass(frozen=True)
class Damage:
    """What somebody does to a database, how it is told, and the script that puts it back."""

    sql: str
    words: str
    script: str


DAMAGE = {
    "a view that is gone": {
        "sqlite": Damage(
            "DROP VIEW Tour_Occupancy", "The view Tour_Occupancy is missing.", "06_reporting.sql"
        ),
        "sqlserver": Damage(
            "DROP VIEW dbo.Tour_Occupancy", "The view dbo.Tour_Occupancy is missing.", "06_reporting.sql"
        ),
    },
    "versioning that is switched off": {
        "sqlite": Damage(
            "DROP TRIGGER Dive_Tour_Updated", "The trigger Dive_Tour_Updated is missing.", "02_versioning.sql"
        ),
        "sqlserver": Damage(
            "ALTER TABLE dbo.Dive_Tour SET (SYSTEM_VERSIONING = OFF)",
            "dbo.Dive_Tour is no longer versioned. What was changed meanwhile left no earlier version.",
            "02_versioning.sql",
        ),
    },
    "a mask that is switched off": {
        "sqlite": Damage(
            "DELETE FROM Masked_Column WHERE Column_Name = 'Phone'",
            "The mask on Phone is switched off.",
            "04_static_data.sql",
        ),
        "sqlserver": Damage(
            "ALTER TABLE dbo.Diver ALTER COLUMN Phone DROP MASKED",
            "The mask on dbo.Diver.Phone is switched off.",
            "03_security.sql",
        ),
    },
    "a right that is taken away": {
        "sqlite": Damage(
            "DELETE FROM Object_Grant WHERE Object_Name = 'Tour_Occupancy' AND Role_Name = 'data_analyst'",
            "A right of a role is missing: data_analyst: Tour_Occupancy.",
            "06_reporting.sql",
        ),
        "sqlserver": Damage(
            "REVOKE SELECT ON dbo.Tour_Occupancy FROM data_analyst",
            "A right of a role is missing: data_analyst: SELECT on dbo.Tour_Occupancy.",
            "06_reporting.sql",
        ),
    },
    "an index that is gone": {
        "sqlite": Damage(
            "DROP INDEX IX_Certification_Diver",
            "The index IX_Certification_Diver is missing.",
            "01_schema.sql",
        ),
        "sqlserver": Damage(
            "DROP INDEX IX_Certification_Diver ON dbo.Certification",
            "The index dbo.Certification.IX_Certification_Diver is missing.",
            "01_schema.sql",
        ),
    },
}


def told(gate: Gate) -> list[str]:
    return [finding.words for finding in plan_deployment(gate.session).findings]


def test_a_database_that_was_just_deployed_to_has_not_drifted(gate: Gate) -> None:
    assert told(gate) == []
    assert plan_deployment(gate.session).is_current


@pytest.mark.parametrize("what", DAMAGE)
def test_it_is_found_and_put_back(gate: Gate, what: str) -> None:
    damage = DAMAGE[what][gate.session.dialect]
    gate.backend.run(damage.sql)
    assert told(gate) == [damage.words]
    assert [script.name for script in plan_deployment(gate.session).outstanding] == [damage.script]
    assert deploy(gate.session).applied == (damage.script,)
    assert told(gate) == []


def test_what_no_script_puts_back_is_told_until_somebody_does(gate: Gate) -> None:
    gate.backend.run(
        "ALTER TABLE Dive_Site ADD COLUMN Remark TEXT"
        if gate.session.dialect == "sqlite"
        else "ALTER TABLE dbo.Dive_Site DROP CONSTRAINT CK_Dive_Site_Depth"
    )
    before = told(gate)
    assert len(before) == 1
    assert plan_deployment(gate.session).is_current
    gate.backend.run(DAMAGE["a view that is gone"][gate.session.dialect].sql)
    deploy(gate.session)
    assert told(gate) == before
