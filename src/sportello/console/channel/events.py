"""What WhatsApp reported about templates, numbers and the account, in words.

Source: reference, webhooks 5.5. What is not known here is told in Meta's own words.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

_FIELDS = {
    "account_alerts": gettext_lazy("Notice about the account"),
    "account_review_update": gettext_lazy("Review of the account"),
    "account_settings_update": gettext_lazy("Settings of the account"),
    "account_update": gettext_lazy("Change of the account"),
    "business_capability_update": gettext_lazy("Limits of the account"),
    "business_username_updates": gettext_lazy("User name of the company"),
    "calls": gettext_lazy("Call"),
    "errors": gettext_lazy("Error told by WhatsApp"),
    "flows": gettext_lazy("State of a form"),
    "group_lifecycle_update": gettext_lazy("Group"),
    "history": gettext_lazy("History of the WhatsApp app"),
    "message_template_components_update": gettext_lazy("Template changed"),
    "message_template_quality_update": gettext_lazy("Quality of a template"),
    "message_template_status_update": gettext_lazy("State of a template"),
    "partner_solutions": gettext_lazy("Partner's solution"),
    "payment_configuration_update": gettext_lazy("Payment settings"),
    "phone_number_name_update": gettext_lazy("Display name"),
    "phone_number_quality_update": gettext_lazy("Quality and limit of the number"),
    "security": gettext_lazy("Security of the number"),
    "smb_app_state_sync": gettext_lazy("Address book of the WhatsApp app"),
    "smb_message_echoes": gettext_lazy("Written on the WhatsApp app"),
    "template_category_update": gettext_lazy("Category of a template"),
    "template_correct_category_detection": gettext_lazy("Category of a template"),
}

# By field and event; "" as the field stands for any.
_EVENTS = {
    ("account_update", "ACCOUNT_DELETED"): gettext_lazy("the account was deleted"),
    ("account_update", "ACCOUNT_OFFBOARDED"): gettext_lazy("the number left this service"),
    ("account_update", "ACCOUNT_RECONNECTED"): gettext_lazy("the number is connected again"),
    ("account_update", "ACCOUNT_RESTRICTION"): gettext_lazy("Meta restricted the account"),
    ("account_update", "ACCOUNT_VIOLATION"): gettext_lazy("Meta sees a breach of its rules"),
    ("account_update", "AD_ACCOUNT_LINKED"): gettext_lazy("an advertising account was linked"),
    ("account_update", "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE"): gettext_lazy(
        "another price for codes sent abroad"
    ),
    ("account_update", "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE"): gettext_lazy(
        "the company's country was set"
    ),
    ("account_update", "MM_LITE_TERMS_SIGNED"): gettext_lazy(
        "the terms of marketing messages were accepted"
    ),
    ("account_update", "PARTNER_ADDED"): gettext_lazy("a partner was given access"),
    ("account_update", "PARTNER_APP_INSTALLED"): gettext_lazy("a partner's app was installed"),
    ("account_update", "PARTNER_APP_UNINSTALLED"): gettext_lazy("a partner's app was removed"),
    ("account_update", "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE"): gettext_lazy(
        "a partner's certification changed"
    ),
    ("account_update", "PARTNER_REMOVED"): gettext_lazy("a partner's access ended"),
    ("account_update", "VOLUME_BASED_PRICING_TIER_UPDATE"): gettext_lazy(
        "another price by number of messages"
    ),
    ("account_update", "DISABLE"): gettext_lazy("Meta blocked the account"),
    ("account_update", "REINSTATE"): gettext_lazy("Meta lifted the block"),
    ("account_update", "SCHEDULE_FOR_DISABLE"): gettext_lazy("Meta is about to block the account"),
    ("calls", "connect"): gettext_lazy("rings"),
    ("calls", "terminate"): gettext_lazy("ended"),
    ("phone_number_quality_update", "ONBOARDING"): gettext_lazy("first limit"),
    ("phone_number_quality_update", "THROUGHPUT_UPGRADE"): gettext_lazy("quicker sending"),
    ("security", "PIN_CHANGED"): gettext_lazy("the PIN was changed"),
    ("security", "PIN_RESET_REQUEST"): gettext_lazy("somebody asked to reset the PIN"),
    ("security", "PIN_REQUEST_SUCCESS"): gettext_lazy("the PIN was reset"),
    ("", "APPROVED"): gettext_lazy("approved"),
    ("", "ARCHIVED"): gettext_lazy("archived"),
    ("", "DEFERRED"): gettext_lazy("put off"),
    ("", "DISABLED"): gettext_lazy("disabled by Meta"),
    ("", "FLAGGED"): gettext_lazy("at risk for its quality"),
    ("", "IN_APPEAL"): gettext_lazy("under review again"),
    ("", "PAUSED"): gettext_lazy("paused by Meta"),
    ("", "PENDING"): gettext_lazy("under review"),
    ("", "PENDING_DELETION"): gettext_lazy("being deleted"),
    ("", "REINSTATED"): gettext_lazy("active again"),
    ("", "REJECTED"): gettext_lazy("rejected by Meta"),
}

# What tells something, in the order in which it is shown; a dot leads into an object.
_TELLING = (
    "event",
    "decision",
    "code",
    "title",
    "alert_info.alert_severity",
    "alert_info.alert_type",
    "alert_info.alert_description",
    "ban_info.waba_ban_date",
    "violation_info.violation_type",
    "restriction_info.restriction_type",
    "restriction_info.remediation",
    "disconnection_info.reason",
    "volume_tier_info.pricing_category",
    "volume_tier_info.tier",
    "volume_tier_info.region",
    "message_template_name",
    "message_template_language",
    "reason",
    "rejection_info.reason",
    "rejection_info.recommendation",
    "other_info.description",
    "previous_quality_score",
    "new_quality_score",
    "previous_category",
    "new_category",
    "category",
    "correct_category",
    "message_template_element",
    "old_limit",
    "current_limit",
    "requested_verified_name",
    "rejection_reason",
    "max_daily_conversations_per_business",
    "configuration_name",
    "status",
    "solution_status",
    "username",
    "message",
    "calls.event",
    "calls.from",
    "groups.type",
    "groups.subject",
    "history.errors.code",
    "history.errors.title",
    "history.threads.messages.text.body",
    "message_echoes.to",
    "message_echoes.text.body",
    "state_sync.action",
    "state_sync.contact.full_name",
    "error_data.details",
)
_LENGTH = 160
_PARTS_MAX = 8
_ELEMENTS_MAX = 5


def event_title(field: str) -> str:
    """What a webhook field is about; an unknown one by its own name."""
    return str(_FIELDS.get(field, field))


def event_detail(field: str, value: Any) -> str:
    """The telling parts of Meta's value: known words said as people do, others as Meta has them."""
    told = dict.fromkeys(
        _said(field, part) for path in _TELLING for part in _found(value, path.split("."))
    )
    return " · ".join(list(told)[:_PARTS_MAX])


def _found(value: Any, path: list[str]) -> Iterator[str]:
    """What lies at the path; of a list what each of its elements has there."""
    if isinstance(value, list):
        for element in value[:_ELEMENTS_MAX]:
            yield from _found(element, path)
    elif path and isinstance(value, Mapping):
        yield from _found(_inner(value, path[0]), path[1:])
    elif not path and isinstance(value, str | int) and value not in {"NONE", ""}:
        yield str(value)[:_LENGTH]


def _inner(value: Mapping[str, Any], name: str) -> Any:
    """A block is told as an event without saying which: its state is the event."""
    ban = value.get("ban_info")
    if name == "event" and value.get(name) == "DISABLED_UPDATE" and isinstance(ban, Mapping):
        return ban.get("waba_ban_state")
    return value.get(name)


def _said(field: str, part: str) -> str:
    known = _EVENTS.get((field, part)) or _EVENTS.get(("", part))
    return part if known is None else str(known)
