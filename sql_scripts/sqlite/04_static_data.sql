-- 04_static_data.sql · EnterpriseDiveDB on SQLite: the rows that the platform starts with.
--
-- Twin of sqlserver/04_static_data.sql. A second run adds what is new and corrects wording; what a steward has set
-- (severity, threshold, on or off) and what the platform has grown since are left alone.

------------------------------------------------------------------------------------------------------------
-- Lookups
------------------------------------------------------------------------------------------------------------

INSERT INTO Certification_Level (Certification_Level_ID, Level_Code, Level_Name, Is_Professional, Rank_Order)
VALUES
    (1, 'DSD', 'Discover Scuba Diving', 0, 10),
    (2, 'SD', 'Scuba Diver', 0, 20),
    (3, 'JOWD', 'Junior Open Water Diver', 0, 30),
    (4, 'OWD', 'Open Water Diver', 0, 40),
    (5, 'AOWD', 'Advanced Open Water Diver', 0, 50),
    (6, 'RD', 'Rescue Diver', 0, 60),
    (7, 'MSD', 'Master Scuba Diver', 0, 70),
    (8, 'EAD', 'Enriched Air Diver', 0, 80),
    (9, 'DEEP', 'Deep Diver', 0, 90),
    (10, 'WRECK', 'Wreck Diver', 0, 100),
    (11, 'CAVE', 'Cave Diver', 0, 110),
    (12, 'TEC', 'Technical Diver', 0, 120),
    (13, 'FREE', 'Freediver', 0, 130),
    (14, 'DM', 'Divemaster', 1, 140),
    (15, 'AI', 'Assistant Instructor', 1, 150),
    (16, 'OWSI', 'Open Water Scuba Instructor', 1, 160),
    (17, 'MI', 'Master Instructor', 1, 170),
    (18, 'CD', 'Course Director', 1, 180)
ON CONFLICT (Certification_Level_ID) DO NOTHING;

INSERT INTO Certification_Alias (Alias, Certification_Level_ID)
VALUES
    ('discover scuba diving', 1),
    ('dsd', 1),
    ('discover scuba diver', 1),
    ('scuba diver', 2),
    ('sd', 2),
    ('junior open water diver', 3),
    ('jowd', 3),
    ('junior owd', 3),
    ('junior open water', 3),
    ('open water diver', 4),
    ('owd', 4),
    ('open water', 4),
    ('advanced open water diver', 5),
    ('aowd', 5),
    ('advanced open water', 5),
    ('rescue diver', 6),
    ('rd', 6),
    ('master scuba diver', 7),
    ('msd', 7),
    ('enriched air diver', 8),
    ('ead', 8),
    ('nitrox', 8),
    ('nitrox diver', 8),
    ('deep diver', 9),
    ('deep', 9),
    ('wreck diver', 10),
    ('wreck', 10),
    ('cave diver', 11),
    ('cave', 11),
    ('technical diver', 12),
    ('tec', 12),
    ('tec diver', 12),
    ('freediver', 13),
    ('free', 13),
    ('free diver', 13),
    ('divemaster', 14),
    ('dm', 14),
    ('dive master', 14),
    ('assistant instructor', 15),
    ('ai', 15),
    ('open water scuba instructor', 16),
    ('owsi', 16),
    ('master instructor', 17),
    ('mi', 17),
    ('course director', 18),
    ('cd', 18)
ON CONFLICT (Alias) DO NOTHING;

INSERT INTO Discard_Code (Discard_Code, Discard_Label, Rank_Order)
VALUES
    ('not_a_person', 'Not a person', 10),
    ('test_data', 'Test data', 20),
    ('duplicate', 'Duplicate of another record', 30),
    ('refused_by_source', 'Refused by the source', 40),
    ('other', 'Other', 50)
ON CONFLICT (Discard_Code) DO NOTHING;

INSERT INTO Dive_Site (Dive_Site_ID, Site_Code, Site_Name, Country_Code, Latitude, Longitude, Max_Depth_M)
VALUES
    (1, 'BLUEHOLE-DAH', 'Blue Hole', 'EG', 28.5721, 34.5369, 100),
    (2, 'THISTLEGORM', 'SS Thistlegorm', 'EG', 27.8142, 33.9217, 32),
    (3, 'BARRACUDA-SIP', 'Barracuda Point', 'MY', 4.1149, 118.6287, 40),
    (4, 'MANTA-KONA', 'Manta Village', 'US', 19.5566, -155.965, 14),
    (5, 'SILFRA', 'Silfra Fissure', 'IS', 64.2558, -21.1162, 30),
    (6, 'ZENOBIA', 'MS Zenobia', 'CY', 34.8983, 33.653, 42),
    (7, 'CENOTE-DOS', 'Dos Ojos', 'MX', 20.3247, -87.3911, 10),
    (8, 'RICHELIEU', 'Richelieu Rock', 'TH', 9.3628, 98.0216, 35),
    (9, 'SHARK-ALIWAL', 'Aliwal Shoal', 'ZA', -30.2527, 30.823, 30),
    (10, 'ELPHINSTONE', 'Elphinstone Reef', 'EG', 25.3092, 34.8606, 70)
ON CONFLICT DO NOTHING;

INSERT INTO Equipment (Equipment_ID, Asset_Tag, Category, Model, Serviced_On, Service_Days)
VALUES
    (1, 'DG-0001', 'Regulator', 'Apex 50', '2026-02-15', 365),
    (2, 'DG-0002', 'Regulator', 'Apex 50', '2026-03-15', 365),
    (3, 'DG-0003', 'Regulator', 'Polar Twin', '2026-04-15', 365),
    (4, 'DG-0004', 'BCD', 'Trekker M', '2026-05-15', 730),
    (5, 'DG-0005', 'BCD', 'Trekker L', '2026-06-15', 730),
    (6, 'DG-0006', 'BCD', 'Wing 40', '2026-01-15', 730),
    (7, 'DG-0007', 'Cylinder', 'Steel 12 l', '2026-02-15', 912),
    (8, 'DG-0008', 'Cylinder', 'Steel 15 l', '2026-03-15', 912),
    (9, 'DG-0009', 'Cylinder', 'Aluminium 80', '2026-04-15', 912),
    (10, 'DG-0010', 'Computer', 'Depth One', '2026-05-15', 730),
    (11, 'DG-0011', 'Computer', 'Depth One', '2026-06-15', 730),
    (12, 'DG-0012', 'Wetsuit', '5 mm M', '2026-01-15', 1095),
    (13, 'DG-0013', 'Wetsuit', '5 mm L', '2026-02-15', 1095),
    (14, 'DG-0014', 'Drysuit', 'Fjord L', '2026-03-15', 730),
    (15, 'DG-0015', 'Torch', 'Beam 1200', '2026-04-15', 365)
ON CONFLICT DO NOTHING;

-- A versioned row that stands already is not inserted again, not even to be passed over: 02 takes that for a replacement.
INSERT INTO Dive_Tour (Tour_Code, Tour_Name, Dive_Site_ID, Minimum_Level, Starts_On, Days, Capacity, Price_Eur, Modified_By, Change_Reason)
SELECT column1, column2, column3, column4, column5, column6, column7, column8, column9, column10
FROM (VALUES
    ('RED-SEA-27', 'Red Sea wrecks and reefs', 2, 5, '2027-04-10', 7, 16, 1490, 'divegov', 'Static data'),
    ('SIPADAN-27', 'Sipadan walls', 3, 4, '2027-06-05', 9, 12, 2380, 'divegov', 'Static data'),
    ('KONA-27', 'Night with the mantas', 4, 4, '2027-02-20', 3, 20, 640, 'divegov', 'Static data'),
    ('SILFRA-27', 'Between two continents', 5, 5, '2027-08-14', 4, 8, 980, 'divegov', 'Static data'),
    ('ZENOBIA-27', 'Zenobia week', 6, 5, '2027-05-22', 6, 14, 1120, 'divegov', 'Static data'),
    ('CENOTES-27', 'Light in the cenotes', 7, 4, '2027-03-13', 5, 10, 1350, 'divegov', 'Static data')
)
WHERE NOT EXISTS (SELECT 1 FROM Dive_Tour WHERE Tour_Code = column1);

------------------------------------------------------------------------------------------------------------
-- Roles and masks
------------------------------------------------------------------------------------------------------------

INSERT INTO Security_Role (Role_Name, Role_Label, Description)
VALUES
    ('data_steward', 'Data steward', 'Reviews, fixes and releases quarantined records; sees contact data.'),
    ('compliance_officer', 'Compliance officer', 'Reads everything, with evidence; answers data subjects.'),
    ('data_analyst', 'Data analyst', 'Reads reports; personal data stay masked.')
ON CONFLICT (Role_Name) DO NOTHING;

INSERT INTO Masked_Column (Column_Name, Mask_Function)
VALUES
    ('Last_Name', 'partial(1, "XXXX", 0)'),
    ('Email', 'email()'),
    ('Phone', 'partial(0, "XXX-", 4)'),
    ('Date_Of_Birth', 'default()')
ON CONFLICT (Column_Name) DO NOTHING;

INSERT INTO Unmask_Grant (Role_Name, Column_Name)
VALUES
    ('data_steward', 'Last_Name'),
    ('data_steward', 'Email'),
    ('data_steward', 'Phone'),
    ('data_steward', 'Date_Of_Birth'),
    ('compliance_officer', 'Last_Name')
ON CONFLICT DO NOTHING;

------------------------------------------------------------------------------------------------------------
-- The rule catalogue
------------------------------------------------------------------------------------------------------------

-- Mandatory rules guard what dbo.Diver cannot hold otherwise, and cannot be switched off.
DROP TABLE IF EXISTS temp.Shipped_Rule;
CREATE TEMP TABLE Shipped_Rule AS
SELECT column1 AS Rule_Code, column2 AS Column_Name, column3 AS Dimension, column4 AS Severity, column5 AS Threshold,
       column6 AS Is_Mandatory, column7 AS Wording, column8 AS Hint
FROM (VALUES
    ('FIRST_NAME_MISSING', 'First_Name', 'Completeness', 'error', NULL, 1,
        'First name is missing',
        'Ask the source for the first name; a single name may stand in both fields.'),
    ('LAST_NAME_MISSING', 'Last_Name', 'Completeness', 'error', NULL, 1,
        'Last name is missing',
        'Ask the source for the last name; a single name may stand in both fields.'),
    ('EMAIL_MISSING', 'Email', 'Completeness', 'error', NULL, 1,
        'Email is missing',
        'Without an email a diver cannot be told from another. Ask the source for it.'),
    ('EMAIL_FORMAT', 'Email', 'Validity', 'error', NULL, 0,
        'Email is not a valid address',
        'One @, a name before it and a domain with a top label behind it, such as name@example.com.'),
    ('DOB_MISSING', 'Date_Of_Birth', 'Completeness', 'error', NULL, 1,
        'Date of birth is missing',
        'Age decides what a diver may do. Ask the source for the date of birth.'),
    ('DOB_FORMAT', 'Date_Of_Birth', 'Validity', 'error', NULL, 1,
        'Date of birth is not a real calendar date (YYYY-MM-DD)',
        'Write it as year-month-day, such as 1990-12-31, and see that the day exists.'),
    ('DOB_FUTURE', 'Date_Of_Birth', 'Accuracy', 'error', NULL, 0,
        'Date of birth is in the future',
        'Look for swapped digits in the year.'),
    ('AGE_BELOW_MINIMUM', 'Date_Of_Birth', 'Conformity', 'error', 10, 0,
        'Diver is younger than the minimum age',
        'The platform takes divers from this age on. Look for a mistyped year; otherwise discard the record.'),
    ('AGE_ABOVE_MAXIMUM', 'Date_Of_Birth', 'Accuracy', 'warning', 110, 0,
        'Diver is older than is plausible',
        'Look for a mistyped century. A steward may release a record that is right.'),
    ('PHONE_FORMAT', 'Phone', 'Validity', 'warning', NULL, 0,
        'Phone is not a usable number',
        '7 to 15 digits, an optional + before them, and an optional x with up to 6 digits behind them.'),
    ('CERTIFICATION_UNKNOWN', 'Certification', 'Conformity', 'error', NULL, 1,
        'Certification is not a known level',
        'Pick a level from the catalogue, or leave the field empty.'),
    ('CERTIFICATION_UNDERAGE', 'Certification', 'Conformity', 'warning', 18, 0,
        'Professional level below the minimum age',
        'A professional level asks for this age. Check the date of birth and the level.'),
    ('NAME_CHARACTERS', 'Last_Name', 'Validity', 'warning', NULL, 0,
        'Name holds digits or control characters',
        'Look for a 0 that is an o, a 1 that is an l, or a stray tab.'),
    ('FIELD_TOO_LONG', 'First_Name', 'Validity', 'error', NULL, 1,
        'Value is longer than its field',
        'Look for two values in one field, or text pasted by mistake.'),
    ('PAYLOAD_INVALID', 'Payload', 'Validity', 'error', NULL, 1,
        'Source record is damaged',
        'The record is not a whole JSON object. Ask the source to send it again, or type the values in.'),
    ('DUPLICATE_IN_BATCH', 'Email', 'Uniqueness', 'error', NULL, 1,
        'Another record of the batch has this email and other data',
        'The newest valid record was promoted. Compare the two, then merge or discard this one.'),
    ('DUPLICATE_OF_DIVER', 'Email', 'Uniqueness', 'error', NULL, 1,
        'A diver with this email exists and has other data',
        'Compare with the diver, then merge or discard.'),
    ('ERASED_SUBJECT', 'Email', 'Conformity', 'warning', NULL, 1,
        'This person was erased at their request',
        'Do not let them in again unless they have come back of their own will; the reason is kept.')
);

UPDATE Quality_Rule
SET Wording = s.Wording,
    Hint = s.Hint,
    Modified_By = 'divegov',
    Change_Reason = 'Wording of a newer release'
FROM temp.Shipped_Rule AS s
WHERE s.Rule_Code = Quality_Rule.Rule_Code
  AND (s.Wording <> Quality_Rule.Wording OR s.Hint <> Quality_Rule.Hint);

INSERT INTO Quality_Rule (Rule_Code, Column_Name, Dimension, Severity, Threshold, Is_Mandatory, Wording, Hint, Modified_By, Change_Reason)
SELECT Rule_Code, Column_Name, Dimension, Severity, Threshold, Is_Mandatory, Wording, Hint, 'divegov', 'Static data'
FROM temp.Shipped_Rule AS s
WHERE NOT EXISTS (SELECT 1 FROM Quality_Rule AS q WHERE q.Rule_Code = s.Rule_Code);

DROP TABLE temp.Shipped_Rule;

-- The bits by which Judge_Records (05) writes a record's verdict.
INSERT INTO Rule_Check (Check_Bit, Rule_Code, Column_Name)
VALUES
    (       1, 'FIRST_NAME_MISSING', 'First_Name'),
    (       2, 'LAST_NAME_MISSING', 'Last_Name'),
    (       4, 'EMAIL_MISSING', 'Email'),
    (       8, 'EMAIL_FORMAT', 'Email'),
    (      16, 'DOB_MISSING', 'Date_Of_Birth'),
    (      32, 'DOB_FORMAT', 'Date_Of_Birth'),
    (      64, 'DOB_FUTURE', 'Date_Of_Birth'),
    (     128, 'AGE_BELOW_MINIMUM', 'Date_Of_Birth'),
    (     256, 'AGE_ABOVE_MAXIMUM', 'Date_Of_Birth'),
    (     512, 'PHONE_FORMAT', 'Phone'),
    (    1024, 'CERTIFICATION_UNKNOWN', 'Certification'),
    (    2048, 'CERTIFICATION_UNDERAGE', 'Certification'),
    (    4096, 'NAME_CHARACTERS', 'First_Name'),
    (    8192, 'NAME_CHARACTERS', 'Last_Name'),
    (   16384, 'FIELD_TOO_LONG', 'First_Name'),
    (   32768, 'FIELD_TOO_LONG', 'Last_Name'),
    (   65536, 'FIELD_TOO_LONG', 'Email'),
    (  131072, 'FIELD_TOO_LONG', 'Phone'),
    (  262144, 'FIELD_TOO_LONG', 'Certification'),
    (  524288, 'FIELD_TOO_LONG', 'Source_Reference'),
    ( 1048576, 'PAYLOAD_INVALID', 'Payload'),
    ( 2097152, 'DUPLICATE_IN_BATCH', 'Email'),
    ( 4194304, 'DUPLICATE_OF_DIVER', 'Email'),
    ( 8388608, 'ERASED_SUBJECT', 'Email')
ON CONFLICT (Check_Bit) DO NOTHING;
