-- 05_gatekeeper.sql · EnterpriseDiveDB on SQLite: the procedures. Everything that changes data is one of these.
--
-- Twin of sqlserver/05_gatekeeper.sql. SQLite has no procedures of its own; the deployer writes each definition into
-- Stored_Procedure, and the program runs it, statement by statement, in one BEGIN IMMEDIATE transaction. Between the
-- plain SQL stand six statements of T-SQL's, with T-SQL's meaning:
--
--     SET @Name = expression;                      a local variable
--     IF condition                                 the consequent (THROW, RETURN, EXECUTE or SET) on a line of its own
--         THROW number, message;                   ends the procedure, undoes the transaction
--     RETURN;                                      ends the procedure, keeps what was done
--     EXECUTE Procedure @Name = expression, …;     calls another, in the same transaction
--     PRINT 'n/m what is being done';              progress, for whoever watches
--
-- A SELECT is a result set. An @Rehearse that is true undoes everything at the end, after the results were read. A
-- procedure WITH READ_ONLY takes no lock: it writes into temp only, and has no instant and no actor.

------------------------------------------------------------------------------------------------------------
-- Arrival: Open_Batch, Load_Batch, Load_Ground_Truth
------------------------------------------------------------------------------------------------------------

-- Announces an arrival. The same content again, while its batch is still open, is the same batch: loading goes on
-- where it stopped. Content that was governed before is reported (Earlier_Batch_ID) and opens a batch only @Again.
CREATE OR ALTER PROCEDURE Open_Batch
    @Source_Name    TEXT,
    @Source_Kind    TEXT,
    @Content_Hash   TEXT,
    @Declared_Count INTEGER,
    @Again          INTEGER = 0
AS
BEGIN
    IF @Declared_Count < 1
        THROW 50400, 'A batch must bring at least one record.';

    SET @Batch_ID = (
        SELECT max(Batch_ID)
        FROM Ingestion_Batch
        WHERE Content_Hash = @Content_Hash AND Declared_Count = @Declared_Count AND Status = 'Open'
    );
    SET @Earlier_Batch_ID = (
        SELECT min(Batch_ID)
        FROM Ingestion_Batch
        WHERE Content_Hash = @Content_Hash AND Status = 'Governed'
    );
    SET @Is_New = @Batch_ID IS NULL AND (@Earlier_Batch_ID IS NULL OR @Again);

    INSERT INTO Ingestion_Batch (Source_Name, Source_Kind, Content_Hash, Received_At, Received_By, Declared_Count)
    SELECT @Source_Name, @Source_Kind, @Content_Hash, c.Instant, c.Actor, @Declared_Count
    FROM Transaction_Context AS c
    WHERE @Is_New;

    IF @Is_New
        SET @Batch_ID = last_insert_rowid();

    IF @Is_New
        EXECUTE Log_Action @Action = 'Open_Batch', @Subject_Type = 'Ingestion_Batch', @Subject_ID = @Batch_ID,
                           @Detail = json_object('kind', @Source_Kind, 'declared', @Declared_Count);

    SELECT @Batch_ID                  AS Batch_ID,
           @Earlier_Batch_ID          AS Earlier_Batch_ID,
           coalesce(b.Loaded_Count, 0) AS Loaded_Count
    FROM (SELECT 1)
    LEFT JOIN Ingestion_Batch AS b
           ON b.Batch_ID = @Batch_ID;
END;
GRANT EXECUTE ON Open_Batch TO data_steward;

-- Takes a chunk of records as one JSON array of arrays: source row, payload, and the raw text columns in the order of
-- the table. A chunk sent twice is loaded once.
CREATE OR ALTER PROCEDURE Load_Batch
    @Batch_ID INTEGER,
    @Rows     TEXT
AS
BEGIN
    -- Two may send the same content at once: whoever finds it governed by the other is only told of what is not there.
    IF CASE (SELECT Status FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID)
            WHEN 'Open' THEN 0
            WHEN 'Governed' THEN EXISTS (SELECT 1
                                         FROM json_each(@Rows)
                                         WHERE NOT EXISTS (SELECT 1
                                                           FROM Raw_Record
                                                           WHERE Batch_ID = @Batch_ID
                                                             AND Source_Row = json_extract(value, '$[0]')))
            ELSE 1 END
        THROW 50409, 'Batch ' || @Batch_ID || ' is not open for loading.';

    INSERT INTO Raw_Record (Batch_ID, Source_Row, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification,
                            Source_Reference, Payload)
    SELECT @Batch_ID,
           json_extract(value, '$[0]'),
           json_extract(value, '$[2]'),
           json_extract(value, '$[3]'),
           json_extract(value, '$[4]'),
           json_extract(value, '$[5]'),
           json_extract(value, '$[6]'),
           json_extract(value, '$[7]'),
           json_extract(value, '$[8]'),
           json_extract(value, '$[1]')
    FROM json_each(@Rows)
    WHERE true
    ON CONFLICT (Batch_ID, Source_Row) DO NOTHING;

    UPDATE Ingestion_Batch
    SET Loaded_Count = Loaded_Count + changes()
    WHERE Batch_ID = @Batch_ID;

    SELECT Loaded_Count
    FROM Ingestion_Batch
    WHERE Batch_ID = @Batch_ID;
END;
GRANT EXECUTE ON Load_Batch TO data_steward;

-- Notes what a generator injected, as a JSON array of [source row, defect]. For scoring only; no rule reads it.
CREATE OR ALTER PROCEDURE Load_Ground_Truth
    @Batch_ID INTEGER,
    @Defects  TEXT
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID AND Source_Kind = 'synthetic')
        THROW 50409, 'Only a synthetic batch has a ground truth.';

    INSERT INTO Injected_Defect (Batch_ID, Source_Row, Defect_Code)
    SELECT @Batch_ID, json_extract(value, '$[0]'), json_extract(value, '$[1]')
    FROM json_each(@Defects)
    WHERE true
    ON CONFLICT DO NOTHING;
END;
GRANT EXECUTE ON Load_Ground_Truth TO data_steward;

-- Tells who arrives, as a JSON array of [source row, keyed hash of an identity], so that a person who was erased is known
-- again. The hashes are compared and forgotten; which record it was is kept. Asked only where somebody was erased.
CREATE OR ALTER PROCEDURE Load_Identities
    @Batch_ID   INTEGER,
    @Identities TEXT
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID AND Status = 'Open')
        THROW 50409, 'Batch ' || @Batch_ID || ' is not open for loading.';

    INSERT INTO Raw_Flag (Batch_ID, Source_Row)
    SELECT DISTINCT @Batch_ID, json_extract(i.value, '$[0]')
    FROM json_each(@Identities) AS i
    JOIN Erasure_Tombstone AS t
      ON t.Tombstone = json_extract(i.value, '$[1]')
    WHERE true
    ON CONFLICT DO NOTHING;

    SELECT count(*) AS Flagged_Count
    FROM Raw_Flag
    WHERE Batch_ID = @Batch_ID;
END;
GRANT EXECUTE ON Load_Identities TO data_steward;

------------------------------------------------------------------------------------------------------------
-- Judgement: the rules, in one place
------------------------------------------------------------------------------------------------------------

-- Judges the records of temp.Judge_Input (Record_ID, Source_Row, Waived_Checks, Payload and the raw text columns) as
-- received on a day. Writes temp.Normalised, the values as they would be stored; and temp.Finding, a row for each
-- record that fails: Mask has one bit a failed check (Rule_Check). Rules that look at one record only; what compares
-- records is the caller's.
CREATE OR ALTER PROCEDURE Judge_Records
    @Received_On TEXT
AS
BEGIN
    EXECUTE Normalise_Records;
    EXECUTE Apply_Rules @Received_On = @Received_On;
END;

-- Fills temp.Normalised from temp.Judge_Input: the values as they would be stored. Called by Judge_Records.
CREATE OR ALTER PROCEDURE Normalise_Records
AS
BEGIN
    -- What counts as blank around a value: Unicode's white space, the zero-width space and the byte-order mark.
    SET @Blank = char(9, 10, 11, 12, 13, 32, 133, 160, 5760, 8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201,
                      8202, 8203, 8232, 8233, 8239, 8287, 12288, 65279);

    DROP TABLE IF EXISTS temp.Normalised;
    CREATE TEMP TABLE Normalised (
        Record_ID              INTEGER PRIMARY KEY,
        Source_Row             INTEGER NOT NULL,
        Waived_Checks          INTEGER NOT NULL,
        First_Name             TEXT,
        Last_Name              TEXT,
        Email                  TEXT,
        Phone                  TEXT,
        Digits                 TEXT,
        Date_Of_Birth          TEXT,
        Certification          TEXT,
        Certification_Level_ID INTEGER,
        Source_Reference       TEXT,
        Is_Whole               INTEGER NOT NULL
    );
    INSERT INTO temp.Normalised (Record_ID, Source_Row, Waived_Checks, First_Name, Last_Name, Email, Phone, Digits,
                                 Date_Of_Birth, Certification, Certification_Level_ID, Source_Reference, Is_Whole)
    SELECT i.Record_ID,
           i.Source_Row,
           i.Waived_Checks,
           -- Trimming, which most values are spared: one that begins and ends with a visible ASCII character has no blanks.
           CASE WHEN i.First_Name BETWEEN '!' AND '~' AND substr(i.First_Name, -1) BETWEEN '!' AND '~'
                THEN i.First_Name ELSE nullif(trim(i.First_Name, @Blank), '') END,
           CASE WHEN i.Last_Name BETWEEN '!' AND '~' AND substr(i.Last_Name, -1) BETWEEN '!' AND '~'
                THEN i.Last_Name ELSE nullif(trim(i.Last_Name, @Blank), '') END,
           CASE WHEN i.Email BETWEEN '!' AND '~' AND substr(i.Email, -1) BETWEEN '!' AND '~'
                THEN lower(i.Email) ELSE nullif(lower(trim(i.Email, @Blank)), '') END,
           CASE WHEN i.Phone BETWEEN '!' AND '~' AND substr(i.Phone, -1) BETWEEN '!' AND '~'
                THEN i.Phone ELSE nullif(trim(i.Phone, @Blank), '') END,
           CASE WHEN i.Phone BETWEEN '!' AND '~' AND substr(i.Phone, -1) BETWEEN '!' AND '~'
                THEN replace(replace(replace(replace(replace(i.Phone, ' ', ''), '.', ''), '-', ''), '(', ''), ')', '')
                ELSE replace(replace(replace(replace(replace(trim(i.Phone, @Blank),
                                                             ' ', ''), '.', ''), '-', ''), '(', ''), ')', '') END,
           CASE WHEN i.Date_Of_Birth BETWEEN '!' AND '~' AND substr(i.Date_Of_Birth, -1) BETWEEN '!' AND '~'
                THEN i.Date_Of_Birth ELSE nullif(trim(i.Date_Of_Birth, @Blank), '') END,
           CASE WHEN i.Certification BETWEEN '!' AND '~' AND substr(i.Certification, -1) BETWEEN '!' AND '~'
                THEN i.Certification ELSE nullif(trim(i.Certification, @Blank), '') END,
           a.Certification_Level_ID,
           CASE WHEN i.Source_Reference BETWEEN '!' AND '~' AND substr(i.Source_Reference, -1) BETWEEN '!' AND '~'
                THEN i.Source_Reference ELSE nullif(trim(i.Source_Reference, @Blank), '') END,
           -- \u0000 ends a text on its way through json functions, so a record that holds it counts as damaged; behind
           -- an escaped backslash the same letters are only letters.
           CASE WHEN json_valid(i.Payload)
                 AND (i.Payload LIKE '{%' OR ltrim(i.Payload, @Blank) LIKE '{%')
                 AND (instr(i.Payload, '\u0000') = 0 OR instr(replace(i.Payload, '\\', ''), '\u0000') = 0)
                THEN 1 ELSE 0 END
    FROM temp.Judge_Input AS i
    LEFT JOIN Certification_Alias AS a
           ON a.Alias = CASE WHEN i.Certification BETWEEN '!' AND '~' AND substr(i.Certification, -1) BETWEEN '!' AND '~'
                             THEN lower(i.Certification) ELSE lower(trim(i.Certification, @Blank)) END;
END;

-- The rules themselves: writes temp.Finding, a row for each record of temp.Normalised that fails. Called by Judge_Records,
-- and on its own where what is judged is stored, and so normalised already; of all @Checks only those that are wanted.
--
-- No expression below can be NULL in a mask: a check that cannot be made counts as passed only where another one fails.
CREATE OR ALTER PROCEDURE Apply_Rules
    @Received_On TEXT,
    @Checks      INTEGER = -1
AS
BEGIN
    SET @Odd_Name = '*[0-9' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*';
    SET @Long_Label = '*' || replace(hex(zeroblob(32)), '0', '[^.]') || '*';
    -- What is not asked is not looked at.
    SET @Asked = @Checks & (
        SELECT sum(c.Check_Bit)
        FROM Rule_Check AS c
        JOIN Quality_Rule AS r ON r.Rule_Code = c.Rule_Code
        WHERE r.Is_Enabled
    );
    -- Ages as days of birth: younger than the threshold is born after the first, older is born up to the second. A rule
    -- without a threshold fails nobody; no NULL may reach the mask.
    SET @Too_Young_After = coalesce((
        SELECT printf('%04d', substr(@Received_On, 1, 4) - Threshold) || substr(@Received_On, 5, 6)
        FROM Quality_Rule
        WHERE Rule_Code = 'AGE_BELOW_MINIMUM' AND Threshold IS NOT NULL
    ), '9999-12-31');
    SET @Too_Old_Until = coalesce((
        SELECT printf('%04d', substr(@Received_On, 1, 4) - Threshold - 1) || substr(@Received_On, 5, 6)
        FROM Quality_Rule
        WHERE Rule_Code = 'AGE_ABOVE_MAXIMUM' AND Threshold IS NOT NULL
    ), '0000-01-01');
    SET @Not_Professional_After = coalesce((
        SELECT printf('%04d', substr(@Received_On, 1, 4) - Threshold) || substr(@Received_On, 5, 6)
        FROM Quality_Rule
        WHERE Rule_Code = 'CERTIFICATION_UNDERAGE' AND Threshold IS NOT NULL
    ), '9999-12-31');

    DROP TABLE IF EXISTS temp.Finding;
    CREATE TEMP TABLE Finding (
        Record_ID INTEGER PRIMARY KEY,
        Mask      INTEGER NOT NULL,
        Outcome   TEXT,
        Leader_ID INTEGER,
        Diver_ID  INTEGER
    );
    INSERT INTO temp.Finding (Record_ID, Mask)
    SELECT j.Record_ID,
           j.Mask
    FROM (
        SELECT n.Record_ID,
               @Asked & ~n.Waived_Checks & (
                   -- FIRST_NAME_MISSING, LAST_NAME_MISSING
                   (n.First_Name IS NULL) * 1
                 | (n.Last_Name IS NULL) * 2
                 | CASE
                       WHEN @Asked & 12 = 0 THEN 0
                       -- EMAIL_MISSING
                       WHEN n.Email IS NULL THEN 4
                       -- Most addresses are short and plain, and seen to be good without the whole examination.
                       -- (--9 is the range from the hyphen to the 9: -./0123456789.)
                       WHEN n.Email NOT GLOB '*[^--9@_a-z]*'
                        AND n.Email GLOB '[a-z0-9]*@[a-z0-9]*.*[a-z0-9][a-z]'
                        AND n.Email NOT GLOB '*@*[/@_]*'
                        AND length(n.Email) < 64
                        AND n.Email NOT GLOB '*.[-.@]*'
                        AND instr(n.Email, '-.') = 0
                       THEN 0
                       -- EMAIL_FORMAT: one @; unquoted RFC 5322 characters; dots between, not beside; a domain of labels
                       WHEN instr(n.Email, '@') BETWEEN 2 AND 65
                        AND length(n.Email) <= 254
                        AND n.Email NOT GLOB '*[^-a-z0-9.!#$%&''*+/=?^_`{|}~@]*'
                        AND n.Email NOT GLOB '.*'
                        AND instr(n.Email, '..') = 0
                        AND instr(n.Email, '.@') = 0
                        AND substr(n.Email, instr(n.Email, '@') + 1) GLOB '[a-z0-9]*.*[a-z0-9]'
                        AND substr(n.Email, instr(n.Email, '@') + 1) NOT GLOB '*[^-a-z0-9.]*'
                        AND substr(n.Email, instr(n.Email, '@') + 1) NOT GLOB '*-.*'
                        AND substr(n.Email, instr(n.Email, '@') + 1) NOT GLOB '*.-*'
                        AND substr(n.Email, instr(n.Email, '@') + 1) NOT GLOB @Long_Label
                        -- The top label: what follows the last dot.
                        AND substr(n.Email, length(rtrim(n.Email, replace(n.Email, '.', ''))) + 1) GLOB '*[^0-9]*'
                        AND length(n.Email) - length(rtrim(n.Email, replace(n.Email, '.', ''))) >= 2
                       THEN 0
                       ELSE 8
                   END
                 | CASE
                       WHEN @Asked & 2544 = 0 THEN 0
                       -- DOB_MISSING, DOB_FORMAT, DOB_FUTURE
                       WHEN n.Date_Of_Birth IS NULL THEN 16
                       WHEN date(n.Date_Of_Birth, '+0 days') IS NOT n.Date_Of_Birth
                         OR n.Date_Of_Birth < '0001' THEN 32
                       WHEN n.Date_Of_Birth > @Received_On THEN 64
                       -- AGE_BELOW_MINIMUM, AGE_ABOVE_MAXIMUM, CERTIFICATION_UNDERAGE
                       ELSE (n.Date_Of_Birth > @Too_Young_After) * 128
                          | (n.Date_Of_Birth <= @Too_Old_Until) * 256
                          | CASE WHEN n.Date_Of_Birth > @Not_Professional_After
                                  AND n.Certification_Level_ID IN (SELECT Certification_Level_ID
                                                                   FROM Certification_Level
                                                                   WHERE Is_Professional)
                                 THEN 2048 ELSE 0 END
                   END
                 | CASE
                       -- PHONE_FORMAT: an optional +, 7 to 15 digits, an optional x with 1 to 6 more
                       WHEN @Asked & 512 = 0 OR n.Phone IS NULL THEN 0
                       WHEN length(n.Digits) BETWEEN 7 AND 15
                        AND n.Digits NOT GLOB '*[^0-9]*' THEN 0
                       WHEN length(n.Digits) BETWEEN 8 AND 16
                        AND n.Digits GLOB '+*'
                        AND substr(n.Digits, 2) NOT GLOB '*[^0-9]*' THEN 0
                       WHEN instr(n.Digits, 'x') - 1 - (n.Digits GLOB '+*') BETWEEN 7 AND 15
                        AND substr(n.Digits, 1 + (n.Digits GLOB '+*'), instr(n.Digits, 'x') - 1 - (n.Digits GLOB '+*')) NOT GLOB '*[^0-9]*'
                        AND substr(n.Digits, instr(n.Digits, 'x') + 1) NOT GLOB '*[^0-9]*'
                        AND length(n.Digits) - instr(n.Digits, 'x') BETWEEN 1 AND 6 THEN 0
                       ELSE 512
                   END
                   -- CERTIFICATION_UNKNOWN
                 | (n.Certification IS NOT NULL AND n.Certification_Level_ID IS NULL) * 1024
                 | CASE
                       WHEN @Asked & 12288 = 0 THEN 0
                       -- NAME_CHARACTERS
                       WHEN n.First_Name GLOB @Odd_Name OR n.Last_Name GLOB @Odd_Name
                       THEN coalesce(n.First_Name GLOB @Odd_Name, 0) * 4096
                          | coalesce(n.Last_Name GLOB @Odd_Name, 0) * 8192
                       ELSE 0
                   END
                 | CASE
                       WHEN @Asked & 1032192 = 0 THEN 0
                       -- FIELD_TOO_LONG
                       WHEN length(n.First_Name) > 100 OR length(n.Last_Name) > 100 OR length(n.Email) > 254
                         OR length(n.Phone) > 40 OR length(n.Certification) > 60 OR length(n.Source_Reference) > 100
                       THEN coalesce(length(n.First_Name) > 100, 0) * 16384
                          | coalesce(length(n.Last_Name) > 100, 0) * 32768
                          | coalesce(length(n.Email) > 254, 0) * 65536
                          | coalesce(length(n.Phone) > 40, 0) * 131072
                          | coalesce(length(n.Certification) > 60, 0) * 262144
                          | coalesce(length(n.Source_Reference) > 100, 0) * 524288
                       ELSE 0
                   END
                   -- PAYLOAD_INVALID
                 | (NOT n.Is_Whole) * 1048576
               ) AS Mask
        FROM temp.Normalised AS n
    ) AS j
    WHERE j.Mask <> 0;
END;

-- Compares the records of temp.Normalised with the divers, by email: adds to temp.Finding who is there already, identical
-- (Unchanged), and whose email belongs to a diver with other data (DUPLICATE_OF_DIVER); and which diver it is.
CREATE OR ALTER PROCEDURE Compare_With_Divers
AS
BEGIN
    -- 12 = EMAIL_MISSING, EMAIL_FORMAT: without a good email nothing can be compared. 4194304 = DUPLICATE_OF_DIVER.
    INSERT INTO temp.Finding (Record_ID, Mask, Outcome, Diver_ID)
    SELECT s.Record_ID,
           CASE WHEN s.Is_Same THEN 0 ELSE 4194304 END,
           CASE WHEN s.Is_Same AND s.Is_Valid THEN 'Unchanged' END,
           s.Diver_ID
    FROM (SELECT n.Record_ID,
                 d.Diver_ID,
                 f.Record_ID IS NULL AS Is_Valid,
                 n.First_Name = d.First_Name
                 AND n.Last_Name = d.Last_Name
                 AND coalesce(nullif(n.Digits, ''), n.Phone) IS d.Phone
                 AND n.Date_Of_Birth = d.Date_Of_Birth
                 AND n.Certification_Level_ID IS d.Certification_Level_ID
                 AND (n.Certification IS NULL OR n.Certification_Level_ID IS NOT NULL) AS Is_Same
          FROM temp.Normalised AS n
          CROSS JOIN Diver AS d
                  ON d.Email = n.Email
          LEFT JOIN temp.Finding AS f
                 ON f.Record_ID = n.Record_ID
          WHERE coalesce(f.Mask, 0) & 12 = 0) AS s
    WHERE true
    ON CONFLICT (Record_ID) DO UPDATE
    SET Mask = Mask | excluded.Mask,
        Diver_ID = excluded.Diver_ID;
END;

------------------------------------------------------------------------------------------------------------
-- The gate: Govern_Batch, Replay_Batch
------------------------------------------------------------------------------------------------------------

-- Marks the records of a batch that tell of an erased person (Load_Identities knew them), or that are resubmitted from one
-- that does. 8388608 = ERASED_SUBJECT; a steward may waive it, with a reason, where the person has come back.
CREATE OR ALTER PROCEDURE Flag_Erased
    @Batch_ID INTEGER
AS
BEGIN
    INSERT INTO temp.Finding (Record_ID, Mask)
    SELECT r.Raw_ID, 8388608
    FROM Raw_Flag AS f
    CROSS JOIN Raw_Record AS r
            ON r.Batch_ID = f.Batch_ID AND r.Source_Row = f.Source_Row
    WHERE f.Batch_ID = @Batch_ID AND r.Waived_Checks & 8388608 = 0
    UNION
    SELECT r.Raw_ID, 8388608
    FROM Ingestion_Batch AS b
    CROSS JOIN Raw_Record AS r
            ON r.Batch_ID = b.Batch_ID
    CROSS JOIN Data_Quarantine AS q
            ON q.Quarantine_ID = r.Origin_Quarantine_ID
    WHERE b.Batch_ID = @Batch_ID AND b.Source_Kind = 'resubmission' AND r.Waived_Checks & 8388608 = 0
      AND q.Failed_Checks & 8388608 <> 0
      AND EXISTS (SELECT 1 FROM Erasure_Tombstone)
    ON CONFLICT (Record_ID) DO UPDATE
    SET Mask = Mask | excluded.Mask,
        Outcome = NULL;
END;

-- Whoever a record was found to be before is that diver still, though a steward may have given them another email since: it
-- waits as DUPLICATE_OF_DIVER (4194304) instead of making the same person twice. It is known from the same place of content
-- that was governed before, and, where that was found out of one that waits, from Quarantine_Diver: sent again in the batch,
-- or (@Batch_ID is NULL) judged under its own number. With the diver's own email it is compared like any other. Who was
-- erased is not known again by their number.
CREATE OR ALTER PROCEDURE Compare_With_Earlier
    @Batch_ID INTEGER
AS
BEGIN
    INSERT INTO temp.Finding (Record_ID, Mask, Diver_ID)
    SELECT n.Record_ID, 4194304, min(d.Diver_ID)
    FROM (SELECT t.Raw_ID                         AS Record_ID,
                 coalesce(o.Diver_ID, q.Diver_ID) AS Diver_ID
          FROM Ingestion_Batch AS b
          CROSS JOIN Ingestion_Batch AS e
                  ON e.Content_Hash = b.Content_Hash AND e.Batch_ID < b.Batch_ID AND e.Status = 'Governed'
          CROSS JOIN Raw_Record AS r
                  ON r.Batch_ID = e.Batch_ID
          CROSS JOIN Record_Outcome AS o
                  ON o.Raw_ID = r.Raw_ID
          LEFT JOIN Data_Quarantine AS q
                 ON q.Quarantine_ID = o.Quarantine_ID
          CROSS JOIN Raw_Record AS t
                  ON t.Batch_ID = b.Batch_ID AND t.Source_Row = r.Source_Row
          WHERE b.Batch_ID = @Batch_ID
          UNION ALL
          SELECT CASE WHEN @Batch_ID IS NULL THEN w.Quarantine_ID ELSE r.Raw_ID END, w.Diver_ID
          FROM Quarantine_Diver AS w
          LEFT JOIN Raw_Record AS r
                 ON r.Batch_ID = @Batch_ID AND r.Source_Row = w.Quarantine_ID AND r.Origin_Quarantine_ID = w.Quarantine_ID) AS k
    CROSS JOIN Diver AS d
            ON d.Diver_ID = k.Diver_ID
    CROSS JOIN temp.Normalised AS n
            ON n.Record_ID = k.Record_ID
    LEFT JOIN temp.Finding AS f
           ON f.Record_ID = n.Record_ID
    WHERE d.Email IS NOT n.Email
      AND f.Outcome IS NULL AND coalesce(f.Mask, 0) & 4194304 = 0
      AND NOT EXISTS (SELECT 1 FROM Erasure_Tombstone AS g WHERE g.Diver_ID = d.Diver_ID)
    GROUP BY n.Record_ID
    ON CONFLICT (Record_ID) DO UPDATE
    SET Mask = Mask | excluded.Mask,
        Diver_ID = excluded.Diver_ID;
END;

-- Gives every record of a loaded batch its one outcome, in one transaction:
--     Unchanged    a valid record, and a diver with its email is there already, identical
--     Duplicate    the same record stands in the batch again, identical once normalised; the newest of them speaks for all
--     Promoted     a valid record becomes a diver
--     Quarantined  everything else, with every check that it failed
-- A batch that is governed already is reported and left as it is. @Release: what was resubmitted and is let in leaves the
-- quarantine, for a @Reason; a rehearsal of it spares that.
CREATE OR ALTER PROCEDURE Govern_Batch
    @Batch_ID INTEGER,
    @Rehearse INTEGER = 0,
    @Release  INTEGER = 1,
    @Reason   TEXT    = NULL
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID)
        THROW 50404, 'There is no batch ' || @Batch_ID || '.';

    SET @Is_Governed = (SELECT Status = 'Governed' FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID);
    IF @Is_Governed
        EXECUTE Report_Batch @Batch_ID = @Batch_ID;
    IF @Is_Governed
        RETURN;

    IF (SELECT Loaded_Count < Declared_Count FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID)
        THROW 50409, 'Batch ' || @Batch_ID || ' is not loaded whole: '
                     || (SELECT Loaded_Count || ' of ' || Declared_Count FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID)
                     || ' records are there.';

    SET @Now = (SELECT Instant FROM Transaction_Context);
    SET @Actor = (SELECT Actor FROM Transaction_Context);
    SET @Is_Resubmission = (SELECT Source_Kind = 'resubmission' FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID);

    PRINT '1/7 Judging every record';
    -- The records lie together: they are read from the first to the last, and not one by one through an index (+).
    DROP TABLE IF EXISTS temp.Current_Batch;
    CREATE TEMP TABLE Current_Batch AS
    SELECT Batch_ID, min(Raw_ID) AS First_Raw_ID, max(Raw_ID) AS Last_Raw_ID
    FROM Raw_Record
    WHERE Batch_ID = @Batch_ID;
    DROP VIEW IF EXISTS temp.Judge_Input;
    CREATE TEMP VIEW Judge_Input AS
    SELECT Raw_ID AS Record_ID, Source_Row, Waived_Checks, Payload, First_Name, Last_Name, Email, Phone, Date_Of_Birth,
           Certification, Source_Reference
    FROM Raw_Record
    WHERE Raw_ID BETWEEN (SELECT First_Raw_ID FROM temp.Current_Batch) AND (SELECT Last_Raw_ID FROM temp.Current_Batch)
      AND +Batch_ID = (SELECT Batch_ID FROM temp.Current_Batch);
    EXECUTE Judge_Records @Received_On = (SELECT substr(Received_At, 1, 10)
                                          FROM Ingestion_Batch
                                          WHERE Batch_ID = @Batch_ID);

    PRINT '2/7 Comparing with the divers';
    EXECUTE Compare_With_Divers;
    EXECUTE Compare_With_Earlier @Batch_ID = @Batch_ID;
    EXECUTE Flag_Erased @Batch_ID = @Batch_ID;

    PRINT '3/7 Looking for duplicates in the batch';
    DROP TABLE IF EXISTS temp.Contested_Email;
    CREATE TEMP TABLE Contested_Email (Email TEXT PRIMARY KEY) WITHOUT ROWID;
    INSERT INTO temp.Contested_Email (Email)
    SELECT n.Email
    FROM temp.Normalised AS n
    WHERE n.Email IS NOT NULL
    GROUP BY n.Email
    HAVING count(*) > 1;

    -- Identical records follow the newest of them; of those that differ the newest valid one leads.
    -- 2097152 = DUPLICATE_IN_BATCH.
    INSERT INTO temp.Finding (Record_ID, Mask, Outcome, Leader_ID)
    WITH contested AS (
        SELECT n.Record_ID, n.Source_Row, n.Email,
               coalesce(f.Mask, 0) AS Mask,
               first_value(n.Record_ID) OVER (
                   PARTITION BY n.Email, n.First_Name, n.Last_Name, coalesce(nullif(n.Digits, ''), n.Phone), n.Date_Of_Birth,
                                coalesce(n.Certification_Level_ID, n.Certification), coalesce(f.Mask, 0)
                   ORDER BY n.Source_Row DESC
               ) AS Leader_ID
        FROM temp.Normalised AS n
        LEFT JOIN temp.Finding AS f
               ON f.Record_ID = n.Record_ID
        WHERE n.Email IN (SELECT Email FROM temp.Contested_Email)
          AND coalesce(f.Mask, 0) & 12 = 0
          AND f.Outcome IS NULL
    ),
    ranked AS (
        SELECT c.Record_ID, c.Leader_ID,
               row_number() OVER (
                   PARTITION BY c.Email
                   ORDER BY c.Record_ID <> c.Leader_ID, c.Mask <> 0, c.Source_Row DESC
               ) AS Rank_In_Email
        FROM contested AS c
    )
    SELECT r.Record_ID,
           CASE WHEN r.Record_ID = r.Leader_ID THEN 2097152 ELSE 0 END,
           CASE WHEN r.Record_ID <> r.Leader_ID THEN 'Duplicate' END,
           CASE WHEN r.Record_ID <> r.Leader_ID THEN r.Leader_ID END
    FROM ranked AS r
    WHERE r.Rank_In_Email > 1
    ON CONFLICT (Record_ID) DO UPDATE
    SET Mask = Mask | excluded.Mask,
        Outcome = excluded.Outcome,
        Leader_ID = excluded.Leader_ID;

    PRINT '4/7 Promoting the valid';
    SET @Last_Diver_ID = max(coalesce((SELECT max(Diver_ID) FROM Diver), 0),
                             coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'Diver'), 0));
    SET @Before_First_ID = @Last_Diver_ID + 1 - (SELECT min(Record_ID) FROM temp.Normalised);
    -- A record without a finding is valid, alone, and new. Its diver is numbered by its place in the batch, so that
    -- nobody has to count; the numbers of the others stay unused.
    INSERT INTO Diver (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID,
                       Source_Reference, Modified_By, Change_Reason, Valid_From)
    SELECT @Before_First_ID + n.Record_ID, n.First_Name, n.Last_Name, n.Email, coalesce(nullif(n.Digits, ''), n.Phone),
           n.Date_Of_Birth, n.Certification_Level_ID, n.Source_Reference, @Actor, 'Promoted from batch ' || @Batch_ID, @Now
    FROM temp.Normalised AS n
    LEFT JOIN temp.Finding AS f
           ON f.Record_ID = n.Record_ID
    WHERE f.Record_ID IS NULL
    ORDER BY n.Record_ID;

    PRINT '5/7 Quarantining the others';
    -- A record that waits in quarantine already, by resubmission or with the same payload, keeps its place there; of several
    -- with that payload, the one that it had when the same content came before. And damaged payloads (1048576 =
    -- PAYLOAD_INVALID) that look the same are the same record only there. The place is looked up, not searched for among
    -- all that look the same: they may be thousands.
    SET @Content_Hash = (SELECT Content_Hash FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID);
    DROP TABLE IF EXISTS temp.Rejection;
    CREATE TEMP TABLE Rejection (
        Record_ID     INTEGER PRIMARY KEY,
        Source_Row    INTEGER NOT NULL,
        Mask          INTEGER NOT NULL,
        Rival_ID      INTEGER,
        Payload_Hash  TEXT,
        Known_ID      INTEGER,
        Quarantine_ID INTEGER,
        Attempt       INTEGER
    );
    INSERT INTO temp.Rejection (Record_ID, Source_Row, Mask, Rival_ID, Payload_Hash, Known_ID)
    SELECT f.Record_ID, r.Source_Row, f.Mask, f.Diver_ID,
           CASE WHEN r.Origin_Quarantine_ID IS NULL THEN sha256(r.Payload) END,
           r.Origin_Quarantine_ID
    FROM temp.Finding AS f
    JOIN Raw_Record AS r
      ON r.Raw_ID = f.Record_ID
    WHERE f.Outcome IS NULL;
    UPDATE temp.Rejection
    SET Known_ID = coalesce((SELECT min(q.Quarantine_ID)
                             FROM Ingestion_Batch AS b
                             CROSS JOIN Raw_Record AS e
                                     ON e.Batch_ID = b.Batch_ID AND e.Source_Row = Rejection.Source_Row
                             CROSS JOIN Record_Outcome AS o
                                     ON o.Raw_ID = e.Raw_ID
                             CROSS JOIN Data_Quarantine AS q
                                     ON q.Quarantine_ID = o.Quarantine_ID
                             CROSS JOIN Quarantine_Payload AS p
                                     ON p.Payload_Hash = Rejection.Payload_Hash AND p.Quarantine_ID = q.Quarantine_ID
                             WHERE b.Content_Hash = @Content_Hash AND b.Batch_ID <> @Batch_ID
                               AND q.Raw_ID = e.Raw_ID AND q.Status = 'Open'),
                            (SELECT p.Quarantine_ID
                             FROM Quarantine_Payload AS p
                             CROSS JOIN Data_Quarantine AS q
                                     ON q.Quarantine_ID = p.Quarantine_ID
                             WHERE p.Payload_Hash = Rejection.Payload_Hash AND q.Status = 'Open'
                               AND Rejection.Mask & 1048576 = 0
                             ORDER BY p.Quarantine_ID
                             LIMIT 1))
    WHERE Known_ID IS NULL;

    SET @Last_Quarantine_ID = max(coalesce((SELECT max(Quarantine_ID) FROM Data_Quarantine), 0),
                                  coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'Data_Quarantine'), 0));
    UPDATE temp.Rejection
    SET Quarantine_ID = n.Quarantine_ID,
        Attempt = 1
    FROM (SELECT Record_ID,
                 @Last_Quarantine_ID + row_number() OVER (ORDER BY Record_ID) AS Quarantine_ID
          FROM temp.Rejection
          WHERE Known_ID IS NULL) AS n
    WHERE n.Record_ID = Rejection.Record_ID;

    INSERT INTO Data_Quarantine (Quarantine_ID, Batch_ID, Raw_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth,
                                 Certification, Source_Reference, Failed_Checks, Quarantined_At)
    SELECT j.Quarantine_ID, @Batch_ID, r.Raw_ID, r.First_Name, r.Last_Name, r.Email, r.Phone, r.Date_Of_Birth,
           r.Certification, r.Source_Reference, j.Mask, @Now
    FROM temp.Rejection AS j
    JOIN Raw_Record AS r
      ON r.Raw_ID = j.Record_ID
    WHERE j.Known_ID IS NULL
    ORDER BY j.Record_ID;
    INSERT INTO Quarantine_Payload (Payload_Hash, Quarantine_ID)
    SELECT j.Payload_Hash, j.Quarantine_ID
    FROM temp.Rejection AS j
    WHERE j.Known_ID IS NULL
    ORDER BY j.Payload_Hash, j.Quarantine_ID;

    -- Several records of a batch may meet in one place: each is an attempt of its own.
    UPDATE temp.Rejection
    SET Quarantine_ID = n.Place_ID,
        Attempt = n.Attempt
    FROM (SELECT j.Record_ID,
                 q.Quarantine_ID AS Place_ID,
                 q.Attempt_Count + row_number() OVER (PARTITION BY q.Quarantine_ID ORDER BY j.Record_ID) AS Attempt
          FROM temp.Rejection AS j
          JOIN Data_Quarantine AS q
            ON q.Quarantine_ID = j.Known_ID) AS n
    WHERE n.Record_ID = Rejection.Record_ID;

    INSERT INTO Quarantine_Violation (Quarantine_ID, Attempt, Rule_Code, Column_Name, Raw_ID, Observed_Value, Recorded_At,
                                      Diver_ID)
    SELECT j.Quarantine_ID, j.Attempt, c.Rule_Code, c.Column_Name, r.Raw_ID,
           CASE c.Column_Name
               WHEN 'First_Name' THEN r.First_Name
               WHEN 'Last_Name' THEN r.Last_Name
               WHEN 'Email' THEN r.Email
               WHEN 'Phone' THEN r.Phone
               WHEN 'Date_Of_Birth' THEN r.Date_Of_Birth
               WHEN 'Certification' THEN r.Certification
               WHEN 'Source_Reference' THEN r.Source_Reference
               WHEN 'Payload' THEN substr(r.Payload, 1, 400)
           END,
           @Now,
           CASE WHEN c.Rule_Code = 'DUPLICATE_OF_DIVER' THEN j.Rival_ID END
    FROM temp.Rejection AS j
    JOIN Raw_Record AS r
      ON r.Raw_ID = j.Record_ID
    JOIN Rule_Check AS c
      ON j.Mask & c.Check_Bit
    ORDER BY j.Quarantine_ID, j.Attempt, c.Rule_Code, c.Column_Name;

    -- Who was found by where they came from, and not by their email.
    INSERT INTO Quarantine_Diver (Quarantine_ID, Diver_ID)
    SELECT DISTINCT j.Quarantine_ID, j.Rival_ID
    FROM temp.Rejection AS j
    JOIN temp.Normalised AS n
      ON n.Record_ID = j.Record_ID
    JOIN Diver AS d
      ON d.Diver_ID = j.Rival_ID
    WHERE j.Mask & 4194304 <> 0 AND d.Email IS NOT n.Email
    ON CONFLICT DO NOTHING;

    -- The standing is that of the values as they are now: what was resubmitted are those, what arrived again is not,
    -- where a steward has edited them since. A check that was waived fails all the same.
    UPDATE Data_Quarantine
    SET Attempt_Count = n.Attempt,
        Record_Version = Record_Version + 1,
        Failed_Checks = CASE WHEN n.Is_Resubmitted OR Edited_Columns = 0 THEN n.Mask ELSE Failed_Checks END
    FROM (SELECT j.Quarantine_ID, j.Attempt,
                 j.Mask | r.Waived_Checks           AS Mask,
                 r.Origin_Quarantine_ID IS NOT NULL AS Is_Resubmitted,
                 row_number() OVER (PARTITION BY j.Quarantine_ID ORDER BY j.Attempt DESC) AS Place
          FROM temp.Rejection AS j
          JOIN Raw_Record AS r
            ON r.Raw_ID = j.Record_ID
          WHERE j.Known_ID IS NOT NULL) AS n
    WHERE n.Quarantine_ID = Data_Quarantine.Quarantine_ID AND n.Place = 1;

    PRINT '6/7 Writing the outcomes';
    -- A duplicate became what its leader became.
    INSERT INTO Record_Outcome (Raw_ID, Outcome, Diver_ID, Quarantine_ID)
    SELECT n.Record_ID,
           CASE WHEN f.Record_ID IS NULL THEN 'Promoted' ELSE coalesce(f.Outcome, 'Quarantined') END,
           CASE WHEN f.Record_ID IS NULL THEN @Before_First_ID + n.Record_ID
                WHEN f.Leader_ID IS NOT NULL AND j.Record_ID IS NULL THEN @Before_First_ID + f.Leader_ID
                WHEN f.Outcome = 'Unchanged' THEN f.Diver_ID END,
           j.Quarantine_ID
    FROM temp.Normalised AS n
    LEFT JOIN temp.Finding AS f
           ON f.Record_ID = n.Record_ID
    LEFT JOIN temp.Rejection AS j
           ON j.Record_ID = coalesce(f.Leader_ID, f.Record_ID)
    ORDER BY n.Record_ID;

    -- What was resubmitted and is let in leaves the quarantine with it. What says the same as another one that is let in
    -- is merged into that.
    UPDATE Data_Quarantine
    SET Status = CASE WHEN n.Outcome = 'Duplicate' THEN 'Merged' ELSE 'Released' END,
        Resolution_Code = CASE WHEN n.Outcome <> 'Duplicate' AND n.Waived_Checks <> 0 THEN 'Released with warning'
                               ELSE n.Outcome END,
        Resolution_Reason = @Reason,
        Resolved_By = @Actor,
        Resolved_At = @Now,
        Diver_ID = n.Diver_ID,
        Failed_Checks = n.Waived_Checks,
        Claimed_By = NULL,
        Claimed_Until = NULL,
        Record_Version = Record_Version + 1
    FROM (SELECT r.Source_Row, r.Waived_Checks, o.Outcome, o.Diver_ID
          FROM temp.Normalised AS r
          CROSS JOIN Record_Outcome AS o
                  ON o.Raw_ID = r.Record_ID
          WHERE o.Diver_ID IS NOT NULL AND @Is_Resubmission AND @Release) AS n
    WHERE n.Source_Row = Data_Quarantine.Quarantine_ID AND +Data_Quarantine.Status = 'Open';

    PRINT '7/7 Counting: nothing lost, nothing doubled';
    UPDATE Ingestion_Batch
    SET Status = 'Governed',
        Governed_At = @Now,
        Promoted_Count = n.Promoted,
        Unchanged_Count = n.Unchanged,
        Duplicate_Count = n.Duplicate,
        Quarantined_Count = n.Quarantined
    FROM (SELECT sum(o.Outcome = 'Promoted')    AS Promoted,
                 sum(o.Outcome = 'Unchanged')   AS Unchanged,
                 sum(o.Outcome = 'Duplicate')   AS Duplicate,
                 sum(o.Outcome = 'Quarantined') AS Quarantined
          FROM temp.Normalised AS n
          JOIN Record_Outcome AS o
            ON o.Raw_ID = n.Record_ID) AS n
    WHERE Batch_ID = @Batch_ID;

    -- Conservation, counted from the tables themselves and not from what was meant to be written.
    IF (SELECT b.Loaded_Count <> (SELECT count(*) FROM Raw_Record WHERE Batch_ID = @Batch_ID)
            OR b.Promoted_Count <> (SELECT count(*) FROM Diver WHERE Diver_ID > @Last_Diver_ID)
            OR b.Quarantined_Count <> (SELECT count(*) FROM temp.Rejection WHERE Quarantine_ID IS NOT NULL)
            OR b.Loaded_Count <> (SELECT count(*)
                                  FROM temp.Normalised AS n
                                  JOIN Record_Outcome AS o
                                    ON o.Raw_ID = n.Record_ID
                                  WHERE coalesce(o.Diver_ID, o.Quarantine_ID) IS NOT NULL)
        FROM Ingestion_Batch AS b
        WHERE b.Batch_ID = @Batch_ID)
        THROW 50500, 'Batch ' || @Batch_ID || ' would not add up; nothing of it was kept.';

    INSERT INTO Batch_Rule_Count (Batch_ID, Rule_Code, Record_Count)
    SELECT @Batch_ID, c.Rule_Code, count(DISTINCT j.Record_ID)
    FROM temp.Rejection AS j
    JOIN Rule_Check AS c
      ON j.Mask & c.Check_Bit
    GROUP BY c.Rule_Code;

    EXECUTE Log_Action @Action = 'Govern_Batch', @Subject_Type = 'Ingestion_Batch', @Subject_ID = @Batch_ID,
                       @Detail = (SELECT json_object('promoted', Promoted_Count, 'unchanged', Unchanged_Count,
                                                     'duplicate', Duplicate_Count, 'quarantined', Quarantined_Count)
                                  FROM Ingestion_Batch
                                  WHERE Batch_ID = @Batch_ID);

    DROP VIEW temp.Judge_Input;
    DROP TABLE temp.Current_Batch;
    DROP TABLE temp.Normalised;
    DROP TABLE temp.Finding;
    DROP TABLE temp.Contested_Email;
    DROP TABLE temp.Rejection;

    EXECUTE Report_Batch @Batch_ID = @Batch_ID;
END;
GRANT EXECUTE ON Govern_Batch TO data_steward;

-- What became of a batch, as a result set.
CREATE OR ALTER PROCEDURE Report_Batch
    @Batch_ID INTEGER
AS
BEGIN
    SELECT Batch_ID, Status,
           Loaded_Count, Promoted_Count, Unchanged_Count, Duplicate_Count, Quarantined_Count
    FROM Ingestion_Batch
    WHERE Batch_ID = @Batch_ID;
END;
GRANT EXECUTE ON Report_Batch TO data_steward, compliance_officer;

-- Governs again what a batch brought, as it is kept verbatim: a new batch of the same content, judged by the rules and
-- compared with the divers as they are today. Who is there already is Unchanged, what still waits keeps its place. What was
-- purged or erased is left out. Results: the new batch, and how its records turned out against the first time, by outcomes,
-- by rules, and those that turned out differently (200 at most). @Rehearse tells all that and keeps nothing. @Identities
-- tells who the records are, as Load_Identities does, where somebody was erased since the first time.
CREATE OR ALTER PROCEDURE Replay_Batch
    @Batch_ID   INTEGER,
    @Rehearse   INTEGER = 0,
    @Identities TEXT    = NULL
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID AND Status = 'Governed')
        THROW 50404, 'There is no governed batch ' || coalesce(@Batch_ID, '?') || '.';
    IF (SELECT Source_Kind = 'resubmission' FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID)
        THROW 50409, 'Batch ' || @Batch_ID || ' is what stewards sent again. What waits of it is resubmitted from quarantine.';

    SET @Erased_Count = (SELECT count(*) FROM Raw_Record WHERE Batch_ID = @Batch_ID AND Payload = '{"erased":true}');
    SET @Purged_Count = (SELECT count(*) FROM Raw_Record WHERE Batch_ID = @Batch_ID AND Payload = '');
    SET @Record_Count = (
        SELECT Loaded_Count - @Erased_Count - @Purged_Count
        FROM Ingestion_Batch
        WHERE Batch_ID = @Batch_ID
    );
    IF @Record_Count = 0
        THROW 50409, 'What batch ' || @Batch_ID || ' brought is no longer kept: it was purged, or erased.';

    PRINT '0/7 Sending the records again';
    INSERT INTO Ingestion_Batch (Source_Name, Source_Kind, Content_Hash, Received_At, Received_By, Declared_Count, Loaded_Count)
    SELECT b.Source_Name, b.Source_Kind, b.Content_Hash, c.Instant, c.Actor, @Record_Count, @Record_Count
    FROM Ingestion_Batch AS b
    CROSS JOIN Transaction_Context AS c
    WHERE b.Batch_ID = @Batch_ID;
    SET @New_Batch_ID = last_insert_rowid();

    INSERT INTO Raw_Record (Batch_ID, Source_Row, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification,
                            Source_Reference, Payload)
    SELECT @New_Batch_ID, r.Source_Row, r.First_Name, r.Last_Name, r.Email, r.Phone, r.Date_Of_Birth, r.Certification,
           r.Source_Reference, r.Payload
    FROM Raw_Record AS r
    WHERE r.Batch_ID = @Batch_ID AND r.Payload NOT IN ('', '{"erased":true}')
    ORDER BY r.Source_Row;
    INSERT INTO Injected_Defect (Batch_ID, Source_Row, Defect_Code)
    SELECT @New_Batch_ID, i.Source_Row, i.Defect_Code
    FROM Injected_Defect AS i
    JOIN Raw_Record AS r
      ON r.Batch_ID = @New_Batch_ID AND r.Source_Row = i.Source_Row
    WHERE i.Batch_ID = @Batch_ID;
    INSERT INTO Raw_Flag (Batch_ID, Source_Row)
    SELECT @New_Batch_ID, f.Source_Row
    FROM Raw_Flag AS f
    JOIN Raw_Record AS r
      ON r.Batch_ID = @New_Batch_ID AND r.Source_Row = f.Source_Row
    WHERE f.Batch_ID = @Batch_ID;
    INSERT INTO Raw_Flag (Batch_ID, Source_Row)
    SELECT DISTINCT r.Batch_ID, r.Source_Row
    FROM json_each(@Identities) AS i
    JOIN Erasure_Tombstone AS t
      ON t.Tombstone = json_extract(i.value, '$[1]')
    JOIN Raw_Record AS r
      ON r.Batch_ID = @New_Batch_ID AND r.Source_Row = json_extract(i.value, '$[0]')
    WHERE true
    ON CONFLICT DO NOTHING;

    EXECUTE Govern_Batch @Batch_ID = @New_Batch_ID;
    EXECUTE Log_Action @Action = 'Replay_Batch', @Subject_Type = 'Ingestion_Batch', @Subject_ID = @New_Batch_ID,
                       @Detail = json_object('batch', @Batch_ID, 'records', @Record_Count, 'erased', @Erased_Count,
                                             'purged', @Purged_Count);

    SELECT b.Batch_ID, b.Loaded_Count, b.Promoted_Count, b.Unchanged_Count, b.Duplicate_Count, b.Quarantined_Count,
           @Erased_Count AS Erased_Count, @Purged_Count AS Purged_Count
    FROM Ingestion_Batch AS b
    WHERE b.Batch_ID = @New_Batch_ID;

    SELECT t.Turn, t.First_Outcome, t.Second_Outcome, t.Record_Count
    FROM Batch_Turns AS t
    WHERE t.First_Batch_ID = @Batch_ID AND t.Second_Batch_ID = @New_Batch_ID
    ORDER BY t.Record_Count DESC, t.Turn, t.First_Outcome, t.Second_Outcome;

    SELECT n.Rule_Code,
           sum(CASE WHEN n.Batch_ID = @Batch_ID THEN n.Record_Count ELSE 0 END)     AS First_Count,
           sum(CASE WHEN n.Batch_ID = @New_Batch_ID THEN n.Record_Count ELSE 0 END) AS Second_Count
    FROM Batch_Rule_Count AS n
    WHERE n.Batch_ID IN (@Batch_ID, @New_Batch_ID)
    GROUP BY n.Rule_Code
    ORDER BY n.Rule_Code;

    SELECT t.Source_Row, t.Turn, t.First_Outcome, t.Second_Outcome, t.Diver_ID, t.Quarantine_ID
    FROM Batch_Turn_Records AS t
    WHERE t.First_Batch_ID = @Batch_ID AND t.Second_Batch_ID = @New_Batch_ID AND t.Turn NOT IN ('Same diver', 'Same place')
    ORDER BY t.Source_Row
    LIMIT 200;
END;
GRANT EXECUTE ON Replay_Batch TO data_steward;

------------------------------------------------------------------------------------------------------------
-- Review: Edit_Records, Undo_Edit, Check_Records, Resubmit_Records, Discard_Records, Reopen_Records,
--         Claim_Records, Release_Claims, Merge_Record, Keep_Record
------------------------------------------------------------------------------------------------------------

-- Every procedure of review takes its records as a set: all of them are done, or none. What they read from and write to
-- in temp is made by the one that a person calls; those that others call find it there.

-- Looks that every record of temp.Wanted_Record (Quarantine_ID, Record_Version; NULL: whatever it is) is there, has a
-- status, stands as it was read, and is claimed by nobody else.
CREATE OR ALTER PROCEDURE Require_Records
    @Status TEXT
AS
BEGIN
    DROP TABLE IF EXISTS temp.Conflicting;
    CREATE TEMP TABLE Conflicting (
        Quarantine_ID INTEGER PRIMARY KEY,
        What          TEXT NOT NULL
    );
    INSERT INTO temp.Conflicting (Quarantine_ID, What)
    SELECT s.Quarantine_ID, s.What
    FROM (SELECT w.Quarantine_ID,
                 CASE WHEN q.Quarantine_ID IS NULL THEN 'missing'
                      WHEN q.Status <> @Status THEN 'status'
                      WHEN q.Record_Version <> w.Record_Version THEN 'changed'
                      WHEN q.Claimed_Until > c.Instant AND q.Claimed_By <> c.Actor THEN 'claimed'
                 END AS What
          FROM temp.Wanted_Record AS w
          CROSS JOIN Transaction_Context AS c
          LEFT JOIN Data_Quarantine AS q
                 ON q.Quarantine_ID = w.Quarantine_ID) AS s
    WHERE s.What IS NOT NULL;

    SET @Quarantine_ID = (SELECT min(Quarantine_ID) FROM temp.Conflicting);
    SET @What = (SELECT What FROM temp.Conflicting WHERE Quarantine_ID = @Quarantine_ID);
    SET @Count = (SELECT count(*) FROM temp.Conflicting);
    DROP TABLE temp.Conflicting;

    IF @Count > 0
        EXECUTE Refuse_Conflict @Quarantine_ID = @Quarantine_ID, @What = @What, @Count = @Count;
END;

-- Refuses with a sentence, and on the line below it, as JSON, what a program makes of it: the record (the first, where
-- it is several), who was faster, when, and how many records are concerned. @Later_ID: the later edit of it, where it is one.
-- Who only took its claim over has changed nothing.
CREATE OR ALTER PROCEDURE Refuse_Conflict
    @Quarantine_ID INTEGER,
    @What          TEXT,
    @Count         INTEGER,
    @Later_ID      INTEGER = NULL
AS
BEGIN
    IF @What = 'missing'
        THROW 50404, 'There is no quarantined record ' || @Quarantine_ID || '.';

    SET @Status = (SELECT Status FROM Data_Quarantine WHERE Quarantine_ID = @Quarantine_ID);
    -- What was changed was edited, or stood before the gate again; what has another status was closed or reopened.
    SET @When = (
        SELECT max(s.Story_At)
        FROM (SELECT Claimed_Until AS Story_At
              FROM Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND @What = 'claimed'
              UNION ALL
              SELECT Resolved_At
              FROM Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND @What = 'status'
              UNION ALL
              SELECT Acted_At
              FROM Quarantine_Event
              WHERE Quarantine_ID = @Quarantine_ID AND @What IN ('status', 'changed') AND Event_Kind <> 'Claimed'
              UNION ALL
              SELECT Edited_At
              FROM Quarantine_Revision
              WHERE Quarantine_ID = @Quarantine_ID AND (@What = 'changed' OR Revision_ID = @Later_ID)
              UNION ALL
              SELECT Recorded_At
              FROM Quarantine_Violation
              WHERE Quarantine_ID = @Quarantine_ID AND @What = 'changed') AS s
    );
    SET @Who = (
        SELECT max(s.Actor)
        FROM (SELECT Claimed_By AS Actor
              FROM Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND @What = 'claimed'
              UNION ALL
              SELECT Resolved_By
              FROM Data_Quarantine
              WHERE Quarantine_ID = @Quarantine_ID AND Resolved_At = @When
              UNION ALL
              SELECT Acted_By
              FROM Quarantine_Event
              WHERE Quarantine_ID = @Quarantine_ID AND Acted_At = @When AND Event_Kind <> 'Claimed'
              UNION ALL
              SELECT Edited_By
              FROM Quarantine_Revision
              WHERE Quarantine_ID = @Quarantine_ID AND Edited_At = @When AND Revision_ID = coalesce(@Later_ID, Revision_ID)
              UNION ALL
              SELECT b.Received_By
              FROM Quarantine_Violation AS v
              JOIN Raw_Record AS r
                ON r.Raw_ID = v.Raw_ID
              JOIN Ingestion_Batch AS b
                ON b.Batch_ID = r.Batch_ID
              WHERE v.Quarantine_ID = @Quarantine_ID AND v.Recorded_At = @When) AS s
    );
    SET @Verb = CASE @What WHEN 'claimed' THEN 'is claimed'
                           WHEN 'status' THEN CASE @Status WHEN 'Open' THEN 'was reopened' ELSE 'was ' || lower(@Status) END
                           WHEN 'later edit' THEN 'was edited again'
                           ELSE 'was changed' END;
    -- What waits and was never put away has nobody to be named.
    SET @Sentence = 'Record ' || @Quarantine_ID
                    || CASE WHEN @What = 'status' AND @Who IS NULL THEN ' is ' || lower(@Status) || '.'
                            ELSE ' ' || @Verb || ' by ' || coalesce(@Who, 'somebody')
                                 || CASE @What WHEN 'claimed' THEN ' until ' ELSE ' on ' END
                                 || coalesce(substr(@When, 1, 16), '?') || ' UTC.' END
                    || CASE WHEN @Count > 1 THEN ' So it is with ' || @Count || ' records in all.' ELSE '' END;
    SET @Facts = json_object('record', @Quarantine_ID, 'what', @What, 'status', @Status, 'who', @Who, 'when', @When,
                             'count', @Count);
    THROW 50412, @Sentence || char(10) || @Facts;
END;

-- Judges values that are not saved, by the very rules of the gate, as if they came in today: a JSON array of [key, first
-- name, last name, email, phone, date of birth, certification, source reference]. Tells each record's failed checks,
-- and the diver whose email it has. It reads only, so it waits for nobody. @Identities tells who they are, as a JSON array
-- of [key, keyed hash of an identity], where somebody was erased.
CREATE OR ALTER PROCEDURE Check_Records
    @Records    TEXT,
    @Identities TEXT = NULL
WITH READ_ONLY
AS
BEGIN
    DROP TABLE IF EXISTS temp.Unsaved;
    CREATE TEMP TABLE Unsaved AS
    SELECT json_extract(value, '$[0]') AS Record_ID,
           json_extract(value, '$[1]') AS First_Name,
           json_extract(value, '$[2]') AS Last_Name,
           json_extract(value, '$[3]') AS Email,
           json_extract(value, '$[4]') AS Phone,
           json_extract(value, '$[5]') AS Date_Of_Birth,
           json_extract(value, '$[6]') AS Certification,
           json_extract(value, '$[7]') AS Source_Reference
    FROM json_each(@Records);
    DROP VIEW IF EXISTS temp.Judge_Input;
    CREATE TEMP VIEW Judge_Input AS
    SELECT Record_ID, 0 AS Source_Row, 0 AS Waived_Checks, '{}' AS Payload, First_Name, Last_Name, Email, Phone,
           Date_Of_Birth, Certification, Source_Reference
    FROM temp.Unsaved;
    EXECUTE Judge_Records @Received_On = date('now');
    EXECUTE Compare_With_Divers;

    -- 8388608 = ERASED_SUBJECT.
    INSERT INTO temp.Finding (Record_ID, Mask)
    SELECT DISTINCT json_extract(i.value, '$[0]'), 8388608
    FROM json_each(@Identities) AS i
    JOIN Erasure_Tombstone AS t
      ON t.Tombstone = json_extract(i.value, '$[1]')
    WHERE true
    ON CONFLICT (Record_ID) DO UPDATE
    SET Mask = Mask | excluded.Mask;

    SELECT n.Record_ID             AS Record_Key,
           coalesce(f.Mask, 0)     AS Failed_Checks,
           CASE WHEN f.Mask & 4194304 <> 0 THEN f.Diver_ID END AS Diver_ID
    FROM temp.Normalised AS n
    LEFT JOIN temp.Finding AS f
           ON f.Record_ID = n.Record_ID
    ORDER BY n.Record_ID;

    DROP VIEW temp.Judge_Input;
    DROP TABLE temp.Unsaved;
    DROP TABLE temp.Normalised;
    DROP TABLE temp.Finding;
END;
GRANT EXECUTE ON Check_Records TO data_steward;

-- Saves new values for cells of open records, as one group that can be undone: a JSON array of [record, version that was
-- read, column, new value]. A value that is the old one makes no revision. @Identities tells who the records are with
-- their new values, as a JSON array of [record, keyed hash of an identity], where somebody was erased.
CREATE OR ALTER PROCEDURE Edit_Records
    @Edits          TEXT,
    @Reason         TEXT = NULL,
    @Kind           TEXT = 'Edit',
    @Return_Records INTEGER = 1,
    @Identities     TEXT = NULL
AS
BEGIN
    IF @Kind NOT IN ('Edit', 'Bulk', 'Import', 'Suggestion')
        THROW 50400, 'An edit is of kind Edit, Bulk, Import or Suggestion.';

    DROP TABLE IF EXISTS temp.Edited_Cell;
    CREATE TEMP TABLE Edited_Cell (
        Quarantine_ID      INTEGER NOT NULL,
        Column_Bit         INTEGER NOT NULL,
        Column_Name        TEXT,
        Record_Version     INTEGER,
        New_Value          TEXT,
        Undoes_Revision_ID INTEGER,
        Is_Undo            INTEGER NOT NULL,
        PRIMARY KEY (Quarantine_ID, Column_Bit)
    ) WITHOUT ROWID;
    INSERT INTO temp.Edited_Cell (Quarantine_ID, Column_Bit, Column_Name, Record_Version, New_Value, Is_Undo)
    SELECT j.Quarantine_ID,
           CASE j.Column_Name
               WHEN 'First_Name' THEN 1
               WHEN 'Last_Name' THEN 2
               WHEN 'Email' THEN 4
               WHEN 'Phone' THEN 8
               WHEN 'Date_Of_Birth' THEN 16
               WHEN 'Certification' THEN 32
               WHEN 'Source_Reference' THEN 64
               ELSE 0
           END,
           j.Column_Name, j.Record_Version, j.New_Value, 0
    FROM (SELECT json_extract(value, '$[0]') AS Quarantine_ID,
                 json_extract(value, '$[1]') AS Record_Version,
                 json_extract(value, '$[2]') AS Column_Name,
                 json_extract(value, '$[3]') AS New_Value
          FROM json_each(@Edits)) AS j
    WHERE true
    ON CONFLICT DO NOTHING;

    IF EXISTS (SELECT 1 FROM temp.Edited_Cell WHERE Column_Bit = 0)
        THROW 50400, 'Only the seven values of a record can be edited.';
    IF (SELECT count(*) FROM temp.Edited_Cell) < json_array_length(@Edits)
        THROW 50400, 'The same cell is edited twice.';

    DROP TABLE IF EXISTS temp.Wanted_Record;
    CREATE TEMP TABLE Wanted_Record (
        Quarantine_ID  INTEGER PRIMARY KEY,
        Record_Version INTEGER
    );
    INSERT INTO temp.Wanted_Record (Quarantine_ID, Record_Version)
    SELECT Quarantine_ID, min(Record_Version)
    FROM temp.Edited_Cell
    GROUP BY Quarantine_ID;

    EXECUTE Require_Records @Status = 'Open';
    EXECUTE Apply_Edits @Kind = @Kind, @Reason = @Reason, @Undoes_Group_ID = NULL, @Skipped_Count = 0,
                        @Return_Records = @Return_Records, @Identities = @Identities;

    DROP TABLE temp.Edited_Cell;
    DROP TABLE temp.Wanted_Record;
END;
GRANT EXECUTE ON Edit_Records TO data_steward;

-- Gives the cells of an edit back what they held before it: all of them, or those of some records (a JSON array of ids).
-- A cell on which a later edit stands is not touched: the whole is refused, or with @Skip_Conflicts its record is left
-- out. What is undone can be undone in turn, which is redoing; each edit is undone once. Tomorrow, and by anybody.
CREATE OR ALTER PROCEDURE Undo_Edit
    @Edit_Group_ID  INTEGER,
    @Quarantine_IDs TEXT = NULL,
    @Reason         TEXT = NULL,
    @Skip_Conflicts INTEGER = 0,
    @Return_Records INTEGER = 1
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Edit_Group WHERE Edit_Group_ID = @Edit_Group_ID)
        THROW 50404, 'There is no edit ' || @Edit_Group_ID || '.';

    -- Later_ID: an edit of the same cell that came later and stands, or what has undone this one already, be it redone and
    -- undone since. Later edits that are undone do not stand, nor does the undoing of one that came later.
    DROP TABLE IF EXISTS temp.Undo_Target;
    CREATE TEMP TABLE Undo_Target (
        Revision_ID   INTEGER PRIMARY KEY,
        Quarantine_ID INTEGER NOT NULL,
        Later_ID      INTEGER
    );
    INSERT INTO temp.Undo_Target (Revision_ID, Quarantine_ID, Later_ID)
    SELECT r.Revision_ID,
           r.Quarantine_ID,
           (SELECT max(s.Revision_ID)
            FROM Quarantine_Revision AS s
            WHERE s.Quarantine_ID = r.Quarantine_ID
              AND s.Column_Name = r.Column_Name
              AND s.Revision_ID > r.Revision_ID
              AND (s.Undoes_Revision_ID = r.Revision_ID
                   OR NOT EXISTS (SELECT 1
                                  FROM Quarantine_Revision AS z
                                  WHERE z.Undoes_Revision_ID = s.Revision_ID)
                      AND (s.Is_Undo = 0 OR s.Undoes_Revision_ID <= r.Revision_ID)))
    FROM Quarantine_Revision AS r
    WHERE r.Edit_Group_ID = @Edit_Group_ID
      AND (@Quarantine_IDs IS NULL OR r.Quarantine_ID IN (SELECT value FROM json_each(@Quarantine_IDs)));

    SET @Count = (SELECT count(DISTINCT Quarantine_ID) FROM temp.Undo_Target WHERE Later_ID IS NOT NULL);
    SET @Quarantine_ID = (SELECT min(Quarantine_ID) FROM temp.Undo_Target WHERE Later_ID IS NOT NULL);
    SET @Later_ID = (SELECT max(Later_ID) FROM temp.Undo_Target WHERE Quarantine_ID = @Quarantine_ID);
    IF @Count > 0 AND @Skip_Conflicts = 0
        EXECUTE Refuse_Conflict @Quarantine_ID = @Quarantine_ID, @What = 'later edit', @Count = @Count, @Later_ID = @Later_ID;

    DROP TABLE IF EXISTS temp.Wanted_Record;
    CREATE TEMP TABLE Wanted_Record (
        Quarantine_ID  INTEGER PRIMARY KEY,
        Record_Version INTEGER
    );
    INSERT INTO temp.Wanted_Record (Quarantine_ID)
    SELECT q.Quarantine_ID
    FROM (SELECT Quarantine_ID
          FROM temp.Undo_Target
          GROUP BY Quarantine_ID
          HAVING max(Later_ID) IS NULL) AS t
    JOIN Data_Quarantine AS q
      ON q.Quarantine_ID = t.Quarantine_ID
    CROSS JOIN Transaction_Context AS c
    WHERE @Skip_Conflicts = 0
       OR (q.Status = 'Open'
           AND (q.Claimed_Until IS NULL OR q.Claimed_Until <= c.Instant OR q.Claimed_By = c.Actor));
    EXECUTE Require_Records @Status = 'Open';

    SET @Skipped_Count = (SELECT count(DISTINCT Quarantine_ID) FROM temp.Undo_Target)
                         - (SELECT count(*) FROM temp.Wanted_Record);
    DROP TABLE IF EXISTS temp.Edited_Cell;
    CREATE TEMP TABLE Edited_Cell (
        Quarantine_ID      INTEGER NOT NULL,
        Column_Bit         INTEGER NOT NULL,
        Column_Name        TEXT,
        Record_Version     INTEGER,
        New_Value          TEXT,
        Undoes_Revision_ID INTEGER,
        Is_Undo            INTEGER NOT NULL,
        PRIMARY KEY (Quarantine_ID, Column_Bit)
    ) WITHOUT ROWID;
    INSERT INTO temp.Edited_Cell (Quarantine_ID, Column_Bit, Column_Name, New_Value, Undoes_Revision_ID, Is_Undo)
    SELECT r.Quarantine_ID,
           CASE r.Column_Name
               WHEN 'First_Name' THEN 1
               WHEN 'Last_Name' THEN 2
               WHEN 'Email' THEN 4
               WHEN 'Phone' THEN 8
               WHEN 'Date_Of_Birth' THEN 16
               WHEN 'Certification' THEN 32
               ELSE 64
           END,
           r.Column_Name, r.Old_Value, r.Revision_ID, 1 - r.Is_Undo
    FROM temp.Undo_Target AS t
    JOIN temp.Wanted_Record AS w
      ON w.Quarantine_ID = t.Quarantine_ID
    JOIN Quarantine_Revision AS r
      ON r.Revision_ID = t.Revision_ID;

    EXECUTE Apply_Edits @Kind = 'Undo', @Reason = @Reason, @Undoes_Group_ID = @Edit_Group_ID,
                        @Skipped_Count = @Skipped_Count, @Return_Records = @Return_Records, @Identities = NULL;

    DROP TABLE temp.Undo_Target;
    DROP TABLE temp.Edited_Cell;
    DROP TABLE temp.Wanted_Record;
END;
GRANT EXECUTE ON Undo_Edit TO data_steward;

-- Writes the new values of temp.Edited_Cell into the records of temp.Wanted_Record: a group, a revision for each cell
-- that changes, the values, and where each record stands with them.
CREATE OR ALTER PROCEDURE Apply_Edits
    @Kind            TEXT,
    @Reason          TEXT,
    @Undoes_Group_ID INTEGER,
    @Skipped_Count   INTEGER,
    @Return_Records  INTEGER,
    @Identities      TEXT
AS
BEGIN
    SET @Now = (SELECT Instant FROM Transaction_Context);
    SET @Actor = (SELECT Actor FROM Transaction_Context);

    DROP TABLE IF EXISTS temp.Changed_Cell;
    CREATE TEMP TABLE Changed_Cell (
        Quarantine_ID      INTEGER NOT NULL,
        Column_Bit         INTEGER NOT NULL,
        Column_Name        TEXT NOT NULL,
        Old_Value          TEXT,
        New_Value          TEXT,
        Undoes_Revision_ID INTEGER,
        Is_Undo            INTEGER NOT NULL,
        PRIMARY KEY (Quarantine_ID, Column_Bit)
    ) WITHOUT ROWID;
    INSERT INTO temp.Changed_Cell (Quarantine_ID, Column_Bit, Column_Name, Old_Value, New_Value, Undoes_Revision_ID, Is_Undo)
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
          FROM temp.Edited_Cell AS e
          CROSS JOIN Data_Quarantine AS q
                  ON q.Quarantine_ID = e.Quarantine_ID) AS s
    WHERE s.New_Value IS NOT s.Old_Value;

    -- The records as they will be. What is as it came is judged with the payload that it came with.
    DROP TABLE IF EXISTS temp.Edit_Target;
    CREATE TEMP TABLE Edit_Target (
        Record_ID        INTEGER PRIMARY KEY,
        Kept_Checks      INTEGER NOT NULL,
        Is_Email_New     INTEGER NOT NULL,
        Attempt          INTEGER NOT NULL,
        Edited_Columns   INTEGER NOT NULL,
        First_Name       TEXT,
        Last_Name        TEXT,
        Email            TEXT,
        Phone            TEXT,
        Date_Of_Birth    TEXT,
        Certification    TEXT,
        Source_Reference TEXT,
        Payload          TEXT NOT NULL
    );
    INSERT INTO temp.Edit_Target (Record_ID, Kept_Checks, Is_Email_New, Attempt, Edited_Columns, First_Name, Last_Name,
                                  Email, Phone, Date_Of_Birth, Certification, Source_Reference, Payload)
    SELECT s.Quarantine_ID, s.Kept_Checks, s.Is_Email_New, s.Attempt_Count, s.Edited_Columns, s.First_Name, s.Last_Name,
           s.Email, s.Phone, s.Date_Of_Birth, s.Certification, s.Source_Reference,
           coalesce(CASE WHEN s.Edited_Columns = 0 THEN s.Payload END, '{}')
    FROM (SELECT q.Quarantine_ID, q.Attempt_Count, nullif(r.Payload, '') AS Payload,
                 -- 2097152 = DUPLICATE_IN_BATCH, 8388608 = ERASED_SUBJECT, 10485760 = both.
                 q.Failed_Checks & CASE WHEN e.Columns & 4 = 0 THEN 10485760 ELSE 8388608 END AS Kept_Checks,
                 CASE WHEN e.Columns & 4 = 0 THEN 0 ELSE 1 END AS Is_Email_New,
                 CASE WHEN e.Columns & 1 <> 0 THEN e.First_Name ELSE q.First_Name END              AS First_Name,
                 CASE WHEN e.Columns & 2 <> 0 THEN e.Last_Name ELSE q.Last_Name END                AS Last_Name,
                 CASE WHEN e.Columns & 4 <> 0 THEN e.Email ELSE q.Email END                        AS Email,
                 CASE WHEN e.Columns & 8 <> 0 THEN e.Phone ELSE q.Phone END                        AS Phone,
                 CASE WHEN e.Columns & 16 <> 0 THEN e.Date_Of_Birth ELSE q.Date_Of_Birth END       AS Date_Of_Birth,
                 CASE WHEN e.Columns & 32 <> 0 THEN e.Certification ELSE q.Certification END       AS Certification,
                 CASE WHEN e.Columns & 64 <> 0 THEN e.Source_Reference ELSE q.Source_Reference END AS Source_Reference,
                 (q.Edited_Columns & ~e.Columns)
                 | CASE WHEN e.Columns & 1 <> 0 AND e.First_Name IS NOT r.First_Name THEN 1 ELSE 0 END
                 | CASE WHEN e.Columns & 2 <> 0 AND e.Last_Name IS NOT r.Last_Name THEN 2 ELSE 0 END
                 | CASE WHEN e.Columns & 4 <> 0 AND e.Email IS NOT r.Email THEN 4 ELSE 0 END
                 | CASE WHEN e.Columns & 8 <> 0 AND e.Phone IS NOT r.Phone THEN 8 ELSE 0 END
                 | CASE WHEN e.Columns & 16 <> 0 AND e.Date_Of_Birth IS NOT r.Date_Of_Birth THEN 16 ELSE 0 END
                 | CASE WHEN e.Columns & 32 <> 0 AND e.Certification IS NOT r.Certification THEN 32 ELSE 0 END
                 | CASE WHEN e.Columns & 64 <> 0 AND e.Source_Reference IS NOT r.Source_Reference THEN 64 ELSE 0 END
                     AS Edited_Columns
          FROM (SELECT Quarantine_ID,
                       sum(Column_Bit)                                     AS Columns,
                       max(CASE WHEN Column_Bit = 1 THEN New_Value END)    AS First_Name,
                       max(CASE WHEN Column_Bit = 2 THEN New_Value END)    AS Last_Name,
                       max(CASE WHEN Column_Bit = 4 THEN New_Value END)    AS Email,
                       max(CASE WHEN Column_Bit = 8 THEN New_Value END)    AS Phone,
                       max(CASE WHEN Column_Bit = 16 THEN New_Value END)   AS Date_Of_Birth,
                       max(CASE WHEN Column_Bit = 32 THEN New_Value END)   AS Certification,
                       max(CASE WHEN Column_Bit = 64 THEN New_Value END)   AS Source_Reference
                FROM temp.Changed_Cell
                GROUP BY Quarantine_ID) AS e
          CROSS JOIN Data_Quarantine AS q
                  ON q.Quarantine_ID = e.Quarantine_ID
          LEFT JOIN Raw_Record AS r
                 ON r.Raw_ID = q.Raw_ID) AS s;

    DROP VIEW IF EXISTS temp.Judge_Input;
    CREATE TEMP VIEW Judge_Input AS
    SELECT Record_ID, 0 AS Source_Row, 0 AS Waived_Checks, Payload, First_Name, Last_Name, Email, Phone, Date_Of_Birth,
           Certification, Source_Reference
    FROM temp.Edit_Target;
    EXECUTE Judge_Records @Received_On = substr(@Now, 1, 10);
    EXECUTE Compare_With_Divers;
    EXECUTE Compare_With_Earlier @Batch_ID = NULL;

    DROP TABLE IF EXISTS temp.Known_Again;
    CREATE TEMP TABLE Known_Again (Record_ID INTEGER PRIMARY KEY);
    INSERT INTO temp.Known_Again (Record_ID)
    SELECT DISTINCT json_extract(i.value, '$[0]')
    FROM json_each(@Identities) AS i
    JOIN Erasure_Tombstone AS t
      ON t.Tombstone = json_extract(i.value, '$[1]');

    SET @Record_Count = (SELECT count(*) FROM temp.Edit_Target);
    SET @Cell_Count = (SELECT count(*) FROM temp.Changed_Cell);
    INSERT INTO Edit_Group (Edit_Kind, Edit_Reason, Edited_By, Edited_At, Record_Count, Cell_Count, Undoes_Group_ID)
    SELECT @Kind, @Reason, @Actor, @Now, @Record_Count, @Cell_Count, @Undoes_Group_ID
    WHERE @Cell_Count > 0;
    IF @Cell_Count > 0
        SET @Edit_Group_ID = last_insert_rowid();

    INSERT INTO Quarantine_Revision (Quarantine_ID, Edit_Group_ID, Column_Name, Old_Value, New_Value, Edited_By, Edited_At,
                                     Edit_Reason, Undoes_Revision_ID, Is_Undo)
    SELECT Quarantine_ID, @Edit_Group_ID, Column_Name, Old_Value, New_Value, @Actor, @Now, @Reason, Undoes_Revision_ID, Is_Undo
    FROM temp.Changed_Cell
    ORDER BY Quarantine_ID, Column_Bit;

    -- DUPLICATE_IN_BATCH stays for as long as the email is the one with which the record met its rival, and
    -- ERASED_SUBJECT whatever is edited, but where the person's values (23: names, email, date of birth) are again those
    -- that came, and the gate found nothing in them.
    UPDATE Data_Quarantine
    SET First_Name = t.First_Name,
        Last_Name = t.Last_Name,
        Email = t.Email,
        Phone = t.Phone,
        Date_Of_Birth = t.Date_Of_Birth,
        Certification = t.Certification,
        Source_Reference = t.Source_Reference,
        Record_Version = Record_Version + 1,
        Edited_Columns = t.Edited_Columns,
        Failed_Checks = t.Mask
    FROM (SELECT e.Record_ID, e.First_Name, e.Last_Name, e.Email, e.Phone, e.Date_Of_Birth, e.Certification,
                 e.Source_Reference, e.Edited_Columns,
                 coalesce(f.Mask, 0)
                 | CASE WHEN e.Kept_Checks & 8388608 <> 0 AND e.Edited_Columns & 23 = 0
                         AND NOT EXISTS (SELECT 1
                                         FROM Quarantine_Violation AS v
                                         WHERE v.Quarantine_ID = e.Record_ID
                                           AND v.Rule_Code = 'ERASED_SUBJECT')
                        THEN e.Kept_Checks & ~8388608 ELSE e.Kept_Checks END
                 | CASE WHEN k.Record_ID IS NULL THEN 0 ELSE 8388608 END
                 | CASE WHEN e.Is_Email_New = 1
                         AND EXISTS (SELECT 1
                                     FROM Quarantine_Violation AS v
                                     WHERE v.Quarantine_ID = e.Record_ID
                                       AND v.Attempt = e.Attempt
                                       AND v.Rule_Code = 'DUPLICATE_IN_BATCH'
                                       AND v.Observed_Value IS e.Email) THEN 2097152 ELSE 0 END AS Mask
          FROM temp.Edit_Target AS e
          LEFT JOIN temp.Finding AS f
                 ON f.Record_ID = e.Record_ID
          LEFT JOIN temp.Known_Again AS k
                 ON k.Record_ID = e.Record_ID) AS t
    WHERE t.Record_ID = Data_Quarantine.Quarantine_ID;

    IF @Cell_Count > 0
        EXECUTE Log_Action @Action = 'Edit_Records', @Subject_Type = 'Edit_Group', @Subject_ID = @Edit_Group_ID,
                           @Detail = json_object('kind', @Kind, 'records', @Record_Count, 'cells', @Cell_Count);

    SELECT @Edit_Group_ID AS Edit_Group_ID, @Record_Count AS Record_Count, @Cell_Count AS Cell_Count,
           @Skipped_Count AS Skipped_Count;

    SELECT q.Quarantine_ID, q.Record_Version, q.Failed_Checks, q.Edited_Columns
    FROM temp.Wanted_Record AS w
    JOIN Data_Quarantine AS q
      ON q.Quarantine_ID = w.Quarantine_ID
    WHERE @Return_Records = 1
    ORDER BY q.Quarantine_ID;

    DROP VIEW temp.Judge_Input;
    DROP TABLE temp.Changed_Cell;
    DROP TABLE temp.Edit_Target;
    DROP TABLE temp.Normalised;
    DROP TABLE temp.Finding;
    DROP TABLE temp.Known_Again;
END;

-- Sends open records through the gate again as they are now: a JSON object of record: version that was read. They are a
-- batch of their own, judged and compared like any other; what is let in is closed, what is not stays with its new
-- reasons. An untouched record comes as it came, an edited one by its values, of which Raw_Divers makes the payload; its
-- place in the batch is its own number. With @Waive_Warnings and a reason, what a record fails by warnings alone is let
-- in; errors never are. @Rehearse tells all that and keeps nothing. @Identities tells who the records are, as a JSON array
-- of [record, keyed hash of an identity], where somebody was erased. Of the records only those are told that did not
-- become divers: the others did.
CREATE OR ALTER PROCEDURE Resubmit_Records
    @Versions       TEXT,
    @Rehearse       INTEGER = 0,
    @Waive_Warnings INTEGER = 0,
    @Reason         TEXT = NULL,
    @Identities     TEXT = NULL
AS
BEGIN
    IF @Waive_Warnings = 1 AND trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'Say why the warnings may pass.';

    DROP TABLE IF EXISTS temp.Wanted_Record;
    CREATE TEMP TABLE Wanted_Record (
        Quarantine_ID  INTEGER PRIMARY KEY,
        Record_Version INTEGER
    );
    INSERT INTO temp.Wanted_Record (Quarantine_ID, Record_Version)
    SELECT key, value
    FROM json_each(@Versions)
    WHERE true
    ON CONFLICT (Quarantine_ID) DO UPDATE
    SET Record_Version = min(Record_Version, excluded.Record_Version);
    SET @Record_Count = (SELECT count(*) FROM temp.Wanted_Record);
    IF @Record_Count = 0
        THROW 50400, 'There is no record to resubmit.';
    EXECUTE Require_Records @Status = 'Open';

    PRINT '0/7 Sending the records again';
    SET @Warnings = (
        SELECT coalesce(sum(c.Check_Bit), 0)
        FROM Rule_Check AS c
        JOIN Quality_Rule AS r
          ON r.Rule_Code = c.Rule_Code
        WHERE r.Severity = 'warning' AND @Waive_Warnings = 1
    );
    INSERT INTO Ingestion_Batch (Source_Name, Source_Kind, Content_Hash, Received_At, Received_By, Declared_Count, Loaded_Count)
    SELECT 'Resubmission by ' || c.Actor, 'resubmission', 'resubmission ' || c.Instant, c.Instant, c.Actor, @Record_Count,
           @Record_Count
    FROM Transaction_Context AS c;
    SET @Batch_ID = last_insert_rowid();

    INSERT INTO Raw_Record (Batch_ID, Source_Row, Origin_Quarantine_ID, Waived_Checks, First_Name, Last_Name, Email, Phone,
                            Date_Of_Birth, Certification, Source_Reference, Payload)
    SELECT @Batch_ID, q.Quarantine_ID, q.Quarantine_ID, q.Failed_Checks & @Warnings, q.First_Name, q.Last_Name,
           q.Email, q.Phone, q.Date_Of_Birth, q.Certification, q.Source_Reference,
           coalesce(CASE WHEN q.Edited_Columns = 0
                         THEN (SELECT nullif(r.Payload, '') FROM Raw_Record AS r WHERE r.Raw_ID = q.Raw_ID) END, '{"edited":true}')
    FROM temp.Wanted_Record AS w
    CROSS JOIN Data_Quarantine AS q
            ON q.Quarantine_ID = w.Quarantine_ID
    ORDER BY q.Quarantine_ID;

    INSERT INTO Raw_Flag (Batch_ID, Source_Row)
    SELECT DISTINCT @Batch_ID, w.Quarantine_ID
    FROM json_each(@Identities) AS i
    JOIN Erasure_Tombstone AS t
      ON t.Tombstone = json_extract(i.value, '$[1]')
    JOIN temp.Wanted_Record AS w
      ON w.Quarantine_ID = json_extract(i.value, '$[0]');

    EXECUTE Govern_Batch @Batch_ID = @Batch_ID, @Release = NOT @Rehearse, @Reason = @Reason;

    -- What was let in has a diver; what was not has its new standing in the quarantine. Each record's place in the batch is
    -- its own number. Where all were promoted, nobody looks for the others.
    SET @Promoted_Count = (SELECT Promoted_Count FROM Ingestion_Batch WHERE Batch_ID = @Batch_ID);
    SET @Passed_Count = @Promoted_Count + (
        SELECT count(o.Diver_ID)
        FROM Raw_Record AS r
        CROSS JOIN Record_Outcome AS o
                ON o.Raw_ID = r.Raw_ID
        WHERE r.Batch_ID = @Batch_ID AND o.Outcome <> 'Promoted' AND @Promoted_Count < @Record_Count
    );
    -- 6291456 = DUPLICATE_IN_BATCH, DUPLICATE_OF_DIVER.
    SET @Collided_Count = (
        SELECT count(*)
        FROM Raw_Record AS r
        CROSS JOIN Record_Outcome AS o
                ON o.Raw_ID = r.Raw_ID
        CROSS JOIN Data_Quarantine AS q
                ON q.Quarantine_ID = r.Source_Row
        WHERE r.Batch_ID = @Batch_ID AND o.Diver_ID IS NULL AND q.Failed_Checks & 6291456 <> 0
          AND @Passed_Count < @Record_Count
    );
    EXECUTE Log_Action @Action = 'Resubmit_Records', @Subject_Type = 'Ingestion_Batch', @Subject_ID = @Batch_ID,
                       @Detail = json_object('records', @Record_Count, 'passed', @Passed_Count, 'waived', @Waive_Warnings);

    SELECT @Batch_ID                     AS Batch_ID,
           @Passed_Count                 AS Passed_Count,
           @Record_Count - @Passed_Count AS Failed_Count,
           @Collided_Count               AS Collided_Count,
           b.Unchanged_Count,
           b.Duplicate_Count
    FROM Ingestion_Batch AS b
    WHERE b.Batch_ID = @Batch_ID;

    SELECT n.Rule_Code, n.Record_Count
    FROM Batch_Rule_Count AS n
    WHERE n.Batch_ID = @Batch_ID
    ORDER BY n.Record_Count DESC, n.Rule_Code;

    SELECT r.Source_Row AS Quarantine_ID, o.Outcome,
           CASE WHEN o.Diver_ID IS NULL THEN q.Failed_Checks
                WHEN @Waive_Warnings = 1 THEN r.Waived_Checks
                ELSE 0 END AS Failed_Checks,
           CASE WHEN o.Diver_ID IS NOT NULL THEN o.Diver_ID
                WHEN q.Failed_Checks & 4194304 <> 0
                THEN (SELECT v.Diver_ID
                      FROM Quarantine_Violation AS v
                      WHERE v.Quarantine_ID = q.Quarantine_ID
                        AND v.Attempt = q.Attempt_Count
                        AND v.Rule_Code = 'DUPLICATE_OF_DIVER') END AS Diver_ID
    FROM Raw_Record AS r
    CROSS JOIN Record_Outcome AS o
            ON o.Raw_ID = r.Raw_ID
    LEFT JOIN Data_Quarantine AS q
           ON q.Quarantine_ID = r.Source_Row AND o.Diver_ID IS NULL
    WHERE r.Batch_ID = @Batch_ID AND o.Outcome <> 'Promoted' AND @Promoted_Count < @Record_Count
    ORDER BY r.Source_Row;

    DROP TABLE temp.Wanted_Record;
END;
GRANT EXECUTE ON Resubmit_Records TO data_steward;

-- Puts open records away for a reason with a code (Discard_Code): a JSON object of record: version that was read. They
-- can be reopened.
CREATE OR ALTER PROCEDURE Discard_Records
    @Versions TEXT,
    @Code     TEXT,
    @Reason   TEXT = NULL
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Discard_Code WHERE Discard_Code = @Code)
        THROW 50400, 'A record is discarded with one of the codes of the list.';
    IF @Code = 'other' AND trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'Say why the records are discarded.';

    DROP TABLE IF EXISTS temp.Wanted_Record;
    CREATE TEMP TABLE Wanted_Record (
        Quarantine_ID  INTEGER PRIMARY KEY,
        Record_Version INTEGER
    );
    INSERT INTO temp.Wanted_Record (Quarantine_ID, Record_Version)
    SELECT key, value
    FROM json_each(@Versions)
    WHERE true
    ON CONFLICT (Quarantine_ID) DO UPDATE
    SET Record_Version = min(Record_Version, excluded.Record_Version);
    EXECUTE Require_Records @Status = 'Open';
    SET @Record_Count = (SELECT count(*) FROM temp.Wanted_Record);

    UPDATE Data_Quarantine
    SET Status = 'Discarded',
        Resolution_Code = @Code,
        Resolution_Reason = @Reason,
        Resolved_By = c.Actor,
        Resolved_At = c.Instant,
        Claimed_By = NULL,
        Claimed_Until = NULL,
        Record_Version = Data_Quarantine.Record_Version + 1
    FROM temp.Wanted_Record AS w
    CROSS JOIN Transaction_Context AS c
    WHERE w.Quarantine_ID = Data_Quarantine.Quarantine_ID;

    INSERT INTO Quarantine_Event (Quarantine_ID, Event_Kind, Event_Code, Event_Reason, Acted_By, Acted_At)
    SELECT w.Quarantine_ID, 'Discarded', @Code, @Reason, c.Actor, c.Instant
    FROM temp.Wanted_Record AS w
    CROSS JOIN Transaction_Context AS c
    ORDER BY w.Quarantine_ID;

    EXECUTE Log_Action @Action = 'Discard_Records', @Subject_Type = 'Data_Quarantine', @Subject_ID = NULL,
                       @Detail = json_object('code', @Code, 'records', @Record_Count);

    SELECT @Record_Count AS Record_Count;

    DROP TABLE temp.Wanted_Record;
END;
GRANT EXECUTE ON Discard_Records TO data_steward;

-- Lets discarded records wait again.
CREATE OR ALTER PROCEDURE Reopen_Records
    @Versions TEXT,
    @Reason   TEXT = NULL
AS
BEGIN
    DROP TABLE IF EXISTS temp.Wanted_Record;
    CREATE TEMP TABLE Wanted_Record (
        Quarantine_ID  INTEGER PRIMARY KEY,
        Record_Version INTEGER
    );
    INSERT INTO temp.Wanted_Record (Quarantine_ID, Record_Version)
    SELECT key, value
    FROM json_each(@Versions)
    WHERE true
    ON CONFLICT (Quarantine_ID) DO UPDATE
    SET Record_Version = min(Record_Version, excluded.Record_Version);
    EXECUTE Require_Records @Status = 'Discarded';
    SET @Record_Count = (SELECT count(*) FROM temp.Wanted_Record);

    UPDATE Data_Quarantine
    SET Status = 'Open',
        Resolution_Code = NULL,
        Resolution_Reason = NULL,
        Resolved_By = NULL,
        Resolved_At = NULL,
        Record_Version = Data_Quarantine.Record_Version + 1
    FROM temp.Wanted_Record AS w
    WHERE w.Quarantine_ID = Data_Quarantine.Quarantine_ID;

    INSERT INTO Quarantine_Event (Quarantine_ID, Event_Kind, Event_Reason, Acted_By, Acted_At)
    SELECT w.Quarantine_ID, 'Reopened', @Reason, c.Actor, c.Instant
    FROM temp.Wanted_Record AS w
    CROSS JOIN Transaction_Context AS c
    ORDER BY w.Quarantine_ID;

    EXECUTE Log_Action @Action = 'Reopen_Records', @Subject_Type = 'Data_Quarantine', @Subject_ID = NULL,
                       @Detail = json_object('records', @Record_Count);

    SELECT @Record_Count AS Record_Count;

    DROP TABLE temp.Wanted_Record;
END;
GRANT EXECUTE ON Reopen_Records TO data_steward;

-- Tells the others that one works on open records (a JSON array of ids): for some minutes, then it expires by itself. A
-- record that another has claimed is left to them, unless it is taken over with a word why.
CREATE OR ALTER PROCEDURE Claim_Records
    @Records   TEXT,
    @Minutes   INTEGER = 30,
    @Take_Over INTEGER = 0,
    @Reason    TEXT = NULL
AS
BEGIN
    IF @Minutes NOT BETWEEN 1 AND 1440
        THROW 50400, 'A claim lasts from a minute to a day.';
    IF @Take_Over = 1 AND trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'Say why the records are taken over.';

    SET @Now = (SELECT Instant FROM Transaction_Context);
    SET @Actor = (SELECT Actor FROM Transaction_Context);
    SET @Until = strftime('%Y-%m-%d %H:%M:%f', @Now, '+' || @Minutes || ' minutes') || '000';
    DROP TABLE IF EXISTS temp.Wanted_Claim;
    CREATE TEMP TABLE Wanted_Claim (
        Quarantine_ID INTEGER PRIMARY KEY,
        Is_Free       INTEGER NOT NULL
    );
    INSERT INTO temp.Wanted_Claim (Quarantine_ID, Is_Free)
    SELECT DISTINCT q.Quarantine_ID,
           CASE WHEN q.Claimed_Until > @Now AND q.Claimed_By <> @Actor THEN 0 ELSE 1 END
    FROM (SELECT value AS Quarantine_ID FROM json_each(@Records)) AS j
    CROSS JOIN Data_Quarantine AS q
            ON q.Quarantine_ID = j.Quarantine_ID
    WHERE q.Status = 'Open';

    INSERT INTO Quarantine_Event (Quarantine_ID, Event_Kind, Event_Reason, Acted_By, Acted_At)
    SELECT Quarantine_ID, 'Claimed', @Reason, @Actor, @Now
    FROM temp.Wanted_Claim
    WHERE Is_Free = 0 AND @Take_Over = 1
    ORDER BY Quarantine_ID;

    UPDATE Data_Quarantine
    SET Claimed_By = @Actor,
        Claimed_Until = @Until
    FROM temp.Wanted_Claim AS w
    WHERE w.Quarantine_ID = Data_Quarantine.Quarantine_ID AND (w.Is_Free = 1 OR @Take_Over = 1);

    SET @Record_Count = (SELECT count(*) FROM temp.Wanted_Claim WHERE Is_Free = 1 OR @Take_Over = 1);
    SET @Taken_Count = (SELECT count(*) FROM temp.Wanted_Claim WHERE Is_Free = 0 AND @Take_Over = 1);
    EXECUTE Log_Action @Action = 'Claim_Records', @Subject_Type = 'Data_Quarantine', @Subject_ID = NULL,
                       @Detail = json_object('records', @Record_Count, 'taken_over', @Taken_Count, 'minutes', @Minutes);

    SELECT q.Quarantine_ID, CASE WHEN q.Claimed_By = @Actor THEN 1 ELSE 0 END AS Is_Claimed, q.Claimed_By, q.Claimed_Until
    FROM temp.Wanted_Claim AS w
    JOIN Data_Quarantine AS q
      ON q.Quarantine_ID = w.Quarantine_ID
    ORDER BY q.Quarantine_ID;

    DROP TABLE temp.Wanted_Claim;
END;
GRANT EXECUTE ON Claim_Records TO data_steward;

-- Gives one's own claims on records (a JSON array of ids) up; those of others stay.
CREATE OR ALTER PROCEDURE Release_Claims
    @Records TEXT
AS
BEGIN
    SET @Actor = (SELECT Actor FROM Transaction_Context);
    SET @Record_Count = (
        SELECT count(*)
        FROM Data_Quarantine AS q
        WHERE q.Claimed_By = @Actor AND q.Quarantine_ID IN (SELECT value FROM json_each(@Records))
    );
    UPDATE Data_Quarantine
    SET Claimed_By = NULL,
        Claimed_Until = NULL
    WHERE Claimed_By = @Actor AND Quarantine_ID IN (SELECT value FROM json_each(@Records));

    EXECUTE Log_Action @Action = 'Release_Claims', @Subject_Type = 'Data_Quarantine', @Subject_ID = NULL,
                       @Detail = json_object('records', @Record_Count);

    SELECT @Record_Count AS Record_Count;
END;
GRANT EXECUTE ON Release_Claims TO data_steward;

-- Makes an open record part of a diver: the surviving @Values (a JSON object of columns; those that it does not name stay
-- as the diver has them) become a new version of the diver, by the rules of Update_Diver, and the record is closed.
-- Other open records of the same person may go with it: @Others is a JSON object of record: version that was read.
-- @Identities and @Waive_Erased are those of Update_Diver.
CREATE OR ALTER PROCEDURE Merge_Record
    @Quarantine_ID    INTEGER,
    @Record_Version   INTEGER,
    @Diver_ID         INTEGER,
    @Diver_Valid_From TEXT,
    @Values           TEXT,
    @Reason           TEXT,
    @Others           TEXT    = NULL,
    @Identities       TEXT    = NULL,
    @Waive_Erased     INTEGER = 0
AS
BEGIN
    DROP TABLE IF EXISTS temp.Wanted_Record;
    CREATE TEMP TABLE Wanted_Record (
        Quarantine_ID  INTEGER PRIMARY KEY,
        Record_Version INTEGER
    );
    INSERT INTO temp.Wanted_Record (Quarantine_ID, Record_Version)
    SELECT w.Quarantine_ID, min(w.Record_Version)
    FROM (SELECT @Quarantine_ID AS Quarantine_ID, @Record_Version AS Record_Version
          UNION ALL
          SELECT CAST(key AS INTEGER), value
          FROM json_each(coalesce(@Others, '{}'))) AS w
    GROUP BY w.Quarantine_ID;
    EXECUTE Require_Records @Status = 'Open';
    EXECUTE Update_Diver @Diver_ID = @Diver_ID, @Valid_From = @Diver_Valid_From, @Values = @Values, @Reason = @Reason,
                         @Identities = @Identities, @Waive_Erased = @Waive_Erased;

    SET @Record_Count = (SELECT count(*) FROM temp.Wanted_Record);
    UPDATE Data_Quarantine
    SET Status = 'Merged',
        Resolution_Code = 'Merged',
        Resolution_Reason = @Reason,
        Resolved_By = c.Actor,
        Resolved_At = c.Instant,
        Diver_ID = @Diver_ID,
        Claimed_By = NULL,
        Claimed_Until = NULL,
        Record_Version = Data_Quarantine.Record_Version + 1
    FROM temp.Wanted_Record AS w
    CROSS JOIN Transaction_Context AS c
    WHERE w.Quarantine_ID = Data_Quarantine.Quarantine_ID;

    EXECUTE Log_Action @Action = 'Merge_Record', @Subject_Type = 'Data_Quarantine', @Subject_ID = @Quarantine_ID,
                       @Detail = json_object('diver', @Diver_ID, 'records', @Record_Count);

    SELECT @Diver_ID AS Diver_ID, @Record_Count AS Record_Count;

    DROP TABLE temp.Wanted_Record;
END;
GRANT EXECUTE ON Merge_Record TO data_steward;

-- Makes one of several open records that are the same person, where no diver is it yet: it gets the surviving values (@Edits,
-- as for Edit_Records), and the others of @Others, a JSON object of record: version that was read, are discarded as its
-- duplicates. Tells the group of the edit, and how many records were put away.
CREATE OR ALTER PROCEDURE Keep_Record
    @Quarantine_ID  INTEGER,
    @Record_Version INTEGER,
    @Edits          TEXT,
    @Others         TEXT,
    @Reason         TEXT,
    @Identities     TEXT = NULL
AS
BEGIN
    IF trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'Say why the records are the same person.';
    IF EXISTS (SELECT 1 FROM json_each(@Edits) WHERE json_extract(value, '$[0]') <> @Quarantine_ID)
        THROW 50400, 'Only the record that is kept gets the surviving values.';
    IF EXISTS (SELECT 1 FROM json_each(@Others) WHERE CAST(key AS INTEGER) = @Quarantine_ID)
        THROW 50400, 'A record is no duplicate of itself.';

    DROP TABLE IF EXISTS temp.Wanted_Record;
    CREATE TEMP TABLE Wanted_Record (
        Quarantine_ID  INTEGER PRIMARY KEY,
        Record_Version INTEGER
    );
    INSERT INTO temp.Wanted_Record (Quarantine_ID, Record_Version)
    VALUES (@Quarantine_ID, @Record_Version);
    EXECUTE Require_Records @Status = 'Open';

    EXECUTE Edit_Records @Edits = @Edits, @Reason = @Reason, @Kind = 'Bulk', @Return_Records = 0,
                         @Identities = @Identities;
    EXECUTE Discard_Records @Versions = @Others, @Code = 'duplicate', @Reason = @Reason;
    EXECUTE Log_Action @Action = 'Keep_Record', @Subject_Type = 'Data_Quarantine', @Subject_ID = @Quarantine_ID,
                       @Detail = json_object('records', (SELECT count(*) FROM json_each(@Others)));
END;
GRANT EXECUTE ON Keep_Record TO data_steward;

------------------------------------------------------------------------------------------------------------
-- Divers and data subjects: Update_Diver, Restore_Diver, Delete_Diver, Reveal_Diver, Export_Subject, Erase_Diver
------------------------------------------------------------------------------------------------------------

-- Makes the next @Most divers quick to find, by all that they are and were called. What is not reached yet is found all
-- the same, only not as quickly. Of the past, only what differs from now is written: most versions keep the name.
CREATE OR ALTER PROCEDURE Index_Divers
    @Most INTEGER = 200000
AS
BEGIN
    SET @From_ID = (SELECT Indexed_To FROM Search_Progress);
    SET @To_ID = (
        SELECT max(n.Diver_ID)
        FROM (SELECT Diver_ID FROM Diver WHERE Diver_ID > @From_ID ORDER BY Diver_ID LIMIT @Most) AS n
    );

    -- The history is gone through once, for all that was called otherwise than now.
    INSERT INTO Search_Term (Search_Column, Term, Diver_ID)
    WITH former AS MATERIALIZED (
        SELECT h.Diver_ID, h.First_Name, h.Last_Name, h.Email, h.Source_Reference,
               h.Last_Name IS NOT d.Last_Name OR h.First_Name IS NOT d.First_Name AS Is_Renamed,
               h.Email IS NOT d.Email                                             AS Is_Moved,
               h.Source_Reference IS NOT d.Source_Reference                       AS Is_Referred
        FROM Diver_History AS h
        LEFT JOIN Diver AS d
               ON d.Diver_ID = h.Diver_ID
        WHERE h.Diver_ID > @From_ID AND h.Diver_ID <= @To_ID
          AND (h.Last_Name IS NOT d.Last_Name OR h.First_Name IS NOT d.First_Name OR h.Email IS NOT d.Email
               OR h.Source_Reference IS NOT d.Source_Reference)
    )
    SELECT t.Search_Column, t.Term, t.Diver_ID
    FROM (SELECT 'Last_Name' AS Search_Column, lower(Last_Name || ' ' || First_Name) AS Term, Diver_ID
          FROM Diver
          WHERE Diver_ID > @From_ID AND Diver_ID <= @To_ID
          UNION ALL
          SELECT 'Last_Name', lower(First_Name || ' ' || Last_Name), Diver_ID
          FROM Diver
          WHERE Diver_ID > @From_ID AND Diver_ID <= @To_ID
          UNION ALL
          SELECT 'Source_Reference', lower(Source_Reference), Diver_ID
          FROM Diver
          WHERE Diver_ID > @From_ID AND Diver_ID <= @To_ID AND Source_Reference IS NOT NULL
          UNION ALL
          SELECT 'Last_Name', lower(Last_Name || ' ' || First_Name), Diver_ID
          FROM former
          WHERE Is_Renamed
          UNION ALL
          SELECT 'Last_Name', lower(First_Name || ' ' || Last_Name), Diver_ID
          FROM former
          WHERE Is_Renamed
          UNION ALL
          SELECT 'Source_Reference', lower(Source_Reference), Diver_ID
          FROM former
          WHERE Is_Referred AND Source_Reference IS NOT NULL
          UNION ALL
          SELECT 'Email', Email, Diver_ID
          FROM former
          WHERE Is_Moved) AS t
    WHERE true
    ORDER BY t.Search_Column, t.Term, t.Diver_ID
    ON CONFLICT DO NOTHING;

    UPDATE Search_Progress
    SET Indexed_To = coalesce(@To_ID, @From_ID);

    SELECT p.Indexed_To,
           (SELECT count(*) FROM Diver AS d WHERE d.Diver_ID > p.Indexed_To) AS Left_Count
    FROM Search_Progress AS p;
END;
GRANT EXECUTE ON Index_Divers TO data_steward, compliance_officer;

-- Whom the whole of an email finds that a mask hides from the caller: the address that somebody writes from who asks what
-- is held of them. A beginning finds nobody, so that no address can be felt for letter by letter, and each look is logged
-- without it: whoever tries out a list of addresses is seen. Not granted to analysts.
CREATE OR ALTER PROCEDURE Find_Diver
    @Column_Name TEXT,
    @Value       TEXT
AS
BEGIN
    IF @Column_Name IS NOT 'Email'
        THROW 50400, 'Behind a mask a diver is found by the whole of an email, and by nothing else.';
    SET @Term = lower(trim(coalesce(@Value, ''), char(9, 10, 13, 32, 160, 8203, 65279)));

    DROP TABLE IF EXISTS temp.Found_Diver;
    CREATE TEMP TABLE Found_Diver AS
    SELECT d.Diver_ID, 0 AS Is_Former
    FROM Diver AS d
    WHERE d.Email = @Term
    UNION ALL
    SELECT t.Diver_ID, 1
    FROM Search_Term AS t
    LEFT JOIN Diver AS d
           ON d.Diver_ID = t.Diver_ID
    WHERE t.Search_Column = 'Email' AND t.Term = @Term AND (d.Diver_ID IS NULL OR d.Email <> @Term);

    SET @Found_Count = (SELECT count(*) FROM temp.Found_Diver);
    SET @Only_ID = CASE WHEN @Found_Count = 1 THEN (SELECT f.Diver_ID FROM temp.Found_Diver AS f) END;
    EXECUTE Log_Action @Action = 'Find_Diver', @Subject_Type = 'Diver', @Subject_ID = @Only_ID,
                       @Detail = json_object('column', @Column_Name, 'found', @Found_Count);

    SELECT f.Diver_ID, f.Is_Former
    FROM temp.Found_Diver AS f
    ORDER BY f.Is_Former, f.Diver_ID;
END;
GRANT EXECUTE ON Find_Diver TO data_steward, compliance_officer;

-- Writes the one diver in temp.Diver_Draft (Diver_ID, the values as text, and Certification by name) as its newest
-- version, or as a diver again where it was deleted. Judged as received today by the same rules as any arrival: what
-- an error says is refused; a warning needs the reason, which every change has. @Identities tells by what the diver was
-- not known before, as a JSON array of [diver, keyed hash of an identity], where somebody was erased: who turns into an
-- erased person is refused, unless @Waive_Erased says that they have come back, which is logged. Values are stored
-- normalised. Called by the others.
CREATE OR ALTER PROCEDURE Write_Diver_Draft
    @Diver_ID     INTEGER,
    @Action       TEXT,
    @Reason       TEXT,
    @Identities   TEXT,
    @Waive_Erased INTEGER
AS
BEGIN
    DROP VIEW IF EXISTS temp.Judge_Input;
    CREATE TEMP VIEW Judge_Input AS
    SELECT Diver_ID AS Record_ID, 1 AS Source_Row, 0 AS Waived_Checks, '{}' AS Payload, First_Name, Last_Name, Email, Phone,
           Date_Of_Birth, Certification, Source_Reference
    FROM temp.Diver_Draft;
    EXECUTE Judge_Records @Received_On = (SELECT substr(Instant, 1, 10) FROM Transaction_Context);

    -- 8388608 = ERASED_SUBJECT.
    SET @Is_Erased = EXISTS (
        SELECT 1
        FROM json_each(@Identities) AS i
        JOIN Erasure_Tombstone AS t
          ON t.Tombstone = json_extract(i.value, '$[1]')
        WHERE json_extract(i.value, '$[0]') = @Diver_ID
    );
    INSERT INTO temp.Finding (Record_ID, Mask)
    SELECT @Diver_ID, 8388608
    WHERE @Is_Erased
    ON CONFLICT (Record_ID) DO UPDATE
    SET Mask = Mask | excluded.Mask;

    SET @Broken = (
        SELECT group_concat(w.Wording, '; ')
        FROM (SELECT DISTINCT r.Wording
              FROM temp.Finding AS f
              JOIN Rule_Check AS c
                ON f.Mask & c.Check_Bit
              JOIN Quality_Rule AS r
                ON r.Rule_Code = c.Rule_Code
              WHERE r.Severity = 'error'
              ORDER BY r.Wording) AS w
    );
    IF @Broken IS NOT NULL
        THROW 50400, 'The rules refuse this version: ' || @Broken || '.';

    SET @Rival_ID = (
        SELECT d.Diver_ID
        FROM temp.Normalised AS n
        JOIN Diver AS d
          ON d.Email = n.Email
        WHERE d.Diver_ID <> @Diver_ID
    );
    IF @Rival_ID IS NOT NULL
        THROW 50409, 'Diver ' || @Rival_ID || ' has this email.';

    IF @Is_Erased AND coalesce(@Waive_Erased, 0) = 0
        THROW 50410, 'Diver ' || @Diver_ID || ' would become a person who was erased at their request.';

    SET @Was_There = EXISTS (SELECT 1 FROM Diver WHERE Diver_ID = @Diver_ID);
    SET @Is_Changed = NOT @Was_There OR EXISTS (
        SELECT 1
        FROM Diver AS d
        JOIN temp.Normalised AS n
          ON n.Record_ID = d.Diver_ID
        WHERE n.First_Name IS NOT d.First_Name
           OR n.Last_Name IS NOT d.Last_Name
           OR n.Email IS NOT d.Email
           OR coalesce(nullif(n.Digits, ''), n.Phone) IS NOT d.Phone
           OR n.Date_Of_Birth IS NOT d.Date_Of_Birth
           OR n.Certification_Level_ID IS NOT d.Certification_Level_ID
           OR n.Source_Reference IS NOT d.Source_Reference
    );

    UPDATE Diver
    SET First_Name = n.First_Name,
        Last_Name = n.Last_Name,
        Email = n.Email,
        Phone = coalesce(nullif(n.Digits, ''), n.Phone),
        Date_Of_Birth = n.Date_Of_Birth,
        Certification_Level_ID = n.Certification_Level_ID,
        Source_Reference = n.Source_Reference,
        Modified_By = c.Actor,
        Change_Reason = @Reason
    FROM temp.Normalised AS n
    CROSS JOIN Transaction_Context AS c
    WHERE Diver.Diver_ID = n.Record_ID AND @Was_There AND @Is_Changed;

    -- A diver that comes back does so no earlier than it went, whatever the clock says.
    INSERT INTO Diver (Diver_ID, First_Name, Last_Name, Email, Phone, Date_Of_Birth, Certification_Level_ID,
                       Source_Reference, Modified_By, Change_Reason, Valid_From)
    SELECT n.Record_ID, n.First_Name, n.Last_Name, n.Email, coalesce(nullif(n.Digits, ''), n.Phone), n.Date_Of_Birth,
           n.Certification_Level_ID, n.Source_Reference, c.Actor, @Reason,
           max(c.Instant, (SELECT max(h.Valid_To) FROM Diver_History AS h WHERE h.Diver_ID = @Diver_ID))
    FROM temp.Normalised AS n
    CROSS JOIN Transaction_Context AS c
    WHERE NOT @Was_There;

    DROP VIEW temp.Judge_Input;
    DROP TABLE temp.Diver_Draft;
    DROP TABLE temp.Normalised;
    DROP TABLE temp.Finding;

    IF @Is_Changed
        EXECUTE Log_Action @Action = @Action, @Subject_Type = 'Diver', @Subject_ID = @Diver_ID,
                           @Detail = CASE WHEN @Is_Erased THEN json_object('waived', 'ERASED_SUBJECT') ELSE '{}' END;

    SELECT Diver_ID, Valid_From, @Is_Changed AS Is_Changed
    FROM Diver
    WHERE Diver_ID = @Diver_ID;
END;

-- Refuses to go on where the diver is not in the version that the caller read (NULL: deleted), and says by whom.
-- Called by the others.
CREATE OR ALTER PROCEDURE Refuse_Stale_Diver
    @Diver_ID   INTEGER,
    @Valid_From TEXT,
    @Reason     TEXT
AS
BEGIN
    IF trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'A change to a diver needs a reason.';

    IF NOT EXISTS (SELECT 1 FROM Diver WHERE Diver_ID = @Diver_ID)
       AND NOT EXISTS (SELECT 1 FROM Diver_History WHERE Diver_ID = @Diver_ID)
        THROW 50404, 'There is no diver ' || @Diver_ID || '.';

    SET @Newer = (
        SELECT 'was changed by ' || Modified_By || ' at ' || Valid_From || ' UTC'
        FROM Diver
        WHERE Diver_ID = @Diver_ID AND Valid_From IS NOT @Valid_From
    );
    IF @Newer IS NULL AND @Valid_From IS NOT NULL
        SET @Newer = (SELECT CASE WHEN count(*) = 0 THEN 'was deleted' END FROM Diver WHERE Diver_ID = @Diver_ID);
    IF @Newer IS NOT NULL
        THROW 50412, 'Diver ' || @Diver_ID || ' ' || @Newer || ' since you read it.';
END;

-- A new version of a diver: @Values is a JSON object of the columns to change (Certification by name). @Valid_From is
-- the version that was read. The text of a mask is no value: whoever sees a masked column cannot write it back.
-- @Identities and @Waive_Erased are those of Write_Diver_Draft.
CREATE OR ALTER PROCEDURE Update_Diver
    @Diver_ID     INTEGER,
    @Valid_From   TEXT,
    @Values       TEXT,
    @Reason       TEXT,
    @Identities   TEXT    = NULL,
    @Waive_Erased INTEGER = 0
AS
BEGIN
    EXECUTE Refuse_Stale_Diver @Diver_ID = @Diver_ID, @Valid_From = @Valid_From, @Reason = @Reason;
    IF @Valid_From IS NULL
        THROW 50404, 'Diver ' || @Diver_ID || ' is deleted; restore it first.';

    IF NOT json_valid(@Values)
        THROW 50400, 'The values of a diver come as one JSON object.';
    SET @Unknown = (
        SELECT min(v.key)
        FROM json_each(@Values) AS v
        WHERE v.key NOT IN ('First_Name', 'Last_Name', 'Email', 'Phone', 'Date_Of_Birth', 'Certification',
                            'Source_Reference')
    );
    IF @Unknown IS NOT NULL
        THROW 50400, 'A diver has no column ' || @Unknown || '.';

    SET @Masked = (
        SELECT min(v.key)
        FROM json_each(@Values) AS v
        JOIN Diver AS d
          ON d.Diver_ID = @Diver_ID
        WHERE (v.key = 'Last_Name' AND v.value IN ('XXXX', substr(d.Last_Name, 1, 1) || 'XXXX') AND v.value <> d.Last_Name)
           OR (v.key = 'Email' AND lower(v.value) = lower(substr(d.Email, 1, 1) || 'XXX@XXXX.com')
                               AND lower(v.value) <> d.Email)
           OR (v.key = 'Phone' AND v.value LIKE 'XXX-%')
           OR (v.key = 'Date_Of_Birth' AND v.value = '1900-01-01' AND v.value <> d.Date_Of_Birth)
    );
    IF @Masked IS NOT NULL
        THROW 50403, 'The value for ' || @Masked || ' is a mask and no value; nothing was written.';

    DROP TABLE IF EXISTS temp.Diver_Draft;
    CREATE TEMP TABLE Diver_Draft AS
    SELECT d.Diver_ID,
           CASE WHEN json_type(@Values, '$.First_Name') IS NULL THEN d.First_Name
                ELSE json_extract(@Values, '$.First_Name') END AS First_Name,
           CASE WHEN json_type(@Values, '$.Last_Name') IS NULL THEN d.Last_Name
                ELSE json_extract(@Values, '$.Last_Name') END AS Last_Name,
           CASE WHEN json_type(@Values, '$.Email') IS NULL THEN d.Email
                ELSE json_extract(@Values, '$.Email') END AS Email,
           CASE WHEN json_type(@Values, '$.Phone') IS NULL THEN d.Phone
                ELSE json_extract(@Values, '$.Phone') END AS Phone,
           CASE WHEN json_type(@Values, '$.Date_Of_Birth') IS NULL THEN d.Date_Of_Birth
                ELSE json_extract(@Values, '$.Date_Of_Birth') END AS Date_Of_Birth,
           CASE WHEN json_type(@Values, '$.Certification') IS NULL THEN l.Level_Name
                ELSE json_extract(@Values, '$.Certification') END AS Certification,
           CASE WHEN json_type(@Values, '$.Source_Reference') IS NULL THEN d.Source_Reference
                ELSE json_extract(@Values, '$.Source_Reference') END AS Source_Reference
    FROM Diver AS d
    LEFT JOIN Certification_Level AS l
           ON l.Certification_Level_ID = d.Certification_Level_ID
    WHERE d.Diver_ID = @Diver_ID;

    EXECUTE Write_Diver_Draft @Diver_ID = @Diver_ID, @Action = 'Update_Diver', @Reason = @Reason,
                              @Identities = @Identities, @Waive_Erased = @Waive_Erased;
END;
GRANT EXECUTE ON Update_Diver TO data_steward;

-- Brings an earlier version back as a new one, a deleted diver too. @Valid_From is the current version as it was read
-- (NULL: deleted), @Restore_Valid_From the one to bring back. The past stays as it is. @Identities and @Waive_Erased are
-- those of Write_Diver_Draft.
CREATE OR ALTER PROCEDURE Restore_Diver
    @Diver_ID           INTEGER,
    @Valid_From         TEXT,
    @Restore_Valid_From TEXT,
    @Reason             TEXT,
    @Identities         TEXT    = NULL,
    @Waive_Erased       INTEGER = 0
AS
BEGIN
    EXECUTE Refuse_Stale_Diver @Diver_ID = @Diver_ID, @Valid_From = @Valid_From, @Reason = @Reason;

    IF NOT EXISTS (SELECT 1 FROM Diver_History WHERE Diver_ID = @Diver_ID AND Valid_From = @Restore_Valid_From)
        THROW 50404, 'Diver ' || @Diver_ID || ' has no earlier version of ' || @Restore_Valid_From || ' UTC.';

    DROP TABLE IF EXISTS temp.Diver_Draft;
    CREATE TEMP TABLE Diver_Draft AS
    SELECT h.Diver_ID, h.First_Name, h.Last_Name, h.Email, h.Phone, h.Date_Of_Birth, l.Level_Name AS Certification,
           h.Source_Reference
    FROM Diver_History AS h
    LEFT JOIN Certification_Level AS l
           ON l.Certification_Level_ID = h.Certification_Level_ID
    WHERE h.Diver_ID = @Diver_ID AND h.Valid_From = @Restore_Valid_From;

    EXECUTE Write_Diver_Draft @Diver_ID = @Diver_ID, @Action = 'Restore_Diver', @Reason = @Reason,
                              @Identities = @Identities, @Waive_Erased = @Waive_Erased;
END;
GRANT EXECUTE ON Restore_Diver TO data_steward;

-- Takes a diver out of the directory; its versions stay in the history. Refused while dives, bookings or certification
-- cards refer to it.
CREATE OR ALTER PROCEDURE Delete_Diver
    @Diver_ID   INTEGER,
    @Valid_From TEXT,
    @Reason     TEXT
AS
BEGIN
    EXECUTE Refuse_Stale_Diver @Diver_ID = @Diver_ID, @Valid_From = @Valid_From, @Reason = @Reason;
    IF @Valid_From IS NULL
        THROW 50404, 'Diver ' || @Diver_ID || ' is deleted already.';

    SET @Dives = (SELECT count(*) FROM Dive_Log WHERE Diver_ID = @Diver_ID);
    SET @Bookings = (SELECT count(*) FROM Dive_Participation WHERE Diver_ID = @Diver_ID);
    SET @Cards = (SELECT count(*) FROM Certification WHERE Diver_ID = @Diver_ID);
    IF @Dives + @Bookings + @Cards > 0
        THROW 50409, 'Diver ' || @Diver_ID || ' is referred to by dives (' || @Dives || '), tour bookings (' || @Bookings
                     || ') and certification cards (' || @Cards || '), and stays.';

    DELETE FROM Diver
    WHERE Diver_ID = @Diver_ID;

    INSERT INTO Diver_Deletion (Diver_ID, Deleted_At, Deleted_By, Delete_Reason)
    SELECT @Diver_ID, (SELECT max(h.Valid_To) FROM Diver_History AS h WHERE h.Diver_ID = @Diver_ID), c.Actor, @Reason
    FROM Transaction_Context AS c;

    EXECUTE Log_Action @Action = 'Delete_Diver', @Subject_Type = 'Diver', @Subject_ID = @Diver_ID, @Detail = '{}';

    SELECT Diver_ID, Deleted_At, Deleted_By, Delete_Reason
    FROM Diver_Deletion
    WHERE Diver_ID = @Diver_ID
    ORDER BY Deleted_At DESC
    LIMIT 1;
END;
GRANT EXECUTE ON Delete_Diver TO data_steward;

-- One masked value in the clear, for a few minutes, with a reason. The log says who looked and at what, never the value.
CREATE OR ALTER PROCEDURE Reveal_Diver
    @Diver_ID    INTEGER,
    @Column_Name TEXT,
    @Reason      TEXT
AS
BEGIN
    IF trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'Looking behind a mask needs a reason.';
    IF NOT EXISTS (SELECT 1 FROM Masked_Column WHERE Column_Name = @Column_Name)
        THROW 50400, 'There is no mask over ' || coalesce(@Column_Name, 'nothing') || '.';
    IF NOT EXISTS (SELECT 1 FROM Diver WHERE Diver_ID = @Diver_ID)
        THROW 50404, 'There is no diver ' || @Diver_ID || '.';

    INSERT INTO Diver_Reveal (Diver_ID, Column_Name, Revealed_By, Revealed_At, Expires_At, Reveal_Reason)
    SELECT @Diver_ID, @Column_Name, c.Actor, c.Instant,
           strftime('%Y-%m-%d %H:%M:%S', c.Instant, '+5 minutes') || substr(c.Instant, 20), @Reason
    FROM Transaction_Context AS c;
    SET @Reveal_ID = last_insert_rowid();

    EXECUTE Log_Action @Action = 'Reveal_Diver', @Subject_Type = 'Diver', @Subject_ID = @Diver_ID,
                       @Detail = json_object('column', @Column_Name);

    SELECT d.Diver_ID, v.Column_Name,
           CASE v.Column_Name
               WHEN 'Last_Name' THEN d.Last_Name
               WHEN 'Email' THEN d.Email
               WHEN 'Phone' THEN d.Phone
               WHEN 'Date_Of_Birth' THEN d.Date_Of_Birth
           END AS Revealed_Value,
           v.Expires_At
    FROM Diver AS d
    JOIN Diver_Reveal AS v
      ON v.Reveal_ID = @Reveal_ID
    WHERE d.Diver_ID = @Diver_ID;
END;
GRANT EXECUTE ON Reveal_Diver TO data_steward, compliance_officer;

-- Finds everything that is held of a diver: temp.Subject_Name, by what they are and were known; temp.Subject_Quarantine
-- and temp.Subject_Raw, the records that tell of them. A record tells of them where it became them or was found to be
-- theirs, where it has one of their emails (and no other diver has it now), or their full name and date of birth; as it
-- arrived, or as it was edited since. folded() is the program's own function: one spelling for all ways to write a name,
-- of which SQLite's lower() knows plain letters only; it is asked where the date of birth is theirs. Called by the others.
CREATE OR ALTER PROCEDURE Find_Subject
    @Diver_ID INTEGER
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Diver WHERE Diver_ID = @Diver_ID)
       AND NOT EXISTS (SELECT 1 FROM Diver_History WHERE Diver_ID = @Diver_ID)
        THROW 50404, 'There is no diver ' || @Diver_ID || '.';
    SET @Blank = char(9, 10, 13, 32, 160, 8203, 65279);

    DROP TABLE IF EXISTS temp.Subject_Name;
    CREATE TEMP TABLE Subject_Name AS
    SELECT First_Name, Last_Name, Email, Phone, Date_Of_Birth, Source_Reference
    FROM Diver
    WHERE Diver_ID = @Diver_ID
    UNION
    SELECT First_Name, Last_Name, Email, Phone, Date_Of_Birth, Source_Reference
    FROM Diver_History
    WHERE Diver_ID = @Diver_ID;

    DROP TABLE IF EXISTS temp.Subject_Email;
    CREATE TEMP TABLE Subject_Email AS
    SELECT DISTINCT n.Email
    FROM temp.Subject_Name AS n
    WHERE NOT EXISTS (SELECT 1 FROM Diver AS d WHERE d.Email = n.Email AND d.Diver_ID <> @Diver_ID);

    -- Both tables of records are read once, from the first row to the last.
    DROP TABLE IF EXISTS temp.Subject_Outcome;
    CREATE TEMP TABLE Subject_Outcome AS
    SELECT Raw_ID, Quarantine_ID
    FROM Record_Outcome
    WHERE Diver_ID = @Diver_ID;

    DROP TABLE IF EXISTS temp.Subject_Quarantine;
    CREATE TEMP TABLE Subject_Quarantine (Quarantine_ID INTEGER PRIMARY KEY);
    INSERT INTO temp.Subject_Quarantine (Quarantine_ID)
    SELECT q.Quarantine_ID
    FROM Data_Quarantine AS q
    LEFT JOIN Raw_Record AS r
           ON r.Raw_ID = q.Raw_ID
    WHERE q.Diver_ID = @Diver_ID
       OR q.Quarantine_ID IN (SELECT o.Quarantine_ID FROM temp.Subject_Outcome AS o)
       OR q.Quarantine_ID IN (SELECT k.Quarantine_ID FROM Quarantine_Diver AS k WHERE k.Diver_ID = @Diver_ID)
       OR lower(trim(q.Email, @Blank)) IN (SELECT e.Email FROM temp.Subject_Email AS e)
       OR lower(trim(r.Email, @Blank)) IN (SELECT e.Email FROM temp.Subject_Email AS e)
       OR (trim(q.Date_Of_Birth, @Blank) IN (SELECT n.Date_Of_Birth FROM temp.Subject_Name AS n)
           AND (folded(q.First_Name), folded(q.Last_Name), trim(q.Date_Of_Birth, @Blank))
               IN (SELECT folded(n.First_Name), folded(n.Last_Name), n.Date_Of_Birth FROM temp.Subject_Name AS n))
       OR (trim(r.Date_Of_Birth, @Blank) IN (SELECT n.Date_Of_Birth FROM temp.Subject_Name AS n)
           AND (folded(r.First_Name), folded(r.Last_Name), trim(r.Date_Of_Birth, @Blank))
               IN (SELECT folded(n.First_Name), folded(n.Last_Name), n.Date_Of_Birth FROM temp.Subject_Name AS n));

    DROP TABLE IF EXISTS temp.Subject_Raw;
    CREATE TEMP TABLE Subject_Raw (Raw_ID INTEGER PRIMARY KEY);
    INSERT INTO temp.Subject_Raw (Raw_ID)
    SELECT o.Raw_ID
    FROM temp.Subject_Outcome AS o
    UNION
    SELECT o.Raw_ID
    FROM Record_Outcome AS o
    WHERE o.Quarantine_ID IN (SELECT s.Quarantine_ID FROM temp.Subject_Quarantine AS s)
    UNION
    SELECT q.Raw_ID
    FROM temp.Subject_Quarantine AS s
    JOIN Data_Quarantine AS q
      ON q.Quarantine_ID = s.Quarantine_ID
    UNION
    SELECT r.Raw_ID
    FROM Ingestion_Batch AS b
    CROSS JOIN Raw_Record AS r
            ON r.Batch_ID = b.Batch_ID
    WHERE b.Status = 'Open'
      AND (lower(trim(r.Email, @Blank)) IN (SELECT e.Email FROM temp.Subject_Email AS e)
           OR (trim(r.Date_Of_Birth, @Blank) IN (SELECT n.Date_Of_Birth FROM temp.Subject_Name AS n)
               AND (folded(r.First_Name), folded(r.Last_Name), trim(r.Date_Of_Birth, @Blank))
                   IN (SELECT folded(n.First_Name), folded(n.Last_Name), n.Date_Of_Birth FROM temp.Subject_Name AS n)));
END;

-- Everything that is held of a diver, as result sets: versions, deletions, source records, quarantine, what they failed,
-- edits, events, dives, bookings, cards, and who looked behind their masks. Logged.
CREATE OR ALTER PROCEDURE Export_Subject
    @Diver_ID INTEGER,
    @Reason   TEXT
AS
BEGIN
    IF trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'An export of what is held of a person needs a reason.';
    EXECUTE Find_Subject @Diver_ID = @Diver_ID;

    SELECT v.Diver_ID, v.First_Name, v.Last_Name, v.Email, v.Phone, v.Date_Of_Birth, v.Certification, v.Source_Reference,
           v.Modified_By, v.Change_Reason, v.Valid_From, v.Valid_To
    FROM Diver_Versions AS v
    WHERE v.Diver_ID = @Diver_ID
    ORDER BY v.Valid_From;

    SELECT Deleted_At, Deleted_By, Delete_Reason
    FROM Diver_Deletion
    WHERE Diver_ID = @Diver_ID
    ORDER BY Deleted_At;

    SELECT r.Raw_ID, r.Batch_ID, b.Source_Name, b.Received_At, r.Source_Row, r.Outcome, r.First_Name, r.Last_Name, r.Email,
           r.Phone, r.Date_Of_Birth, r.Certification, r.Source_Reference, r.Payload
    FROM temp.Subject_Raw AS s
    JOIN Raw_Divers AS r
      ON r.Raw_ID = s.Raw_ID
    JOIN Ingestion_Batch AS b
      ON b.Batch_ID = r.Batch_ID
    ORDER BY r.Raw_ID;

    SELECT q.Quarantine_ID, q.Batch_ID, q.Status, q.First_Name, q.Last_Name, q.Email, q.Phone, q.Date_Of_Birth,
           q.Certification, q.Source_Reference, q.Quarantined_At, q.Resolution_Code, q.Resolution_Reason, q.Resolved_By,
           q.Resolved_At
    FROM temp.Subject_Quarantine AS s
    JOIN Data_Quarantine AS q
      ON q.Quarantine_ID = s.Quarantine_ID
    ORDER BY q.Quarantine_ID;

    SELECT v.Quarantine_ID, v.Attempt, v.Rule_Code, v.Column_Name, v.Observed_Value, v.Recorded_At
    FROM temp.Subject_Quarantine AS s
    JOIN Quarantine_Violation AS v
      ON v.Quarantine_ID = s.Quarantine_ID
    ORDER BY v.Quarantine_ID, v.Attempt, v.Rule_Code, v.Column_Name;

    SELECT e.Quarantine_ID, e.Column_Name, e.Old_Value, e.New_Value, e.Edited_By, e.Edited_At, e.Edit_Reason
    FROM temp.Subject_Quarantine AS s
    JOIN Quarantine_Revision AS e
      ON e.Quarantine_ID = s.Quarantine_ID
    ORDER BY e.Revision_ID;

    SELECT e.Quarantine_ID, e.Event_Kind, e.Event_Code, e.Event_Reason, e.Acted_By, e.Acted_At
    FROM temp.Subject_Quarantine AS s
    JOIN Quarantine_Event AS e
      ON e.Quarantine_ID = s.Quarantine_ID
    ORDER BY e.Event_ID;

    SELECT l.Dived_On, s.Site_Name, l.Max_Depth_M, l.Minutes
    FROM Dive_Log AS l
    JOIN Dive_Site AS s
      ON s.Dive_Site_ID = l.Dive_Site_ID
    WHERE l.Diver_ID = @Diver_ID
    ORDER BY l.Dived_On, l.Dive_Log_ID;

    SELECT t.Tour_Code, t.Tour_Name, t.Starts_On, p.Booked_At, p.Status
    FROM Dive_Participation AS p
    JOIN Dive_Tour AS t
      ON t.Dive_Tour_ID = p.Dive_Tour_ID
    WHERE p.Diver_ID = @Diver_ID
    ORDER BY p.Booked_At;

    SELECT c.Agency, c.Card_Number, l.Level_Name, c.Issued_On
    FROM Certification AS c
    JOIN Certification_Level AS l
      ON l.Certification_Level_ID = c.Certification_Level_ID
    WHERE c.Diver_ID = @Diver_ID
    ORDER BY c.Issued_On, c.Certification_ID;

    SELECT Column_Name, Revealed_By, Revealed_At, Reveal_Reason
    FROM Diver_Reveal
    WHERE Diver_ID = @Diver_ID
    ORDER BY Reveal_ID;

    EXECUTE Log_Action @Action = 'Export_Subject', @Subject_Type = 'Diver', @Subject_ID = @Diver_ID, @Detail = '{}';

    DROP TABLE temp.Subject_Name;
    DROP TABLE temp.Subject_Email;
    DROP TABLE temp.Subject_Outcome;
    DROP TABLE temp.Subject_Quarantine;
    DROP TABLE temp.Subject_Raw;
END;
GRANT EXECUTE ON Export_Subject TO compliance_officer;

-- In which places, and in how many rows, values are found that identified a person: @Values is a JSON array of
-- [column, value]. Every table is looked through; what is asked is not kept.
CREATE OR ALTER PROCEDURE Find_Traces
    @Values TEXT
WITH READ_ONLY
AS
BEGIN
    DROP TABLE IF EXISTS temp.Traced_Value;
    CREATE TEMP TABLE Traced_Value (Column_Name TEXT, Value TEXT, PRIMARY KEY (Column_Name, Value)) WITHOUT ROWID;
    INSERT INTO temp.Traced_Value (Column_Name, Value)
    SELECT DISTINCT json_extract(v.value, '$[0]'), lower(trim(json_extract(v.value, '$[1]')))
    FROM json_each(@Values) AS v;

    SELECT 'Diver' AS Place,
           (SELECT count(*)
            FROM Diver
            WHERE Email IN (SELECT Value FROM temp.Traced_Value WHERE Column_Name = 'Email')
               OR lower(Source_Reference) IN (SELECT Value
                                              FROM temp.Traced_Value
                                              WHERE Column_Name = 'Source_Reference')) AS Row_Count
    UNION ALL
    SELECT 'Diver_History',
           (SELECT count(*)
            FROM Diver_History
            WHERE Email IN (SELECT Value FROM temp.Traced_Value WHERE Column_Name = 'Email')
               OR lower(Source_Reference) IN (SELECT Value
                                              FROM temp.Traced_Value
                                              WHERE Column_Name = 'Source_Reference'))
    UNION ALL
    SELECT 'Search_Term',
           (SELECT count(*)
            FROM temp.Traced_Value AS v
            JOIN Search_Term AS t
              ON t.Search_Column = v.Column_Name AND t.Term = v.Value)
    UNION ALL
    SELECT 'Raw_Record',
           (SELECT count(*)
            FROM Raw_Record
            WHERE lower(trim(Email)) IN (SELECT Value FROM temp.Traced_Value WHERE Column_Name = 'Email')
               OR lower(trim(Payload)) IN (SELECT Value FROM temp.Traced_Value WHERE Column_Name = 'Payload')
               OR lower(trim(Source_Reference)) IN (SELECT Value
                                                    FROM temp.Traced_Value
                                                    WHERE Column_Name = 'Source_Reference'))
    UNION ALL
    SELECT 'Data_Quarantine',
           (SELECT count(*)
            FROM Data_Quarantine
            WHERE lower(trim(Email)) IN (SELECT Value FROM temp.Traced_Value WHERE Column_Name = 'Email')
               OR lower(trim(Source_Reference)) IN (SELECT Value
                                                    FROM temp.Traced_Value
                                                    WHERE Column_Name = 'Source_Reference'))
    UNION ALL
    SELECT 'Quarantine_Violation',
           (SELECT count(*)
            FROM Quarantine_Violation
            WHERE lower(trim(Observed_Value)) IN (SELECT Value FROM temp.Traced_Value))
    UNION ALL
    SELECT 'Quarantine_Revision',
           (SELECT count(*)
            FROM Quarantine_Revision
            WHERE lower(trim(Old_Value)) IN (SELECT Value FROM temp.Traced_Value)
               OR lower(trim(New_Value)) IN (SELECT Value FROM temp.Traced_Value))
    UNION ALL
    SELECT 'Certification',
           (SELECT count(*)
            FROM Certification
            WHERE lower(Card_Number) IN (SELECT Value FROM temp.Traced_Value WHERE Column_Name = 'Card_Number'))
    UNION ALL
    SELECT 'Ingestion_Batch',
           (SELECT count(*)
            FROM Ingestion_Batch AS b
            WHERE EXISTS (SELECT 1
                          FROM temp.Traced_Value AS v
                          WHERE v.Column_Name = 'Email' AND instr(lower(b.Source_Name), v.Value) > 0));

    DROP TABLE temp.Traced_Value;
END;
GRANT EXECUTE ON Find_Traces TO compliance_officer;

-- Erases a person: from the directory and its past, from what is searched, from the source records and their payloads,
-- from quarantine with all that was seen and edited there, and from the reasons that were written about them. What other
-- facts refer to stays, about nobody: dives, bookings and cards keep the diver's number, and where there are any, an
-- anonymous diver keeps their place. Numbers stay everywhere, so that counts still balance.
-- @Tombstones is a JSON array of keyed hashes by which the person is known again (computed by the caller, who has the
-- key). Results: what was found in which place; all the values that identified the person, for the caller to search for
-- again; and the erasure itself.
CREATE OR ALTER PROCEDURE Erase_Diver
    @Diver_ID   INTEGER,
    @Reason     TEXT,
    @Tombstones TEXT    = '[]',
    @Rehearse   INTEGER = 0
AS
BEGIN
    IF trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'An erasure needs a reason.';
    PRINT '1/4 Finding what is held';
    EXECUTE Find_Subject @Diver_ID = @Diver_ID;
    SET @Now = (SELECT Instant FROM Transaction_Context);
    SET @Actor = (SELECT Actor FROM Transaction_Context);
    SET @Dives = (SELECT count(*) FROM Dive_Log WHERE Diver_ID = @Diver_ID);
    SET @Bookings = (SELECT count(*) FROM Dive_Participation WHERE Diver_ID = @Diver_ID);
    SET @Cards = (SELECT count(*) FROM Certification WHERE Diver_ID = @Diver_ID);
    SET @Is_Kept = @Dives + @Bookings + @Cards > 0;

    PRINT '2/4 Listing what identifies the person';
    DROP TABLE IF EXISTS temp.Subject_Value;
    CREATE TEMP TABLE Subject_Value AS
    SELECT DISTINCT v.Column_Name, v.Identifying_Value
    FROM (SELECT 'First_Name' AS Column_Name, First_Name AS Identifying_Value FROM temp.Subject_Name
          UNION ALL
          SELECT 'Last_Name', Last_Name FROM temp.Subject_Name
          UNION ALL
          SELECT 'Email', Email FROM temp.Subject_Name
          UNION ALL
          SELECT 'Phone', Phone FROM temp.Subject_Name
          UNION ALL
          SELECT 'Date_Of_Birth', Date_Of_Birth FROM temp.Subject_Name
          UNION ALL
          SELECT 'Source_Reference', Source_Reference FROM temp.Subject_Name
          UNION ALL
          SELECT 'Card_Number', Card_Number FROM Certification WHERE Diver_ID = @Diver_ID
          UNION ALL
          SELECT c.column1,
                 CASE c.column1
                     WHEN 'First_Name' THEN r.First_Name
                     WHEN 'Last_Name' THEN r.Last_Name
                     WHEN 'Email' THEN r.Email
                     WHEN 'Phone' THEN r.Phone
                     WHEN 'Date_Of_Birth' THEN r.Date_Of_Birth
                     WHEN 'Source_Reference' THEN r.Source_Reference
                     ELSE nullif(r.Payload, '{"edited":true}')
                 END
          FROM temp.Subject_Raw AS s
          JOIN Raw_Record AS r
            ON r.Raw_ID = s.Raw_ID
          CROSS JOIN (VALUES ('First_Name'), ('Last_Name'), ('Email'), ('Phone'), ('Date_Of_Birth'), ('Source_Reference'),
                             ('Payload')) AS c
          UNION ALL
          SELECT c.column1,
                 CASE c.column1
                     WHEN 'First_Name' THEN q.First_Name
                     WHEN 'Last_Name' THEN q.Last_Name
                     WHEN 'Email' THEN q.Email
                     WHEN 'Phone' THEN q.Phone
                     WHEN 'Date_Of_Birth' THEN q.Date_Of_Birth
                     ELSE q.Source_Reference
                 END
          FROM temp.Subject_Quarantine AS s
          JOIN Data_Quarantine AS q
            ON q.Quarantine_ID = s.Quarantine_ID
          CROSS JOIN (VALUES ('First_Name'), ('Last_Name'), ('Email'), ('Phone'), ('Date_Of_Birth'), ('Source_Reference')) AS c
          UNION ALL
          SELECT e.Column_Name, e.Old_Value
          FROM temp.Subject_Quarantine AS s
          JOIN Quarantine_Revision AS e
            ON e.Quarantine_ID = s.Quarantine_ID
          UNION ALL
          SELECT e.Column_Name, e.New_Value
          FROM temp.Subject_Quarantine AS s
          JOIN Quarantine_Revision AS e
            ON e.Quarantine_ID = s.Quarantine_ID) AS v
    WHERE trim(coalesce(v.Identifying_Value, '')) <> '' AND v.Column_Name <> 'Certification';

    -- What somebody wrote as the reason of an edit is kept where it was an edit of others' records too, and does not name
    -- the person.
    DROP TABLE IF EXISTS temp.Subject_Group;
    CREATE TEMP TABLE Subject_Group AS
    SELECT DISTINCT g.Edit_Group_ID
    FROM temp.Subject_Quarantine AS s
    JOIN Quarantine_Revision AS e
      ON e.Quarantine_ID = s.Quarantine_ID
    JOIN Edit_Group AS g
      ON g.Edit_Group_ID = e.Edit_Group_ID
    WHERE NOT EXISTS (SELECT 1
                      FROM Quarantine_Revision AS o
                      WHERE o.Edit_Group_ID = g.Edit_Group_ID
                        AND o.Quarantine_ID NOT IN (SELECT k.Quarantine_ID FROM temp.Subject_Quarantine AS k))
       OR EXISTS (SELECT 1
                  FROM temp.Subject_Value AS v
                  WHERE instr(folded(g.Edit_Reason), folded(v.Identifying_Value)) > 0);

    -- A file that brought the person's records may be called after them.
    DROP TABLE IF EXISTS temp.Subject_Source;
    CREATE TEMP TABLE Subject_Source AS
    SELECT DISTINCT b.Batch_ID
    FROM temp.Subject_Raw AS s
    JOIN Raw_Record AS r
      ON r.Raw_ID = s.Raw_ID
    JOIN Ingestion_Batch AS b
      ON b.Batch_ID = r.Batch_ID
    WHERE EXISTS (SELECT 1
                  FROM temp.Subject_Value AS v
                  WHERE v.Column_Name IN ('Last_Name', 'Email', 'Source_Reference')
                    AND instr(folded(b.Source_Name), folded(v.Identifying_Value)) > 0);

    -- A table with types, since SQLite searches the index for nothing else.
    DROP TABLE IF EXISTS temp.Subject_Term;
    CREATE TEMP TABLE Subject_Term (
        Search_Column TEXT    NOT NULL,
        Term          TEXT    NOT NULL,
        Diver_ID      INTEGER NOT NULL
    );
    INSERT INTO temp.Subject_Term (Search_Column, Term, Diver_ID)
    SELECT t.Search_Column, t.Term, @Diver_ID
    FROM (SELECT 'Last_Name' AS Search_Column, lower(Last_Name || ' ' || First_Name) AS Term FROM temp.Subject_Name
          UNION
          SELECT 'Last_Name', lower(First_Name || ' ' || Last_Name) FROM temp.Subject_Name
          UNION
          SELECT 'Email', Email FROM temp.Subject_Name
          UNION
          SELECT 'Source_Reference', lower(Source_Reference) FROM temp.Subject_Name WHERE Source_Reference IS NOT NULL) AS t;

    DROP TABLE IF EXISTS temp.Subject_Inventory;
    CREATE TEMP TABLE Subject_Inventory AS
    SELECT 1 AS Sort_Order, 'Diver' AS Place, (SELECT count(*) FROM Diver WHERE Diver_ID = @Diver_ID) AS Row_Count,
           CASE WHEN @Is_Kept THEN 'Anonymised' ELSE 'Removed' END AS Fate
    UNION ALL
    SELECT 2, 'Diver_History', (SELECT count(*) FROM Diver_History WHERE Diver_ID = @Diver_ID), 'Removed'
    UNION ALL
    SELECT 3, 'Search_Term', (SELECT count(*)
                              FROM temp.Subject_Term AS s
                              CROSS JOIN Search_Term AS t
                                      ON t.Search_Column = s.Search_Column AND t.Term = s.Term AND t.Diver_ID = s.Diver_ID),
           'Removed'
    UNION ALL
    SELECT 4, 'Raw_Record', (SELECT count(*) FROM temp.Subject_Raw AS s JOIN Raw_Record AS r ON r.Raw_ID = s.Raw_ID),
           'Emptied'
    UNION ALL
    SELECT 5, 'Data_Quarantine', (SELECT count(*) FROM temp.Subject_Quarantine), 'Emptied'
    UNION ALL
    SELECT 6, 'Quarantine_Violation', (SELECT count(*)
                                       FROM temp.Subject_Quarantine AS s
                                       JOIN Quarantine_Violation AS v
                                         ON v.Quarantine_ID = s.Quarantine_ID), 'Emptied'
    UNION ALL
    SELECT 7, 'Quarantine_Revision', (SELECT count(*)
                                      FROM temp.Subject_Quarantine AS s
                                      JOIN Quarantine_Revision AS e
                                        ON e.Quarantine_ID = s.Quarantine_ID), 'Emptied'
    UNION ALL
    SELECT 8, 'Quarantine_Event', (SELECT count(*)
                                   FROM temp.Subject_Quarantine AS s
                                   JOIN Quarantine_Event AS e
                                     ON e.Quarantine_ID = s.Quarantine_ID), 'Emptied'
    UNION ALL
    SELECT 9, 'Edit_Group', (SELECT count(*) FROM temp.Subject_Group), 'Emptied'
    UNION ALL
    SELECT 10, 'Diver_Deletion', (SELECT count(*) FROM Diver_Deletion WHERE Diver_ID = @Diver_ID), 'Emptied'
    UNION ALL
    SELECT 11, 'Diver_Reveal', (SELECT count(*) FROM Diver_Reveal WHERE Diver_ID = @Diver_ID), 'Emptied'
    UNION ALL
    SELECT 12, 'Certification', @Cards, 'Anonymised'
    UNION ALL
    SELECT 13, 'Dive_Participation', @Bookings, 'Stays'
    UNION ALL
    SELECT 14, 'Dive_Log', @Dives, 'Stays'
    UNION ALL
    SELECT 15, 'Ingestion_Batch', (SELECT count(*) FROM temp.Subject_Source), 'Anonymised';

    PRINT '3/4 Erasing';
    UPDATE Diver
    SET First_Name = 'Erased',
        Last_Name = 'Diver',
        Email = 'erased-' || @Diver_ID || '@erased.invalid',
        Phone = NULL,
        Date_Of_Birth = '1900-01-01',
        Certification_Level_ID = NULL,
        Source_Reference = NULL,
        Modified_By = @Actor,
        Change_Reason = 'Erased'
    WHERE Diver_ID = @Diver_ID AND @Is_Kept;

    DELETE FROM Diver
    WHERE Diver_ID = @Diver_ID AND NOT @Is_Kept;

    DELETE FROM Diver_History
    WHERE Diver_ID = @Diver_ID;

    DELETE FROM Search_Term
    WHERE (Search_Column, Term, Diver_ID) IN (SELECT s.Search_Column, s.Term, s.Diver_ID FROM temp.Subject_Term AS s);

    UPDATE Diver_Deletion
    SET Delete_Reason = 'Erased'
    WHERE Diver_ID = @Diver_ID;
    INSERT INTO Diver_Deletion (Diver_ID, Deleted_At, Deleted_By, Delete_Reason)
    SELECT @Diver_ID, @Now, @Actor, 'Erased'
    WHERE NOT @Is_Kept;
    UPDATE Diver_Reveal
    SET Reveal_Reason = 'Erased'
    WHERE Diver_ID = @Diver_ID;
    UPDATE Certification
    SET Card_Number = 'erased-' || Certification_ID
    WHERE Diver_ID = @Diver_ID;

    -- By the record, since the payload itself may be purged.
    DELETE FROM Quarantine_Payload
    WHERE Quarantine_ID IN (SELECT Quarantine_ID FROM temp.Subject_Quarantine);
    UPDATE Raw_Record
    SET First_Name = NULL,
        Last_Name = NULL,
        Email = NULL,
        Phone = NULL,
        Date_Of_Birth = NULL,
        Certification = NULL,
        Source_Reference = NULL,
        Payload = '{"erased":true}'
    WHERE Raw_ID IN (SELECT s.Raw_ID FROM temp.Subject_Raw AS s);

    UPDATE Data_Quarantine
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
        Resolution_Code = CASE WHEN Status = 'Open' THEN 'Erased' ELSE Resolution_Code END,
        Resolution_Reason = NULL,
        Resolved_By = coalesce(Resolved_By, @Actor),
        Resolved_At = coalesce(Resolved_At, @Now),
        Status = CASE WHEN Status = 'Open' THEN 'Discarded' ELSE Status END,
        Record_Version = Record_Version + 1
    WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM temp.Subject_Quarantine AS s);

    UPDATE Quarantine_Violation
    SET Observed_Value = NULL
    WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM temp.Subject_Quarantine AS s);

    UPDATE Quarantine_Revision
    SET Old_Value = NULL,
        New_Value = NULL,
        Edit_Reason = NULL
    WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM temp.Subject_Quarantine AS s);

    UPDATE Quarantine_Event
    SET Event_Reason = NULL
    WHERE Quarantine_ID IN (SELECT s.Quarantine_ID FROM temp.Subject_Quarantine AS s);

    UPDATE Edit_Group
    SET Edit_Reason = NULL
    WHERE Edit_Group_ID IN (SELECT g.Edit_Group_ID FROM temp.Subject_Group AS g);

    UPDATE Quarantine_Revision
    SET Edit_Reason = NULL
    WHERE Edit_Group_ID IN (SELECT g.Edit_Group_ID FROM temp.Subject_Group AS g);

    UPDATE Ingestion_Batch
    SET Source_Name = 'erased-' || Batch_ID
    WHERE Batch_ID IN (SELECT o.Batch_ID FROM temp.Subject_Source AS o);

    PRINT '4/4 Writing it down';
    INSERT INTO Erasure_Tombstone (Tombstone, Diver_ID, Erased_At, Erased_By)
    SELECT DISTINCT t.value, @Diver_ID, @Now, @Actor
    FROM json_each(@Tombstones) AS t
    WHERE true
    ON CONFLICT DO NOTHING;

    EXECUTE Log_Action @Action = 'Erase_Diver', @Subject_Type = 'Diver', @Subject_ID = @Diver_ID,
                       @Detail = (SELECT json_object('rows', sum(Row_Count), 'tombstones', json_array_length(@Tombstones))
                                  FROM temp.Subject_Inventory);

    SELECT Place, Row_Count, Fate
    FROM temp.Subject_Inventory
    ORDER BY Sort_Order;

    SELECT Column_Name, Identifying_Value
    FROM temp.Subject_Value
    ORDER BY Column_Name, Identifying_Value;

    -- With which batches the person's records came: their files, and copies of them, are no part of this database.
    SELECT @Diver_ID AS Diver_ID, @Now AS Erased_At, @Actor AS Erased_By, @Is_Kept AS Is_Kept,
           (SELECT json_group_array(c.Batch_ID)
            FROM (SELECT DISTINCT b.Batch_ID
                  FROM temp.Subject_Raw AS s
                  JOIN Raw_Record AS r
                    ON r.Raw_ID = s.Raw_ID
                  JOIN Ingestion_Batch AS b
                    ON b.Batch_ID = r.Batch_ID
                  WHERE b.Source_Kind <> 'resubmission'
                  ORDER BY b.Batch_ID) AS c) AS Batches;

    DROP TABLE temp.Subject_Name;
    DROP TABLE temp.Subject_Email;
    DROP TABLE temp.Subject_Outcome;
    DROP TABLE temp.Subject_Quarantine;
    DROP TABLE temp.Subject_Raw;
    DROP TABLE temp.Subject_Value;
    DROP TABLE temp.Subject_Group;
    DROP TABLE temp.Subject_Source;
    DROP TABLE temp.Subject_Term;
    DROP TABLE temp.Subject_Inventory;
END;
GRANT EXECUTE ON Erase_Diver TO compliance_officer;

------------------------------------------------------------------------------------------------------------
-- Rules and housekeeping: Set_Rule, Retest_Quarantine, Purge_Batches
------------------------------------------------------------------------------------------------------------

-- Changes what a rule asks for, from now on; what it asked for before stays in its history. Who reads an older version
-- than the present one is told so. Records that wait are judged again by Retest_Quarantine.
CREATE OR ALTER PROCEDURE Set_Rule
    @Rule_Code  TEXT,
    @Severity   TEXT,
    @Threshold  INTEGER,
    @Is_Enabled INTEGER,
    @Valid_From TEXT,
    @Reason     TEXT
AS
BEGIN
    IF NOT EXISTS (SELECT 1 FROM Quality_Rule WHERE Rule_Code = @Rule_Code)
        THROW 50404, 'There is no rule ' || coalesce(@Rule_Code, '?') || '.';
    IF trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'A change of a rule needs a reason.';
    IF NOT EXISTS (SELECT 1 FROM Quality_Rule WHERE Rule_Code = @Rule_Code AND Valid_From = @Valid_From)
        THROW 50412, (SELECT 'The rule ' || Rule_Code || ' was changed by ' || Modified_By || ' at ' || Valid_From
                             || ' UTC, after you had read it.'
                      FROM Quality_Rule
                      WHERE Rule_Code = @Rule_Code);

    EXECUTE Change_Rule @Rule_Code = @Rule_Code, @Severity = @Severity, @Threshold = @Threshold,
                        @Is_Enabled = @Is_Enabled, @Reason = trim(@Reason);
    EXECUTE Log_Action @Action = 'Set_Rule', @Subject_Type = 'Quality_Rule', @Subject_ID = NULL,
                       @Detail = json_object('rule', @Rule_Code, 'severity', @Severity, 'threshold', @Threshold,
                                             'enabled', @Is_Enabled);

    SELECT Rule_Code, Severity, Threshold, Is_Enabled, Valid_From
    FROM Quality_Rule
    WHERE Rule_Code = @Rule_Code;
END;
GRANT EXECUTE ON Set_Rule TO compliance_officer;

-- The change itself, within the transaction of Set_Rule or of a rehearsal; granted to nobody.
CREATE OR ALTER PROCEDURE Change_Rule
    @Rule_Code  TEXT,
    @Severity   TEXT,
    @Threshold  INTEGER,
    @Is_Enabled INTEGER,
    @Reason     TEXT
AS
BEGIN
    IF coalesce(@Severity, '') NOT IN ('error', 'warning')
        THROW 50400, 'A rule is an error or a warning.';
    IF EXISTS (SELECT 1
               FROM Quality_Rule
               WHERE Rule_Code = @Rule_Code AND Is_Mandatory AND (coalesce(@Is_Enabled, 0) = 0 OR @Severity <> 'error'))
        THROW 50400, 'The rule ' || @Rule_Code || ' keeps the tables sound: it stays on, and it stays an error.';
    IF (SELECT (Threshold IS NULL) <> (@Threshold IS NULL) OR coalesce(@Threshold, 0) NOT BETWEEN 0 AND 150
        FROM Quality_Rule
        WHERE Rule_Code = @Rule_Code)
        THROW 50400, 'The threshold of ' || @Rule_Code || ' is an age from 0 to 150 where the rule has one, and nothing elsewhere.';

    UPDATE Quality_Rule
    SET Severity = @Severity,
        Threshold = @Threshold,
        Is_Enabled = coalesce(@Is_Enabled, 0),
        Modified_By = (SELECT Actor FROM Transaction_Context),
        Change_Reason = @Reason
    WHERE Rule_Code = @Rule_Code;
END;

-- Judges again, by the rules as they are today, what waits in quarantine: all rules, or one. It writes where each record
-- stands and lets nobody in; a steward resubmits what is ready. For one rule it also judges the divers, who stay what
-- they are. With @Severity, @Threshold and @Is_Enabled it rehearses a change of that rule, which Set_Rule saves.
CREATE OR ALTER PROCEDURE Retest_Quarantine
    @Rule_Code  TEXT = NULL,
    @Severity   TEXT = NULL,
    @Threshold  INTEGER = NULL,
    @Is_Enabled INTEGER = NULL,
    @Rehearse   INTEGER = 0
AS
BEGIN
    IF @Rule_Code IS NOT NULL AND NOT EXISTS (SELECT 1 FROM Quality_Rule WHERE Rule_Code = @Rule_Code)
        THROW 50404, 'There is no rule ' || @Rule_Code || '.';
    IF @Severity IS NOT NULL AND (@Rule_Code IS NULL OR @Rehearse = 0)
        THROW 50400, 'A change of a rule is only rehearsed here; Set_Rule saves it.';

    SET @Received_On = (SELECT substr(Instant, 1, 10) FROM Transaction_Context);
    SET @Old_Severity = (SELECT Severity FROM Quality_Rule WHERE Rule_Code = @Rule_Code);
    SET @Old_Threshold = (SELECT Threshold FROM Quality_Rule WHERE Rule_Code = @Rule_Code);
    SET @Old_Enabled = (SELECT Is_Enabled FROM Quality_Rule WHERE Rule_Code = @Rule_Code);
    SET @Old_Errors = (
        SELECT sum(c.Check_Bit)
        FROM Rule_Check AS c
        JOIN Quality_Rule AS r
          ON r.Rule_Code = c.Rule_Code
        WHERE r.Severity = 'error'
    );
    IF @Severity IS NOT NULL
        EXECUTE Change_Rule @Rule_Code = @Rule_Code, @Severity = @Severity, @Threshold = @Threshold,
                            @Is_Enabled = @Is_Enabled, @Reason = 'Rehearsal';
    SET @New_Errors = (
        SELECT sum(c.Check_Bit)
        FROM Rule_Check AS c
        JOIN Quality_Rule AS r
          ON r.Rule_Code = c.Rule_Code
        WHERE r.Severity = 'error'
    );

    -- Which checks are made again, and which columns they look at (the date of birth serves several): the others are not
    -- read. 2097152 = DUPLICATE_IN_BATCH says how a record came and is not judged again. 4194304 = DUPLICATE_OF_DIVER.
    DROP TABLE IF EXISTS temp.Retest_Scope;
    CREATE TEMP TABLE Retest_Scope AS
    SELECT sum(c.Check_Bit) & ~2097152                                                  AS Checks,
           max(c.Column_Name IN ('First_Name', 'Last_Name') OR c.Check_Bit = 4194304)   AS Has_Names,
           max(c.Column_Name = 'Email')                                                 AS Has_Email,
           max(c.Column_Name = 'Phone' OR c.Check_Bit = 4194304)                        AS Has_Phone,
           max(c.Column_Name = 'Certification' OR c.Check_Bit = 4194304)                AS Has_Certification,
           max(c.Column_Name IN ('Payload', 'Source_Reference'))                        AS Has_Rest
    FROM Rule_Check AS c
    WHERE @Rule_Code IS NULL OR c.Rule_Code = @Rule_Code;

    PRINT '1/6 Judging the records that wait';
    DROP VIEW IF EXISTS temp.Judge_Input;
    CREATE TEMP VIEW Judge_Input AS
    SELECT q.Quarantine_ID                                                                            AS Record_ID,
           0                                                                                          AS Source_Row,
           ~(SELECT Checks FROM temp.Retest_Scope)                                                    AS Waived_Checks,
           coalesce(CASE WHEN (SELECT Has_Rest FROM temp.Retest_Scope) AND q.Edited_Columns = 0
                         THEN (SELECT nullif(r.Payload, '') FROM Raw_Record AS r WHERE r.Raw_ID = q.Raw_ID) END,
                    '{}')                                                                             AS Payload,
           CASE WHEN (SELECT Has_Names FROM temp.Retest_Scope) THEN q.First_Name END                  AS First_Name,
           CASE WHEN (SELECT Has_Names FROM temp.Retest_Scope) THEN q.Last_Name END                   AS Last_Name,
           CASE WHEN (SELECT Has_Email FROM temp.Retest_Scope) THEN q.Email END                       AS Email,
           CASE WHEN (SELECT Has_Phone FROM temp.Retest_Scope) THEN q.Phone END                       AS Phone,
           q.Date_Of_Birth,
           CASE WHEN (SELECT Has_Certification FROM temp.Retest_Scope) THEN q.Certification END       AS Certification,
           CASE WHEN (SELECT Has_Rest FROM temp.Retest_Scope) THEN q.Source_Reference END             AS Source_Reference
    FROM Data_Quarantine AS q
    WHERE q.Status = 'Open';
    EXECUTE Judge_Records @Received_On = @Received_On;
    IF (SELECT Checks & 4194304 FROM temp.Retest_Scope)
        EXECUTE Compare_With_Divers;
    IF (SELECT Checks & 4194304 FROM temp.Retest_Scope)
        EXECUTE Compare_With_Earlier @Batch_ID = NULL;

    DROP TABLE IF EXISTS temp.Retested;
    CREATE TEMP TABLE Retested (
        Quarantine_ID INTEGER PRIMARY KEY,
        Batch_ID      INTEGER NOT NULL,
        Old_Checks    INTEGER NOT NULL,
        New_Checks    INTEGER NOT NULL
    );
    INSERT INTO temp.Retested (Quarantine_ID, Batch_ID, Old_Checks, New_Checks)
    SELECT q.Quarantine_ID,
           q.Batch_ID,
           q.Failed_Checks,
           (q.Failed_Checks & ~(SELECT Checks FROM temp.Retest_Scope)) | coalesce(f.Mask, 0)
    FROM Data_Quarantine AS q
    LEFT JOIN temp.Finding AS f
           ON f.Record_ID = q.Quarantine_ID
    WHERE q.Status = 'Open';

    UPDATE Data_Quarantine
    SET Failed_Checks = r.New_Checks
    FROM temp.Retested AS r
    WHERE r.Quarantine_ID = Data_Quarantine.Quarantine_ID AND r.New_Checks <> r.Old_Checks;

    DROP TABLE IF EXISTS temp.Failing_Diver;
    CREATE TEMP TABLE Failing_Diver (
        Diver_ID   INTEGER PRIMARY KEY,
        Is_Already INTEGER NOT NULL DEFAULT 0
    );
    DROP VIEW temp.Judge_Input;
    -- A rule that is off fails nobody.
    DROP TABLE temp.Normalised;
    IF (SELECT Is_Enabled FROM Quality_Rule WHERE Rule_Code = @Rule_Code)
        EXECUTE Judge_Divers @Received_On = @Received_On;

    -- Which of them fail the rule as it is today: a diver may have been let in with a warning, or before the rule was.
    IF @Severity IS NOT NULL
        EXECUTE Change_Rule @Rule_Code = @Rule_Code, @Severity = @Old_Severity, @Threshold = @Old_Threshold,
                            @Is_Enabled = @Old_Enabled, @Reason = 'Rehearsal';
    EXECUTE Judge_Failing_Divers @Received_On = @Received_On;

    PRINT '6/6 Adding up';
    EXECUTE Log_Action @Action = 'Retest_Quarantine', @Subject_Type = 'Quality_Rule', @Subject_ID = NULL,
                       @Detail = json_object('rule', @Rule_Code, 'judged', (SELECT count(*) FROM temp.Retested), 'changed',
                                             (SELECT count(*) FROM temp.Retested WHERE New_Checks <> Old_Checks));

    -- Ready: the gate would let it in now, and would not before. Releasable: only warnings are left.
    SELECT count(*)                                                                            AS Judged_Count,
           coalesce(sum(New_Checks <> Old_Checks), 0)                                          AS Changed_Count,
           coalesce(sum(New_Checks = 0 AND Old_Checks <> 0), 0)                                AS Ready_Count,
           coalesce(sum(New_Checks <> 0 AND Old_Checks = 0), 0)                                AS Stopped_Count,
           coalesce(sum(New_Checks <> 0 AND New_Checks & @New_Errors = 0), 0)                  AS Releasable_Count,
           coalesce(sum(Old_Checks <> 0 AND Old_Checks & @Old_Errors = 0), 0)                  AS Releasable_Before_Count,
           CASE WHEN @Rule_Code IS NULL THEN 0 ELSE (SELECT count(*) FROM Diver) END           AS Diver_Count,
           (SELECT count(*) FROM temp.Failing_Diver)                                           AS Failing_Diver_Count,
           (SELECT count(*) FROM temp.Failing_Diver WHERE Is_Already = 0)                      AS Newly_Failing_Count
    FROM temp.Retested;

    SELECT b.Batch_ID, b.Source_Name, b.Received_At,
           sum(s.Is_Ready)     AS Ready_Count,
           sum(s.Is_Stopped)   AS Stopped_Count,
           sum(s.Is_Failing)   AS Newly_Failing_Count
    FROM (SELECT Batch_ID, New_Checks = 0 AS Is_Ready, New_Checks <> 0 AS Is_Stopped, 0 AS Is_Failing
          FROM temp.Retested
          WHERE (New_Checks = 0) <> (Old_Checks = 0)
          UNION ALL
          SELECT r.Batch_ID, 0, 0, 1
          FROM temp.Failing_Diver AS f
          JOIN Record_Outcome AS o
            ON o.Diver_ID = f.Diver_ID AND o.Outcome = 'Promoted'
          JOIN Raw_Record AS r
            ON r.Raw_ID = o.Raw_ID
          WHERE f.Is_Already = 0) AS s
    JOIN Ingestion_Batch AS b
      ON b.Batch_ID = s.Batch_ID
    GROUP BY b.Batch_ID
    ORDER BY b.Batch_ID;

    SELECT Quarantine_ID, Batch_ID, Old_Checks, New_Checks
    FROM temp.Retested
    WHERE New_Checks <> Old_Checks
    ORDER BY (New_Checks = 0) = (Old_Checks = 0), Quarantine_ID
    LIMIT 200;

    SELECT Diver_ID, Is_Already
    FROM temp.Failing_Diver
    ORDER BY Is_Already, Diver_ID
    LIMIT 200;

    DROP TABLE temp.Retest_Scope;
    DROP TABLE temp.Retested;
    DROP TABLE temp.Failing_Diver;
    DROP TABLE temp.Finding;
END;
GRANT EXECUTE ON Retest_Quarantine TO data_steward, compliance_officer;

-- Fills temp.Failing_Diver with the divers who fail the checks of temp.Retest_Scope, a quarter after the other, so that
-- somebody who waits sees how far it is. Called by Retest_Quarantine.
CREATE OR ALTER PROCEDURE Judge_Divers
    @Received_On TEXT
AS
BEGIN
    SET @Last = (SELECT max(Diver_ID) FROM Diver);
    PRINT '2/6 Judging the divers';
    EXECUTE Judge_Some_Divers @Received_On = @Received_On, @After = 0, @Last = @Last / 4;
    PRINT '3/6 Judging the divers: a quarter is done';
    EXECUTE Judge_Some_Divers @Received_On = @Received_On, @After = @Last / 4, @Last = @Last / 2;
    PRINT '4/6 Judging the divers: half of them are done';
    EXECUTE Judge_Some_Divers @Received_On = @Received_On, @After = @Last / 2, @Last = @Last - @Last / 4;
    PRINT '5/6 Judging the divers: three quarters are done';
    EXECUTE Judge_Some_Divers @Received_On = @Received_On, @After = @Last - @Last / 4, @Last = @Last;
END;

-- Adds those of some divers, by their numbers, who fail. What is stored is normalised: it is judged where it lies.
-- Called by Judge_Divers.
CREATE OR ALTER PROCEDURE Judge_Some_Divers
    @Received_On TEXT,
    @After       INTEGER,
    @Last        INTEGER
AS
BEGIN
    DROP TABLE IF EXISTS temp.Diver_Range;
    CREATE TEMP TABLE Diver_Range AS
    SELECT @After AS After_ID, @Last AS Last_ID;
    CREATE TEMP VIEW Normalised AS
    SELECT d.Diver_ID AS Record_ID, 0 AS Source_Row, 0 AS Waived_Checks, d.First_Name, d.Last_Name, d.Email, d.Phone,
           d.Phone AS Digits, d.Date_Of_Birth, d.Certification_Level_ID AS Certification, d.Certification_Level_ID,
           d.Source_Reference, 1 AS Is_Whole
    FROM Diver AS d
    WHERE d.Diver_ID > (SELECT After_ID FROM temp.Diver_Range)
      AND d.Diver_ID <= (SELECT Last_ID FROM temp.Diver_Range);
    EXECUTE Apply_Rules @Received_On = @Received_On, @Checks = (SELECT Checks FROM temp.Retest_Scope);
    DROP VIEW temp.Normalised;
    DROP TABLE temp.Diver_Range;

    INSERT INTO temp.Failing_Diver (Diver_ID)
    SELECT Record_ID
    FROM temp.Finding
    ORDER BY Record_ID;
END;

-- Tells apart which of temp.Failing_Diver fail the rules as they are at this moment. Called by Retest_Quarantine.
CREATE OR ALTER PROCEDURE Judge_Failing_Divers
    @Received_On TEXT
AS
BEGIN
    CREATE TEMP VIEW Normalised AS
    SELECT d.Diver_ID AS Record_ID, 0 AS Source_Row, 0 AS Waived_Checks, d.First_Name, d.Last_Name, d.Email, d.Phone,
           d.Phone AS Digits, d.Date_Of_Birth, d.Certification_Level_ID AS Certification, d.Certification_Level_ID,
           d.Source_Reference, 1 AS Is_Whole
    FROM temp.Failing_Diver AS f
    CROSS JOIN Diver AS d
            ON d.Diver_ID = f.Diver_ID;
    EXECUTE Apply_Rules @Received_On = @Received_On, @Checks = (SELECT Checks FROM temp.Retest_Scope);
    DROP VIEW temp.Normalised;

    UPDATE temp.Failing_Diver
    SET Is_Already = 1
    WHERE Diver_ID IN (SELECT Record_ID FROM temp.Finding);
END;

-- Takes away what the sources sent in batches that were received before a day: the raw values and the payloads. The
-- place of every record, its outcome, where it went, and all counts stay; so does what an open record came from.
CREATE OR ALTER PROCEDURE Purge_Batches
    @Received_Before TEXT,
    @Reason          TEXT,
    @Rehearse        INTEGER = 0
AS
BEGIN
    IF date(@Received_Before, '+0 days') IS NOT @Received_Before
        THROW 50400, 'The day reads YYYY-MM-DD.';
    IF @Received_Before > (SELECT substr(Instant, 1, 10) FROM Transaction_Context)
        THROW 50400, 'The day lies in the future.';
    IF trim(coalesce(@Reason, '')) = ''
        THROW 50400, 'A purge needs a reason.';

    PRINT '1/3 Looking for what may go';
    DROP TABLE IF EXISTS temp.Purge;
    CREATE TEMP TABLE Purge AS
    SELECT b.Batch_ID
    FROM Ingestion_Batch AS b
    WHERE b.Status = 'Governed' AND b.Received_At < @Received_Before AND b.Purged_At IS NULL;

    PRINT '2/3 Taking away the raw values';
    UPDATE Raw_Record
    SET First_Name = NULL, Last_Name = NULL, Email = NULL, Phone = NULL, Date_Of_Birth = NULL, Certification = NULL,
        Source_Reference = NULL, Payload = ''
    WHERE Batch_ID IN (SELECT Batch_ID FROM temp.Purge)
      AND Payload <> ''
      AND NOT EXISTS (SELECT 1
                      FROM Record_Outcome AS o
                      JOIN Data_Quarantine AS q
                        ON q.Quarantine_ID = o.Quarantine_ID
                      WHERE o.Raw_ID = Raw_Record.Raw_ID AND q.Status = 'Open');
    SET @Record_Count = changes();

    PRINT '3/3 Noting it';
    -- A batch of which something was kept comes again at the next purge.
    UPDATE Ingestion_Batch
    SET Purged_At = (SELECT Instant FROM Transaction_Context)
    WHERE Batch_ID IN (SELECT Batch_ID FROM temp.Purge)
      AND NOT EXISTS (SELECT 1 FROM Raw_Record AS r WHERE r.Batch_ID = Ingestion_Batch.Batch_ID AND r.Payload <> '');

    EXECUTE Log_Action @Action = 'Purge_Batches', @Subject_Type = 'Ingestion_Batch', @Subject_ID = NULL,
                       @Detail = json_object('received_before', @Received_Before, 'batches', (SELECT count(*) FROM temp.Purge),
                                             'records', @Record_Count);

    SELECT (SELECT count(*) FROM temp.Purge)                                             AS Batch_Count,
           @Record_Count                                                                 AS Record_Count,
           (SELECT count(*)
            FROM Raw_Record
            WHERE Batch_ID IN (SELECT Batch_ID FROM temp.Purge) AND Payload <> '')       AS Kept_Count;

    SELECT b.Batch_ID, b.Source_Name, b.Received_At, b.Loaded_Count,
           (SELECT count(*) FROM Raw_Record AS r WHERE r.Batch_ID = b.Batch_ID AND r.Payload <> '') AS Kept_Count
    FROM Ingestion_Batch AS b
    WHERE b.Batch_ID IN (SELECT Batch_ID FROM temp.Purge)
    ORDER BY b.Batch_ID;
    DROP TABLE temp.Purge;
END;
GRANT EXECUTE ON Purge_Batches TO compliance_officer;
