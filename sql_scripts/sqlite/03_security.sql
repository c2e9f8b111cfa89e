-- 03_security.sql · EnterpriseDiveDB on SQLite: roles, masks, and the log that cannot be rewritten.
--
-- Twin of sqlserver/03_security.sql. SQLite has no logins: the roles are named here, a chosen persona stands in for
-- a login, and the program's connection enforces what SQL Server's GRANTs enforce there.

------------------------------------------------------------------------------------------------------------
-- Roles and masks
------------------------------------------------------------------------------------------------------------

CREATE TABLE IF NOT EXISTS Security_Role (
    Role_Name   TEXT PRIMARY KEY,
    Role_Label  TEXT NOT NULL,
    Description TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS Masked_Column (
    Column_Name   TEXT PRIMARY KEY,
    Mask_Function TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS Unmask_Grant (
    Role_Name   TEXT NOT NULL REFERENCES Security_Role (Role_Name),
    Column_Name TEXT NOT NULL REFERENCES Masked_Column (Column_Name),
    PRIMARY KEY (Role_Name, Column_Name)
) WITHOUT ROWID;

-- Who may read which view and run which procedure. The program's deployer writes a row for each GRANT of the scripts,
-- and its connections hold to them: a persona reads the views that it is granted, through the masks that it is not
-- granted to see behind, and runs the procedures that it is granted. Whoever opens the file itself is its owner.
CREATE TABLE IF NOT EXISTS Object_Grant (
    Object_Name TEXT NOT NULL,
    Role_Name   TEXT NOT NULL,
    PRIMARY KEY (Object_Name, Role_Name)
) WITHOUT ROWID;

-- The directory. Its masked columns are masked by the connection, as they are masked by SQL Server for those without
-- the right to unmask: what a view of one's own over the table shows is one's own affair there and here.
DROP VIEW IF EXISTS Diver_Directory;
CREATE VIEW Diver_Directory AS
SELECT d.Diver_ID,
       d.First_Name,
       d.Last_Name,
       d.Email,
       d.Phone,
       d.Date_Of_Birth,
       l.Level_Name                                              AS Certification,
       d.Valid_From
FROM Diver AS d
LEFT JOIN Certification_Level AS l
       ON l.Certification_Level_ID = d.Certification_Level_ID;
GRANT SELECT ON Diver_Directory TO data_steward, compliance_officer, data_analyst;

------------------------------------------------------------------------------------------------------------
-- The log of actions: append-only, each row chained to the one before
------------------------------------------------------------------------------------------------------------

DROP TRIGGER IF EXISTS Steward_Action_Updated;
CREATE TRIGGER Steward_Action_Updated BEFORE UPDATE ON Steward_Action
BEGIN
    SELECT RAISE(ABORT, 'The log of actions is append-only.');
END;

DROP TRIGGER IF EXISTS Steward_Action_Deleted;
CREATE TRIGGER Steward_Action_Deleted BEFORE DELETE ON Steward_Action
BEGIN
    SELECT RAISE(ABORT, 'The log of actions is append-only.');
END;

DROP TRIGGER IF EXISTS Steward_Action_Inserted;
CREATE TRIGGER Steward_Action_Inserted BEFORE INSERT ON Steward_Action
WHEN NEW.Previous_Hash IS NOT coalesce((SELECT Action_Hash FROM Steward_Action ORDER BY Action_ID DESC LIMIT 1), '')
  OR EXISTS (SELECT 1 FROM Steward_Action WHERE Action_ID = NEW.Action_ID OR Action_Hash = NEW.Action_Hash)
BEGIN
    SELECT RAISE(ABORT, 'A log row must carry the hash of the row before it, and can replace none.');
END;

-- sha256() is the program's own function: nobody writes this log with the plain shell.
CREATE OR ALTER PROCEDURE Log_Action
    @Action       TEXT,
    @Subject_Type TEXT,
    @Subject_ID   INTEGER,
    @Detail       TEXT
AS
BEGIN
    SET @Previous_Hash = coalesce((SELECT Action_Hash FROM Steward_Action ORDER BY Action_ID DESC LIMIT 1), '');

    INSERT INTO Steward_Action (Acted_At, Actor, Action, Subject_Type, Subject_ID, Detail, Previous_Hash, Action_Hash)
    SELECT c.Instant, c.Actor, @Action, @Subject_Type, @Subject_ID, @Detail, @Previous_Hash,
           sha256(json_array(@Previous_Hash, c.Instant, c.Actor, @Action, @Subject_Type, @Subject_ID, @Detail))
    FROM Transaction_Context AS c;
END;

------------------------------------------------------------------------------------------------------------
-- The catalogue: what is there, and what is not as it was deployed
------------------------------------------------------------------------------------------------------------

-- Everything of this database that a script can have made, each with what tells it from another of its name: here its
-- very text. Base_Name is the table that it belongs to, where it belongs to one.
DROP VIEW IF EXISTS Schema_Catalogue;
CREATE VIEW Schema_Catalogue AS
SELECT m.type                                                    AS Object_Kind,
       m.name                                                    AS Object_Name,
       m.tbl_name                                                AS Base_Name,
       m.sql                                                     AS Fingerprint
FROM sqlite_master AS m
WHERE m.sql IS NOT NULL
  AND substr(m.name, 1, 7) <> 'sqlite_'
UNION ALL
SELECT 'procedure', p.Procedure_Name, p.Procedure_Name, p.Definition
FROM Stored_Procedure AS p
UNION ALL
SELECT 'role', r.Role_Name, 'Security_Role', 'role'
FROM Security_Role AS r
UNION ALL
SELECT 'mask', c.Column_Name, 'Masked_Column', c.Mask_Function
FROM Masked_Column AS c
UNION ALL
SELECT 'grant', g.Role_Name || ': UNMASK on ' || g.Column_Name, 'Unmask_Grant', 'GRANT'
FROM Unmask_Grant AS g
UNION ALL
SELECT 'grant', o.Role_Name || ': ' || o.Object_Name, o.Object_Name, 'GRANT'
FROM Object_Grant AS o;

-- What was recorded at the last deployment and is gone or different now.
DROP VIEW IF EXISTS Schema_Drift;
CREATE VIEW Schema_Drift AS
SELECT o.Object_Kind,
       o.Object_Name,
       o.Base_Name,
       CASE WHEN c.Object_Name IS NULL THEN 'Missing' ELSE 'Altered' END AS Drift,
       o.Fingerprint                                             AS Recorded_As,
       c.Fingerprint                                             AS Found_As,
       o.Recorded_At
FROM Schema_Object AS o
LEFT JOIN Schema_Catalogue AS c
       ON c.Object_Kind = o.Object_Kind
      AND c.Object_Name = o.Object_Name
WHERE c.Object_Name IS NULL
   OR c.Fingerprint <> o.Fingerprint;

-- Called by the deployment, in the transaction of each script; granted to nobody. @Names is a JSON array of what the
-- scripts make: whatever else is in the database is none of theirs. @Keep is one of [kind, name]: drift that this
-- deployment does not put right, and that must not pass for right because of it.
CREATE OR ALTER PROCEDURE Record_Schema
    @Names TEXT,
    @Keep  TEXT
AS
BEGIN
    DELETE FROM Schema_Object
    WHERE NOT EXISTS (
        SELECT 1
        FROM json_each(@Keep) AS k
        WHERE json_extract(k.value, '$[0]') = Schema_Object.Object_Kind
          AND json_extract(k.value, '$[1]') = Schema_Object.Object_Name);

    INSERT INTO Schema_Object (Object_Kind, Object_Name, Base_Name, Fingerprint, Recorded_At)
    SELECT c.Object_Kind, c.Object_Name, c.Base_Name, c.Fingerprint,
           coalesce((SELECT t.Instant FROM Transaction_Context AS t), strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')
    FROM Schema_Catalogue AS c
    WHERE c.Base_Name IN (SELECT n.value FROM json_each(@Names) AS n)
      AND (c.Object_Kind NOT IN ('index', 'trigger') OR c.Object_Name IN (SELECT n.value FROM json_each(@Names) AS n))
      AND NOT EXISTS (
        SELECT 1
        FROM Schema_Object AS o
        WHERE o.Object_Kind = c.Object_Kind
          AND o.Object_Name = c.Object_Name);
END;
