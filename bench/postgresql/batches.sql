-- :batches statements of :rows rows each, ready in the server: neither a network nor a parser of
-- arrays is in the way of form (b).
TRUNCATE asked_for;
ALTER SEQUENCE asked_for_next RESTART;
INSERT INTO asked_for
    SELECT n, array_agg(gen_random_uuid()), array_agg(person_of(1 + (random() * 1600000)::int)),
           array_agg((random() * 19999)::int),
           array_agg(decode(left(repeat(md5(i::text), 4), 124), 'hex'))
    FROM generate_series(1, :batches) n, generate_series(1, :rows) i
    GROUP BY n;
VACUUM ANALYZE asked_for;
