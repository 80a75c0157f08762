"""Where the database is reached, as its owner or a worker; who needs that alone needs no Django."""

from psycopg.conninfo import make_conninfo

from sportello.ops.settings import Settings


def database_url(settings: Settings) -> str:
    assert settings.database_url is not None, "the start gives the processes their database"
    return settings.database_url.get_secret_value()


def worker_url(settings: Settings) -> str:
    return make_conninfo(database_url(settings), options="-c role=sportello_worker")
