-- The registration that doseline records, as tables. Left out in PostgreSQL's favour: personal data
-- sealed, the hash chain, the claim re-evaluated when two clinics register a person in the same
-- instant (here both would be payable), and all that a client's protocol costs.
CREATE TABLE stock (
    clinic int NOT NULL,
    lot int NOT NULL,
    on_hand int NOT NULL,
    last_entry_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (clinic, lot)
) WITH (fillfactor = 50);

CREATE TABLE registration (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key uuid NOT NULL UNIQUE,
    person uuid NOT NULL,
    programme smallint NOT NULL,
    clinic int NOT NULL,
    lot int NOT NULL,
    device int NOT NULL,
    dose_number smallint NOT NULL,
    flags smallint NOT NULL,
    claim smallint NOT NULL,
    remaining int NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    sealed bytea NOT NULL
);
CREATE INDEX ON registration (person, programme);

-- Append-only: no index, as nothing asks it while clinics wait.
CREATE TABLE audit (
    at timestamptz NOT NULL DEFAULT now(),
    action smallint NOT NULL,
    clinic int NOT NULL,
    device int NOT NULL,
    person uuid NOT NULL,
    subject bigint NOT NULL
);

-- One registration. Answers with what a clinic is told; a known key with what it was told before.
CREATE FUNCTION register(a_key uuid, a_person uuid, a_clinic int, a_sealed bytea,
                         OUT id bigint, OUT flags smallint, OUT remaining int)
LANGUAGE plpgsql AS $$
DECLARE
    earlier smallint;
BEGIN
    SELECT count(*) INTO earlier FROM registration r WHERE r.person = a_person AND r.programme = 0;
    flags := CASE WHEN earlier > 0 THEN 1 ELSE 0 END;
    UPDATE stock s SET on_hand = s.on_hand - 1, last_entry_at = now()
        WHERE s.clinic = a_clinic AND s.lot = 1 RETURNING s.on_hand INTO remaining;
    INSERT INTO registration AS r
            (key, person, programme, clinic, lot, device, dose_number, flags, claim, remaining,
             sealed)
        VALUES (a_key, a_person, 0, a_clinic, 1, 1, earlier + 1, register.flags,
                2 * register.flags, register.remaining, a_sealed)
        ON CONFLICT (key) DO NOTHING RETURNING r.id INTO id;
    IF id IS NULL THEN
        UPDATE stock s SET on_hand = s.on_hand + 1 WHERE s.clinic = a_clinic AND s.lot = 1;
        SELECT r.id, r.flags, r.remaining INTO id, flags, remaining
            FROM registration r WHERE r.key = a_key;
        RETURN;
    END IF;
    INSERT INTO audit (action, clinic, device, person, subject)
        VALUES (1, a_clinic, 1, a_person, id);
END $$;

-- Many registrations in one statement. Answers with how many were new.
CREATE FUNCTION register_all(keys uuid[], persons uuid[], clinics int[], seals bytea[])
RETURNS bigint LANGUAGE plpgsql
-- Planned for as many rows as there are: a plan for any number is slower by far.
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    recorded bigint;
BEGIN
    WITH asked AS MATERIALIZED (
        SELECT a.*, row_number() OVER (PARTITION BY clinic ORDER BY n) AS of_clinic,
               row_number() OVER (PARTITION BY person ORDER BY n) AS of_person
        FROM unnest(keys, persons, clinics, seals) WITH ORDINALITY
             AS a (key, person, clinic, sealed, n)
        WHERE NOT EXISTS (SELECT FROM registration r WHERE r.key = a.key)
    ), taken AS (
        UPDATE stock s SET on_hand = s.on_hand - t.doses, last_entry_at = now()
        FROM (SELECT clinic, count(*) AS doses FROM asked GROUP BY clinic ORDER BY clinic) t
        WHERE s.clinic = t.clinic AND s.lot = 1
        RETURNING s.clinic, s.on_hand + t.doses AS before
    ), known AS MATERIALIZED (
        SELECT a.*, a.of_person - 1 + (SELECT count(*) FROM registration r
                                       WHERE r.person = a.person AND r.programme = 0) AS earlier
        FROM asked a
    ), before AS MATERIALIZED (
        SELECT k.*, t.before FROM known k JOIN taken t USING (clinic)
    ), inserted AS (
        INSERT INTO registration
            (key, person, programme, clinic, lot, device, dose_number, flags, claim, remaining,
             sealed)
        SELECT key, person, 0, clinic, 1, 1, earlier + 1, least(earlier, 1), 2 * least(earlier, 1),
               before - of_clinic, sealed
        FROM before
        RETURNING id, clinic, person
    ), noted AS (
        INSERT INTO audit (action, clinic, device, person, subject)
        SELECT 1, clinic, 1, person, id FROM inserted
    )
    SELECT count(*) INTO recorded FROM inserted;
    RETURN recorded;
END $$;
