-- 06_reporting.sql · EnterpriseDiveDB on SQL Server 2022: the views. Everything that is read is one of these.
--
-- Twin of sqlite/06_reporting.sql. Who may read a view stands behind it: data_analyst reads counts, reports and masked
-- divers; what shows a source record as it came, unmasked, is for data_steward and compliance_officer.

SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT, XACT_ABORT ON;
GO

------------------------------------------------------------------------------------------------------------
-- The house
------------------------------------------------------------------------------------------------------------

-- The newest application of each script.
CREATE OR ALTER VIEW Governance.Deployment_Status AS
SELECT s.Script_Name, s.Checksum, s.Applied_At, s.Applied_By, s.Duration_Ms, s.Program_Version
FROM Governance.Schema_Script AS s
WHERE s.Journal_ID = (SELECT MAX(n.Journal_ID) FROM Governance.Schema_Script AS n WHERE n.Script_Name = s.Script_Name);
GO
GRANT SELECT ON Governance.Deployment_Status TO data_steward, compliance_officer, data_analyst;
GO

-- What came from outside, and what became of it at the gate: what stewards send again has arrived before and is not
-- counted once more. Then where the records that were put aside are now. Columns that nobody asks for cost nothing: the
-- sums over batches come at once, a count of all divers takes its time.
-- A version without duration was never in force: the second of two changes in one transaction (02) leaves it behind.
CREATE OR ALTER VIEW Governance.Workspace_Summary AS
SELECT (SELECT COUNT_BIG(*) FROM dbo.Diver) AS Diver_Count,
       (SELECT COUNT_BIG(*) FROM dbo.Diver_History WHERE Valid_From < Valid_To) AS History_Count,
       (SELECT COUNT_BIG(*) FROM dbo.Data_Quarantine WHERE Status = N'Open') AS Quarantine_Open_Count,
       (SELECT COUNT_BIG(*) FROM Staging.Ingestion_Batch) AS Batch_Count,
       (SELECT COALESCE(SUM(Loaded_Count), 0)
        FROM Staging.Ingestion_Batch
        WHERE Status = N'Governed' AND Source_Kind <> N'resubmission') AS Loaded_Count,
       (SELECT COALESCE(SUM(Promoted_Count), 0)
        FROM Staging.Ingestion_Batch
        WHERE Source_Kind <> N'resubmission') AS Promoted_Count,
       (SELECT COALESCE(SUM(Unchanged_Count), 0)
        FROM Staging.Ingestion_Batch
        WHERE Source_Kind <> N'resubmission') AS Unchanged_Count,
       (SELECT COALESCE(SUM(Duplicate_Count), 0)
        FROM Staging.Ingestion_Batch
        WHERE Source_Kind <> N'resubmission') AS Duplicate_Count,
       (SELECT COALESCE(SUM(Quarantined_Count), 0)
        FROM Staging.Ingestion_Batch
        WHERE Source_Kind <> N'resubmission') AS Quarantined_Count,
       (SELECT COUNT_BIG(*)
        FROM Staging.Ingestion_Batch
        WHERE Status = N'Governed' AND Source_Kind <> N'resubmission') AS Arrival_Count,
       (SELECT COUNT_BIG(*) FROM Staging.Ingestion_Batch WHERE Status = N'Open') AS Unfinished_Count,
       (SELECT COUNT_BIG(*) FROM dbo.Data_Quarantine WHERE Status = N'Open' AND Failed_Checks = 0) AS Ready_Count,
       (SELECT COUNT_BIG(*)
        FROM dbo.Data_Quarantine
        WHERE Status = N'Released' AND Resolved_At IS NOT NULL) AS Released_Count,
       (SELECT COUNT_BIG(*)
        FROM dbo.Data_Quarantine
        WHERE Status = N'Merged' AND Resolved_At IS NOT NULL) AS Merged_Count,
       (SELECT COUNT_BIG(*)
        FROM dbo.Data_Quarantine
        WHERE Status = N'Discarded' AND Resolved_At IS NOT NULL) AS Discarded_Count;
GO
GRANT SELECT ON Governance.Workspace_Summary TO data_steward, compliance_officer, data_analyst;
GO

------------------------------------------------------------------------------------------------------------
-- Ingestion
------------------------------------------------------------------------------------------------------------

CREATE OR ALTER VIEW Staging.Batch_Summary AS
SELECT Batch_ID, Source_Name, Source_Kind, Content_Hash, Status, Received_At, Received_By, Governed_At, Declared_Count,
       Loaded_Count, Promoted_Count, Unchanged_Count, Duplicate_Count, Quarantined_Count, Purged_At
FROM Staging.Ingestion_Batch;
GO
GRANT SELECT ON Staging.Batch_Summary TO data_steward, compliance_officer, data_analyst;
GO

-- Every record as it arrived, and what became of it. What a steward has edited comes again by its values alone.
CREATE OR ALTER VIEW Staging.Raw_Divers AS
SELECT r.Raw_ID, r.Batch_ID, r.Source_Row, o.Outcome, o.Diver_ID, o.Quarantine_ID, r.First_Name, r.Last_Name, r.Email,
       r.Phone, r.Date_Of_Birth, r.Certification, r.Source_Reference,
       CASE WHEN r.Origin_Quarantine_ID IS NOT NULL AND r.Payload = N'{"edited":true}'
            THEN JSON_OBJECT('First_Name': r.First_Name, 'Last_Name': r.Last_Name, 'Email': r.Email, 'Phone': r.Phone,
                             'Date_Of_Birth': r.Date_Of_Birth, 'Certification': r.Certification,
                             'Source_Reference': r.Source_Reference) COLLATE Latin1_General_100_BIN2
            ELSE r.Payload END AS Payload
FROM Staging.Raw_Record AS r
LEFT JOIN Staging.Record_Outcome AS o
       ON o.Raw_ID = r.Raw_ID;
GO
GRANT SELECT ON Staging.Raw_Divers TO data_steward, compliance_officer;
GO

-- How many records of each batch broke each rule.
CREATE OR ALTER VIEW Staging.Batch_Rejections AS
SELECT n.Batch_ID, r.Rule_Code, r.Column_Name, r.Dimension, r.Severity, r.Wording, r.Hint, n.Record_Count
FROM Staging.Batch_Rule_Count AS n
JOIN Governance.Quality_Rule AS r
  ON r.Rule_Code = n.Rule_Code;
GO
GRANT SELECT ON Staging.Batch_Rejections TO data_steward, compliance_officer, data_analyst;
GO

-- The gatekeeper's score against what a generator injected, a row a defect. Missed: injected and not found. Unexpected:
-- found in a record into which it was not injected. The row of CLEAN_RECORD counts the clean records: those rejected
-- all the same are its Unexpected. Where the data set was governed before, its divers are there already: then a
-- repeated record is found by being unchanged, and a rival in the batch by being the rival of a diver.
CREATE OR ALTER VIEW Staging.Batch_Score AS
WITH injected AS (
    SELECT i.Batch_ID, i.Defect_Code,
           CASE WHEN i.Defect_Code = N'REPEATED_RECORD'
                THEN IIF(o.Outcome IN (N'Duplicate', N'Unchanged'), 1, 0)
                WHEN EXISTS (SELECT 1
                             FROM dbo.Quarantine_Violation AS v
                             WHERE v.Quarantine_ID = o.Quarantine_ID AND v.Raw_ID = o.Raw_ID
                               AND (v.Rule_Code = i.Defect_Code
                                    OR (v.Rule_Code = N'DUPLICATE_OF_DIVER' AND i.Defect_Code = N'DUPLICATE_IN_BATCH')))
                THEN 1
                ELSE 0
           END AS Is_Found
    FROM Staging.Injected_Defect AS i
    JOIN Staging.Raw_Record AS r
      ON r.Batch_ID = i.Batch_ID AND r.Source_Row = i.Source_Row
    JOIN Staging.Record_Outcome AS o
      ON o.Raw_ID = r.Raw_ID
),
by_defect AS (
    SELECT Batch_ID, Defect_Code, COUNT_BIG(*) AS Injected_Count, SUM(CONVERT(BIGINT, Is_Found)) AS Found_Count
    FROM injected
    GROUP BY Batch_ID, Defect_Code
)
SELECT d.Batch_ID,
       d.Defect_Code,
       d.Injected_Count,
       d.Found_Count,
       d.Injected_Count - d.Found_Count AS Missed_Count,
       IIF(d.Defect_Code <> N'REPEATED_RECORD' AND n.Record_Count > d.Found_Count,
           n.Record_Count - d.Found_Count, 0) AS Unexpected_Count
FROM by_defect AS d
LEFT JOIN Staging.Batch_Rule_Count AS n
       ON n.Batch_ID = d.Batch_ID AND n.Rule_Code = d.Defect_Code
UNION ALL
SELECT b.Batch_ID,
       N'CLEAN_RECORD' COLLATE Latin1_General_100_BIN2,
       b.Loaded_Count - (SELECT COUNT_BIG(DISTINCT i.Source_Row)
                         FROM Staging.Injected_Defect AS i
                         WHERE i.Batch_ID = b.Batch_ID),
       0,
       0,
       (SELECT COUNT_BIG(*)
        FROM Staging.Raw_Record AS r
        JOIN Staging.Record_Outcome AS o
          ON o.Raw_ID = r.Raw_ID AND o.Outcome = N'Quarantined'
        WHERE r.Batch_ID = b.Batch_ID
          AND NOT EXISTS (SELECT 1
                          FROM Staging.Injected_Defect AS i
                          WHERE i.Batch_ID = r.Batch_ID AND i.Source_Row = r.Source_Row))
FROM Staging.Ingestion_Batch AS b
WHERE b.Source_Kind = N'synthetic' AND b.Status = N'Governed';
GO
GRANT SELECT ON Staging.Batch_Score TO data_steward, compliance_officer, data_analyst;
GO

-- Whether every record of a batch is accounted for: what the batch says less what its records say, outcome by outcome.
-- Lost: put aside, and in no quarantine. Stateless: in quarantine, and in no state or in two. All of it is 0, or something
-- was changed without the gatekeeper. It counts the records of the batches that are asked for, so ask for some at a time.
CREATE OR ALTER VIEW Staging.Conservation_Check AS
WITH found AS (
    SELECT b.Batch_ID,
           COUNT_BIG(r.Raw_ID)                                                       AS Loaded_Count,
           SUM(CONVERT(BIGINT, IIF(o.Outcome = N'Promoted', 1, 0)))                  AS Promoted_Count,
           SUM(CONVERT(BIGINT, IIF(o.Outcome = N'Unchanged', 1, 0)))                 AS Unchanged_Count,
           SUM(CONVERT(BIGINT, IIF(o.Outcome = N'Duplicate', 1, 0)))                 AS Duplicate_Count,
           SUM(CONVERT(BIGINT, IIF(o.Outcome = N'Quarantined', 1, 0)))               AS Quarantined_Count,
           SUM(CONVERT(BIGINT, IIF(o.Outcome = N'Quarantined' AND p.Quarantine_ID IS NULL, 1, 0))) AS Lost_Count
    FROM Staging.Ingestion_Batch AS b
    LEFT JOIN Staging.Raw_Record AS r
           ON r.Batch_ID = b.Batch_ID
    LEFT JOIN Staging.Record_Outcome AS o
           ON o.Raw_ID = r.Raw_ID
    LEFT JOIN dbo.Data_Quarantine AS p
           ON p.Quarantine_ID = o.Quarantine_ID
    WHERE b.Status = N'Governed'
    GROUP BY b.Batch_ID
),
counted AS (
    SELECT b.Batch_ID,
           b.Loaded_Count - f.Loaded_Count                                           AS Loaded_Gap,
           b.Promoted_Count - f.Promoted_Count                                       AS Promoted_Gap,
           b.Unchanged_Count - f.Unchanged_Count                                     AS Unchanged_Gap,
           b.Duplicate_Count - f.Duplicate_Count                                     AS Duplicate_Gap,
           b.Quarantined_Count - f.Quarantined_Count                                 AS Quarantined_Gap,
           f.Lost_Count,
           (SELECT COUNT_BIG(*)
            FROM dbo.Data_Quarantine AS q
            WHERE q.Batch_ID = b.Batch_ID
              AND (q.Status NOT IN (N'Open', N'Released', N'Merged', N'Discarded')
                   OR (q.Status = N'Open' AND q.Resolved_At IS NOT NULL)
                   OR (q.Status <> N'Open' AND q.Resolved_At IS NULL)))              AS Stateless_Count
    FROM found AS f
    JOIN Staging.Ingestion_Batch AS b
      ON b.Batch_ID = f.Batch_ID
)
SELECT Batch_ID, Loaded_Gap, Promoted_Gap, Unchanged_Gap, Duplicate_Gap, Quarantined_Gap, Lost_Count, Stateless_Count,
       CONVERT(BIT, IIF(ABS(Loaded_Gap) + ABS(Promoted_Gap) + ABS(Unchanged_Gap) + ABS(Duplicate_Gap)
                        + ABS(Quarantined_Gap) + Lost_Count + Stateless_Count = 0, 1, 0)) AS Is_Balanced
FROM counted;
GO
GRANT SELECT ON Staging.Conservation_Check TO data_steward, compliance_officer, data_analyst;
GO

-- How the records of two batches of the same content turned out, row by row: ask for one pair of batches.
--     Same diver    they are that diver both times         Same place    they wait in the same place of the quarantine
--     Other diver   they are another one by now            New place     they wait again: the place before was closed
--     Let in        stopped the first time, not now        Stopped       the other way round
CREATE OR ALTER VIEW Staging.Batch_Turn_Records AS
SELECT r.Batch_ID       AS First_Batch_ID,
       s.Batch_ID       AS Second_Batch_ID,
       r.Source_Row,
       CASE WHEN p.Diver_ID = o.Diver_ID THEN N'Same diver'
            WHEN p.Quarantine_ID = o.Quarantine_ID THEN N'Same place'
            WHEN o.Diver_ID IS NOT NULL AND p.Diver_ID IS NOT NULL THEN N'Other diver'
            WHEN o.Diver_ID IS NOT NULL THEN N'Stopped'
            WHEN p.Diver_ID IS NOT NULL THEN N'Let in'
            ELSE N'New place' END AS Turn,
       o.Outcome        AS First_Outcome,
       p.Outcome        AS Second_Outcome,
       p.Diver_ID,
       p.Quarantine_ID
FROM Staging.Raw_Record AS r
JOIN Staging.Record_Outcome AS o
  ON o.Raw_ID = r.Raw_ID
JOIN Staging.Raw_Record AS s
  ON s.Source_Row = r.Source_Row
JOIN Staging.Record_Outcome AS p
  ON p.Raw_ID = s.Raw_ID;
GO
GRANT SELECT ON Staging.Batch_Turn_Records TO data_steward, compliance_officer;
GO

-- The same, counted.
CREATE OR ALTER VIEW Staging.Batch_Turns AS
SELECT t.First_Batch_ID, t.Second_Batch_ID, t.Turn, t.First_Outcome, t.Second_Outcome, COUNT_BIG(*) AS Record_Count
FROM Staging.Batch_Turn_Records AS t
GROUP BY t.First_Batch_ID, t.Second_Batch_ID, t.Turn, t.First_Outcome, t.Second_Outcome;
GO
GRANT SELECT ON Staging.Batch_Turns TO data_steward, compliance_officer, data_analyst;
GO

------------------------------------------------------------------------------------------------------------
-- Quarantine
------------------------------------------------------------------------------------------------------------

-- The records that wait or waited: their values as they are now and as they came, the rules that they broke at their
-- last attempt, and where they stand now (Failed_Checks, Edited_Columns: see 01). A claim that has expired is none. LEFT
-- joins, which cost nothing where their columns are not asked for.
CREATE OR ALTER VIEW dbo.Quarantine_Queue AS
SELECT q.Quarantine_ID, q.Batch_ID, b.Source_Name, r.Source_Row, q.Status,
       q.First_Name, q.Last_Name, q.Email, q.Phone, q.Date_Of_Birth, q.Certification, q.Source_Reference,
       (SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), v.Rule_Code), N', ') WITHIN GROUP (ORDER BY v.Rule_Code)
        FROM (SELECT DISTINCT Rule_Code
              FROM dbo.Quarantine_Violation
              WHERE Quarantine_ID = q.Quarantine_ID AND Attempt = q.Attempt_Count) AS v)        AS Failed_Rules,
       q.Attempt_Count, q.Record_Version, q.Quarantined_At,
       CASE WHEN q.Claimed_Until > SYSUTCDATETIME() THEN q.Claimed_By END AS Claimed_By,
       CASE WHEN q.Claimed_Until > SYSUTCDATETIME() THEN q.Claimed_Until END AS Claimed_Until,
       q.Resolution_Code, q.Resolution_Reason, q.Resolved_By, q.Resolved_At, q.Diver_ID, NULLIF(r.Payload, N'') AS Payload,
       q.Raw_ID, q.Failed_Checks, q.Edited_Columns, CONVERT(DATE, q.Quarantined_At) AS Quarantined_On,
       CONVERT(BIT, IIF(q.Claimed_Until > SYSUTCDATETIME(), 1, 0)) AS Is_Claimed,
       r.First_Name AS Raw_First_Name, r.Last_Name AS Raw_Last_Name, r.Email AS Raw_Email, r.Phone AS Raw_Phone,
       r.Date_Of_Birth AS Raw_Date_Of_Birth, r.Certification AS Raw_Certification,
       r.Source_Reference AS Raw_Source_Reference
FROM dbo.Data_Quarantine AS q
LEFT JOIN Staging.Ingestion_Batch AS b
       ON b.Batch_ID = q.Batch_ID
LEFT JOIN Staging.Raw_Record AS r
       ON r.Raw_ID = q.Raw_ID;
GO
GRANT SELECT ON dbo.Quarantine_Queue TO data_steward, compliance_officer;
GO

-- What a list is filtered and sorted by, in narrow rows: of all records, of those that wait, and of those that are closed.
-- An index holds all that the last two tell. It serves only who says of which they are, and not in a parameter.
CREATE OR ALTER VIEW dbo.Quarantine_Keys AS
SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.Failed_Checks,
       CASE WHEN q.Claimed_Until > SYSUTCDATETIME() THEN q.Claimed_By END AS Claimed_By,
       q.Quarantined_At, CONVERT(DATE, q.Quarantined_At) AS Quarantined_On
FROM dbo.Data_Quarantine AS q;
GO
GRANT SELECT ON dbo.Quarantine_Keys TO data_steward, compliance_officer;
GO

CREATE OR ALTER VIEW dbo.Quarantine_Open_Keys AS
SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.Failed_Checks,
       CASE WHEN q.Claimed_Until > SYSUTCDATETIME() THEN q.Claimed_By END AS Claimed_By,
       q.Quarantined_At, CONVERT(DATE, q.Quarantined_At) AS Quarantined_On
FROM dbo.Data_Quarantine AS q
WHERE q.Status = N'Open';
GO
GRANT SELECT ON dbo.Quarantine_Open_Keys TO data_steward, compliance_officer;
GO

-- What is closed is claimed by nobody.
CREATE OR ALTER VIEW dbo.Quarantine_Closed_Keys AS
SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.Failed_Checks, CONVERT(NVARCHAR(128), NULL) AS Claimed_By, q.Quarantined_At,
       CONVERT(DATE, q.Quarantined_At) AS Quarantined_On
FROM dbo.Data_Quarantine AS q
WHERE q.Resolved_At IS NOT NULL;
GO
GRANT SELECT ON dbo.Quarantine_Closed_Keys TO data_steward, compliance_officer;
GO

-- How many records share a status, a batch, a standing, a claim and a day: every facet and every combination of them
-- is a sum over these few rows. The inner counts stream from indexes that hold nothing else.
CREATE OR ALTER VIEW dbo.Quarantine_Cube AS
SELECT c.Status, c.Batch_ID, c.Failed_Checks,
       CASE WHEN c.Claimed_Until > SYSUTCDATETIME() THEN c.Claimed_By END AS Claimed_By,
       CONVERT(DATE, c.Quarantined_At) AS Quarantined_On,
       SUM(c.Record_Count) AS Record_Count
FROM (SELECT Status, Batch_ID, Failed_Checks, Claimed_By, Claimed_Until, Quarantined_At, COUNT_BIG(*) AS Record_Count
      FROM dbo.Data_Quarantine
      WHERE Status = N'Open'
      GROUP BY Status, Batch_ID, Failed_Checks, Claimed_By, Claimed_Until, Quarantined_At
      UNION ALL
      SELECT Status, Batch_ID, Failed_Checks, NULL, NULL, Quarantined_At, COUNT_BIG(*)
      FROM dbo.Data_Quarantine
      WHERE Resolved_At IS NOT NULL
      GROUP BY Status, Batch_ID, Failed_Checks, Quarantined_At) AS c
GROUP BY c.Status, c.Batch_ID, c.Failed_Checks,
         CASE WHEN c.Claimed_Until > SYSUTCDATETIME() THEN c.Claimed_By END,
         CONVERT(DATE, c.Quarantined_At);
GO
GRANT SELECT ON dbo.Quarantine_Cube TO data_steward, compliance_officer;
GO

-- Every reason of every record, in words.
CREATE OR ALTER VIEW dbo.Quarantine_Reasons AS
SELECT v.Quarantine_ID, v.Attempt, CONVERT(BIT, IIF(v.Attempt = q.Attempt_Count, 1, 0)) AS Is_Current, v.Rule_Code,
       v.Column_Name, v.Observed_Value, r.Severity, r.Dimension, r.Wording, r.Hint, v.Raw_ID, v.Recorded_At, v.Diver_ID
FROM dbo.Quarantine_Violation AS v
JOIN dbo.Data_Quarantine AS q
  ON q.Quarantine_ID = v.Quarantine_ID
JOIN Governance.Quality_Rule AS r
  ON r.Rule_Code = v.Rule_Code;
GO
GRANT SELECT ON dbo.Quarantine_Reasons TO data_steward, compliance_officer;
GO

-- The edits as a person knows them, each with the one that took it back.
CREATE OR ALTER VIEW dbo.Edit_History AS
SELECT g.Edit_Group_ID, g.Edit_Kind, g.Edit_Reason, g.Edited_By, g.Edited_At, g.Record_Count, g.Cell_Count, g.Undoes_Group_ID,
       (SELECT MAX(u.Edit_Group_ID) FROM dbo.Edit_Group AS u WHERE u.Undoes_Group_ID = g.Edit_Group_ID) AS Undone_By_Group_ID,
       (SELECT COALESCE(SUM(u.Cell_Count), 0)
        FROM dbo.Edit_Group AS u
        WHERE u.Undoes_Group_ID = g.Edit_Group_ID)                                                  AS Undone_Count
FROM dbo.Edit_Group AS g;
GO
GRANT SELECT ON dbo.Edit_History TO data_steward, compliance_officer;
GO

-- Every edit of every cell; one that was taken back does not stand.
CREATE OR ALTER VIEW dbo.Revision_History AS
SELECT r.Revision_ID, r.Quarantine_ID, r.Edit_Group_ID, g.Edit_Kind, r.Column_Name, r.Old_Value, r.New_Value, r.Edited_By,
       r.Edited_At, r.Edit_Reason, r.Undoes_Revision_ID,
       CONVERT(BIT, IIF(EXISTS (SELECT 1
                                FROM dbo.Quarantine_Revision AS u
                                WHERE u.Undoes_Revision_ID = r.Revision_ID), 0, 1)) AS Is_Standing
FROM dbo.Quarantine_Revision AS r
JOIN dbo.Edit_Group AS g
  ON g.Edit_Group_ID = r.Edit_Group_ID;
GO
GRANT SELECT ON dbo.Revision_History TO data_steward, compliance_officer;
GO

-- Why a steward may discard a record.
CREATE OR ALTER VIEW dbo.Discard_Codes AS
SELECT Discard_Code, Discard_Label, Rank_Order
FROM dbo.Discard_Code;
GO
GRANT SELECT ON dbo.Discard_Codes TO data_steward, compliance_officer;
GO

------------------------------------------------------------------------------------------------------------
-- Divers through time
------------------------------------------------------------------------------------------------------------

-- Every version of every diver; as of an instant T: Valid_From <= T AND T < Valid_To. Masked like the directory; so are
-- reasons, here and below, for whoever sees no last names: people write in them what they like, and name divers.
-- What a transaction wrote and changed again was never in force, and is no version.
CREATE OR ALTER VIEW dbo.Diver_Versions AS
SELECT d.Diver_ID, d.First_Name, d.Last_Name, d.Email, d.Phone, d.Date_Of_Birth,
       l.Level_Name                                                 AS Certification,
       d.Certification_Level_ID, d.Source_Reference, d.Modified_By,
       IIF(IS_ROLEMEMBER(N'db_owner') = 1 OR IS_ROLEMEMBER(N'data_steward') = 1 OR IS_ROLEMEMBER(N'compliance_officer') = 1, d.Change_Reason, N'xxxx') AS Change_Reason,
       d.Valid_From, d.Valid_To,
       CONVERT(BIT, IIF(d.Valid_To = CONVERT(DATETIME2(7), N'9999-12-31 23:59:59.9999999', 121), 1, 0)) AS Is_Current
FROM dbo.Diver FOR SYSTEM_TIME ALL AS d
LEFT JOIN dbo.Certification_Level AS l
       ON l.Certification_Level_ID = d.Certification_Level_ID
WHERE d.Valid_From < d.Valid_To;
GO
GRANT SELECT ON dbo.Diver_Versions TO data_steward, compliance_officer, data_analyst;
GO

-- When a diver was taken out of the directory, by whom and why.
CREATE OR ALTER VIEW dbo.Diver_Deletions AS
SELECT Diver_ID, Deleted_At, Deleted_By,
       IIF(IS_ROLEMEMBER(N'db_owner') = 1 OR IS_ROLEMEMBER(N'data_steward') = 1 OR IS_ROLEMEMBER(N'compliance_officer') = 1, Delete_Reason, N'xxxx') AS Delete_Reason
FROM dbo.Diver_Deletion;
GO
GRANT SELECT ON dbo.Diver_Deletions TO data_steward, compliance_officer, data_analyst;
GO

-- Every change of every diver, the end of one too. Changed_Columns has one bit a column (1, 2, 4, … in the order
-- First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification, Source_Reference), of the values themselves: who
-- sees masks sees all the same that a value changed. No value of a diver is in it. SQL Server masks what a SELECT list
-- makes of a masked column, but not what a WHERE compares: so each bit is a row that a comparison lets through.
CREATE OR ALTER VIEW dbo.Diver_Changes AS
SELECT v.Valid_From AS Changed_At,
       v.Diver_ID,
       CASE WHEN p.Diver_ID IS NOT NULL THEN N'Changed'
            WHEN EXISTS (SELECT 1 FROM dbo.Diver_History AS e WHERE e.Diver_ID = v.Diver_ID AND e.Valid_To < v.Valid_From) THEN N'Restored'
            ELSE N'Created' END AS Change_Kind,
       (SELECT COALESCE(SUM(b.Bit), 0)
        FROM (VALUES (1), (2), (4), (8), (16), (32), (64)) AS b (Bit)
        WHERE p.Diver_ID IS NOT NULL
          AND (b.Bit = 1 AND v.First_Name <> p.First_Name
               OR b.Bit = 2 AND v.Last_Name <> p.Last_Name
               OR b.Bit = 4 AND v.Email <> p.Email
               OR b.Bit = 8 AND EXISTS (SELECT v.Phone EXCEPT SELECT p.Phone)
               OR b.Bit = 16 AND v.Date_Of_Birth <> p.Date_Of_Birth
               OR b.Bit = 32 AND EXISTS (SELECT v.Certification_Level_ID EXCEPT SELECT p.Certification_Level_ID)
               OR b.Bit = 64 AND EXISTS (SELECT v.Source_Reference EXCEPT SELECT p.Source_Reference))) AS Changed_Columns,
       v.Modified_By,
       IIF(IS_ROLEMEMBER(N'db_owner') = 1 OR IS_ROLEMEMBER(N'data_steward') = 1 OR IS_ROLEMEMBER(N'compliance_officer') = 1, v.Change_Reason, N'xxxx') AS Change_Reason
FROM dbo.Diver_History AS v
LEFT JOIN dbo.Diver_History AS p
       ON p.Diver_ID = v.Diver_ID AND p.Valid_To = v.Valid_From AND p.Valid_From < p.Valid_To
WHERE v.Valid_From < v.Valid_To
UNION ALL
SELECT v.Valid_From AS Changed_At,
       v.Diver_ID,
       CASE WHEN p.Diver_ID IS NOT NULL THEN N'Changed'
            WHEN EXISTS (SELECT 1 FROM dbo.Diver_History AS e WHERE e.Diver_ID = v.Diver_ID AND e.Valid_To < v.Valid_From) THEN N'Restored'
            ELSE N'Created' END AS Change_Kind,
       (SELECT COALESCE(SUM(b.Bit), 0)
        FROM (VALUES (1), (2), (4), (8), (16), (32), (64)) AS b (Bit)
        WHERE p.Diver_ID IS NOT NULL
          AND (b.Bit = 1 AND v.First_Name <> p.First_Name
               OR b.Bit = 2 AND v.Last_Name <> p.Last_Name
               OR b.Bit = 4 AND v.Email <> p.Email
               OR b.Bit = 8 AND EXISTS (SELECT v.Phone EXCEPT SELECT p.Phone)
               OR b.Bit = 16 AND v.Date_Of_Birth <> p.Date_Of_Birth
               OR b.Bit = 32 AND EXISTS (SELECT v.Certification_Level_ID EXCEPT SELECT p.Certification_Level_ID)
               OR b.Bit = 64 AND EXISTS (SELECT v.Source_Reference EXCEPT SELECT p.Source_Reference))) AS Changed_Columns,
       v.Modified_By,
       IIF(IS_ROLEMEMBER(N'db_owner') = 1 OR IS_ROLEMEMBER(N'data_steward') = 1 OR IS_ROLEMEMBER(N'compliance_officer') = 1, v.Change_Reason, N'xxxx') AS Change_Reason
FROM dbo.Diver AS v
LEFT JOIN dbo.Diver_History AS p
       ON p.Diver_ID = v.Diver_ID AND p.Valid_To = v.Valid_From AND p.Valid_From < p.Valid_To
UNION ALL
SELECT h.Valid_To, h.Diver_ID, N'Deleted', 0, COALESCE(d.Deleted_By, N'unknown (outside the program)'),
       IIF(IS_ROLEMEMBER(N'db_owner') = 1 OR IS_ROLEMEMBER(N'data_steward') = 1 OR IS_ROLEMEMBER(N'compliance_officer') = 1,
           COALESCE(d.Delete_Reason, N'Deleted without DiveGov Steward; no reason was given.'), N'xxxx')
FROM dbo.Diver_History AS h
LEFT JOIN dbo.Diver_Deletion AS d
       ON d.Diver_ID = h.Diver_ID AND d.Deleted_At = h.Valid_To
WHERE h.Valid_From < h.Valid_To
  AND NOT EXISTS (SELECT 1
                  FROM dbo.Diver_History AS n
                  WHERE n.Diver_ID = h.Diver_ID AND n.Valid_From = h.Valid_To AND n.Valid_From < n.Valid_To)
  AND NOT EXISTS (SELECT 1 FROM dbo.Diver AS c WHERE c.Diver_ID = h.Diver_ID AND c.Valid_From = h.Valid_To);
GO
GRANT SELECT ON dbo.Diver_Changes TO data_steward, compliance_officer, data_analyst;
GO

-- When whom something happened to, and no more: what Diver_Changes tells, to be counted without looking at any value.
CREATE OR ALTER VIEW dbo.Diver_Change_Times AS
SELECT v.Valid_From AS Changed_At, v.Diver_ID
FROM dbo.Diver_History AS v
WHERE v.Valid_From < v.Valid_To
UNION ALL
SELECT v.Valid_From, v.Diver_ID
FROM dbo.Diver AS v
UNION ALL
SELECT h.Valid_To, h.Diver_ID
FROM dbo.Diver_History AS h
WHERE h.Valid_From < h.Valid_To
  AND NOT EXISTS (SELECT 1
                  FROM dbo.Diver_History AS n
                  WHERE n.Diver_ID = h.Diver_ID AND n.Valid_From = h.Valid_To AND n.Valid_From < n.Valid_To)
  AND NOT EXISTS (SELECT 1 FROM dbo.Diver AS c WHERE c.Diver_ID = h.Diver_ID AND c.Valid_From = h.Valid_To);
GO
GRANT SELECT ON dbo.Diver_Change_Times TO data_steward, compliance_officer, data_analyst;
GO

-- One thread of what happened to a record and to a diver: filter either's id, sort by Story_At and Story_Step. What
-- happened to the record of a diver before it became one belongs to both. Detail is JSON, or NULL.
CREATE OR ALTER VIEW dbo.Record_Story AS
SELECT b.Received_At AS Story_At, 1 AS Story_Step, N'Arrived' COLLATE Latin1_General_100_BIN2 AS Story_Kind,
       CONVERT(BIGINT, NULL) AS Quarantine_ID, o.Diver_ID, o.Raw_ID, r.Batch_ID, b.Received_By AS Actor,
       CONCAT(N'Record ', r.Source_Row, N' of ', b.Source_Name, N': ',
              CASE o.Outcome WHEN N'Promoted' THEN N'promoted' WHEN N'Unchanged' THEN N'unchanged'
                             WHEN N'Duplicate' THEN N'duplicate' ELSE N'quarantined' END) AS Summary,
       CONVERT(NVARCHAR(MAX), NULL) AS Detail
FROM Staging.Record_Outcome AS o
JOIN Staging.Raw_Record AS r
  ON r.Raw_ID = o.Raw_ID
JOIN Staging.Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
WHERE o.Diver_ID IS NOT NULL AND r.Origin_Quarantine_ID IS NULL
UNION ALL
SELECT b.Received_At, 1, N'Arrived', q.Quarantine_ID, q.Diver_ID, o.Raw_ID, r.Batch_ID, b.Received_By,
       CONCAT(N'Record ', r.Source_Row, N' of ', b.Source_Name), NULL
FROM dbo.Data_Quarantine AS q
JOIN Staging.Record_Outcome AS o
  ON o.Quarantine_ID = q.Quarantine_ID
JOIN Staging.Raw_Record AS r
  ON r.Raw_ID = o.Raw_ID
JOIN Staging.Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
WHERE r.Origin_Quarantine_ID IS NULL
UNION ALL
SELECT b.Received_At, 2, N'Resubmitted', q.Quarantine_ID, q.Diver_ID, r.Raw_ID, r.Batch_ID, b.Received_By,
       b.Source_Name, NULL
FROM dbo.Data_Quarantine AS q
JOIN Staging.Raw_Record AS r
  ON r.Origin_Quarantine_ID = q.Quarantine_ID
JOIN Staging.Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
UNION ALL
SELECT b.Governed_At, 3, N'Rejected', q.Quarantine_ID, q.Diver_ID, o.Raw_ID, r.Batch_ID, b.Received_By,
       (SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), w.Wording), N'; ') WITHIN GROUP (ORDER BY w.Wording)
        FROM (SELECT DISTINCT k.Wording
              FROM dbo.Quarantine_Violation AS v
              JOIN Governance.Quality_Rule AS k
                ON k.Rule_Code = v.Rule_Code
              WHERE v.Quarantine_ID = q.Quarantine_ID AND v.Raw_ID = o.Raw_ID) AS w),
       (SELECT v.Rule_Code AS [rule], v.Column_Name AS [column], v.Observed_Value AS [value], v.Diver_ID AS diver
        FROM dbo.Quarantine_Violation AS v
        WHERE v.Quarantine_ID = q.Quarantine_ID AND v.Raw_ID = o.Raw_ID
        FOR JSON PATH, INCLUDE_NULL_VALUES) COLLATE Latin1_General_100_BIN2
FROM dbo.Data_Quarantine AS q
JOIN Staging.Record_Outcome AS o
  ON o.Quarantine_ID = q.Quarantine_ID AND o.Outcome = N'Quarantined'
JOIN Staging.Raw_Record AS r
  ON r.Raw_ID = o.Raw_ID
JOIN Staging.Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
UNION ALL
SELECT e.Edited_At, 4, N'Edited', q.Quarantine_ID, q.Diver_ID, q.Raw_ID, q.Batch_ID, e.Edited_By,
       CONCAT(CASE g.Edit_Kind WHEN N'Undo' THEN CONCAT(N'Took edit ', g.Undoes_Group_ID, N' back')
                               WHEN N'Bulk' THEN CONCAT(N'With ', g.Record_Count, N' records')
                               WHEN N'Import' THEN N'From a file'
                               WHEN N'Suggestion' THEN N'By a suggestion'
                               ELSE N'By hand' END, N': ' + g.Edit_Reason),
       (SELECT c.Column_Name AS [column], c.Old_Value AS [old], c.New_Value AS [new]
        FROM dbo.Quarantine_Revision AS c
        WHERE c.Quarantine_ID = e.Quarantine_ID AND c.Edit_Group_ID = e.Edit_Group_ID
        FOR JSON PATH, INCLUDE_NULL_VALUES) COLLATE Latin1_General_100_BIN2
FROM dbo.Data_Quarantine AS q
JOIN dbo.Quarantine_Revision AS e
  ON e.Quarantine_ID = q.Quarantine_ID
JOIN dbo.Edit_Group AS g
  ON g.Edit_Group_ID = e.Edit_Group_ID
-- One row an edit: that of its first cell in the record.
WHERE NOT EXISTS (SELECT 1
                  FROM dbo.Quarantine_Revision AS f
                  WHERE f.Quarantine_ID = e.Quarantine_ID
                    AND f.Edit_Group_ID = e.Edit_Group_ID
                    AND f.Revision_ID < e.Revision_ID)
UNION ALL
SELECT v.Acted_At, 5, v.Event_Kind, q.Quarantine_ID, q.Diver_ID, q.Raw_ID, q.Batch_ID, v.Acted_By,
       ISNULL((SELECT CONCAT(d.Discard_Label, N': ' + v.Event_Reason)
               FROM dbo.Discard_Code AS d
               WHERE d.Discard_Code = v.Event_Code), COALESCE(v.Event_Reason, N'')),
       NULL
FROM dbo.Data_Quarantine AS q
JOIN dbo.Quarantine_Event AS v
  ON v.Quarantine_ID = q.Quarantine_ID
UNION ALL
SELECT q.Resolved_At, 6, q.Status, q.Quarantine_ID, q.Diver_ID, q.Raw_ID, q.Batch_ID, q.Resolved_By,
       CONCAT(q.Resolution_Code, N': ' + q.Resolution_Reason), NULL
FROM dbo.Data_Quarantine AS q
WHERE q.Status IN (N'Released', N'Merged')
UNION ALL
SELECT c.Changed_At, 7, CASE c.Change_Kind WHEN N'Deleted' THEN N'Deleted' ELSE N'Version' END, NULL, c.Diver_ID, NULL, NULL,
       c.Modified_By, c.Change_Reason,
       JSON_OBJECT('change': c.Change_Kind, 'columns': c.Changed_Columns) COLLATE Latin1_General_100_BIN2
FROM dbo.Diver_Changes AS c;
GO
GRANT SELECT ON dbo.Record_Story TO data_steward, compliance_officer;
GO

-- Whom a text finds, by what they are and were called: filter Search_Column and the beginning of Term (lower case). A
-- name is there in both orders under Last_Name. Nobody finds a diver by what a mask hides from them.
CREATE OR ALTER VIEW dbo.Diver_Search AS
SELECT f.Search_Column, f.Term, f.Diver_ID
FROM (
    SELECT t.Search_Column, t.Term, t.Diver_ID
    FROM dbo.Search_Term AS t
    UNION ALL
    SELECT N'Email', d.Email, d.Diver_ID
    FROM dbo.Diver AS d
    UNION ALL
    SELECT N'Last_Name', TRANSLATE(CONCAT(d.Last_Name, N' ', d.First_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz'), d.Diver_ID
    FROM dbo.Diver AS d
    WHERE d.Diver_ID > (SELECT p.Indexed_To FROM dbo.Search_Progress AS p)
    UNION ALL
    SELECT N'Last_Name', TRANSLATE(CONCAT(d.First_Name, N' ', d.Last_Name), N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz'), d.Diver_ID
    FROM dbo.Diver AS d
    WHERE d.Diver_ID > (SELECT p.Indexed_To FROM dbo.Search_Progress AS p)
    UNION ALL
    SELECT N'Source_Reference', TRANSLATE(d.Source_Reference, N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz'), d.Diver_ID
    FROM dbo.Diver AS d
    WHERE d.Diver_ID > (SELECT p.Indexed_To FROM dbo.Search_Progress AS p) AND d.Source_Reference IS NOT NULL
) AS f
WHERE IS_ROLEMEMBER(N'db_owner') = 1
   OR NOT EXISTS (SELECT 1
                  FROM Governance.Masked_Column AS m
                  WHERE m.Column_Name = f.Search_Column COLLATE Latin1_General_100_BIN2)
   OR EXISTS (SELECT 1
              FROM Governance.Unmask_Grant AS g
              WHERE g.Column_Name = f.Search_Column COLLATE Latin1_General_100_BIN2
                AND IS_ROLEMEMBER(g.Role_Name) = 1);
GO
GRANT SELECT ON dbo.Diver_Search TO data_steward, compliance_officer, data_analyst;
GO

------------------------------------------------------------------------------------------------------------
-- Privacy
------------------------------------------------------------------------------------------------------------

-- What each role may read and run. Whoever asks is shown their own roles, and an owner all of them.
CREATE OR ALTER VIEW Governance.Role_Rights AS
SELECT r.name AS Role_Name, o.name AS Object_Name
FROM sys.database_permissions AS p
JOIN sys.database_principals AS r
  ON r.principal_id = p.grantee_principal_id
JOIN sys.objects AS o
  ON o.object_id = p.major_id
WHERE p.class = 1 AND p.minor_id = 0 AND p.state_desc <> N'DENY' AND r.type = N'R'
  AND p.permission_name NOT IN (N'UNMASK', N'VIEW DEFINITION');
GO
GRANT SELECT ON Governance.Role_Rights TO data_steward, compliance_officer, data_analyst;
GO

-- Over which columns each role sees a mask, and which.
CREATE OR ALTER VIEW Governance.Role_Masks AS
SELECT r.Role_Name, r.Role_Label, r.Description, m.Column_Name, m.Mask_Function,
       CONVERT(BIT, IIF(NOT EXISTS (SELECT 1
                                    FROM Governance.Unmask_Grant AS g
                                    WHERE g.Role_Name = r.Role_Name AND g.Column_Name = m.Column_Name), 1, 0)) AS Is_Masked
FROM Governance.Security_Role AS r
CROSS JOIN Governance.Masked_Column AS m;
GO
GRANT SELECT ON Governance.Role_Masks TO data_steward, compliance_officer, data_analyst;
GO

-- Who looked behind a mask, at what, and why.
CREATE OR ALTER VIEW dbo.Reveal_Register AS
SELECT Reveal_ID, Diver_ID, Column_Name, Revealed_By, Revealed_At, Expires_At, Reveal_Reason
FROM dbo.Diver_Reveal;
GO
GRANT SELECT ON dbo.Reveal_Register TO data_steward, compliance_officer;
GO

-- Who was erased, by their number, when and by whom; and by how many identities they are known again,
-- with which key.
CREATE OR ALTER VIEW dbo.Erasure_Register AS
SELECT Diver_ID, Erased_At, Erased_By, LEFT(Tombstone, 8) AS Key_Mark, COUNT_BIG(*) AS Tombstone_Count
FROM dbo.Erasure_Tombstone
GROUP BY Diver_ID, Erased_At, Erased_By, LEFT(Tombstone, 8);
GO
GRANT SELECT ON dbo.Erasure_Register TO data_steward, compliance_officer;
GO

------------------------------------------------------------------------------------------------------------
-- Quality
------------------------------------------------------------------------------------------------------------

CREATE OR ALTER VIEW Governance.Rule_Catalogue AS
SELECT r.Rule_Code, r.Column_Name, r.Dimension, r.Severity, r.Threshold, r.Is_Enabled, r.Is_Mandatory, r.Wording, r.Hint,
       (SELECT COALESCE(SUM(n.Record_Count), 0)
        FROM Staging.Batch_Rule_Count AS n
        WHERE n.Rule_Code = r.Rule_Code) AS Record_Count,
       r.Modified_By, r.Change_Reason, r.Valid_From
FROM Governance.Quality_Rule AS r;
GO
GRANT SELECT ON Governance.Rule_Catalogue TO data_steward, compliance_officer, data_analyst;
GO

-- What each bit of a standing means, in words.
CREATE OR ALTER VIEW Governance.Rule_Checks AS
SELECT c.Check_Bit, c.Rule_Code, c.Column_Name, r.Severity, r.Wording, r.Hint, r.Is_Enabled
FROM Governance.Rule_Check AS c
JOIN Governance.Quality_Rule AS r
  ON r.Rule_Code = c.Rule_Code;
GO
GRANT SELECT ON Governance.Rule_Checks TO data_steward, compliance_officer, data_analyst;
GO

-- What each rule does: records that it rejected, open ones that fail it now, and its false alarms: records that a
-- steward let in unchanged in spite of it. A rule that looks at two columns counts a record once.
CREATE OR ALTER VIEW Governance.Rule_Activity AS
WITH masks AS (
    SELECT Rule_Code, SUM(Check_Bit) AS Rule_Mask
    FROM Governance.Rule_Check
    GROUP BY Rule_Code
),
standing AS (
    SELECT Failed_Checks, COUNT_BIG(*) AS Record_Count
    FROM dbo.Data_Quarantine
    WHERE Status = N'Open' AND Failed_Checks <> 0
    GROUP BY Failed_Checks
)
SELECT m.Rule_Code, m.Rule_Mask,
       (SELECT COALESCE(SUM(n.Record_Count), 0)
        FROM Staging.Batch_Rule_Count AS n
        WHERE n.Rule_Code = m.Rule_Code)                                                                    AS Rejected_Count,
       (SELECT COALESCE(SUM(s.Record_Count), 0) FROM standing AS s WHERE s.Failed_Checks & m.Rule_Mask <> 0) AS Open_Count,
       (SELECT COUNT_BIG(*)
        FROM Staging.Raw_Record AS r
        JOIN Staging.Record_Outcome AS o
          ON o.Raw_ID = r.Raw_ID AND o.Outcome <> N'Quarantined'
        WHERE r.Waived_Checks <> 0 AND r.Waived_Checks & m.Rule_Mask <> 0)                                  AS False_Alarm_Count
FROM masks AS m;
GO
GRANT SELECT ON Governance.Rule_Activity TO data_steward, compliance_officer, data_analyst;
GO

-- Every version of every rule.
CREATE OR ALTER VIEW Governance.Rule_Versions AS
SELECT Rule_Code, Severity, Threshold, Is_Enabled, Wording, Hint, Modified_By, Change_Reason, Valid_From, Valid_To,
       CONVERT(BIT, IIF(Valid_To = CONVERT(DATETIME2(7), N'9999-12-31 23:59:59.9999999', 121), 1, 0)) AS Is_Current
FROM Governance.Quality_Rule FOR SYSTEM_TIME ALL
WHERE Valid_From < Valid_To;
GO
GRANT SELECT ON Governance.Rule_Versions TO data_steward, compliance_officer, data_analyst;
GO

-- A day's arrivals and what became of them.
CREATE OR ALTER VIEW Governance.Quality_Trend AS
SELECT CONVERT(DATE, Received_At)  AS Received_On,
       Source_Kind,
       COUNT_BIG(*)                AS Batch_Count,
       SUM(Loaded_Count)           AS Loaded_Count,
       SUM(Promoted_Count)         AS Promoted_Count,
       SUM(Unchanged_Count)        AS Unchanged_Count,
       SUM(Duplicate_Count)        AS Duplicate_Count,
       SUM(Quarantined_Count)      AS Quarantined_Count
FROM Staging.Ingestion_Batch
WHERE Status = N'Governed'
GROUP BY CONVERT(DATE, Received_At), Source_Kind;
GO
GRANT SELECT ON Governance.Quality_Trend TO data_steward, compliance_officer, data_analyst;
GO

-- A day's rejections by rule; what stewards sent again is not counted once more.
CREATE OR ALTER VIEW Governance.Rule_Trend AS
SELECT CONVERT(DATE, b.Received_At)  AS Received_On,
       n.Rule_Code,
       SUM(n.Record_Count)           AS Record_Count
FROM Staging.Batch_Rule_Count AS n
JOIN Staging.Ingestion_Batch AS b
  ON b.Batch_ID = n.Batch_ID
WHERE b.Source_Kind <> N'resubmission'
GROUP BY CONVERT(DATE, b.Received_At), n.Rule_Code;
GO
GRANT SELECT ON Governance.Rule_Trend TO data_steward, compliance_officer, data_analyst;
GO

-- What each source has sent on a day, and what became of it.
CREATE OR ALTER VIEW Governance.Source_Quality AS
SELECT CONVERT(DATE, Received_At)  AS Received_On,
       Source_Name,
       Source_Kind,
       COUNT_BIG(*)                AS Batch_Count,
       SUM(Loaded_Count)           AS Loaded_Count,
       SUM(Promoted_Count)         AS Promoted_Count,
       SUM(Unchanged_Count)        AS Unchanged_Count,
       SUM(Duplicate_Count)        AS Duplicate_Count,
       SUM(Quarantined_Count)      AS Quarantined_Count,
       MAX(Received_At)            AS Last_Received_At
FROM Staging.Ingestion_Batch
WHERE Status = N'Governed'
GROUP BY CONVERT(DATE, Received_At), Source_Name, Source_Kind;
GO
GRANT SELECT ON Governance.Source_Quality TO data_steward, compliance_officer, data_analyst;
GO

-- A day's resolved records, and the median of the minutes that they had waited.
CREATE OR ALTER VIEW Governance.Resolution_Trend AS
WITH waited AS (
    SELECT CONVERT(DATE, Resolved_At)                                               AS Resolved_On,
           Status,
           DATEDIFF_BIG(MILLISECOND, Quarantined_At, Resolved_At) / 60000E0         AS Waited_Minutes
    FROM dbo.Data_Quarantine
    WHERE Resolved_At IS NOT NULL
),
numbered AS (
    SELECT w.Resolved_On, w.Status, w.Waited_Minutes,
           ROW_NUMBER() OVER (PARTITION BY w.Resolved_On ORDER BY w.Waited_Minutes) AS Place,
           COUNT_BIG(*) OVER (PARTITION BY w.Resolved_On)                           AS Day_Count
    FROM waited AS w
)
SELECT n.Resolved_On,
       COUNT_BIG(*)                                                                 AS Record_Count,
       SUM(IIF(n.Status = N'Released', 1, 0))                                       AS Released_Count,
       SUM(IIF(n.Status = N'Merged', 1, 0))                                         AS Merged_Count,
       SUM(IIF(n.Status = N'Discarded', 1, 0))                                      AS Discarded_Count,
       AVG(CASE WHEN n.Place IN ((n.Day_Count + 1) / 2, (n.Day_Count + 2) / 2)
                THEN n.Waited_Minutes END)                                          AS Median_Minutes
FROM numbered AS n
GROUP BY n.Resolved_On;
GO
GRANT SELECT ON Governance.Resolution_Trend TO data_steward, compliance_officer, data_analyst;
GO

-- The open records by the day on which they came into quarantine.
CREATE OR ALTER VIEW dbo.Quarantine_Backlog AS
SELECT CONVERT(DATE, Quarantined_At)                 AS Quarantined_On,
       COUNT_BIG(*)                                  AS Record_Count,
       SUM(CASE WHEN Failed_Checks = 0 THEN 1 ELSE 0 END) AS Ready_Count
FROM dbo.Data_Quarantine
WHERE Status = N'Open'
GROUP BY CONVERT(DATE, Quarantined_At);
GO
GRANT SELECT ON dbo.Quarantine_Backlog TO data_steward, compliance_officer, data_analyst;
GO

-- What stewards change by hand on a day: cells by column and by kind of edit; what was undone is left out. A record counts
-- with its last change of the column, and so once in every sum that reaches up to today.
CREATE OR ALTER VIEW dbo.Repair_Pattern AS
WITH standing AS (
    SELECT e.Column_Name, g.Edit_Kind,
           CONVERT(DATE, e.Edited_At)                                                            AS Edited_On,
           ROW_NUMBER() OVER (PARTITION BY e.Quarantine_ID, e.Column_Name ORDER BY e.Revision_ID DESC) AS Place
    FROM dbo.Quarantine_Revision AS e
    JOIN dbo.Edit_Group AS g
      ON g.Edit_Group_ID = e.Edit_Group_ID
    WHERE g.Edit_Kind <> N'Undo'
      AND NOT EXISTS (SELECT 1 FROM dbo.Quarantine_Revision AS u WHERE u.Undoes_Revision_ID = e.Revision_ID)
)
SELECT s.Edited_On,
       s.Column_Name,
       s.Edit_Kind,
       COUNT_BIG(*)                   AS Cell_Count,
       SUM(IIF(s.Place = 1, 1, 0))    AS Record_Count
FROM standing AS s
GROUP BY s.Edited_On, s.Column_Name, s.Edit_Kind;
GO
GRANT SELECT ON dbo.Repair_Pattern TO data_steward, compliance_officer, data_analyst;
GO

-- The procedures as they are deployed: the SQL that implements the rules is read from here. A reader sees the definitions
-- of what it has a right to (VIEW DEFINITION, granted in 05 on Apply_Rules).
CREATE OR ALTER VIEW Governance.Procedure_Definitions AS
SELECT p.name AS Procedure_Name, m.definition AS Definition
FROM sys.procedures AS p
JOIN sys.sql_modules AS m
  ON m.object_id = p.object_id
WHERE p.is_ms_shipped = 0;
GO
GRANT SELECT ON Governance.Procedure_Definitions TO data_steward, compliance_officer, data_analyst;
GO

-- The log of actions. The ledger keeps its hashes to itself (a block a transaction, in sys.database_ledger_blocks), so
-- the two columns in which the twin shows its chain are empty here: NULL means that the server vouches for the log.
CREATE OR ALTER VIEW Governance.Action_Log AS
SELECT Action_ID, Acted_At, Actor, Action, Subject_Type, Subject_ID, Detail,
       CONVERT(NVARCHAR(64), NULL) AS Previous_Hash, CONVERT(NVARCHAR(64), NULL) AS Action_Hash
FROM Governance.Steward_Action;
GO
GRANT SELECT ON Governance.Action_Log TO data_steward, compliance_officer;
GO

------------------------------------------------------------------------------------------------------------
-- The platform's reports
------------------------------------------------------------------------------------------------------------

-- How full a tour is.
CREATE OR ALTER VIEW dbo.Tour_Occupancy AS
SELECT t.Dive_Tour_ID, t.Tour_Code, t.Tour_Name, s.Site_Name, s.Country_Code, t.Starts_On, t.Days, t.Capacity,
       COUNT_BIG(p.Diver_ID)               AS Booked_Count,
       t.Capacity - COUNT_BIG(p.Diver_ID)  AS Free_Count,
       t.Price_Eur
FROM dbo.Dive_Tour AS t
JOIN dbo.Dive_Site AS s
  ON s.Dive_Site_ID = t.Dive_Site_ID
LEFT JOIN dbo.Dive_Participation AS p
       ON p.Dive_Tour_ID = t.Dive_Tour_ID AND p.Status <> N'Cancelled'
GROUP BY t.Dive_Tour_ID, t.Tour_Code, t.Tour_Name, s.Site_Name, s.Country_Code, t.Starts_On, t.Days, t.Capacity, t.Price_Eur;
GO
GRANT SELECT ON dbo.Tour_Occupancy TO data_steward, compliance_officer, data_analyst;
GO

-- What a diver has dived; no personal data.
CREATE OR ALTER VIEW dbo.Diver_Logbook AS
SELECT l.Diver_ID,
       COUNT_BIG(*)                        AS Dive_Count,
       SUM(CONVERT(BIGINT, l.Minutes))     AS Total_Minutes,
       MAX(l.Max_Depth_M)                  AS Deepest_M,
       COUNT_BIG(DISTINCT l.Dive_Site_ID)  AS Site_Count,
       MAX(l.Dived_On)                     AS Last_Dived_On
FROM dbo.Dive_Log AS l
GROUP BY l.Diver_ID;
GO
GRANT SELECT ON dbo.Diver_Logbook TO data_steward, compliance_officer, data_analyst;
GO

-- The names by which the gatekeeper knows the levels.
CREATE OR ALTER VIEW dbo.Certification_Aliases AS
SELECT a.Alias, l.Certification_Level_ID, l.Level_Code, l.Level_Name, l.Is_Professional, l.Rank_Order
FROM dbo.Certification_Alias AS a
JOIN dbo.Certification_Level AS l
  ON l.Certification_Level_ID = a.Certification_Level_ID;
GO
GRANT SELECT ON dbo.Certification_Aliases TO data_steward, compliance_officer, data_analyst;
GO

-- How many divers hold each level.
CREATE OR ALTER VIEW dbo.Certification_Mix AS
SELECT l.Certification_Level_ID, l.Level_Code, l.Level_Name, l.Is_Professional,
       COUNT_BIG(d.Diver_ID) AS Diver_Count
FROM dbo.Certification_Level AS l
LEFT JOIN dbo.Diver AS d
       ON d.Certification_Level_ID = l.Certification_Level_ID
GROUP BY l.Certification_Level_ID, l.Level_Code, l.Level_Name, l.Is_Professional;
GO
GRANT SELECT ON dbo.Certification_Mix TO data_steward, compliance_officer, data_analyst;
GO

-- When a piece of equipment is to be serviced, and how often it was in the water.
CREATE OR ALTER VIEW dbo.Equipment_Service AS
SELECT e.Equipment_ID, e.Asset_Tag, e.Category, e.Model, e.Serviced_On,
       DATEADD(DAY, e.Service_Days, e.Serviced_On)           AS Service_Due_On,
       COUNT_BIG(g.Dive_Log_ID)                              AS Dive_Count
FROM dbo.Equipment AS e
LEFT JOIN dbo.Dive_Log_Equipment AS g
       ON g.Equipment_ID = e.Equipment_ID
WHERE e.Is_Retired = 0
GROUP BY e.Equipment_ID, e.Asset_Tag, e.Category, e.Model, e.Serviced_On, e.Service_Days;
GO
GRANT SELECT ON dbo.Equipment_Service TO data_steward, compliance_officer, data_analyst;
GO
