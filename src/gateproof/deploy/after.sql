-- Compare every table with the copy that before.sql took: a JSON line a table, its rows found again by their key,
-- and a JSON line a column, how many of its values are another one now. What is not there any longer is lost.
-- psql -X -A -t -q -v ON_ERROR_STOP=1 -f after.sql
SELECT CASE WHEN to_regclass(format('public.%I', t.tablename)) IS NULL THEN format(
    'SELECT json_build_object(''table'', %1$L, ''rows'', count(*), ''lost'', count(*)) FROM gateproof_before.%1$I',
    t.tablename)
ELSE format(
    'SELECT json_build_object(''table'', %1$L, ''rows'', count(*), ''lost'', count(*) FILTER (WHERE a IS NULL))'
    ' FROM gateproof_before.%1$I b LEFT JOIN public.%1$I a USING (%2$s)',
    t.tablename, (SELECT string_agg(quote_ident(one), ', ') FROM unnest(k.columns) one))
END
FROM pg_tables t LEFT JOIN gateproof_before.gateproof_keys k ON k.tablename = t.tablename
WHERE t.schemaname = 'gateproof_before' AND t.tablename <> 'gateproof_keys'
ORDER BY t.tablename
\gexec
SELECT CASE WHEN now.column_name IS NULL THEN format(
    'SELECT json_build_object(''column'', %1$L, ''changed'', count(%3$I)) FROM gateproof_before.%2$I',
    c.table_name || '.' || c.column_name, c.table_name, c.column_name)
ELSE format(
    'SELECT json_build_object(''column'', %1$L, ''changed'','
    ' count(*) FILTER (WHERE b.%3$I::text IS DISTINCT FROM a.%3$I::text))'
    ' FROM gateproof_before.%2$I b JOIN public.%2$I a USING (%4$s)',
    c.table_name || '.' || c.column_name, c.table_name, c.column_name,
    (SELECT string_agg(quote_ident(one), ', ') FROM unnest(k.columns) one))
END
FROM information_schema.columns c
JOIN gateproof_before.gateproof_keys k ON k.tablename = c.table_name
LEFT JOIN information_schema.columns now
    ON now.table_schema = 'public' AND now.table_name = c.table_name AND now.column_name = c.column_name
WHERE c.table_schema = 'gateproof_before' AND c.column_name <> ALL (k.columns)
    AND to_regclass(format('public.%I', c.table_name)) IS NOT NULL
ORDER BY c.table_name, c.ordinal_position
\gexec
