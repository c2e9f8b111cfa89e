-- 04_static_data.sql · EnterpriseDiveDB on SQL Server 2022: the rows that the platform starts with.
--
-- Twin of sqlite/04_static_data.sql. A second run adds what is new and corrects wording; what a steward has set
-- (severity, threshold, on or off) and what the platform has grown since are left alone. A literal in VALUES has the
-- database's collation: where it meets a column, the column's own is named.

SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT, XACT_ABORT ON;
GO

------------------------------------------------------------------------------------------------------------
-- Lookups
------------------------------------------------------------------------------------------------------------

INSERT INTO dbo.Certification_Level (Certification_Level_ID, Level_Code, Level_Name, Is_Professional, Rank_Order)
SELECT v.Certification_Level_ID, v.Level_Code, v.Level_Name, v.Is_Professional, v.Rank_Order
FROM (VALUES
    (1, N'DSD', N'Discover Scuba Diving', 0, 10),
    (2, N'SD', N'Scuba Diver', 0, 20),
    (3, N'JOWD', N'Junior Open Water Diver', 0, 30),
    (4, N'OWD', N'Open Water Diver', 0, 40),
    (5, N'AOWD', N'Advanced Open Water Diver', 0, 50),
    (6, N'RD', N'Rescue Diver', 0, 60),
    (7, N'MSD', N'Master Scuba Diver', 0, 70),
    (8, N'EAD', N'Enriched Air Diver', 0, 80),
    (9, N'DEEP', N'Deep Diver', 0, 90),
    (10, N'WRECK', N'Wreck Diver', 0, 100),
    (11, N'CAVE', N'Cave Diver', 0, 110),
    (12, N'TEC', N'Technical Diver', 0, 120),
    (13, N'FREE', N'Freediver', 0, 130),
    (14, N'DM', N'Divemaster', 1, 140),
    (15, N'AI', N'Assistant Instructor', 1, 150),
    (16, N'OWSI', N'Open Water Scuba Instructor', 1, 160),
    (17, N'MI', N'Master Instructor', 1, 170),
    (18, N'CD', N'Course Director', 1, 180)
) AS v (Certification_Level_ID, Level_Code, Level_Name, Is_Professional, Rank_Order)
WHERE NOT EXISTS (SELECT 1
                  FROM dbo.Certification_Level AS x
                  WHERE x.Certification_Level_ID = v.Certification_Level_ID);
GO

INSERT INTO dbo.Certification_Alias (Alias, Certification_Level_ID)
SELECT v.Alias, v.Certification_Level_ID
FROM (VALUES
    (N'discover scuba diving', 1),
    (N'dsd', 1),
    (N'discover scuba diver', 1),
    (N'scuba diver', 2),
    (N'sd', 2),
    (N'junior open water diver', 3),
    (N'jowd', 3),
    (N'junior owd', 3),
    (N'junior open water', 3),
    (N'open water diver', 4),
    (N'owd', 4),
    (N'open water', 4),
    (N'advanced open water diver', 5),
    (N'aowd', 5),
    (N'advanced open water', 5),
    (N'rescue diver', 6),
    (N'rd', 6),
    (N'master scuba diver', 7),
    (N'msd', 7),
    (N'enriched air diver', 8),
    (N'ead', 8),
    (N'nitrox', 8),
    (N'nitrox diver', 8),
    (N'deep diver', 9),
    (N'deep', 9),
    (N'wreck diver', 10),
    (N'wreck', 10),
    (N'cave diver', 11),
    (N'cave', 11),
    (N'technical diver', 12),
    (N'tec', 12),
    (N'tec diver', 12),
    (N'freediver', 13),
    (N'free', 13),
    (N'free diver', 13),
    (N'divemaster', 14),
    (N'dm', 14),
    (N'dive master', 14),
    (N'assistant instructor', 15),
    (N'ai', 15),
    (N'open water scuba instructor', 16),
    (N'owsi', 16),
    (N'master instructor', 17),
    (N'mi', 17),
    (N'course director', 18),
    (N'cd', 18)
) AS v (Alias, Certification_Level_ID)
WHERE NOT EXISTS (SELECT 1
                  FROM dbo.Certification_Alias AS x
                  WHERE x.Alias = v.Alias COLLATE Latin1_General_100_BIN2);
GO

INSERT INTO dbo.Discard_Code (Discard_Code, Discard_Label, Rank_Order)
SELECT v.Discard_Code, v.Discard_Label, v.Rank_Order
FROM (VALUES
    (N'not_a_person', N'Not a person', 10),
    (N'test_data', N'Test data', 20),
    (N'duplicate', N'Duplicate of another record', 30),
    (N'refused_by_source', N'Refused by the source', 40),
    (N'other', N'Other', 50)
) AS v (Discard_Code, Discard_Label, Rank_Order)
WHERE NOT EXISTS (SELECT 1
                  FROM dbo.Discard_Code AS x
                  WHERE x.Discard_Code = v.Discard_Code COLLATE Latin1_General_100_BIN2);
GO

INSERT INTO dbo.Dive_Site (Dive_Site_ID, Site_Code, Site_Name, Country_Code, Latitude, Longitude, Max_Depth_M)
SELECT v.Dive_Site_ID, v.Site_Code, v.Site_Name, v.Country_Code, v.Latitude, v.Longitude, v.Max_Depth_M
FROM (VALUES
    (1, N'BLUEHOLE-DAH', N'Blue Hole', N'EG', 28.5721, 34.5369, 100),
    (2, N'THISTLEGORM', N'SS Thistlegorm', N'EG', 27.8142, 33.9217, 32),
    (3, N'BARRACUDA-SIP', N'Barracuda Point', N'MY', 4.1149, 118.6287, 40),
    (4, N'MANTA-KONA', N'Manta Village', N'US', 19.5566, -155.965, 14),
    (5, N'SILFRA', N'Silfra Fissure', N'IS', 64.2558, -21.1162, 30),
    (6, N'ZENOBIA', N'MS Zenobia', N'CY', 34.8983, 33.653, 42),
    (7, N'CENOTE-DOS', N'Dos Ojos', N'MX', 20.3247, -87.3911, 10),
    (8, N'RICHELIEU', N'Richelieu Rock', N'TH', 9.3628, 98.0216, 35),
    (9, N'SHARK-ALIWAL', N'Aliwal Shoal', N'ZA', -30.2527, 30.823, 30),
    (10, N'ELPHINSTONE', N'Elphinstone Reef', N'EG', 25.3092, 34.8606, 70)
) AS v (Dive_Site_ID, Site_Code, Site_Name, Country_Code, Latitude, Longitude, Max_Depth_M)
WHERE NOT EXISTS (SELECT 1
                  FROM dbo.Dive_Site AS x
                  WHERE x.Dive_Site_ID = v.Dive_Site_ID
                     OR x.Site_Code = v.Site_Code COLLATE Latin1_General_100_BIN2);
GO

INSERT INTO dbo.Equipment (Equipment_ID, Asset_Tag, Category, Model, Serviced_On, Service_Days)
SELECT v.Equipment_ID, v.Asset_Tag, v.Category, v.Model, v.Serviced_On, v.Service_Days
FROM (VALUES
    (1, N'DG-0001', N'Regulator', N'Apex 50', N'2026-02-15', 365),
    (2, N'DG-0002', N'Regulator', N'Apex 50', N'2026-03-15', 365),
    (3, N'DG-0003', N'Regulator', N'Polar Twin', N'2026-04-15', 365),
    (4, N'DG-0004', N'BCD', N'Trekker M', N'2026-05-15', 730),
    (5, N'DG-0005', N'BCD', N'Trekker L', N'2026-06-15', 730),
    (6, N'DG-0006', N'BCD', N'Wing 40', N'2026-01-15', 730),
    (7, N'DG-0007', N'Cylinder', N'Steel 12 l', N'2026-02-15', 912),
    (8, N'DG-0008', N'Cylinder', N'Steel 15 l', N'2026-03-15', 912),
    (9, N'DG-0009', N'Cylinder', N'Aluminium 80', N'2026-04-15', 912),
    (10, N'DG-0010', N'Computer', N'Depth One', N'2026-05-15', 730),
    (11, N'DG-0011', N'Computer', N'Depth One', N'2026-06-15', 730),
    (12, N'DG-0012', N'Wetsuit', N'5 mm M', N'2026-01-15', 1095),
    (13, N'DG-0013', N'Wetsuit', N'5 mm L', N'2026-02-15', 1095),
    (14, N'DG-0014', N'Drysuit', N'Fjord L', N'2026-03-15', 730),
    (15, N'DG-0015', N'Torch', N'Beam 1200', N'2026-04-15', 365)
) AS v (Equipment_ID, Asset_Tag, Category, Model, Serviced_On, Service_Days)
WHERE NOT EXISTS (SELECT 1
                  FROM dbo.Equipment AS x
                  WHERE x.Equipment_ID = v.Equipment_ID
                     OR x.Asset_Tag = v.Asset_Tag COLLATE Latin1_General_100_BIN2);
GO

INSERT INTO dbo.Dive_Tour (Tour_Code, Tour_Name, Dive_Site_ID, Minimum_Level, Starts_On, Days, Capacity, Price_Eur,
                           Modified_By, Change_Reason)
SELECT v.Tour_Code, v.Tour_Name, v.Dive_Site_ID, v.Minimum_Level, v.Starts_On, v.Days, v.Capacity, v.Price_Eur,
       v.Modified_By, v.Change_Reason
FROM (VALUES
    (N'RED-SEA-27', N'Red Sea wrecks and reefs', 2, 5, N'2027-04-10', 7, 16, 1490, N'divegov', N'Static data'),
    (N'SIPADAN-27', N'Sipadan walls', 3, 4, N'2027-06-05', 9, 12, 2380, N'divegov', N'Static data'),
    (N'KONA-27', N'Night with the mantas', 4, 4, N'2027-02-20', 3, 20, 640, N'divegov', N'Static data'),
    (N'SILFRA-27', N'Between two continents', 5, 5, N'2027-08-14', 4, 8, 980, N'divegov', N'Static data'),
    (N'ZENOBIA-27', N'Zenobia week', 6, 5, N'2027-05-22', 6, 14, 1120, N'divegov', N'Static data'),
    (N'CENOTES-27', N'Light in the cenotes', 7, 4, N'2027-03-13', 5, 10, 1350, N'divegov', N'Static data')
) AS v (Tour_Code, Tour_Name, Dive_Site_ID, Minimum_Level, Starts_On, Days, Capacity, Price_Eur, Modified_By,
        Change_Reason)
WHERE NOT EXISTS (SELECT 1
                  FROM dbo.Dive_Tour AS x
                  WHERE x.Tour_Code = v.Tour_Code COLLATE Latin1_General_100_BIN2);
GO

------------------------------------------------------------------------------------------------------------
-- Roles and masks
------------------------------------------------------------------------------------------------------------

INSERT INTO Governance.Security_Role (Role_Name, Role_Label, Description)
SELECT v.Role_Name, v.Role_Label, v.Description
FROM (VALUES
    (N'data_steward', N'Data steward', N'Reviews, fixes and releases quarantined records; sees contact data.'),
    (N'compliance_officer', N'Compliance officer', N'Reads everything, with evidence; answers data subjects.'),
    (N'data_analyst', N'Data analyst', N'Reads reports; personal data stay masked.')
) AS v (Role_Name, Role_Label, Description)
WHERE NOT EXISTS (SELECT 1
                  FROM Governance.Security_Role AS x
                  WHERE x.Role_Name = v.Role_Name COLLATE Latin1_General_100_BIN2);
GO

INSERT INTO Governance.Masked_Column (Column_Name, Mask_Function)
SELECT v.Column_Name, v.Mask_Function
FROM (VALUES
    (N'Last_Name', N'partial(1, "XXXX", 0)'),
    (N'Email', N'email()'),
    (N'Phone', N'partial(0, "XXX-", 4)'),
    (N'Date_Of_Birth', N'default()')
) AS v (Column_Name, Mask_Function)
WHERE NOT EXISTS (SELECT 1
                  FROM Governance.Masked_Column AS x
                  WHERE x.Column_Name = v.Column_Name COLLATE Latin1_General_100_BIN2);
GO

INSERT INTO Governance.Unmask_Grant (Role_Name, Column_Name)
SELECT v.Role_Name, v.Column_Name
FROM (VALUES
    (N'data_steward', N'Last_Name'),
    (N'data_steward', N'Email'),
    (N'data_steward', N'Phone'),
    (N'data_steward', N'Date_Of_Birth'),
    (N'compliance_officer', N'Last_Name')
) AS v (Role_Name, Column_Name)
WHERE NOT EXISTS (SELECT 1
                  FROM Governance.Unmask_Grant AS x
                  WHERE x.Role_Name = v.Role_Name COLLATE Latin1_General_100_BIN2
                    AND x.Column_Name = v.Column_Name COLLATE Latin1_General_100_BIN2);
GO

------------------------------------------------------------------------------------------------------------
-- The rule catalogue
------------------------------------------------------------------------------------------------------------

-- Mandatory rules guard what dbo.Diver cannot hold otherwise, and cannot be switched off.
DECLARE @Rule TABLE (
    Rule_Code    NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
    Column_Name  NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Dimension    NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Severity     NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Threshold    INT NULL,
    Is_Mandatory BIT NOT NULL,
    Wording      NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Hint         NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL
);
INSERT INTO @Rule (Rule_Code, Column_Name, Dimension, Severity, Threshold, Is_Mandatory, Wording, Hint)
VALUES
    (N'FIRST_NAME_MISSING', N'First_Name', N'Completeness', N'error', NULL, 1,
        N'First name is missing',
        N'Ask the source for the first name; a single name may stand in both fields.'),
    (N'LAST_NAME_MISSING', N'Last_Name', N'Completeness', N'error', NULL, 1,
        N'Last name is missing',
        N'Ask the source for the last name; a single name may stand in both fields.'),
    (N'EMAIL_MISSING', N'Email', N'Completeness', N'error', NULL, 1,
        N'Email is missing',
        N'Without an email a diver cannot be told from another. Ask the source for it.'),
    (N'EMAIL_FORMAT', N'Email', N'Validity', N'error', NULL, 0,
        N'Email is not a valid address',
        N'One @, a name before it and a domain with a top label behind it, such as name@example.com.'),
    (N'DOB_MISSING', N'Date_Of_Birth', N'Completeness', N'error', NULL, 1,
        N'Date of birth is missing',
        N'Age decides what a diver may do. Ask the source for the date of birth.'),
    (N'DOB_FORMAT', N'Date_Of_Birth', N'Validity', N'error', NULL, 1,
        N'Date of birth is not a real calendar date (YYYY-MM-DD)',
        N'Write it as year-month-day, such as 1990-12-31, and see that the day exists.'),
    (N'DOB_FUTURE', N'Date_Of_Birth', N'Accuracy', N'error', NULL, 0,
        N'Date of birth is in the future',
        N'Look for swapped digits in the year.'),
    (N'AGE_BELOW_MINIMUM', N'Date_Of_Birth', N'Conformity', N'error', 10, 0,
        N'Diver is younger than the minimum age',
        N'The platform takes divers from this age on. Look for a mistyped year; otherwise discard the record.'),
    (N'AGE_ABOVE_MAXIMUM', N'Date_Of_Birth', N'Accuracy', N'warning', 110, 0,
        N'Diver is older than is plausible',
        N'Look for a mistyped century. A steward may release a record that is right.'),
    (N'PHONE_FORMAT', N'Phone', N'Validity', N'warning', NULL, 0,
        N'Phone is not a usable number',
        N'7 to 15 digits, an optional + before them, and an optional x with up to 6 digits behind them.'),
    (N'CERTIFICATION_UNKNOWN', N'Certification', N'Conformity', N'error', NULL, 1,
        N'Certification is not a known level',
        N'Pick a level from the catalogue, or leave the field empty.'),
    (N'CERTIFICATION_UNDERAGE', N'Certification', N'Conformity', N'warning', 18, 0,
        N'Professional level below the minimum age',
        N'A professional level asks for this age. Check the date of birth and the level.'),
    (N'NAME_CHARACTERS', N'Last_Name', N'Validity', N'warning', NULL, 0,
        N'Name holds digits or control characters',
        N'Look for a 0 that is an o, a 1 that is an l, or a stray tab.'),
    (N'FIELD_TOO_LONG', N'First_Name', N'Validity', N'error', NULL, 1,
        N'Value is longer than its field',
        N'Look for two values in one field, or text pasted by mistake.'),
    (N'PAYLOAD_INVALID', N'Payload', N'Validity', N'error', NULL, 1,
        N'Source record is damaged',
        N'The record is not a whole JSON object. Ask the source to send it again, or type the values in.'),
    (N'DUPLICATE_IN_BATCH', N'Email', N'Uniqueness', N'error', NULL, 1,
        N'Another record of the batch has this email and other data',
        N'The newest valid record was promoted. Compare the two, then merge or discard this one.'),
    (N'DUPLICATE_OF_DIVER', N'Email', N'Uniqueness', N'error', NULL, 1,
        N'A diver with this email exists and has other data',
        N'Compare with the diver, then merge or discard.'),
    (N'ERASED_SUBJECT', N'Email', N'Conformity', N'warning', NULL, 1,
        N'This person was erased at their request',
        N'Do not let them in again unless they have come back of their own will; the reason is kept.');

UPDATE r
SET Wording = n.Wording,
    Hint = n.Hint,
    Modified_By = N'divegov',
    Change_Reason = N'Wording of a newer release'
FROM Governance.Quality_Rule AS r
JOIN @Rule AS n
  ON n.Rule_Code = r.Rule_Code
WHERE r.Wording <> n.Wording OR r.Hint <> n.Hint;

INSERT INTO Governance.Quality_Rule (Rule_Code, Column_Name, Dimension, Severity, Threshold, Is_Mandatory, Wording, Hint,
                                     Modified_By, Change_Reason)
SELECT n.Rule_Code, n.Column_Name, n.Dimension, n.Severity, n.Threshold, n.Is_Mandatory, n.Wording, n.Hint,
       N'divegov', N'Static data'
FROM @Rule AS n
WHERE NOT EXISTS (SELECT 1
                  FROM Governance.Quality_Rule AS x
                  WHERE x.Rule_Code = n.Rule_Code);
GO

-- The bits by which Judge_Records (05) writes a record's verdict.
INSERT INTO Governance.Rule_Check (Check_Bit, Rule_Code, Column_Name)
SELECT v.Check_Bit, v.Rule_Code, v.Column_Name
FROM (VALUES
    (       1, N'FIRST_NAME_MISSING', N'First_Name'),
    (       2, N'LAST_NAME_MISSING', N'Last_Name'),
    (       4, N'EMAIL_MISSING', N'Email'),
    (       8, N'EMAIL_FORMAT', N'Email'),
    (      16, N'DOB_MISSING', N'Date_Of_Birth'),
    (      32, N'DOB_FORMAT', N'Date_Of_Birth'),
    (      64, N'DOB_FUTURE', N'Date_Of_Birth'),
    (     128, N'AGE_BELOW_MINIMUM', N'Date_Of_Birth'),
    (     256, N'AGE_ABOVE_MAXIMUM', N'Date_Of_Birth'),
    (     512, N'PHONE_FORMAT', N'Phone'),
    (    1024, N'CERTIFICATION_UNKNOWN', N'Certification'),
    (    2048, N'CERTIFICATION_UNDERAGE', N'Certification'),
    (    4096, N'NAME_CHARACTERS', N'First_Name'),
    (    8192, N'NAME_CHARACTERS', N'Last_Name'),
    (   16384, N'FIELD_TOO_LONG', N'First_Name'),
    (   32768, N'FIELD_TOO_LONG', N'Last_Name'),
    (   65536, N'FIELD_TOO_LONG', N'Email'),
    (  131072, N'FIELD_TOO_LONG', N'Phone'),
    (  262144, N'FIELD_TOO_LONG', N'Certification'),
    (  524288, N'FIELD_TOO_LONG', N'Source_Reference'),
    ( 1048576, N'PAYLOAD_INVALID', N'Payload'),
    ( 2097152, N'DUPLICATE_IN_BATCH', N'Email'),
    ( 4194304, N'DUPLICATE_OF_DIVER', N'Email'),
    ( 8388608, N'ERASED_SUBJECT', N'Email')
) AS v (Check_Bit, Rule_Code, Column_Name)
WHERE NOT EXISTS (SELECT 1
                  FROM Governance.Rule_Check AS x
                  WHERE x.Check_Bit = v.Check_Bit);
GO
