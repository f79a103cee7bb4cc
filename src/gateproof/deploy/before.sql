-- Copy every table aside, with what its rows are known by: after an upgrade, after.sql compares with the copies.
-- psql -X -A -t -q -v ON_ERROR_STOP=1 -f before.sql
CREATE SCHEMA gateproof_before;
CREATE TABLE gateproof_before.gateproof_keys AS
SELECT c.relname::text AS tablename, array_agg(a.attname::text ORDER BY a.attnum) AS columns
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE i.indisprimary AND n.nspname = 'public'
GROUP BY c.relname;
SELECT format('CREATE TABLE gateproof_before.%I AS TABLE public.%I', tablename, tablename)
FROM pg_tables WHERE schemaname = 'public'
\gexec
SELECT json_build_object('copied', count(*)) FROM pg_tables
WHERE schemaname = 'gateproof_before' AND tablename <> 'gateproof_keys';
