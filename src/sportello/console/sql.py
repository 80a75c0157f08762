"""The pages' own statements: what Django's queries cannot say, in the transaction of the page."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def ask(statement: bytes, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Its rows. `statement` is one of `statements(__file__)`: no SQL is put together here."""
    with connection.cursor() as cursor:
        cursor.execute(statement.decode(), given)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
