"""Tables made at once are those that the migrations make; earlier ones come up to date, or are
refused in words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

from sportello.ops.serve import CannotStartError
from tests import database as databases

# The steps of a database from before the first release, in their order, and what stands for them.
_STEPS = """
    0001_tables 0002_security 0010_bands 0011_templates 0012_templates_security 0013_lists
    0050_money 0060_ages 0060_documents 0061_documents_security 0070_imports
    0071_template_sends 0080_campaigns 0092_segments 0090_campaign_pages 0120_doubt
    0121_template_drafts 0100_channel 0101_channel_security 0102_examinations 0110_assistant
    0111_assistant_security 0092_imports 0094_followups 0130_quiet_claims 0140_desk
    0141_search 0145_compose 0150_people 0160_contacts 0161_people 0170_conversation_events
    0171_events_written 0180_actions 0181_actions_security 0190_campaign_let_go 0195_audited
    0210_enclosures 0211_taps 0220_stops 0250_opening 0251_gists 0230_rehearsals
    0260_search_look 0240_outgoing 0241_notices 0300_recaps 0310_called 0301_files_read
    0280_sign_in 0281_mentions 0290_tallies
"""
_EARLIER = _STEPS.split()
_NOW = ["0001_people", "0002_all_tables", "0003_who_sees_what", "0004_what_tables_do"]

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


def test_a_new_database_is_what_the_migrations_make(cluster: str) -> None:
    from django.core.management import call_command

    from sportello.ops import tables

    with _empty(cluster) as url:
        tables.bring_up_to_date()
        tables.bring_up_to_date()
        at_once = _catalogue(url)
    with _empty(cluster) as url:
        # Broken off, it goes on where it stopped.
        call_command("migrate", "sportello", _NOW[1], database="owner", verbosity=0)
        tables.bring_up_to_date()
        step_by_step = _catalogue(url)

    for kind, lines in at_once.items():
        assert lines == step_by_step[kind], kind


def test_tables_that_earlier_migrations_made_are_up_to_date_and_keep_their_rows(
    django_database: str,
) -> None:
    from sportello.ops import tables

    with psycopg.connect(django_database) as owner:
        owner.execute("INSERT INTO sportello_workspace (name, slug) VALUES ('Acme', 'acme')")
        _pretend_applied(owner, _EARLIER)

    tables.bring_up_to_date()

    with psycopg.connect(django_database) as owner:
        assert owner.execute("SELECT name FROM sportello_workspace").fetchall() == [("Acme",)]
        assert set(_NOW) <= _applied(owner)


@pytest.mark.parametrize("steps", [1, 20, len(_EARLIER) - 1])
def test_tables_from_before_the_first_release_are_refused_in_one_line(
    django_database: str, steps: int
) -> None:
    from sportello.ops import tables

    with psycopg.connect(django_database) as owner:
        _pretend_applied(owner, _EARLIER[:steps])

    with pytest.raises(CannotStartError) as refused:
        tables.bring_up_to_date()

    assert f"({_EARLIER[steps - 1]})" in str(refused.value)
    assert "\n" not in str(refused.value)
    with psycopg.connect(django_database) as owner:
        assert not set(_NOW) & _applied(owner)


def _pretend_applied(owner: psycopg.Connection, names: list[str]) -> None:
    owner.execute(
        "DELETE FROM django_migrations WHERE app = 'sportello' AND name = ANY (%s)",
        [_NOW + _EARLIER],
    )
    owner.execute(
        """
        INSERT INTO django_migrations (app, name, applied)
        SELECT 'sportello', name, now() FROM unnest(%s::text[]) AS name
        """,
        [names],
    )


def _applied(owner: psycopg.Connection) -> set[str]:
    found = owner.execute("SELECT name FROM django_migrations WHERE app = 'sportello'").fetchall()
    return {name for (name,) in found}


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


def _catalogue(url: str) -> dict[str, list[str]]:
    return {kind: _lines(url, sql) for kind, sql in _CATALOGUE.items()}


def _lines(url: str, sql: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute(sql).fetchall()  # type: ignore[call-overload]  # of the above
    return sorted(str(line) for (line,) in found if _UNUSED not in str(line))
