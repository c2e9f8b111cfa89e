-- 02_versioning.sql · EnterpriseDiveDB on SQLite: system versioning.
--
-- Twin of sqlserver/02_versioning.sql, where SYSTEM_VERSIONING = ON does all of this. Here triggers in pure SQL do
-- it, so that an UPDATE from the plain sqlite3 shell is versioned like any other.
--
-- The new validity of a row is the instant of the transaction (Transaction_Context), or the clock of the machine
-- where nobody set one; and one microsecond after the old validity where the clock has not moved past it: strictly
-- increasing for each row, whatever the clock does. A value that someone writes into Valid_From is never kept.
-- A change made without the program (no instant is set) that names nobody is signed so, and not in the name of
-- whoever made the version before. Nobody rewrites a history, and only a procedure takes a version out of one.

------------------------------------------------------------------------------------------------------------
-- Diver: every earlier version
------------------------------------------------------------------------------------------------------------

-- Versions are added at the end of the table, in the order of time, and are found by their diver through a narrow index:
-- with the wide versions in the order of the divers, every change would read, split and write pages of its own.
-- A table of the older form is written anew.
IF EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'Diver_History' AND sql NOT LIKE '%Version_ID%')
    CREATE TEMP TABLE Versions_Before AS SELECT * FROM Diver_History;
IF EXISTS (SELECT 1 FROM sqlite_temp_master WHERE name = 'Versions_Before')
    DROP TABLE Diver_History;
CREATE TABLE IF NOT EXISTS Diver_History (
    Version_ID INTEGER PRIMARY KEY,
    Diver_ID INTEGER NOT NULL,
    First_Name TEXT NOT NULL,
    Last_Name TEXT NOT NULL,
    Email TEXT NOT NULL,
    Phone TEXT,
    Date_Of_Birth TEXT NOT NULL,
    Certification_Level_ID INTEGER,
    Source_Reference TEXT,
    Modified_By TEXT NOT NULL,
    Change_Reason TEXT NOT NULL,
    Valid_From TEXT NOT NULL,
    Valid_To TEXT NOT NULL
);
IF EXISTS (SELECT 1 FROM sqlite_temp_master WHERE name = 'Versions_Before')
    INSERT INTO Diver_History (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID, Source_Reference, Modified_By, Change_Reason, Valid_From, Valid_To)
    SELECT Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID, Source_Reference, Modified_By, Change_Reason, Valid_From, Valid_To
    FROM temp.Versions_Before
    ORDER BY Valid_To, Diver_ID;
DROP TABLE IF EXISTS temp.Versions_Before;
-- With the end in it, a page of the directory as of an instant passes over the versions that had ended by then.
IF EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'IX_Diver_History_Timeline' AND sql NOT LIKE '%(Diver_ID, Valid_To)%')
    DROP INDEX IX_Diver_History_Timeline;
CREATE INDEX IF NOT EXISTS IX_Diver_History_Timeline ON Diver_History (Diver_ID, Valid_To);
-- By the end first: a new version ends last, so it is written at the end of the index; and most ask about instants that
-- are not long ago, for which few versions had ended since.
IF EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'IX_Diver_History_Period' AND sql NOT LIKE '%(Valid_To, Valid_From, Diver_ID)%')
    DROP INDEX IX_Diver_History_Period;
CREATE INDEX IF NOT EXISTS IX_Diver_History_Period ON Diver_History (Valid_To, Valid_From, Diver_ID);

-- SQLite fires no trigger for a row that an OR REPLACE deletes to make room, and its version would be lost: whoever
-- comes without the program is refused it, here and at Diver_Email_Taken.
DROP TRIGGER IF EXISTS Diver_Inserted;
CREATE TRIGGER Diver_Inserted BEFORE INSERT ON Diver
WHEN (SELECT Instant FROM Transaction_Context WHERE Context_ID = 1) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'A versioned row cannot be replaced; update it.')
    FROM Diver
    WHERE Diver_ID = NEW.Diver_ID OR Email = NEW.Email;

    SELECT RAISE(ABORT, 'Valid_From is set by the database.')
    WHERE NEW.Valid_From IS NOT strftime('%Y-%m-%d %H:%M:%f', 'now') || '000';
END;

DROP TRIGGER IF EXISTS Diver_Email_Taken;
CREATE TRIGGER Diver_Email_Taken BEFORE UPDATE OF Email ON Diver
WHEN EXISTS (SELECT 1 FROM Diver WHERE Email = NEW.Email AND Diver_ID <> OLD.Diver_ID)
BEGIN
    SELECT RAISE(ABORT, 'Another diver has this email.');
END;

-- Both statements compute the instant: within one statement the clock stands still, and reading the diver once more for it
-- would cost more. The context is looked up once for all three columns.
DROP TRIGGER IF EXISTS Diver_Updated;
CREATE TRIGGER Diver_Updated AFTER UPDATE ON Diver
BEGIN
    UPDATE Diver
    SET (Valid_From, Modified_By, Change_Reason) = (
        SELECT CASE
                   WHEN t.Instant > OLD.Valid_From THEN t.Instant
                   WHEN t.Instant IS NULL AND strftime('%Y-%m-%d %H:%M:%f', 'now') || '000' > OLD.Valid_From
                   THEN strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'
                   ELSE strftime('%Y-%m-%d %H:%M:%S', substr(OLD.Valid_From, 1, 19), (substr(OLD.Valid_From, 21, 6) = '999999') || ' seconds')
                        || printf('.%06d', (CAST(substr(OLD.Valid_From, 21, 6) AS INTEGER) + 1) % 1000000)
               END,
               CASE
                   WHEN t.Instant IS NULL AND NEW.Modified_By = OLD.Modified_By THEN 'unknown (outside the program)'
                   ELSE NEW.Modified_By
               END,
               CASE
                   WHEN t.Instant IS NULL AND NEW.Change_Reason = OLD.Change_Reason
                   THEN 'Changed without DiveGov Steward; no reason was given.'
                   ELSE NEW.Change_Reason
               END
        FROM Transaction_Context AS t
    )
    WHERE Diver_ID = NEW.Diver_ID;

    INSERT INTO Diver_History (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID, Source_Reference, Modified_By, Change_Reason, Valid_From, Valid_To)
    VALUES (OLD.Diver_ID, OLD.First_Name, OLD.Last_Name, OLD.Email, OLD.Phone, OLD.Date_Of_Birth, OLD.Certification_Level_ID, OLD.Source_Reference, OLD.Modified_By, OLD.Change_Reason, OLD.Valid_From,
            (SELECT CASE
                   WHEN t.Instant > OLD.Valid_From THEN t.Instant
                   WHEN t.Instant IS NULL AND strftime('%Y-%m-%d %H:%M:%f', 'now') || '000' > OLD.Valid_From
                   THEN strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'
                   ELSE strftime('%Y-%m-%d %H:%M:%S', substr(OLD.Valid_From, 1, 19), (substr(OLD.Valid_From, 21, 6) = '999999') || ' seconds')
                        || printf('.%06d', (CAST(substr(OLD.Valid_From, 21, 6) AS INTEGER) + 1) % 1000000)
               END
             FROM Transaction_Context AS t));
END;

DROP TRIGGER IF EXISTS Diver_Deleted;
CREATE TRIGGER Diver_Deleted AFTER DELETE ON Diver
BEGIN
    INSERT INTO Diver_History (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID, Source_Reference, Modified_By, Change_Reason, Valid_From, Valid_To)
    VALUES (OLD.Diver_ID, OLD.First_Name, OLD.Last_Name, OLD.Email, OLD.Phone, OLD.Date_Of_Birth, OLD.Certification_Level_ID, OLD.Source_Reference, OLD.Modified_By, OLD.Change_Reason, OLD.Valid_From,
            CASE
                WHEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000') > OLD.Valid_From
                THEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
                ELSE strftime('%Y-%m-%d %H:%M:%S', substr(OLD.Valid_From, 1, 19), (substr(OLD.Valid_From, 21, 6) = '999999') || ' seconds')
                     || printf('.%06d', (CAST(substr(OLD.Valid_From, 21, 6) AS INTEGER) + 1) % 1000000)
            END);
END;

-- Whoever was once called so is found by it for ever (or until erased).
DROP TRIGGER IF EXISTS Diver_Renamed;
CREATE TRIGGER Diver_Renamed AFTER UPDATE OF First_Name, Last_Name, Email, Source_Reference ON Diver
WHEN NEW.First_Name <> OLD.First_Name OR NEW.Last_Name <> OLD.Last_Name OR NEW.Email <> OLD.Email
  OR NEW.Source_Reference IS NOT OLD.Source_Reference
BEGIN
    INSERT INTO Search_Term (Search_Column, Term, Diver_ID)
    VALUES ('Last_Name', lower(OLD.Last_Name || ' ' || OLD.First_Name), OLD.Diver_ID),
           ('Last_Name', lower(OLD.First_Name || ' ' || OLD.Last_Name), OLD.Diver_ID),
           ('Last_Name', lower(NEW.Last_Name || ' ' || NEW.First_Name), OLD.Diver_ID),
           ('Last_Name', lower(NEW.First_Name || ' ' || NEW.Last_Name), OLD.Diver_ID),
           ('Email', OLD.Email, OLD.Diver_ID)
    ON CONFLICT DO NOTHING;

    INSERT INTO Search_Term (Search_Column, Term, Diver_ID)
    SELECT 'Source_Reference', lower(r.Source_Reference), OLD.Diver_ID
    FROM (SELECT OLD.Source_Reference AS Source_Reference UNION SELECT NEW.Source_Reference) AS r
    WHERE r.Source_Reference IS NOT NULL
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS Diver_Gone;
CREATE TRIGGER Diver_Gone AFTER DELETE ON Diver
BEGIN
    INSERT INTO Search_Term (Search_Column, Term, Diver_ID)
    VALUES ('Last_Name', lower(OLD.Last_Name || ' ' || OLD.First_Name), OLD.Diver_ID),
           ('Last_Name', lower(OLD.First_Name || ' ' || OLD.Last_Name), OLD.Diver_ID),
           ('Email', OLD.Email, OLD.Diver_ID)
    ON CONFLICT DO NOTHING;

    INSERT INTO Search_Term (Search_Column, Term, Diver_ID)
    SELECT 'Source_Reference', lower(OLD.Source_Reference), OLD.Diver_ID
    WHERE OLD.Source_Reference IS NOT NULL
    ON CONFLICT DO NOTHING;
END;

DROP TRIGGER IF EXISTS Diver_Key_Changed;
CREATE TRIGGER Diver_Key_Changed BEFORE UPDATE OF Diver_ID ON Diver
WHEN NEW.Diver_ID IS NOT OLD.Diver_ID
BEGIN
    SELECT RAISE(ABORT, 'The key of a versioned row cannot be changed.');
END;

DROP TRIGGER IF EXISTS Diver_History_Updated;
CREATE TRIGGER Diver_History_Updated BEFORE UPDATE ON Diver_History
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be rewritten.');
END;

-- Whoever comes without the program neither replaces a version nor adds one where there is one.
DROP TRIGGER IF EXISTS Diver_History_Replaced;
CREATE TRIGGER Diver_History_Replaced BEFORE INSERT ON Diver_History
WHEN (SELECT Instant FROM Transaction_Context) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be rewritten.')
    WHERE EXISTS (SELECT 1 FROM Diver_History WHERE Version_ID = NEW.Version_ID)
       OR EXISTS (SELECT 1
                  FROM Diver_History
                  WHERE Diver_ID = NEW.Diver_ID AND Valid_From < NEW.Valid_To AND +Valid_To > NEW.Valid_From);
END;

DROP TRIGGER IF EXISTS Diver_History_Deleted;
CREATE TRIGGER Diver_History_Deleted BEFORE DELETE ON Diver_History
WHEN (SELECT Instant FROM Transaction_Context WHERE Context_ID = 1) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be deleted without DiveGov Steward.');
END;

------------------------------------------------------------------------------------------------------------
-- Dive_Tour: every earlier version
------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS Dive_Tour_History (
    Dive_Tour_ID INTEGER NOT NULL,
    Tour_Code TEXT NOT NULL,
    Tour_Name TEXT NOT NULL,
    Dive_Site_ID INTEGER NOT NULL,
    Minimum_Level INTEGER,
    Starts_On TEXT NOT NULL,
    Days INTEGER NOT NULL,
    Capacity INTEGER NOT NULL,
    Price_Eur REAL NOT NULL,
    Modified_By TEXT NOT NULL,
    Change_Reason TEXT NOT NULL,
    Valid_From TEXT NOT NULL,
    Valid_To TEXT NOT NULL,
    PRIMARY KEY (Dive_Tour_ID, Valid_To)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS IX_Dive_Tour_History_Period ON Dive_Tour_History (Valid_From, Valid_To);

DROP TRIGGER IF EXISTS Dive_Tour_Inserted;
CREATE TRIGGER Dive_Tour_Inserted BEFORE INSERT ON Dive_Tour
WHEN (SELECT Instant FROM Transaction_Context WHERE Context_ID = 1) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'A versioned row cannot be replaced; update it.')
    FROM Dive_Tour
    WHERE Dive_Tour_ID = NEW.Dive_Tour_ID OR Tour_Code = NEW.Tour_Code;

    SELECT RAISE(ABORT, 'Valid_From is set by the database.')
    WHERE NEW.Valid_From IS NOT strftime('%Y-%m-%d %H:%M:%f', 'now') || '000';
END;

DROP TRIGGER IF EXISTS Dive_Tour_Code_Taken;
CREATE TRIGGER Dive_Tour_Code_Taken BEFORE UPDATE OF Tour_Code ON Dive_Tour
WHEN EXISTS (SELECT 1 FROM Dive_Tour WHERE Tour_Code = NEW.Tour_Code AND Dive_Tour_ID <> OLD.Dive_Tour_ID)
BEGIN
    SELECT RAISE(ABORT, 'Another tour has this code.');
END;

DROP TRIGGER IF EXISTS Dive_Tour_Updated;
CREATE TRIGGER Dive_Tour_Updated AFTER UPDATE ON Dive_Tour
BEGIN
    UPDATE Dive_Tour
    SET Valid_From = CASE
            WHEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000') > OLD.Valid_From
            THEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
            ELSE strftime('%Y-%m-%d %H:%M:%S', substr(OLD.Valid_From, 1, 19), (substr(OLD.Valid_From, 21, 6) = '999999') || ' seconds')
                 || printf('.%06d', (CAST(substr(OLD.Valid_From, 21, 6) AS INTEGER) + 1) % 1000000)
        END,
        Modified_By = CASE
            WHEN (SELECT Instant FROM Transaction_Context) IS NULL AND NEW.Modified_By = OLD.Modified_By
            THEN 'unknown (outside the program)'
            ELSE NEW.Modified_By
        END,
        Change_Reason = CASE
            WHEN (SELECT Instant FROM Transaction_Context) IS NULL AND NEW.Change_Reason = OLD.Change_Reason
            THEN 'Changed without DiveGov Steward; no reason was given.'
            ELSE NEW.Change_Reason
        END
    WHERE Dive_Tour_ID = NEW.Dive_Tour_ID;

    INSERT INTO Dive_Tour_History (Dive_Tour_ID, Tour_Code, Tour_Name, Dive_Site_ID, Minimum_Level, Starts_On, Days, Capacity, Price_Eur, Modified_By, Change_Reason, Valid_From, Valid_To)
    VALUES (OLD.Dive_Tour_ID, OLD.Tour_Code, OLD.Tour_Name, OLD.Dive_Site_ID, OLD.Minimum_Level, OLD.Starts_On, OLD.Days, OLD.Capacity, OLD.Price_Eur, OLD.Modified_By, OLD.Change_Reason, OLD.Valid_From,
            (SELECT Valid_From FROM Dive_Tour WHERE Dive_Tour_ID = NEW.Dive_Tour_ID));
END;

DROP TRIGGER IF EXISTS Dive_Tour_Deleted;
CREATE TRIGGER Dive_Tour_Deleted AFTER DELETE ON Dive_Tour
BEGIN
    INSERT INTO Dive_Tour_History (Dive_Tour_ID, Tour_Code, Tour_Name, Dive_Site_ID, Minimum_Level, Starts_On, Days, Capacity, Price_Eur, Modified_By, Change_Reason, Valid_From, Valid_To)
    VALUES (OLD.Dive_Tour_ID, OLD.Tour_Code, OLD.Tour_Name, OLD.Dive_Site_ID, OLD.Minimum_Level, OLD.Starts_On, OLD.Days, OLD.Capacity, OLD.Price_Eur, OLD.Modified_By, OLD.Change_Reason, OLD.Valid_From,
            CASE
                WHEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000') > OLD.Valid_From
                THEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
                ELSE strftime('%Y-%m-%d %H:%M:%S', substr(OLD.Valid_From, 1, 19), (substr(OLD.Valid_From, 21, 6) = '999999') || ' seconds')
                     || printf('.%06d', (CAST(substr(OLD.Valid_From, 21, 6) AS INTEGER) + 1) % 1000000)
            END);
END;

DROP TRIGGER IF EXISTS Dive_Tour_Key_Changed;
CREATE TRIGGER Dive_Tour_Key_Changed BEFORE UPDATE OF Dive_Tour_ID ON Dive_Tour
WHEN NEW.Dive_Tour_ID IS NOT OLD.Dive_Tour_ID
BEGIN
    SELECT RAISE(ABORT, 'The key of a versioned row cannot be changed.');
END;

DROP TRIGGER IF EXISTS Dive_Tour_History_Updated;
CREATE TRIGGER Dive_Tour_History_Updated BEFORE UPDATE ON Dive_Tour_History
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be rewritten.');
END;

DROP TRIGGER IF EXISTS Dive_Tour_History_Replaced;
CREATE TRIGGER Dive_Tour_History_Replaced BEFORE INSERT ON Dive_Tour_History
WHEN EXISTS (SELECT 1 FROM Dive_Tour_History WHERE Dive_Tour_ID = NEW.Dive_Tour_ID AND Valid_To = NEW.Valid_To)
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be rewritten.');
END;

DROP TRIGGER IF EXISTS Dive_Tour_History_Deleted;
CREATE TRIGGER Dive_Tour_History_Deleted BEFORE DELETE ON Dive_Tour_History
WHEN (SELECT Instant FROM Transaction_Context WHERE Context_ID = 1) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be deleted without DiveGov Steward.');
END;

------------------------------------------------------------------------------------------------------------
-- Quality_Rule: every earlier version
------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS Quality_Rule_History (
    Rule_Code TEXT NOT NULL,
    Column_Name TEXT NOT NULL,
    Dimension TEXT NOT NULL,
    Severity TEXT NOT NULL,
    Threshold INTEGER,
    Is_Enabled INTEGER NOT NULL,
    Is_Mandatory INTEGER NOT NULL,
    Wording TEXT NOT NULL,
    Hint TEXT NOT NULL,
    Modified_By TEXT NOT NULL,
    Change_Reason TEXT NOT NULL,
    Valid_From TEXT NOT NULL,
    Valid_To TEXT NOT NULL,
    PRIMARY KEY (Rule_Code, Valid_To)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS IX_Quality_Rule_History_Period ON Quality_Rule_History (Valid_From, Valid_To);

DROP TRIGGER IF EXISTS Quality_Rule_Inserted;
CREATE TRIGGER Quality_Rule_Inserted BEFORE INSERT ON Quality_Rule
WHEN (SELECT Instant FROM Transaction_Context WHERE Context_ID = 1) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'A versioned row cannot be replaced; update it.')
    FROM Quality_Rule
    WHERE Rule_Code = NEW.Rule_Code;

    SELECT RAISE(ABORT, 'Valid_From is set by the database.')
    WHERE NEW.Valid_From IS NOT strftime('%Y-%m-%d %H:%M:%f', 'now') || '000';
END;

DROP TRIGGER IF EXISTS Quality_Rule_Updated;
CREATE TRIGGER Quality_Rule_Updated AFTER UPDATE ON Quality_Rule
BEGIN
    UPDATE Quality_Rule
    SET Valid_From = CASE
            WHEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000') > OLD.Valid_From
            THEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
            ELSE strftime('%Y-%m-%d %H:%M:%S', substr(OLD.Valid_From, 1, 19), (substr(OLD.Valid_From, 21, 6) = '999999') || ' seconds')
                 || printf('.%06d', (CAST(substr(OLD.Valid_From, 21, 6) AS INTEGER) + 1) % 1000000)
        END,
        Modified_By = CASE
            WHEN (SELECT Instant FROM Transaction_Context) IS NULL AND NEW.Modified_By = OLD.Modified_By
            THEN 'unknown (outside the program)'
            ELSE NEW.Modified_By
        END,
        Change_Reason = CASE
            WHEN (SELECT Instant FROM Transaction_Context) IS NULL AND NEW.Change_Reason = OLD.Change_Reason
            THEN 'Changed without DiveGov Steward; no reason was given.'
            ELSE NEW.Change_Reason
        END
    WHERE Rule_Code = NEW.Rule_Code;

    INSERT INTO Quality_Rule_History (Rule_Code, Column_Name, Dimension, Severity, Threshold, Is_Enabled, Is_Mandatory, Wording, Hint, Modified_By, Change_Reason, Valid_From, Valid_To)
    VALUES (OLD.Rule_Code, OLD.Column_Name, OLD.Dimension, OLD.Severity, OLD.Threshold, OLD.Is_Enabled, OLD.Is_Mandatory, OLD.Wording, OLD.Hint, OLD.Modified_By, OLD.Change_Reason, OLD.Valid_From,
            (SELECT Valid_From FROM Quality_Rule WHERE Rule_Code = NEW.Rule_Code));
END;

DROP TRIGGER IF EXISTS Quality_Rule_Deleted;
CREATE TRIGGER Quality_Rule_Deleted AFTER DELETE ON Quality_Rule
BEGIN
    INSERT INTO Quality_Rule_History (Rule_Code, Column_Name, Dimension, Severity, Threshold, Is_Enabled, Is_Mandatory, Wording, Hint, Modified_By, Change_Reason, Valid_From, Valid_To)
    VALUES (OLD.Rule_Code, OLD.Column_Name, OLD.Dimension, OLD.Severity, OLD.Threshold, OLD.Is_Enabled, OLD.Is_Mandatory, OLD.Wording, OLD.Hint, OLD.Modified_By, OLD.Change_Reason, OLD.Valid_From,
            CASE
                WHEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000') > OLD.Valid_From
                THEN coalesce((SELECT Instant FROM Transaction_Context), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
                ELSE strftime('%Y-%m-%d %H:%M:%S', substr(OLD.Valid_From, 1, 19), (substr(OLD.Valid_From, 21, 6) = '999999') || ' seconds')
                     || printf('.%06d', (CAST(substr(OLD.Valid_From, 21, 6) AS INTEGER) + 1) % 1000000)
            END);
END;

DROP TRIGGER IF EXISTS Quality_Rule_Key_Changed;
CREATE TRIGGER Quality_Rule_Key_Changed BEFORE UPDATE OF Rule_Code ON Quality_Rule
WHEN NEW.Rule_Code IS NOT OLD.Rule_Code
BEGIN
    SELECT RAISE(ABORT, 'The key of a versioned row cannot be changed.');
END;

DROP TRIGGER IF EXISTS Quality_Rule_History_Updated;
CREATE TRIGGER Quality_Rule_History_Updated BEFORE UPDATE ON Quality_Rule_History
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be rewritten.');
END;

DROP TRIGGER IF EXISTS Quality_Rule_History_Replaced;
CREATE TRIGGER Quality_Rule_History_Replaced BEFORE INSERT ON Quality_Rule_History
WHEN EXISTS (SELECT 1 FROM Quality_Rule_History WHERE Rule_Code = NEW.Rule_Code AND Valid_To = NEW.Valid_To)
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be rewritten.');
END;

DROP TRIGGER IF EXISTS Quality_Rule_History_Deleted;
CREATE TRIGGER Quality_Rule_History_Deleted BEFORE DELETE ON Quality_Rule_History
WHEN (SELECT Instant FROM Transaction_Context WHERE Context_ID = 1) IS NULL
BEGIN
    SELECT RAISE(ABORT, 'The past cannot be deleted without DiveGov Steward.');
END;
