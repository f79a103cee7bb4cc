-- Every table with its rows and a digest of its contents, and every sequence: a JSON line each.
-- psql -X -A -t -q -v ON_ERROR_STOP=1 -f tables.sql
SELECT format(
    'SELECT json_build_object(''table'', %L, ''rows'', count(*), ''sha256'', encode(sha256(convert_to('
    'coalesce(string_agg(t::text, E''\n'' ORDER BY t::text COLLATE "C"), ''''), ''UTF8'')), ''hex'')) FROM %I.%I t',
    schemaname || '.' || tablename, schemaname, tablename)
FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
ORDER BY schemaname, tablename
\gexec
SELECT json_build_object('sequence', schemaname || '.' || sequencename, 'last', last_value)
FROM pg_sequences
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
ORDER BY schemaname, sequencename;
