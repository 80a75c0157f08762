"""How Meta words what is wrong with a template: code 100, the 2388xxx as subcode, words to show."""

from whatsapp_emulator.errors import GraphError

TOO_LONG = 2388040


def refused(subcode: int | None, title: str, message: str) -> GraphError:
    """Source: reference account 9, note on template creation."""
    return GraphError(
        100,
        message="Invalid parameter",
        subcode=subcode,
        user_title=title,
        user_message=message,
    )


def within(text: str, longest: int, what: str, subcode: int = TOO_LONG) -> None:
    if len(text) > longest:
        raise refused(subcode, "Character limit exceeded", f"{what}: at most {longest} characters")
