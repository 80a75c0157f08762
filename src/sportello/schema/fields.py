"""Column types that Django lacks, and the checks that several tables share."""

from typing import Any

from django.db import models
from django.db.models import Q


class VectorField(models.Field):  # type: ignore[type-arg]  # generic only in the stubs
    """A pgvector column of fixed width. The pages never read it: the store does, in SQL."""

    def __init__(self, *args: Any, width: int = 384, **kwargs: Any) -> None:
        self.width = width
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        del connection
        return f"vector({self.width})"

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "width": self.width}


def one_of(table: str, column: str, values: type[models.TextChoices]) -> models.CheckConstraint:
    """The CHECK that keeps `table.column` to the words of `values`."""
    return models.CheckConstraint(
        condition=Q(**{f"{column}__in": values.values}), name=f"{table}_{column}_known"
    )
