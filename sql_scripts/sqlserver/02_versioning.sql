-- 02_versioning.sql · EnterpriseDiveDB on SQL Server 2022: system versioning.
--
-- Twin of sqlite/02_versioning.sql, where triggers do by hand what SYSTEM_VERSIONING = ON does here.
--
-- The new validity of a row is the instant at which its transaction began. History tables are made here and not left
-- to SQL Server, for their names, their masks (those of the table that they belong to) and their indexes: clustered by
-- key and end, which serves one row's timeline; and by period, which serves everybody's as of an instant.
-- That the past cannot be rewritten is SQL Server's own law (error 13561). What a trigger adds: a change made without
-- the program that names nobody is signed with the login that made it, and not left in the name of whoever made the
-- version before; and the key of a versioned row stays what it is. What the twin guards against besides has no place
-- here: SQL Server has no OR REPLACE, and lets nobody write a period column.

SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT, XACT_ABORT ON;
GO

------------------------------------------------------------------------------------------------------------
-- Diver: every earlier version
------------------------------------------------------------------------------------------------------------

IF OBJECT_ID(N'dbo.Diver_History', N'U') IS NULL
    CREATE TABLE dbo.Diver_History (
        Diver_ID               BIGINT NOT NULL,
        First_Name             NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Last_Name              NVARCHAR(200) COLLATE Latin1_General_100_BIN2
            MASKED WITH (FUNCTION = 'partial(1, "XXXX", 0)') NOT NULL,
        Email                  NVARCHAR(508) COLLATE Latin1_General_100_BIN2
            MASKED WITH (FUNCTION = 'email()') NOT NULL,
        Phone                  NVARCHAR(80) COLLATE Latin1_General_100_BIN2
            MASKED WITH (FUNCTION = 'partial(0, "XXX-", 4)') NULL,
        Date_Of_Birth          DATE
            MASKED WITH (FUNCTION = 'default()') NOT NULL,
        Certification_Level_ID INT NULL,
        Source_Reference       NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Modified_By            NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Change_Reason          NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Valid_From             DATETIME2(7) NOT NULL,
        Valid_To               DATETIME2(7) NOT NULL
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Diver_History'), N'IX_Diver_History_Timeline', N'IndexID') IS NULL
    CREATE CLUSTERED INDEX IX_Diver_History_Timeline
        ON dbo.Diver_History (Diver_ID, Valid_To, Valid_From) WITH (DATA_COMPRESSION = PAGE);
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Diver_History'), N'IX_Diver_History_Period', N'IndexID') IS NULL
    CREATE INDEX IX_Diver_History_Period ON dbo.Diver_History (Valid_To, Valid_From);
GO

IF OBJECTPROPERTY(OBJECT_ID(N'dbo.Diver'), N'TableTemporalType') <> 2
    ALTER TABLE dbo.Diver
        SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.Diver_History, DATA_CONSISTENCY_CHECK = ON));
GO

CREATE OR ALTER TRIGGER dbo.Diver_Updated ON dbo.Diver
AFTER UPDATE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF UPDATE(Diver_ID) AND EXISTS (SELECT i.Diver_ID FROM inserted AS i EXCEPT SELECT d.Diver_ID FROM deleted AS d)
        THROW 50400, N'The key of a versioned row cannot be changed.', 1;

    IF UPDATE(Modified_By) AND UPDATE(Change_Reason)
        RETURN;

    DECLARE @Is_Signed BIT = 0, @Is_Reasoned BIT = 0;
    IF UPDATE(Modified_By)
        SET @Is_Signed = 1;
    IF UPDATE(Change_Reason)
        SET @Is_Reasoned = 1;

    UPDATE d
    SET Modified_By = IIF(@Is_Signed = 1, d.Modified_By, ORIGINAL_LOGIN() COLLATE Latin1_General_100_BIN2),
        Change_Reason = IIF(@Is_Reasoned = 1, d.Change_Reason, N'Changed without DiveGov Steward; no reason was given.')
    FROM dbo.Diver AS d
    JOIN inserted AS i
      ON i.Diver_ID = d.Diver_ID;
END;
GO

-- Whoever was once called so is found by it for ever (or until erased).
CREATE OR ALTER TRIGGER dbo.Diver_Renamed ON dbo.Diver
AFTER UPDATE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    INSERT INTO dbo.Search_Term (Search_Column, Term, Diver_ID)
    SELECT DISTINCT t.Search_Column, t.Term, n.Diver_ID
    FROM inserted AS n
    JOIN deleted AS o
      ON o.Diver_ID = n.Diver_ID
    CROSS APPLY (
        SELECT N'Last_Name' AS Search_Column,
               TRANSLATE(CONCAT(o.Last_Name, N' ', o.First_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz') AS Term
        UNION ALL
        SELECT N'Last_Name',
               TRANSLATE(CONCAT(o.First_Name, N' ', o.Last_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz')
        UNION ALL
        SELECT N'Last_Name',
               TRANSLATE(CONCAT(n.Last_Name, N' ', n.First_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz')
        UNION ALL
        SELECT N'Last_Name',
               TRANSLATE(CONCAT(n.First_Name, N' ', n.Last_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz')
        UNION ALL
        SELECT N'Email', o.Email
        UNION ALL
        SELECT N'Source_Reference', TRANSLATE(o.Source_Reference, N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz')
        UNION ALL
        SELECT N'Source_Reference', TRANSLATE(n.Source_Reference, N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz')
    ) AS t
    WHERE (n.First_Name <> o.First_Name OR n.Last_Name <> o.Last_Name OR n.Email <> o.Email
           OR COALESCE(n.Source_Reference, N'') <> COALESCE(o.Source_Reference, N''))
      AND t.Term IS NOT NULL
      AND NOT EXISTS (SELECT 1
                      FROM dbo.Search_Term AS k
                      WHERE k.Search_Column = t.Search_Column COLLATE Latin1_General_100_BIN2
                        AND k.Term = t.Term AND k.Diver_ID = n.Diver_ID);
END;
GO

CREATE OR ALTER TRIGGER dbo.Diver_Gone ON dbo.Diver
AFTER DELETE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    INSERT INTO dbo.Search_Term (Search_Column, Term, Diver_ID)
    SELECT DISTINCT t.Search_Column, t.Term, o.Diver_ID
    FROM deleted AS o
    CROSS APPLY (
        SELECT N'Last_Name' AS Search_Column,
               TRANSLATE(CONCAT(o.Last_Name, N' ', o.First_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz') AS Term
        UNION ALL
        SELECT N'Last_Name',
               TRANSLATE(CONCAT(o.First_Name, N' ', o.Last_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz')
        UNION ALL
        SELECT N'Email', o.Email
        UNION ALL
        SELECT N'Source_Reference', TRANSLATE(o.Source_Reference, N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz')
    ) AS t
    WHERE t.Term IS NOT NULL
      AND NOT EXISTS (SELECT 1
                      FROM dbo.Search_Term AS k
                      WHERE k.Search_Column = t.Search_Column COLLATE Latin1_General_100_BIN2
                        AND k.Term = t.Term AND k.Diver_ID = o.Diver_ID);
END;
GO

------------------------------------------------------------------------------------------------------------
-- Dive_Tour: every earlier version
------------------------------------------------------------------------------------------------------------

IF OBJECT_ID(N'dbo.Dive_Tour_History', N'U') IS NULL
    CREATE TABLE dbo.Dive_Tour_History (
        Dive_Tour_ID  BIGINT NOT NULL,
        Tour_Code     NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Tour_Name     NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Dive_Site_ID  INT NOT NULL,
        Minimum_Level INT NULL,
        Starts_On     DATE NOT NULL,
        Days          INT NOT NULL,
        Capacity      INT NOT NULL,
        Price_Eur     DECIMAL(10, 2) NOT NULL,
        Modified_By   NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Change_Reason NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Valid_From    DATETIME2(7) NOT NULL,
        Valid_To      DATETIME2(7) NOT NULL
    );
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Dive_Tour_History'), N'IX_Dive_Tour_History_Timeline', N'IndexID') IS NULL
    CREATE CLUSTERED INDEX IX_Dive_Tour_History_Timeline
        ON dbo.Dive_Tour_History (Dive_Tour_ID, Valid_To, Valid_From) WITH (DATA_COMPRESSION = PAGE);
IF INDEXPROPERTY(OBJECT_ID(N'dbo.Dive_Tour_History'), N'IX_Dive_Tour_History_Period', N'IndexID') IS NULL
    CREATE INDEX IX_Dive_Tour_History_Period ON dbo.Dive_Tour_History (Valid_To, Valid_From);
GO

IF OBJECTPROPERTY(OBJECT_ID(N'dbo.Dive_Tour'), N'TableTemporalType') <> 2
    ALTER TABLE dbo.Dive_Tour
        SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.Dive_Tour_History, DATA_CONSISTENCY_CHECK = ON));
GO

CREATE OR ALTER TRIGGER dbo.Dive_Tour_Updated ON dbo.Dive_Tour
AFTER UPDATE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- The key is an IDENTITY: SQL Server itself refuses to change it.
    IF UPDATE(Modified_By) AND UPDATE(Change_Reason)
        RETURN;

    DECLARE @Is_Signed BIT = 0, @Is_Reasoned BIT = 0;
    IF UPDATE(Modified_By)
        SET @Is_Signed = 1;
    IF UPDATE(Change_Reason)
        SET @Is_Reasoned = 1;

    UPDATE t
    SET Modified_By = IIF(@Is_Signed = 1, t.Modified_By, ORIGINAL_LOGIN() COLLATE Latin1_General_100_BIN2),
        Change_Reason = IIF(@Is_Reasoned = 1, t.Change_Reason, N'Changed without DiveGov Steward; no reason was given.')
    FROM dbo.Dive_Tour AS t
    JOIN inserted AS i
      ON i.Dive_Tour_ID = t.Dive_Tour_ID;
END;
GO

------------------------------------------------------------------------------------------------------------
-- Quality_Rule: every earlier version
------------------------------------------------------------------------------------------------------------

IF OBJECT_ID(N'Governance.Quality_Rule_History', N'U') IS NULL
    CREATE TABLE Governance.Quality_Rule_History (
        Rule_Code     NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Column_Name   NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Dimension     NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Severity      NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Threshold     INT NULL,
        Is_Enabled    BIT NOT NULL,
        Is_Mandatory  BIT NOT NULL,
        Wording       NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Hint          NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Modified_By   NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Change_Reason NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Valid_From    DATETIME2(7) NOT NULL,
        Valid_To      DATETIME2(7) NOT NULL
    );
IF INDEXPROPERTY(OBJECT_ID(N'Governance.Quality_Rule_History'), N'IX_Quality_Rule_History_Timeline', N'IndexID') IS NULL
    CREATE CLUSTERED INDEX IX_Quality_Rule_History_Timeline
        ON Governance.Quality_Rule_History (Rule_Code, Valid_To, Valid_From) WITH (DATA_COMPRESSION = PAGE);
IF INDEXPROPERTY(OBJECT_ID(N'Governance.Quality_Rule_History'), N'IX_Quality_Rule_History_Period', N'IndexID') IS NULL
    CREATE INDEX IX_Quality_Rule_History_Period ON Governance.Quality_Rule_History (Valid_To, Valid_From);
GO

IF OBJECTPROPERTY(OBJECT_ID(N'Governance.Quality_Rule'), N'TableTemporalType') <> 2
    ALTER TABLE Governance.Quality_Rule
        SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = Governance.Quality_Rule_History, DATA_CONSISTENCY_CHECK = ON));
GO

CREATE OR ALTER TRIGGER Governance.Quality_Rule_Updated ON Governance.Quality_Rule
AFTER UPDATE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    IF UPDATE(Rule_Code) AND EXISTS (SELECT i.Rule_Code FROM inserted AS i EXCEPT SELECT d.Rule_Code FROM deleted AS d)
        THROW 50400, N'The key of a versioned row cannot be changed.', 1;

    IF UPDATE(Modified_By) AND UPDATE(Change_Reason)
        RETURN;

    DECLARE @Is_Signed BIT = 0, @Is_Reasoned BIT = 0;
    IF UPDATE(Modified_By)
        SET @Is_Signed = 1;
    IF UPDATE(Change_Reason)
        SET @Is_Reasoned = 1;

    UPDATE r
    SET Modified_By = IIF(@Is_Signed = 1, r.Modified_By, ORIGINAL_LOGIN() COLLATE Latin1_General_100_BIN2),
        Change_Reason = IIF(@Is_Reasoned = 1, r.Change_Reason, N'Changed without DiveGov Steward; no reason was given.')
    FROM Governance.Quality_Rule AS r
    JOIN inserted AS i
      ON i.Rule_Code = r.Rule_Code;
END;
GO
