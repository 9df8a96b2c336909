-- The registry as after some days of the season: as many registrations as bench/committer_bench.cpp
-- begins with, and a random person had a dose with the chance that is there, too.
CREATE FUNCTION person_of(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
    RETURN md5(n::text)::uuid;

INSERT INTO stock (clinic, lot, on_hand) SELECT n, 1, 100000 FROM generate_series(0, 19999) n;
INSERT INTO registration
        (key, person, programme, clinic, lot, device, dose_number, flags, claim, remaining, sealed)
    SELECT md5('before' || n)::uuid, person_of(n * 8), 0, n % 20000, 1, 1, 1, 0, 0, 100000,
           decode(left(repeat(md5(n::text), 4), 124), 'hex')
    FROM generate_series(1, 200000) n;

-- What form (b) registers, see batches.sql.
CREATE UNLOGGED TABLE asked_for (
    n bigint PRIMARY KEY, keys uuid[], persons uuid[], clinics int[], seals bytea[]
);
ALTER TABLE asked_for ALTER keys SET STORAGE EXTERNAL, ALTER persons SET STORAGE EXTERNAL,
    ALTER clinics SET STORAGE EXTERNAL, ALTER seals SET STORAGE EXTERNAL;
CREATE SEQUENCE asked_for_next;

-- Files for the log of all runs, written once: making them anew is not what is measured.
SELECT pg_logical_emit_message(false, 'room', repeat('-', 1000000)) FROM generate_series(1, 2000) n
\g /dev/null
VACUUM ANALYZE;
CHECKPOINT;
