"""Tables made at once are those that the migrations make, one after the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from tests import database as databases

# Everything that a migration of ours can leave behind, as lines of text.
_CATALOGUE = {
    "columns": """
        SELECT format('%s.%s %s %s %s %s', c.relname, a.attname,
                      format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                      pg_get_expr(d.adbin, d.adrelid))
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
          AND NOT a.attisdropped""",
    "tables": """
        SELECT format('%s %s %s %s %s', relname, relrowsecurity, relforcerowsecurity, reloptions,
                      (SELECT array_agg(x ORDER BY x) FROM unnest(relacl::text[]) AS x))
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')""",
    "column grants": """
        SELECT format('%s.%s %s', attrelid::regclass, attname, attacl) FROM pg_attribute
        WHERE attacl IS NOT NULL AND attrelid::regclass::text LIKE 'sportello%'""",
    "constraints": """
        SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "policies": "SELECT pg_policies::text FROM pg_policies WHERE schemaname = 'public'",
    "triggers": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "functions": """
        SELECT pg_get_functiondef(p.oid) FROM pg_proc AS p
        LEFT JOIN pg_depend AS e ON e.objid = p.oid AND e.deptype = 'e'
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND e.objid IS NULL""",
    "statistics": "SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext",
    "migrations": "SELECT format('%s %s', app, name) FROM django_migrations",
}
# Django's own, which we do not use: made at once, its ids have eight bytes instead of four.
_UNUSED = "auth_group_permissions"


@contextmanager
def _empty(cluster: str) -> Iterator[str]:
    """Django's connections point at it."""
    name = f"empty_{uuid4().hex[:12]}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]  # a name
    try:
        yield databases.point_django_at(databases.named(cluster, name))
    finally:
        databases.release_django()
        databases.drop(cluster, name)


@pytest.mark.timeout(600)
def test_a_new_database_is_what_the_migrations_make(cluster: str) -> None:
    from django.core.management import call_command

    from sportello.ops import tables

    with _empty(cluster) as url:
        tables.bring_up_to_date()
        tables.bring_up_to_date()
        at_once = _catalogue(url)
    with _empty(cluster) as url:
        call_command("migrate", database="owner", verbosity=0, skip_checks=True)
        step_by_step = _catalogue(url)

    for kind, lines in at_once.items():
        assert lines == step_by_step[kind], kind


def _catalogue(url: str) -> dict[str, list[str]]:
    return {kind: _lines(url, sql) for kind, sql in _CATALOGUE.items()}


def _lines(url: str, sql: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute(sql).fetchall()  # type: ignore[call-overload]  # of the above
    return sorted(str(line) for (line,) in found if _UNUSED not in str(line))
