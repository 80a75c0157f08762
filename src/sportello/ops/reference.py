"""The list of settings as people read it, made from the settings themselves."""

from pydantic import SecretStr

from sportello.ops.settings import Settings


def describe(settings: Settings) -> list[dict[str, str]]:
    """One row per setting: its variable, what it is for, its present value (secrets hidden)."""
    return [
        {
            "name": f"SPORTELLO_{name.upper()}",
            "description": field.description or "",
            "value": _shown(getattr(settings, name)),
        }
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, SecretStr):
        return "(set, hidden)"
    return str(value)
