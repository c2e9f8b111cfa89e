-- 03_security.sql · EnterpriseDiveDB on SQL Server 2022: roles, masks, and the log that cannot be rewritten.
--
-- Twin of sqlite/03_security.sql. Here the roles are database roles, and SQL Server enforces what they may. They get
-- EXECUTE on procedures and SELECT on views, each granted where the object is made, and DML on nothing. Whoever looks
-- after the server adds the people: ALTER ROLE data_steward ADD MEMBER … .
-- Masks hide values in what a query returns. They do not stop a person who may write queries of their own from narrowing
-- a value down with WHERE, through a view either: the roles read views only, and no table, so that there is least to
-- compare; who must not do even that gets the program and no other way in.

SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT, XACT_ABORT ON;
GO

------------------------------------------------------------------------------------------------------------
-- Roles and masks
------------------------------------------------------------------------------------------------------------

IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'data_steward' AND type = 'R')
    CREATE ROLE data_steward AUTHORIZATION dbo;
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'compliance_officer' AND type = 'R')
    CREATE ROLE compliance_officer AUTHORIZATION dbo;
IF NOT EXISTS (SELECT 1 FROM sys.database_principals WHERE name = N'data_analyst' AND type = 'R')
    CREATE ROLE data_analyst AUTHORIZATION dbo;
GO

-- What the roles and the masks are meant to be, in words for the screen (rows in 04). What they are stands in
-- sys.database_principals, sys.masked_columns and sys.database_permissions: a difference is drift.
IF OBJECT_ID(N'Governance.Security_Role', N'U') IS NULL
    CREATE TABLE Governance.Security_Role (
        Role_Name   NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT PK_Security_Role PRIMARY KEY,
        Role_Label  NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Description NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
GO

IF OBJECT_ID(N'Governance.Masked_Column', N'U') IS NULL
    CREATE TABLE Governance.Masked_Column (
        Column_Name   NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT PK_Masked_Column PRIMARY KEY,
        Mask_Function NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
GO

IF OBJECT_ID(N'Governance.Unmask_Grant', N'U') IS NULL
    CREATE TABLE Governance.Unmask_Grant (
        Role_Name   NVARCHAR(128) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT FK_Unmask_Grant_Role REFERENCES Governance.Security_Role (Role_Name),
        Column_Name NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL
            CONSTRAINT FK_Unmask_Grant_Column REFERENCES Governance.Masked_Column (Column_Name),
        CONSTRAINT PK_Unmask_Grant PRIMARY KEY (Role_Name, Column_Name)
    );
GO

-- The masks were made with the columns (01, 02). One that somebody has dropped since is put back, where SQL Server lets
-- it be: a column that an index depends on (Email) first asks for the index to be dropped. It passes to the history.
IF EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.Diver') AND name = N'Last_Name' AND is_masked = 0)
    ALTER TABLE dbo.Diver ALTER COLUMN Last_Name ADD MASKED WITH (FUNCTION = 'partial(1, "XXXX", 0)');
IF EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.Diver') AND name = N'Email' AND is_masked = 0)
    ALTER TABLE dbo.Diver ALTER COLUMN Email ADD MASKED WITH (FUNCTION = 'email()');
IF EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.Diver') AND name = N'Phone' AND is_masked = 0)
    ALTER TABLE dbo.Diver ALTER COLUMN Phone ADD MASKED WITH (FUNCTION = 'partial(0, "XXX-", 4)');
IF EXISTS (SELECT 1 FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.Diver') AND name = N'Date_Of_Birth' AND is_masked = 0)
    ALTER TABLE dbo.Diver ALTER COLUMN Date_Of_Birth ADD MASKED WITH (FUNCTION = 'default()');
GO

-- Who sees through which mask: column by column, in the present and in the past.
GRANT UNMASK ON dbo.Diver (Last_Name, Email, Phone, Date_Of_Birth) TO data_steward;
GRANT UNMASK ON dbo.Diver_History (Last_Name, Email, Phone, Date_Of_Birth) TO data_steward;
GRANT UNMASK ON dbo.Diver (Last_Name) TO compliance_officer;
GRANT UNMASK ON dbo.Diver_History (Last_Name) TO compliance_officer;
GO

-- The directory as each reader may see it. Columns stand bare here: an expression over a masked column would be masked
-- by default(), whatever its own mask is.
CREATE OR ALTER VIEW dbo.Diver_Directory AS
SELECT d.Diver_ID,
       d.First_Name,
       d.Last_Name,
       d.Email,
       d.Phone,
       d.Date_Of_Birth,
       l.Level_Name                                              AS Certification,
       d.Valid_From
FROM dbo.Diver AS d
LEFT JOIN dbo.Certification_Level AS l
       ON l.Certification_Level_ID = d.Certification_Level_ID;
GO
GRANT SELECT ON dbo.Diver_Directory TO data_steward, compliance_officer, data_analyst;
GO

------------------------------------------------------------------------------------------------------------
-- The log of actions: append-only, each row chained to the one before
------------------------------------------------------------------------------------------------------------

-- The ledger does what three triggers and a hash function do in the twin. To prove that nothing was altered, keep the
-- answer of sys.sp_generate_database_ledger_digest away from this server, and give it to sys.sp_verify_database_ledger.
-- Everybody may ask for the first; for the second whoever answers for the log.
GRANT VIEW LEDGER CONTENT TO compliance_officer;
GO

-- Called by the other procedures only, within their transaction; granted to nobody.
CREATE OR ALTER PROCEDURE Governance.Log_Action
    @Action       NVARCHAR(60),
    @Subject_Type NVARCHAR(60),
    @Subject_ID   BIGINT,
    @Detail       NVARCHAR(4000)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    INSERT INTO Governance.Steward_Action (Acted_At, Actor, Action, Subject_Type, Subject_ID, Detail)
    VALUES (SYSUTCDATETIME(), ORIGINAL_LOGIN(), @Action, @Subject_Type, @Subject_ID, @Detail);
END;
GO

------------------------------------------------------------------------------------------------------------
-- The catalogue: what is there, and what is not as it was deployed
------------------------------------------------------------------------------------------------------------

-- Everything of this database that a script can have made, each with what tells it from another of its name: a module
-- by the hash of its text. Base_Name is the table that it belongs to, where it belongs to one. The names are the
-- server's, in the collation of its catalogue; its descriptions (…_desc, permission_name) have another one, and where
-- both meet one is named. Granted to nobody: one sees in it what one may see the definition of.
CREATE OR ALTER VIEW Governance.Schema_Catalogue AS
SELECT N'table'                                                  AS Object_Kind,
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2 AS Object_Name,
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2 AS Base_Name,
       t.ledger_type_desc COLLATE Latin1_General_100_BIN2        AS Fingerprint
FROM sys.tables AS t
JOIN sys.schemas AS s
  ON s.schema_id = t.schema_id
UNION ALL
-- One row a table that is versioned: switched off, the row is gone.
SELECT N'versioning',
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(OBJECT_SCHEMA_NAME(t.history_table_id), N'.', OBJECT_NAME(t.history_table_id)) COLLATE Latin1_General_100_BIN2
FROM sys.tables AS t
JOIN sys.schemas AS s
  ON s.schema_id = t.schema_id
WHERE t.temporal_type = 2
UNION ALL
SELECT N'column',
       CONCAT(s.name, N'.', t.name, N'.', c.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(TYPE_NAME(c.user_type_id), N' ', c.max_length, N' ', c.precision, N' ', c.scale,
              IIF(c.is_nullable = 1, N' NULL', N' NOT NULL'), IIF(c.is_identity = 1, N' IDENTITY', N''),
              N' ', c.collation_name, N' ', c.generated_always_type_desc COLLATE Latin1_General_100_BIN2,
              N' ', CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', k.definition), 2))
FROM sys.tables AS t
JOIN sys.schemas AS s
  ON s.schema_id = t.schema_id
JOIN sys.columns AS c
  ON c.object_id = t.object_id
LEFT JOIN sys.computed_columns AS k
       ON k.object_id = c.object_id
      AND k.column_id = c.column_id
UNION ALL
SELECT N'mask',
       CONCAT(s.name, N'.', t.name, N'.', c.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2,
       c.masking_function COLLATE Latin1_General_100_BIN2
FROM sys.masked_columns AS c
JOIN sys.tables AS t
  ON t.object_id = c.object_id
JOIN sys.schemas AS s
  ON s.schema_id = t.schema_id
WHERE c.is_masked = 1
UNION ALL
-- A key comes with its table; an index is made by itself, and a site may have indexes of its own.
SELECT IIF(i.is_primary_key = 1 OR i.is_unique_constraint = 1, N'key', N'index'),
       CONCAT(s.name, N'.', t.name, N'.', i.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(i.type_desc COLLATE Latin1_General_100_BIN2, IIF(i.is_unique = 1, N' UNIQUE', N''), IIF(i.is_disabled = 1, N' DISABLED', N''), N' (',
              (SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), CONCAT(x.key_ordinal, N':', COL_NAME(x.object_id, x.column_id))), N', ')
                          WITHIN GROUP (ORDER BY x.key_ordinal, x.column_id)
               FROM sys.index_columns AS x
               WHERE x.object_id = i.object_id AND x.index_id = i.index_id), N') ',
              i.filter_definition)
FROM sys.indexes AS i
JOIN sys.tables AS t
  ON t.object_id = i.object_id
JOIN sys.schemas AS s
  ON s.schema_id = t.schema_id
WHERE i.name IS NOT NULL
UNION ALL
SELECT N'constraint',
       CONCAT(s.name, N'.', t.name, N'.', o.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(s.name, N'.', t.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(o.type_desc, IIF(k.is_disabled = 1 OR f.is_disabled = 1, N' DISABLED ', N' '),
              OBJECT_SCHEMA_NAME(f.referenced_object_id), N' ', OBJECT_NAME(f.referenced_object_id), N' ',
              CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', COALESCE(k.definition, d.definition)), 2)) COLLATE Latin1_General_100_BIN2
FROM sys.objects AS o
JOIN sys.tables AS t
  ON t.object_id = o.parent_object_id
JOIN sys.schemas AS s
  ON s.schema_id = t.schema_id
LEFT JOIN sys.check_constraints AS k
       ON k.object_id = o.object_id
LEFT JOIN sys.default_constraints AS d
       ON d.object_id = o.object_id
LEFT JOIN sys.foreign_keys AS f
       ON f.object_id = o.object_id
WHERE o.type IN (N'C', N'D', N'F')
UNION ALL
-- Views, procedures, functions and triggers; a trigger belongs to its table, and may be switched off.
SELECT CASE o.type WHEN N'V' THEN N'view' WHEN N'P' THEN N'procedure' WHEN N'TR' THEN N'trigger' ELSE N'function' END,
       CONCAT(s.name, N'.', o.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(s.name, N'.', COALESCE(OBJECT_NAME(NULLIF(o.parent_object_id, 0)), o.name)) COLLATE Latin1_General_100_BIN2,
       CONCAT(CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', m.definition), 2),
              IIF(g.is_disabled = 1, N' DISABLED', N'')) COLLATE Latin1_General_100_BIN2
FROM sys.sql_modules AS m
JOIN sys.objects AS o
  ON o.object_id = m.object_id
JOIN sys.schemas AS s
  ON s.schema_id = o.schema_id
LEFT JOIN sys.triggers AS g
       ON g.object_id = o.object_id
UNION ALL
SELECT N'sequence',
       CONCAT(s.name, N'.', q.name) COLLATE Latin1_General_100_BIN2,
       CONCAT(s.name, N'.', q.name) COLLATE Latin1_General_100_BIN2,
       TYPE_NAME(q.user_type_id) COLLATE Latin1_General_100_BIN2
FROM sys.sequences AS q
JOIN sys.schemas AS s
  ON s.schema_id = q.schema_id
UNION ALL
SELECT N'role',
       r.name COLLATE Latin1_General_100_BIN2,
       N'Governance.Security_Role',
       N'role'
FROM sys.database_principals AS r
WHERE r.type = 'R'
  AND EXISTS (SELECT 1 FROM Governance.Security_Role AS g WHERE g.Role_Name = r.name COLLATE Latin1_General_100_BIN2)
UNION ALL
SELECT N'grant',
       CONCAT(r.name, N': ', p.permission_name COLLATE Latin1_General_100_BIN2, N' on ', s.name, N'.', o.name,
              N'.' + COL_NAME(p.major_id, NULLIF(p.minor_id, 0))),
       CONCAT(s.name, N'.', o.name) COLLATE Latin1_General_100_BIN2,
       p.state_desc COLLATE Latin1_General_100_BIN2
FROM sys.database_permissions AS p
JOIN sys.database_principals AS r
  ON r.principal_id = p.grantee_principal_id
JOIN sys.objects AS o
  ON o.object_id = p.major_id
JOIN sys.schemas AS s
  ON s.schema_id = o.schema_id
WHERE p.class = 1
  AND EXISTS (SELECT 1 FROM Governance.Security_Role AS g WHERE g.Role_Name = r.name COLLATE Latin1_General_100_BIN2)
UNION ALL
-- The one right that is of the whole database.
SELECT N'grant',
       CONCAT(r.name, N': ', p.permission_name COLLATE Latin1_General_100_BIN2, N' in the database'),
       N'Governance.Steward_Action',
       p.state_desc COLLATE Latin1_General_100_BIN2
FROM sys.database_permissions AS p
JOIN sys.database_principals AS r
  ON r.principal_id = p.grantee_principal_id
WHERE p.class = 0 AND p.permission_name = N'VIEW LEDGER CONTENT'
  AND EXISTS (SELECT 1 FROM Governance.Security_Role AS g WHERE g.Role_Name = r.name COLLATE Latin1_General_100_BIN2);
GO

-- What was recorded at the last deployment and is gone or different now. Whoever may not see definitions would miss
-- everything: granted to nobody, it is asked by those who have VIEW DEFINITION in the database.
CREATE OR ALTER VIEW Governance.Schema_Drift AS
SELECT o.Object_Kind,
       o.Object_Name,
       o.Base_Name,
       CASE WHEN c.Object_Name IS NULL THEN N'Missing' ELSE N'Altered' END AS Drift,
       o.Fingerprint                                             AS Recorded_As,
       c.Fingerprint                                             AS Found_As,
       o.Recorded_At
FROM Governance.Schema_Object AS o
LEFT JOIN Governance.Schema_Catalogue AS c
       ON c.Object_Kind = o.Object_Kind COLLATE Latin1_General_100_BIN2
      AND c.Object_Name = o.Object_Name
WHERE c.Object_Name IS NULL
   OR c.Fingerprint <> o.Fingerprint;
GO

-- Called by the deployment, in the transaction of each script; granted to nobody. @Names is a JSON array of what the
-- scripts make: whatever else is in the database is none of theirs. @Keep is one of [kind, name]: drift that this
-- deployment does not put right, and that must not pass for right because of it.
CREATE OR ALTER PROCEDURE Governance.Record_Schema
    @Names NVARCHAR(MAX),
    @Keep  NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DELETE o
    FROM Governance.Schema_Object AS o
    WHERE NOT EXISTS (
        SELECT 1
        FROM OPENJSON(@Keep) WITH (Object_Kind NVARCHAR(20) N'$[0]', Object_Name NVARCHAR(400) N'$[1]') AS k
        WHERE k.Object_Kind COLLATE Latin1_General_100_BIN2 = o.Object_Kind
          AND k.Object_Name COLLATE Latin1_General_100_BIN2 = o.Object_Name);

    INSERT INTO Governance.Schema_Object (Object_Kind, Object_Name, Base_Name, Fingerprint, Recorded_At)
    SELECT c.Object_Kind, c.Object_Name, c.Base_Name, COALESCE(c.Fingerprint, N''), SYSUTCDATETIME()
    FROM Governance.Schema_Catalogue AS c
    WHERE c.Base_Name IN (SELECT n.value COLLATE Latin1_General_100_BIN2 FROM OPENJSON(@Names) AS n)
      AND (c.Object_Kind NOT IN (N'index', N'trigger')
           OR c.Object_Name IN (SELECT n.value COLLATE Latin1_General_100_BIN2 FROM OPENJSON(@Names) AS n))
      AND NOT EXISTS (
        SELECT 1
        FROM Governance.Schema_Object AS o
        WHERE o.Object_Kind = c.Object_Kind COLLATE Latin1_General_100_BIN2
          AND o.Object_Name = c.Object_Name);
END;
GO
