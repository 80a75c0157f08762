"""Databases that tests give back as new: emptying one is a tenth of making and dropping one."""

import secrets
from typing import Final

import psycopg
from psycopg import sql

from tests import database as databases

_LEAVING_TRIES: Final = 20
# A table beyond this many bytes is truncated: a deletion would leave its pages behind.
_SMALL_BYTES: Final = 1 << 20

# What a test may not leave changed. A copy has the same identifiers as its template.
_SHAPE: Final = """
SELECT md5(string_agg(one, ',' ORDER BY one)) FROM (
    SELECT concat_ws(' ', 'class', oid, relname, relkind, relrowsecurity, relforcerowsecurity,
                     relacl, reloptions)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, attisdropped)
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE attnum > 0 AND relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    UNION ALL SELECT concat_ws(' ', 'default', oid) FROM pg_attrdef
    UNION ALL SELECT concat_ws(' ', 'constraint', oid, convalidated) FROM pg_constraint
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'policy', oid) FROM pg_policy
    UNION ALL SELECT concat_ws(' ', 'function', oid, md5(prosrc), proacl)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig)
    FROM pg_db_role_setting AS s JOIN pg_database AS d ON d.oid = s.setdatabase
    WHERE d.datname = current_database()
) AS all_of_it (one)
"""
_TABLES: Final = """
SELECT oid::regclass::text, pg_relation_size(oid) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
ORDER BY 1
"""
_OTHERS: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_REWIND: Final = """
SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, start_value, false)
FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> ALL (%s)
"""
_FORGET: Final = """
DELETE FROM pg_statistic WHERE starelid IN (
    SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
    AND oid::regclass::text <> ALL (%s))
"""


class Spares:
    """The databases of one process of tests; each is as its template when it is taken."""

    def __init__(self, cluster: str) -> None:
        self._cluster = cluster
        self._names: list[str] = []
        self._shape = ""
        self._shipped: dict[str, tuple[int, int]] = {}

    def take(self) -> str:
        """The name of a database that is as new, never given before: what a process remembers of
        one test's must not answer for another's.
        """
        name = f"test_{secrets.token_hex(6)}"
        while self._names:
            if databases.rename(self._cluster, self._names[-1], name):
                self._names.pop()
                return name
            databases.drop(self._cluster, self._names.pop())
        url = databases.create(self._cluster, name)
        if not self._shape:
            with psycopg.connect(url, autocommit=True) as connection:
                self._shape = _shape(connection)
                self._shipped = {table: rows(connection, table) for table, _ in _full(connection)}
        return name

    def give_back(self, name: str) -> None:
        """Emptied and kept; dropped where a test changed its shape or its shipped rows, or where
        somebody still speaks to it.
        """
        try:
            with psycopg.connect(databases.named(self._cluster, name), autocommit=True) as spare:
                is_new = self._empty(spare)
        except psycopg.OperationalError:
            is_new = False
        if is_new:
            self._names.append(name)
        else:
            databases.drop(self._cluster, name)

    def drop_all(self) -> None:
        while self._names:
            databases.drop(self._cluster, self._names.pop())

    def _empty(self, connection: psycopg.Connection) -> bool:
        if not _is_left(connection) or _shape(connection) != self._shape:
            return False
        if any(rows(connection, table) != kept for table, kept in self._shipped.items()):
            return False
        full = [one for one in _full(connection) if one[0] not in self._shipped]
        with connection.transaction():
            # Neither foreign keys nor triggers: all goes.
            connection.execute("SET LOCAL session_replication_role = replica")
            for table, size in full:
                way = "DELETE FROM {}" if size <= _SMALL_BYTES else "TRUNCATE {} CASCADE"
                connection.execute(sql.SQL(way).format(sql.Identifier(table)))
            connection.execute(_REWIND, [[f"{table}_id_seq" for table in self._shipped]])
            connection.execute(_FORGET, [list(self._shipped)])
        return True


def rows(connection: psycopg.Connection, table: str) -> tuple[int, int]:
    """How many, and the youngest transaction that wrote one."""
    counted = sql.SQL("SELECT count(*), coalesce(max(xmin::text::bigint), 0) FROM {}")
    row = connection.execute(counted.format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _is_left(connection: psycopg.Connection) -> bool:
    """A closed connection takes a moment to go."""
    for _ in range(_LEAVING_TRIES):
        if _number(connection, _OTHERS) == 0:
            return True
        connection.execute("SELECT pg_sleep(0.01), pg_stat_clear_snapshot()")
    return False


def _number(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def _shape(connection: psycopg.Connection) -> str:
    row = connection.execute(_SHAPE).fetchone()
    assert row is not None
    return str(row[0])


def _full(connection: psycopg.Connection) -> list[tuple[str, int]]:
    return connection.execute(_TABLES).fetchall()
