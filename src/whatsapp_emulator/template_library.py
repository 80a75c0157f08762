"""Meta's library of ready templates, and the upsert and preview of authentication templates.

Source: reference templates 4.1.
"""

from whatsapp_emulator.errors import GraphError
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json

LIBRARY: tuple[Json, ...] = (
    {
        "name": "delivery_update_1",
        "language": "it",
        "category": "UTILITY",
        "topic": "ORDER_MANAGEMENT",
        "usecase": "SHIPMENT_CONFIRMATION",
        "industry": ["E_COMMERCE"],
        "body": "Ciao {{1}}, il tuo ordine {{2}} è stato spedito e arriverà entro il {{3}} a casa.",
        "body_params": ["Anna", "n. 1042", "12 maggio"],
        "buttons": [{"type": "URL", "text": "Segui la spedizione", "url": "https://example.com"}],
    },
    {
        "name": "delivery_update_1",
        "language": "en_US",
        "category": "UTILITY",
        "topic": "ORDER_MANAGEMENT",
        "usecase": "SHIPMENT_CONFIRMATION",
        "industry": ["E_COMMERCE"],
        "body": "Hello {{1}}, your order {{2}} has shipped and will arrive by {{3}} at your door.",
        "body_params": ["Anna", "no. 1042", "May 12"],
        "buttons": [{"type": "URL", "text": "Track shipment", "url": "https://example.com"}],
    },
    {
        "name": "appointment_reminder_1",
        "language": "it",
        "category": "UTILITY",
        "topic": "EVENT_REMINDER",
        "usecase": "APPOINTMENT_REMINDER",
        "industry": ["HEALTHCARE", "PROFESSIONAL_SERVICES"],
        "body": "Ciao {{1}}, ti ricordiamo il tuo appuntamento del {{2}} alle {{3}} da noi.",
        "body_params": ["Anna", "12 maggio", "15:30"],
        "buttons": [{"type": "QUICK_REPLY", "text": "Confermo"}],
    },
    {
        "name": "payment_due_1",
        "language": "en_US",
        "category": "UTILITY",
        "topic": "PAYMENTS",
        "usecase": "PAYMENT_DUE_REMINDER",
        "industry": ["FINANCIAL_SERVICES"],
        "body": "Hi {{1}}, the payment for your account ending in {{2}} is due on {{3}} as agreed.",
        "body_params": ["Anna", "1042", "May 12"],
        "buttons": [],
    },
)
SEARCHED = ("topic", "usecase", "industry", "language")

admit_approximation("template library", "four invented templates stand for Meta's hundreds")


def from_library(body: Json) -> str | None:
    """Fill the body of a creation that names a library template; its name, or None.

    `library_template_body_inputs` are taken and not used. Raises 100 for an unknown one.
    """
    name = body.get("library_template_name")
    if name is None:
        return None
    language = body.get("language")
    for item in LIBRARY:
        if item["name"] == name and item["language"] == language:
            body["components"] = components(item, body.get("library_template_button_inputs"))
            body.setdefault("category", item["category"])
            body["parameter_format"] = "POSITIONAL"
            return str(name)
    raise GraphError(100, f"No library template {str(name)[:60]} in {str(language)[:10]}")


def search(wishes: Json) -> list[Json]:
    """The library's templates that match `search`, `topic`, `usecase`, `industry`, `language`."""
    found = list(LIBRARY)
    for key in SEARCHED:
        wish = str(wishes.get(key) or "").lower()
        if wish:
            found = [item for item in found if wish in str(item[key]).lower()]
    words = str(wishes.get("search") or "").lower()
    return [item for item in found if words in f"{item['name']} {item['body']}".lower()]


def components(item: Json, inputs: object = None) -> list[Json]:
    """The components of a library template, with the addresses given for its buttons."""
    made: list[Json] = [
        {
            "type": "BODY",
            "text": item["body"],
            "example": {"body_text": [list(item["body_params"])]},
        }
    ]
    buttons = [dict(button) for button in item["buttons"]]
    given = inputs if isinstance(inputs, list) else []
    for button, wish in zip(buttons, given, strict=False):
        url = wish.get("url") if isinstance(wish, dict) else None
        if isinstance(url, dict) and isinstance(url.get("base_url"), str):
            button["url"] = url["base_url"]
            if url.get("url_suffix_example"):
                button["example"] = [url["url_suffix_example"]]
    if buttons:
        made.append({"type": "BUTTONS", "buttons": buttons})
    return made
