"""A template's row as Meta's creation body, which is what the rules read."""

from typing import Any

from sportello.schema.templates import Template


def of_row(row: Template) -> dict[str, Any]:
    """As it stands at Meta; what is wished for beyond that stands in `wished`."""
    return {
        "name": row.name,
        "language": row.language,
        "category": row.category,
        "parameter_format": row.parameter_format or "POSITIONAL",
        "components": row.components,
    }
