"""The views that the program reads: one description of each, for both dialects.

The schemas are SQL Server's; SQLite's names have none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["flag", "fraction", "number", "text"]
"""What a column holds."""

_NUMBER_ENDINGS = (
    "_ID",
    "_Count",
    "_Row",
    "_Ms",
    "_Minutes",
    "_Mask",
    "Attempt",
    "_Version",
    "Threshold",
    "Days",
    "Capacity",
    "_Bit",
    "_Checks",
    "_Columns",
    "_Order",
    "_Step",
    "_Gap",
)


@dataclass(frozen=True)
class View:
    """A view; `is_union` says that it is made of several tables, which SQLite counts better one by one."""

    schema: str
    name: str
    columns: tuple[str, ...]
    is_union: bool = False


def kind_of(column: str) -> Kind:
    """What a column of that name holds."""
    if column.startswith("Is_"):
        return "flag"
    if column in ("Deepest_M", "Price_Eur", "Median_Minutes"):
        return "fraction"
    return "number" if column != "Program_Version" and column.endswith(_NUMBER_ENDINGS) else "text"


def _view(schema: str, name: str, columns: str, *, is_union: bool = False) -> View:
    return View(schema, name, tuple(columns.split()), is_union)


_COUNTS = "Loaded_Count Promoted_Count Unchanged_Count Duplicate_Count Quarantined_Count"
_DIVER = "First_Name Last_Name Email Phone Date_Of_Birth"
_RAW = " ".join(f"Raw_{column}" for column in f"{_DIVER} Certification Source_Reference".split())

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        _view(
            "Governance",
            "Deployment_Status",
            "Script_Name Checksum Applied_At Applied_By Duration_Ms Program_Version",
        ),
        _view("Governance", "Schema_Catalogue", "Object_Kind Object_Name Base_Name Fingerprint"),
        _view(
            "Governance",
            "Schema_Drift",
            "Object_Kind Object_Name Base_Name Drift Recorded_As Found_As Recorded_At",
        ),
        _view(
            "Governance",
            "Workspace_Summary",
            f"Diver_Count History_Count Quarantine_Open_Count Batch_Count {_COUNTS} Arrival_Count Unfinished_Count "
            "Ready_Count Released_Count Merged_Count Discarded_Count",
        ),
        _view(
            "Staging",
            "Batch_Summary",
            "Batch_ID Source_Name Source_Kind Content_Hash Status Received_At Received_By Governed_At "
            f"Declared_Count {_COUNTS} Purged_At",
        ),
        _view(
            "Staging",
            "Raw_Divers",
            f"Raw_ID Batch_ID Source_Row Outcome Diver_ID Quarantine_ID {_DIVER} Certification "
            "Source_Reference Payload",
        ),
        _view(
            "Staging",
            "Batch_Rejections",
            "Batch_ID Rule_Code Column_Name Dimension Severity Wording Hint Record_Count",
        ),
        _view(
            "Staging",
            "Batch_Turn_Records",
            "First_Batch_ID Second_Batch_ID Source_Row Turn First_Outcome Second_Outcome Diver_ID Quarantine_ID",
        ),
        _view(
            "Staging",
            "Batch_Turns",
            "First_Batch_ID Second_Batch_ID Turn First_Outcome Second_Outcome Record_Count",
        ),
        _view(
            "Staging",
            "Batch_Score",
            "Batch_ID Defect_Code Injected_Count Found_Count Missed_Count Unexpected_Count",
        ),
        _view(
            "Staging",
            "Conservation_Check",
            "Batch_ID Loaded_Gap Promoted_Gap Unchanged_Gap Duplicate_Gap Quarantined_Gap Lost_Count Stateless_Count "
            "Is_Balanced",
        ),
        _view(
            "dbo",
            "Quarantine_Queue",
            f"Quarantine_ID Batch_ID Source_Name Source_Row Status {_DIVER} Certification Source_Reference "
            "Failed_Rules Attempt_Count Record_Version Quarantined_At Claimed_By Claimed_Until "
            "Resolution_Code Resolution_Reason "
            "Resolved_By Resolved_At Diver_ID Payload Raw_ID Failed_Checks Edited_Columns Quarantined_On Is_Claimed "
            f"{_RAW}",
        ),
        *(
            _view(
                "dbo",
                name,
                "Quarantine_ID Batch_ID Status Failed_Checks Claimed_By Quarantined_At Quarantined_On",
            )
            for name in ("Quarantine_Keys", "Quarantine_Open_Keys", "Quarantine_Closed_Keys")
        ),
        _view(
            "dbo",
            "Quarantine_Cube",
            "Status Batch_ID Failed_Checks Claimed_By Quarantined_On Record_Count",
        ),
        _view(
            "dbo",
            "Quarantine_Reasons",
            "Quarantine_ID Attempt Is_Current Rule_Code Column_Name Observed_Value Severity Dimension Wording "
            "Hint Raw_ID Recorded_At Diver_ID",
        ),
        _view(
            "dbo",
            "Edit_History",
            "Edit_Group_ID Edit_Kind Edit_Reason Edited_By Edited_At Record_Count Cell_Count Undoes_Group_ID "
            "Undone_By_Group_ID Undone_Count",
        ),
        _view(
            "dbo",
            "Revision_History",
            "Revision_ID Quarantine_ID Edit_Group_ID Edit_Kind Column_Name Old_Value New_Value Edited_By Edited_At "
            "Edit_Reason Undoes_Revision_ID Is_Standing",
        ),
        _view("dbo", "Discard_Codes", "Discard_Code Discard_Label Rank_Order"),
        _view("dbo", "Diver_Directory", f"Diver_ID {_DIVER} Certification Valid_From"),
        _view(
            "dbo",
            "Diver_Versions",
            f"Diver_ID {_DIVER} Certification Certification_Level_ID Source_Reference Modified_By Change_Reason "
            "Valid_From Valid_To Is_Current",
            is_union=True,
        ),
        _view("dbo", "Diver_Deletions", "Diver_ID Deleted_At Deleted_By Delete_Reason"),
        _view("dbo", "Diver_Change_Times", "Changed_At Diver_ID", is_union=True),
        _view(
            "dbo",
            "Diver_Changes",
            "Changed_At Diver_ID Change_Kind Changed_Columns Modified_By Change_Reason",
            is_union=True,
        ),
        _view(
            "dbo",
            "Record_Story",
            "Story_At Story_Step Story_Kind Quarantine_ID Diver_ID Raw_ID Batch_ID Actor Summary Detail",
        ),
        _view("dbo", "Diver_Search", "Search_Column Term Diver_ID", is_union=True),
        _view("Governance", "Role_Rights", "Role_Name Object_Name"),
        _view(
            "Governance",
            "Role_Masks",
            "Role_Name Role_Label Description Column_Name Mask_Function Is_Masked",
        ),
        _view(
            "dbo",
            "Reveal_Register",
            "Reveal_ID Diver_ID Column_Name Revealed_By Revealed_At Expires_At Reveal_Reason",
        ),
        _view("dbo", "Erasure_Register", "Diver_ID Erased_At Erased_By Key_Mark Tombstone_Count"),
        _view(
            "Governance",
            "Rule_Catalogue",
            "Rule_Code Column_Name Dimension Severity Threshold Is_Enabled Is_Mandatory Wording Hint Record_Count "
            "Modified_By Change_Reason Valid_From",
        ),
        _view(
            "Governance",
            "Rule_Checks",
            "Check_Bit Rule_Code Column_Name Severity Wording Hint Is_Enabled",
        ),
        _view(
            "Governance", "Rule_Activity", "Rule_Code Rule_Mask Rejected_Count Open_Count False_Alarm_Count"
        ),
        _view(
            "Governance",
            "Rule_Versions",
            "Rule_Code Severity Threshold Is_Enabled Wording Hint Modified_By Change_Reason Valid_From Valid_To "
            "Is_Current",
        ),
        _view("Governance", "Rule_Trend", "Received_On Rule_Code Record_Count"),
        _view(
            "Governance",
            "Source_Quality",
            f"Received_On Source_Name Source_Kind Batch_Count {_COUNTS} Last_Received_At",
        ),
        _view(
            "Governance",
            "Resolution_Trend",
            "Resolved_On Record_Count Released_Count Merged_Count Discarded_Count Median_Minutes",
        ),
        _view("dbo", "Quarantine_Backlog", "Quarantined_On Record_Count Ready_Count"),
        _view("dbo", "Repair_Pattern", "Edited_On Column_Name Edit_Kind Cell_Count Record_Count"),
        _view("Governance", "Procedure_Definitions", "Procedure_Name Definition"),
        _view("Governance", "Quality_Trend", f"Received_On Source_Kind Batch_Count {_COUNTS}"),
        _view(
            "Governance",
            "Action_Log",
            "Action_ID Acted_At Actor Action Subject_Type Subject_ID Detail Previous_Hash Action_Hash",
        ),
        _view(
            "dbo",
            "Tour_Occupancy",
            "Dive_Tour_ID Tour_Code Tour_Name Site_Name Country_Code Starts_On Days Capacity Booked_Count Free_Count "
            "Price_Eur",
        ),
        _view("dbo", "Diver_Logbook", "Diver_ID Dive_Count Total_Minutes Deepest_M Site_Count Last_Dived_On"),
        _view(
            "dbo",
            "Certification_Aliases",
            "Alias Certification_Level_ID Level_Code Level_Name Is_Professional Rank_Order",
        ),
        _view(
            "dbo",
            "Certification_Mix",
            "Certification_Level_ID Level_Code Level_Name Is_Professional Diver_Count",
        ),
        _view(
            "dbo",
            "Equipment_Service",
            "Equipment_ID Asset_Tag Category Model Serviced_On Service_Due_On Dive_Count",
        ),
    )
}
