-- 03_security.sql · EnterpriseDiveDB on SQL Server 2022: roles, masks, and the log that cannot be rewritten.
--
-- Twin of sqlite/03_security.sql. Here the roles are database roles, and SQL Server enforces what they may. They get
-- EXECUTE on procedures and SELECT on views, each granted where the object is made, and DML on nothing. Whoever looks
-- after the server adds the people: ALTER ROLE data_steward ADD MEMBER … .
-- Masks hide values in what a query returns. They do not stop a person who may write queries of their own from narrowing
-- a value down with WHERE: so the roles read views only, and no table.

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
