"""A database that a test gives back is as new, and is the next test's."""

import psycopg

from tests import database as databases
from tests.spares import Spares


def test_a_database_comes_back_empty_and_is_taken_again(cluster: str) -> None:
    spares = Spares(cluster)
    name = spares.take()
    url = databases.named(cluster, name)
    made = "INSERT INTO sportello_workspace (name, slug) VALUES ('Acme', 'acme') RETURNING id"
    with psycopg.connect(url) as connection:
        first = connection.execute(made).fetchone()

    oid = _oid(cluster, name)
    spares.give_back(name)

    again = spares.take()
    assert again != name
    assert _oid(cluster, again) == oid
    with psycopg.connect(databases.named(cluster, again)) as connection:
        assert connection.execute("SELECT count(*) FROM sportello_workspace").fetchone() == (0,)
        assert connection.execute(made).fetchone() == first
    databases.drop(cluster, again)


def test_a_database_of_another_shape_is_not_taken_again(cluster: str) -> None:
    spares = Spares(cluster)
    name = spares.take()
    oid = _oid(cluster, name)
    with psycopg.connect(databases.named(cluster, name)) as connection:
        connection.execute("ALTER TABLE sportello_workspace ADD COLUMN new text")

    spares.give_back(name)

    taken = spares.take()
    assert _oid(cluster, taken) != oid
    databases.drop(cluster, taken)


def _oid(cluster: str, name: str) -> object:
    query = "SELECT oid FROM pg_database WHERE datname = %s"
    with psycopg.connect(cluster) as connection:
        return connection.execute(query, [name]).fetchone()
