"""A claim that finds nothing wakes nobody: else idle workers would wake each other for ever."""

import psycopg
from psycopg import sql

_UPDATES = """
SELECT tgrelid::regclass::text, array(
    SELECT attname FROM pg_attribute
    WHERE attrelid = tgrelid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
      AND (cardinality(tgattr::int2[]) = 0 OR attnum = ANY(tgattr::int2[])))
FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 16 <> 0"""
_CHANNELS = """
SELECT DISTINCT (regexp_matches(told, '''(sportello_[a-z]+)''', 'g'))[1]
FROM (
      SELECT pg_get_functiondef(oid) AS told FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND proname LIKE 'sportello%'
      UNION ALL
      SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal) AS all_of_it"""


def test_an_update_of_no_row_tells_nobody(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        for (channel,) in connection.execute(_CHANNELS).fetchall():
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        updates = connection.execute(_UPDATES).fetchall()

        for table, columns in updates:
            same = sql.SQL(", ").join(
                sql.SQL("{0} = {0}").format(sql.Identifier(name))
                for name in columns
                if name != "id"
            )
            connection.execute(
                sql.SQL("UPDATE {} SET {} WHERE false").format(sql.Identifier(table), same)
            )

        told = {one.channel for one in connection.notifies(timeout=0.01)}
        assert len(updates) > 10
        assert told == set()
