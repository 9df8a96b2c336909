-- Registrations beside those of before.sql, or nothing when the books do not agree.
SELECT r.n - 200000
FROM (SELECT count(*) AS n, count(DISTINCT key) AS keys FROM registration) r,
     (SELECT sum(100000 - on_hand) AS taken FROM stock) s, (SELECT count(*) AS n FROM audit) a
WHERE r.keys = r.n AND s.taken = r.n - 200000 AND a.n = r.n - 200000;
