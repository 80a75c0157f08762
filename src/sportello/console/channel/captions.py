"""What Meta's words about numbers, accounts, tokens and profiles mean to people."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.rules.profile import Part

NAME_STATUS: Final[dict[str, tuple[Promise, str]]] = {
    "APPROVED": (_("approved"), "good"),
    "AVAILABLE_WITHOUT_REVIEW": (_("good without a review"), "good"),
    "PENDING_REVIEW": (_("under review"), "warn"),
    "DECLINED": (_("rejected by Meta"), "bad"),
    "EXPIRED": (_("expired: reconnect the number"), "bad"),
    "NONE": (_("not reviewed"), ""),
}
VERIFICATION: Final[dict[str, tuple[Promise, str]]] = {
    "VERIFIED": (_("verified"), "good"),
    "NOT_VERIFIED": (_("not verified"), "bad"),
    "EXPIRED": (_("verification expired"), "warn"),
}
PLATFORM: Final[dict[str, tuple[Promise, str]]] = {
    "CLOUD_API": (_("registered"), "good"),
    "ON_PREMISE": (_("with an older service"), "bad"),
    "NOT_APPLICABLE": (_("not registered"), "bad"),
}
REVIEW: Final[dict[str, tuple[Promise, str]]] = {
    "APPROVED": (_("approved"), "good"),
    "PENDING": (_("under review"), "warn"),
    "REJECTED": (_("rejected by Meta"), "bad"),
    "LIMIT_REACHED": (_("over the limit"), "warn"),
    "verified": (_("verified"), "good"),
    "not_verified": (_("not verified"), "warn"),
    "pending": (_("under review"), "warn"),
}
TOKEN_KIND: Final[dict[str, Promise]] = {
    "SYSTEM_USER": _("of a system user"),
    "USER": _("of a person"),
    "APP": _("of an app"),
    "PAGE": _("of a page"),
}
PARTS: Final[dict[Part, Promise]] = {
    Part.PHOTO: _("photo"),
    Part.DESCRIPTION: _("description"),
    Part.EMAIL: _("e-mail address"),
    Part.SITE: _("web site"),
    Part.ADDRESS: _("address"),
    Part.CATEGORY: _("category"),
    Part.ABOUT: _("line under the name"),
}
VERTICALS: Final[dict[str, Promise]] = {
    "RETAIL": _("Shop"),
    "RESTAURANT": _("Restaurant"),
    "HOTEL": _("Hotel"),
    "HEALTH": _("Health"),
    "BEAUTY": _("Beauty"),
    "APPAREL": _("Clothes"),
    "AUTO": _("Cars"),
    "EDU": _("School"),
    "FINANCE": _("Bank and insurance"),
    "GROCERY": _("Groceries"),
    "TRAVEL": _("Travel"),
    "EVENT_PLAN": _("Events"),
    "ENTERTAIN": _("Entertainment"),
    "PROF_SERVICES": _("Professional services"),
    "NONPROFIT": _("Non-profit"),
    "GOVT": _("Public office"),
    "ALCOHOL": _("Alcoholic drinks"),
    "OTC_DRUGS": _("Medicines without prescription"),
    "ONLINE_GAMBLING": _("Gambling online"),
    "PHYSICAL_GAMBLING": _("Gambling on site"),
    "OTHER": _("Other"),
}

# What changed about a number, by the history's word.
CHANGES: Final[dict[str, Promise]] = {
    "status": _("Connection"),
    "quality": _("Quality"),
    "name": _("Display name"),
    "limit": _("Limit of new people a day"),
    "throughput": _("Messages a second"),
    "payment": _("Payment"),
    "paused": _("Sending stopped"),
    "silent": _("Webhooks missing"),
    "token": _("Token"),
    "token_valid": _("Token"),
    "token_kind": _("Kind of token"),
    "token_scopes": _("Permissions"),
    "token_expires_at": _("Token expires"),
    "subscribed": _("Subscription"),
    "override": _("Address of the webhooks"),
    "webhook": _("Address of the webhooks"),
    "name_status": _("Review of the name"),
    "new_display_name": _("New name"),
    "new_name_status": _("Review of the new name"),
    "code_verification_status": _("Verification"),
    "platform_type": _("Registration"),
    "health": _("May send, says Meta"),
    "account_name": _("Name of the account"),
    "account_review": _("Review of the account"),
    "business_verification": _("Verification of the company"),
    "funding": _("Payment method"),
    "app_id": _("App"),
    "ending": _("Block announced by Meta"),
}
