"""Row-level security, read from the catalogue: a new table cannot be forgotten."""

import psycopg

_NO_WORKSPACE = {
    # Belong to a person, to Django or to allauth, not to a company.
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_cache",
    "django_content_type",
    "django_migrations",
    "django_session",
    "sportello_loginlink",
    "sportello_user",
}


def test_every_table_of_a_company_forces_row_level_security(database: str) -> None:
    with psycopg.connect(database) as connection:
        open_tables = connection.execute(
            """
            SELECT relname FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
              AND NOT (relrowsecurity AND relforcerowsecurity)
            """
        ).fetchall()
    assert {name for (name,) in open_tables} == _NO_WORKSPACE


def test_the_console_role_sees_nothing_where_no_workspace_is_named(
    database: str, console_url: str
) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("INSERT INTO sportello_workspace (name, slug) VALUES ('A', 'a')")
        assert owner.execute("SELECT count(*) FROM sportello_workspace").fetchone() == (1,)
        owner.commit()

    with psycopg.connect(console_url) as console:
        assert console.execute("SELECT current_user").fetchone() == ("sportello_console",)
        assert console.execute("SELECT count(*) FROM sportello_workspace").fetchone() == (0,)
