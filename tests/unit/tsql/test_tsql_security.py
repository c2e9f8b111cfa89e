"""Who may do and see what on a server: roles, grants, masks, and a log that nobody changes."""

from __future__ import annotations

import re

from tsql_reading import (
    INTERNAL,
    MASKED,
    ROLES,
    SCRIPTS,
    bare,
    code,
    first_list,
    grants,
    inserted_rows,
    modules,
    split_top,
    tables,
)

from divegov_gui.services import audit

OWNERS = {"Governance.Schema_Catalogue", "Governance.Schema_Drift"}
"""Views of what one may see the definition of; granted to nobody."""


def test_roles_are_made_and_are_those_of_the_catalogue() -> None:
    made = set(re.findall(r"CREATE ROLE (\w+) AUTHORIZATION dbo;", code("sqlserver", "03_security")))
    assert made == ROLES == {row[0] for row in inserted_rows("Governance.Security_Role")[1]}


def test_roles_read_views_and_run_procedures_and_nothing_else() -> None:
    for permission, name, _, roles in grants():
        assert roles <= ROLES
        match permission:
            case "SELECT":
                assert name in modules("VIEW")
            case "EXECUTE":
                assert name in modules("PROCEDURE").keys() - INTERNAL
            case "VIEW DEFINITION":
                assert name == "Governance.Apply_Rules"
            case "VIEW LEDGER CONTENT":
                assert (name, roles) == ("", {"compliance_officer"})
            case _:
                assert permission == "UNMASK"
                assert name in MASKED


def test_what_is_shown_of_the_catalogue_is_shown_to_who_may_see_it() -> None:
    """A view of the server's catalogue shows its readers what they have a right to, whoever owns the view."""
    held = {(permission, name): roles for permission, name, _, roles in grants()}
    assert (
        held["SELECT", "Governance.Procedure_Definitions"]
        == held["VIEW DEFINITION", "Governance.Apply_Rules"]
        == ROLES
    )
    # sys.sp_verify_database_ledger asks for it; the words of the program say who has it.
    assert "compliance officers" in audit._MAY_VERIFY
    assert held["VIEW LEDGER CONTENT", ""] == {"compliance_officer"}


def test_every_view_and_every_procedure_of_the_program_is_for_somebody() -> None:
    granted = {name for permission, name, _, _ in grants() if permission in ("SELECT", "EXECUTE")}
    assert granted == (modules("VIEW").keys() - OWNERS) | (modules("PROCEDURE").keys() - INTERNAL)


def test_what_shows_source_records_is_not_for_analysts() -> None:
    for _, name, _, roles in grants():
        if bare(name) in (
            *("Raw_Divers", "Quarantine_Queue", "Quarantine_Reasons", "Action_Log"),
            *("Revision_History", "Edit_History", "Record_Story"),
        ):
            assert "data_analyst" not in roles


def test_reasons_of_changes_to_divers_are_for_who_sees_names() -> None:
    """People write what they like in them; so they are masked, where a view that analysts read shows them."""
    shown = {}
    for permission, name, _, roles in grants():
        if permission == "SELECT" and "data_analyst" in roles:
            sql = modules("VIEW")[name].body
            if re.search(r"FROM dbo\.Diver(_History|_Deletion)?\b", sql):
                every = re.findall(r"(?<!AS )\b(?:Change|Delete)_Reason\b", sql)
                masked = re.findall(r"IIF\(IS_ROLEMEMBER\(N'db_owner'\) = 1 OR [^,]*,[^,]*_Reason\b", sql)
                assert len(every) == len(masked), name
                shown[name] = len(every)
    assert {name for name, count in shown.items() if count} == {
        *("dbo.Diver_Versions", "dbo.Diver_Changes", "dbo.Diver_Deletions")
    }


def test_masks_stand_where_the_catalogue_says_in_the_present_and_in_the_past() -> None:
    declared = dict(inserted_rows("Governance.Masked_Column")[1])
    for name, table in tables("sqlserver").items():
        masks = {
            column: found[1]
            for column, definition in table.columns.items()
            if (found := re.search(r"MASKED WITH \(FUNCTION = '([^']*)'\)", definition))
        }
        assert masks == (declared if name in MASKED else {}), name
    repaired = dict(
        re.findall(
            r"ALTER COLUMN (\w+) ADD MASKED WITH \(FUNCTION = '([^']*)'\)", code("sqlserver", "03_security")
        )
    )
    assert repaired == declared


def test_unmask_is_granted_as_the_catalogue_says_in_the_present_and_in_the_past() -> None:
    declared = set(inserted_rows("Governance.Unmask_Grant")[1])
    for table in MASKED:
        granted = {
            (role, column)
            for permission, name, columns, roles in grants()
            if permission == "UNMASK" and name == table
            for role in roles
            for column in columns
        }
        assert granted == declared


def test_no_view_puts_an_expression_over_a_masked_column() -> None:
    """SQL Server would mask it by default(), whatever the column's own mask is."""
    for name in ("dbo.Diver_Directory", "dbo.Diver_Versions"):
        listed = split_top(first_list(modules("VIEW")[name].body.split("SELECT", 1)[1]))
        for part in listed:
            if re.search(r"\b(Last_Name|Email|Phone|Date_Of_Birth)\b", part):
                assert re.fullmatch(r"(?:d\.)?(Last_Name|Email|Phone|Date_Of_Birth)", part)


def test_the_log_is_an_append_only_ledger() -> None:
    assert re.search(
        r"CREATE TABLE Governance\.Steward_Action \(.*?\n    \)\n    WITH \(LEDGER = ON \(APPEND_ONLY = ON\)\);",
        code("sqlserver", "01_schema"),
        re.DOTALL,
    )
    # Without it sys.sp_verify_database_ledger verifies nothing ("Verify a ledger table to detect tampering").
    assert "ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;" in code("sqlserver", "01_schema")
    changed = r"(?:UPDATE|DELETE)\s+(?:FROM\s+)?Governance\.Steward_Action"
    assert not any(re.search(changed, code("sqlserver", s)) for s in SCRIPTS)
