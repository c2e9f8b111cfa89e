-- 01_schema.sql · EnterpriseDiveDB on SQLite: every table that the platform keeps.
--
-- Twin of sqlserver/01_schema.sql: the same order, the same headings, the same names; schemas (Staging, dbo,
-- Governance) are lost, since SQLite has none. Every script may run twice; none drops a table that holds data.
-- Times are UTC text with microseconds (YYYY-MM-DD HH:MM:SS.ffffff), dates are YYYY-MM-DD.
-- What came after a table's first version is added to it, in a new workspace as in one that holds data: the deployer
-- runs what stands under an IF only where its condition holds.

-- DGOV in the header: this file is a workspace of DiveGov Steward. The program refuses one of a newer version.
PRAGMA application_id = 1145524054;
PRAGMA user_version = 2;

------------------------------------------------------------------------------------------------------------
-- The house itself: deployment journal, procedures, the transaction's own instant
------------------------------------------------------------------------------------------------------------

-- One row each time that a numbered script was applied; the newest of a script is the one in force.
CREATE TABLE IF NOT EXISTS Schema_Script (
    Journal_ID      INTEGER PRIMARY KEY,
    Script_Name     TEXT    NOT NULL,
    Checksum        TEXT    NOT NULL,
    Applied_At      TEXT    NOT NULL,
    Applied_By      TEXT    NOT NULL,
    Duration_Ms     INTEGER NOT NULL,
    Program_Version TEXT    NOT NULL
);
CREATE INDEX IF NOT EXISTS IX_Schema_Script_Name ON Schema_Script (Script_Name, Journal_ID);

-- What the scripts had made, object by object, when they ran last (03 writes it): what is not so any more is drift.
CREATE TABLE IF NOT EXISTS Schema_Object (
    Object_Kind TEXT NOT NULL,
    Object_Name TEXT NOT NULL,
    Base_Name   TEXT NOT NULL,
    Fingerprint TEXT NOT NULL,
    Recorded_At TEXT NOT NULL,
    PRIMARY KEY (Object_Kind, Object_Name)
) WITHOUT ROWID;

-- What sys.sql_modules is to SQL Server: the procedures as they were deployed. The program runs these and no others.
CREATE TABLE IF NOT EXISTS Stored_Procedure (
    Procedure_Name TEXT PRIMARY KEY,
    Definition     TEXT NOT NULL
) WITHOUT ROWID;

-- SYSUTCDATETIME() and ORIGINAL_LOGIN() of the running transaction. The program fills the row when it begins a
-- transaction and empties it before it commits, so that all of a transaction happens at one instant; whoever
-- comes with the plain shell finds it empty and gets the clock of the machine.
CREATE TABLE IF NOT EXISTS Transaction_Context (
    Context_ID INTEGER PRIMARY KEY CHECK (Context_ID = 1),
    Instant    TEXT,
    Actor      TEXT
);
INSERT INTO Transaction_Context (Context_ID) VALUES (1) ON CONFLICT DO NOTHING;

------------------------------------------------------------------------------------------------------------
-- Lookups
------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS Certification_Level (
    Certification_Level_ID INTEGER PRIMARY KEY,
    Level_Code             TEXT    NOT NULL UNIQUE,
    Level_Name             TEXT    NOT NULL UNIQUE,
    Is_Professional        INTEGER NOT NULL CHECK (Is_Professional IN (0, 1)),
    Rank_Order             INTEGER NOT NULL
);

-- The spellings by which a source may name a level, in lower case; the gatekeeper looks here and nowhere else.
CREATE TABLE IF NOT EXISTS Certification_Alias (
    Alias                  TEXT    PRIMARY KEY CHECK (Alias = lower(Alias)),
    Certification_Level_ID INTEGER NOT NULL REFERENCES Certification_Level (Certification_Level_ID)
) WITHOUT ROWID;

-- Why a steward may discard a record.
CREATE TABLE IF NOT EXISTS Discard_Code (
    Discard_Code  TEXT PRIMARY KEY,
    Discard_Label TEXT    NOT NULL,
    Rank_Order    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS Dive_Site (
    Dive_Site_ID INTEGER PRIMARY KEY,
    Site_Code    TEXT    NOT NULL UNIQUE,
    Site_Name    TEXT    NOT NULL,
    Country_Code TEXT    NOT NULL CHECK (length(Country_Code) = 2),
    Latitude     REAL    NOT NULL CHECK (Latitude BETWEEN -90 AND 90),
    Longitude    REAL    NOT NULL CHECK (Longitude BETWEEN -180 AND 180),
    Max_Depth_M  REAL    NOT NULL CHECK (Max_Depth_M > 0)
);

CREATE TABLE IF NOT EXISTS Equipment (
    Equipment_ID    INTEGER PRIMARY KEY,
    Asset_Tag       TEXT    NOT NULL UNIQUE,
    Category        TEXT    NOT NULL,
    Model           TEXT    NOT NULL,
    Serviced_On     TEXT,
    Service_Days    INTEGER NOT NULL CHECK (Service_Days > 0),
    Is_Retired      INTEGER NOT NULL DEFAULT 0 CHECK (Is_Retired IN (0, 1))
);

------------------------------------------------------------------------------------------------------------
-- Governance: the rule catalogue and the log of actions
------------------------------------------------------------------------------------------------------------

-- System-versioned (02): what a rule said on any past day can be shown.
CREATE TABLE IF NOT EXISTS Quality_Rule (
    Rule_Code     TEXT    PRIMARY KEY,
    Column_Name   TEXT    NOT NULL,
    Dimension     TEXT    NOT NULL CHECK (Dimension IN ('Completeness', 'Validity', 'Accuracy', 'Uniqueness', 'Conformity')),
    Severity      TEXT    NOT NULL CHECK (Severity IN ('error', 'warning')),
    Threshold     INTEGER,
    Is_Enabled    INTEGER NOT NULL DEFAULT 1 CHECK (Is_Enabled IN (0, 1)),
    Is_Mandatory  INTEGER NOT NULL DEFAULT 0 CHECK (Is_Mandatory IN (0, 1)),
    Wording       TEXT    NOT NULL,
    Hint          TEXT    NOT NULL,
    Modified_By   TEXT    NOT NULL,
    Change_Reason TEXT    NOT NULL,
    Valid_From    TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'),
    CHECK (Is_Enabled = 1 OR Is_Mandatory = 0)
) WITHOUT ROWID;

-- A rule looks at one or more columns; each look is one bit of a record's verdict.
CREATE TABLE IF NOT EXISTS Rule_Check (
    Check_Bit   INTEGER PRIMARY KEY,
    Rule_Code   TEXT    NOT NULL REFERENCES Quality_Rule (Rule_Code),
    Column_Name TEXT    NOT NULL,
    UNIQUE (Rule_Code, Column_Name)
);

-- What was done, by whom, when, to how many: never a diver's data. Append-only and chained (03).
CREATE TABLE IF NOT EXISTS Steward_Action (
    Action_ID     INTEGER PRIMARY KEY,
    Acted_At      TEXT    NOT NULL,
    Actor         TEXT    NOT NULL,
    Action        TEXT    NOT NULL,
    Subject_Type  TEXT    NOT NULL,
    Subject_ID    INTEGER,
    Detail        TEXT    NOT NULL CHECK (json_valid(Detail)),
    Previous_Hash TEXT    NOT NULL,
    Action_Hash   TEXT    NOT NULL UNIQUE
);

------------------------------------------------------------------------------------------------------------
-- Staging (bronze): what arrived, as it arrived
------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS Ingestion_Batch (
    Batch_ID          INTEGER PRIMARY KEY AUTOINCREMENT,
    Source_Name       TEXT    NOT NULL,
    Source_Kind       TEXT    NOT NULL CHECK (Source_Kind IN ('synthetic', 'file', 'resubmission')),
    Content_Hash      TEXT    NOT NULL,
    Received_At       TEXT    NOT NULL,
    Received_By       TEXT    NOT NULL,
    Declared_Count    INTEGER NOT NULL CHECK (Declared_Count > 0),
    Loaded_Count      INTEGER NOT NULL DEFAULT 0,
    Status            TEXT    NOT NULL DEFAULT 'Open' CHECK (Status IN ('Open', 'Governed')),
    Governed_At       TEXT,
    Promoted_Count    INTEGER NOT NULL DEFAULT 0,
    Unchanged_Count   INTEGER NOT NULL DEFAULT 0,
    Duplicate_Count   INTEGER NOT NULL DEFAULT 0,
    Quarantined_Count INTEGER NOT NULL DEFAULT 0,
    CHECK (Loaded_Count BETWEEN 0 AND Declared_Count),
    -- Conservation: a governed batch accounts for every row that it declared.
    CHECK (Status = 'Open'
           OR (Governed_At IS NOT NULL
               AND Loaded_Count = Declared_Count
               AND Loaded_Count = Promoted_Count + Unchanged_Count + Duplicate_Count + Quarantined_Count))
);
CREATE INDEX IF NOT EXISTS IX_Ingestion_Batch_Content ON Ingestion_Batch (Content_Hash, Batch_ID);
-- When what the source sent was purged; what became of each record, and every count, stays.
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Ingestion_Batch') WHERE name = 'Purged_At')
    ALTER TABLE Ingestion_Batch ADD COLUMN Purged_At TEXT;

-- One row a source record, verbatim and never changed again. What became of it stands beside it, in Record_Outcome:
-- writing a word into a narrow table costs a third of writing it into these wide rows. The view Raw_Divers (06) shows
-- both as one.
CREATE TABLE IF NOT EXISTS Raw_Record (
    Raw_ID               INTEGER PRIMARY KEY,
    Batch_ID             INTEGER NOT NULL REFERENCES Ingestion_Batch (Batch_ID),
    Source_Row           INTEGER NOT NULL CHECK (Source_Row > 0),
    Origin_Quarantine_ID INTEGER,
    Waived_Checks        INTEGER NOT NULL DEFAULT 0,
    First_Name           TEXT,
    Last_Name            TEXT,
    Email                TEXT,
    Phone                TEXT,
    Date_Of_Birth        TEXT,
    Certification        TEXT,
    Source_Reference     TEXT,
    Payload              TEXT    NOT NULL,
    UNIQUE (Batch_ID, Source_Row)
);

-- The few records that were let in in spite of a warning.
CREATE INDEX IF NOT EXISTS IX_Raw_Record_Waived ON Raw_Record (Waived_Checks) WHERE Waived_Checks <> 0;

-- The one outcome of each governed record, and the diver or the quarantine record that it became or is told by. What it
-- may be is spelled out: as a list it would cost half a microsecond a row.
CREATE TABLE IF NOT EXISTS Record_Outcome (
    Raw_ID        INTEGER PRIMARY KEY,
    Outcome       TEXT    NOT NULL CHECK (Outcome = 'Promoted' OR Outcome = 'Unchanged' OR Outcome = 'Duplicate'
                                          OR Outcome = 'Quarantined'),
    Diver_ID      INTEGER,
    Quarantine_ID INTEGER
);

-- Ground truth of synthetic batches: what was injected, so that the gatekeepers can be scored.
CREATE TABLE IF NOT EXISTS Injected_Defect (
    Batch_ID    INTEGER NOT NULL REFERENCES Ingestion_Batch (Batch_ID),
    Source_Row  INTEGER NOT NULL,
    Defect_Code TEXT    NOT NULL,
    PRIMARY KEY (Batch_ID, Source_Row, Defect_Code)
) WITHOUT ROWID;

-- How many records of a batch broke each rule, kept by the gatekeeper so that nothing is counted twice.
CREATE TABLE IF NOT EXISTS Batch_Rule_Count (
    Batch_ID     INTEGER NOT NULL REFERENCES Ingestion_Batch (Batch_ID),
    Rule_Code    TEXT    NOT NULL REFERENCES Quality_Rule (Rule_Code),
    Record_Count INTEGER NOT NULL,
    PRIMARY KEY (Batch_ID, Rule_Code)
) WITHOUT ROWID;

------------------------------------------------------------------------------------------------------------
-- dbo (silver): the divers, and those who are not let in yet
------------------------------------------------------------------------------------------------------------

-- System-versioned (02). Email is stored normalised (trimmed, lower case) and is what makes a diver one.
CREATE TABLE IF NOT EXISTS Diver (
    Diver_ID               INTEGER PRIMARY KEY AUTOINCREMENT,
    First_Name             TEXT    NOT NULL,
    Last_Name              TEXT    NOT NULL,
    Email                  TEXT    NOT NULL UNIQUE CHECK (Email = lower(trim(Email))),
    Phone                  TEXT,
    Date_Of_Birth          TEXT    NOT NULL,
    Certification_Level_ID INTEGER REFERENCES Certification_Level (Certification_Level_ID),
    Source_Reference       TEXT,
    Modified_By            TEXT    NOT NULL,
    Change_Reason          TEXT    NOT NULL,
    Valid_From             TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

-- By what a diver is found, now or by what they were once called: names in both orders, source references and former
-- emails, in lower case (the current email has an index of its own). Filled by the triggers of 02 where something
-- changes, and for new divers by Index_Divers: an index on dbo.Diver would cost every arrival 2 microseconds a column.
CREATE TABLE IF NOT EXISTS Search_Term (
    Search_Column TEXT    NOT NULL,
    Term          TEXT    NOT NULL,
    Diver_ID      INTEGER NOT NULL,
    PRIMARY KEY (Search_Column, Term, Diver_ID)
) WITHOUT ROWID;

-- Divers up to this number are in Search_Term; those beyond it are looked through one by one.
CREATE TABLE IF NOT EXISTS Search_Progress (
    Progress_ID INTEGER PRIMARY KEY CHECK (Progress_ID = 1),
    Indexed_To  INTEGER NOT NULL
);
INSERT INTO Search_Progress (Progress_ID, Indexed_To) VALUES (1, 0) ON CONFLICT DO NOTHING;

-- Who took a diver out of the directory, and why: the history knows only when.
CREATE TABLE IF NOT EXISTS Diver_Deletion (
    Diver_ID      INTEGER NOT NULL,
    Deleted_At    TEXT    NOT NULL,
    Deleted_By    TEXT    NOT NULL,
    Delete_Reason TEXT    NOT NULL,
    PRIMARY KEY (Diver_ID, Deleted_At)
) WITHOUT ROWID;

-- Who looked behind a mask, at what, and why: never the value.
CREATE TABLE IF NOT EXISTS Diver_Reveal (
    Reveal_ID     INTEGER PRIMARY KEY AUTOINCREMENT,
    Diver_ID      INTEGER NOT NULL,
    Column_Name   TEXT    NOT NULL,
    Revealed_By   TEXT    NOT NULL,
    Revealed_At   TEXT    NOT NULL,
    Expires_At    TEXT    NOT NULL,
    Reveal_Reason TEXT    NOT NULL
);
CREATE INDEX IF NOT EXISTS IX_Diver_Reveal_Diver ON Diver_Reveal (Diver_ID, Reveal_ID);

-- A person who was erased, known again by a keyed hash (HMAC-SHA256) of what identified them. The key is kept apart from
-- this database, so that nobody can tell from here who it was.
CREATE TABLE IF NOT EXISTS Erasure_Tombstone (
    Tombstone TEXT    PRIMARY KEY,
    Diver_ID  INTEGER NOT NULL,
    Erased_At TEXT    NOT NULL,
    Erased_By TEXT    NOT NULL
) WITHOUT ROWID;

-- The records of a batch whose identity is that of an erased person; the gatekeeper keeps them for a steward.
CREATE TABLE IF NOT EXISTS Raw_Flag (
    Batch_ID   INTEGER NOT NULL REFERENCES Ingestion_Batch (Batch_ID),
    Source_Row INTEGER NOT NULL,
    PRIMARY KEY (Batch_ID, Source_Row)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS Data_Quarantine (
    Quarantine_ID     INTEGER PRIMARY KEY AUTOINCREMENT,
    Batch_ID          INTEGER NOT NULL REFERENCES Ingestion_Batch (Batch_ID),
    Raw_ID            INTEGER NOT NULL,
    First_Name        TEXT,
    Last_Name         TEXT,
    Email             TEXT,
    Phone             TEXT,
    Date_Of_Birth     TEXT,
    Certification     TEXT,
    Source_Reference  TEXT,
    Status            TEXT    NOT NULL DEFAULT 'Open' CHECK (Status = 'Open' OR Status = 'Released' OR Status = 'Merged'
                                                              OR Status = 'Discarded'),
    Attempt_Count     INTEGER NOT NULL DEFAULT 1,
    Record_Version    INTEGER NOT NULL DEFAULT 1,
    Quarantined_At    TEXT    NOT NULL,
    Claimed_By        TEXT,
    Claimed_Until     TEXT,
    Resolution_Code   TEXT,
    Resolution_Reason TEXT,
    Resolved_By       TEXT,
    Resolved_At       TEXT,
    Diver_ID          INTEGER,
    CHECK ((Status = 'Open') = (Resolved_At IS NULL))
);
CREATE INDEX IF NOT EXISTS IX_Data_Quarantine_Batch ON Data_Quarantine (Batch_ID);

-- A record that arrives again while it still waits is known by its payload, and not parked twice. The payload itself is
-- with the source record; and this stands beside the wide rows, not in them, since those are written anew when they are
-- closed. The closed ones stay here.
CREATE TABLE IF NOT EXISTS Quarantine_Payload (
    Payload_Hash  TEXT    NOT NULL,
    Quarantine_ID INTEGER NOT NULL REFERENCES Data_Quarantine (Quarantine_ID),
    PRIMARY KEY (Payload_Hash, Quarantine_ID)
) WITHOUT ROWID;
-- A workspace of before had the payload in the row.
IF EXISTS (SELECT 1 FROM pragma_table_info('Data_Quarantine') WHERE name = 'Payload')
    INSERT INTO Quarantine_Payload (Payload_Hash, Quarantine_ID)
    SELECT sha256(Payload), Quarantine_ID
    FROM Data_Quarantine
    WHERE Payload <> '{"erased":true}';
DROP INDEX IF EXISTS IX_Data_Quarantine_Open_Payload;
DROP INDEX IF EXISTS IX_Data_Quarantine_Payload;
IF EXISTS (SELECT 1 FROM pragma_table_info('Data_Quarantine') WHERE name = 'Payload')
    DROP VIEW IF EXISTS Quarantine_Queue;
IF EXISTS (SELECT 1 FROM pragma_table_info('Data_Quarantine') WHERE name = 'Payload')
    ALTER TABLE Data_Quarantine DROP COLUMN Payload;

-- Every rule and column that a record failed at an attempt; appended, never overwritten.
CREATE TABLE IF NOT EXISTS Quarantine_Violation (
    Quarantine_ID  INTEGER NOT NULL REFERENCES Data_Quarantine (Quarantine_ID),
    Attempt        INTEGER NOT NULL,
    Rule_Code      TEXT    NOT NULL REFERENCES Quality_Rule (Rule_Code),
    Column_Name    TEXT    NOT NULL,
    Raw_ID         INTEGER NOT NULL,
    Observed_Value TEXT,
    Recorded_At    TEXT    NOT NULL,
    PRIMARY KEY (Quarantine_ID, Attempt, Rule_Code, Column_Name)
) WITHOUT ROWID;

-- Which diver a record is, whatever it says: one that came from the same place of the same content had become them. Found
-- when a batch was governed again (05), and kept for when the record is edited, judged or sent again.
CREATE TABLE IF NOT EXISTS Quarantine_Diver (
    Quarantine_ID INTEGER NOT NULL REFERENCES Data_Quarantine (Quarantine_ID),
    Diver_ID      INTEGER NOT NULL,
    PRIMARY KEY (Quarantine_ID, Diver_ID)
) WITHOUT ROWID;

-- One edit as a person knows it: of a cell, of many, or the undoing of another; and how many cells it changed.
CREATE TABLE IF NOT EXISTS Edit_Group (
    Edit_Group_ID   INTEGER PRIMARY KEY AUTOINCREMENT,
    Edit_Kind       TEXT    NOT NULL CHECK (Edit_Kind IN ('Edit', 'Bulk', 'Undo', 'Import', 'Suggestion')),
    Edit_Reason     TEXT,
    Edited_By       TEXT    NOT NULL,
    Edited_At       TEXT    NOT NULL,
    Record_Count    INTEGER NOT NULL,
    Cell_Count      INTEGER NOT NULL,
    Undoes_Group_ID INTEGER REFERENCES Edit_Group (Edit_Group_ID)
);
CREATE INDEX IF NOT EXISTS IX_Edit_Group_Undoes ON Edit_Group (Undoes_Group_ID);

-- Every edit of a cell, and the group that it belongs to, so that an edit or a bulk edit can be undone.
CREATE TABLE IF NOT EXISTS Quarantine_Revision (
    Revision_ID   INTEGER PRIMARY KEY AUTOINCREMENT,
    Quarantine_ID INTEGER NOT NULL REFERENCES Data_Quarantine (Quarantine_ID),
    Edit_Group_ID INTEGER NOT NULL,
    Column_Name   TEXT    NOT NULL,
    Old_Value     TEXT,
    New_Value     TEXT,
    Edited_By     TEXT    NOT NULL,
    Edited_At     TEXT    NOT NULL,
    Edit_Reason   TEXT,
    Undoes_Revision_ID INTEGER REFERENCES Quarantine_Revision (Revision_ID)
);
CREATE INDEX IF NOT EXISTS IX_Quarantine_Revision_Record ON Quarantine_Revision (Quarantine_ID, Revision_ID);
CREATE INDEX IF NOT EXISTS IX_Quarantine_Revision_Edit ON Quarantine_Revision (Edit_Group_ID, Quarantine_ID);
CREATE INDEX IF NOT EXISTS IX_Quarantine_Revision_Undoes ON Quarantine_Revision (Undoes_Revision_ID);

-- What was done with a record besides editing it and sending it through the gate; its resolution knows the last only.
CREATE TABLE IF NOT EXISTS Quarantine_Event (
    Event_ID      INTEGER PRIMARY KEY AUTOINCREMENT,
    Quarantine_ID INTEGER NOT NULL REFERENCES Data_Quarantine (Quarantine_ID),
    Event_Kind    TEXT    NOT NULL CHECK (Event_Kind IN ('Discarded', 'Reopened', 'Claimed')),
    Event_Code    TEXT,
    Event_Reason  TEXT,
    Acted_By      TEXT    NOT NULL,
    Acted_At      TEXT    NOT NULL
);
CREATE INDEX IF NOT EXISTS IX_Quarantine_Event_Record ON Quarantine_Event (Quarantine_ID, Event_ID);

-- The standing of a record: one bit a check (Rule_Check) that its values fail as they are now; 0 while it is open says
-- that the gate would let it in. The grid paints every cell from this one number.
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Data_Quarantine') WHERE name = 'Failed_Checks')
    ALTER TABLE Data_Quarantine ADD COLUMN Failed_Checks INTEGER NOT NULL DEFAULT 0;
-- A workspace of the first version knew it from the violations of the last attempt; nothing could be edited there yet.
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Data_Quarantine') WHERE name = 'Edited_Columns')
    UPDATE Data_Quarantine
    SET Failed_Checks = coalesce((SELECT sum(c.Check_Bit)
                                  FROM Quarantine_Violation AS v
                                  JOIN Rule_Check AS c
                                    ON c.Rule_Code = v.Rule_Code AND c.Column_Name = v.Column_Name
                                  WHERE v.Quarantine_ID = Data_Quarantine.Quarantine_ID
                                    AND v.Attempt = Data_Quarantine.Attempt_Count), 0);
-- One bit a column (1, 2, 4 … from First_Name to Source_Reference) that no longer holds what the source sent.
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Data_Quarantine') WHERE name = 'Edited_Columns')
    ALTER TABLE Data_Quarantine ADD COLUMN Edited_Columns INTEGER NOT NULL DEFAULT 0;
-- Undoing is told from redoing, which is undoing an undo: a redone value stands like one that was typed.
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Quarantine_Revision') WHERE name = 'Is_Undo')
    ALTER TABLE Quarantine_Revision ADD COLUMN Is_Undo INTEGER NOT NULL DEFAULT 0;
-- The diver whose email a record had, where that was what it failed.
IF NOT EXISTS (SELECT 1 FROM pragma_table_info('Quarantine_Violation') WHERE name = 'Diver_ID')
    ALTER TABLE Quarantine_Violation ADD COLUMN Diver_ID INTEGER;
-- The story of one record and of one diver: what arrived, came again, and was released.
CREATE INDEX IF NOT EXISTS IX_Record_Outcome_Diver ON Record_Outcome (Diver_ID) WHERE Diver_ID IS NOT NULL;
CREATE INDEX IF NOT EXISTS IX_Record_Outcome_Quarantine ON Record_Outcome (Quarantine_ID) WHERE Quarantine_ID IS NOT NULL;
CREATE INDEX IF NOT EXISTS IX_Raw_Record_Origin ON Raw_Record (Origin_Quarantine_ID) WHERE Origin_Quarantine_ID IS NOT NULL;
CREATE INDEX IF NOT EXISTS IX_Data_Quarantine_Diver ON Data_Quarantine (Diver_ID) WHERE Diver_ID IS NOT NULL;
-- What the facets count, without the wide rows: an index of those that wait, and one of those that are closed, which
-- also tells how long each had waited. Moving a record within one index of all cost twice as much as from one to the other.
DROP INDEX IF EXISTS IX_Data_Quarantine_Cube;
DROP INDEX IF EXISTS IX_Data_Quarantine_Resolved;
CREATE INDEX IF NOT EXISTS IX_Data_Quarantine_Open
    ON Data_Quarantine (Status, Batch_ID, Failed_Checks, Claimed_By, Claimed_Until, Quarantined_At)
    WHERE Status = 'Open';
CREATE INDEX IF NOT EXISTS IX_Data_Quarantine_Closed
    ON Data_Quarantine (Status, Batch_ID, Failed_Checks, Quarantined_At, Resolved_At)
    WHERE Resolved_At IS NOT NULL;

------------------------------------------------------------------------------------------------------------
-- The rest of the platform
------------------------------------------------------------------------------------------------------------

-- System-versioned (02).
CREATE TABLE IF NOT EXISTS Dive_Tour (
    Dive_Tour_ID  INTEGER PRIMARY KEY AUTOINCREMENT,
    Tour_Code     TEXT    NOT NULL UNIQUE,
    Tour_Name     TEXT    NOT NULL,
    Dive_Site_ID  INTEGER NOT NULL REFERENCES Dive_Site (Dive_Site_ID),
    Minimum_Level INTEGER REFERENCES Certification_Level (Certification_Level_ID),
    Starts_On     TEXT    NOT NULL,
    Days          INTEGER NOT NULL CHECK (Days > 0),
    Capacity      INTEGER NOT NULL CHECK (Capacity > 0),
    Price_Eur     REAL    NOT NULL CHECK (Price_Eur >= 0),
    Modified_By   TEXT    NOT NULL,
    Change_Reason TEXT    NOT NULL,
    Valid_From    TEXT    NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
);

CREATE TABLE IF NOT EXISTS Certification (
    Certification_ID       INTEGER PRIMARY KEY AUTOINCREMENT,
    Diver_ID               INTEGER NOT NULL REFERENCES Diver (Diver_ID),
    Certification_Level_ID INTEGER NOT NULL REFERENCES Certification_Level (Certification_Level_ID),
    Agency                 TEXT    NOT NULL,
    Card_Number            TEXT    NOT NULL,
    Issued_On              TEXT    NOT NULL,
    UNIQUE (Agency, Card_Number)
);
CREATE INDEX IF NOT EXISTS IX_Certification_Diver ON Certification (Diver_ID);

CREATE TABLE IF NOT EXISTS Dive_Participation (
    Dive_Tour_ID INTEGER NOT NULL REFERENCES Dive_Tour (Dive_Tour_ID),
    Diver_ID     INTEGER NOT NULL REFERENCES Diver (Diver_ID),
    Booked_At    TEXT    NOT NULL,
    Status       TEXT    NOT NULL DEFAULT 'Booked' CHECK (Status IN ('Booked', 'Attended', 'Cancelled')),
    PRIMARY KEY (Dive_Tour_ID, Diver_ID)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS IX_Dive_Participation_Diver ON Dive_Participation (Diver_ID);

CREATE TABLE IF NOT EXISTS Dive_Log (
    Dive_Log_ID  INTEGER PRIMARY KEY AUTOINCREMENT,
    Diver_ID     INTEGER NOT NULL REFERENCES Diver (Diver_ID),
    Dive_Site_ID INTEGER NOT NULL REFERENCES Dive_Site (Dive_Site_ID),
    Dive_Tour_ID INTEGER REFERENCES Dive_Tour (Dive_Tour_ID),
    Dived_On     TEXT    NOT NULL,
    Max_Depth_M  REAL    NOT NULL CHECK (Max_Depth_M > 0),
    Minutes      INTEGER NOT NULL CHECK (Minutes > 0)
);
CREATE INDEX IF NOT EXISTS IX_Dive_Log_Diver ON Dive_Log (Diver_ID, Dived_On);

CREATE TABLE IF NOT EXISTS Dive_Log_Equipment (
    Dive_Log_ID  INTEGER NOT NULL REFERENCES Dive_Log (Dive_Log_ID),
    Equipment_ID INTEGER NOT NULL REFERENCES Equipment (Equipment_ID),
    PRIMARY KEY (Dive_Log_ID, Equipment_ID)
) WITHOUT ROWID;
