-- 01_schema.sql · EnterpriseDiveDB on SQL Server 2022: every table that the platform keeps.
--
-- Twin of sqlite/01_schema.sql: the same order, the same headings, the same names, in three schemas: Staging (bronze),
-- dbo (silver) and Governance. Every script may run twice; none drops a table that holds data. They run in the
-- database to be filled, in one transaction each: no USE, no CREATE DATABASE. One batch stands before the transaction.
-- Times are UTC, DATETIME2(7); dates are DATE. Every text column carries Latin1_General_100_BIN2, whatever the
-- database's own collation: it compares by code point as SQLite does, so a Turkish or German server changes no verdict.
-- NVARCHAR(n) counts UTF-16 units, the rules count characters: a column is twice as wide as its rule's limit.

-- sqlcmd starts with QUOTED_IDENTIFIER OFF; filtered indexes and computed columns that are indexed want all of these.
SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT, XACT_ABORT ON;
GO

-- Column-level UNMASK and ledger tables came with SQL Server 2022. Azure SQL (5 and 8) calls itself 12 and has both. A
-- database that was moved from an older server keeps that one's language. Where either is so, nothing is changed.
DECLARE @Level INT = (SELECT compatibility_level FROM sys.databases WHERE name = DB_NAME());
DECLARE @Message NVARCHAR(1000) = CONCAT(
    DB_NAME(), N' keeps to compatibility level ', @Level,
    N', and the program needs 160. A database owner changes that with: ALTER DATABASE ', QUOTENAME(DB_NAME()),
    N' SET COMPATIBILITY_LEVEL = 160;');
IF CONVERT(INT, SERVERPROPERTY(N'ProductMajorVersion')) < 16
   AND CONVERT(INT, SERVERPROPERTY(N'EngineEdition')) NOT IN (5, 8)
    THROW 50400, N'The program needs SQL Server 2022 (version 16) or newer, or Azure SQL.', 1;
IF @Level < 160
    THROW 50400, @Message, 1;

-- Who reads sees what was last committed and waits for nobody who governs, as in the twin. The change asks for the
-- database alone and cannot be undone with the script, so it is made where nothing of the platform is there yet.
IF OBJECT_ID(N'dbo.Diver', N'U') IS NULL
   AND EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND is_read_committed_snapshot_on = 0)
    ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
-- sys.sp_verify_database_ledger reads all of the log as of one instant, and refuses to where the database does not let it.
IF EXISTS (SELECT 1 FROM sys.databases WHERE database_id = DB_ID() AND snapshot_isolation_state = 0)
    ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;
GO

------------------------------------------------------------------------------------------------------------
-- The house itself: deployment journal, procedures, the transaction's own instant
------------------------------------------------------------------------------------------------------------

-- The procedures are in sys.sql_modules, and the instant and the actor are SYSUTCDATETIME() and ORIGINAL_LOGIN(): two
-- tables of the SQLite twin (Stored_Procedure, Transaction_Context) have nothing to do here.
IF SCHEMA_ID(N'Staging') IS NULL
    EXECUTE (N'CREATE SCHEMA Staging AUTHORIZATION dbo;');
IF SCHEMA_ID(N'Governance') IS NULL
    EXECUTE (N'CREATE SCHEMA Governance AUTHORIZATION dbo;');
GO

-- One row each time that a numbered script was applied; the newest of a script is the one in force.
IF OBJECT_ID(N'Governance.Schema_Script', N'U') IS NULL
    CREATE TABLE Governance.Schema_Script (
        Journal_ID      BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Schema_Script PRIMARY KEY,
        Script_Name     NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Checksum        NVARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Applied_At      DATETIME2(7) NOT NULL,
        Applied_By      NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Duration_Ms     BIGINT NOT NULL,
        Program_Version NVARCHAR(64) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
IF INDEXPROPERTY(OBJECT_ID(N'Governance.Schema_Script'), N'IX_Schema_Script_Name', N'IndexID') IS NULL
    CREATE INDEX IX_Schema_Script_Name ON Governance.Schema_Script (Script_Name, Journal_ID);
GO

-- What the scripts had made, object by object, when they ran last (03 writes it): what is not so any more is drift.
IF OBJECT_ID(N'Governance.Schema_Object', N'U') IS NULL
    CREATE TABLE Governance.Schema_Object (
        Object_Kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Object_Name NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Base_Name   NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Fingerprint NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Recorded_At DATETIME2(7) NOT NULL,
        CONSTRAINT PK_Schema_Object PRIMARY KEY (Object_Kind, Object_Name)
    );
GO

------------------------------------------------------------------------------------------------------------
-- Lookups
------------------------------------------------------------------------------------------------------------

IF OBJECT_ID(N'dbo.Certification_Level', N'U') IS NULL
    CREATE TABLE dbo.Certification_Level (
        Certification_Level_ID INT NOT NULL CONSTRAINT PK_Certification_Level PRIMARY KEY,
        Level_Code             NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT UQ_Certification_Level_Code UNIQUE,
        Level_Name             NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT UQ_Certification_Level_Name UNIQUE,
        Is_Professional        BIT NOT NULL,
        Rank_Order             INT NOT NULL
    );
GO

-- The spellings by which a source may name a level, in lower case; the gatekeeper looks here and nowhere else.
IF OBJECT_ID(N'dbo.Certification_Alias', N'U') IS NULL
    CREATE TABLE dbo.Certification_Alias (
        Alias                  NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT PK_Certification_Alias PRIMARY KEY
            CONSTRAINT CK_Certification_Alias_Lower CHECK (Alias NOT LIKE N'%[A-Z]%'),
        Certification_Level_ID INT NOT NULL
            CONSTRAINT FK_Certification_Alias_Level REFERENCES dbo.Certification_Level (Certification_Level_ID)
    );
GO

-- Why a steward may discard a record.
IF OBJECT_ID(N'dbo.Discard_Code', N'U') IS NULL
    CREATE TABLE dbo.Discard_Code (
        Discard_Code  NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT PK_Discard_Code PRIMARY KEY,
        Discard_Label NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Rank_Order    INT NOT NULL
    );
GO

IF OBJECT_ID(N'dbo.Dive_Site', N'U') IS NULL
    CREATE TABLE dbo.Dive_Site (
        Dive_Site_ID INT NOT NULL CONSTRAINT PK_Dive_Site PRIMARY KEY,
        Site_Code    NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT UQ_Dive_Site_Code UNIQUE,
        Site_Name    NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Country_Code NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Dive_Site_Country CHECK (LEN(Country_Code) = 2),
        Latitude     DECIMAL(9, 6) NOT NULL CONSTRAINT CK_Dive_Site_Latitude CHECK (Latitude BETWEEN -90 AND 90),
        Longitude    DECIMAL(9, 6) NOT NULL CONSTRAINT CK_Dive_Site_Longitude CHECK (Longitude BETWEEN -180 AND 180),
        Max_Depth_M  DECIMAL(6, 2) NOT NULL CONSTRAINT CK_Dive_Site_Depth CHECK (Max_Depth_M > 0)
    );
GO

IF OBJECT_ID(N'dbo.Equipment', N'U') IS NULL
    CREATE TABLE dbo.Equipment (
        Equipment_ID INT NOT NULL CONSTRAINT PK_Equipment PRIMARY KEY,
        Asset_Tag    NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT UQ_Equipment_Asset_Tag UNIQUE,
        Category     NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Model        NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Serviced_On  DATE NULL,
        Service_Days INT NOT NULL CONSTRAINT CK_Equipment_Service_Days CHECK (Service_Days > 0),
        Is_Retired   BIT NOT NULL CONSTRAINT DF_Equipment_Is_Retired DEFAULT (0)
    );
GO

------------------------------------------------------------------------------------------------------------
-- Governance: the rule catalogue and the log of actions
------------------------------------------------------------------------------------------------------------

-- System-versioned (02): what a rule said on any past day can be shown. Valid_To belongs to SQL Server's period.
IF OBJECT_ID(N'Governance.Quality_Rule', N'U') IS NULL
    CREATE TABLE Governance.Quality_Rule (
        Rule_Code     NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT PK_Quality_Rule PRIMARY KEY,
        Column_Name   NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Dimension     NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Quality_Rule_Dimension
            CHECK (Dimension IN (N'Completeness', N'Validity', N'Accuracy', N'Uniqueness', N'Conformity')),
        Severity      NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Quality_Rule_Severity CHECK (Severity IN (N'error', N'warning')),
        Threshold     INT NULL,
        Is_Enabled    BIT NOT NULL CONSTRAINT DF_Quality_Rule_Is_Enabled DEFAULT (1),
        Is_Mandatory  BIT NOT NULL CONSTRAINT DF_Quality_Rule_Is_Mandatory DEFAULT (0),
        Wording       NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Hint          NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Modified_By   NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Change_Reason NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Valid_From    DATETIME2(7) GENERATED ALWAYS AS ROW START NOT NULL,
        Valid_To      DATETIME2(7) GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
        PERIOD FOR SYSTEM_TIME (Valid_From, Valid_To),
        CONSTRAINT CK_Quality_Rule_Mandatory CHECK (Is_Enabled = 1 OR Is_Mandatory = 0)
    );
GO

-- A rule looks at one or more columns; each look is one bit of a record's verdict.
IF OBJECT_ID(N'Governance.Rule_Check', N'U') IS NULL
    CREATE TABLE Governance.Rule_Check (
        Check_Bit   INT NOT NULL CONSTRAINT PK_Rule_Check PRIMARY KEY,
        Rule_Code   NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT FK_Rule_Check_Rule REFERENCES Governance.Quality_Rule (Rule_Code),
        Column_Name NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        CONSTRAINT UQ_Rule_Check_Column UNIQUE (Rule_Code, Column_Name)
    );
GO

-- What was done, by whom, when, to how many: never a diver's data. An append-only ledger table: SQL Server refuses
-- UPDATE and DELETE and chains the hashes itself, so the twin's Previous_Hash and Action_Hash are no columns here.
IF OBJECT_ID(N'Governance.Steward_Action', N'U') IS NULL
    CREATE TABLE Governance.Steward_Action (
        Action_ID    BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Steward_Action PRIMARY KEY,
        Acted_At     DATETIME2(7) NOT NULL,
        Actor        NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Action       NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Subject_Type NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Subject_ID   BIGINT NULL,
        Detail       NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Steward_Action_Detail CHECK (ISJSON(Detail) = 1)
    )
    WITH (LEDGER = ON (APPEND_ONLY = ON));
GO

------------------------------------------------------------------------------------------------------------
-- Staging (bronze): what arrived, as it arrived
------------------------------------------------------------------------------------------------------------

IF OBJECT_ID(N'Staging.Ingestion_Batch', N'U') IS NULL
    CREATE TABLE Staging.Ingestion_Batch (
        Batch_ID          BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Ingestion_Batch PRIMARY KEY,
        Source_Name       NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Source_Kind       NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Ingestion_Batch_Source_Kind CHECK (Source_Kind IN (N'synthetic', N'file', N'resubmission')),
        Content_Hash      NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Received_At       DATETIME2(7) NOT NULL,
        Received_By       NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Declared_Count    BIGINT NOT NULL CONSTRAINT CK_Ingestion_Batch_Declared CHECK (Declared_Count > 0),
        Loaded_Count      BIGINT NOT NULL CONSTRAINT DF_Ingestion_Batch_Loaded DEFAULT (0),
        Status            NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT DF_Ingestion_Batch_Status DEFAULT (N'Open')
            CONSTRAINT CK_Ingestion_Batch_Status CHECK (Status IN (N'Open', N'Governed')),
        Governed_At       DATETIME2(7) NULL,
        Promoted_Count    BIGINT NOT NULL CONSTRAINT DF_Ingestion_Batch_Promoted DEFAULT (0),
        Unchanged_Count   BIGINT NOT NULL CONSTRAINT DF_Ingestion_Batch_Unchanged DEFAULT (0),
        Duplicate_Count   BIGINT NOT NULL CONSTRAINT DF_Ingestion_Batch_Duplicate DEFAULT (0),
        Quarantined_Count BIGINT NOT NULL CONSTRAINT DF_Ingestion_Batch_Quarantined DEFAULT (0),
        CONSTRAINT CK_Ingestion_Batch_Loaded CHECK (Loaded_Count BETWEEN 0 AND Declared_Count),
        -- Conservation: a governed batch accounts for every row that it declared.
        CONSTRAINT CK_Ingestion_Batch_Conserved CHECK (
            Status = N'Open'
            OR (Governed_At IS NOT NULL
                AND Loaded_Count = Declared_Count
                AND Loaded_Count = Promoted_Count + Unchanged_Count + Duplicate_Count + Quarantined_Count))
    );
IF INDEXPROPERTY(OBJECT_ID(N'Staging.Ingestion_Batch'), N'IX_Ingestion_Batch_Content', N'IndexID') IS NULL
    CREATE INDEX IX_Ingestion_Batch_Content ON Staging.Ingestion_Batch (Content_Hash, Batch_ID);
GO

-- When what the source sent was purged; what became of each record, and every count, stays.
IF COL_LENGTH(N'Staging.Ingestion_Batch', N'Purged_At') IS NULL
    ALTER TABLE Staging.Ingestion_Batch ADD Purged_At DATETIME2(7) NULL;
GO

-- One row a source record, verbatim and never changed again. What became of it stands beside it, in Record_Outcome;
-- the view Raw_Divers (06) shows both as one. Clustered by batch, since a batch is loaded and judged as a whole. A
-- source row that comes twice is passed over without an error (IGNORE_DUP_KEY).
IF OBJECT_ID(N'Staging.Raw_Record', N'U') IS NULL
    CREATE TABLE Staging.Raw_Record (
        Raw_ID               BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Raw_Record PRIMARY KEY NONCLUSTERED,
        Batch_ID             BIGINT NOT NULL CONSTRAINT FK_Raw_Record_Batch REFERENCES Staging.Ingestion_Batch (Batch_ID),
        Source_Row           BIGINT NOT NULL CONSTRAINT CK_Raw_Record_Source_Row CHECK (Source_Row > 0),
        Origin_Quarantine_ID BIGINT NULL,
        Waived_Checks        INT NOT NULL CONSTRAINT DF_Raw_Record_Waived_Checks DEFAULT (0),
        First_Name           NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email                NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone                NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference     NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Payload              NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
        CONSTRAINT UQ_Raw_Record_Source_Row UNIQUE CLUSTERED (Batch_ID, Source_Row) WITH (IGNORE_DUP_KEY = ON)
    );
GO

-- The few records that were let in in spite of a warning.
IF INDEXPROPERTY(OBJECT_ID(N'Staging.Raw_Record'), N'IX_Raw_Record_Waived', N'IndexID') IS NULL
    CREATE INDEX IX_Raw_Record_Waived ON Staging.Raw_Record (Waived_Checks) WHERE Waived_Checks <> 0;
GO

-- The one outcome of each governed record, and the diver or the quarantine record that it became or is told by.
IF OBJECT_ID(N'Staging.Record_Outcome', N'U') IS NULL
    CREATE TABLE Staging.Record_Outcome (
        Raw_ID        BIGINT NOT NULL CONSTRAINT PK_Record_Outcome PRIMARY KEY,
        Outcome       NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Record_Outcome_Outcome
            CHECK (Outcome IN (N'Promoted', N'Unchanged', N'Duplicate', N'Quarantined')),
        Diver_ID      BIGINT NULL,
        Quarantine_ID BIGINT NULL
    );
GO

-- Ground truth of synthetic batches: what was injected, so that the gatekeepers can be scored.
IF OBJECT_ID(N'Staging.Injected_Defect', N'U') IS NULL
    CREATE TABLE Staging.Injected_Defect (
        Batch_ID    BIGINT NOT NULL CONSTRAINT FK_Injected_Defect_Batch REFERENCES Staging.Ingestion_Batch (Batch_ID),
        Source_Row  BIGINT NOT NULL,
        Defect_Code NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        CONSTRAINT PK_Injected_Defect PRIMARY KEY (Batch_ID, Source_Row, Defect_Code)
    );
GO

-- How many records of a batch broke each rule, kept by the gatekeeper so that nothing is counted twice.
IF OBJECT_ID(N'Staging.Batch_Rule_Count', N'U') IS NULL
    CREATE TABLE Staging.Batch_Rule_Count (
        Batch_ID     BIGINT NOT NULL CONSTRAINT FK_Batch_Rule_Count_Batch REFERENCES Staging.Ingestion_Batch (Batch_ID),
        Rule_Code    NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT FK_Batch_Rule_Count_Rule REFERENCES Governance.Quality_Rule (Rule_Code),
        Record_Count BIGINT NOT NULL,
        CONSTRAINT PK_Batch_Rule_Count PRIMARY KEY (Batch_ID, Rule_Code)
    );
GO

------------------------------------------------------------------------------------------------------------
-- dbo (silver): the divers, and those who are not let in yet
------------------------------------------------------------------------------------------------------------

-- The numbers of divers and of quarantine records: handed out by the set, and never twice, whatever is deleted.
IF OBJECT_ID(N'dbo.Diver_Number', N'SO') IS NULL
    CREATE SEQUENCE dbo.Diver_Number AS BIGINT START WITH 1 INCREMENT BY 1 NO CYCLE CACHE 1000;
IF OBJECT_ID(N'dbo.Quarantine_Number', N'SO') IS NULL
    CREATE SEQUENCE dbo.Quarantine_Number AS BIGINT START WITH 1 INCREMENT BY 1 NO CYCLE CACHE 1000;
GO

-- System-versioned (02). Email is stored normalised (trimmed, lower case) and is what makes a diver one. The masks are
-- part of the columns from the start (03 tells who sees through them): a mask cannot be put on an indexed column later.
IF OBJECT_ID(N'dbo.Diver', N'U') IS NULL
    CREATE TABLE dbo.Diver (
        Diver_ID               BIGINT NOT NULL
            CONSTRAINT PK_Diver PRIMARY KEY
            CONSTRAINT DF_Diver_ID DEFAULT (NEXT VALUE FOR dbo.Diver_Number),
        First_Name             NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Last_Name              NVARCHAR(200) COLLATE Latin1_General_100_BIN2
            MASKED WITH (FUNCTION = 'partial(1, "XXXX", 0)') NOT NULL,
        Email                  NVARCHAR(508) COLLATE Latin1_General_100_BIN2
            MASKED WITH (FUNCTION = 'email()') NOT NULL
            CONSTRAINT UQ_Diver_Email UNIQUE NONCLUSTERED
            CONSTRAINT CK_Diver_Email CHECK (Email NOT LIKE N'%[A-Z]%' AND DATALENGTH(Email) = DATALENGTH(TRIM(Email))),
        Phone                  NVARCHAR(80) COLLATE Latin1_General_100_BIN2
            MASKED WITH (FUNCTION = 'partial(0, "XXX-", 4)') NULL,
        Date_Of_Birth          DATE
            MASKED WITH (FUNCTION = 'default()') NOT NULL,
        Certification_Level_ID INT NULL
            CONSTRAINT FK_Diver_Level REFERENCES dbo.Certification_Level (Certification_Level_ID),
        Source_Reference       NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Modified_By            NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Change_Reason          NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Valid_From             DATETIME2(7) GENERATED ALWAYS AS ROW START NOT NULL,
        Valid_To               DATETIME2(7) GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
        PERIOD FOR SYSTEM_TIME (Valid_From, Valid_To)
    );
GO

-- By what a diver is found, now or by what they were once called: names in both orders, source references and former
-- emails, in lower case (the current email has an index of its own). Filled by the triggers of 02 where something
-- changes, and for new divers by Index_Divers: an index on dbo.Diver would cost every arrival a write a column. Granted
-- to nobody; the view Diver_Search (06) shows each reader what no mask hides from them. An email is longer than a
-- clustered key may be.
IF OBJECT_ID(N'dbo.Search_Term', N'U') IS NULL
    CREATE TABLE dbo.Search_Term (
        Search_Column NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Term          NVARCHAR(508) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Diver_ID      BIGINT NOT NULL,
        CONSTRAINT PK_Search_Term PRIMARY KEY NONCLUSTERED (Search_Column, Term, Diver_ID)
    );
GO

-- Divers up to this number are in Search_Term; those beyond it are looked through one by one.
IF OBJECT_ID(N'dbo.Search_Progress', N'U') IS NULL
    CREATE TABLE dbo.Search_Progress (
        Progress_ID INT NOT NULL
            CONSTRAINT PK_Search_Progress PRIMARY KEY
            CONSTRAINT CK_Search_Progress_One CHECK (Progress_ID = 1),
        Indexed_To  BIGINT NOT NULL
    );
GO
IF NOT EXISTS (SELECT 1 FROM dbo.Search_Progress)
    INSERT INTO dbo.Search_Progress (Progress_ID, Indexed_To)
    VALUES (1, 0);
GO

-- Who took a diver out of the directory, and why: the history knows only when.
IF OBJECT_ID(N'dbo.Diver_Deletion', N'U') IS NULL
    CREATE TABLE dbo.Diver_Deletion (
        Diver_ID      BIGINT NOT NULL,
        Deleted_At    DATETIME2(7) NOT NULL,
        Deleted_By    NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Delete_Reason NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        CONSTRAINT PK_Diver_Deletion PRIMARY KEY (Diver_ID, Deleted_At)
    );
GO

-- Who looked behind a mask, at what, and why: never the value.
IF OBJECT_ID(N'dbo.Diver_Reveal', N'U') IS NULL
    CREATE TABLE dbo.Diver_Reveal (
        Reveal_ID     BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Diver_Reveal PRIMARY KEY,
        Diver_ID      BIGINT NOT NULL,
        Column_Name   NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Revealed_By   NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Revealed_At   DATETIME2(7) NOT NULL,
        Expires_At    DATETIME2(7) NOT NULL,
        Reveal_Reason NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Diver_Reveal'), N'IX_Diver_Reveal_Diver', N'IndexID') IS NULL
    CREATE INDEX IX_Diver_Reveal_Diver ON dbo.Diver_Reveal (Diver_ID, Reveal_ID);
GO

-- A person who was erased, known again by a keyed hash (HMAC-SHA256) of what identified them. The key is kept apart from
-- this database, so that nobody can tell from here who it was.
IF OBJECT_ID(N'dbo.Erasure_Tombstone', N'U') IS NULL
    CREATE TABLE dbo.Erasure_Tombstone (
        Tombstone NVARCHAR(80) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT PK_Erasure_Tombstone PRIMARY KEY,
        Diver_ID  BIGINT NOT NULL,
        Erased_At DATETIME2(7) NOT NULL,
        Erased_By NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
GO

-- The records of a batch whose identity is that of an erased person; the gatekeeper keeps them for a steward.
IF OBJECT_ID(N'Staging.Raw_Flag', N'U') IS NULL
    CREATE TABLE Staging.Raw_Flag (
        Batch_ID   BIGINT NOT NULL CONSTRAINT FK_Raw_Flag_Batch REFERENCES Staging.Ingestion_Batch (Batch_ID),
        Source_Row BIGINT NOT NULL,
        CONSTRAINT PK_Raw_Flag PRIMARY KEY (Batch_ID, Source_Row)
    );
GO

IF OBJECT_ID(N'dbo.Data_Quarantine', N'U') IS NULL
    CREATE TABLE dbo.Data_Quarantine (
        Quarantine_ID     BIGINT NOT NULL
            CONSTRAINT PK_Data_Quarantine PRIMARY KEY
            CONSTRAINT DF_Data_Quarantine_ID DEFAULT (NEXT VALUE FOR dbo.Quarantine_Number),
        Batch_ID          BIGINT NOT NULL CONSTRAINT FK_Data_Quarantine_Batch REFERENCES Staging.Ingestion_Batch (Batch_ID),
        Raw_ID            BIGINT NOT NULL,
        First_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name         NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email             NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone             NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth     NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification     NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference  NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Status            NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT DF_Data_Quarantine_Status DEFAULT (N'Open')
            CONSTRAINT CK_Data_Quarantine_Status CHECK (Status IN (N'Open', N'Released', N'Merged', N'Discarded')),
        Attempt_Count     INT NOT NULL CONSTRAINT DF_Data_Quarantine_Attempts DEFAULT (1),
        Record_Version    INT NOT NULL CONSTRAINT DF_Data_Quarantine_Version DEFAULT (1),
        Quarantined_At    DATETIME2(7) NOT NULL,
        Claimed_By        NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NULL,
        Claimed_Until     DATETIME2(7) NULL,
        Resolution_Code   NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
        Resolution_Reason NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NULL,
        Resolved_By       NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NULL,
        Resolved_At       DATETIME2(7) NULL,
        Diver_ID          BIGINT NULL,
        CONSTRAINT CK_Data_Quarantine_Resolved CHECK (
            (Status = N'Open' AND Resolved_At IS NULL) OR (Status <> N'Open' AND Resolved_At IS NOT NULL))
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Data_Quarantine'), N'IX_Data_Quarantine_Batch', N'IndexID') IS NULL
    CREATE INDEX IX_Data_Quarantine_Batch ON dbo.Data_Quarantine (Batch_ID);
GO

-- A record that arrives again while it still waits is known by its payload, and not parked twice. The payload itself is
-- with the source record; and this stands beside the wide rows, not in them, since those are written anew when they are
-- closed. The closed ones stay here.
IF OBJECT_ID(N'dbo.Quarantine_Payload', N'U') IS NULL
    CREATE TABLE dbo.Quarantine_Payload (
        Payload_Hash  BINARY(32) NOT NULL,
        Quarantine_ID BIGINT NOT NULL
            CONSTRAINT FK_Quarantine_Payload_Record REFERENCES dbo.Data_Quarantine (Quarantine_ID),
        CONSTRAINT PK_Quarantine_Payload PRIMARY KEY (Payload_Hash, Quarantine_ID)
    );
GO
-- A database of before had the payload in the row. What names a column that may be gone is compiled only where it is there.
IF COL_LENGTH(N'dbo.Data_Quarantine', N'Payload') IS NOT NULL
    EXECUTE (N'INSERT INTO dbo.Quarantine_Payload (Payload_Hash, Quarantine_ID)
               SELECT CONVERT(BINARY(32), HASHBYTES(''SHA2_256'', Payload)), Quarantine_ID
               FROM dbo.Data_Quarantine
               WHERE Payload <> N''{"erased":true}'';');
GO
DROP INDEX IF EXISTS IX_Data_Quarantine_Open_Payload ON dbo.Data_Quarantine;
DROP INDEX IF EXISTS IX_Data_Quarantine_Payload ON dbo.Data_Quarantine;
GO
ALTER TABLE dbo.Data_Quarantine DROP COLUMN IF EXISTS Payload_Hash;
GO
-- The server forgets a column that is dropped, but keeps what it held, people's data, in the rows. So it is emptied before,
-- which frees what lies outside its row, and the table is written anew. Pages that become free keep their bytes until
-- they are used again; sys.sp_clean_db_free_space overwrites them at once.
IF COL_LENGTH(N'dbo.Data_Quarantine', N'Payload') IS NOT NULL
    EXECUTE (N'UPDATE dbo.Data_Quarantine SET Payload = N'''';
               ALTER TABLE dbo.Data_Quarantine DROP COLUMN Payload;
               ALTER TABLE dbo.Data_Quarantine REBUILD;');
GO

-- Every rule and column that a record failed at an attempt; appended, never overwritten.
IF OBJECT_ID(N'dbo.Quarantine_Violation', N'U') IS NULL
    CREATE TABLE dbo.Quarantine_Violation (
        Quarantine_ID  BIGINT NOT NULL
            CONSTRAINT FK_Quarantine_Violation_Record REFERENCES dbo.Data_Quarantine (Quarantine_ID),
        Attempt        INT NOT NULL,
        Rule_Code      NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT FK_Quarantine_Violation_Rule REFERENCES Governance.Quality_Rule (Rule_Code),
        Column_Name    NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Raw_ID         BIGINT NOT NULL,
        Observed_Value NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Recorded_At    DATETIME2(7) NOT NULL,
        CONSTRAINT PK_Quarantine_Violation PRIMARY KEY (Quarantine_ID, Attempt, Rule_Code, Column_Name)
    );
GO

-- Which diver a record is, whatever it says: one that came from the same place of the same content had become them. Found
-- when a batch was governed again (05), and kept for when the record is edited, judged or sent again.
IF OBJECT_ID(N'dbo.Quarantine_Diver', N'U') IS NULL
    CREATE TABLE dbo.Quarantine_Diver (
        Quarantine_ID BIGINT NOT NULL CONSTRAINT FK_Quarantine_Diver_Record REFERENCES dbo.Data_Quarantine (Quarantine_ID),
        Diver_ID      BIGINT NOT NULL,
        CONSTRAINT PK_Quarantine_Diver PRIMARY KEY (Quarantine_ID, Diver_ID)
    );
GO

-- One edit as a person knows it: of a cell, of many, or the undoing of another; and how many cells it changed.
IF OBJECT_ID(N'dbo.Edit_Group', N'U') IS NULL
    CREATE TABLE dbo.Edit_Group (
        Edit_Group_ID   BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Edit_Group PRIMARY KEY,
        Edit_Kind       NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Edit_Group_Kind CHECK (Edit_Kind IN (N'Edit', N'Bulk', N'Undo', N'Import', N'Suggestion')),
        Edit_Reason     NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NULL,
        Edited_By       NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Edited_At       DATETIME2(7) NOT NULL,
        Record_Count    BIGINT NOT NULL,
        Cell_Count      BIGINT NOT NULL,
        Undoes_Group_ID BIGINT NULL CONSTRAINT FK_Edit_Group_Undoes REFERENCES dbo.Edit_Group (Edit_Group_ID)
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Edit_Group'), N'IX_Edit_Group_Undoes', N'IndexID') IS NULL
    CREATE INDEX IX_Edit_Group_Undoes ON dbo.Edit_Group (Undoes_Group_ID);
GO

-- Every edit of a cell, and the group that it belongs to, so that an edit or a bulk edit can be undone.
IF OBJECT_ID(N'dbo.Quarantine_Revision', N'U') IS NULL
    CREATE TABLE dbo.Quarantine_Revision (
        Revision_ID        BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Quarantine_Revision PRIMARY KEY,
        Quarantine_ID      BIGINT NOT NULL
            CONSTRAINT FK_Quarantine_Revision_Record REFERENCES dbo.Data_Quarantine (Quarantine_ID),
        Edit_Group_ID      BIGINT NOT NULL,
        Column_Name        NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Old_Value          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        New_Value          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Edited_By          NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Edited_At          DATETIME2(7) NOT NULL,
        Edit_Reason        NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NULL,
        Undoes_Revision_ID BIGINT NULL
            CONSTRAINT FK_Quarantine_Revision_Undoes REFERENCES dbo.Quarantine_Revision (Revision_ID)
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Quarantine_Revision'), N'IX_Quarantine_Revision_Record', N'IndexID') IS NULL
    CREATE INDEX IX_Quarantine_Revision_Record ON dbo.Quarantine_Revision (Quarantine_ID, Revision_ID);
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Quarantine_Revision'), N'IX_Quarantine_Revision_Edit', N'IndexID') IS NULL
    CREATE INDEX IX_Quarantine_Revision_Edit ON dbo.Quarantine_Revision (Edit_Group_ID, Quarantine_ID);
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Quarantine_Revision'), N'IX_Quarantine_Revision_Undoes', N'IndexID') IS NULL
    CREATE INDEX IX_Quarantine_Revision_Undoes ON dbo.Quarantine_Revision (Undoes_Revision_ID);
GO

-- What was done with a record besides editing it and sending it through the gate; its resolution knows the last only.
IF OBJECT_ID(N'dbo.Quarantine_Event', N'U') IS NULL
    CREATE TABLE dbo.Quarantine_Event (
        Event_ID      BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Quarantine_Event PRIMARY KEY,
        Quarantine_ID BIGINT NOT NULL
            CONSTRAINT FK_Quarantine_Event_Record REFERENCES dbo.Data_Quarantine (Quarantine_ID),
        Event_Kind    NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT CK_Quarantine_Event_Kind CHECK (Event_Kind IN (N'Discarded', N'Reopened', N'Claimed')),
        Event_Code    NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
        Event_Reason  NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NULL,
        Acted_By      NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Acted_At      DATETIME2(7) NOT NULL
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Quarantine_Event'), N'IX_Quarantine_Event_Record', N'IndexID') IS NULL
    CREATE INDEX IX_Quarantine_Event_Record ON dbo.Quarantine_Event (Quarantine_ID, Event_ID);
GO

-- The standing of a record: one bit a check (Rule_Check) that its values fail as they are now; 0 while it is open says
-- that the gate would let it in. The grid paints every cell from this one number. A batch each: a column is known to
-- the batches after the one that added it.
IF COL_LENGTH(N'dbo.Data_Quarantine', N'Failed_Checks') IS NULL
    ALTER TABLE dbo.Data_Quarantine
    ADD Failed_Checks INT NOT NULL CONSTRAINT DF_Data_Quarantine_Failed_Checks DEFAULT (0);
GO
-- A database of the first version knew it from the violations of the last attempt; nothing could be edited there yet.
IF COL_LENGTH(N'dbo.Data_Quarantine', N'Edited_Columns') IS NULL
    UPDATE q
    SET Failed_Checks = ISNULL((SELECT SUM(c.Check_Bit)
                                FROM dbo.Quarantine_Violation AS v
                                JOIN Governance.Rule_Check AS c
                                  ON c.Rule_Code = v.Rule_Code AND c.Column_Name = v.Column_Name
                                WHERE v.Quarantine_ID = q.Quarantine_ID
                                  AND v.Attempt = q.Attempt_Count), 0)
    FROM dbo.Data_Quarantine AS q;
GO
-- One bit a column (1, 2, 4 … from First_Name to Source_Reference) that no longer holds what the source sent.
IF COL_LENGTH(N'dbo.Data_Quarantine', N'Edited_Columns') IS NULL
    ALTER TABLE dbo.Data_Quarantine
    ADD Edited_Columns INT NOT NULL CONSTRAINT DF_Data_Quarantine_Edited_Columns DEFAULT (0);
GO
-- Undoing is told from redoing, which is undoing an undo: a redone value stands like one that was typed.
IF COL_LENGTH(N'dbo.Quarantine_Revision', N'Is_Undo') IS NULL
    ALTER TABLE dbo.Quarantine_Revision
    ADD Is_Undo BIT NOT NULL CONSTRAINT DF_Quarantine_Revision_Is_Undo DEFAULT (0);
GO
-- The diver whose email a record had, where that was what it failed.
IF COL_LENGTH(N'dbo.Quarantine_Violation', N'Diver_ID') IS NULL
    ALTER TABLE dbo.Quarantine_Violation
    ADD Diver_ID BIGINT NULL;
GO
-- The story of one record and of one diver: what arrived, came again, and was released.
IF INDEXPROPERTY(OBJECT_ID(N'Staging.Record_Outcome'), N'IX_Record_Outcome_Diver', N'IndexID') IS NULL
    CREATE INDEX IX_Record_Outcome_Diver ON Staging.Record_Outcome (Diver_ID) WHERE Diver_ID IS NOT NULL;
IF INDEXPROPERTY(OBJECT_ID(N'Staging.Record_Outcome'), N'IX_Record_Outcome_Quarantine', N'IndexID') IS NULL
    CREATE INDEX IX_Record_Outcome_Quarantine ON Staging.Record_Outcome (Quarantine_ID) WHERE Quarantine_ID IS NOT NULL;
IF INDEXPROPERTY(OBJECT_ID(N'Staging.Raw_Record'), N'IX_Raw_Record_Origin', N'IndexID') IS NULL
    CREATE INDEX IX_Raw_Record_Origin ON Staging.Raw_Record (Origin_Quarantine_ID) WHERE Origin_Quarantine_ID IS NOT NULL;
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Data_Quarantine'), N'IX_Data_Quarantine_Diver', N'IndexID') IS NULL
    CREATE INDEX IX_Data_Quarantine_Diver ON dbo.Data_Quarantine (Diver_ID) WHERE Diver_ID IS NOT NULL;
GO
-- What the facets count, without the wide rows: an index of those that wait, and one of those that are closed, which
-- also tells how long each had waited. Moving a record within one index of all cost twice as much as from one to the other.
DROP INDEX IF EXISTS IX_Data_Quarantine_Cube ON dbo.Data_Quarantine;
DROP INDEX IF EXISTS IX_Data_Quarantine_Resolved ON dbo.Data_Quarantine;
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Data_Quarantine'), N'IX_Data_Quarantine_Open', N'IndexID') IS NULL
    CREATE INDEX IX_Data_Quarantine_Open
        ON dbo.Data_Quarantine (Status, Batch_ID, Failed_Checks, Claimed_By, Claimed_Until, Quarantined_At)
        WHERE Status = N'Open';
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Data_Quarantine'), N'IX_Data_Quarantine_Closed', N'IndexID') IS NULL
    CREATE INDEX IX_Data_Quarantine_Closed
        ON dbo.Data_Quarantine (Status, Batch_ID, Failed_Checks, Quarantined_At, Resolved_At)
        WHERE Resolved_At IS NOT NULL;
GO

------------------------------------------------------------------------------------------------------------
-- The rest of the platform
------------------------------------------------------------------------------------------------------------

-- System-versioned (02).
IF OBJECT_ID(N'dbo.Dive_Tour', N'U') IS NULL
    CREATE TABLE dbo.Dive_Tour (
        Dive_Tour_ID  BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Dive_Tour PRIMARY KEY,
        Tour_Code     NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT UQ_Dive_Tour_Code UNIQUE,
        Tour_Name     NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Dive_Site_ID  INT NOT NULL CONSTRAINT FK_Dive_Tour_Site REFERENCES dbo.Dive_Site (Dive_Site_ID),
        Minimum_Level INT NULL CONSTRAINT FK_Dive_Tour_Level REFERENCES dbo.Certification_Level (Certification_Level_ID),
        Starts_On     DATE NOT NULL,
        Days          INT NOT NULL CONSTRAINT CK_Dive_Tour_Days CHECK (Days > 0),
        Capacity      INT NOT NULL CONSTRAINT CK_Dive_Tour_Capacity CHECK (Capacity > 0),
        Price_Eur     DECIMAL(10, 2) NOT NULL CONSTRAINT CK_Dive_Tour_Price CHECK (Price_Eur >= 0),
        Modified_By   NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Change_Reason NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Valid_From    DATETIME2(7) GENERATED ALWAYS AS ROW START NOT NULL,
        Valid_To      DATETIME2(7) GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
        PERIOD FOR SYSTEM_TIME (Valid_From, Valid_To)
    );
GO

IF OBJECT_ID(N'dbo.Certification', N'U') IS NULL
    CREATE TABLE dbo.Certification (
        Certification_ID       BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Certification PRIMARY KEY,
        Diver_ID               BIGINT NOT NULL CONSTRAINT FK_Certification_Diver REFERENCES dbo.Diver (Diver_ID),
        Certification_Level_ID INT NOT NULL
            CONSTRAINT FK_Certification_Level REFERENCES dbo.Certification_Level (Certification_Level_ID),
        Agency                 NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Card_Number            NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Issued_On              DATE NOT NULL,
        CONSTRAINT UQ_Certification_Card UNIQUE (Agency, Card_Number)
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Certification'), N'IX_Certification_Diver', N'IndexID') IS NULL
    CREATE INDEX IX_Certification_Diver ON dbo.Certification (Diver_ID);
GO

IF OBJECT_ID(N'dbo.Dive_Participation', N'U') IS NULL
    CREATE TABLE dbo.Dive_Participation (
        Dive_Tour_ID BIGINT NOT NULL CONSTRAINT FK_Dive_Participation_Tour REFERENCES dbo.Dive_Tour (Dive_Tour_ID),
        Diver_ID     BIGINT NOT NULL CONSTRAINT FK_Dive_Participation_Diver REFERENCES dbo.Diver (Diver_ID),
        Booked_At    DATETIME2(7) NOT NULL,
        Status       NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT DF_Dive_Participation_Status DEFAULT (N'Booked')
            CONSTRAINT CK_Dive_Participation_Status CHECK (Status IN (N'Booked', N'Attended', N'Cancelled')),
        CONSTRAINT PK_Dive_Participation PRIMARY KEY (Dive_Tour_ID, Diver_ID)
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Dive_Participation'), N'IX_Dive_Participation_Diver', N'IndexID') IS NULL
    CREATE INDEX IX_Dive_Participation_Diver ON dbo.Dive_Participation (Diver_ID);
GO

IF OBJECT_ID(N'dbo.Dive_Log', N'U') IS NULL
    CREATE TABLE dbo.Dive_Log (
        Dive_Log_ID  BIGINT IDENTITY (1, 1) NOT NULL CONSTRAINT PK_Dive_Log PRIMARY KEY,
        Diver_ID     BIGINT NOT NULL CONSTRAINT FK_Dive_Log_Diver REFERENCES dbo.Diver (Diver_ID),
        Dive_Site_ID INT NOT NULL CONSTRAINT FK_Dive_Log_Site REFERENCES dbo.Dive_Site (Dive_Site_ID),
        Dive_Tour_ID BIGINT NULL CONSTRAINT FK_Dive_Log_Tour REFERENCES dbo.Dive_Tour (Dive_Tour_ID),
        Dived_On     DATE NOT NULL,
        Max_Depth_M  DECIMAL(6, 2) NOT NULL CONSTRAINT CK_Dive_Log_Depth CHECK (Max_Depth_M > 0),
        Minutes      INT NOT NULL CONSTRAINT CK_Dive_Log_Minutes CHECK (Minutes > 0)
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Dive_Log'), N'IX_Dive_Log_Diver', N'IndexID') IS NULL
    CREATE INDEX IX_Dive_Log_Diver ON dbo.Dive_Log (Diver_ID, Dived_On);
GO

IF OBJECT_ID(N'dbo.Dive_Log_Equipment', N'U') IS NULL
    CREATE TABLE dbo.Dive_Log_Equipment (
        Dive_Log_ID  BIGINT NOT NULL CONSTRAINT FK_Dive_Log_Equipment_Log REFERENCES dbo.Dive_Log (Dive_Log_ID),
        Equipment_ID INT NOT NULL CONSTRAINT FK_Dive_Log_Equipment_Item REFERENCES dbo.Equipment (Equipment_ID),
        CONSTRAINT PK_Dive_Log_Equipment PRIMARY KEY (Dive_Log_ID, Equipment_ID)
    );
GO
