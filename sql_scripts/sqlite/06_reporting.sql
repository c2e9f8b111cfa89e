-- 06_reporting.sql · EnterpriseDiveDB on SQLite: the views. Everything that is read is one of these.
--
-- Twin of sqlserver/06_reporting.sql.

------------------------------------------------------------------------------------------------------------
-- The house
------------------------------------------------------------------------------------------------------------

-- The newest application of each script.
DROP VIEW IF EXISTS Deployment_Status;
CREATE VIEW Deployment_Status AS
SELECT s.Script_Name, s.Checksum, s.Applied_At, s.Applied_By, s.Duration_Ms, s.Program_Version
FROM Schema_Script AS s
WHERE s.Journal_ID = (SELECT max(n.Journal_ID) FROM Schema_Script AS n WHERE n.Script_Name = s.Script_Name);
GRANT SELECT ON Deployment_Status TO data_steward, compliance_officer, data_analyst;

-- What came from outside, and what became of it at the gate: what stewards send again has arrived before and is not
-- counted once more. Then where the records that were put aside are now. Columns that nobody asks for cost nothing: the
-- sums over batches come at once, a count of all divers takes its time. (SQLite computes all of a view without a FROM.)
DROP VIEW IF EXISTS Workspace_Summary;
CREATE VIEW Workspace_Summary AS
SELECT (SELECT count(*) FROM Diver)                                   AS Diver_Count,
       (SELECT count(*) FROM Diver_History)                           AS History_Count,
       (SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open')   AS Quarantine_Open_Count,
       (SELECT count(*) FROM Ingestion_Batch)                         AS Batch_Count,
       (SELECT coalesce(sum(Loaded_Count), 0)
        FROM Ingestion_Batch
        WHERE Status = 'Governed' AND Source_Kind <> 'resubmission')                               AS Loaded_Count,
       (SELECT coalesce(sum(Promoted_Count), 0)
        FROM Ingestion_Batch
        WHERE Source_Kind <> 'resubmission')                                                       AS Promoted_Count,
       (SELECT coalesce(sum(Unchanged_Count), 0)
        FROM Ingestion_Batch
        WHERE Source_Kind <> 'resubmission')                                                       AS Unchanged_Count,
       (SELECT coalesce(sum(Duplicate_Count), 0)
        FROM Ingestion_Batch
        WHERE Source_Kind <> 'resubmission')                                                       AS Duplicate_Count,
       (SELECT coalesce(sum(Quarantined_Count), 0)
        FROM Ingestion_Batch
        WHERE Source_Kind <> 'resubmission')                                                       AS Quarantined_Count,
       (SELECT count(*)
        FROM Ingestion_Batch
        WHERE Status = 'Governed' AND Source_Kind <> 'resubmission')                               AS Arrival_Count,
       (SELECT count(*) FROM Ingestion_Batch WHERE Status = 'Open')                                AS Unfinished_Count,
       (SELECT count(*) FROM Data_Quarantine WHERE Status = 'Open' AND Failed_Checks = 0)          AS Ready_Count,
       (SELECT count(*)
        FROM Data_Quarantine
        WHERE Status = 'Released' AND Resolved_At IS NOT NULL)                                     AS Released_Count,
       (SELECT count(*)
        FROM Data_Quarantine
        WHERE Status = 'Merged' AND Resolved_At IS NOT NULL)                                       AS Merged_Count,
       (SELECT count(*)
        FROM Data_Quarantine
        WHERE Status = 'Discarded' AND Resolved_At IS NOT NULL)                                    AS Discarded_Count
FROM (VALUES (1)) AS one;
GRANT SELECT ON Workspace_Summary TO data_steward, compliance_officer, data_analyst;

------------------------------------------------------------------------------------------------------------
-- Ingestion
------------------------------------------------------------------------------------------------------------

DROP VIEW IF EXISTS Batch_Summary;
CREATE VIEW Batch_Summary AS
SELECT Batch_ID, Source_Name, Source_Kind, Content_Hash, Status, Received_At, Received_By, Governed_At, Declared_Count,
       Loaded_Count, Promoted_Count, Unchanged_Count, Duplicate_Count, Quarantined_Count, Purged_At
FROM Ingestion_Batch;
GRANT SELECT ON Batch_Summary TO data_steward, compliance_officer, data_analyst;

-- Every record as it arrived, and what became of it. What a steward has edited comes again by its values alone.
DROP VIEW IF EXISTS Raw_Divers;
CREATE VIEW Raw_Divers AS
SELECT r.Raw_ID, r.Batch_ID, r.Source_Row, o.Outcome, o.Diver_ID, o.Quarantine_ID, r.First_Name, r.Last_Name, r.Email,
       r.Phone, r.Date_Of_Birth, r.Certification, r.Source_Reference,
       CASE WHEN r.Origin_Quarantine_ID IS NOT NULL AND r.Payload = '{"edited":true}'
            THEN json_object('First_Name', r.First_Name, 'Last_Name', r.Last_Name, 'Email', r.Email, 'Phone', r.Phone,
                             'Date_Of_Birth', r.Date_Of_Birth, 'Certification', r.Certification,
                             'Source_Reference', r.Source_Reference)
            ELSE r.Payload END AS Payload
FROM Raw_Record AS r
LEFT JOIN Record_Outcome AS o
       ON o.Raw_ID = r.Raw_ID;
GRANT SELECT ON Raw_Divers TO data_steward, compliance_officer;

-- How many records of each batch broke each rule.
DROP VIEW IF EXISTS Batch_Rejections;
CREATE VIEW Batch_Rejections AS
SELECT n.Batch_ID, r.Rule_Code, r.Column_Name, r.Dimension, r.Severity, r.Wording, r.Hint, n.Record_Count
FROM Batch_Rule_Count AS n
JOIN Quality_Rule AS r
  ON r.Rule_Code = n.Rule_Code;
GRANT SELECT ON Batch_Rejections TO data_steward, compliance_officer, data_analyst;

-- The gatekeeper's score against what a generator injected, a row a defect. Missed: injected and not found. Unexpected:
-- found in a record into which it was not injected. The row of CLEAN_RECORD counts the clean records: those rejected
-- all the same are its Unexpected. Where the data set was governed before, its divers are there already: then a
-- repeated record is found by being unchanged, and a rival in the batch by being the rival of a diver.
DROP VIEW IF EXISTS Batch_Score;
CREATE VIEW Batch_Score AS
WITH injected AS (
    SELECT i.Batch_ID, i.Defect_Code,
           CASE WHEN i.Defect_Code = 'REPEATED_RECORD'
                THEN o.Outcome IN ('Duplicate', 'Unchanged')
                ELSE EXISTS (SELECT 1
                             FROM Quarantine_Violation AS v
                             WHERE v.Quarantine_ID = o.Quarantine_ID AND v.Raw_ID = o.Raw_ID
                               AND (v.Rule_Code = i.Defect_Code
                                    OR (v.Rule_Code = 'DUPLICATE_OF_DIVER' AND i.Defect_Code = 'DUPLICATE_IN_BATCH')))
           END AS Is_Found
    FROM Injected_Defect AS i
    JOIN Raw_Record AS r
      ON r.Batch_ID = i.Batch_ID AND r.Source_Row = i.Source_Row
    JOIN Record_Outcome AS o
      ON o.Raw_ID = r.Raw_ID
),
by_defect AS (
    SELECT Batch_ID, Defect_Code, count(*) AS Injected_Count, sum(Is_Found) AS Found_Count
    FROM injected
    GROUP BY Batch_ID, Defect_Code
)
SELECT d.Batch_ID,
       d.Defect_Code,
       d.Injected_Count,
       d.Found_Count,
       d.Injected_Count - d.Found_Count AS Missed_Count,
       max(0, coalesce(n.Record_Count, 0) - d.Found_Count) * (d.Defect_Code <> 'REPEATED_RECORD') AS Unexpected_Count
FROM by_defect AS d
LEFT JOIN Batch_Rule_Count AS n
       ON n.Batch_ID = d.Batch_ID AND n.Rule_Code = d.Defect_Code
UNION ALL
SELECT b.Batch_ID,
       'CLEAN_RECORD',
       b.Loaded_Count - (SELECT count(DISTINCT i.Source_Row) FROM Injected_Defect AS i WHERE i.Batch_ID = b.Batch_ID),
       0,
       0,
       (SELECT count(*)
        FROM Raw_Record AS r
        JOIN Record_Outcome AS o
          ON o.Raw_ID = r.Raw_ID AND o.Outcome = 'Quarantined'
        WHERE r.Batch_ID = b.Batch_ID
          AND NOT EXISTS (SELECT 1
                          FROM Injected_Defect AS i
                          WHERE i.Batch_ID = r.Batch_ID AND i.Source_Row = r.Source_Row))
FROM Ingestion_Batch AS b
WHERE b.Source_Kind = 'synthetic' AND b.Status = 'Governed';
GRANT SELECT ON Batch_Score TO data_steward, compliance_officer, data_analyst;

-- Whether every record of a batch is accounted for: what the batch says less what its records say, outcome by outcome.
-- Lost: put aside, and in no quarantine. Stateless: in quarantine, and in no state or in two. All of it is 0, or something
-- was changed without the gatekeeper. It counts the records of the batches that are asked for, so ask for some at a time.
DROP VIEW IF EXISTS Conservation_Check;
CREATE VIEW Conservation_Check AS
WITH counted AS (
    SELECT b.Batch_ID,
           b.Loaded_Count - count(r.Raw_ID)                                          AS Loaded_Gap,
           b.Promoted_Count - sum(coalesce(o.Outcome = 'Promoted', 0))               AS Promoted_Gap,
           b.Unchanged_Count - sum(coalesce(o.Outcome = 'Unchanged', 0))             AS Unchanged_Gap,
           b.Duplicate_Count - sum(coalesce(o.Outcome = 'Duplicate', 0))             AS Duplicate_Gap,
           b.Quarantined_Count - sum(coalesce(o.Outcome = 'Quarantined', 0))         AS Quarantined_Gap,
           sum(CASE WHEN o.Outcome = 'Quarantined'
                     AND NOT EXISTS (SELECT 1 FROM Data_Quarantine AS q WHERE q.Quarantine_ID = o.Quarantine_ID)
                    THEN 1 ELSE 0 END)                                               AS Lost_Count,
           (SELECT count(*)
            FROM Data_Quarantine AS q
            WHERE q.Batch_ID = b.Batch_ID
              AND (q.Status NOT IN ('Open', 'Released', 'Merged', 'Discarded')
                   OR (q.Status = 'Open' AND q.Resolved_At IS NOT NULL)
                   OR (q.Status <> 'Open' AND q.Resolved_At IS NULL)))               AS Stateless_Count
    FROM Ingestion_Batch AS b
    LEFT JOIN Raw_Record AS r
           ON r.Batch_ID = b.Batch_ID
    LEFT JOIN Record_Outcome AS o
           ON o.Raw_ID = r.Raw_ID
    WHERE b.Status = 'Governed'
    GROUP BY b.Batch_ID
)
SELECT Batch_ID, Loaded_Gap, Promoted_Gap, Unchanged_Gap, Duplicate_Gap, Quarantined_Gap, Lost_Count, Stateless_Count,
       abs(Loaded_Gap) + abs(Promoted_Gap) + abs(Unchanged_Gap) + abs(Duplicate_Gap) + abs(Quarantined_Gap)
           + Lost_Count + Stateless_Count = 0 AS Is_Balanced
FROM counted;
GRANT SELECT ON Conservation_Check TO data_steward, compliance_officer, data_analyst;

-- How the records of two batches of the same content turned out, row by row: ask for one pair of batches.
--     Same diver    they are that diver both times         Same place    they wait in the same place of the quarantine
--     Other diver   they are another one by now            New place     they wait again: the place before was closed
--     Let in        stopped the first time, not now        Stopped       the other way round
DROP VIEW IF EXISTS Batch_Turn_Records;
CREATE VIEW Batch_Turn_Records AS
SELECT r.Batch_ID       AS First_Batch_ID,
       s.Batch_ID       AS Second_Batch_ID,
       r.Source_Row,
       CASE WHEN p.Diver_ID = o.Diver_ID THEN 'Same diver'
            WHEN p.Quarantine_ID = o.Quarantine_ID THEN 'Same place'
            WHEN o.Diver_ID IS NOT NULL AND p.Diver_ID IS NOT NULL THEN 'Other diver'
            WHEN o.Diver_ID IS NOT NULL THEN 'Stopped'
            WHEN p.Diver_ID IS NOT NULL THEN 'Let in'
            ELSE 'New place' END AS Turn,
       o.Outcome        AS First_Outcome,
       p.Outcome        AS Second_Outcome,
       p.Diver_ID,
       p.Quarantine_ID
FROM Raw_Record AS r
JOIN Record_Outcome AS o
  ON o.Raw_ID = r.Raw_ID
JOIN Raw_Record AS s
  ON s.Source_Row = r.Source_Row
JOIN Record_Outcome AS p
  ON p.Raw_ID = s.Raw_ID;
GRANT SELECT ON Batch_Turn_Records TO data_steward, compliance_officer;

-- The same, counted.
DROP VIEW IF EXISTS Batch_Turns;
CREATE VIEW Batch_Turns AS
SELECT t.First_Batch_ID, t.Second_Batch_ID, t.Turn, t.First_Outcome, t.Second_Outcome, count(*) AS Record_Count
FROM Batch_Turn_Records AS t
GROUP BY t.First_Batch_ID, t.Second_Batch_ID, t.Turn, t.First_Outcome, t.Second_Outcome;
GRANT SELECT ON Batch_Turns TO data_steward, compliance_officer, data_analyst;

------------------------------------------------------------------------------------------------------------
-- Quarantine
------------------------------------------------------------------------------------------------------------

-- The records that wait or waited: their values as they are now and as they came, the rules that they broke at their
-- last attempt, and where they stand now (Failed_Checks, Edited_Columns: see 01). A claim that has expired is none. LEFT
-- joins, which cost nothing where their columns are not asked for. What is wide is better read from the first to the last
-- than one by one through an index on the status (+).
DROP VIEW IF EXISTS Quarantine_Queue;
CREATE VIEW Quarantine_Queue AS
SELECT q.Quarantine_ID, q.Batch_ID, b.Source_Name, r.Source_Row, +q.Status AS Status,
       q.First_Name, q.Last_Name, q.Email, q.Phone, q.Date_Of_Birth, q.Certification, q.Source_Reference,
       (SELECT group_concat(v.Rule_Code, ', ')
        FROM (SELECT DISTINCT Rule_Code
              FROM Quarantine_Violation
              WHERE Quarantine_ID = q.Quarantine_ID AND Attempt = q.Attempt_Count
              ORDER BY Rule_Code) AS v)        AS Failed_Rules,
       q.Attempt_Count, q.Record_Version, q.Quarantined_At,
       CASE WHEN q.Claimed_Until > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN q.Claimed_By END AS Claimed_By,
       CASE WHEN q.Claimed_Until > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN q.Claimed_Until END AS Claimed_Until,
       q.Resolution_Code, q.Resolution_Reason, q.Resolved_By, q.Resolved_At, q.Diver_ID, nullif(r.Payload, '') AS Payload,
       q.Raw_ID, q.Failed_Checks, q.Edited_Columns, substr(q.Quarantined_At, 1, 10) AS Quarantined_On,
       q.Claimed_Until IS NOT NULL AND q.Claimed_Until > strftime('%Y-%m-%d %H:%M:%f', 'now') AS Is_Claimed,
       r.First_Name AS Raw_First_Name, r.Last_Name AS Raw_Last_Name, r.Email AS Raw_Email, r.Phone AS Raw_Phone,
       r.Date_Of_Birth AS Raw_Date_Of_Birth, r.Certification AS Raw_Certification,
       r.Source_Reference AS Raw_Source_Reference
FROM Data_Quarantine AS q
LEFT JOIN Ingestion_Batch AS b
       ON b.Batch_ID = q.Batch_ID
LEFT JOIN Raw_Record AS r
       ON r.Raw_ID = q.Raw_ID;
GRANT SELECT ON Quarantine_Queue TO data_steward, compliance_officer;

-- What a list is filtered and sorted by, in narrow rows: of all records, of those that wait, and of those that are closed.
-- An index holds all that the last two tell. It serves only who says of which they are, and not in a parameter.
DROP VIEW IF EXISTS Quarantine_Keys;
CREATE VIEW Quarantine_Keys AS
SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.Failed_Checks,
       CASE WHEN q.Claimed_Until > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN q.Claimed_By END AS Claimed_By,
       q.Quarantined_At, substr(q.Quarantined_At, 1, 10) AS Quarantined_On
FROM Data_Quarantine AS q;
GRANT SELECT ON Quarantine_Keys TO data_steward, compliance_officer;

DROP VIEW IF EXISTS Quarantine_Open_Keys;
CREATE VIEW Quarantine_Open_Keys AS
SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.Failed_Checks,
       CASE WHEN q.Claimed_Until > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN q.Claimed_By END AS Claimed_By,
       q.Quarantined_At, substr(q.Quarantined_At, 1, 10) AS Quarantined_On
FROM Data_Quarantine AS q
WHERE q.Status = 'Open';
GRANT SELECT ON Quarantine_Open_Keys TO data_steward, compliance_officer;

-- What is closed is claimed by nobody.
DROP VIEW IF EXISTS Quarantine_Closed_Keys;
CREATE VIEW Quarantine_Closed_Keys AS
SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.Failed_Checks, NULL AS Claimed_By, q.Quarantined_At,
       substr(q.Quarantined_At, 1, 10) AS Quarantined_On
FROM Data_Quarantine AS q
WHERE q.Resolved_At IS NOT NULL;
GRANT SELECT ON Quarantine_Closed_Keys TO data_steward, compliance_officer;

-- How many records share a status, a batch, a standing, a claim and a day: every facet and every combination of them
-- is a sum over these few rows. The inner counts stream from indexes that hold nothing else.
DROP VIEW IF EXISTS Quarantine_Cube;
CREATE VIEW Quarantine_Cube AS
SELECT c.Status, c.Batch_ID, c.Failed_Checks,
       CASE WHEN c.Claimed_Until > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN c.Claimed_By END AS Claimed_By,
       substr(c.Quarantined_At, 1, 10) AS Quarantined_On,
       sum(c.Record_Count) AS Record_Count
FROM (SELECT Status, Batch_ID, Failed_Checks, Claimed_By, Claimed_Until, Quarantined_At, count(*) AS Record_Count
      FROM Data_Quarantine
      WHERE Status = 'Open'
      GROUP BY Status, Batch_ID, Failed_Checks, Claimed_By, Claimed_Until, Quarantined_At
      UNION ALL
      SELECT Status, Batch_ID, Failed_Checks, NULL, NULL, Quarantined_At, count(*)
      FROM Data_Quarantine
      WHERE Resolved_At IS NOT NULL
      GROUP BY Status, Batch_ID, Failed_Checks, Quarantined_At) AS c
GROUP BY c.Status, c.Batch_ID, c.Failed_Checks,
         CASE WHEN c.Claimed_Until > strftime('%Y-%m-%d %H:%M:%f', 'now') THEN c.Claimed_By END,
         substr(c.Quarantined_At, 1, 10);
GRANT SELECT ON Quarantine_Cube TO data_steward, compliance_officer;

-- Every reason of every record, in words.
DROP VIEW IF EXISTS Quarantine_Reasons;
CREATE VIEW Quarantine_Reasons AS
SELECT v.Quarantine_ID, v.Attempt, v.Attempt = q.Attempt_Count AS Is_Current, v.Rule_Code, v.Column_Name, v.Observed_Value,
       r.Severity, r.Dimension, r.Wording, r.Hint, v.Raw_ID, v.Recorded_At, v.Diver_ID
FROM Quarantine_Violation AS v
JOIN Data_Quarantine AS q
  ON q.Quarantine_ID = v.Quarantine_ID
JOIN Quality_Rule AS r
  ON r.Rule_Code = v.Rule_Code;
GRANT SELECT ON Quarantine_Reasons TO data_steward, compliance_officer;

-- The edits as a person knows them, each with the one that took it back.
DROP VIEW IF EXISTS Edit_History;
CREATE VIEW Edit_History AS
SELECT g.Edit_Group_ID, g.Edit_Kind, g.Edit_Reason, g.Edited_By, g.Edited_At, g.Record_Count, g.Cell_Count, g.Undoes_Group_ID,
       (SELECT max(u.Edit_Group_ID) FROM Edit_Group AS u WHERE u.Undoes_Group_ID = g.Edit_Group_ID) AS Undone_By_Group_ID,
       (SELECT coalesce(sum(u.Cell_Count), 0)
        FROM Edit_Group AS u
        WHERE u.Undoes_Group_ID = g.Edit_Group_ID)                                                  AS Undone_Count
FROM Edit_Group AS g;
GRANT SELECT ON Edit_History TO data_steward, compliance_officer;

-- Every edit of every cell; one that was taken back does not stand.
DROP VIEW IF EXISTS Revision_History;
CREATE VIEW Revision_History AS
SELECT r.Revision_ID, r.Quarantine_ID, r.Edit_Group_ID, g.Edit_Kind, r.Column_Name, r.Old_Value, r.New_Value, r.Edited_By,
       r.Edited_At, r.Edit_Reason, r.Undoes_Revision_ID,
       NOT EXISTS (SELECT 1 FROM Quarantine_Revision AS u WHERE u.Undoes_Revision_ID = r.Revision_ID) AS Is_Standing
FROM Quarantine_Revision AS r
JOIN Edit_Group AS g
  ON g.Edit_Group_ID = r.Edit_Group_ID;
GRANT SELECT ON Revision_History TO data_steward, compliance_officer;

-- Why a steward may discard a record.
DROP VIEW IF EXISTS Discard_Codes;
CREATE VIEW Discard_Codes AS
SELECT Discard_Code, Discard_Label, Rank_Order
FROM Discard_Code;
GRANT SELECT ON Discard_Codes TO data_steward, compliance_officer;

------------------------------------------------------------------------------------------------------------
-- Divers through time
------------------------------------------------------------------------------------------------------------

-- Every version of every diver; as of an instant T: Valid_From <= T AND T < Valid_To.
-- Both halves have columns of the same types (CAST), or SQLite would not search them one by one.
DROP VIEW IF EXISTS Diver_Versions;
CREATE VIEW Diver_Versions AS
SELECT h.Diver_ID, h.First_Name, h.Last_Name, h.Email, h.Phone, h.Date_Of_Birth,
       (SELECT l.Level_Name
        FROM Certification_Level AS l
        WHERE l.Certification_Level_ID = h.Certification_Level_ID)  AS Certification,
       h.Certification_Level_ID, h.Source_Reference, h.Modified_By, h.Change_Reason, h.Valid_From, h.Valid_To,
       CAST(0 AS INTEGER)                                           AS Is_Current
FROM Diver_History AS h
UNION ALL
SELECT d.Diver_ID, d.First_Name, d.Last_Name, d.Email, d.Phone, d.Date_Of_Birth,
       (SELECT l.Level_Name
        FROM Certification_Level AS l
        WHERE l.Certification_Level_ID = d.Certification_Level_ID),
       d.Certification_Level_ID, d.Source_Reference, d.Modified_By, d.Change_Reason, d.Valid_From,
       CAST('9999-12-31 23:59:59.999999' AS TEXT),
       CAST(1 AS INTEGER)
FROM Diver AS d;
GRANT SELECT ON Diver_Versions TO data_steward, compliance_officer, data_analyst;

-- When a diver was taken out of the directory, by whom and why.
DROP VIEW IF EXISTS Diver_Deletions;
CREATE VIEW Diver_Deletions AS
SELECT Diver_ID, Deleted_At, Deleted_By, Delete_Reason
FROM Diver_Deletion;
GRANT SELECT ON Diver_Deletions TO data_steward, compliance_officer, data_analyst;

-- Every change of every diver, the end of one too. Changed_Columns has one bit a column (1, 2, 4, … in the order
-- First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification, Source_Reference), of the values themselves: who
-- sees masks sees all the same that a value changed. No value of a diver is in it.
-- Where a version ends, another follows or the diver is gone: these come from the index by ends, a range of it for a range
-- of time. What nothing went before are beginnings. What follows, or went before, is looked up among the diver's own ends,
-- so that a diver with thousands of versions costs no more for each: = would lead the planner to the index by ends alone,
-- where a batch gives thousands the same instant, BETWEEN does not. Columns of one type (CAST) in all three let it search
-- and sort them one by one.
DROP VIEW IF EXISTS Diver_Changes;
CREATE VIEW Diver_Changes AS
SELECT h.Valid_To                                                     AS Changed_At,
       h.Diver_ID                                                     AS Diver_ID,
       CAST(CASE WHEN c.Diver_ID IS NOT NULL OR n.Diver_ID IS NOT NULL THEN 'Changed' ELSE 'Deleted' END AS TEXT)
                                                                      AS Change_Kind,
       CAST(CASE WHEN c.Diver_ID IS NOT NULL
                 THEN 1 * (c.First_Name <> h.First_Name)
                      + 2 * (c.Last_Name <> h.Last_Name)
                      + 4 * (c.Email <> h.Email)
                      + 8 * (c.Phone IS NOT h.Phone)
                      + 16 * (c.Date_Of_Birth <> h.Date_Of_Birth)
                      + 32 * (c.Certification_Level_ID IS NOT h.Certification_Level_ID)
                      + 64 * (c.Source_Reference IS NOT h.Source_Reference)
                 WHEN n.Diver_ID IS NOT NULL
                 THEN 1 * (n.First_Name <> h.First_Name)
                      + 2 * (n.Last_Name <> h.Last_Name)
                      + 4 * (n.Email <> h.Email)
                      + 8 * (n.Phone IS NOT h.Phone)
                      + 16 * (n.Date_Of_Birth <> h.Date_Of_Birth)
                      + 32 * (n.Certification_Level_ID IS NOT h.Certification_Level_ID)
                      + 64 * (n.Source_Reference IS NOT h.Source_Reference)
                 ELSE 0 END AS INTEGER)                               AS Changed_Columns,
       CAST(coalesce(c.Modified_By, n.Modified_By, x.Deleted_By, 'unknown (outside the program)') AS TEXT)
                                                                      AS Modified_By,
       CAST(coalesce(c.Change_Reason, n.Change_Reason, x.Delete_Reason,
                     'Deleted without DiveGov Steward; no reason was given.') AS TEXT)
                                                                      AS Change_Reason
FROM Diver_History AS h
LEFT JOIN Diver AS c
       ON c.Diver_ID = h.Diver_ID AND c.Valid_From = h.Valid_To
LEFT JOIN Diver_History AS n
       ON c.Diver_ID IS NULL
      AND n.Version_ID = (SELECT f.Version_ID
                          FROM Diver_History AS f
                          WHERE f.Diver_ID = h.Diver_ID AND f.Valid_To > h.Valid_To
                          ORDER BY f.Valid_To
                          LIMIT 1)
      AND n.Valid_From = h.Valid_To
LEFT JOIN Diver_Deletion AS x
       ON x.Diver_ID = h.Diver_ID AND x.Deleted_At = h.Valid_To
UNION ALL
SELECT v.Valid_From, v.Diver_ID,
       CAST(CASE WHEN EXISTS (SELECT 1 FROM Diver_History AS e WHERE e.Diver_ID = v.Diver_ID) THEN 'Restored' ELSE 'Created' END AS TEXT),
       CAST(0 AS INTEGER), v.Modified_By, v.Change_Reason
FROM Diver AS v
WHERE NOT EXISTS (SELECT 1 FROM Diver_History AS p WHERE p.Diver_ID = v.Diver_ID AND p.Valid_To BETWEEN v.Valid_From AND v.Valid_From)
UNION ALL
SELECT b.Valid_From, b.Diver_ID,
       CAST(CASE WHEN EXISTS (SELECT 1 FROM Diver_History AS e WHERE e.Diver_ID = b.Diver_ID AND e.Valid_To < b.Valid_From)
                 THEN 'Restored' ELSE 'Created' END AS TEXT),
       CAST(0 AS INTEGER), v.Modified_By, v.Change_Reason
FROM Diver_History AS b
CROSS JOIN Diver_History AS v
        ON v.Version_ID = b.Version_ID
WHERE NOT EXISTS (SELECT 1 FROM Diver_History AS p WHERE p.Diver_ID = b.Diver_ID AND p.Valid_To BETWEEN b.Valid_From AND b.Valid_From);
GRANT SELECT ON Diver_Changes TO data_steward, compliance_officer, data_analyst;

-- When whom something happened to, and no more: what Diver_Changes tells, to be counted without looking at any value.
DROP VIEW IF EXISTS Diver_Change_Times;
CREATE VIEW Diver_Change_Times AS
SELECT h.Valid_To AS Changed_At, h.Diver_ID AS Diver_ID
FROM Diver_History AS h
UNION ALL
SELECT v.Valid_From, v.Diver_ID
FROM Diver AS v
WHERE NOT EXISTS (SELECT 1 FROM Diver_History AS p WHERE p.Diver_ID = v.Diver_ID AND p.Valid_To BETWEEN v.Valid_From AND v.Valid_From)
UNION ALL
SELECT b.Valid_From, b.Diver_ID
FROM Diver_History AS b
WHERE NOT EXISTS (SELECT 1 FROM Diver_History AS p WHERE p.Diver_ID = b.Diver_ID AND p.Valid_To BETWEEN b.Valid_From AND b.Valid_From);
GRANT SELECT ON Diver_Change_Times TO data_steward, compliance_officer, data_analyst;

-- One thread of what happened to a record and to a diver: filter either's id, sort by Story_At and Story_Step. What
-- happened to the record of a diver before it became one belongs to both. Detail is JSON, or NULL.
DROP VIEW IF EXISTS Record_Story;
CREATE VIEW Record_Story AS
SELECT b.Received_At AS Story_At, 1 AS Story_Step, 'Arrived' AS Story_Kind, NULL AS Quarantine_ID, o.Diver_ID, o.Raw_ID,
       r.Batch_ID, b.Received_By AS Actor,
       'Record ' || r.Source_Row || ' of ' || b.Source_Name || ': ' || lower(o.Outcome) AS Summary, NULL AS Detail
FROM Record_Outcome AS o
JOIN Raw_Record AS r
  ON r.Raw_ID = o.Raw_ID
JOIN Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
WHERE o.Diver_ID IS NOT NULL AND r.Origin_Quarantine_ID IS NULL
UNION ALL
SELECT b.Received_At, 1, 'Arrived', q.Quarantine_ID, q.Diver_ID, o.Raw_ID, r.Batch_ID, b.Received_By,
       'Record ' || r.Source_Row || ' of ' || b.Source_Name, NULL
FROM Data_Quarantine AS q
JOIN Record_Outcome AS o
  ON o.Quarantine_ID = q.Quarantine_ID
JOIN Raw_Record AS r
  ON r.Raw_ID = o.Raw_ID
JOIN Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
WHERE r.Origin_Quarantine_ID IS NULL
UNION ALL
SELECT b.Received_At, 2, 'Resubmitted', q.Quarantine_ID, q.Diver_ID, r.Raw_ID, r.Batch_ID, b.Received_By,
       b.Source_Name, NULL
FROM Data_Quarantine AS q
JOIN Raw_Record AS r
  ON r.Origin_Quarantine_ID = q.Quarantine_ID
JOIN Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
UNION ALL
SELECT b.Governed_At, 3, 'Rejected', q.Quarantine_ID, q.Diver_ID, o.Raw_ID, r.Batch_ID, b.Received_By,
       (SELECT group_concat(w.Wording, '; ')
        FROM (SELECT DISTINCT k.Wording
              FROM Quarantine_Violation AS v
              JOIN Quality_Rule AS k
                ON k.Rule_Code = v.Rule_Code
              WHERE v.Quarantine_ID = q.Quarantine_ID AND v.Raw_ID = o.Raw_ID
              ORDER BY k.Wording) AS w),
       (SELECT json_group_array(json_object('rule', v.Rule_Code, 'column', v.Column_Name, 'value', v.Observed_Value,
                                            'diver', v.Diver_ID))
        FROM Quarantine_Violation AS v
        WHERE v.Quarantine_ID = q.Quarantine_ID AND v.Raw_ID = o.Raw_ID)
FROM Data_Quarantine AS q
JOIN Record_Outcome AS o
  ON o.Quarantine_ID = q.Quarantine_ID AND o.Outcome = 'Quarantined'
JOIN Raw_Record AS r
  ON r.Raw_ID = o.Raw_ID
JOIN Ingestion_Batch AS b
  ON b.Batch_ID = r.Batch_ID
UNION ALL
SELECT e.Edited_At, 4, 'Edited', q.Quarantine_ID, q.Diver_ID, q.Raw_ID, q.Batch_ID, e.Edited_By,
       CASE g.Edit_Kind WHEN 'Undo' THEN 'Took edit ' || g.Undoes_Group_ID || ' back'
                        WHEN 'Bulk' THEN 'With ' || g.Record_Count || ' records'
                        WHEN 'Import' THEN 'From a file'
                        WHEN 'Suggestion' THEN 'By a suggestion'
                        ELSE 'By hand' END || coalesce(': ' || g.Edit_Reason, ''),
       (SELECT json_group_array(json_object('column', c.Column_Name, 'old', c.Old_Value, 'new', c.New_Value))
        FROM Quarantine_Revision AS c
        WHERE c.Quarantine_ID = e.Quarantine_ID AND c.Edit_Group_ID = e.Edit_Group_ID)
FROM Data_Quarantine AS q
JOIN Quarantine_Revision AS e
  ON e.Quarantine_ID = q.Quarantine_ID
JOIN Edit_Group AS g
  ON g.Edit_Group_ID = e.Edit_Group_ID
-- One row an edit: that of its first cell in the record.
WHERE NOT EXISTS (SELECT 1
                  FROM Quarantine_Revision AS f
                  WHERE f.Quarantine_ID = e.Quarantine_ID
                    AND f.Edit_Group_ID = e.Edit_Group_ID
                    AND f.Revision_ID < e.Revision_ID)
UNION ALL
SELECT v.Acted_At, 5, v.Event_Kind, q.Quarantine_ID, q.Diver_ID, q.Raw_ID, q.Batch_ID, v.Acted_By,
       coalesce((SELECT d.Discard_Label || coalesce(': ' || v.Event_Reason, '')
                 FROM Discard_Code AS d
                 WHERE d.Discard_Code = v.Event_Code), v.Event_Reason, ''),
       NULL
FROM Data_Quarantine AS q
JOIN Quarantine_Event AS v
  ON v.Quarantine_ID = q.Quarantine_ID
UNION ALL
SELECT q.Resolved_At, 6, q.Status, q.Quarantine_ID, q.Diver_ID, q.Raw_ID, q.Batch_ID, q.Resolved_By,
       q.Resolution_Code || coalesce(': ' || q.Resolution_Reason, ''), NULL
FROM Data_Quarantine AS q
WHERE q.Status IN ('Released', 'Merged')
UNION ALL
SELECT c.Changed_At, 7, CASE c.Change_Kind WHEN 'Deleted' THEN 'Deleted' ELSE 'Version' END, NULL, c.Diver_ID, NULL, NULL,
       c.Modified_By, c.Change_Reason, json_object('change', c.Change_Kind, 'columns', c.Changed_Columns)
FROM Diver_Changes AS c;
GRANT SELECT ON Record_Story TO data_steward, compliance_officer;

-- Whom a text finds, by what they are and were called: filter Search_Column and the beginning of Term (lower case). A
-- name is there in both orders under Last_Name.
DROP VIEW IF EXISTS Diver_Search;
CREATE VIEW Diver_Search AS
SELECT t.Search_Column, t.Term, t.Diver_ID
FROM Search_Term AS t
UNION ALL
SELECT CAST('Email' AS TEXT), d.Email, d.Diver_ID
FROM Diver AS d
UNION ALL
SELECT CAST('Last_Name' AS TEXT), CAST(lower(d.Last_Name || ' ' || d.First_Name) AS TEXT), d.Diver_ID
FROM Diver AS d
WHERE d.Diver_ID > (SELECT p.Indexed_To FROM Search_Progress AS p)
UNION ALL
SELECT CAST('Last_Name' AS TEXT), CAST(lower(d.First_Name || ' ' || d.Last_Name) AS TEXT), d.Diver_ID
FROM Diver AS d
WHERE d.Diver_ID > (SELECT p.Indexed_To FROM Search_Progress AS p)
UNION ALL
SELECT CAST('Source_Reference' AS TEXT), CAST(lower(d.Source_Reference) AS TEXT), d.Diver_ID
FROM Diver AS d
WHERE d.Diver_ID > (SELECT p.Indexed_To FROM Search_Progress AS p) AND d.Source_Reference IS NOT NULL;
GRANT SELECT ON Diver_Search TO data_steward, compliance_officer, data_analyst;

------------------------------------------------------------------------------------------------------------
-- Privacy
------------------------------------------------------------------------------------------------------------

-- What each role may read and run.
DROP VIEW IF EXISTS Role_Rights;
CREATE VIEW Role_Rights AS
SELECT Role_Name, Object_Name
FROM Object_Grant;
GRANT SELECT ON Role_Rights TO data_steward, compliance_officer, data_analyst;

-- Over which columns each role sees a mask, and which.
DROP VIEW IF EXISTS Role_Masks;
CREATE VIEW Role_Masks AS
SELECT r.Role_Name, r.Role_Label, r.Description, m.Column_Name, m.Mask_Function,
       NOT EXISTS (SELECT 1
                   FROM Unmask_Grant AS g
                   WHERE g.Role_Name = r.Role_Name AND g.Column_Name = m.Column_Name) AS Is_Masked
FROM Security_Role AS r
CROSS JOIN Masked_Column AS m;
GRANT SELECT ON Role_Masks TO data_steward, compliance_officer, data_analyst;

-- Who looked behind a mask, at what, and why.
DROP VIEW IF EXISTS Reveal_Register;
CREATE VIEW Reveal_Register AS
SELECT Reveal_ID, Diver_ID, Column_Name, Revealed_By, Revealed_At, Expires_At, Reveal_Reason
FROM Diver_Reveal;
GRANT SELECT ON Reveal_Register TO data_steward, compliance_officer;

-- Who was erased, by their number, when and by whom; and by how many identities they are known again,
-- with which key.
DROP VIEW IF EXISTS Erasure_Register;
CREATE VIEW Erasure_Register AS
SELECT Diver_ID, Erased_At, Erased_By, substr(Tombstone, 1, 8) AS Key_Mark, count(*) AS Tombstone_Count
FROM Erasure_Tombstone
GROUP BY Diver_ID, Erased_At, Erased_By, substr(Tombstone, 1, 8);
GRANT SELECT ON Erasure_Register TO data_steward, compliance_officer;

------------------------------------------------------------------------------------------------------------
-- Quality
------------------------------------------------------------------------------------------------------------

DROP VIEW IF EXISTS Rule_Catalogue;
CREATE VIEW Rule_Catalogue AS
SELECT r.Rule_Code, r.Column_Name, r.Dimension, r.Severity, r.Threshold, r.Is_Enabled, r.Is_Mandatory, r.Wording, r.Hint,
       (SELECT coalesce(sum(n.Record_Count), 0) FROM Batch_Rule_Count AS n WHERE n.Rule_Code = r.Rule_Code) AS Record_Count,
       r.Modified_By, r.Change_Reason, r.Valid_From
FROM Quality_Rule AS r;
GRANT SELECT ON Rule_Catalogue TO data_steward, compliance_officer, data_analyst;

-- What each bit of a standing means, in words.
DROP VIEW IF EXISTS Rule_Checks;
CREATE VIEW Rule_Checks AS
SELECT c.Check_Bit, c.Rule_Code, c.Column_Name, r.Severity, r.Wording, r.Hint, r.Is_Enabled
FROM Rule_Check AS c
JOIN Quality_Rule AS r
  ON r.Rule_Code = c.Rule_Code;
GRANT SELECT ON Rule_Checks TO data_steward, compliance_officer, data_analyst;

-- What each rule does: records that it rejected, open ones that fail it now, and its false alarms: records that a
-- steward let in unchanged in spite of it. A rule that looks at two columns counts a record once.
DROP VIEW IF EXISTS Rule_Activity;
CREATE VIEW Rule_Activity AS
WITH masks AS (
    SELECT Rule_Code, sum(Check_Bit) AS Rule_Mask
    FROM Rule_Check
    GROUP BY Rule_Code
),
standing AS MATERIALIZED (
    SELECT Failed_Checks, count(*) AS Record_Count
    FROM Data_Quarantine
    WHERE Status = 'Open' AND Failed_Checks <> 0
    GROUP BY Failed_Checks
)
SELECT m.Rule_Code, m.Rule_Mask,
       (SELECT coalesce(sum(n.Record_Count), 0) FROM Batch_Rule_Count AS n WHERE n.Rule_Code = m.Rule_Code) AS Rejected_Count,
       (SELECT coalesce(sum(s.Record_Count), 0) FROM standing AS s WHERE s.Failed_Checks & m.Rule_Mask)     AS Open_Count,
       (SELECT count(*)
        FROM Raw_Record AS r
        JOIN Record_Outcome AS o
          ON o.Raw_ID = r.Raw_ID AND o.Outcome <> 'Quarantined'
        WHERE r.Waived_Checks <> 0 AND r.Waived_Checks & m.Rule_Mask)                                       AS False_Alarm_Count
FROM masks AS m;
GRANT SELECT ON Rule_Activity TO data_steward, compliance_officer, data_analyst;

-- Every version of every rule.
DROP VIEW IF EXISTS Rule_Versions;
CREATE VIEW Rule_Versions AS
SELECT Rule_Code, Severity, Threshold, Is_Enabled, Wording, Hint, Modified_By, Change_Reason, Valid_From, Valid_To,
       0 AS Is_Current
FROM Quality_Rule_History
UNION ALL
SELECT Rule_Code, Severity, Threshold, Is_Enabled, Wording, Hint, Modified_By, Change_Reason, Valid_From,
       '9999-12-31 23:59:59.999999', 1
FROM Quality_Rule;
GRANT SELECT ON Rule_Versions TO data_steward, compliance_officer, data_analyst;

-- A day's arrivals and what became of them.
DROP VIEW IF EXISTS Quality_Trend;
CREATE VIEW Quality_Trend AS
SELECT substr(Received_At, 1, 10)  AS Received_On,
       Source_Kind,
       count(*)                    AS Batch_Count,
       sum(Loaded_Count)           AS Loaded_Count,
       sum(Promoted_Count)         AS Promoted_Count,
       sum(Unchanged_Count)        AS Unchanged_Count,
       sum(Duplicate_Count)        AS Duplicate_Count,
       sum(Quarantined_Count)      AS Quarantined_Count
FROM Ingestion_Batch
WHERE Status = 'Governed'
GROUP BY substr(Received_At, 1, 10), Source_Kind;
GRANT SELECT ON Quality_Trend TO data_steward, compliance_officer, data_analyst;

-- A day's rejections by rule; what stewards sent again is not counted once more.
DROP VIEW IF EXISTS Rule_Trend;
CREATE VIEW Rule_Trend AS
SELECT substr(b.Received_At, 1, 10)  AS Received_On,
       n.Rule_Code,
       sum(n.Record_Count)           AS Record_Count
FROM Batch_Rule_Count AS n
JOIN Ingestion_Batch AS b
  ON b.Batch_ID = n.Batch_ID
WHERE b.Source_Kind <> 'resubmission'
GROUP BY substr(b.Received_At, 1, 10), n.Rule_Code;
GRANT SELECT ON Rule_Trend TO data_steward, compliance_officer, data_analyst;

-- What each source has sent on a day, and what became of it.
DROP VIEW IF EXISTS Source_Quality;
CREATE VIEW Source_Quality AS
SELECT substr(Received_At, 1, 10)  AS Received_On,
       Source_Name,
       Source_Kind,
       count(*)                    AS Batch_Count,
       sum(Loaded_Count)           AS Loaded_Count,
       sum(Promoted_Count)         AS Promoted_Count,
       sum(Unchanged_Count)        AS Unchanged_Count,
       sum(Duplicate_Count)        AS Duplicate_Count,
       sum(Quarantined_Count)      AS Quarantined_Count,
       max(Received_At)            AS Last_Received_At
FROM Ingestion_Batch
WHERE Status = 'Governed'
GROUP BY substr(Received_At, 1, 10), Source_Name, Source_Kind;
GRANT SELECT ON Source_Quality TO data_steward, compliance_officer, data_analyst;

-- A day's resolved records, and the median of the minutes that they had waited.
DROP VIEW IF EXISTS Resolution_Trend;
CREATE VIEW Resolution_Trend AS
WITH waited AS (
    SELECT substr(Resolved_At, 1, 10)                                              AS Resolved_On,
           Status,
           (julianday(Resolved_At) - julianday(Quarantined_At)) * 1440.0           AS Waited_Minutes
    FROM Data_Quarantine
    WHERE Resolved_At IS NOT NULL
),
numbered AS (
    SELECT w.Resolved_On, w.Status, w.Waited_Minutes,
           row_number() OVER (PARTITION BY w.Resolved_On ORDER BY w.Waited_Minutes) AS Place,
           count(*) OVER (PARTITION BY w.Resolved_On)                               AS Day_Count
    FROM waited AS w
)
SELECT n.Resolved_On,
       count(*)                                                                     AS Record_Count,
       sum(n.Status = 'Released')                                                   AS Released_Count,
       sum(n.Status = 'Merged')                                                     AS Merged_Count,
       sum(n.Status = 'Discarded')                                                  AS Discarded_Count,
       avg(CASE WHEN n.Place IN ((n.Day_Count + 1) / 2, (n.Day_Count + 2) / 2)
                THEN n.Waited_Minutes END)                                          AS Median_Minutes
FROM numbered AS n
GROUP BY n.Resolved_On;
GRANT SELECT ON Resolution_Trend TO data_steward, compliance_officer, data_analyst;

-- The open records by the day on which they came into quarantine.
DROP VIEW IF EXISTS Quarantine_Backlog;
CREATE VIEW Quarantine_Backlog AS
SELECT substr(Quarantined_At, 1, 10)                 AS Quarantined_On,
       count(*)                                      AS Record_Count,
       sum(CASE WHEN Failed_Checks = 0 THEN 1 ELSE 0 END) AS Ready_Count
FROM Data_Quarantine
WHERE Status = 'Open'
GROUP BY substr(Quarantined_At, 1, 10);
GRANT SELECT ON Quarantine_Backlog TO data_steward, compliance_officer, data_analyst;

-- What stewards change by hand on a day: cells by column and by kind of edit; what was undone is left out. A record counts
-- with its last change of the column, and so once in every sum that reaches up to today.
DROP VIEW IF EXISTS Repair_Pattern;
CREATE VIEW Repair_Pattern AS
WITH standing AS (
    SELECT e.Column_Name, g.Edit_Kind,
           substr(e.Edited_At, 1, 10)                                                            AS Edited_On,
           row_number() OVER (PARTITION BY e.Quarantine_ID, e.Column_Name ORDER BY e.Revision_ID DESC) AS Place
    FROM Quarantine_Revision AS e
    JOIN Edit_Group AS g
      ON g.Edit_Group_ID = e.Edit_Group_ID
    WHERE g.Edit_Kind <> 'Undo'
      AND NOT EXISTS (SELECT 1 FROM Quarantine_Revision AS u WHERE u.Undoes_Revision_ID = e.Revision_ID)
)
SELECT s.Edited_On,
       s.Column_Name,
       s.Edit_Kind,
       count(*)          AS Cell_Count,
       sum(s.Place = 1)  AS Record_Count
FROM standing AS s
GROUP BY s.Edited_On, s.Column_Name, s.Edit_Kind;
GRANT SELECT ON Repair_Pattern TO data_steward, compliance_officer, data_analyst;

-- The procedures as they are deployed: the SQL that implements the rules is read from here.
DROP VIEW IF EXISTS Procedure_Definitions;
CREATE VIEW Procedure_Definitions AS
SELECT Procedure_Name, Definition
FROM Stored_Procedure;
GRANT SELECT ON Procedure_Definitions TO data_steward, compliance_officer, data_analyst;

-- The log of actions.
DROP VIEW IF EXISTS Action_Log;
CREATE VIEW Action_Log AS
SELECT Action_ID, Acted_At, Actor, Action, Subject_Type, Subject_ID, Detail, Previous_Hash, Action_Hash
FROM Steward_Action;
GRANT SELECT ON Action_Log TO data_steward, compliance_officer;

------------------------------------------------------------------------------------------------------------
-- The platform's reports
------------------------------------------------------------------------------------------------------------

-- How full a tour is.
DROP VIEW IF EXISTS Tour_Occupancy;
CREATE VIEW Tour_Occupancy AS
SELECT t.Dive_Tour_ID, t.Tour_Code, t.Tour_Name, s.Site_Name, s.Country_Code, t.Starts_On, t.Days, t.Capacity,
       count(p.Diver_ID)               AS Booked_Count,
       t.Capacity - count(p.Diver_ID)  AS Free_Count,
       t.Price_Eur
FROM Dive_Tour AS t
JOIN Dive_Site AS s
  ON s.Dive_Site_ID = t.Dive_Site_ID
LEFT JOIN Dive_Participation AS p
       ON p.Dive_Tour_ID = t.Dive_Tour_ID AND p.Status <> 'Cancelled'
GROUP BY t.Dive_Tour_ID;
GRANT SELECT ON Tour_Occupancy TO data_steward, compliance_officer, data_analyst;

-- What a diver has dived; no personal data.
DROP VIEW IF EXISTS Diver_Logbook;
CREATE VIEW Diver_Logbook AS
SELECT l.Diver_ID,
       count(*)                        AS Dive_Count,
       sum(l.Minutes)                  AS Total_Minutes,
       max(l.Max_Depth_M)              AS Deepest_M,
       count(DISTINCT l.Dive_Site_ID)  AS Site_Count,
       max(l.Dived_On)                 AS Last_Dived_On
FROM Dive_Log AS l
GROUP BY l.Diver_ID;
GRANT SELECT ON Diver_Logbook TO data_steward, compliance_officer, data_analyst;

-- The names by which the gatekeeper knows the levels.
DROP VIEW IF EXISTS Certification_Aliases;
CREATE VIEW Certification_Aliases AS
SELECT a.Alias, l.Certification_Level_ID, l.Level_Code, l.Level_Name, l.Is_Professional, l.Rank_Order
FROM Certification_Alias AS a
JOIN Certification_Level AS l
  ON l.Certification_Level_ID = a.Certification_Level_ID;
GRANT SELECT ON Certification_Aliases TO data_steward, compliance_officer, data_analyst;

-- How many divers hold each level.
DROP VIEW IF EXISTS Certification_Mix;
CREATE VIEW Certification_Mix AS
SELECT l.Certification_Level_ID, l.Level_Code, l.Level_Name, l.Is_Professional,
       count(d.Diver_ID) AS Diver_Count
FROM Certification_Level AS l
LEFT JOIN Diver AS d
       ON d.Certification_Level_ID = l.Certification_Level_ID
GROUP BY l.Certification_Level_ID;
GRANT SELECT ON Certification_Mix TO data_steward, compliance_officer, data_analyst;

-- When a piece of equipment is to be serviced, and how often it was in the water.
DROP VIEW IF EXISTS Equipment_Service;
CREATE VIEW Equipment_Service AS
SELECT e.Equipment_ID, e.Asset_Tag, e.Category, e.Model, e.Serviced_On,
       date(e.Serviced_On, '+' || e.Service_Days || ' days') AS Service_Due_On,
       count(g.Dive_Log_ID)                                  AS Dive_Count
FROM Equipment AS e
LEFT JOIN Dive_Log_Equipment AS g
       ON g.Equipment_ID = e.Equipment_ID
WHERE NOT e.Is_Retired
GROUP BY e.Equipment_ID;
GRANT SELECT ON Equipment_Service TO data_steward, compliance_officer, data_analyst;
