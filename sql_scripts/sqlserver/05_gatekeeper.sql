-- 05_gatekeeper.sql · EnterpriseDiveDB on SQL Server 2022: the procedures. Everything that changes data is one of these.
--
-- Twin of sqlite/05_gatekeeper.sql, statement by statement. A procedure stands in the schema of what it changes:
--
--     Staging      Open_Batch, Load_Batch, Load_Ground_Truth, Govern_Batch, Replay_Batch,
--                  Report_Batch
--     Governance   Judge_Records, Normalise_Records, Apply_Rules, Compare_With_Divers, Log_Action (03)
--     dbo          the procedures of review
--
-- What is dialect here: each procedure that changes data owns its transaction (within an outer one it takes part in
-- that). A refusal is THROW 504xx, an inconsistency THROW 505xx; nothing of the call is kept. Progress comes as
-- RAISERROR at severity 0, which WITH NOWAIT sends at once, where PRINT would wait. @Rehearse undoes everything to a
-- savepoint, after the results were sent. What a PRINT or a THROW says is the twin's text; where THROW passes on what
-- somebody wrote, its per cent signs are doubled, since it takes one by itself for the beginning of a format.
-- Whatever writes dbo.Diver copies masked columns, so it runs WITH EXECUTE AS OWNER (a masked caller would store the
-- mask); ORIGINAL_LOGIN() is who really called. It takes the application lock DiveGov.Gate first: two queue there.
-- A temporary table ends with the procedure that made it, so the caller makes those that Judge_Records reads and fills.

SET ANSI_NULLS, ANSI_PADDING, ANSI_WARNINGS, ARITHABORT, CONCAT_NULL_YIELDS_NULL, QUOTED_IDENTIFIER ON;
SET NUMERIC_ROUNDABORT OFF;
SET NOCOUNT, XACT_ABORT ON;
GO

------------------------------------------------------------------------------------------------------------
-- Arrival: Open_Batch, Load_Batch, Load_Ground_Truth
------------------------------------------------------------------------------------------------------------

-- Announces an arrival. The same content again, while its batch is still open, is the same batch: loading goes on
-- where it stopped. Content that was governed before is reported (Earlier_Batch_ID) and opens a batch only @Again.
CREATE OR ALTER PROCEDURE Staging.Open_Batch
    @Source_Name    NVARCHAR(1000),
    @Source_Kind    NVARCHAR(20),
    @Content_Hash   NVARCHAR(128),
    @Declared_Count BIGINT,
    @Again          BIT = 0
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Batch_ID BIGINT, @Earlier_Batch_ID BIGINT, @Is_New BIT, @Detail NVARCHAR(4000);

    BEGIN TRY
        BEGIN TRANSACTION;

        IF @Declared_Count < 1
            THROW 50400, N'A batch must bring at least one record.', 1;

        -- The range stays locked, so that two who bring the same content at once do not both open a batch.
        SET @Batch_ID = (
            SELECT MAX(Batch_ID)
            FROM Staging.Ingestion_Batch WITH (UPDLOCK, HOLDLOCK)
            WHERE Content_Hash = @Content_Hash AND Declared_Count = @Declared_Count AND Status = N'Open'
        );
        SET @Earlier_Batch_ID = (
            SELECT MIN(Batch_ID)
            FROM Staging.Ingestion_Batch
            WHERE Content_Hash = @Content_Hash AND Status = N'Governed'
        );
        SET @Is_New = IIF(@Batch_ID IS NULL AND (@Earlier_Batch_ID IS NULL OR @Again = 1), 1, 0);

        IF @Is_New = 1
        BEGIN
            INSERT INTO Staging.Ingestion_Batch (Source_Name, Source_Kind, Content_Hash, Received_At, Received_By,
                                                 Declared_Count)
            VALUES (@Source_Name, @Source_Kind, @Content_Hash, SYSUTCDATETIME(), ORIGINAL_LOGIN(), @Declared_Count);

            SET @Batch_ID = SCOPE_IDENTITY();

            SET @Detail = (SELECT @Source_Kind AS kind, @Declared_Count AS declared FOR JSON PATH, WITHOUT_ARRAY_WRAPPER);
            EXECUTE Governance.Log_Action @Action = N'Open_Batch', @Subject_Type = N'Ingestion_Batch',
                                          @Subject_ID = @Batch_ID, @Detail = @Detail;
        END;

        SELECT @Batch_ID                                            AS Batch_ID,
               @Earlier_Batch_ID                                    AS Earlier_Batch_ID,
               ISNULL((SELECT b.Loaded_Count
                       FROM Staging.Ingestion_Batch AS b
                       WHERE b.Batch_ID = @Batch_ID), 0)            AS Loaded_Count;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Staging.Open_Batch TO data_steward;
GO

-- Takes a chunk of records as one JSON array of arrays: source row, payload, and the raw text columns in the order of
-- the table. A chunk sent twice is loaded once.
CREATE OR ALTER PROCEDURE Staging.Load_Batch
    @Batch_ID BIGINT,
    @Rows     NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Loaded BIGINT, @Status NVARCHAR(20), @Message NVARCHAR(400);

    BEGIN TRY
        BEGIN TRANSACTION;

        -- The batch's row stays locked: chunks of one batch come in turn, and none comes while it is governed.
        SET @Status = (SELECT Status FROM Staging.Ingestion_Batch WITH (UPDLOCK) WHERE Batch_ID = @Batch_ID);

        -- Two may send the same content at once: whoever finds it governed by the other is only told of what is not there.
        IF @Status IS NULL
           OR @Status = N'Governed'
              AND EXISTS (SELECT 1
                          FROM OPENJSON(@Rows) WITH (Source_Row BIGINT '$[0]') AS j
                          WHERE NOT EXISTS (SELECT 1
                                            FROM Staging.Raw_Record AS r
                                            WHERE r.Batch_ID = @Batch_ID AND r.Source_Row = j.Source_Row))
        BEGIN
            SET @Message = CONCAT(N'Batch ', @Batch_ID, N' is not open for loading.');
            THROW 50409, @Message, 1;
        END;

        INSERT INTO Staging.Raw_Record (Batch_ID, Source_Row, First_Name, Last_Name, Email, Phone, Date_Of_Birth,
                                        Certification, Source_Reference, Payload)
        SELECT @Batch_ID,
               j.Source_Row,
               j.First_Name,
               j.Last_Name,
               j.Email,
               j.Phone,
               j.Date_Of_Birth,
               j.Certification,
               j.Source_Reference,
               j.Payload
        FROM OPENJSON(@Rows) WITH (
                 Source_Row       BIGINT        '$[0]',
                 First_Name       NVARCHAR(MAX) '$[2]',
                 Last_Name        NVARCHAR(MAX) '$[3]',
                 Email            NVARCHAR(MAX) '$[4]',
                 Phone            NVARCHAR(MAX) '$[5]',
                 Date_Of_Birth    NVARCHAR(MAX) '$[6]',
                 Certification    NVARCHAR(MAX) '$[7]',
                 Source_Reference NVARCHAR(MAX) '$[8]',
                 Payload          NVARCHAR(MAX) '$[1]'
             ) AS j
        WHERE NOT EXISTS (SELECT 1
                          FROM Staging.Raw_Record AS r
                          WHERE r.Batch_ID = @Batch_ID AND r.Source_Row = j.Source_Row)
        ORDER BY j.Source_Row;
        SET @Loaded = @@ROWCOUNT;

        UPDATE Staging.Ingestion_Batch
        SET Loaded_Count = Loaded_Count + @Loaded
        WHERE Batch_ID = @Batch_ID;

        SELECT Loaded_Count
        FROM Staging.Ingestion_Batch
        WHERE Batch_ID = @Batch_ID;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Staging.Load_Batch TO data_steward;
GO

-- Notes what a generator injected, as a JSON array of [source row, defect]. For scoring only; no rule reads it.
CREATE OR ALTER PROCEDURE Staging.Load_Ground_Truth
    @Batch_ID BIGINT,
    @Defects  NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    BEGIN TRY
        BEGIN TRANSACTION;

        IF NOT EXISTS (SELECT 1
                       FROM Staging.Ingestion_Batch WITH (UPDLOCK)
                       WHERE Batch_ID = @Batch_ID AND Source_Kind = N'synthetic')
            THROW 50409, N'Only a synthetic batch has a ground truth.', 1;

        INSERT INTO Staging.Injected_Defect (Batch_ID, Source_Row, Defect_Code)
        SELECT DISTINCT @Batch_ID, j.Source_Row, j.Defect_Code COLLATE Latin1_General_100_BIN2
        FROM OPENJSON(@Defects) WITH (
                 Source_Row  BIGINT       '$[0]',
                 Defect_Code NVARCHAR(40) '$[1]'
             ) AS j
        WHERE NOT EXISTS (SELECT 1
                          FROM Staging.Injected_Defect AS i
                          WHERE i.Batch_ID = @Batch_ID
                            AND i.Source_Row = j.Source_Row
                            AND i.Defect_Code = j.Defect_Code COLLATE Latin1_General_100_BIN2);

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Staging.Load_Ground_Truth TO data_steward;
GO

-- Tells who arrives, as a JSON array of [source row, keyed hash of an identity], so that a person who was erased is known
-- again. The hashes are compared and forgotten; which record it was is kept. Asked only where somebody was erased.
CREATE OR ALTER PROCEDURE Staging.Load_Identities
    @Batch_ID   BIGINT,
    @Identities NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400);

    BEGIN TRY
        BEGIN TRANSACTION;

        IF NOT EXISTS (SELECT 1
                       FROM Staging.Ingestion_Batch WITH (UPDLOCK)
                       WHERE Batch_ID = @Batch_ID AND Status = N'Open')
        BEGIN
            SET @Message = CONCAT(N'Batch ', @Batch_ID, N' is not open for loading.');
            THROW 50409, @Message, 1;
        END;

        INSERT INTO Staging.Raw_Flag (Batch_ID, Source_Row)
        SELECT DISTINCT @Batch_ID, j.Source_Row
        FROM OPENJSON(@Identities) WITH (
                 Source_Row BIGINT       '$[0]',
                 Tombstone  NVARCHAR(80) '$[1]'
             ) AS j
        JOIN dbo.Erasure_Tombstone AS t
          ON t.Tombstone = j.Tombstone COLLATE Latin1_General_100_BIN2
        WHERE NOT EXISTS (SELECT 1
                          FROM Staging.Raw_Flag AS k
                          WHERE k.Batch_ID = @Batch_ID AND k.Source_Row = j.Source_Row);

        SELECT COUNT_BIG(*) AS Flagged_Count
        FROM Staging.Raw_Flag
        WHERE Batch_ID = @Batch_ID;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Staging.Load_Identities TO data_steward;
GO

------------------------------------------------------------------------------------------------------------
-- Judgement: the rules, in one place
------------------------------------------------------------------------------------------------------------

-- Judges the records of #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload and the raw text columns) as
-- received on a day. Fills #Normalised, the values as they would be stored; and #Finding, a row for each record that
-- fails: Mask has one bit a failed check (Rule_Check). Rules that look at one record only; what compares records is the
-- caller's. The three tables are made by the caller, as Govern_Batch makes them. Granted to nobody.
CREATE OR ALTER PROCEDURE Governance.Judge_Records
    @Received_On DATE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    EXECUTE Governance.Normalise_Records;
    EXECUTE Governance.Apply_Rules @Received_On = @Received_On;
END;
GO

-- Fills #Normalised from #Judge_Input: the values as they would be stored. Called by Judge_Records.
--
-- The raw values have any length, the normalised ones a sort and a join can bear: one that is longer keeps its beginning
-- (longer than any limit of a rule, so FIELD_TOO_LONG still sees it) and its SHA-256, so it equals itself and nothing else.
CREATE OR ALTER PROCEDURE Governance.Normalise_Records
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- What counts as blank around a value: Unicode's white space, the zero-width space and the byte-order mark.
    DECLARE @Blank NVARCHAR(40) = CONCAT(
        NCHAR(9), NCHAR(10), NCHAR(11), NCHAR(12), NCHAR(13), NCHAR(32), NCHAR(133), NCHAR(160), NCHAR(5760),
        NCHAR(8192), NCHAR(8193), NCHAR(8194), NCHAR(8195), NCHAR(8196), NCHAR(8197), NCHAR(8198), NCHAR(8199),
        NCHAR(8200), NCHAR(8201), NCHAR(8202), NCHAR(8203), NCHAR(8232), NCHAR(8233), NCHAR(8239), NCHAR(8287),
        NCHAR(12288), NCHAR(65279));
    DECLARE @Odd_Name NVARCHAR(40) = CONCAT(N'%[0-9', NCHAR(1), N'-', NCHAR(31), NCHAR(127), N'-', NCHAR(159), N']%');
    -- Lower case is ASCII's only, as in the twin: LOWER() would turn the Kelvin sign into a k, and a Turkish I into an ı.
    DECLARE @Upper NVARCHAR(26) = N'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    DECLARE @Lower NVARCHAR(26) = N'abcdefghijklmnopqrstuvwxyz';

    INSERT INTO #Normalised (Record_ID, Source_Row, Waived_Checks, First_Name, Last_Name, Email, Phone, Digits,
                             Date_Of_Birth, Certification, Certification_Level_ID, Source_Reference, Is_Whole,
                             First_Name_Is_Odd, Last_Name_Is_Odd)
    SELECT i.Record_ID,
           i.Source_Row,
           i.Waived_Checks,
           IIF(LEN(t.First_Name) > 300,
               LEFT(t.First_Name, 236) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.First_Name), 2), t.First_Name),
           IIF(LEN(t.Last_Name) > 300,
               LEFT(t.Last_Name, 236) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.Last_Name), 2), t.Last_Name),
           IIF(LEN(t.Email) > 600,
               LEFT(t.Email, 536) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.Email), 2), t.Email),
           IIF(LEN(t.Phone) > 200,
               LEFT(t.Phone, 136) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.Phone), 2), t.Phone),
           IIF(LEN(t.Digits) > 200,
               LEFT(t.Digits, 136) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.Digits), 2), t.Digits),
           IIF(LEN(t.Date_Of_Birth) > 200,
               LEFT(t.Date_Of_Birth, 136) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.Date_Of_Birth), 2),
               t.Date_Of_Birth),
           IIF(LEN(t.Certification) > 200,
               LEFT(t.Certification, 136) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.Certification), 2),
               t.Certification),
           a.Certification_Level_ID,
           IIF(LEN(t.Source_Reference) > 300,
               LEFT(t.Source_Reference, 236) + CONVERT(NVARCHAR(64), HASHBYTES('SHA2_256', t.Source_Reference), 2),
               t.Source_Reference),
           -- \u0000 ends a text on its way through the twin's json functions, so a record that holds it counts as damaged;
           -- behind an escaped backslash the same letters are only letters.
           IIF(ISJSON(i.Payload) = 1
               AND TRIM(@Blank FROM i.Payload) LIKE N'{%'
               AND (CHARINDEX(N'\u0000', i.Payload) = 0
                    OR CHARINDEX(N'\u0000', REPLACE(i.Payload, N'\\', N'')) = 0), 1, 0),
           -- NAME_CHARACTERS is looked for here, in the whole of the name.
           IIF(t.First_Name LIKE @Odd_Name, 1, 0),
           IIF(t.Last_Name LIKE @Odd_Name, 1, 0)
    FROM #Judge_Input AS i
    CROSS APPLY (
        SELECT NULLIF(TRIM(@Blank FROM i.First_Name), N'')                           AS First_Name,
               NULLIF(TRIM(@Blank FROM i.Last_Name), N'')                            AS Last_Name,
               NULLIF(TRANSLATE(TRIM(@Blank FROM i.Email), @Upper, @Lower), N'')     AS Email,
               NULLIF(TRIM(@Blank FROM i.Phone), N'')                                AS Phone,
               REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(
                   TRIM(@Blank FROM i.Phone), N' ', N''), N'.', N''), N'-', N''), N'(', N''), N')', N'') AS Digits,
               NULLIF(TRIM(@Blank FROM i.Date_Of_Birth), N'')                        AS Date_Of_Birth,
               NULLIF(TRIM(@Blank FROM i.Certification), N'')                        AS Certification,
               NULLIF(TRIM(@Blank FROM i.Source_Reference), N'')                     AS Source_Reference
    ) AS t
    LEFT JOIN dbo.Certification_Alias AS a
           ON a.Alias = TRANSLATE(t.Certification, @Upper, @Lower);
END;
GO

-- The rules themselves: fills #Finding, a row for each record of #Normalised that fails. Called by Judge_Records, and on
-- its own where of all @Checks only some are wanted.
--
-- No expression below can be NULL in a mask: a check that cannot be made counts as passed only where another one fails.
CREATE OR ALTER PROCEDURE Governance.Apply_Rules
    @Received_On DATE,
    @Checks      INT = -1
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    DECLARE @Long_Label NVARCHAR(400) = CONCAT(N'%', REPLICATE(N'[^.]', 64), N'%');
    -- The unquoted characters of RFC 5322 that are neither letter nor digit, and @; each becomes an a before LIKE looks.
    DECLARE @Email_Signs NVARCHAR(40) = N'-.!#$%&''*+/=?^_`{|}~@';
    DECLARE @Email_Letters NVARCHAR(40) = REPLICATE(N'a', LEN(@Email_Signs));
    -- What is not asked is not looked at.
    DECLARE @Asked INT = @Checks & (
        SELECT SUM(c.Check_Bit)
        FROM Governance.Rule_Check AS c
        JOIN Governance.Quality_Rule AS r ON r.Rule_Code = c.Rule_Code
        WHERE r.Is_Enabled = 1
    );
    -- Ages as days of birth: younger than the threshold is born after the first, older is born up to the second. They
    -- are text, since the day need not exist (29 February of ten years ago).
    DECLARE @Received_Day NVARCHAR(10) = CONVERT(NCHAR(10), @Received_On, 23);
    DECLARE @Too_Young_After NVARCHAR(20) = (
        SELECT RIGHT(CONCAT(N'000', YEAR(@Received_On) - Threshold), 4) + SUBSTRING(@Received_Day, 5, 6)
        FROM Governance.Quality_Rule
        WHERE Rule_Code = N'AGE_BELOW_MINIMUM' AND Threshold IS NOT NULL
    );
    DECLARE @Too_Old_Until NVARCHAR(20) = (
        SELECT RIGHT(CONCAT(N'000', YEAR(@Received_On) - Threshold - 1), 4) + SUBSTRING(@Received_Day, 5, 6)
        FROM Governance.Quality_Rule
        WHERE Rule_Code = N'AGE_ABOVE_MAXIMUM' AND Threshold IS NOT NULL
    );
    DECLARE @Not_Professional_After NVARCHAR(20) = (
        SELECT RIGHT(CONCAT(N'000', YEAR(@Received_On) - Threshold), 4) + SUBSTRING(@Received_Day, 5, 6)
        FROM Governance.Quality_Rule
        WHERE Rule_Code = N'CERTIFICATION_UNDERAGE' AND Threshold IS NOT NULL
    );

    INSERT INTO #Finding (Record_ID, Mask)
    SELECT j.Record_ID,
           j.Mask
    FROM (
        SELECT n.Record_ID,
               @Asked & ~n.Waived_Checks & (
                   -- FIRST_NAME_MISSING, LAST_NAME_MISSING
                   IIF(n.First_Name IS NULL, 1, 0)
                 | IIF(n.Last_Name IS NULL, 2, 0)
                 | CASE
                       WHEN @Asked & 12 = 0 THEN 0
                       -- EMAIL_MISSING
                       WHEN n.Email IS NULL THEN 4
                       -- Most addresses are short and plain, and seen to be good without the whole examination.
                       WHEN TRANSLATE(n.Email, N'_+-', N'aaa') NOT LIKE N'%[^a-z0-9.@]%'
                        AND n.Email LIKE N'[a-z0-9]%@[a-z0-9]%.%[a-z0-9][a-z]'
                        AND n.Email NOT LIKE N'%@%[@_+]%'
                        AND LEN(n.Email) < 64
                        AND CHARINDEX(N'..', n.Email) = 0
                        AND CHARINDEX(N'.@', n.Email) = 0
                        AND CHARINDEX(N'.-', n.Email) = 0
                        AND CHARINDEX(N'-.', n.Email) = 0
                       THEN 0
                       -- EMAIL_FORMAT: one @; unquoted RFC 5322 characters; dots between, not beside; a domain of labels
                       WHEN CHARINDEX(N'@', n.Email) BETWEEN 2 AND 65
                        AND LEN(n.Email) <= 254
                        AND TRANSLATE(n.Email, @Email_Signs, @Email_Letters) NOT LIKE N'%[^a-z0-9]%'
                        AND n.Email NOT LIKE N'.%'
                        AND CHARINDEX(N'..', n.Email) = 0
                        AND CHARINDEX(N'.@', n.Email) = 0
                        AND e.Domain LIKE N'[a-z0-9]%.%[a-z0-9]'
                        AND REPLACE(e.Domain, N'-', N'a') NOT LIKE N'%[^a-z0-9.]%'
                        AND CHARINDEX(N'-.', e.Domain) = 0
                        AND CHARINDEX(N'.-', e.Domain) = 0
                        AND e.Domain NOT LIKE @Long_Label
                        -- The top label: what follows the last dot.
                        AND e.Top_Label LIKE N'%[^0-9]%'
                        AND LEN(e.Top_Label) >= 2
                       THEN 0
                       ELSE 8
                   END
                 | CASE
                       WHEN @Asked & 2544 = 0 THEN 0
                       -- DOB_MISSING, DOB_FORMAT, DOB_FUTURE
                       WHEN n.Date_Of_Birth IS NULL THEN 16
                       WHEN n.Date_Of_Birth NOT LIKE N'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'
                         OR n.Date_Of_Birth < N'0001'
                         OR TRY_CONVERT(DATE, n.Date_Of_Birth, 23) IS NULL THEN 32
                       WHEN n.Date_Of_Birth > @Received_Day THEN 64
                       -- AGE_BELOW_MINIMUM, AGE_ABOVE_MAXIMUM, CERTIFICATION_UNDERAGE
                       ELSE IIF(n.Date_Of_Birth > @Too_Young_After, 128, 0)
                          | IIF(n.Date_Of_Birth <= @Too_Old_Until, 256, 0)
                          | IIF(n.Date_Of_Birth > @Not_Professional_After
                                AND n.Certification_Level_ID IN (SELECT l.Certification_Level_ID
                                                                 FROM dbo.Certification_Level AS l
                                                                 WHERE l.Is_Professional = 1), 2048, 0)
                   END
                 | CASE
                       -- PHONE_FORMAT: an optional +, 7 to 15 digits, an optional x with 1 to 6 more
                       WHEN @Asked & 512 = 0 OR n.Phone IS NULL THEN 0
                       WHEN LEN(n.Digits) BETWEEN 7 AND 15
                        AND n.Digits NOT LIKE N'%[^0-9]%' THEN 0
                       WHEN LEN(n.Digits) BETWEEN 8 AND 16
                        AND n.Digits LIKE N'+%'
                        AND SUBSTRING(n.Digits, 2, 200) NOT LIKE N'%[^0-9]%' THEN 0
                       WHEN CHARINDEX(N'x', n.Digits) - 1 - p.Plus BETWEEN 7 AND 15
                        AND p.Number NOT LIKE N'%[^0-9]%'
                        AND SUBSTRING(n.Digits, CHARINDEX(N'x', n.Digits) + 1, 200) NOT LIKE N'%[^0-9]%'
                        AND LEN(n.Digits) - CHARINDEX(N'x', n.Digits) BETWEEN 1 AND 6 THEN 0
                       ELSE 512
                   END
                   -- CERTIFICATION_UNKNOWN
                 | IIF(n.Certification IS NOT NULL AND n.Certification_Level_ID IS NULL, 1024, 0)
                   -- NAME_CHARACTERS
                 | IIF(n.First_Name_Is_Odd = 1, 4096, 0)
                 | IIF(n.Last_Name_Is_Odd = 1, 8192, 0)
                   -- FIELD_TOO_LONG. Characters are counted, and not UTF-16 units: that is what _SC is for.
                 | IIF(LEN(n.First_Name COLLATE Latin1_General_100_CI_AS_SC) > 100, 16384, 0)
                 | IIF(LEN(n.Last_Name COLLATE Latin1_General_100_CI_AS_SC) > 100, 32768, 0)
                 | IIF(LEN(n.Email COLLATE Latin1_General_100_CI_AS_SC) > 254, 65536, 0)
                 | IIF(LEN(n.Phone COLLATE Latin1_General_100_CI_AS_SC) > 40, 131072, 0)
                 | IIF(LEN(n.Certification COLLATE Latin1_General_100_CI_AS_SC) > 60, 262144, 0)
                 | IIF(LEN(n.Source_Reference COLLATE Latin1_General_100_CI_AS_SC) > 100, 524288, 0)
                   -- PAYLOAD_INVALID
                 | IIF(n.Is_Whole = 0, 1048576, 0)
               ) AS Mask
        FROM #Normalised AS n
        -- LEFT and SUBSTRING refuse a negative length, and AND does not promise its order: no length here can be one.
        CROSS APPLY (
            SELECT SUBSTRING(n.Email, CHARINDEX(N'@', n.Email) + 1, 600)                AS Domain,
                   RIGHT(n.Email, CHARINDEX(N'.', REVERSE(n.Email) + N'.') - 1)         AS Top_Label
        ) AS e
        CROSS APPLY (
            SELECT IIF(n.Digits LIKE N'+%', 1, 0)                                       AS Plus,
                   STUFF(LEFT(n.Digits, CHARINDEX(N'x', n.Digits + N'x') - 1), 1,
                         IIF(n.Digits LIKE N'+%', 1, 0), N'')                           AS Number
        ) AS p
    ) AS j
    WHERE j.Mask <> 0;
END;
GO
-- Whoever looks at a rule may read how it is applied.
GRANT VIEW DEFINITION ON Governance.Apply_Rules TO data_steward, compliance_officer, data_analyst;
GO

-- Compares the records of #Normalised with the divers, by email: adds to #Finding who is there already, identical
-- (Unchanged), and whose email belongs to a diver with other data (DUPLICATE_OF_DIVER); and which diver it is.
-- #Comparison is the caller's, too.
CREATE OR ALTER PROCEDURE Governance.Compare_With_Divers
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    -- 12 = EMAIL_MISSING, EMAIL_FORMAT: without a good email nothing can be compared. 4194304 = DUPLICATE_OF_DIVER.
    -- INTERSECT compares NULL with NULL as equal.
    INSERT INTO #Comparison (Record_ID, Mask, Outcome, Diver_ID)
    SELECT s.Record_ID,
           CASE WHEN s.Is_Same = 1 THEN 0 ELSE 4194304 END,
           CASE WHEN s.Is_Same = 1 AND s.Is_Valid = 1 THEN N'Unchanged' END,
           s.Diver_ID
    FROM (SELECT n.Record_ID,
                 d.Diver_ID,
                 IIF(f.Record_ID IS NULL, 1, 0) AS Is_Valid,
                 IIF(EXISTS (SELECT n.First_Name, n.Last_Name, COALESCE(NULLIF(n.Digits, N''), n.Phone), n.Date_Of_Birth,
                                    n.Certification_Level_ID
                             INTERSECT
                             SELECT d.First_Name, d.Last_Name, d.Phone,
                                    CONVERT(NVARCHAR(10), d.Date_Of_Birth, 23) COLLATE Latin1_General_100_BIN2,
                                    d.Certification_Level_ID)
                     AND (n.Certification IS NULL OR n.Certification_Level_ID IS NOT NULL), 1, 0) AS Is_Same
          FROM #Normalised AS n
          JOIN dbo.Diver AS d
            ON d.Email = n.Email
          LEFT JOIN #Finding AS f
                 ON f.Record_ID = n.Record_ID
          WHERE COALESCE(f.Mask, 0) & 12 = 0) AS s;

    UPDATE f
    SET Mask = f.Mask | c.Mask,
        Diver_ID = c.Diver_ID
    FROM #Finding AS f
    JOIN #Comparison AS c
      ON c.Record_ID = f.Record_ID;

    INSERT INTO #Finding (Record_ID, Mask, Outcome, Diver_ID)
    SELECT c.Record_ID, c.Mask, c.Outcome, c.Diver_ID
    FROM #Comparison AS c
    WHERE NOT EXISTS (SELECT 1 FROM #Finding AS f WHERE f.Record_ID = c.Record_ID);
END;
GO

------------------------------------------------------------------------------------------------------------
-- The gate: Govern_Batch, Replay_Batch
------------------------------------------------------------------------------------------------------------

-- Marks the records of a batch that tell of an erased person (Load_Identities knew them), or that are resubmitted from one
-- that does. 8388608 = ERASED_SUBJECT; a steward may waive it, with a reason, where the person has come back. Works on the
-- caller's #Finding. Granted to nobody.
CREATE OR ALTER PROCEDURE Governance.Flag_Erased
    @Batch_ID BIGINT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    CREATE TABLE #Flagged (
        Record_ID BIGINT NOT NULL PRIMARY KEY
    );
    INSERT INTO #Flagged (Record_ID)
    SELECT r.Raw_ID
    FROM Staging.Raw_Flag AS f
    JOIN Staging.Raw_Record AS r
      ON r.Batch_ID = f.Batch_ID AND r.Source_Row = f.Source_Row
    WHERE f.Batch_ID = @Batch_ID AND r.Waived_Checks & 8388608 = 0
    UNION
    SELECT r.Raw_ID
    FROM Staging.Ingestion_Batch AS b
    JOIN Staging.Raw_Record AS r
      ON r.Batch_ID = b.Batch_ID
    JOIN dbo.Data_Quarantine AS q
      ON q.Quarantine_ID = r.Origin_Quarantine_ID
    WHERE b.Batch_ID = @Batch_ID AND b.Source_Kind = N'resubmission' AND r.Waived_Checks & 8388608 = 0
      AND q.Failed_Checks & 8388608 <> 0
      AND EXISTS (SELECT 1 FROM dbo.Erasure_Tombstone);

    UPDATE f
    SET Mask = f.Mask | 8388608,
        Outcome = NULL
    FROM #Finding AS f
    JOIN #Flagged AS g
      ON g.Record_ID = f.Record_ID;

    INSERT INTO #Finding (Record_ID, Mask)
    SELECT g.Record_ID, 8388608
    FROM #Flagged AS g
    WHERE NOT EXISTS (SELECT 1 FROM #Finding AS f WHERE f.Record_ID = g.Record_ID);
END;
GO

-- Whoever a record was found to be before is that diver still, though a steward may have given them another email since: it
-- waits as DUPLICATE_OF_DIVER (4194304) instead of making the same person twice. It is known from the same place of content
-- that was governed before, and, where that was found out of one that waits, from Quarantine_Diver: sent again in the batch,
-- or (@Batch_ID is NULL) judged under its own number. With the diver's own email it is compared like any other. Who was
-- erased is not known again by their number. Works on the caller's #Normalised and #Finding. Granted to nobody.
CREATE OR ALTER PROCEDURE Governance.Compare_With_Earlier
    @Batch_ID BIGINT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    CREATE TABLE #Earlier (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Diver_ID  BIGINT NOT NULL
    );
    INSERT INTO #Earlier (Record_ID, Diver_ID)
    SELECT n.Record_ID, MIN(d.Diver_ID)
    FROM (SELECT t.Raw_ID                         AS Record_ID,
                 COALESCE(o.Diver_ID, q.Diver_ID) AS Diver_ID
          FROM Staging.Ingestion_Batch AS b
          JOIN Staging.Ingestion_Batch AS e
            ON e.Content_Hash = b.Content_Hash AND e.Batch_ID < b.Batch_ID AND e.Status = N'Governed'
          JOIN Staging.Raw_Record AS r
            ON r.Batch_ID = e.Batch_ID
          JOIN Staging.Record_Outcome AS o
            ON o.Raw_ID = r.Raw_ID
          LEFT JOIN dbo.Data_Quarantine AS q
                 ON q.Quarantine_ID = o.Quarantine_ID
          JOIN Staging.Raw_Record AS t
            ON t.Batch_ID = b.Batch_ID AND t.Source_Row = r.Source_Row
          WHERE b.Batch_ID = @Batch_ID
          UNION ALL
          SELECT IIF(@Batch_ID IS NULL, w.Quarantine_ID, r.Raw_ID), w.Diver_ID
          FROM dbo.Quarantine_Diver AS w
          LEFT JOIN Staging.Raw_Record AS r
                 ON r.Batch_ID = @Batch_ID AND r.Source_Row = w.Quarantine_ID AND r.Origin_Quarantine_ID = w.Quarantine_ID) AS k
    JOIN dbo.Diver AS d
      ON d.Diver_ID = k.Diver_ID
    JOIN #Normalised AS n
      ON n.Record_ID = k.Record_ID
    LEFT JOIN #Finding AS f
           ON f.Record_ID = n.Record_ID
    WHERE (n.Email IS NULL OR d.Email <> n.Email)
      AND f.Outcome IS NULL AND COALESCE(f.Mask, 0) & 4194304 = 0
      AND NOT EXISTS (SELECT 1 FROM dbo.Erasure_Tombstone AS g WHERE g.Diver_ID = d.Diver_ID)
    GROUP BY n.Record_ID;

    UPDATE f
    SET Mask = f.Mask | 4194304,
        Diver_ID = c.Diver_ID
    FROM #Finding AS f
    JOIN #Earlier AS c
      ON c.Record_ID = f.Record_ID;

    INSERT INTO #Finding (Record_ID, Mask, Diver_ID)
    SELECT c.Record_ID, 4194304, c.Diver_ID
    FROM #Earlier AS c
    WHERE NOT EXISTS (SELECT 1 FROM #Finding AS f WHERE f.Record_ID = c.Record_ID);
END;
GO

-- Gives every record of a loaded batch its one outcome, in one transaction:
--     Unchanged    a valid record, and a diver with its email is there already, identical
--     Duplicate    the same record stands in the batch again, identical once normalised; the newest of them speaks for all
--     Promoted     a valid record becomes a diver
--     Quarantined  everything else, with every check that it failed
-- A batch that is governed already is reported and left as it is. @Release: what was resubmitted and is let in leaves the
-- quarantine, for a @Reason; a rehearsal of it spares that.
CREATE OR ALTER PROCEDURE Staging.Govern_Batch
    @Batch_ID BIGINT,
    @Rehearse BIT = 0,
    @Release  BIT = 1,
    @Reason   NVARCHAR(1000) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400), @Detail NVARCHAR(4000), @Lock INT, @Received_On DATE, @Content_Hash NVARCHAR(128);

    CREATE TABLE #Judge_Input (
        Record_ID        BIGINT NOT NULL,
        Source_Row       BIGINT NOT NULL,
        Waived_Checks    INT NOT NULL,
        Payload          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Normalised (
        Record_ID              BIGINT NOT NULL PRIMARY KEY,
        Source_Row             BIGINT NOT NULL,
        Waived_Checks          INT NOT NULL,
        First_Name             NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name              NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Email                  NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NULL,
        Phone                  NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Digits                 NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification_Level_ID INT NULL,
        Source_Reference       NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Is_Whole               BIT NOT NULL,
        First_Name_Is_Odd      BIT NOT NULL,
        Last_Name_Is_Odd       BIT NOT NULL
    );
    CREATE TABLE #Finding (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );
    -- What a comparison adds to the findings; the twin's INSERT … ON CONFLICT in two steps.
    CREATE TABLE #Comparison (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );
    -- 1,200 bytes are more than a clustered key may have.
    CREATE TABLE #Contested_Email (
        Email NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY NONCLUSTERED
    );
    CREATE TABLE #Promotion (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Diver_ID  BIGINT NOT NULL
    );
    CREATE TABLE #Rejection (
        Record_ID     BIGINT NOT NULL PRIMARY KEY,
        Source_Row    BIGINT NOT NULL,
        Mask          INT NOT NULL,
        Rival_ID      BIGINT NULL,
        Payload_Hash  BINARY(32) NULL,
        Known_ID      BIGINT NULL,
        Quarantine_ID BIGINT NULL,
        Attempt       INT NULL
    );
    CREATE TABLE #New_Place (
        Record_ID     BIGINT NOT NULL PRIMARY KEY,
        Quarantine_ID BIGINT NOT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        -- Batches are governed in turn; whoever waits longer than ten minutes is told so.
        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        SAVE TRANSACTION Rehearsal;

        IF NOT EXISTS (SELECT 1 FROM Staging.Ingestion_Batch WITH (UPDLOCK) WHERE Batch_ID = @Batch_ID)
        BEGIN
            SET @Message = CONCAT(N'There is no batch ', @Batch_ID, N'.');
            THROW 50404, @Message, 1;
        END;

        IF EXISTS (SELECT 1 FROM Staging.Ingestion_Batch WHERE Batch_ID = @Batch_ID AND Status = N'Governed')
        BEGIN
            EXECUTE Staging.Report_Batch @Batch_ID = @Batch_ID;
            COMMIT TRANSACTION;
            RETURN;
        END;

        IF EXISTS (SELECT 1 FROM Staging.Ingestion_Batch WHERE Batch_ID = @Batch_ID AND Loaded_Count < Declared_Count)
        BEGIN
            SET @Message = (
                SELECT CONCAT(N'Batch ', @Batch_ID, N' is not loaded whole: ', Loaded_Count, N' of ', Declared_Count,
                              N' records are there.')
                FROM Staging.Ingestion_Batch
                WHERE Batch_ID = @Batch_ID
            );
            THROW 50409, @Message, 1;
        END;

        DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
        DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();
        DECLARE @Is_Resubmission BIT = IIF(EXISTS (SELECT 1
                                                   FROM Staging.Ingestion_Batch
                                                   WHERE Batch_ID = @Batch_ID AND Source_Kind = N'resubmission'), 1, 0);

        RAISERROR(N'1/7 Judging every record', 0, 1) WITH NOWAIT;
        INSERT INTO #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone,
                                  Date_Of_Birth, Certification, Source_Reference)
        SELECT r.Raw_ID, r.Source_Row, r.Waived_Checks, r.Payload, r.First_Name, r.Last_Name, r.Email, r.Phone,
               r.Date_Of_Birth, r.Certification, r.Source_Reference
        FROM Staging.Raw_Record AS r
        WHERE r.Batch_ID = @Batch_ID;

        SET @Received_On = (SELECT CONVERT(DATE, Received_At) FROM Staging.Ingestion_Batch WHERE Batch_ID = @Batch_ID);
        EXECUTE Governance.Judge_Records @Received_On = @Received_On;

        RAISERROR(N'2/7 Comparing with the divers', 0, 1) WITH NOWAIT;
        EXECUTE Governance.Compare_With_Divers;
        EXECUTE Governance.Compare_With_Earlier @Batch_ID = @Batch_ID;
        EXECUTE Governance.Flag_Erased @Batch_ID = @Batch_ID;

        RAISERROR(N'3/7 Looking for duplicates in the batch', 0, 1) WITH NOWAIT;
        INSERT INTO #Contested_Email (Email)
        SELECT n.Email
        FROM #Normalised AS n
        WHERE n.Email IS NOT NULL
        GROUP BY n.Email
        HAVING COUNT_BIG(*) > 1;

        -- Identical records follow the newest of them; of those that differ the newest valid one leads.
        -- 2097152 = DUPLICATE_IN_BATCH.
        TRUNCATE TABLE #Comparison;
        WITH contested AS (
            SELECT n.Record_ID, n.Source_Row, n.Email,
                   COALESCE(f.Mask, 0) AS Mask,
                   FIRST_VALUE(n.Record_ID) OVER (
                       PARTITION BY n.Email, n.First_Name, n.Last_Name, COALESCE(NULLIF(n.Digits, N''), n.Phone),
                                    n.Date_Of_Birth, n.Certification_Level_ID,
                                    IIF(n.Certification_Level_ID IS NULL, n.Certification, NULL), COALESCE(f.Mask, 0)
                       ORDER BY n.Source_Row DESC
                       ROWS UNBOUNDED PRECEDING
                   ) AS Leader_ID
            FROM #Normalised AS n
            LEFT JOIN #Finding AS f
                   ON f.Record_ID = n.Record_ID
            WHERE n.Email IN (SELECT e.Email FROM #Contested_Email AS e)
              AND COALESCE(f.Mask, 0) & 12 = 0
              AND f.Outcome IS NULL
        ),
        ranked AS (
            SELECT c.Record_ID, c.Leader_ID,
                   ROW_NUMBER() OVER (
                       PARTITION BY c.Email
                       ORDER BY IIF(c.Record_ID <> c.Leader_ID, 1, 0), IIF(c.Mask <> 0, 1, 0), c.Source_Row DESC
                   ) AS Rank_In_Email
            FROM contested AS c
        )
        INSERT INTO #Comparison (Record_ID, Mask, Outcome, Leader_ID)
        SELECT r.Record_ID,
               CASE WHEN r.Record_ID = r.Leader_ID THEN 2097152 ELSE 0 END,
               CASE WHEN r.Record_ID <> r.Leader_ID THEN N'Duplicate' END,
               CASE WHEN r.Record_ID <> r.Leader_ID THEN r.Leader_ID END
        FROM ranked AS r
        WHERE r.Rank_In_Email > 1;

        UPDATE f
        SET Mask = f.Mask | c.Mask,
            Outcome = c.Outcome,
            Leader_ID = c.Leader_ID
        FROM #Finding AS f
        JOIN #Comparison AS c
          ON c.Record_ID = f.Record_ID;

        INSERT INTO #Finding (Record_ID, Mask, Outcome, Leader_ID)
        SELECT c.Record_ID, c.Mask, c.Outcome, c.Leader_ID
        FROM #Comparison AS c
        WHERE NOT EXISTS (SELECT 1 FROM #Finding AS f WHERE f.Record_ID = c.Record_ID);

        RAISERROR(N'4/7 Promoting the valid', 0, 1) WITH NOWAIT;
        -- A record without a finding is valid, alone, and new.
        INSERT INTO #Promotion (Record_ID, Diver_ID)
        SELECT n.Record_ID,
               NEXT VALUE FOR dbo.Diver_Number OVER (ORDER BY n.Record_ID)
        FROM #Normalised AS n
        LEFT JOIN #Finding AS f
               ON f.Record_ID = n.Record_ID
        WHERE f.Record_ID IS NULL;

        -- The server may convert a value before it joins away the record that it is of: so TRY_CONVERT, for dates that are
        -- none, and CONVERT, for texts that are too long, which alone would fail the whole batch (2628).
        INSERT INTO dbo.Diver (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID,
                               Source_Reference, Modified_By, Change_Reason)
        SELECT p.Diver_ID, CONVERT(NVARCHAR(200), n.First_Name), CONVERT(NVARCHAR(200), n.Last_Name),
               CONVERT(NVARCHAR(508), n.Email), CONVERT(NVARCHAR(80), COALESCE(NULLIF(n.Digits, N''), n.Phone)),
               TRY_CONVERT(DATE, n.Date_Of_Birth, 23), n.Certification_Level_ID,
               CONVERT(NVARCHAR(200), n.Source_Reference), @Actor, CONCAT(N'Promoted from batch ', @Batch_ID)
        FROM #Normalised AS n
        JOIN #Promotion AS p
          ON p.Record_ID = n.Record_ID;

        RAISERROR(N'5/7 Quarantining the others', 0, 1) WITH NOWAIT;
        -- A record that waits in quarantine already, by resubmission or with the same payload, keeps its place there; of
        -- several with that payload, the one that it had when the same content came before. And damaged payloads (1048576 =
        -- PAYLOAD_INVALID) that look the same are the same record only there. The place is looked up, not searched for
        -- among all that look the same: they may be thousands.
        SET @Content_Hash = (SELECT Content_Hash FROM Staging.Ingestion_Batch WHERE Batch_ID = @Batch_ID);
        INSERT INTO #Rejection (Record_ID, Source_Row, Mask, Rival_ID, Payload_Hash, Known_ID)
        SELECT f.Record_ID, r.Source_Row, f.Mask, f.Diver_ID,
               CASE WHEN r.Origin_Quarantine_ID IS NULL THEN CONVERT(BINARY(32), HASHBYTES('SHA2_256', r.Payload)) END,
               r.Origin_Quarantine_ID
        FROM #Finding AS f
        JOIN Staging.Raw_Record AS r
          ON r.Raw_ID = f.Record_ID AND r.Batch_ID = @Batch_ID
        WHERE f.Outcome IS NULL;
        -- Two steps where the twin has one: COALESCE is a CASE here, which runs its first query twice.
        UPDATE j
        SET Known_ID = (SELECT MIN(q.Quarantine_ID)
                        FROM Staging.Ingestion_Batch AS b
                        JOIN Staging.Raw_Record AS e
                          ON e.Batch_ID = b.Batch_ID AND e.Source_Row = j.Source_Row
                        JOIN Staging.Record_Outcome AS o
                          ON o.Raw_ID = e.Raw_ID
                        JOIN dbo.Data_Quarantine AS q
                          ON q.Quarantine_ID = o.Quarantine_ID
                        JOIN dbo.Quarantine_Payload AS p
                          ON p.Payload_Hash = j.Payload_Hash AND p.Quarantine_ID = q.Quarantine_ID
                        WHERE b.Content_Hash = @Content_Hash AND b.Batch_ID <> @Batch_ID
                          AND q.Raw_ID = e.Raw_ID AND q.Status = N'Open')
        FROM #Rejection AS j
        WHERE j.Known_ID IS NULL;
        UPDATE j
        SET Known_ID = (SELECT TOP (1) p.Quarantine_ID
                        FROM dbo.Quarantine_Payload AS p
                        JOIN dbo.Data_Quarantine AS q
                          ON q.Quarantine_ID = p.Quarantine_ID
                        WHERE p.Payload_Hash = j.Payload_Hash AND q.Status = N'Open'
                        ORDER BY p.Quarantine_ID)
        FROM #Rejection AS j
        WHERE j.Known_ID IS NULL AND j.Mask & 1048576 = 0;

        INSERT INTO #New_Place (Record_ID, Quarantine_ID)
        SELECT j.Record_ID,
               NEXT VALUE FOR dbo.Quarantine_Number OVER (ORDER BY j.Record_ID)
        FROM #Rejection AS j
        WHERE j.Known_ID IS NULL;

        UPDATE j
        SET Quarantine_ID = n.Quarantine_ID,
            Attempt = 1
        FROM #Rejection AS j
        JOIN #New_Place AS n
          ON n.Record_ID = j.Record_ID;

        INSERT INTO dbo.Data_Quarantine (Quarantine_ID, Batch_ID, Raw_ID, First_Name, Last_Name, Email, Phone,
                                         Date_Of_Birth, Certification, Source_Reference, Failed_Checks, Quarantined_At)
        SELECT j.Quarantine_ID, @Batch_ID, r.Raw_ID, r.First_Name, r.Last_Name, r.Email, r.Phone, r.Date_Of_Birth,
               r.Certification, r.Source_Reference, j.Mask, @Now
        FROM #Rejection AS j
        JOIN Staging.Raw_Record AS r
          ON r.Raw_ID = j.Record_ID AND r.Batch_ID = @Batch_ID
        WHERE j.Known_ID IS NULL;
        INSERT INTO dbo.Quarantine_Payload (Payload_Hash, Quarantine_ID)
        SELECT j.Payload_Hash, j.Quarantine_ID
        FROM #Rejection AS j
        WHERE j.Known_ID IS NULL;

        -- Several records of a batch may meet in one place: each is an attempt of its own.
        UPDATE j
        SET Quarantine_ID = n.Place_ID,
            Attempt = n.Attempt
        FROM #Rejection AS j
        JOIN (SELECT k.Record_ID,
                     q.Quarantine_ID AS Place_ID,
                     q.Attempt_Count + ROW_NUMBER() OVER (PARTITION BY q.Quarantine_ID ORDER BY k.Record_ID) AS Attempt
              FROM #Rejection AS k
              JOIN dbo.Data_Quarantine AS q
                ON q.Quarantine_ID = k.Known_ID) AS n
          ON n.Record_ID = j.Record_ID;

        INSERT INTO dbo.Quarantine_Violation (Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value,
                                              Recorded_At, Diver_ID)
        SELECT j.Quarantine_ID, j.Attempt, c.Rule_Code, c.Column_Name, r.Raw_ID,
               CASE c.Column_Name
                   WHEN N'First_Name' THEN r.First_Name
                   WHEN N'Last_Name' THEN r.Last_Name
                   WHEN N'Email' THEN r.Email
                   WHEN N'Phone' THEN r.Phone
                   WHEN N'Date_Of_Birth' THEN r.Date_Of_Birth
                   WHEN N'Certification' THEN r.Certification
                   WHEN N'Source_Reference' THEN r.Source_Reference
                   WHEN N'Payload' THEN LEFT(r.Payload COLLATE Latin1_General_100_CI_AS_SC, 400)
               END,
               @Now,
               CASE WHEN c.Rule_Code = N'DUPLICATE_OF_DIVER' THEN j.Rival_ID END
        FROM #Rejection AS j
        JOIN Staging.Raw_Record AS r
          ON r.Raw_ID = j.Record_ID AND r.Batch_ID = @Batch_ID
        JOIN Governance.Rule_Check AS c
          ON j.Mask & c.Check_Bit <> 0;

        -- Who was found by where they came from, and not by their email.
        INSERT INTO dbo.Quarantine_Diver (Quarantine_ID, Diver_ID)
        SELECT DISTINCT j.Quarantine_ID, j.Rival_ID
        FROM #Rejection AS j
        JOIN #Normalised AS n
          ON n.Record_ID = j.Record_ID
        JOIN dbo.Diver AS d
          ON d.Diver_ID = j.Rival_ID
        WHERE j.Mask & 4194304 <> 0 AND (n.Email IS NULL OR d.Email <> n.Email)
          AND NOT EXISTS (SELECT 1
                          FROM dbo.Quarantine_Diver AS k
                          WHERE k.Quarantine_ID = j.Quarantine_ID AND k.Diver_ID = j.Rival_ID);

        -- The standing is that of the values as they are now: what was resubmitted are those, what arrived again is not,
        -- where a steward has edited them since. A check that was waived fails all the same.
        UPDATE q
        SET Attempt_Count = n.Attempt,
            Record_Version = q.Record_Version + 1,
            Failed_Checks = IIF(n.Is_Resubmitted = 1 OR q.Edited_Columns = 0, n.Mask, q.Failed_Checks)
        FROM dbo.Data_Quarantine AS q
        JOIN (SELECT j.Quarantine_ID, j.Attempt,
                     j.Mask | r.Waived_Checks                        AS Mask,
                     IIF(r.Origin_Quarantine_ID IS NOT NULL, 1, 0)   AS Is_Resubmitted,
                     ROW_NUMBER() OVER (PARTITION BY j.Quarantine_ID ORDER BY j.Attempt DESC) AS Place
              FROM #Rejection AS j
              JOIN Staging.Raw_Record AS r
                ON r.Raw_ID = j.Record_ID AND r.Batch_ID = @Batch_ID
              WHERE j.Known_ID IS NOT NULL) AS n
          ON n.Quarantine_ID = q.Quarantine_ID AND n.Place = 1;

        RAISERROR(N'6/7 Writing the outcomes', 0, 1) WITH NOWAIT;
        -- A duplicate became what its leader became.
        INSERT INTO Staging.Record_Outcome (Raw_ID, Outcome, Diver_ID, Quarantine_ID)
        SELECT n.Record_ID,
               IIF(f.Record_ID IS NULL, N'Promoted', COALESCE(f.Outcome, N'Quarantined')),
               COALESCE(p.Diver_ID, IIF(f.Outcome = N'Unchanged', f.Diver_ID, NULL)),
               j.Quarantine_ID
        FROM #Normalised AS n
        LEFT JOIN #Finding AS f
               ON f.Record_ID = n.Record_ID
        LEFT JOIN #Promotion AS p
               ON p.Record_ID = COALESCE(f.Leader_ID, n.Record_ID)
        LEFT JOIN #Rejection AS j
               ON j.Record_ID = COALESCE(f.Leader_ID, f.Record_ID);

        -- What was resubmitted and is let in leaves the quarantine with it. What says the same as another one that is let
        -- in is merged into that.
        UPDATE q
        SET Status = CASE WHEN n.Outcome = N'Duplicate' THEN N'Merged' ELSE N'Released' END,
            Resolution_Code = CASE WHEN n.Outcome <> N'Duplicate' AND n.Waived_Checks <> 0 THEN N'Released with warning'
                                   ELSE n.Outcome END,
            Resolution_Reason = @Reason,
            Resolved_By = @Actor,
            Resolved_At = @Now,
            Diver_ID = n.Diver_ID,
            Failed_Checks = n.Waived_Checks,
            Claimed_By = NULL,
            Claimed_Until = NULL,
            Record_Version = q.Record_Version + 1
        FROM dbo.Data_Quarantine AS q
        JOIN (SELECT r.Source_Row, r.Waived_Checks, o.Outcome, o.Diver_ID
              FROM #Normalised AS r
              JOIN Staging.Record_Outcome AS o
                ON o.Raw_ID = r.Record_ID
              WHERE o.Diver_ID IS NOT NULL AND @Is_Resubmission = 1 AND @Release = 1) AS n
          ON n.Source_Row = q.Quarantine_ID AND q.Status = N'Open';

        RAISERROR(N'7/7 Counting: nothing lost, nothing doubled', 0, 1) WITH NOWAIT;
        UPDATE b
        SET Status = N'Governed',
            Governed_At = @Now,
            Promoted_Count = n.Promoted,
            Unchanged_Count = n.Unchanged,
            Duplicate_Count = n.Duplicate,
            Quarantined_Count = n.Quarantined
        FROM Staging.Ingestion_Batch AS b
        CROSS JOIN (SELECT SUM(IIF(o.Outcome = N'Promoted', 1, 0))    AS Promoted,
                           SUM(IIF(o.Outcome = N'Unchanged', 1, 0))   AS Unchanged,
                           SUM(IIF(o.Outcome = N'Duplicate', 1, 0))   AS Duplicate,
                           SUM(IIF(o.Outcome = N'Quarantined', 1, 0)) AS Quarantined
                    FROM #Normalised AS n
                    JOIN Staging.Record_Outcome AS o
                      ON o.Raw_ID = n.Record_ID) AS n
        WHERE b.Batch_ID = @Batch_ID;

        -- Conservation, counted from the tables themselves and not from what was meant to be written.
        IF EXISTS (SELECT 1
                   FROM Staging.Ingestion_Batch AS b
                   WHERE b.Batch_ID = @Batch_ID
                     AND (b.Loaded_Count <> (SELECT COUNT_BIG(*) FROM Staging.Raw_Record AS r WHERE r.Batch_ID = @Batch_ID)
                       OR b.Promoted_Count <> (SELECT COUNT_BIG(*)
                                               FROM dbo.Diver AS d
                                               JOIN #Promotion AS p
                                                 ON p.Diver_ID = d.Diver_ID)
                       OR b.Quarantined_Count <> (SELECT COUNT_BIG(*) FROM #Rejection AS j WHERE j.Quarantine_ID IS NOT NULL)
                       OR b.Loaded_Count <> (SELECT COUNT_BIG(*)
                                             FROM #Normalised AS n
                                             JOIN Staging.Record_Outcome AS o
                                               ON o.Raw_ID = n.Record_ID
                                             WHERE COALESCE(o.Diver_ID, o.Quarantine_ID) IS NOT NULL)))
        BEGIN
            SET @Message = CONCAT(N'Batch ', @Batch_ID, N' would not add up; nothing of it was kept.');
            THROW 50500, @Message, 1;
        END;

        INSERT INTO Staging.Batch_Rule_Count (Batch_ID, Rule_Code, Record_Count)
        SELECT @Batch_ID, c.Rule_Code, COUNT_BIG(DISTINCT j.Record_ID)
        FROM #Rejection AS j
        JOIN Governance.Rule_Check AS c
          ON j.Mask & c.Check_Bit <> 0
        GROUP BY c.Rule_Code;

        SET @Detail = (
            SELECT Promoted_Count AS promoted, Unchanged_Count AS unchanged, Duplicate_Count AS duplicate,
                   Quarantined_Count AS quarantined
            FROM Staging.Ingestion_Batch
            WHERE Batch_ID = @Batch_ID
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE Governance.Log_Action @Action = N'Govern_Batch', @Subject_Type = N'Ingestion_Batch',
                                      @Subject_ID = @Batch_ID, @Detail = @Detail;

        EXECUTE Staging.Report_Batch @Batch_ID = @Batch_ID;

        IF @Rehearse = 1
            ROLLBACK TRANSACTION Rehearsal;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Staging.Govern_Batch TO data_steward;
GO

-- What became of a batch, as a result set.
CREATE OR ALTER PROCEDURE Staging.Report_Batch
    @Batch_ID BIGINT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    SELECT Batch_ID, Status,
           Loaded_Count, Promoted_Count, Unchanged_Count, Duplicate_Count, Quarantined_Count
    FROM Staging.Ingestion_Batch
    WHERE Batch_ID = @Batch_ID;
END;
GO
GRANT EXECUTE ON Staging.Report_Batch TO data_steward, compliance_officer;
GO

-- Governs again what a batch brought, as it is kept verbatim: a new batch of the same content, judged by the rules and
-- compared with the divers as they are today. Who is there already is Unchanged, what still waits keeps its place. What was
-- purged or erased is left out. Results: the new batch, and how its records turned out against the first time, by outcomes,
-- by rules, and those that turned out differently (200 at most). @Rehearse tells all that and keeps nothing. @Identities
-- tells who the records are, as Load_Identities does, where somebody was erased since the first time.
-- The savepoint has a name of its own: the gate's is inside it.
CREATE OR ALTER PROCEDURE Staging.Replay_Batch
    @Batch_ID   BIGINT,
    @Rehearse   BIT = 0,
    @Identities NVARCHAR(MAX) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400), @Detail NVARCHAR(4000), @Lock INT;
    DECLARE @Record_Count BIGINT, @Erased_Count BIGINT, @Purged_Count BIGINT, @New_Batch_ID BIGINT;
    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();

    BEGIN TRY
        BEGIN TRANSACTION;

        IF NOT EXISTS (SELECT 1 FROM Staging.Ingestion_Batch WHERE Batch_ID = @Batch_ID AND Status = N'Governed')
        BEGIN
            SET @Message = CONCAT(N'There is no governed batch ', COALESCE(CONVERT(NVARCHAR(20), @Batch_ID), N'?'), N'.');
            THROW 50404, @Message, 1;
        END;
        IF EXISTS (SELECT 1 FROM Staging.Ingestion_Batch WHERE Batch_ID = @Batch_ID AND Source_Kind = N'resubmission')
        BEGIN
            SET @Message = CONCAT(N'Batch ', @Batch_ID,
                                  N' is what stewards sent again. What waits of it is resubmitted from quarantine.');
            THROW 50409, @Message, 1;
        END;

        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        SAVE TRANSACTION Replay;

        SET @Erased_Count = (
            SELECT COUNT_BIG(*)
            FROM Staging.Raw_Record
            WHERE Batch_ID = @Batch_ID AND Payload = N'{"erased":true}'
        );
        SET @Purged_Count = (
            SELECT COUNT_BIG(*)
            FROM Staging.Raw_Record
            WHERE Batch_ID = @Batch_ID AND Payload = N''
        );
        SET @Record_Count = (
            SELECT Loaded_Count - @Erased_Count - @Purged_Count
            FROM Staging.Ingestion_Batch
            WHERE Batch_ID = @Batch_ID
        );
        IF @Record_Count = 0
        BEGIN
            SET @Message = CONCAT(N'What batch ', @Batch_ID, N' brought is no longer kept: it was purged, or erased.');
            THROW 50409, @Message, 1;
        END;

        RAISERROR(N'0/7 Sending the records again', 0, 1) WITH NOWAIT;
        INSERT INTO Staging.Ingestion_Batch (Source_Name, Source_Kind, Content_Hash, Received_At, Received_By, Declared_Count,
                                             Loaded_Count)
        SELECT b.Source_Name, b.Source_Kind, b.Content_Hash, @Now, @Actor, @Record_Count, @Record_Count
        FROM Staging.Ingestion_Batch AS b
        WHERE b.Batch_ID = @Batch_ID;
        SET @New_Batch_ID = SCOPE_IDENTITY();

        INSERT INTO Staging.Raw_Record (Batch_ID, Source_Row, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification,
                                        Source_Reference, Payload)
        SELECT @New_Batch_ID, r.Source_Row, r.First_Name, r.Last_Name, r.Email, r.Phone, r.Date_Of_Birth, r.Certification,
               r.Source_Reference, r.Payload
        FROM Staging.Raw_Record AS r
        WHERE r.Batch_ID = @Batch_ID AND r.Payload NOT IN (N'', N'{"erased":true}')
        ORDER BY r.Source_Row;
        INSERT INTO Staging.Injected_Defect (Batch_ID, Source_Row, Defect_Code)
        SELECT @New_Batch_ID, i.Source_Row, i.Defect_Code
        FROM Staging.Injected_Defect AS i
        JOIN Staging.Raw_Record AS r
          ON r.Batch_ID = @New_Batch_ID AND r.Source_Row = i.Source_Row
        WHERE i.Batch_ID = @Batch_ID;
        INSERT INTO Staging.Raw_Flag (Batch_ID, Source_Row)
        SELECT @New_Batch_ID, f.Source_Row
        FROM Staging.Raw_Flag AS f
        JOIN Staging.Raw_Record AS r
          ON r.Batch_ID = @New_Batch_ID AND r.Source_Row = f.Source_Row
        WHERE f.Batch_ID = @Batch_ID;
        INSERT INTO Staging.Raw_Flag (Batch_ID, Source_Row)
        SELECT DISTINCT r.Batch_ID, r.Source_Row
        FROM OPENJSON(@Identities) WITH (
                 Source_Row BIGINT       '$[0]',
                 Tombstone  NVARCHAR(80) '$[1]'
             ) AS j
        JOIN dbo.Erasure_Tombstone AS t
          ON t.Tombstone = j.Tombstone COLLATE Latin1_General_100_BIN2
        JOIN Staging.Raw_Record AS r
          ON r.Batch_ID = @New_Batch_ID AND r.Source_Row = j.Source_Row
        WHERE NOT EXISTS (SELECT 1
                          FROM Staging.Raw_Flag AS k
                          WHERE k.Batch_ID = @New_Batch_ID AND k.Source_Row = j.Source_Row);

        EXECUTE Staging.Govern_Batch @Batch_ID = @New_Batch_ID;
        SET @Detail = JSON_OBJECT('batch': @Batch_ID, 'records': @Record_Count, 'erased': @Erased_Count,
                                  'purged': @Purged_Count);
        EXECUTE Governance.Log_Action @Action = N'Replay_Batch', @Subject_Type = N'Ingestion_Batch',
                                      @Subject_ID = @New_Batch_ID, @Detail = @Detail;

        SELECT b.Batch_ID, b.Loaded_Count, b.Promoted_Count, b.Unchanged_Count, b.Duplicate_Count, b.Quarantined_Count,
               @Erased_Count AS Erased_Count, @Purged_Count AS Purged_Count
        FROM Staging.Ingestion_Batch AS b
        WHERE b.Batch_ID = @New_Batch_ID;

        SELECT t.Turn, t.First_Outcome, t.Second_Outcome, t.Record_Count
        FROM Staging.Batch_Turns AS t
        WHERE t.First_Batch_ID = @Batch_ID AND t.Second_Batch_ID = @New_Batch_ID
        ORDER BY t.Record_Count DESC, t.Turn, t.First_Outcome, t.Second_Outcome;

        SELECT n.Rule_Code,
               SUM(CASE WHEN n.Batch_ID = @Batch_ID THEN n.Record_Count ELSE 0 END)     AS First_Count,
               SUM(CASE WHEN n.Batch_ID = @New_Batch_ID THEN n.Record_Count ELSE 0 END) AS Second_Count
        FROM Staging.Batch_Rule_Count AS n
        WHERE n.Batch_ID IN (@Batch_ID, @New_Batch_ID)
        GROUP BY n.Rule_Code
        ORDER BY n.Rule_Code;

        SELECT TOP (200) t.Source_Row, t.Turn, t.First_Outcome, t.Second_Outcome, t.Diver_ID, t.Quarantine_ID
        FROM Staging.Batch_Turn_Records AS t
        WHERE t.First_Batch_ID = @Batch_ID AND t.Second_Batch_ID = @New_Batch_ID
          AND t.Turn NOT IN (N'Same diver', N'Same place')
        ORDER BY t.Source_Row;

        IF @Rehearse = 1
            ROLLBACK TRANSACTION Replay;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Staging.Replay_Batch TO data_steward;
GO

------------------------------------------------------------------------------------------------------------
-- Review: Edit_Records, Undo_Edit, Check_Records, Resubmit_Records, Discard_Records, Reopen_Records,
--         Claim_Records, Release_Claims, Merge_Record, Keep_Record
------------------------------------------------------------------------------------------------------------

-- Every procedure of review takes its records as a set: all of them are done, or none. What they read from and write to
-- in # tables is made by the one that a person calls; those that others call find it there, and are granted to nobody.

-- Looks that every record of #Wanted_Record (Quarantine_ID, Record_Version; NULL: whatever it is) is there, has a status,
-- stands as it was read, and is claimed by nobody else; and keeps it so until the caller's transaction ends.
CREATE OR ALTER PROCEDURE dbo.Require_Records
    @Status NVARCHAR(20)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Quarantine_ID BIGINT, @What NVARCHAR(20), @Count BIGINT;

    CREATE TABLE #Conflicting (
        Quarantine_ID BIGINT NOT NULL PRIMARY KEY,
        What          NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
    INSERT INTO #Conflicting (Quarantine_ID, What)
    SELECT s.Quarantine_ID, s.What
    FROM (SELECT w.Quarantine_ID,
                 CASE WHEN q.Quarantine_ID IS NULL THEN N'missing'
                      WHEN q.Status <> @Status THEN N'status'
                      WHEN q.Record_Version <> w.Record_Version THEN N'changed'
                      WHEN q.Claimed_Until > SYSUTCDATETIME() AND q.Claimed_By <> ORIGINAL_LOGIN() THEN N'claimed'
                 END AS What
          FROM #Wanted_Record AS w
          LEFT JOIN dbo.Data_Quarantine AS q WITH (UPDLOCK)
                 ON q.Quarantine_ID = w.Quarantine_ID) AS s
    WHERE s.What IS NOT NULL;

    SET @Quarantine_ID = (SELECT MIN(Quarantine_ID) FROM #Conflicting);
    SET @What = (SELECT What FROM #Conflicting WHERE Quarantine_ID = @Quarantine_ID);
    SET @Count = (SELECT COUNT_BIG(*) FROM #Conflicting);

    IF @Count > 0
        EXECUTE dbo.Refuse_Conflict @Quarantine_ID = @Quarantine_ID, @What = @What, @Count = @Count;
END;
GO

-- Refuses with a sentence, and on the line below it, as JSON, what a program makes of it: the record (the first, where
-- it is several), who was faster, when, and how many records are concerned. @Later_ID: the later edit of it, where it is one.
-- Who only took its claim over has changed nothing.
CREATE OR ALTER PROCEDURE dbo.Refuse_Conflict
    @Quarantine_ID BIGINT,
    @What          NVARCHAR(20),
    @Count         BIGINT,
    @Later_ID      BIGINT = NULL
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(2000), @Sentence NVARCHAR(800), @Facts NVARCHAR(800), @Status NVARCHAR(20), @Said NVARCHAR(20),
            @Verb NVARCHAR(30), @Who NVARCHAR(128), @When DATETIME2(7), @At NVARCHAR(30);

    IF @What = N'missing'
    BEGIN
        SET @Message = CONCAT(N'There is no quarantined record ', @Quarantine_ID, N'.');
        THROW 50404, @Message, 1;
    END;

    SET @Status = (SELECT Status FROM dbo.Data_Quarantine WHERE Quarantine_ID = @Quarantine_ID);
    -- What was changed was edited, or stood before the gate again; what has another status was closed or reopened.
    SET @When = (
        SELECT MAX(s.Story_At)
        FROM (SELECT Claimed_Until AS Story_At
              FROM dbo.Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND @What = N'claimed'
              UNION ALL
              SELECT Resolved_At
              FROM dbo.Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND @What = N'status'
              UNION ALL
              SELECT Acted_At
              FROM dbo.Quarantine_Event
              WHERE Quarantine_ID = @Quarantine_ID AND @What IN (N'status', N'changed') AND Event_Kind <> N'Claimed'
              UNION ALL
              SELECT Edited_At
              FROM dbo.Quarantine_Revision
              WHERE Quarantine_ID = @Quarantine_ID AND (@What = N'changed' OR Revision_ID = @Later_ID)
              UNION ALL
              SELECT Recorded_At
              FROM dbo.Quarantine_Violation
              WHERE Quarantine_ID = @Quarantine_ID AND @What = N'changed') AS s
    );
    SET @Who = (
        SELECT MAX(s.Actor)
        FROM (SELECT Claimed_By AS Actor
              FROM dbo.Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND @What = N'claimed'
              UNION ALL
              SELECT Resolved_By
              FROM dbo.Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND Resolved_At = @When
              UNION ALL
              SELECT Acted_By
              FROM dbo.Quarantine_Event
              WHERE Quarantine_ID = @Quarantine_ID AND Acted_At = @When AND Event_Kind <> N'Claimed'
              UNION ALL
              SELECT Edited_By
              FROM dbo.Quarantine_Revision
              WHERE Quarantine_ID = @Quarantine_ID AND Edited_At = @When AND Revision_ID = COALESCE(@Later_ID, Revision_ID)
              UNION ALL
              SELECT b.Received_By
              FROM dbo.Quarantine_Violation AS v
              JOIN Staging.Raw_Record AS r
                ON r.Raw_ID = v.Raw_ID
              JOIN Staging.Ingestion_Batch AS b
                ON b.Batch_ID = r.Batch_ID
              WHERE v.Quarantine_ID = @Quarantine_ID AND v.Recorded_At = @When) AS s
    );
    -- The statuses in the lower case of a sentence: LOWER() would ask the collation.
    SET @Said = CASE @Status WHEN N'Open' THEN N'open' WHEN N'Released' THEN N'released' WHEN N'Merged' THEN N'merged'
                             ELSE N'discarded' END;
    SET @At = CONVERT(NVARCHAR(30), @When, 121);
    SET @Verb = CASE @What WHEN N'claimed' THEN N'is claimed'
                           WHEN N'status' THEN CASE @Status WHEN N'Open' THEN N'was reopened' ELSE CONCAT(N'was ', @Said) END
                           WHEN N'later edit' THEN N'was edited again'
                           ELSE N'was changed' END;
    -- What waits and was never put away has nobody to be named.
    SET @Sentence = CONCAT(N'Record ', @Quarantine_ID,
                           CASE WHEN @What = N'status' AND @Who IS NULL THEN CONCAT(N' is ', @Said, N'.')
                                ELSE CONCAT(N' ', @Verb, N' by ', COALESCE(@Who, N'somebody'),
                                            CASE @What WHEN N'claimed' THEN N' until ' ELSE N' on ' END,
                                            COALESCE(LEFT(@At, 16), N'?'), N' UTC.') END,
                           CASE WHEN @Count > 1 THEN CONCAT(N' So it is with ', @Count, N' records in all.') ELSE N'' END);
    SET @Facts = JSON_OBJECT('record': @Quarantine_ID, 'what': @What, 'status': @Status, 'who': @Who, 'when': @At,
                             'count': @Count);
    SET @Message = REPLACE(CONCAT(@Sentence, NCHAR(10), @Facts), N'%', N'%%');
    THROW 50412, @Message, 1;
END;
GO

-- Judges values that are not saved, by the very rules of the gate, as if they came in today: a JSON array of [key, first
-- name, last name, email, phone, date of birth, certification, source reference]. Tells each record's failed checks,
-- and the diver whose email it has. It reads only, so it waits for nobody. @Identities tells who they are, as a JSON array
-- of [key, keyed hash of an identity], where somebody was erased.
CREATE OR ALTER PROCEDURE dbo.Check_Records
    @Records    NVARCHAR(MAX),
    @Identities NVARCHAR(MAX) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Received_On DATE = CONVERT(DATE, SYSUTCDATETIME());

    CREATE TABLE #Judge_Input (
        Record_ID        BIGINT NOT NULL,
        Source_Row       BIGINT NOT NULL,
        Waived_Checks    INT NOT NULL,
        Payload          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Normalised (
        Record_ID              BIGINT NOT NULL PRIMARY KEY,
        Source_Row             BIGINT NOT NULL,
        Waived_Checks          INT NOT NULL,
        First_Name             NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name              NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Email                  NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NULL,
        Phone                  NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Digits                 NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification_Level_ID INT NULL,
        Source_Reference       NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Is_Whole               BIT NOT NULL,
        First_Name_Is_Odd      BIT NOT NULL,
        Last_Name_Is_Odd       BIT NOT NULL
    );
    CREATE TABLE #Finding (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );
    CREATE TABLE #Comparison (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );
    CREATE TABLE #Known_Again (
        Record_ID BIGINT NOT NULL PRIMARY KEY
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        INSERT INTO #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone,
                                  Date_Of_Birth, Certification, Source_Reference)
        SELECT j.Record_ID, 0, 0, N'{}', j.First_Name, j.Last_Name, j.Email, j.Phone, j.Date_Of_Birth, j.Certification,
               j.Source_Reference
        FROM OPENJSON(@Records) WITH (
                 Record_ID        BIGINT        '$[0]',
                 First_Name       NVARCHAR(MAX) '$[1]',
                 Last_Name        NVARCHAR(MAX) '$[2]',
                 Email            NVARCHAR(MAX) '$[3]',
                 Phone            NVARCHAR(MAX) '$[4]',
                 Date_Of_Birth    NVARCHAR(MAX) '$[5]',
                 Certification    NVARCHAR(MAX) '$[6]',
                 Source_Reference NVARCHAR(MAX) '$[7]'
             ) AS j;
        EXECUTE Governance.Judge_Records @Received_On = @Received_On;
        EXECUTE Governance.Compare_With_Divers;

        -- 8388608 = ERASED_SUBJECT.
        INSERT INTO #Known_Again (Record_ID)
        SELECT DISTINCT j.Record_ID
        FROM OPENJSON(@Identities) WITH (
                 Record_ID BIGINT       '$[0]',
                 Tombstone NVARCHAR(80) '$[1]'
             ) AS j
        JOIN dbo.Erasure_Tombstone AS t
          ON t.Tombstone = j.Tombstone COLLATE Latin1_General_100_BIN2;
        UPDATE f
        SET Mask = f.Mask | 8388608
        FROM #Finding AS f
        JOIN #Known_Again AS k
          ON k.Record_ID = f.Record_ID;
        INSERT INTO #Finding (Record_ID, Mask)
        SELECT k.Record_ID, 8388608
        FROM #Known_Again AS k
        WHERE NOT EXISTS (SELECT 1 FROM #Finding AS f WHERE f.Record_ID = k.Record_ID);

        SELECT n.Record_ID             AS Record_Key,
               COALESCE(f.Mask, 0)     AS Failed_Checks,
               CASE WHEN f.Mask & 4194304 <> 0 THEN f.Diver_ID END AS Diver_ID
        FROM #Normalised AS n
        LEFT JOIN #Finding AS f
               ON f.Record_ID = n.Record_ID
        ORDER BY n.Record_ID;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Check_Records TO data_steward;
GO

-- Saves new values for cells of open records, as one group that can be undone: a JSON array of [record, version that was
-- read, column, new value]. A value that is the old one makes no revision. @Identities tells who the records are with
-- their new values, as a JSON array of [record, keyed hash of an identity], where somebody was erased.
CREATE OR ALTER PROCEDURE dbo.Edit_Records
    @Edits          NVARCHAR(MAX),
    @Reason         NVARCHAR(1000) = NULL,
    @Kind           NVARCHAR(20) = N'Edit',
    @Return_Records BIT = 1,
    @Identities     NVARCHAR(MAX) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    CREATE TABLE #Edited_Cell (
        Quarantine_ID      BIGINT NOT NULL,
        Column_Bit         INT NOT NULL,
        Column_Name        NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
        Record_Version     INT NULL,
        New_Value          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Undoes_Revision_ID BIGINT NULL,
        Is_Undo            BIT NOT NULL,
        PRIMARY KEY (Quarantine_ID, Column_Bit)
    );
    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        IF @Kind NOT IN (N'Edit', N'Bulk', N'Import', N'Suggestion')
            THROW 50400, N'An edit is of kind Edit, Bulk, Import or Suggestion.', 1;

        INSERT INTO #Edited_Cell (Quarantine_ID, Column_Bit, Column_Name, Record_Version, New_Value, Is_Undo)
        SELECT g.Quarantine_ID, g.Column_Bit, g.Column_Name, g.Record_Version, g.New_Value, 0
        FROM (SELECT c.Quarantine_ID, c.Column_Bit, c.Column_Name, c.Record_Version, c.New_Value,
                     ROW_NUMBER() OVER (PARTITION BY c.Quarantine_ID, c.Column_Bit ORDER BY c.Record_Version) AS Occurrence
              FROM (SELECT j.Quarantine_ID,
                           CASE j.Column_Name COLLATE Latin1_General_100_BIN2
                               WHEN N'First_Name' THEN 1
                               WHEN N'Last_Name' THEN 2
                               WHEN N'Email' THEN 4
                               WHEN N'Phone' THEN 8
                               WHEN N'Date_Of_Birth' THEN 16
                               WHEN N'Certification' THEN 32
                               WHEN N'Source_Reference' THEN 64
                               ELSE 0
                           END AS Column_Bit,
                           j.Column_Name, j.Record_Version, j.New_Value
                    FROM OPENJSON(@Edits) WITH (
                             Quarantine_ID  BIGINT        '$[0]',
                             Record_Version INT           '$[1]',
                             Column_Name    NVARCHAR(40)  '$[2]',
                             New_Value      NVARCHAR(MAX) '$[3]'
                         ) AS j) AS c) AS g
        WHERE g.Occurrence = 1;

        IF EXISTS (SELECT 1 FROM #Edited_Cell WHERE Column_Bit = 0)
            THROW 50400, N'Only the seven values of a record can be edited.', 1;
        IF (SELECT COUNT_BIG(*) FROM #Edited_Cell) < (SELECT COUNT_BIG(*) FROM OPENJSON(@Edits))
            THROW 50400, N'The same cell is edited twice.', 1;

        INSERT INTO #Wanted_Record (Quarantine_ID, Record_Version)
        SELECT Quarantine_ID, MIN(Record_Version)
        FROM #Edited_Cell
        GROUP BY Quarantine_ID;

        EXECUTE dbo.Require_Records @Status = N'Open';
        EXECUTE dbo.Apply_Edits @Kind = @Kind, @Reason = @Reason, @Undoes_Group_ID = NULL, @Skipped_Count = 0,
                                @Return_Records = @Return_Records, @Identities = @Identities;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Edit_Records TO data_steward;
GO

-- Gives the cells of an edit back what they held before it: all of them, or those of some records (a JSON array of ids).
-- A cell on which a later edit stands is not touched: the whole is refused, or with @Skip_Conflicts its record is left
-- out. What is undone can be undone in turn, which is redoing; each edit is undone once. Tomorrow, and by anybody.
CREATE OR ALTER PROCEDURE dbo.Undo_Edit
    @Edit_Group_ID  BIGINT,
    @Quarantine_IDs NVARCHAR(MAX) = NULL,
    @Reason         NVARCHAR(1000) = NULL,
    @Skip_Conflicts BIT = 0,
    @Return_Records BIT = 1
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400), @Count BIGINT, @Quarantine_ID BIGINT, @Later_ID BIGINT, @Skipped_Count BIGINT;

    CREATE TABLE #Undo_Target (
        Revision_ID   BIGINT NOT NULL PRIMARY KEY,
        Quarantine_ID BIGINT NOT NULL,
        Later_ID      BIGINT NULL
    );
    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );
    CREATE TABLE #Edited_Cell (
        Quarantine_ID      BIGINT NOT NULL,
        Column_Bit         INT NOT NULL,
        Column_Name        NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NULL,
        Record_Version     INT NULL,
        New_Value          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Undoes_Revision_ID BIGINT NULL,
        Is_Undo            BIT NOT NULL,
        PRIMARY KEY (Quarantine_ID, Column_Bit)
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        IF NOT EXISTS (SELECT 1 FROM dbo.Edit_Group WHERE Edit_Group_ID = @Edit_Group_ID)
        BEGIN
            SET @Message = CONCAT(N'There is no edit ', @Edit_Group_ID, N'.');
            THROW 50404, @Message, 1;
        END;

        -- Later_ID: an edit of the same cell that came later and stands, or what has undone this one already, be it redone and
        -- undone since. Later edits that are undone do not stand, nor does the undoing of one that came later.
        INSERT INTO #Undo_Target (Revision_ID, Quarantine_ID, Later_ID)
        SELECT r.Revision_ID,
               r.Quarantine_ID,
               (SELECT MAX(s.Revision_ID)
                FROM dbo.Quarantine_Revision AS s
                WHERE s.Quarantine_ID = r.Quarantine_ID
                  AND s.Column_Name = r.Column_Name
                  AND s.Revision_ID > r.Revision_ID
                  AND (s.Undoes_Revision_ID = r.Revision_ID
                       OR NOT EXISTS (SELECT 1
                                      FROM dbo.Quarantine_Revision AS z
                                      WHERE z.Undoes_Revision_ID = s.Revision_ID)
                          AND (s.Is_Undo = 0 OR s.Undoes_Revision_ID <= r.Revision_ID)))
        FROM dbo.Quarantine_Revision AS r WITH (UPDLOCK)
        WHERE r.Edit_Group_ID = @Edit_Group_ID
          AND (@Quarantine_IDs IS NULL
               OR r.Quarantine_ID IN (SELECT j.Quarantine_ID
                                      FROM OPENJSON(@Quarantine_IDs) WITH (
                                               Quarantine_ID BIGINT '$'
                                           ) AS j));

        SET @Count = (SELECT COUNT_BIG(DISTINCT Quarantine_ID) FROM #Undo_Target WHERE Later_ID IS NOT NULL);
        SET @Quarantine_ID = (SELECT MIN(Quarantine_ID) FROM #Undo_Target WHERE Later_ID IS NOT NULL);
        SET @Later_ID = (SELECT MAX(Later_ID) FROM #Undo_Target WHERE Quarantine_ID = @Quarantine_ID);
        IF @Count > 0 AND @Skip_Conflicts = 0
            EXECUTE dbo.Refuse_Conflict @Quarantine_ID = @Quarantine_ID, @What = N'later edit', @Count = @Count,
                                        @Later_ID = @Later_ID;

        INSERT INTO #Wanted_Record (Quarantine_ID)
        SELECT q.Quarantine_ID
        FROM (SELECT Quarantine_ID
              FROM #Undo_Target
              GROUP BY Quarantine_ID
              HAVING MAX(Later_ID) IS NULL) AS t
        JOIN dbo.Data_Quarantine AS q WITH (UPDLOCK)
          ON q.Quarantine_ID = t.Quarantine_ID
        WHERE @Skip_Conflicts = 0
           OR (q.Status = N'Open'
               AND (q.Claimed_Until IS NULL OR q.Claimed_Until <= SYSUTCDATETIME() OR q.Claimed_By = ORIGINAL_LOGIN()));
        EXECUTE dbo.Require_Records @Status = N'Open';

        SET @Skipped_Count = (SELECT COUNT_BIG(DISTINCT Quarantine_ID) FROM #Undo_Target)
                             - (SELECT COUNT_BIG(*) FROM #Wanted_Record);
        INSERT INTO #Edited_Cell (Quarantine_ID, Column_Bit, Column_Name, New_Value, Undoes_Revision_ID, Is_Undo)
        SELECT r.Quarantine_ID,
               CASE r.Column_Name
                   WHEN N'First_Name' THEN 1
                   WHEN N'Last_Name' THEN 2
                   WHEN N'Email' THEN 4
                   WHEN N'Phone' THEN 8
                   WHEN N'Date_Of_Birth' THEN 16
                   WHEN N'Certification' THEN 32
                   ELSE 64
               END,
               r.Column_Name, r.Old_Value, r.Revision_ID, 1 - r.Is_Undo
        FROM #Undo_Target AS t
        JOIN #Wanted_Record AS w
          ON w.Quarantine_ID = t.Quarantine_ID
        JOIN dbo.Quarantine_Revision AS r
          ON r.Revision_ID = t.Revision_ID;

        EXECUTE dbo.Apply_Edits @Kind = N'Undo', @Reason = @Reason, @Undoes_Group_ID = @Edit_Group_ID,
                                @Skipped_Count = @Skipped_Count, @Return_Records = @Return_Records, @Identities = NULL;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Undo_Edit TO data_steward;
GO

-- Writes the new values of #Edited_Cell into the records of #Wanted_Record: a group, a revision for each cell that
-- changes, the values, and where each record stands with them.
CREATE OR ALTER PROCEDURE dbo.Apply_Edits
    @Kind            NVARCHAR(20),
    @Reason          NVARCHAR(1000),
    @Undoes_Group_ID BIGINT,
    @Skipped_Count   BIGINT,
    @Return_Records  BIT,
    @Identities      NVARCHAR(MAX)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();
    DECLARE @Received_On DATE = CONVERT(DATE, @Now);
    DECLARE @Record_Count BIGINT, @Cell_Count BIGINT, @Edit_Group_ID BIGINT, @Detail NVARCHAR(4000);

    CREATE TABLE #Changed_Cell (
        Quarantine_ID      BIGINT NOT NULL,
        Column_Bit         INT NOT NULL,
        Column_Name        NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Old_Value          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        New_Value          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Undoes_Revision_ID BIGINT NULL,
        Is_Undo            BIT NOT NULL,
        PRIMARY KEY (Quarantine_ID, Column_Bit)
    );
    INSERT INTO #Changed_Cell (Quarantine_ID, Column_Bit, Column_Name, Old_Value, New_Value, Undoes_Revision_ID, Is_Undo)
    SELECT s.Quarantine_ID, s.Column_Bit, s.Column_Name, s.Old_Value, s.New_Value, s.Undoes_Revision_ID, s.Is_Undo
    FROM (SELECT e.Quarantine_ID, e.Column_Bit, e.Column_Name,
                 CASE e.Column_Bit
                     WHEN 1 THEN q.First_Name
                     WHEN 2 THEN q.Last_Name
                     WHEN 4 THEN q.Email
                     WHEN 8 THEN q.Phone
                     WHEN 16 THEN q.Date_Of_Birth
                     WHEN 32 THEN q.Certification
                     WHEN 64 THEN q.Source_Reference
                 END AS Old_Value,
                 e.New_Value, e.Undoes_Revision_ID, e.Is_Undo
          FROM #Edited_Cell AS e
          JOIN dbo.Data_Quarantine AS q
            ON q.Quarantine_ID = e.Quarantine_ID) AS s
    -- A comparison pads the shorter text with blanks; a full stop behind either lets the blanks at their ends count.
    WHERE s.New_Value + N'.' IS DISTINCT FROM s.Old_Value + N'.';

    -- The records as they will be. What is as it came is judged with the payload that it came with.
    CREATE TABLE #Edit_Target (
        Record_ID        BIGINT NOT NULL PRIMARY KEY,
        Kept_Checks      INT NOT NULL,
        Is_Email_New     BIT NOT NULL,
        Attempt          INT NOT NULL,
        Edited_Columns   INT NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Payload          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
    INSERT INTO #Edit_Target (Record_ID, Kept_Checks, Is_Email_New, Attempt, Edited_Columns, First_Name, Last_Name,
                              Email, Phone, Date_Of_Birth, Certification, Source_Reference, Payload)
    SELECT s.Quarantine_ID, s.Kept_Checks, s.Is_Email_New, s.Attempt_Count, s.Edited_Columns, s.First_Name, s.Last_Name,
           s.Email, s.Phone, s.Date_Of_Birth, s.Certification, s.Source_Reference,
           COALESCE(CASE WHEN s.Edited_Columns = 0 THEN s.Payload END, N'{}')
    FROM (SELECT q.Quarantine_ID, q.Attempt_Count, NULLIF(r.Payload, N'') AS Payload,
                 -- 2097152 = DUPLICATE_IN_BATCH, 8388608 = ERASED_SUBJECT, 10485760 = both.
                 q.Failed_Checks & CASE WHEN e.Columns & 4 = 0 THEN 10485760 ELSE 8388608 END AS Kept_Checks,
                 CASE WHEN e.Columns & 4 = 0 THEN 0 ELSE 1 END AS Is_Email_New,
                 CASE WHEN e.Columns & 1 <> 0 THEN e.First_Name ELSE q.First_Name END AS First_Name,
                 CASE WHEN e.Columns & 2 <> 0 THEN e.Last_Name ELSE q.Last_Name END AS Last_Name,
                 CASE WHEN e.Columns & 4 <> 0 THEN e.Email ELSE q.Email END AS Email,
                 CASE WHEN e.Columns & 8 <> 0 THEN e.Phone ELSE q.Phone END AS Phone,
                 CASE WHEN e.Columns & 16 <> 0 THEN e.Date_Of_Birth ELSE q.Date_Of_Birth END AS Date_Of_Birth,
                 CASE WHEN e.Columns & 32 <> 0 THEN e.Certification ELSE q.Certification END AS Certification,
                 CASE WHEN e.Columns & 64 <> 0 THEN e.Source_Reference ELSE q.Source_Reference END AS Source_Reference,
                 (q.Edited_Columns & ~e.Columns)
                 | CASE WHEN e.Columns & 1 <> 0 AND e.First_Name + N'.' IS DISTINCT FROM r.First_Name + N'.' THEN 1 ELSE 0 END
                 | CASE WHEN e.Columns & 2 <> 0 AND e.Last_Name + N'.' IS DISTINCT FROM r.Last_Name + N'.' THEN 2 ELSE 0 END
                 | CASE WHEN e.Columns & 4 <> 0 AND e.Email + N'.' IS DISTINCT FROM r.Email + N'.' THEN 4 ELSE 0 END
                 | CASE WHEN e.Columns & 8 <> 0 AND e.Phone + N'.' IS DISTINCT FROM r.Phone + N'.' THEN 8 ELSE 0 END
                 | CASE WHEN e.Columns & 16 <> 0 AND e.Date_Of_Birth + N'.' IS DISTINCT FROM r.Date_Of_Birth + N'.' THEN 16 ELSE 0 END
                 | CASE WHEN e.Columns & 32 <> 0 AND e.Certification + N'.' IS DISTINCT FROM r.Certification + N'.' THEN 32 ELSE 0 END
                 | CASE WHEN e.Columns & 64 <> 0 AND e.Source_Reference + N'.' IS DISTINCT FROM r.Source_Reference + N'.' THEN 64 ELSE 0 END
                     AS Edited_Columns
          FROM (SELECT Quarantine_ID,
                       SUM(Column_Bit) AS Columns,
                       MAX(CASE WHEN Column_Bit = 1 THEN New_Value END) AS First_Name,
                       MAX(CASE WHEN Column_Bit = 2 THEN New_Value END) AS Last_Name,
                       MAX(CASE WHEN Column_Bit = 4 THEN New_Value END) AS Email,
                       MAX(CASE WHEN Column_Bit = 8 THEN New_Value END) AS Phone,
                       MAX(CASE WHEN Column_Bit = 16 THEN New_Value END) AS Date_Of_Birth,
                       MAX(CASE WHEN Column_Bit = 32 THEN New_Value END) AS Certification,
                       MAX(CASE WHEN Column_Bit = 64 THEN New_Value END) AS Source_Reference
                FROM #Changed_Cell
                GROUP BY Quarantine_ID) AS e
          JOIN dbo.Data_Quarantine AS q
            ON q.Quarantine_ID = e.Quarantine_ID
          LEFT JOIN Staging.Raw_Record AS r
                 ON r.Raw_ID = q.Raw_ID) AS s;

    CREATE TABLE #Judge_Input (
        Record_ID        BIGINT NOT NULL,
        Source_Row       BIGINT NOT NULL,
        Waived_Checks    INT NOT NULL,
        Payload          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Normalised (
        Record_ID              BIGINT NOT NULL PRIMARY KEY,
        Source_Row             BIGINT NOT NULL,
        Waived_Checks          INT NOT NULL,
        First_Name             NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name              NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Email                  NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NULL,
        Phone                  NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Digits                 NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification_Level_ID INT NULL,
        Source_Reference       NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Is_Whole               BIT NOT NULL,
        First_Name_Is_Odd      BIT NOT NULL,
        Last_Name_Is_Odd       BIT NOT NULL
    );
    CREATE TABLE #Finding (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );
    CREATE TABLE #Comparison (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );

    INSERT INTO #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone,
                              Date_Of_Birth, Certification, Source_Reference)
    SELECT t.Record_ID, 0, 0, t.Payload, t.First_Name, t.Last_Name, t.Email, t.Phone, t.Date_Of_Birth, t.Certification,
           t.Source_Reference
    FROM #Edit_Target AS t;
    EXECUTE Governance.Judge_Records @Received_On = @Received_On;
    EXECUTE Governance.Compare_With_Divers;
    EXECUTE Governance.Compare_With_Earlier @Batch_ID = NULL;

    SET @Record_Count = (SELECT COUNT_BIG(*) FROM #Edit_Target);
    SET @Cell_Count = (SELECT COUNT_BIG(*) FROM #Changed_Cell);
    IF @Cell_Count > 0
    BEGIN
        INSERT INTO dbo.Edit_Group (Edit_Kind, Edit_Reason, Edited_By, Edited_At, Record_Count, Cell_Count, Undoes_Group_ID)
        VALUES (@Kind, @Reason, @Actor, @Now, @Record_Count, @Cell_Count, @Undoes_Group_ID);
        SET @Edit_Group_ID = SCOPE_IDENTITY();
    END;

    INSERT INTO dbo.Quarantine_Revision (Quarantine_ID, Edit_Group_ID, Column_Name, Old_Value, New_Value, Edited_By,
                                         Edited_At, Edit_Reason, Undoes_Revision_ID, Is_Undo)
    SELECT c.Quarantine_ID, @Edit_Group_ID, c.Column_Name, c.Old_Value, c.New_Value, @Actor, @Now, @Reason,
           c.Undoes_Revision_ID, c.Is_Undo
    FROM #Changed_Cell AS c
    ORDER BY c.Quarantine_ID, c.Column_Bit;

    CREATE TABLE #Known_Again (
        Record_ID BIGINT NOT NULL PRIMARY KEY
    );
    INSERT INTO #Known_Again (Record_ID)
    SELECT DISTINCT j.Record_ID
    FROM OPENJSON(@Identities) WITH (
             Record_ID BIGINT       '$[0]',
             Tombstone NVARCHAR(80) '$[1]'
         ) AS j
    JOIN dbo.Erasure_Tombstone AS t
      ON t.Tombstone = j.Tombstone COLLATE Latin1_General_100_BIN2;

    -- DUPLICATE_IN_BATCH stays for as long as the email is the one with which the record met its rival, and
    -- ERASED_SUBJECT whatever is edited, but where the person's values (23: names, email, date of birth) are again those
    -- that came, and the gate found nothing in them.
    UPDATE q
    SET First_Name = t.First_Name,
        Last_Name = t.Last_Name,
        Email = t.Email,
        Phone = t.Phone,
        Date_Of_Birth = t.Date_Of_Birth,
        Certification = t.Certification,
        Source_Reference = t.Source_Reference,
        Record_Version = q.Record_Version + 1,
        Edited_Columns = t.Edited_Columns,
        Failed_Checks = t.Mask
    FROM dbo.Data_Quarantine AS q
    JOIN (SELECT e.Record_ID, e.First_Name, e.Last_Name, e.Email, e.Phone, e.Date_Of_Birth, e.Certification,
                 e.Source_Reference, e.Edited_Columns,
                 COALESCE(f.Mask, 0)
                 | CASE WHEN e.Kept_Checks & 8388608 <> 0 AND e.Edited_Columns & 23 = 0
                         AND NOT EXISTS (SELECT 1
                                         FROM dbo.Quarantine_Violation AS v
                                         WHERE v.Quarantine_ID = e.Record_ID
                                           AND v.Rule_Code = N'ERASED_SUBJECT')
                        THEN e.Kept_Checks & ~8388608 ELSE e.Kept_Checks END
                 | CASE WHEN k.Record_ID IS NULL THEN 0 ELSE 8388608 END
                 | CASE WHEN e.Is_Email_New = 1
                         AND EXISTS (SELECT 1
                                     FROM dbo.Quarantine_Violation AS v
                                     WHERE v.Quarantine_ID = e.Record_ID
                                       AND v.Attempt = e.Attempt
                                       AND v.Rule_Code = N'DUPLICATE_IN_BATCH'
                                       AND v.Observed_Value + N'.' IS NOT DISTINCT FROM e.Email + N'.') THEN 2097152 ELSE 0 END AS Mask
          FROM #Edit_Target AS e
          LEFT JOIN #Finding AS f
                 ON f.Record_ID = e.Record_ID
          LEFT JOIN #Known_Again AS k
                 ON k.Record_ID = e.Record_ID) AS t
      ON t.Record_ID = q.Quarantine_ID;

    SET @Detail = JSON_OBJECT('kind': @Kind, 'records': @Record_Count, 'cells': @Cell_Count);
    IF @Cell_Count > 0
        EXECUTE Governance.Log_Action @Action = N'Edit_Records', @Subject_Type = N'Edit_Group', @Subject_ID = @Edit_Group_ID,
                                      @Detail = @Detail;

    SELECT @Edit_Group_ID AS Edit_Group_ID, @Record_Count AS Record_Count, @Cell_Count AS Cell_Count,
           @Skipped_Count AS Skipped_Count;

    SELECT q.Quarantine_ID, q.Record_Version, q.Failed_Checks, q.Edited_Columns
    FROM #Wanted_Record AS w
    JOIN dbo.Data_Quarantine AS q
      ON q.Quarantine_ID = w.Quarantine_ID
    WHERE @Return_Records = 1
    ORDER BY q.Quarantine_ID;
END;
GO

-- Sends open records through the gate again as they are now: a JSON object of record: version that was read. They are a
-- batch of their own, judged and compared like any other; what is let in is closed, what is not stays with its new
-- reasons. An untouched record comes as it came, an edited one by its values, of which Raw_Divers makes the payload; its
-- place in the batch is its own number. With @Waive_Warnings and a reason, what a record fails by warnings alone is let
-- in; errors never are. @Rehearse tells all that and keeps nothing. @Identities tells who the records are, as a JSON array
-- of [record, keyed hash of an identity], where somebody was erased. Of the records only those are told that did not
-- become divers: the others did.
-- The savepoint has a name of its own: the gate's is inside it.
CREATE OR ALTER PROCEDURE dbo.Resubmit_Records
    @Versions       NVARCHAR(MAX),
    @Rehearse       BIT = 0,
    @Waive_Warnings BIT = 0,
    @Reason         NVARCHAR(1000) = NULL,
    @Identities     NVARCHAR(MAX) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Lock INT, @Record_Count BIGINT, @Promoted_Count BIGINT, @Passed_Count BIGINT, @Collided_Count BIGINT;
    DECLARE @Warnings INT, @Batch_ID BIGINT;
    DECLARE @Detail NVARCHAR(4000);
    DECLARE @Release BIT = IIF(@Rehearse = 1, 0, 1);
    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();

    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        IF @Waive_Warnings = 1 AND TRIM(COALESCE(@Reason, N'')) = N''
            THROW 50400, N'Say why the warnings may pass.', 1;

        -- Before the records are locked: whoever governs has this lock first, and then the records.
        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        SAVE TRANSACTION Resubmission;

        INSERT INTO #Wanted_Record (Quarantine_ID, Record_Version)
        SELECT CONVERT(BIGINT, w.[key]), MIN(CONVERT(INT, w.value))
        FROM OPENJSON(@Versions) AS w
        GROUP BY CONVERT(BIGINT, w.[key]);
        SET @Record_Count = (SELECT COUNT_BIG(*) FROM #Wanted_Record);
        IF @Record_Count = 0
            THROW 50400, N'There is no record to resubmit.', 1;
        EXECUTE dbo.Require_Records @Status = N'Open';

        RAISERROR(N'0/7 Sending the records again', 0, 1) WITH NOWAIT;
        SET @Warnings = (
            SELECT COALESCE(SUM(c.Check_Bit), 0)
            FROM Governance.Rule_Check AS c
            JOIN Governance.Quality_Rule AS r
              ON r.Rule_Code = c.Rule_Code
            WHERE r.Severity = N'warning' AND @Waive_Warnings = 1
        );
        INSERT INTO Staging.Ingestion_Batch (Source_Name, Source_Kind, Content_Hash, Received_At, Received_By, Declared_Count,
                                             Loaded_Count)
        VALUES (CONCAT(N'Resubmission by ', @Actor), N'resubmission',
                CONCAT(N'resubmission ', CONVERT(NVARCHAR(30), @Now, 121)), @Now, @Actor, @Record_Count, @Record_Count);
        SET @Batch_ID = SCOPE_IDENTITY();

        INSERT INTO Staging.Raw_Record (Batch_ID, Source_Row, Origin_Quarantine_ID, Waived_Checks, First_Name, Last_Name,
                                        Email, Phone, Date_Of_Birth, Certification, Source_Reference, Payload)
        SELECT @Batch_ID, q.Quarantine_ID, q.Quarantine_ID, q.Failed_Checks & @Warnings,
               q.First_Name, q.Last_Name, q.Email, q.Phone, q.Date_Of_Birth, q.Certification, q.Source_Reference,
               ISNULL(CASE WHEN q.Edited_Columns = 0
                           THEN (SELECT NULLIF(r.Payload, N'') FROM Staging.Raw_Record AS r WHERE r.Raw_ID = q.Raw_ID) END,
                      N'{"edited":true}')
        FROM #Wanted_Record AS w
        JOIN dbo.Data_Quarantine AS q
          ON q.Quarantine_ID = w.Quarantine_ID
        ORDER BY q.Quarantine_ID;

        INSERT INTO Staging.Raw_Flag (Batch_ID, Source_Row)
        SELECT DISTINCT @Batch_ID, w.Quarantine_ID
        FROM OPENJSON(@Identities) WITH (
                 Record_ID BIGINT       '$[0]',
                 Tombstone NVARCHAR(80) '$[1]'
             ) AS j
        JOIN dbo.Erasure_Tombstone AS t
          ON t.Tombstone = j.Tombstone COLLATE Latin1_General_100_BIN2
        JOIN #Wanted_Record AS w
          ON w.Quarantine_ID = j.Record_ID;

        EXECUTE Staging.Govern_Batch @Batch_ID = @Batch_ID, @Release = @Release, @Reason = @Reason;

        -- What was let in has a diver; what was not has its new standing in the quarantine. Each record's place in the batch
        -- is its own number. Where all were promoted, nobody looks for the others.
        SET @Promoted_Count = (SELECT Promoted_Count FROM Staging.Ingestion_Batch WHERE Batch_ID = @Batch_ID);
        SET @Passed_Count = @Promoted_Count + (
            SELECT COUNT_BIG(o.Diver_ID)
            FROM Staging.Raw_Record AS r
            JOIN Staging.Record_Outcome AS o
              ON o.Raw_ID = r.Raw_ID
            WHERE r.Batch_ID = @Batch_ID AND o.Outcome <> N'Promoted' AND @Promoted_Count < @Record_Count
        );
        -- 6291456 = DUPLICATE_IN_BATCH, DUPLICATE_OF_DIVER.
        SET @Collided_Count = (
            SELECT COUNT_BIG(*)
            FROM Staging.Raw_Record AS r
            JOIN Staging.Record_Outcome AS o
              ON o.Raw_ID = r.Raw_ID
            JOIN dbo.Data_Quarantine AS q
              ON q.Quarantine_ID = r.Source_Row
            WHERE r.Batch_ID = @Batch_ID AND o.Diver_ID IS NULL AND q.Failed_Checks & 6291456 <> 0
              AND @Passed_Count < @Record_Count
        );
        SET @Detail = JSON_OBJECT('records': @Record_Count, 'passed': @Passed_Count, 'waived': @Waive_Warnings);
        EXECUTE Governance.Log_Action @Action = N'Resubmit_Records', @Subject_Type = N'Ingestion_Batch',
                                      @Subject_ID = @Batch_ID, @Detail = @Detail;

        SELECT @Batch_ID                     AS Batch_ID,
               @Passed_Count                 AS Passed_Count,
               @Record_Count - @Passed_Count AS Failed_Count,
               @Collided_Count               AS Collided_Count,
               b.Unchanged_Count,
               b.Duplicate_Count
        FROM Staging.Ingestion_Batch AS b
        WHERE b.Batch_ID = @Batch_ID;

        SELECT n.Rule_Code, n.Record_Count
        FROM Staging.Batch_Rule_Count AS n
        WHERE n.Batch_ID = @Batch_ID
        ORDER BY n.Record_Count DESC, n.Rule_Code;

        SELECT r.Source_Row AS Quarantine_ID, o.Outcome,
               CASE WHEN o.Diver_ID IS NULL THEN q.Failed_Checks
                    WHEN @Waive_Warnings = 1 THEN r.Waived_Checks
                    ELSE 0 END AS Failed_Checks,
               CASE WHEN o.Diver_ID IS NOT NULL THEN o.Diver_ID
                    WHEN q.Failed_Checks & 4194304 <> 0
                    THEN (SELECT v.Diver_ID
                          FROM dbo.Quarantine_Violation AS v
                          WHERE v.Quarantine_ID = q.Quarantine_ID
                            AND v.Attempt = q.Attempt_Count
                            AND v.Rule_Code = N'DUPLICATE_OF_DIVER') END AS Diver_ID
        FROM Staging.Raw_Record AS r
        JOIN Staging.Record_Outcome AS o
          ON o.Raw_ID = r.Raw_ID
        LEFT JOIN dbo.Data_Quarantine AS q
               ON q.Quarantine_ID = r.Source_Row AND o.Diver_ID IS NULL
        WHERE r.Batch_ID = @Batch_ID AND o.Outcome <> N'Promoted' AND @Promoted_Count < @Record_Count
        ORDER BY r.Source_Row;

        IF @Rehearse = 1
            ROLLBACK TRANSACTION Resubmission;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Resubmit_Records TO data_steward;
GO

-- Puts open records away for a reason with a code (Discard_Code): a JSON object of record: version that was read. They
-- can be reopened.
CREATE OR ALTER PROCEDURE dbo.Discard_Records
    @Versions NVARCHAR(MAX),
    @Code     NVARCHAR(40),
    @Reason   NVARCHAR(1000) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Record_Count BIGINT, @Detail NVARCHAR(4000);
    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();

    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        IF NOT EXISTS (SELECT 1 FROM dbo.Discard_Code WHERE Discard_Code = @Code)
            THROW 50400, N'A record is discarded with one of the codes of the list.', 1;
        IF @Code = N'other' AND TRIM(COALESCE(@Reason, N'')) = N''
            THROW 50400, N'Say why the records are discarded.', 1;

        INSERT INTO #Wanted_Record (Quarantine_ID, Record_Version)
        SELECT CONVERT(BIGINT, w.[key]), MIN(CONVERT(INT, w.value))
        FROM OPENJSON(@Versions) AS w
        GROUP BY CONVERT(BIGINT, w.[key]);
        EXECUTE dbo.Require_Records @Status = N'Open';
        SET @Record_Count = (SELECT COUNT_BIG(*) FROM #Wanted_Record);

        UPDATE q
        SET Status = N'Discarded',
            Resolution_Code = @Code,
            Resolution_Reason = @Reason,
            Resolved_By = @Actor,
            Resolved_At = @Now,
            Claimed_By = NULL,
            Claimed_Until = NULL,
            Record_Version = q.Record_Version + 1
        FROM dbo.Data_Quarantine AS q
        JOIN #Wanted_Record AS w
          ON w.Quarantine_ID = q.Quarantine_ID;

        INSERT INTO dbo.Quarantine_Event (Quarantine_ID, Event_Kind, Event_Code, Event_Reason, Acted_By, Acted_At)
        SELECT w.Quarantine_ID, N'Discarded', @Code, @Reason, @Actor, @Now
        FROM #Wanted_Record AS w
        ORDER BY w.Quarantine_ID;

        SET @Detail = JSON_OBJECT('code': @Code, 'records': @Record_Count);
        EXECUTE Governance.Log_Action @Action = N'Discard_Records', @Subject_Type = N'Data_Quarantine', @Subject_ID = NULL,
                                      @Detail = @Detail;

        SELECT @Record_Count AS Record_Count;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Discard_Records TO data_steward;
GO

-- Lets discarded records wait again.
CREATE OR ALTER PROCEDURE dbo.Reopen_Records
    @Versions NVARCHAR(MAX),
    @Reason   NVARCHAR(1000) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Record_Count BIGINT, @Detail NVARCHAR(4000);
    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();

    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        INSERT INTO #Wanted_Record (Quarantine_ID, Record_Version)
        SELECT CONVERT(BIGINT, w.[key]), MIN(CONVERT(INT, w.value))
        FROM OPENJSON(@Versions) AS w
        GROUP BY CONVERT(BIGINT, w.[key]);
        EXECUTE dbo.Require_Records @Status = N'Discarded';
        SET @Record_Count = (SELECT COUNT_BIG(*) FROM #Wanted_Record);

        UPDATE q
        SET Status = N'Open',
            Resolution_Code = NULL,
            Resolution_Reason = NULL,
            Resolved_By = NULL,
            Resolved_At = NULL,
            Record_Version = q.Record_Version + 1
        FROM dbo.Data_Quarantine AS q
        JOIN #Wanted_Record AS w
          ON w.Quarantine_ID = q.Quarantine_ID;

        INSERT INTO dbo.Quarantine_Event (Quarantine_ID, Event_Kind, Event_Reason, Acted_By, Acted_At)
        SELECT w.Quarantine_ID, N'Reopened', @Reason, @Actor, @Now
        FROM #Wanted_Record AS w
        ORDER BY w.Quarantine_ID;

        SET @Detail = JSON_OBJECT('records': @Record_Count);
        EXECUTE Governance.Log_Action @Action = N'Reopen_Records', @Subject_Type = N'Data_Quarantine', @Subject_ID = NULL,
                                      @Detail = @Detail;

        SELECT @Record_Count AS Record_Count;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Reopen_Records TO data_steward;
GO

-- Tells the others that one works on open records (a JSON array of ids): for some minutes, then it expires by itself. A
-- record that another has claimed is left to them, unless it is taken over with a word why.
CREATE OR ALTER PROCEDURE dbo.Claim_Records
    @Records   NVARCHAR(MAX),
    @Minutes   INT = 30,
    @Take_Over BIT = 0,
    @Reason    NVARCHAR(1000) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Record_Count BIGINT, @Taken_Count BIGINT, @Until DATETIME2(7), @Detail NVARCHAR(4000);
    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();

    CREATE TABLE #Wanted_Claim (
        Quarantine_ID BIGINT NOT NULL PRIMARY KEY,
        Is_Free       BIT NOT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        IF @Minutes NOT BETWEEN 1 AND 1440
            THROW 50400, N'A claim lasts from a minute to a day.', 1;
        IF @Take_Over = 1 AND TRIM(COALESCE(@Reason, N'')) = N''
            THROW 50400, N'Say why the records are taken over.', 1;

        SET @Until = DATEADD(MINUTE, @Minutes, @Now);
        INSERT INTO #Wanted_Claim (Quarantine_ID, Is_Free)
        SELECT DISTINCT q.Quarantine_ID,
               CASE WHEN q.Claimed_Until > @Now AND q.Claimed_By <> @Actor THEN 0 ELSE 1 END
        FROM OPENJSON(@Records) WITH (
                 Quarantine_ID BIGINT '$'
             ) AS j
        JOIN dbo.Data_Quarantine AS q WITH (UPDLOCK)
          ON q.Quarantine_ID = j.Quarantine_ID
        WHERE q.Status = N'Open';

        INSERT INTO dbo.Quarantine_Event (Quarantine_ID, Event_Kind, Event_Reason, Acted_By, Acted_At)
        SELECT w.Quarantine_ID, N'Claimed', @Reason, @Actor, @Now
        FROM #Wanted_Claim AS w
        WHERE w.Is_Free = 0 AND @Take_Over = 1
        ORDER BY w.Quarantine_ID;

        UPDATE q
        SET Claimed_By = @Actor,
            Claimed_Until = @Until
        FROM dbo.Data_Quarantine AS q
        JOIN #Wanted_Claim AS w
          ON w.Quarantine_ID = q.Quarantine_ID AND (w.Is_Free = 1 OR @Take_Over = 1);

        SET @Record_Count = (SELECT COUNT_BIG(*) FROM #Wanted_Claim WHERE Is_Free = 1 OR @Take_Over = 1);
        SET @Taken_Count = (SELECT COUNT_BIG(*) FROM #Wanted_Claim WHERE Is_Free = 0 AND @Take_Over = 1);
        SET @Detail = JSON_OBJECT('records': @Record_Count, 'taken_over': @Taken_Count, 'minutes': @Minutes);
        EXECUTE Governance.Log_Action @Action = N'Claim_Records', @Subject_Type = N'Data_Quarantine', @Subject_ID = NULL,
                                      @Detail = @Detail;

        SELECT q.Quarantine_ID, CASE WHEN q.Claimed_By = @Actor THEN 1 ELSE 0 END AS Is_Claimed, q.Claimed_By, q.Claimed_Until
        FROM #Wanted_Claim AS w
        JOIN dbo.Data_Quarantine AS q
          ON q.Quarantine_ID = w.Quarantine_ID
        ORDER BY q.Quarantine_ID;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Claim_Records TO data_steward;
GO

-- Gives one's own claims on records (a JSON array of ids) up; those of others stay.
CREATE OR ALTER PROCEDURE dbo.Release_Claims
    @Records NVARCHAR(MAX)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Record_Count BIGINT, @Detail NVARCHAR(4000);
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();

    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        INSERT INTO #Wanted_Record (Quarantine_ID)
        SELECT DISTINCT q.Quarantine_ID
        FROM OPENJSON(@Records) WITH (
                 Quarantine_ID BIGINT '$'
             ) AS j
        JOIN dbo.Data_Quarantine AS q WITH (UPDLOCK)
          ON q.Quarantine_ID = j.Quarantine_ID
        WHERE q.Claimed_By = @Actor;
        SET @Record_Count = (SELECT COUNT_BIG(*) FROM #Wanted_Record);

        UPDATE q
        SET Claimed_By = NULL,
            Claimed_Until = NULL
        FROM dbo.Data_Quarantine AS q
        JOIN #Wanted_Record AS w
          ON w.Quarantine_ID = q.Quarantine_ID;

        SET @Detail = JSON_OBJECT('records': @Record_Count);
        EXECUTE Governance.Log_Action @Action = N'Release_Claims', @Subject_Type = N'Data_Quarantine', @Subject_ID = NULL,
                                      @Detail = @Detail;

        SELECT @Record_Count AS Record_Count;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Release_Claims TO data_steward;
GO

-- Makes an open record part of a diver: the surviving @Values (a JSON object of columns; those that it does not name stay
-- as the diver has them) become a new version of the diver, by the rules of Update_Diver, and the record is closed.
-- Other open records of the same person may go with it: @Others is a JSON object of record: version that was read.
-- @Identities and @Waive_Erased are those of Update_Diver.
CREATE OR ALTER PROCEDURE dbo.Merge_Record
    @Quarantine_ID    BIGINT,
    @Record_Version   INT,
    @Diver_ID         BIGINT,
    @Diver_Valid_From DATETIME2(7),
    @Values           NVARCHAR(MAX),
    @Reason           NVARCHAR(1000),
    @Others           NVARCHAR(MAX) = NULL,
    @Identities       NVARCHAR(MAX) = NULL,
    @Waive_Erased     BIT           = 0
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Lock INT, @Record_Count BIGINT, @Detail NVARCHAR(4000);
    DECLARE @Now DATETIME2(7) = SYSUTCDATETIME();
    DECLARE @Actor NVARCHAR(128) = ORIGINAL_LOGIN();

    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        -- Before the records are locked: whoever governs has this lock first, and then the records.
        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        INSERT INTO #Wanted_Record (Quarantine_ID, Record_Version)
        SELECT w.Quarantine_ID, MIN(w.Record_Version)
        FROM (SELECT @Quarantine_ID AS Quarantine_ID, @Record_Version AS Record_Version
              UNION ALL
              SELECT CONVERT(BIGINT, a.[key]), CONVERT(INT, a.value)
              FROM OPENJSON(@Others) AS a) AS w
        GROUP BY w.Quarantine_ID;
        EXECUTE dbo.Require_Records @Status = N'Open';
        EXECUTE dbo.Update_Diver @Diver_ID = @Diver_ID, @Valid_From = @Diver_Valid_From, @Values = @Values,
                                 @Reason = @Reason, @Identities = @Identities, @Waive_Erased = @Waive_Erased;

        SET @Record_Count = (SELECT COUNT_BIG(*) FROM #Wanted_Record);
        UPDATE q
        SET Status = N'Merged',
            Resolution_Code = N'Merged',
            Resolution_Reason = @Reason,
            Resolved_By = @Actor,
            Resolved_At = @Now,
            Diver_ID = @Diver_ID,
            Claimed_By = NULL,
            Claimed_Until = NULL,
            Record_Version = q.Record_Version + 1
        FROM dbo.Data_Quarantine AS q
        JOIN #Wanted_Record AS w
          ON w.Quarantine_ID = q.Quarantine_ID;

        SET @Detail = JSON_OBJECT('diver': @Diver_ID, 'records': @Record_Count);
        EXECUTE Governance.Log_Action @Action = N'Merge_Record', @Subject_Type = N'Data_Quarantine',
                                      @Subject_ID = @Quarantine_ID, @Detail = @Detail;

        SELECT @Diver_ID AS Diver_ID, @Record_Count AS Record_Count;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Merge_Record TO data_steward;
GO

-- Makes one of several open records that are the same person, where no diver is it yet: it gets the surviving values (@Edits,
-- as for Edit_Records), and the others of @Others, a JSON object of record: version that was read, are discarded as its
-- duplicates. Tells the group of the edit, and how many records were put away.
CREATE OR ALTER PROCEDURE dbo.Keep_Record
    @Quarantine_ID  BIGINT,
    @Record_Version INT,
    @Edits          NVARCHAR(MAX),
    @Others         NVARCHAR(MAX),
    @Reason         NVARCHAR(1000),
    @Identities     NVARCHAR(MAX) = NULL
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Record_Count BIGINT, @Detail NVARCHAR(4000);

    CREATE TABLE #Wanted_Record (
        Quarantine_ID  BIGINT NOT NULL PRIMARY KEY,
        Record_Version INT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        IF TRIM(COALESCE(@Reason, N'')) = N''
            THROW 50400, N'Say why the records are the same person.', 1;
        IF EXISTS (SELECT 1 FROM OPENJSON(@Edits) WITH (Quarantine_ID BIGINT '$[0]') AS j WHERE j.Quarantine_ID <> @Quarantine_ID)
            THROW 50400, N'Only the record that is kept gets the surviving values.', 1;
        IF EXISTS (SELECT 1 FROM OPENJSON(@Others) AS a WHERE CONVERT(BIGINT, a.[key]) = @Quarantine_ID)
            THROW 50400, N'A record is no duplicate of itself.', 1;

        INSERT INTO #Wanted_Record (Quarantine_ID, Record_Version)
        VALUES (@Quarantine_ID, @Record_Version);
        EXECUTE dbo.Require_Records @Status = N'Open';

        EXECUTE dbo.Edit_Records @Edits = @Edits, @Reason = @Reason, @Kind = N'Bulk', @Return_Records = 0,
                                 @Identities = @Identities;
        EXECUTE dbo.Discard_Records @Versions = @Others, @Code = N'duplicate', @Reason = @Reason;
        SET @Record_Count = (SELECT COUNT_BIG(*) FROM OPENJSON(@Others));
        SET @Detail = JSON_OBJECT('records': @Record_Count);
        EXECUTE Governance.Log_Action @Action = N'Keep_Record', @Subject_Type = N'Data_Quarantine',
                                      @Subject_ID = @Quarantine_ID, @Detail = @Detail;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Keep_Record TO data_steward;
GO

------------------------------------------------------------------------------------------------------------
-- Divers and data subjects: Update_Diver, Restore_Diver, Delete_Diver, Reveal_Diver, Export_Subject, Erase_Diver
------------------------------------------------------------------------------------------------------------

-- Makes the next @Most divers quick to find, by all that they are and were called. What is not reached yet is found all
-- the same, only not as quickly. Of the past, only what differs from now is written: most versions keep the name.
CREATE OR ALTER PROCEDURE dbo.Index_Divers
    @Most INT = 200000
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Lock INT, @From_ID BIGINT, @To_ID BIGINT;
    DECLARE @Upper NVARCHAR(26) = N'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    DECLARE @Lower NVARCHAR(26) = N'abcdefghijklmnopqrstuvwxyz';

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        SET @From_ID = (SELECT Indexed_To FROM dbo.Search_Progress);
        SET @To_ID = (
            SELECT MAX(n.Diver_ID)
            FROM (SELECT TOP (@Most) d.Diver_ID
                  FROM dbo.Diver AS d
                  WHERE d.Diver_ID > @From_ID
                  ORDER BY d.Diver_ID) AS n
        );

        INSERT INTO dbo.Search_Term (Search_Column, Term, Diver_ID)
        SELECT DISTINCT t.Search_Column, t.Term, t.Diver_ID
        FROM (
            SELECT N'Last_Name' AS Search_Column, TRANSLATE(CONCAT(s.Last_Name, N' ', s.First_Name), @Upper, @Lower) AS Term, s.Diver_ID
            FROM dbo.Diver AS s
            WHERE s.Diver_ID > @From_ID AND s.Diver_ID <= @To_ID
            UNION ALL
            SELECT N'Last_Name', TRANSLATE(CONCAT(s.First_Name, N' ', s.Last_Name), @Upper, @Lower), s.Diver_ID
            FROM dbo.Diver AS s
            WHERE s.Diver_ID > @From_ID AND s.Diver_ID <= @To_ID
            UNION ALL
            SELECT N'Source_Reference', TRANSLATE(s.Source_Reference, @Upper, @Lower), s.Diver_ID
            FROM dbo.Diver AS s
            WHERE s.Diver_ID > @From_ID AND s.Diver_ID <= @To_ID AND s.Source_Reference IS NOT NULL
            UNION ALL
            SELECT N'Last_Name', TRANSLATE(CONCAT(h.Last_Name, N' ', h.First_Name), @Upper, @Lower), h.Diver_ID
            FROM dbo.Diver_History AS h
            LEFT JOIN dbo.Diver AS d
                   ON d.Diver_ID = h.Diver_ID
            WHERE h.Diver_ID > @From_ID AND h.Diver_ID <= @To_ID
              AND (d.Diver_ID IS NULL OR h.Last_Name <> d.Last_Name OR h.First_Name <> d.First_Name)
            UNION ALL
            SELECT N'Last_Name', TRANSLATE(CONCAT(h.First_Name, N' ', h.Last_Name), @Upper, @Lower), h.Diver_ID
            FROM dbo.Diver_History AS h
            LEFT JOIN dbo.Diver AS d
                   ON d.Diver_ID = h.Diver_ID
            WHERE h.Diver_ID > @From_ID AND h.Diver_ID <= @To_ID
              AND (d.Diver_ID IS NULL OR h.Last_Name <> d.Last_Name OR h.First_Name <> d.First_Name)
            UNION ALL
            SELECT N'Source_Reference', TRANSLATE(h.Source_Reference, @Upper, @Lower), h.Diver_ID
            FROM dbo.Diver_History AS h
            LEFT JOIN dbo.Diver AS d
                   ON d.Diver_ID = h.Diver_ID
            WHERE h.Diver_ID > @From_ID AND h.Diver_ID <= @To_ID AND h.Source_Reference IS NOT NULL
              AND (d.Source_Reference IS NULL OR h.Source_Reference <> d.Source_Reference)
            UNION ALL
            SELECT N'Email', h.Email, h.Diver_ID
            FROM dbo.Diver_History AS h
            LEFT JOIN dbo.Diver AS d
                   ON d.Diver_ID = h.Diver_ID
            WHERE h.Diver_ID > @From_ID AND h.Diver_ID <= @To_ID
              AND (d.Diver_ID IS NULL OR h.Email <> d.Email)
        ) AS t
        WHERE NOT EXISTS (SELECT 1
                          FROM dbo.Search_Term AS k
                          WHERE k.Search_Column = t.Search_Column COLLATE Latin1_General_100_BIN2
                            AND k.Term = t.Term AND k.Diver_ID = t.Diver_ID);

        UPDATE dbo.Search_Progress
        SET Indexed_To = COALESCE(@To_ID, @From_ID);

        SELECT p.Indexed_To,
               (SELECT COUNT_BIG(*) FROM dbo.Diver AS d WHERE d.Diver_ID > p.Indexed_To) AS Left_Count
        FROM dbo.Search_Progress AS p;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Index_Divers TO data_steward, compliance_officer;
GO

-- Whom the whole of an email finds that a mask hides from the caller: the address that somebody writes from who asks what
-- is held of them. A beginning finds nobody, so that no address can be felt for letter by letter, and each look is logged
-- without it: whoever tries out a list of addresses is seen. Not granted to analysts.
CREATE OR ALTER PROCEDURE dbo.Find_Diver
    @Column_Name NVARCHAR(40),
    @Value       NVARCHAR(4000)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Term NVARCHAR(4000), @Detail NVARCHAR(4000), @Found_Count BIGINT, @Only_ID BIGINT;
    DECLARE @Blank NVARCHAR(10) = CONCAT(NCHAR(9), NCHAR(10), NCHAR(13), NCHAR(32), NCHAR(160), NCHAR(8203), NCHAR(65279));

    BEGIN TRY
        BEGIN TRANSACTION;

        IF COALESCE(@Column_Name, N'') COLLATE Latin1_General_100_BIN2 <> N'Email'
            THROW 50400, N'Behind a mask a diver is found by the whole of an email, and by nothing else.', 1;
        SET @Term = TRANSLATE(TRIM(@Blank FROM COALESCE(@Value, N'') COLLATE Latin1_General_100_BIN2),
                              N'ABCDEFGHIJKLMNOPQRSTUVWXYZ', N'abcdefghijklmnopqrstuvwxyz');

        CREATE TABLE #Found_Diver (
            Diver_ID  BIGINT NOT NULL,
            Is_Former BIT    NOT NULL
        );
        INSERT INTO #Found_Diver (Diver_ID, Is_Former)
        SELECT d.Diver_ID, 0
        FROM dbo.Diver AS d
        WHERE d.Email = @Term
        UNION ALL
        SELECT t.Diver_ID, 1
        FROM dbo.Search_Term AS t
        LEFT JOIN dbo.Diver AS d
               ON d.Diver_ID = t.Diver_ID
        WHERE t.Search_Column = N'Email' AND t.Term = @Term AND (d.Diver_ID IS NULL OR d.Email <> @Term);

        SET @Found_Count = (SELECT COUNT_BIG(*) FROM #Found_Diver);
        SET @Only_ID = CASE WHEN @Found_Count = 1 THEN (SELECT MIN(f.Diver_ID) FROM #Found_Diver AS f) END;
        SET @Detail = JSON_OBJECT('column': @Column_Name, 'found': @Found_Count);
        EXECUTE Governance.Log_Action @Action = N'Find_Diver', @Subject_Type = N'Diver', @Subject_ID = @Only_ID,
                                      @Detail = @Detail;

        SELECT f.Diver_ID, f.Is_Former
        FROM #Found_Diver AS f
        ORDER BY f.Is_Former, f.Diver_ID;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Find_Diver TO data_steward, compliance_officer;
GO

-- Writes the one diver in #Diver_Draft (Diver_ID, the values as text, and Certification by name) as its newest
-- version, or as a diver again where it was deleted. Judged as received today by the same rules as any arrival: what
-- an error says is refused; a warning needs the reason, which every change has. @Identities tells by what the diver was
-- not known before, as a JSON array of [diver, keyed hash of an identity], where somebody was erased: who turns into an
-- erased person is refused, unless @Waive_Erased says that they have come back, which is logged. Values are stored
-- normalised. Called by the others, who make #Diver_Draft and hold the transaction.
CREATE OR ALTER PROCEDURE dbo.Write_Diver_Draft
    @Diver_ID     BIGINT,
    @Action       NVARCHAR(60),
    @Reason       NVARCHAR(1000),
    @Identities   NVARCHAR(MAX),
    @Waive_Erased BIT
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(4000), @Lock INT, @Received_On DATE = CONVERT(DATE, SYSUTCDATETIME()),
            @Broken NVARCHAR(3000), @Rival_ID BIGINT, @Was_There BIT = 0, @Is_Changed BIT = 0, @Is_Erased BIT = 0,
            @Detail NVARCHAR(4000) = N'{}';

    CREATE TABLE #Judge_Input (
        Record_ID        BIGINT NOT NULL,
        Source_Row       BIGINT NOT NULL,
        Waived_Checks    INT NOT NULL,
        Payload          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Normalised (
        Record_ID              BIGINT NOT NULL PRIMARY KEY,
        Source_Row             BIGINT NOT NULL,
        Waived_Checks          INT NOT NULL,
        First_Name             NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name              NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Email                  NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NULL,
        Phone                  NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Digits                 NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification_Level_ID INT NULL,
        Source_Reference       NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Is_Whole               BIT NOT NULL,
        First_Name_Is_Odd      BIT NOT NULL,
        Last_Name_Is_Odd       BIT NOT NULL
    );
    CREATE TABLE #Finding (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );

    EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                      @LockOwner = N'Transaction', @LockTimeout = 600000;
    IF @Lock < 0
        THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

    INSERT INTO #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone,
                              Date_Of_Birth, Certification, Source_Reference)
    SELECT Diver_ID, 1, 0, N'{}', First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification, Source_Reference
    FROM #Diver_Draft;
    EXECUTE Governance.Judge_Records @Received_On = @Received_On;

    -- 8388608 = ERASED_SUBJECT.
    IF EXISTS (SELECT 1
               FROM OPENJSON(@Identities) WITH (
                        Diver_ID  BIGINT       '$[0]',
                        Tombstone NVARCHAR(80) '$[1]'
                    ) AS j
               JOIN dbo.Erasure_Tombstone AS t
                 ON t.Tombstone = j.Tombstone COLLATE Latin1_General_100_BIN2
               WHERE j.Diver_ID = @Diver_ID)
    BEGIN
        SET @Is_Erased = 1;
        SET @Detail = JSON_OBJECT('waived': N'ERASED_SUBJECT');
        UPDATE #Finding
        SET Mask = Mask | 8388608
        WHERE Record_ID = @Diver_ID;
        INSERT INTO #Finding (Record_ID, Mask)
        SELECT n.Record_ID, 8388608
        FROM #Normalised AS n
        WHERE NOT EXISTS (SELECT 1 FROM #Finding AS f WHERE f.Record_ID = n.Record_ID);
    END;

    SET @Broken = (
        SELECT STRING_AGG(CONVERT(NVARCHAR(MAX), w.Wording), N'; ') WITHIN GROUP (ORDER BY w.Wording)
        FROM (SELECT DISTINCT r.Wording
              FROM #Finding AS f
              JOIN Governance.Rule_Check AS c
                ON f.Mask & c.Check_Bit <> 0
              JOIN Governance.Quality_Rule AS r
                ON r.Rule_Code = c.Rule_Code
              WHERE r.Severity = N'error') AS w
    );
    IF @Broken IS NOT NULL
    BEGIN
        SET @Message = CONCAT(N'The rules refuse this version: ', REPLACE(@Broken, N'%', N'%%'), N'.');
        THROW 50400, @Message, 1;
    END;

    SET @Rival_ID = (
        SELECT d.Diver_ID
        FROM #Normalised AS n
        JOIN dbo.Diver AS d
          ON d.Email = n.Email
        WHERE d.Diver_ID <> @Diver_ID
    );
    IF @Rival_ID IS NOT NULL
    BEGIN
        SET @Message = CONCAT(N'Diver ', @Rival_ID, N' has this email.');
        THROW 50409, @Message, 1;
    END;

    IF @Is_Erased = 1 AND COALESCE(@Waive_Erased, 0) = 0
    BEGIN
        SET @Message = CONCAT(N'Diver ', @Diver_ID, N' would become a person who was erased at their request.');
        THROW 50410, @Message, 1;
    END;

    IF EXISTS (SELECT 1 FROM dbo.Diver AS d WHERE d.Diver_ID = @Diver_ID)
        SET @Was_There = 1;
    IF @Was_There = 0 OR EXISTS (
        SELECT n.First_Name, n.Last_Name, n.Email, COALESCE(NULLIF(n.Digits, N''), n.Phone),
               TRY_CONVERT(DATE, n.Date_Of_Birth, 23), n.Certification_Level_ID, n.Source_Reference
        FROM #Normalised AS n
        EXCEPT
        SELECT d.First_Name, d.Last_Name, d.Email, d.Phone, d.Date_Of_Birth, d.Certification_Level_ID, d.Source_Reference
        FROM dbo.Diver AS d
        WHERE d.Diver_ID = @Diver_ID)
        SET @Is_Changed = 1;

    IF @Was_There = 1 AND @Is_Changed = 1
        UPDATE d
        SET First_Name = CONVERT(NVARCHAR(200), n.First_Name),
            Last_Name = CONVERT(NVARCHAR(200), n.Last_Name),
            Email = CONVERT(NVARCHAR(508), n.Email),
            Phone = CONVERT(NVARCHAR(80), COALESCE(NULLIF(n.Digits, N''), n.Phone)),
            Date_Of_Birth = TRY_CONVERT(DATE, n.Date_Of_Birth, 23),
            Certification_Level_ID = n.Certification_Level_ID,
            Source_Reference = CONVERT(NVARCHAR(200), n.Source_Reference),
            Modified_By = ORIGINAL_LOGIN(),
            Change_Reason = @Reason
        FROM dbo.Diver AS d
        JOIN #Normalised AS n
          ON n.Record_ID = d.Diver_ID;

    -- A diver that comes back does so at the instant of this transaction, which SQL Server sets.
    IF @Was_There = 0
        INSERT INTO dbo.Diver (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID,
                               Source_Reference, Modified_By, Change_Reason)
        SELECT n.Record_ID, n.First_Name, n.Last_Name, n.Email, COALESCE(NULLIF(n.Digits, N''), n.Phone),
               TRY_CONVERT(DATE, n.Date_Of_Birth, 23), n.Certification_Level_ID, n.Source_Reference, ORIGINAL_LOGIN(),
               @Reason
        FROM #Normalised AS n;

    IF @Is_Changed = 1
        EXECUTE Governance.Log_Action @Action = @Action, @Subject_Type = N'Diver', @Subject_ID = @Diver_ID,
                                      @Detail = @Detail;

    SELECT d.Diver_ID, d.Valid_From, @Is_Changed AS Is_Changed
    FROM dbo.Diver AS d
    WHERE d.Diver_ID = @Diver_ID;
END;
GO

-- Refuses to go on where the diver is not in the version that the caller read (NULL: deleted), and says by whom.
-- Called by the others.
CREATE OR ALTER PROCEDURE dbo.Refuse_Stale_Diver
    @Diver_ID   BIGINT,
    @Valid_From DATETIME2(7),
    @Reason     NVARCHAR(1000)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(4000), @Lock INT, @Newer NVARCHAR(400);

    IF COALESCE(@Reason, N'') = N''
        THROW 50400, N'A change to a diver needs a reason.', 1;

    EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                      @LockOwner = N'Transaction', @LockTimeout = 600000;
    IF @Lock < 0
        THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

    IF NOT EXISTS (SELECT 1 FROM dbo.Diver AS d WHERE d.Diver_ID = @Diver_ID)
       AND NOT EXISTS (SELECT 1 FROM dbo.Diver_History AS h WHERE h.Diver_ID = @Diver_ID)
    BEGIN
        SET @Message = CONCAT(N'There is no diver ', @Diver_ID, N'.');
        THROW 50404, @Message, 1;
    END;

    SET @Newer = (
        SELECT CONCAT(N'was changed by ', d.Modified_By, N' at ', CONVERT(NVARCHAR(27), d.Valid_From, 121), N' UTC')
        FROM dbo.Diver AS d
        WHERE d.Diver_ID = @Diver_ID AND (@Valid_From IS NULL OR d.Valid_From <> @Valid_From)
    );
    IF @Valid_From IS NOT NULL AND NOT EXISTS (SELECT 1 FROM dbo.Diver AS d WHERE d.Diver_ID = @Diver_ID)
        SET @Newer = N'was deleted';
    IF @Newer IS NOT NULL
    BEGIN
        SET @Message = CONCAT(N'Diver ', @Diver_ID, N' ', REPLACE(@Newer, N'%', N'%%'), N' since you read it.');
        THROW 50412, @Message, 1;
    END;
END;
GO

-- A new version of a diver: @Values is a JSON object of the columns to change (Certification by name). @Valid_From is
-- the version that was read. The text of a mask is no value: whoever sees a masked column cannot write it back.
-- @Identities and @Waive_Erased are those of Write_Diver_Draft.
CREATE OR ALTER PROCEDURE dbo.Update_Diver
    @Diver_ID     BIGINT,
    @Valid_From   DATETIME2(7),
    @Values       NVARCHAR(MAX),
    @Reason       NVARCHAR(1000),
    @Identities   NVARCHAR(MAX) = NULL,
    @Waive_Erased BIT           = 0
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(4000), @Lock INT, @Unknown NVARCHAR(400), @Masked NVARCHAR(40);

    CREATE TABLE #Diver_Draft (
        Diver_ID         BIGINT NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Given (
        Column_Name NVARCHAR(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
        New_Value   NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        EXECUTE dbo.Refuse_Stale_Diver @Diver_ID = @Diver_ID, @Valid_From = @Valid_From, @Reason = @Reason;
        IF @Valid_From IS NULL
        BEGIN
            SET @Message = CONCAT(N'Diver ', @Diver_ID, N' is deleted; restore it first.');
            THROW 50404, @Message, 1;
        END;

        IF ISJSON(@Values) = 0
            THROW 50400, N'The values of a diver come as one JSON object.', 1;
        INSERT INTO #Given (Column_Name, New_Value)
        SELECT LEFT(j.[key], 400), j.[value]
        FROM OPENJSON(@Values) AS j;
        SET @Unknown = (
            SELECT MIN(g.Column_Name)
            FROM #Given AS g
            WHERE g.Column_Name NOT IN (N'First_Name', N'Last_Name', N'Email', N'Phone', N'Date_Of_Birth',
                                        N'Certification', N'Source_Reference')
        );
        IF @Unknown IS NOT NULL
        BEGIN
            SET @Message = CONCAT(N'A diver has no column ', REPLACE(@Unknown, N'%', N'%%'), N'.');
            THROW 50400, @Message, 1;
        END;

        -- xxxx: where the server puts a column together out of several (06), the mask is that of default(), whatever theirs is.
        SET @Masked = (
            SELECT MIN(g.Column_Name)
            FROM #Given AS g
            JOIN dbo.Diver AS d
              ON d.Diver_ID = @Diver_ID
            WHERE (g.Column_Name = N'Last_Name'
                   AND g.New_Value IN (N'XXXX', N'xxxx', CONCAT(LEFT(d.Last_Name, 1), N'XXXX')) AND g.New_Value <> d.Last_Name)
               OR (g.Column_Name IN (N'Email', N'Phone') AND g.New_Value = N'xxxx')
               OR (g.Column_Name = N'Email'
                   AND TRANSLATE(g.New_Value, N'XCOM', N'xcom') = CONCAT(LEFT(d.Email, 1), N'xxx@xxxx.com')
                   AND TRANSLATE(g.New_Value, N'XCOM', N'xcom') <> d.Email)
               OR (g.Column_Name = N'Phone' AND g.New_Value LIKE N'XXX-%')
               OR (g.Column_Name = N'Date_Of_Birth' AND g.New_Value = N'1900-01-01'
                   AND d.Date_Of_Birth <> CONVERT(DATE, N'1900-01-01', 23))
        );
        IF @Masked IS NOT NULL
        BEGIN
            SET @Message = CONCAT(N'The value for ', REPLACE(@Masked, N'%', N'%%'), N' is a mask and no value; nothing was written.');
            THROW 50403, @Message, 1;
        END;

        INSERT INTO #Diver_Draft (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification,
                                  Source_Reference)
        SELECT d.Diver_ID,
               IIF(gf.Column_Name IS NULL, d.First_Name, gf.New_Value),
               IIF(gl.Column_Name IS NULL, d.Last_Name, gl.New_Value),
               IIF(ge.Column_Name IS NULL, d.Email, ge.New_Value),
               IIF(gp.Column_Name IS NULL, d.Phone, gp.New_Value),
               IIF(gb.Column_Name IS NULL, CONVERT(NCHAR(10), d.Date_Of_Birth, 23), gb.New_Value),
               IIF(gc.Column_Name IS NULL, v.Level_Name, gc.New_Value),
               IIF(gs.Column_Name IS NULL, d.Source_Reference, gs.New_Value)
        FROM dbo.Diver AS d
        LEFT JOIN dbo.Certification_Level AS v
               ON v.Certification_Level_ID = d.Certification_Level_ID
        LEFT JOIN #Given AS gf
               ON gf.Column_Name = N'First_Name'
        LEFT JOIN #Given AS gl
               ON gl.Column_Name = N'Last_Name'
        LEFT JOIN #Given AS ge
               ON ge.Column_Name = N'Email'
        LEFT JOIN #Given AS gp
               ON gp.Column_Name = N'Phone'
        LEFT JOIN #Given AS gb
               ON gb.Column_Name = N'Date_Of_Birth'
        LEFT JOIN #Given AS gc
               ON gc.Column_Name = N'Certification'
        LEFT JOIN #Given AS gs
               ON gs.Column_Name = N'Source_Reference'
        WHERE d.Diver_ID = @Diver_ID;

        EXECUTE dbo.Write_Diver_Draft @Diver_ID = @Diver_ID, @Action = N'Update_Diver', @Reason = @Reason,
                                      @Identities = @Identities, @Waive_Erased = @Waive_Erased;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Update_Diver TO data_steward;
GO

-- Brings an earlier version back as a new one, a deleted diver too. @Valid_From is the current version as it was read
-- (NULL: deleted), @Restore_Valid_From the one to bring back. The past stays as it is. @Identities and @Waive_Erased are
-- those of Write_Diver_Draft.
CREATE OR ALTER PROCEDURE dbo.Restore_Diver
    @Diver_ID           BIGINT,
    @Valid_From         DATETIME2(7),
    @Restore_Valid_From DATETIME2(7),
    @Reason             NVARCHAR(1000),
    @Identities         NVARCHAR(MAX) = NULL,
    @Waive_Erased       BIT           = 0
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(4000);

    CREATE TABLE #Diver_Draft (
        Diver_ID         BIGINT NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE dbo.Refuse_Stale_Diver @Diver_ID = @Diver_ID, @Valid_From = @Valid_From, @Reason = @Reason;

        IF NOT EXISTS (SELECT 1
                       FROM dbo.Diver_History AS h
                       WHERE h.Diver_ID = @Diver_ID AND h.Valid_From = @Restore_Valid_From)
        BEGIN
            SET @Message = CONCAT(N'Diver ', @Diver_ID, N' has no earlier version of ',
                                  CONVERT(NVARCHAR(27), @Restore_Valid_From, 121), N' UTC.');
            THROW 50404, @Message, 1;
        END;

        INSERT INTO #Diver_Draft (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification,
                                  Source_Reference)
        SELECT TOP (1) h.Diver_ID, h.First_Name, h.Last_Name, h.Email, h.Phone, CONVERT(NCHAR(10), h.Date_Of_Birth, 23),
               v.Level_Name, h.Source_Reference
        FROM dbo.Diver_History AS h
        LEFT JOIN dbo.Certification_Level AS v
               ON v.Certification_Level_ID = h.Certification_Level_ID
        WHERE h.Diver_ID = @Diver_ID AND h.Valid_From = @Restore_Valid_From
        ORDER BY h.Valid_To DESC;

        EXECUTE dbo.Write_Diver_Draft @Diver_ID = @Diver_ID, @Action = N'Restore_Diver', @Reason = @Reason,
                                      @Identities = @Identities, @Waive_Erased = @Waive_Erased;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Restore_Diver TO data_steward;
GO

-- Takes a diver out of the directory; its versions stay in the history. Refused while dives, bookings or certification
-- cards refer to it.
CREATE OR ALTER PROCEDURE dbo.Delete_Diver
    @Diver_ID   BIGINT,
    @Valid_From DATETIME2(7),
    @Reason     NVARCHAR(1000)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(4000), @Dives BIGINT, @Bookings BIGINT, @Cards BIGINT;

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE dbo.Refuse_Stale_Diver @Diver_ID = @Diver_ID, @Valid_From = @Valid_From, @Reason = @Reason;
        IF @Valid_From IS NULL
        BEGIN
            SET @Message = CONCAT(N'Diver ', @Diver_ID, N' is deleted already.');
            THROW 50404, @Message, 1;
        END;

        SET @Dives = (SELECT COUNT_BIG(*) FROM dbo.Dive_Log WHERE Diver_ID = @Diver_ID);
        SET @Bookings = (SELECT COUNT_BIG(*) FROM dbo.Dive_Participation WHERE Diver_ID = @Diver_ID);
        SET @Cards = (SELECT COUNT_BIG(*) FROM dbo.Certification WHERE Diver_ID = @Diver_ID);
        IF @Dives + @Bookings + @Cards > 0
        BEGIN
            SET @Message = CONCAT(N'Diver ', @Diver_ID, N' is referred to by dives (', @Dives, N'), tour bookings (',
                                  @Bookings, N') and certification cards (', @Cards, N'), and stays.');
            THROW 50409, @Message, 1;
        END;

        DELETE FROM dbo.Diver
        WHERE Diver_ID = @Diver_ID;

        INSERT INTO dbo.Diver_Deletion (Diver_ID, Deleted_At, Deleted_By, Delete_Reason)
        SELECT h.Diver_ID, MAX(h.Valid_To), ORIGINAL_LOGIN(), @Reason
        FROM dbo.Diver_History AS h
        WHERE h.Diver_ID = @Diver_ID
        GROUP BY h.Diver_ID;

        EXECUTE Governance.Log_Action @Action = N'Delete_Diver', @Subject_Type = N'Diver', @Subject_ID = @Diver_ID,
                                      @Detail = N'{}';

        SELECT TOP (1) Diver_ID, Deleted_At, Deleted_By, Delete_Reason
        FROM dbo.Diver_Deletion
        WHERE Diver_ID = @Diver_ID
        ORDER BY Deleted_At DESC;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Delete_Diver TO data_steward;
GO

-- One masked value in the clear, for a few minutes, with a reason. The log says who looked and at what, never the value.
CREATE OR ALTER PROCEDURE dbo.Reveal_Diver
    @Diver_ID    BIGINT,
    @Column_Name NVARCHAR(40),
    @Reason      NVARCHAR(1000)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400), @Detail NVARCHAR(4000), @Reveal_ID BIGINT,
            @Now DATETIME2(7) = SYSUTCDATETIME();

    BEGIN TRY
        BEGIN TRANSACTION;

        IF COALESCE(@Reason, N'') = N''
            THROW 50400, N'Looking behind a mask needs a reason.', 1;
        IF NOT EXISTS (SELECT 1 FROM Governance.Masked_Column WHERE Column_Name = @Column_Name)
        BEGIN
            SET @Message = CONCAT(N'There is no mask over ', REPLACE(COALESCE(@Column_Name, N'nothing'), N'%', N'%%'), N'.');
            THROW 50400, @Message, 1;
        END;

        IF NOT EXISTS (SELECT 1 FROM dbo.Diver AS d WHERE d.Diver_ID = @Diver_ID)
        BEGIN
            SET @Message = CONCAT(N'There is no diver ', @Diver_ID, N'.');
            THROW 50404, @Message, 1;
        END;

        INSERT INTO dbo.Diver_Reveal (Diver_ID, Column_Name, Revealed_By, Revealed_At, Expires_At, Reveal_Reason)
        VALUES (@Diver_ID, @Column_Name, ORIGINAL_LOGIN(), @Now, DATEADD(MINUTE, 5, @Now), @Reason);
        SET @Reveal_ID = SCOPE_IDENTITY();

        SET @Detail = JSON_OBJECT('column': @Column_Name);
        EXECUTE Governance.Log_Action @Action = N'Reveal_Diver', @Subject_Type = N'Diver', @Subject_ID = @Diver_ID,
                                      @Detail = @Detail;

        SELECT d.Diver_ID, v.Column_Name,
               CASE v.Column_Name
                   WHEN N'Last_Name' THEN d.Last_Name
                   WHEN N'Email' THEN d.Email
                   WHEN N'Phone' THEN d.Phone
                   WHEN N'Date_Of_Birth' THEN CONVERT(NCHAR(10), d.Date_Of_Birth, 23) COLLATE Latin1_General_100_BIN2
               END AS Revealed_Value,
               v.Expires_At
        FROM dbo.Diver AS d
        JOIN dbo.Diver_Reveal AS v
          ON v.Reveal_ID = @Reveal_ID
        WHERE d.Diver_ID = @Diver_ID;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Reveal_Diver TO data_steward, compliance_officer;
GO

-- Finds everything that is held of a diver: #Subject_Name, by what they are and were known; #Subject_Quarantine and
-- #Subject_Raw, the records that tell of them. A record tells of them where it became them or was found to be theirs,
-- where it has one of their emails (and no other diver has it now), or their full name and date of birth; as it arrived,
-- or as it was edited since. For names there is one spelling for all ways to write them: a collation of SQL Server's that
-- knows capitals, wide letters and accents apart from their letters. It gives no weight to signs that are newer than it:
-- a name that is nothing but those (= N'') is compared sign by sign. The caller makes the tables. Called by the others.
CREATE OR ALTER PROCEDURE dbo.Find_Subject
    @Diver_ID BIGINT
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400), @Lock INT;
    DECLARE @Blank NVARCHAR(10) = CONCAT(NCHAR(9), NCHAR(10), NCHAR(13), NCHAR(32), NCHAR(160), NCHAR(8203), NCHAR(65279));
    DECLARE @Upper NVARCHAR(26) = N'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    DECLARE @Lower NVARCHAR(26) = N'abcdefghijklmnopqrstuvwxyz';

    EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                      @LockOwner = N'Transaction', @LockTimeout = 600000;
    IF @Lock < 0
        THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

    IF NOT EXISTS (SELECT 1 FROM dbo.Diver AS d WHERE d.Diver_ID = @Diver_ID)
       AND NOT EXISTS (SELECT 1 FROM dbo.Diver_History AS h WHERE h.Diver_ID = @Diver_ID)
    BEGIN
        SET @Message = CONCAT(N'There is no diver ', @Diver_ID, N'.');
        THROW 50404, @Message, 1;
    END;

    INSERT INTO #Subject_Name (First_Name, Last_Name, Email, Phone, Date_Of_Birth, Source_Reference)
    SELECT d.First_Name, d.Last_Name, d.Email, d.Phone, CONVERT(NCHAR(10), d.Date_Of_Birth, 23), d.Source_Reference
    FROM dbo.Diver AS d
    WHERE d.Diver_ID = @Diver_ID
    UNION
    SELECT h.First_Name, h.Last_Name, h.Email, h.Phone, CONVERT(NCHAR(10), h.Date_Of_Birth, 23), h.Source_Reference
    FROM dbo.Diver_History AS h
    WHERE h.Diver_ID = @Diver_ID;

    INSERT INTO #Subject_Email (Email)
    SELECT DISTINCT n.Email
    FROM #Subject_Name AS n
    WHERE NOT EXISTS (SELECT 1 FROM dbo.Diver AS d WHERE d.Email = n.Email AND d.Diver_ID <> @Diver_ID);

    INSERT INTO #Subject_Outcome (Raw_ID, Quarantine_ID)
    SELECT o.Raw_ID, o.Quarantine_ID
    FROM Staging.Record_Outcome AS o
    WHERE o.Diver_ID = @Diver_ID;

    INSERT INTO #Subject_Quarantine (Quarantine_ID)
    SELECT q.Quarantine_ID
    FROM dbo.Data_Quarantine AS q
    LEFT JOIN Staging.Raw_Record AS r
           ON r.Raw_ID = q.Raw_ID
    WHERE q.Diver_ID = @Diver_ID
       OR q.Quarantine_ID IN (SELECT o.Quarantine_ID FROM #Subject_Outcome AS o)
       OR q.Quarantine_ID IN (SELECT k.Quarantine_ID FROM dbo.Quarantine_Diver AS k WHERE k.Diver_ID = @Diver_ID)
       OR TRANSLATE(TRIM(@Blank FROM q.Email), @Upper, @Lower) IN (SELECT e.Email FROM #Subject_Email AS e)
       OR TRANSLATE(TRIM(@Blank FROM r.Email), @Upper, @Lower) IN (SELECT e.Email FROM #Subject_Email AS e)
       OR EXISTS (SELECT 1
                  FROM #Subject_Name AS n
                  WHERE n.Date_Of_Birth = TRIM(@Blank FROM q.Date_Of_Birth)
                    AND n.First_Name COLLATE Latin1_General_100_CI_AS
                        = TRIM(@Blank FROM q.First_Name) COLLATE Latin1_General_100_CI_AS
                    AND n.Last_Name COLLATE Latin1_General_100_CI_AS
                        = TRIM(@Blank FROM q.Last_Name) COLLATE Latin1_General_100_CI_AS
                    AND (n.First_Name COLLATE Latin1_General_100_CI_AS <> N'' COLLATE Latin1_General_100_CI_AS
                         OR n.First_Name = TRIM(@Blank FROM q.First_Name))
                    AND (n.Last_Name COLLATE Latin1_General_100_CI_AS <> N'' COLLATE Latin1_General_100_CI_AS
                         OR n.Last_Name = TRIM(@Blank FROM q.Last_Name)))
       OR EXISTS (SELECT 1
                  FROM #Subject_Name AS n
                  WHERE n.Date_Of_Birth = TRIM(@Blank FROM r.Date_Of_Birth)
                    AND n.First_Name COLLATE Latin1_General_100_CI_AS
                        = TRIM(@Blank FROM r.First_Name) COLLATE Latin1_General_100_CI_AS
                    AND n.Last_Name COLLATE Latin1_General_100_CI_AS
                        = TRIM(@Blank FROM r.Last_Name) COLLATE Latin1_General_100_CI_AS
                    AND (n.First_Name COLLATE Latin1_General_100_CI_AS <> N'' COLLATE Latin1_General_100_CI_AS
                         OR n.First_Name = TRIM(@Blank FROM r.First_Name))
                    AND (n.Last_Name COLLATE Latin1_General_100_CI_AS <> N'' COLLATE Latin1_General_100_CI_AS
                         OR n.Last_Name = TRIM(@Blank FROM r.Last_Name)));

    INSERT INTO #Subject_Raw (Raw_ID)
    SELECT o.Raw_ID
    FROM #Subject_Outcome AS o
    UNION
    SELECT o.Raw_ID
    FROM Staging.Record_Outcome AS o
    WHERE o.Quarantine_ID IN (SELECT s.Quarantine_ID FROM #Subject_Quarantine AS s)
    UNION
    SELECT q.Raw_ID
    FROM #Subject_Quarantine AS s
    JOIN dbo.Data_Quarantine AS q
      ON q.Quarantine_ID = s.Quarantine_ID
    UNION
    SELECT r.Raw_ID
    FROM Staging.Ingestion_Batch AS b
    JOIN Staging.Raw_Record AS r
      ON r.Batch_ID = b.Batch_ID
    WHERE b.Status = N'Open'
      AND (TRANSLATE(TRIM(@Blank FROM r.Email), @Upper, @Lower) IN (SELECT e.Email FROM #Subject_Email AS e)
           OR EXISTS (SELECT 1
                  FROM #Subject_Name AS n
                  WHERE n.Date_Of_Birth = TRIM(@Blank FROM r.Date_Of_Birth)
                    AND n.First_Name COLLATE Latin1_General_100_CI_AS
                        = TRIM(@Blank FROM r.First_Name) COLLATE Latin1_General_100_CI_AS
                    AND n.Last_Name COLLATE Latin1_General_100_CI_AS
                        = TRIM(@Blank FROM r.Last_Name) COLLATE Latin1_General_100_CI_AS
                    AND (n.First_Name COLLATE Latin1_General_100_CI_AS <> N'' COLLATE Latin1_General_100_CI_AS
                         OR n.First_Name = TRIM(@Blank FROM r.First_Name))
                    AND (n.Last_Name COLLATE Latin1_General_100_CI_AS <> N'' COLLATE Latin1_General_100_CI_AS
                         OR n.Last_Name = TRIM(@Blank FROM r.Last_Name))));
END;
GO

-- Everything that is held of a diver, as result sets: versions, deletions, source records, quarantine, what they failed,
-- edits, events, dives, bookings, cards, and who looked behind their masks. Logged.
CREATE OR ALTER PROCEDURE dbo.Export_Subject
    @Diver_ID BIGINT,
    @Reason   NVARCHAR(1000)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    CREATE TABLE #Subject_Name (
        First_Name       NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Last_Name        NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Email            NVARCHAR(508) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Phone            NVARCHAR(80) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Source_Reference NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Subject_Email (
        Email NVARCHAR(508) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
    CREATE TABLE #Subject_Outcome (
        Raw_ID        BIGINT NOT NULL PRIMARY KEY,
        Quarantine_ID BIGINT NULL
    );
    CREATE TABLE #Subject_Quarantine (
        Quarantine_ID BIGINT NOT NULL PRIMARY KEY
    );
    CREATE TABLE #Subject_Raw (
        Raw_ID BIGINT NOT NULL PRIMARY KEY
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        IF COALESCE(@Reason, N'') = N''
            THROW 50400, N'An export of what is held of a person needs a reason.', 1;
        EXECUTE dbo.Find_Subject @Diver_ID = @Diver_ID;

        SELECT v.Diver_ID, v.First_Name, v.Last_Name, v.Email, v.Phone, v.Date_Of_Birth, v.Certification,
               v.Source_Reference, v.Modified_By, v.Change_Reason, v.Valid_From, v.Valid_To
        FROM dbo.Diver_Versions AS v
        WHERE v.Diver_ID = @Diver_ID
        ORDER BY v.Valid_From;

        SELECT Deleted_At, Deleted_By, Delete_Reason
        FROM dbo.Diver_Deletion
        WHERE Diver_ID = @Diver_ID
        ORDER BY Deleted_At;

        SELECT r.Raw_ID, r.Batch_ID, b.Source_Name, b.Received_At, r.Source_Row, r.Outcome, r.First_Name, r.Last_Name,
               r.Email, r.Phone, r.Date_Of_Birth, r.Certification, r.Source_Reference, r.Payload
        FROM #Subject_Raw AS s
        JOIN Staging.Raw_Divers AS r
          ON r.Raw_ID = s.Raw_ID
        JOIN Staging.Ingestion_Batch AS b
          ON b.Batch_ID = r.Batch_ID
        ORDER BY r.Raw_ID;

        SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.First_Name, q.Last_Name, q.Email, q.Phone, q.Date_Of_Birth,
               q.Certification, q.Source_Reference, q.Quarantined_At, q.Resolution_Code, q.Resolution_Reason,
               q.Resolved_By, q.Resolved_At
        FROM #Subject_Quarantine AS s
        JOIN dbo.Data_Quarantine AS q
          ON q.Quarantine_ID = s.Quarantine_ID
        ORDER BY q.Quarantine_ID;

        SELECT v.Quarantine_ID, v.Attempt, v.Rule_Code, v.Column_Name, v.Observed_Value, v.Recorded_At
        FROM #Subject_Quarantine AS s
        JOIN dbo.Quarantine_Violation AS v
          ON v.Quarantine_ID = s.Quarantine_ID
        ORDER BY v.Quarantine_ID, v.Attempt, v.Rule_Code, v.Column_Name;

        SELECT e.Quarantine_ID, e.Column_Name, e.Old_Value, e.New_Value, e.Edited_By, e.Edited_At, e.Edit_Reason
        FROM #Subject_Quarantine AS s
        JOIN dbo.Quarantine_Revision AS e
          ON e.Quarantine_ID = s.Quarantine_ID
        ORDER BY e.Revision_ID;

        SELECT e.Quarantine_ID, e.Event_Kind, e.Event_Code, e.Event_Reason, e.Acted_By, e.Acted_At
        FROM #Subject_Quarantine AS s
        JOIN dbo.Quarantine_Event AS e
          ON e.Quarantine_ID = s.Quarantine_ID
        ORDER BY e.Event_ID;

        SELECT l.Dived_On, s.Site_Name, l.Max_Depth_M, l.Minutes
        FROM dbo.Dive_Log AS l
        JOIN dbo.Dive_Site AS s
          ON s.Dive_Site_ID = l.Dive_Site_ID
        WHERE l.Diver_ID = @Diver_ID
        ORDER BY l.Dived_On, l.Dive_Log_ID;

        SELECT t.Tour_Code, t.Tour_Name, t.Starts_On, p.Booked_At, p.Status
        FROM dbo.Dive_Participation AS p
        JOIN dbo.Dive_Tour AS t
          ON t.Dive_Tour_ID = p.Dive_Tour_ID
        WHERE p.Diver_ID = @Diver_ID
        ORDER BY p.Booked_At;

        SELECT c.Agency, c.Card_Number, l.Level_Name, c.Issued_On
        FROM dbo.Certification AS c
        JOIN dbo.Certification_Level AS l
          ON l.Certification_Level_ID = c.Certification_Level_ID
        WHERE c.Diver_ID = @Diver_ID
        ORDER BY c.Issued_On, c.Certification_ID;

        SELECT Column_Name, Revealed_By, Revealed_At, Reveal_Reason
        FROM dbo.Diver_Reveal
        WHERE Diver_ID = @Diver_ID
        ORDER BY Reveal_ID;

        EXECUTE Governance.Log_Action @Action = N'Export_Subject', @Subject_Type = N'Diver', @Subject_ID = @Diver_ID,
                                      @Detail = N'{}';

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Export_Subject TO compliance_officer;
GO

-- In which places, and in how many rows, values are found that identified a person: @Values is a JSON array of
-- [column, value]. Every table is looked through; what is asked is not kept.
CREATE OR ALTER PROCEDURE dbo.Find_Traces
    @Values NVARCHAR(MAX)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Lock INT;
    DECLARE @Upper NVARCHAR(26) = N'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    DECLARE @Lower NVARCHAR(26) = N'abcdefghijklmnopqrstuvwxyz';

    CREATE TABLE #Traced_Value (
        Column_Name NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Value       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        INSERT INTO #Traced_Value (Column_Name, Value)
        SELECT DISTINCT j.Column_Name, TRANSLATE(TRIM(j.Value COLLATE Latin1_General_100_BIN2), @Upper, @Lower)
        FROM OPENJSON(@Values) WITH (
                 Column_Name NVARCHAR(40)  '$[0]',
                 Value       NVARCHAR(MAX) '$[1]'
             ) AS j
        WHERE j.Column_Name IS NOT NULL AND j.Value IS NOT NULL;

        SELECT N'Diver' AS Place,
               (SELECT COUNT_BIG(*)
                FROM dbo.Diver AS d
                WHERE d.Email IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Email')
                   OR TRANSLATE(TRIM(d.Source_Reference), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Source_Reference')) AS Row_Count
        UNION ALL
        SELECT N'Diver_History',
               (SELECT COUNT_BIG(*)
                FROM dbo.Diver_History AS h
                WHERE h.Email IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Email')
                   OR TRANSLATE(TRIM(h.Source_Reference), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Source_Reference'))
        UNION ALL
        SELECT N'Search_Term',
               (SELECT COUNT_BIG(*)
                FROM #Traced_Value AS v
                JOIN dbo.Search_Term AS t
                  ON t.Search_Column = v.Column_Name AND t.Term = v.Value)
        UNION ALL
        SELECT N'Raw_Record',
               (SELECT COUNT_BIG(*)
                FROM Staging.Raw_Record AS r
                WHERE TRANSLATE(TRIM(r.Email), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Email')
                   OR TRANSLATE(TRIM(r.Payload), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Payload')
                   OR TRANSLATE(TRIM(r.Source_Reference), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Source_Reference'))
        UNION ALL
        SELECT N'Data_Quarantine',
               (SELECT COUNT_BIG(*)
                FROM dbo.Data_Quarantine AS q
                WHERE TRANSLATE(TRIM(q.Email), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Email')
                   OR TRANSLATE(TRIM(q.Source_Reference), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Source_Reference'))
        UNION ALL
        SELECT N'Quarantine_Violation',
               (SELECT COUNT_BIG(*)
                FROM dbo.Quarantine_Violation AS o
                WHERE TRANSLATE(TRIM(o.Observed_Value), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v))
        UNION ALL
        SELECT N'Quarantine_Revision',
               (SELECT COUNT_BIG(*)
                FROM dbo.Quarantine_Revision AS e
                WHERE TRANSLATE(TRIM(e.Old_Value), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v)
                   OR TRANSLATE(TRIM(e.New_Value), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v))
        UNION ALL
        SELECT N'Certification',
               (SELECT COUNT_BIG(*)
                FROM dbo.Certification AS c
                WHERE TRANSLATE(TRIM(c.Card_Number), @Upper, @Lower) IN (SELECT v.Value FROM #Traced_Value AS v WHERE v.Column_Name = N'Card_Number'))
        UNION ALL
        SELECT N'Ingestion_Batch',
               (SELECT COUNT_BIG(*)
                FROM Staging.Ingestion_Batch AS b
                WHERE EXISTS (SELECT 1
                              FROM #Traced_Value AS v
                              WHERE v.Column_Name = N'Email'
                                AND CHARINDEX(LEFT(v.Value, 1001), TRANSLATE(b.Source_Name, @Upper, @Lower)) > 0));

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Find_Traces TO compliance_officer;
GO

-- Erases a person: from the directory and its past, from what is searched, from the source records and their payloads,
-- from quarantine with all that was seen and edited there, and from the reasons that were written about them. What other
-- facts refer to stays, about nobody: dives, bookings and cards keep the diver's number, and where there are any, an
-- anonymous diver keeps their place. Numbers stay everywhere, so that counts still balance.
-- @Tombstones is a JSON array of keyed hashes by which the person is known again (computed by the caller, who has the
-- key). Results: what was found in which place; all the values that identified the person, for the caller to search for
-- again; and the erasure itself.
-- A history table is SQL Server's own while versioning is on: it is off for the length of this transaction, in which
-- nobody else reaches the table. A rehearsal counts and writes, and leaves the history alone.
CREATE OR ALTER PROCEDURE dbo.Erase_Diver
    @Diver_ID   BIGINT,
    @Reason     NVARCHAR(1000),
    @Tombstones NVARCHAR(MAX) = N'[]',
    @Rehearse   BIT = 0
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Lock INT, @Detail NVARCHAR(4000), @Now DATETIME2(7) = SYSUTCDATETIME(), @Dives BIGINT, @Bookings BIGINT,
            @Cards BIGINT, @Is_Kept BIT = 0, @Row_Count BIGINT, @Tombstone_Count BIGINT;
    DECLARE @Upper NVARCHAR(26) = N'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    DECLARE @Lower NVARCHAR(26) = N'abcdefghijklmnopqrstuvwxyz';

    CREATE TABLE #Subject_Name (
        First_Name       NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Last_Name        NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Email            NVARCHAR(508) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Phone            NVARCHAR(80) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Source_Reference NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Subject_Email (
        Email NVARCHAR(508) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
    CREATE TABLE #Subject_Outcome (
        Raw_ID        BIGINT NOT NULL PRIMARY KEY,
        Quarantine_ID BIGINT NULL
    );
    CREATE TABLE #Subject_Quarantine (
        Quarantine_ID BIGINT NOT NULL PRIMARY KEY
    );
    CREATE TABLE #Subject_Raw (
        Raw_ID BIGINT NOT NULL PRIMARY KEY
    );
    CREATE TABLE #Subject_Value (
        Column_Name       NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Identifying_Value NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
    CREATE TABLE #Subject_Column (
        Column_Name NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY
    );
    CREATE TABLE #Subject_Group (
        Edit_Group_ID BIGINT NOT NULL PRIMARY KEY
    );
    CREATE TABLE #Subject_Source (
        Batch_ID BIGINT NOT NULL PRIMARY KEY
    );
    CREATE TABLE #Subject_Term (
        Search_Column NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Term          NVARCHAR(508) COLLATE Latin1_General_100_BIN2 NOT NULL
    );
    CREATE TABLE #Subject_Inventory (
        Sort_Order INT NOT NULL PRIMARY KEY,
        Place      NVARCHAR(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
        Row_Count  BIGINT NOT NULL,
        Fate       NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'Another batch is being governed. Nothing was changed; try again when it is done.', 1;

        SAVE TRANSACTION Rehearsal;

        IF COALESCE(@Reason, N'') = N''
            THROW 50400, N'An erasure needs a reason.', 1;
        RAISERROR(N'1/4 Finding what is held', 0, 1) WITH NOWAIT;
        EXECUTE dbo.Find_Subject @Diver_ID = @Diver_ID;
        SET @Dives = (SELECT COUNT_BIG(*) FROM dbo.Dive_Log WHERE Diver_ID = @Diver_ID);
        SET @Bookings = (SELECT COUNT_BIG(*) FROM dbo.Dive_Participation WHERE Diver_ID = @Diver_ID);
        SET @Cards = (SELECT COUNT_BIG(*) FROM dbo.Certification WHERE Diver_ID = @Diver_ID);
        IF @Dives + @Bookings + @Cards > 0
            SET @Is_Kept = 1;

        RAISERROR(N'2/4 Listing what identifies the person', 0, 1) WITH NOWAIT;
        INSERT INTO #Subject_Column (Column_Name)
        VALUES (N'First_Name'),
               (N'Last_Name'),
               (N'Email'),
               (N'Phone'),
               (N'Date_Of_Birth'),
               (N'Source_Reference'),
               (N'Payload');
        INSERT INTO #Subject_Value (Column_Name, Identifying_Value)
        SELECT DISTINCT v.Column_Name, v.Identifying_Value
        FROM (
            SELECT N'First_Name' AS Column_Name, n.First_Name AS Identifying_Value FROM #Subject_Name AS n
            UNION ALL
            SELECT N'Last_Name', n.Last_Name FROM #Subject_Name AS n
            UNION ALL
            SELECT N'Email', n.Email FROM #Subject_Name AS n
            UNION ALL
            SELECT N'Phone', n.Phone FROM #Subject_Name AS n
            UNION ALL
            SELECT N'Date_Of_Birth', n.Date_Of_Birth FROM #Subject_Name AS n
            UNION ALL
            SELECT N'Source_Reference', n.Source_Reference FROM #Subject_Name AS n
            UNION ALL
            SELECT N'Card_Number', k.Card_Number FROM dbo.Certification AS k WHERE k.Diver_ID = @Diver_ID
            UNION ALL
            SELECT c.Column_Name,
                   CASE c.Column_Name
                       WHEN N'First_Name' THEN r.First_Name
                       WHEN N'Last_Name' THEN r.Last_Name
                       WHEN N'Email' THEN r.Email
                       WHEN N'Phone' THEN r.Phone
                       WHEN N'Date_Of_Birth' THEN r.Date_Of_Birth
                       WHEN N'Source_Reference' THEN r.Source_Reference
                       ELSE NULLIF(r.Payload, N'{"edited":true}')
                   END
            FROM #Subject_Raw AS s
            JOIN Staging.Raw_Record AS r
              ON r.Raw_ID = s.Raw_ID
            CROSS JOIN #Subject_Column AS c
            UNION ALL
            SELECT c.Column_Name,
                   CASE c.Column_Name
                       WHEN N'First_Name' THEN q.First_Name
                       WHEN N'Last_Name' THEN q.Last_Name
                       WHEN N'Email' THEN q.Email
                       WHEN N'Phone' THEN q.Phone
                       WHEN N'Date_Of_Birth' THEN q.Date_Of_Birth
                       WHEN N'Source_Reference' THEN q.Source_Reference
                   END
            FROM #Subject_Quarantine AS s
            JOIN dbo.Data_Quarantine AS q
              ON q.Quarantine_ID = s.Quarantine_ID
            CROSS JOIN #Subject_Column AS c
            UNION ALL
            SELECT e.Column_Name, e.Old_Value
            FROM #Subject_Quarantine AS s
            JOIN dbo.Quarantine_Revision AS e
              ON e.Quarantine_ID = s.Quarantine_ID
            UNION ALL
            SELECT e.Column_Name, e.New_Value
            FROM #Subject_Quarantine AS s
            JOIN dbo.Quarantine_Revision AS e
              ON e.Quarantine_ID = s.Quarantine_ID
        ) AS v
        WHERE TRIM(COALESCE(v.Identifying_Value, N'')) <> N'' AND v.Column_Name <> N'Certification';

        -- What somebody wrote as the reason of an edit is kept where it was an edit of others' records too, and does not
        -- name the person. CHARINDEX looks for 8,000 bytes at most; what is longer than a reason may be (1,000) is in none.
        INSERT INTO #Subject_Group (Edit_Group_ID)
        SELECT DISTINCT g.Edit_Group_ID
        FROM #Subject_Quarantine AS s
        JOIN dbo.Quarantine_Revision AS e
          ON e.Quarantine_ID = s.Quarantine_ID
        JOIN dbo.Edit_Group AS g
          ON g.Edit_Group_ID = e.Edit_Group_ID
        WHERE NOT EXISTS (SELECT 1
                          FROM dbo.Quarantine_Revision AS o
                          WHERE o.Edit_Group_ID = g.Edit_Group_ID
                            AND NOT EXISTS (SELECT 1
                                            FROM #Subject_Quarantine AS k
                                            WHERE k.Quarantine_ID = o.Quarantine_ID))
           OR EXISTS (SELECT 1
                      FROM #Subject_Value AS v
                      WHERE CHARINDEX(LEFT(v.Identifying_Value, 1001) COLLATE Latin1_General_100_CI_AS,
                                      g.Edit_Reason COLLATE Latin1_General_100_CI_AS) > 0);

        -- A file that brought the person's records may be called after them.
        INSERT INTO #Subject_Source (Batch_ID)
        SELECT DISTINCT b.Batch_ID
        FROM #Subject_Raw AS s
        JOIN Staging.Raw_Record AS r
          ON r.Raw_ID = s.Raw_ID
        JOIN Staging.Ingestion_Batch AS b
          ON b.Batch_ID = r.Batch_ID
        WHERE EXISTS (SELECT 1
                      FROM #Subject_Value AS v
                      WHERE v.Column_Name IN (N'Last_Name', N'Email', N'Source_Reference')
                        AND CHARINDEX(LEFT(v.Identifying_Value, 1001) COLLATE Latin1_General_100_CI_AS,
                                      b.Source_Name COLLATE Latin1_General_100_CI_AS) > 0);

        INSERT INTO #Subject_Term (Search_Column, Term)
        SELECT t.Search_Column, t.Term
        FROM (
            SELECT N'Last_Name' AS Search_Column,
                   TRANSLATE(CONCAT(n.Last_Name, N' ', n.First_Name), @Upper, @Lower) AS Term
            FROM #Subject_Name AS n
            UNION
            SELECT N'Last_Name', TRANSLATE(CONCAT(n.First_Name, N' ', n.Last_Name), @Upper, @Lower)
            FROM #Subject_Name AS n
            UNION
            SELECT N'Email', n.Email
            FROM #Subject_Name AS n
            UNION
            SELECT N'Source_Reference', TRANSLATE(n.Source_Reference, @Upper, @Lower)
            FROM #Subject_Name AS n
            WHERE n.Source_Reference IS NOT NULL
        ) AS t;

        INSERT INTO #Subject_Inventory (Sort_Order, Place, Row_Count, Fate)
        SELECT i.Sort_Order, i.Place, i.Row_Count, i.Fate
        FROM (
            SELECT 1 AS Sort_Order, N'Diver' AS Place,
                   (SELECT COUNT_BIG(*) FROM dbo.Diver AS d WHERE d.Diver_ID = @Diver_ID) AS Row_Count,
                   IIF(@Is_Kept = 1, N'Anonymised', N'Removed') AS Fate
            UNION ALL
            SELECT 2, N'Diver_History', (SELECT COUNT_BIG(*) FROM dbo.Diver_History AS h WHERE h.Diver_ID = @Diver_ID),
                   N'Removed'
            UNION ALL
            SELECT 3, N'Search_Term', (SELECT COUNT_BIG(*)
                                       FROM dbo.Search_Term AS t
                                       JOIN #Subject_Term AS s
                                         ON s.Search_Column = t.Search_Column AND s.Term = t.Term
                                       WHERE t.Diver_ID = @Diver_ID), N'Removed'
            UNION ALL
            SELECT 4, N'Raw_Record', (SELECT COUNT_BIG(*) FROM #Subject_Raw AS s JOIN Staging.Raw_Record AS x ON x.Raw_ID = s.Raw_ID), N'Emptied'
            UNION ALL
            SELECT 5, N'Data_Quarantine', (SELECT COUNT_BIG(*) FROM #Subject_Quarantine), N'Emptied'
            UNION ALL
            SELECT 6, N'Quarantine_Violation', (SELECT COUNT_BIG(*) FROM #Subject_Quarantine AS s JOIN dbo.Quarantine_Violation AS x ON x.Quarantine_ID = s.Quarantine_ID), N'Emptied'
            UNION ALL
            SELECT 7, N'Quarantine_Revision', (SELECT COUNT_BIG(*) FROM #Subject_Quarantine AS s JOIN dbo.Quarantine_Revision AS x ON x.Quarantine_ID = s.Quarantine_ID), N'Emptied'
            UNION ALL
            SELECT 8, N'Quarantine_Event', (SELECT COUNT_BIG(*) FROM #Subject_Quarantine AS s JOIN dbo.Quarantine_Event AS x ON x.Quarantine_ID = s.Quarantine_ID), N'Emptied'
            UNION ALL
            SELECT 9, N'Edit_Group', (SELECT COUNT_BIG(*) FROM #Subject_Group), N'Emptied'
            UNION ALL
            SELECT 10, N'Diver_Deletion', (SELECT COUNT_BIG(*) FROM dbo.Diver_Deletion WHERE Diver_ID = @Diver_ID), N'Emptied'
            UNION ALL
            SELECT 11, N'Diver_Reveal', (SELECT COUNT_BIG(*) FROM dbo.Diver_Reveal WHERE Diver_ID = @Diver_ID), N'Emptied'
            UNION ALL
            SELECT 12, N'Certification', @Cards, N'Anonymised'
            UNION ALL
            SELECT 13, N'Dive_Participation', @Bookings, N'Stays'
            UNION ALL
            SELECT 14, N'Dive_Log', @Dives, N'Stays'
            UNION ALL
            SELECT 15, N'Ingestion_Batch', (SELECT COUNT_BIG(*) FROM #Subject_Source), N'Anonymised'
        ) AS i;

        RAISERROR(N'3/4 Erasing', 0, 1) WITH NOWAIT;
        IF @Rehearse = 0
            ALTER TABLE dbo.Diver SET (SYSTEM_VERSIONING = OFF);

        IF @Is_Kept = 1
            UPDATE d
            SET First_Name = N'Erased',
                Last_Name = N'Diver',
                Email = CONCAT(N'erased-', @Diver_ID, N'@erased.invalid'),
                Phone = NULL,
                Date_Of_Birth = CONVERT(DATE, N'1900-01-01', 23),
                Certification_Level_ID = NULL,
                Source_Reference = NULL,
                Modified_By = ORIGINAL_LOGIN(),
                Change_Reason = N'Erased'
            FROM dbo.Diver AS d
            WHERE d.Diver_ID = @Diver_ID;

        IF @Is_Kept = 0
            DELETE FROM dbo.Diver
            WHERE Diver_ID = @Diver_ID;

        IF @Rehearse = 0
        BEGIN
            EXECUTE sys.sp_executesql N'DELETE FROM dbo.Diver_History WHERE Diver_ID = @Diver_ID;', N'@Diver_ID BIGINT',
                                      @Diver_ID = @Diver_ID;
            ALTER TABLE dbo.Diver
                SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.Diver_History, DATA_CONSISTENCY_CHECK = ON));
        END;

        DELETE t
        FROM dbo.Search_Term AS t
        JOIN #Subject_Term AS s
          ON s.Search_Column = t.Search_Column AND s.Term = t.Term
        WHERE t.Diver_ID = @Diver_ID;

        UPDATE dbo.Diver_Deletion
        SET Delete_Reason = N'Erased'
        WHERE Diver_ID = @Diver_ID;
        IF @Is_Kept = 0
            INSERT INTO dbo.Diver_Deletion (Diver_ID, Deleted_At, Deleted_By, Delete_Reason)
            VALUES (@Diver_ID, @Now, ORIGINAL_LOGIN(), N'Erased');
        UPDATE dbo.Diver_Reveal
        SET Reveal_Reason = N'Erased'
        WHERE Diver_ID = @Diver_ID;
        UPDATE dbo.Certification
        SET Card_Number = CONCAT(N'erased-', Certification_ID)
        WHERE Diver_ID = @Diver_ID;

        -- By the record, since the payload itself may be purged.
        DELETE FROM dbo.Quarantine_Payload
        WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM #Subject_Quarantine AS s);
        UPDATE Staging.Raw_Record
        SET First_Name = NULL,
            Last_Name = NULL,
            Email = NULL,
            Phone = NULL,
            Date_Of_Birth = NULL,
            Certification = NULL,
            Source_Reference = NULL,
            Payload = N'{"erased":true}'
        WHERE Raw_ID IN (SELECT s.Raw_ID FROM #Subject_Raw AS s);

        UPDATE dbo.Data_Quarantine
        SET First_Name = NULL,
            Last_Name = NULL,
            Email = NULL,
            Phone = NULL,
            Date_Of_Birth = NULL,
            Certification = NULL,
            Source_Reference = NULL,
            Failed_Checks = 0,
            Edited_Columns = 0,
            Claimed_By = NULL,
            Claimed_Until = NULL,
            Resolution_Code = IIF(Status = N'Open', N'Erased', Resolution_Code),
            Resolution_Reason = NULL,
            Resolved_By = COALESCE(Resolved_By, ORIGINAL_LOGIN()),
            Resolved_At = COALESCE(Resolved_At, @Now),
            Status = IIF(Status = N'Open', N'Discarded', Status),
            Record_Version = Record_Version + 1
        WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM #Subject_Quarantine AS s);

        UPDATE dbo.Quarantine_Violation
        SET Observed_Value = NULL
        WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM #Subject_Quarantine AS s);

        UPDATE dbo.Quarantine_Revision
        SET Old_Value = NULL,
            New_Value = NULL,
            Edit_Reason = NULL
        WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM #Subject_Quarantine AS s);

        UPDATE dbo.Quarantine_Event
        SET Event_Reason = NULL
        WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM #Subject_Quarantine AS s);

        UPDATE dbo.Edit_Group
        SET Edit_Reason = NULL
        WHERE Edit_Group_ID IN (SELECT g.Edit_Group_ID FROM #Subject_Group AS g);

        UPDATE dbo.Quarantine_Revision
        SET Edit_Reason = NULL
        WHERE Edit_Group_ID IN (SELECT g.Edit_Group_ID FROM #Subject_Group AS g);

        UPDATE Staging.Ingestion_Batch
        SET Source_Name = CONCAT(N'erased-', Batch_ID)
        WHERE Batch_ID IN (SELECT o.Batch_ID FROM #Subject_Source AS o);

        RAISERROR(N'4/4 Writing it down', 0, 1) WITH NOWAIT;
        INSERT INTO dbo.Erasure_Tombstone (Tombstone, Diver_ID, Erased_At, Erased_By)
        SELECT DISTINCT LEFT(j.[value], 80), @Diver_ID, @Now, ORIGINAL_LOGIN()
        FROM OPENJSON(@Tombstones) AS j
        WHERE NOT EXISTS (SELECT 1
                          FROM dbo.Erasure_Tombstone AS k
                          WHERE k.Tombstone = LEFT(j.[value], 80) COLLATE Latin1_General_100_BIN2);

        SET @Row_Count = (SELECT SUM(Row_Count) FROM #Subject_Inventory);
        SET @Tombstone_Count = (SELECT COUNT_BIG(*) FROM OPENJSON(@Tombstones) AS j);
        SET @Detail = JSON_OBJECT('rows': @Row_Count, 'tombstones': @Tombstone_Count);
        EXECUTE Governance.Log_Action @Action = N'Erase_Diver', @Subject_Type = N'Diver', @Subject_ID = @Diver_ID,
                                      @Detail = @Detail;

        SELECT Place, Row_Count, Fate
        FROM #Subject_Inventory
        ORDER BY Sort_Order;

        SELECT Column_Name, Identifying_Value
        FROM #Subject_Value
        ORDER BY Column_Name, Identifying_Value;

        -- With which batches the person's records came: their files, and copies of them, are no part of this database.
        SELECT @Diver_ID AS Diver_ID, @Now AS Erased_At, ORIGINAL_LOGIN() AS Erased_By, @Is_Kept AS Is_Kept,
               (SELECT CONCAT(N'[', STRING_AGG(CONVERT(NVARCHAR(MAX), c.Batch_ID), N',') WITHIN GROUP (ORDER BY c.Batch_ID), N']')
                FROM (SELECT DISTINCT b.Batch_ID
                      FROM #Subject_Raw AS s
                      JOIN Staging.Raw_Record AS r
                        ON r.Raw_ID = s.Raw_ID
                      JOIN Staging.Ingestion_Batch AS b
                        ON b.Batch_ID = r.Batch_ID
                      WHERE b.Source_Kind <> N'resubmission') AS c) AS Batches;

        IF @Rehearse = 1
            ROLLBACK TRANSACTION Rehearsal;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Erase_Diver TO compliance_officer;
GO

------------------------------------------------------------------------------------------------------------
-- Rules and housekeeping: Set_Rule, Retest_Quarantine, Purge_Batches
------------------------------------------------------------------------------------------------------------

-- Changes what a rule asks for, from now on; what it asked for before stays in its history. Who reads an older version
-- than the present one is told so. Records that wait are judged again by Retest_Quarantine.
CREATE OR ALTER PROCEDURE Governance.Set_Rule
    @Rule_Code  NVARCHAR(40),
    @Severity   NVARCHAR(10),
    @Threshold  INT,
    @Is_Enabled BIT,
    @Valid_From DATETIME2(7),
    @Reason     NVARCHAR(1000)
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400), @Detail NVARCHAR(4000), @Trimmed NVARCHAR(1000) = TRIM(@Reason);

    BEGIN TRY
        BEGIN TRANSACTION;

        IF NOT EXISTS (SELECT 1 FROM Governance.Quality_Rule WITH (UPDLOCK) WHERE Rule_Code = @Rule_Code)
        BEGIN
            SET @Message = CONCAT(N'There is no rule ', REPLACE(COALESCE(@Rule_Code, N'?'), N'%', N'%%'), N'.');
            THROW 50404, @Message, 1;
        END;
        IF COALESCE(@Trimmed, N'') = N''
            THROW 50400, N'A change of a rule needs a reason.', 1;
        IF NOT EXISTS (SELECT 1 FROM Governance.Quality_Rule WHERE Rule_Code = @Rule_Code AND Valid_From = @Valid_From)
        BEGIN
            SET @Message = (
                SELECT CONCAT(N'The rule ', REPLACE(Rule_Code, N'%', N'%%'), N' was changed by ', REPLACE(Modified_By, N'%', N'%%'), N' at ',
                              CONVERT(NVARCHAR(27), Valid_From, 121), N' UTC, after you had read it.')
                FROM Governance.Quality_Rule
                WHERE Rule_Code = @Rule_Code
            );
            THROW 50412, @Message, 1;
        END;

        EXECUTE Governance.Change_Rule @Rule_Code = @Rule_Code, @Severity = @Severity, @Threshold = @Threshold,
                                       @Is_Enabled = @Is_Enabled, @Reason = @Trimmed;
        SET @Detail = (
            SELECT @Rule_Code AS [rule], @Severity AS severity, @Threshold AS threshold, @Is_Enabled AS enabled
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES
        );
        EXECUTE Governance.Log_Action @Action = N'Set_Rule', @Subject_Type = N'Quality_Rule', @Subject_ID = NULL,
                                      @Detail = @Detail;

        SELECT Rule_Code, Severity, Threshold, Is_Enabled, Valid_From
        FROM Governance.Quality_Rule
        WHERE Rule_Code = @Rule_Code;

        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Governance.Set_Rule TO compliance_officer;
GO

-- The change itself, within the transaction of Set_Rule or of a rehearsal; granted to nobody.
CREATE OR ALTER PROCEDURE Governance.Change_Rule
    @Rule_Code  NVARCHAR(40),
    @Severity   NVARCHAR(10),
    @Threshold  INT,
    @Is_Enabled BIT,
    @Reason     NVARCHAR(1000)
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400);

    IF COALESCE(@Severity, N'') NOT IN (N'error', N'warning')
        THROW 50400, N'A rule is an error or a warning.', 1;
    IF EXISTS (SELECT 1
               FROM Governance.Quality_Rule
               WHERE Rule_Code = @Rule_Code AND Is_Mandatory = 1
                 AND (COALESCE(@Is_Enabled, 0) = 0 OR @Severity <> N'error'))
    BEGIN
        SET @Message = CONCAT(N'The rule ', REPLACE(@Rule_Code, N'%', N'%%'),
                              N' keeps the tables sound: it stays on, and it stays an error.');
        THROW 50400, @Message, 1;
    END;
    IF EXISTS (SELECT 1
               FROM Governance.Quality_Rule
               WHERE Rule_Code = @Rule_Code
                 AND ((Threshold IS NULL AND @Threshold IS NOT NULL)
                   OR (Threshold IS NOT NULL AND @Threshold IS NULL)
                   OR COALESCE(@Threshold, 0) NOT BETWEEN 0 AND 150))
    BEGIN
        SET @Message = CONCAT(N'The threshold of ', REPLACE(@Rule_Code, N'%', N'%%'),
                              N' is an age from 0 to 150 where the rule has one, and nothing elsewhere.');
        THROW 50400, @Message, 1;
    END;

    UPDATE Governance.Quality_Rule
    SET Severity = @Severity,
        Threshold = @Threshold,
        Is_Enabled = COALESCE(@Is_Enabled, 0),
        Modified_By = ORIGINAL_LOGIN(),
        Change_Reason = @Reason
    WHERE Rule_Code = @Rule_Code;
END;
GO

-- Judges again, by the rules as they are today, what waits in quarantine: all rules, or one. It writes where each record
-- stands and lets nobody in; a steward resubmits what is ready. For one rule it also judges the divers, who stay what
-- they are. With @Severity, @Threshold and @Is_Enabled it rehearses a change of that rule, which Set_Rule saves.
CREATE OR ALTER PROCEDURE dbo.Retest_Quarantine
    @Rule_Code  NVARCHAR(40) = NULL,
    @Severity   NVARCHAR(10) = NULL,
    @Threshold  INT = NULL,
    @Is_Enabled BIT = NULL,
    @Rehearse   BIT = 0
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Message NVARCHAR(400), @Detail NVARCHAR(4000), @Lock INT;
    DECLARE @Received_On DATE = CONVERT(DATE, SYSUTCDATETIME());
    DECLARE @Old_Severity NVARCHAR(10), @Old_Threshold INT, @Old_Enabled BIT, @Old_Errors INT, @New_Errors INT;

    IF @Rule_Code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM Governance.Quality_Rule WHERE Rule_Code = @Rule_Code)
    BEGIN
        SET @Message = CONCAT(N'There is no rule ', REPLACE(@Rule_Code, N'%', N'%%'), N'.');
        THROW 50404, @Message, 1;
    END;
    IF @Severity IS NOT NULL AND (@Rule_Code IS NULL OR @Rehearse = 0)
        THROW 50400, N'A change of a rule is only rehearsed here; Set_Rule saves it.', 1;

    CREATE TABLE #Retest_Scope (
        Checks            INT NOT NULL,
        Has_Names         BIT NOT NULL,
        Has_Email         BIT NOT NULL,
        Has_Phone         BIT NOT NULL,
        Has_Certification BIT NOT NULL,
        Has_Rest          BIT NOT NULL
    );
    CREATE TABLE #Retested (
        Quarantine_ID BIGINT NOT NULL PRIMARY KEY,
        Batch_ID      BIGINT NOT NULL,
        Old_Checks    INT NOT NULL,
        New_Checks    INT NOT NULL
    );
    CREATE TABLE #Failing_Diver (
        Diver_ID   BIGINT NOT NULL PRIMARY KEY,
        Is_Already BIT NOT NULL DEFAULT (0)
    );
    CREATE TABLE #Judge_Input (
        Record_ID        BIGINT NOT NULL,
        Source_Row       BIGINT NOT NULL,
        Waived_Checks    INT NOT NULL,
        Payload          NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
        First_Name       NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name        NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Email            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Phone            NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Certification    NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL,
        Source_Reference NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL
    );
    CREATE TABLE #Normalised (
        Record_ID              BIGINT NOT NULL PRIMARY KEY,
        Source_Row             BIGINT NOT NULL,
        Waived_Checks          INT NOT NULL,
        First_Name             NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Last_Name              NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Email                  NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NULL,
        Phone                  NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Digits                 NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Date_Of_Birth          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification          NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
        Certification_Level_ID INT NULL,
        Source_Reference       NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
        Is_Whole               BIT NOT NULL,
        First_Name_Is_Odd      BIT NOT NULL,
        Last_Name_Is_Odd       BIT NOT NULL
    );
    CREATE TABLE #Finding (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );
    CREATE TABLE #Comparison (
        Record_ID BIGINT NOT NULL PRIMARY KEY,
        Mask      INT NOT NULL,
        Outcome   NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL,
        Leader_ID BIGINT NULL,
        Diver_ID  BIGINT NULL
    );

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'A batch is being governed. Nothing was changed; try again when it is done.', 1;

        SAVE TRANSACTION Rehearsal;

        SELECT @Old_Severity = Severity, @Old_Threshold = Threshold, @Old_Enabled = Is_Enabled
        FROM Governance.Quality_Rule
        WHERE Rule_Code = @Rule_Code;
        SET @Old_Errors = (
            SELECT SUM(c.Check_Bit)
            FROM Governance.Rule_Check AS c
            JOIN Governance.Quality_Rule AS r
              ON r.Rule_Code = c.Rule_Code
            WHERE r.Severity = N'error'
        );
        IF @Severity IS NOT NULL
            EXECUTE Governance.Change_Rule @Rule_Code = @Rule_Code, @Severity = @Severity, @Threshold = @Threshold,
                                           @Is_Enabled = @Is_Enabled, @Reason = N'Rehearsal';
        SET @New_Errors = (
            SELECT SUM(c.Check_Bit)
            FROM Governance.Rule_Check AS c
            JOIN Governance.Quality_Rule AS r
              ON r.Rule_Code = c.Rule_Code
            WHERE r.Severity = N'error'
        );

        -- Which checks are made again, and which columns they look at (the date of birth serves several): the others are
        -- not read. 2097152 = DUPLICATE_IN_BATCH says how a record came and is not judged again. 4194304 =
        -- DUPLICATE_OF_DIVER.
        INSERT INTO #Retest_Scope (Checks, Has_Names, Has_Email, Has_Phone, Has_Certification, Has_Rest)
        SELECT SUM(c.Check_Bit) & ~2097152,
               MAX(IIF(c.Column_Name IN (N'First_Name', N'Last_Name') OR c.Check_Bit = 4194304, 1, 0)),
               MAX(IIF(c.Column_Name = N'Email', 1, 0)),
               MAX(IIF(c.Column_Name = N'Phone' OR c.Check_Bit = 4194304, 1, 0)),
               MAX(IIF(c.Column_Name = N'Certification' OR c.Check_Bit = 4194304, 1, 0)),
               MAX(IIF(c.Column_Name IN (N'Payload', N'Source_Reference'), 1, 0))
        FROM Governance.Rule_Check AS c
        WHERE @Rule_Code IS NULL OR c.Rule_Code = @Rule_Code;

        RAISERROR(N'1/6 Judging the records that wait', 0, 1) WITH NOWAIT;
        INSERT INTO #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone,
                                  Date_Of_Birth, Certification, Source_Reference)
        SELECT q.Quarantine_ID,
               0,
               ~s.Checks,
               ISNULL(CASE WHEN s.Has_Rest = 1 AND q.Edited_Columns = 0
                           THEN (SELECT NULLIF(r.Payload, N'') FROM Staging.Raw_Record AS r WHERE r.Raw_ID = q.Raw_ID) END,
                      N'{}'),
               CASE WHEN s.Has_Names = 1 THEN q.First_Name END,
               CASE WHEN s.Has_Names = 1 THEN q.Last_Name END,
               CASE WHEN s.Has_Email = 1 THEN q.Email END,
               CASE WHEN s.Has_Phone = 1 THEN q.Phone END,
               q.Date_Of_Birth,
               CASE WHEN s.Has_Certification = 1 THEN q.Certification END,
               CASE WHEN s.Has_Rest = 1 THEN q.Source_Reference END
        FROM dbo.Data_Quarantine AS q
        CROSS JOIN #Retest_Scope AS s
        WHERE q.Status = N'Open';
        EXECUTE Governance.Judge_Records @Received_On = @Received_On;
        IF EXISTS (SELECT 1 FROM #Retest_Scope WHERE Checks & 4194304 <> 0)
        BEGIN
            EXECUTE Governance.Compare_With_Divers;
            EXECUTE Governance.Compare_With_Earlier @Batch_ID = NULL;
        END;

        INSERT INTO #Retested (Quarantine_ID, Batch_ID, Old_Checks, New_Checks)
        SELECT q.Quarantine_ID,
               q.Batch_ID,
               q.Failed_Checks,
               (q.Failed_Checks & ~s.Checks) | COALESCE(f.Mask, 0)
        FROM dbo.Data_Quarantine AS q
        CROSS JOIN #Retest_Scope AS s
        LEFT JOIN #Finding AS f
               ON f.Record_ID = q.Quarantine_ID
        WHERE q.Status = N'Open';

        UPDATE q
        SET Failed_Checks = r.New_Checks
        FROM dbo.Data_Quarantine AS q
        JOIN #Retested AS r
          ON r.Quarantine_ID = q.Quarantine_ID
        WHERE r.New_Checks <> r.Old_Checks;

        -- A rule that is off fails nobody.
        IF EXISTS (SELECT 1 FROM Governance.Quality_Rule WHERE Rule_Code = @Rule_Code AND Is_Enabled = 1)
            EXECUTE dbo.Judge_Divers @Received_On = @Received_On;

        -- Which of them fail the rule as it is today: a diver may have been let in with a warning, or before the rule was.
        IF @Severity IS NOT NULL
            EXECUTE Governance.Change_Rule @Rule_Code = @Rule_Code, @Severity = @Old_Severity,
                                           @Threshold = @Old_Threshold, @Is_Enabled = @Old_Enabled,
                                           @Reason = N'Rehearsal';
        EXECUTE dbo.Judge_Failing_Divers @Received_On = @Received_On;

        RAISERROR(N'6/6 Adding up', 0, 1) WITH NOWAIT;
        SET @Detail = (
            SELECT @Rule_Code AS [rule],
                   (SELECT COUNT_BIG(*) FROM #Retested) AS judged,
                   (SELECT COUNT_BIG(*) FROM #Retested WHERE New_Checks <> Old_Checks) AS changed
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES
        );
        EXECUTE Governance.Log_Action @Action = N'Retest_Quarantine', @Subject_Type = N'Quality_Rule', @Subject_ID = NULL,
                                      @Detail = @Detail;

        -- Ready: the gate would let it in now, and would not before. Releasable: only warnings are left.
        SELECT COUNT_BIG(*)                                                                            AS Judged_Count,
               COALESCE(SUM(IIF(New_Checks <> Old_Checks, 1, 0)), 0)                                   AS Changed_Count,
               COALESCE(SUM(IIF(New_Checks = 0 AND Old_Checks <> 0, 1, 0)), 0)                         AS Ready_Count,
               COALESCE(SUM(IIF(New_Checks <> 0 AND Old_Checks = 0, 1, 0)), 0)                         AS Stopped_Count,
               COALESCE(SUM(IIF(New_Checks <> 0 AND New_Checks & @New_Errors = 0, 1, 0)), 0)           AS Releasable_Count,
               COALESCE(SUM(IIF(Old_Checks <> 0 AND Old_Checks & @Old_Errors = 0, 1, 0)), 0)           AS Releasable_Before_Count,
               CASE WHEN @Rule_Code IS NULL THEN 0 ELSE (SELECT COUNT_BIG(*) FROM dbo.Diver) END       AS Diver_Count,
               (SELECT COUNT_BIG(*) FROM #Failing_Diver)                                               AS Failing_Diver_Count,
               (SELECT COUNT_BIG(*) FROM #Failing_Diver WHERE Is_Already = 0)                          AS Newly_Failing_Count
        FROM #Retested;

        SELECT b.Batch_ID, b.Source_Name, b.Received_At,
               SUM(s.Is_Ready)     AS Ready_Count,
               SUM(s.Is_Stopped)   AS Stopped_Count,
               SUM(s.Is_Failing)   AS Newly_Failing_Count
        FROM (SELECT Batch_ID, IIF(New_Checks = 0, 1, 0) AS Is_Ready, IIF(New_Checks <> 0, 1, 0) AS Is_Stopped,
                     0 AS Is_Failing
              FROM #Retested
              WHERE IIF(New_Checks = 0, 1, 0) <> IIF(Old_Checks = 0, 1, 0)
              UNION ALL
              SELECT r.Batch_ID, 0, 0, 1
              FROM #Failing_Diver AS f
              JOIN Staging.Record_Outcome AS o
                ON o.Diver_ID = f.Diver_ID AND o.Outcome = N'Promoted'
              JOIN Staging.Raw_Record AS r
                ON r.Raw_ID = o.Raw_ID
              WHERE f.Is_Already = 0) AS s
        JOIN Staging.Ingestion_Batch AS b
          ON b.Batch_ID = s.Batch_ID
        GROUP BY b.Batch_ID, b.Source_Name, b.Received_At
        ORDER BY b.Batch_ID;

        SELECT TOP (200) Quarantine_ID, Batch_ID, Old_Checks, New_Checks
        FROM #Retested
        WHERE New_Checks <> Old_Checks
        ORDER BY IIF(IIF(New_Checks = 0, 1, 0) = IIF(Old_Checks = 0, 1, 0), 1, 0), Quarantine_ID;

        SELECT TOP (200) Diver_ID, Is_Already
        FROM #Failing_Diver
        ORDER BY Is_Already, Diver_ID;

        IF @Rehearse = 1
            ROLLBACK TRANSACTION Rehearsal;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON dbo.Retest_Quarantine TO data_steward, compliance_officer;
GO

-- Fills #Failing_Diver with the divers who fail the checks of #Retest_Scope, a quarter after the other, so that somebody
-- who waits sees how far it is. Called by Retest_Quarantine.
CREATE OR ALTER PROCEDURE dbo.Judge_Divers
    @Received_On DATE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Last BIGINT = (SELECT MAX(Diver_ID) FROM dbo.Diver);
    DECLARE @Quarter BIGINT = @Last / 4;
    DECLARE @Half BIGINT = @Last / 2;
    DECLARE @Three_Quarters BIGINT = @Last - @Last / 4;

    RAISERROR(N'2/6 Judging the divers', 0, 1) WITH NOWAIT;
    EXECUTE dbo.Judge_Some_Divers @Received_On = @Received_On, @After = 0, @Last = @Quarter;
    RAISERROR(N'3/6 Judging the divers: a quarter is done', 0, 1) WITH NOWAIT;
    EXECUTE dbo.Judge_Some_Divers @Received_On = @Received_On, @After = @Quarter, @Last = @Half;
    RAISERROR(N'4/6 Judging the divers: half of them are done', 0, 1) WITH NOWAIT;
    EXECUTE dbo.Judge_Some_Divers @Received_On = @Received_On, @After = @Half, @Last = @Three_Quarters;
    RAISERROR(N'5/6 Judging the divers: three quarters are done', 0, 1) WITH NOWAIT;
    EXECUTE dbo.Judge_Some_Divers @Received_On = @Received_On, @After = @Three_Quarters, @Last = @Last;
END;
GO

-- Adds those of some divers, by their numbers, who fail. Called by Judge_Divers.
CREATE OR ALTER PROCEDURE dbo.Judge_Some_Divers
    @Received_On DATE,
    @After       BIGINT,
    @Last        BIGINT
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    TRUNCATE TABLE #Judge_Input;
    TRUNCATE TABLE #Normalised;
    TRUNCATE TABLE #Finding;
    INSERT INTO #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone,
                              Date_Of_Birth, Certification, Source_Reference)
    SELECT d.Diver_ID,
           0,
           ~s.Checks,
           N'{}',
           CASE WHEN s.Has_Names = 1 THEN d.First_Name END,
           CASE WHEN s.Has_Names = 1 THEN d.Last_Name END,
           CASE WHEN s.Has_Email = 1 THEN d.Email END,
           CASE WHEN s.Has_Phone = 1 THEN d.Phone END,
           CONVERT(NVARCHAR(10), d.Date_Of_Birth, 23),
           CASE WHEN s.Has_Certification = 1
                THEN (SELECT l.Level_Name
                      FROM dbo.Certification_Level AS l
                      WHERE l.Certification_Level_ID = d.Certification_Level_ID) END,
           CASE WHEN s.Has_Rest = 1 THEN d.Source_Reference END
    FROM #Retest_Scope AS s
    CROSS JOIN dbo.Diver AS d
    WHERE d.Diver_ID > @After AND d.Diver_ID <= @Last;
    EXECUTE Governance.Judge_Records @Received_On = @Received_On;

    INSERT INTO #Failing_Diver (Diver_ID)
    SELECT f.Record_ID
    FROM #Finding AS f;
END;
GO

-- Tells apart which of #Failing_Diver fail the rules as they are at this moment. Called by Retest_Quarantine.
CREATE OR ALTER PROCEDURE dbo.Judge_Failing_Divers
    @Received_On DATE
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;

    TRUNCATE TABLE #Judge_Input;
    TRUNCATE TABLE #Normalised;
    TRUNCATE TABLE #Finding;
    INSERT INTO #Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone,
                              Date_Of_Birth, Certification, Source_Reference)
    SELECT d.Diver_ID, 0, ~s.Checks, N'{}', d.First_Name, d.Last_Name, d.Email, d.Phone,
           CONVERT(NVARCHAR(10), d.Date_Of_Birth, 23), l.Level_Name, d.Source_Reference
    FROM #Failing_Diver AS f
    CROSS JOIN #Retest_Scope AS s
    JOIN dbo.Diver AS d
      ON d.Diver_ID = f.Diver_ID
    LEFT JOIN dbo.Certification_Level AS l
           ON l.Certification_Level_ID = d.Certification_Level_ID;
    EXECUTE Governance.Judge_Records @Received_On = @Received_On;

    UPDATE d
    SET Is_Already = 1
    FROM #Failing_Diver AS d
    WHERE EXISTS (SELECT 1 FROM #Finding AS f WHERE f.Record_ID = d.Diver_ID);
END;
GO

-- Takes away what the sources sent in batches that were received before a day: the raw values and the payloads. The
-- place of every record, its outcome, where it went, and all counts stay; so does what an open record came from.
CREATE OR ALTER PROCEDURE Staging.Purge_Batches
    @Received_Before DATE,
    @Reason          NVARCHAR(1000),
    @Rehearse        BIT = 0
WITH EXECUTE AS OWNER
AS
BEGIN
    SET NOCOUNT, XACT_ABORT ON;
    DECLARE @Detail NVARCHAR(4000), @Record_Count BIGINT, @Lock INT;

    IF @Received_Before IS NULL
        THROW 50400, N'The day reads YYYY-MM-DD.', 1;
    IF @Received_Before > CONVERT(DATE, SYSUTCDATETIME())
        THROW 50400, N'The day lies in the future.', 1;
    IF TRIM(COALESCE(@Reason, N'')) = N''
        THROW 50400, N'A purge needs a reason.', 1;

    CREATE TABLE #Purge (Batch_ID BIGINT NOT NULL PRIMARY KEY);

    BEGIN TRY
        BEGIN TRANSACTION;

        EXECUTE @Lock = sys.sp_getapplock @Resource = N'DiveGov.Gate', @LockMode = N'Exclusive',
                                          @LockOwner = N'Transaction', @LockTimeout = 600000;
        IF @Lock < 0
            THROW 50423, N'A batch is being governed. Nothing was changed; try again when it is done.', 1;

        SAVE TRANSACTION Rehearsal;

        RAISERROR(N'1/3 Looking for what may go', 0, 1) WITH NOWAIT;
        INSERT INTO #Purge (Batch_ID)
        SELECT b.Batch_ID
        FROM Staging.Ingestion_Batch AS b
        WHERE b.Status = N'Governed' AND b.Received_At < @Received_Before AND b.Purged_At IS NULL;

        RAISERROR(N'2/3 Taking away the raw values', 0, 1) WITH NOWAIT;
        UPDATE r
        SET First_Name = NULL, Last_Name = NULL, Email = NULL, Phone = NULL, Date_Of_Birth = NULL, Certification = NULL,
            Source_Reference = NULL, Payload = N''
        FROM Staging.Raw_Record AS r
        WHERE r.Batch_ID IN (SELECT p.Batch_ID FROM #Purge AS p)
          AND r.Payload <> N''
          AND NOT EXISTS (SELECT 1
                          FROM Staging.Record_Outcome AS o
                          JOIN dbo.Data_Quarantine AS q
                            ON q.Quarantine_ID = o.Quarantine_ID
                          WHERE o.Raw_ID = r.Raw_ID AND q.Status = N'Open');
        SET @Record_Count = ROWCOUNT_BIG();

        RAISERROR(N'3/3 Noting it', 0, 1) WITH NOWAIT;
        -- A batch of which something was kept comes again at the next purge.
        UPDATE b
        SET Purged_At = SYSUTCDATETIME()
        FROM Staging.Ingestion_Batch AS b
        WHERE b.Batch_ID IN (SELECT p.Batch_ID FROM #Purge AS p)
          AND NOT EXISTS (SELECT 1 FROM Staging.Raw_Record AS r WHERE r.Batch_ID = b.Batch_ID AND r.Payload <> N'');

        SET @Detail = (
            SELECT CONVERT(NVARCHAR(10), @Received_Before, 23) AS received_before,
                   (SELECT COUNT_BIG(*) FROM #Purge) AS batches, @Record_Count AS records
            FOR JSON PATH, WITHOUT_ARRAY_WRAPPER
        );
        EXECUTE Governance.Log_Action @Action = N'Purge_Batches', @Subject_Type = N'Ingestion_Batch', @Subject_ID = NULL,
                                      @Detail = @Detail;

        SELECT (SELECT COUNT_BIG(*) FROM #Purge)                                                   AS Batch_Count,
               @Record_Count                                                                       AS Record_Count,
               (SELECT COUNT_BIG(*)
                FROM Staging.Raw_Record AS r
                WHERE r.Batch_ID IN (SELECT p.Batch_ID FROM #Purge AS p) AND r.Payload <> N'')     AS Kept_Count;

        SELECT b.Batch_ID, b.Source_Name, b.Received_At, b.Loaded_Count,
               (SELECT COUNT_BIG(*)
                FROM Staging.Raw_Record AS r
                WHERE r.Batch_ID = b.Batch_ID AND r.Payload <> N'') AS Kept_Count
        FROM Staging.Ingestion_Batch AS b
        WHERE b.Batch_ID IN (SELECT p.Batch_ID FROM #Purge AS p)
        ORDER BY b.Batch_ID;

        IF @Rehearse = 1
            ROLLBACK TRANSACTION Rehearsal;
        COMMIT TRANSACTION;
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;
        THROW;
    END CATCH;
END;
GO
GRANT EXECUTE ON Staging.Purge_Batches TO compliance_officer;
GO
