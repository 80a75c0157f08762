"""Row-level security, read from the catalogue: a new table cannot be forgotten."""

import psycopg
import pytest

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
    "mfa_authenticator",
    "sportello_loginlink",
    "sportello_user",
    "usersessions_usersession",
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


def test_the_console_writes_a_token_and_cannot_read_it(database: str, console_url: str) -> None:
    with psycopg.connect(database) as owner:
        workspace, number = _number(owner)

    with psycopg.connect(console_url) as console:
        console.execute("SELECT set_config('sportello.workspace', %s, false)", [str(workspace)])
        console.execute(
            """
            INSERT INTO sportello_token (workspace_id, number_id, sealed) VALUES (%s, %s, 'x')
            RETURNING id
            """,
            [workspace, number],
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            console.execute("SELECT sealed FROM sportello_token")


def _number(owner: psycopg.Connection) -> tuple[int, int]:
    workspace = owner.execute(
        "INSERT INTO sportello_workspace (name, slug) VALUES ('A', 'a') RETURNING id"
    ).fetchone()
    assert workspace is not None
    number = owner.execute(
        """
        INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id)
        VALUES (%s, '2', '1') RETURNING id
        """,
        workspace,
    ).fetchone()
    assert number is not None
    return workspace[0], number[0]
