"""POST /{number}/marketing_messages: marketing templates by Meta's optimised way.

Source: reference sending 2.7; errors 131055 and 134100 to 134102.
"""

from whatsapp_emulator import limits
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param
from whatsapp_emulator.messages import send
from whatsapp_emulator.routes import Answer, admit_approximation, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.world import MESSAGING, Number

POLICIES = ("CLOUD_API_FALLBACK", "STRICT")
SYNC_S = 600.0
LITE = "marketing_lite"
STATES = ("INELIGIBLE", "ELIGIBLE", "ONBOARDED")

admit_approximation(
    "marketing_messages",
    "nothing is optimised: an onboarded account (PATCH /sim/wabas: marketing_messages) sends as "
    "marketing_lite at the marketing rate, any other falls back to the Cloud API or, with STRICT, "
    "gets 134102; a template is synchronised 10 minutes after its approval (134101); no max price",
)


@edge("POST", Number, "marketing_messages", needs=MESSAGING)
def post_marketing(call: Call) -> Answer:
    """The body of /messages with a marketing template, and two settings of its own."""
    if words(call.params, "messaging_product") != "whatsapp":
        raise bad_param("messaging_product", "must be one of {WHATSAPP} - got another value.")
    limits.check_account(call, call.node)
    if call.params.get("product_policy", POLICIES[0]) not in POLICIES:
        raise bad_param("product_policy", f"must be one of {{{', '.join(POLICIES)}}}")
    if not isinstance(call.params.get("message_activity_sharing", False), bool):
        raise bad_param("message_activity_sharing", "must be a boolean.")
    if str(call.params.get("type", "")).lower() != "template":
        raise GraphError(131055, "Only template messages can be sent by this endpoint")
    return send(call, way=_category)


def _category(call: Call) -> str:
    """The category that the message is charged by. Raises what keeps it from this endpoint."""
    template = call.template
    if template is None or template.category != "MARKETING":
        raise GraphError(134100, "Only marketing templates can be sent by this endpoint")
    if call.now - template.updated_at < SYNC_S:
        raise GraphError(134101, "The template is still being synchronised: wait 10 minutes")
    waba = call.emulator.world.wabas[template.waba_id]
    if waba.file.marketing_messages == "ONBOARDED":
        return LITE
    if call.params.get("product_policy") == "STRICT":
        raise GraphError(134102, "The account is not onboarded to marketing messages")
    return "marketing"
