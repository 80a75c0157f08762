"""Numbers, business accounts and profiles over the Graph API. Source: reference account 8."""

from typing import Any

from whatsapp_emulator.analytics import analytics_of, conversations_of
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param
from whatsapp_emulator.fields import Show, page, pick, split_fields
from whatsapp_emulator.header_samples import SAMPLE_PATH
from whatsapp_emulator.health import health_of_number, health_of_waba
from whatsapp_emulator.invoice import pricing_analytics
from whatsapp_emulator.routes import Answer, edge
from whatsapp_emulator.shape import objects, words
from whatsapp_emulator.subscriptions import apps_of
from whatsapp_emulator.tally import country
from whatsapp_emulator.wire import Json, meta_time
from whatsapp_emulator.world import MANAGEMENT, MESSAGING, Number, Payment, Waba

NUMBER_DEFAULTS = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "webhook_configuration",
    "id",
)
FILTERED = ("account_mode", "messaging_limit_tier", "is_official_business_account")
SORTED = ("creation_time", "last_onboarded_time")
HIGH_MPS = 1000
PROFILE_LIMITS = {"about": 139, "address": 256, "description": 512, "email": 128}
VERTICALS = frozenset(
    "OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH "  # noqa: SIM905 - reads better so
    "NONPROFIT PROF_SERVICES RETAIL TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING "
    "PHYSICAL_GAMBLING OTC_DRUGS UNDEFINED NOT_A_BIZ".split()
)


def _limit_tier(number: Number, call: Call) -> str:
    waba = call.emulator.world.wabas[number.waba_id]
    return call.emulator.world.portfolios[waba.portfolio_id].messaging_limit


def _webhooks(number: Number, call: Call) -> Json:
    waba = call.emulator.world.wabas[number.waba_id]
    told: Json = {}
    if number.override is not None:
        told["phone_number"] = number.override.callback_url
    for app_id, override in waba.subscribed.items():
        app = call.emulator.world.apps.get(app_id)
        if override is not None:
            told["whatsapp_business_account"] = override.callback_url
        if app is not None and app.subscription is not None:
            told["application"] = app.subscription.callback_url
    return told


def _throughput(number: Number, _call: Call) -> Json:
    if not number.registered:
        return {"level": "NOT_APPLICABLE"}
    return {"level": "HIGH" if number.throughput_mps >= HIGH_MPS else "STANDARD"}


NUMBER_FIELDS: dict[str, Show] = {
    "id": lambda n, _: n.id,
    "display_phone_number": lambda n, _: n.display,
    "verified_name": lambda n, _: n.verified_name,
    "quality_rating": lambda n, _: n.quality,
    "quality_score": lambda n, _: {"score": n.quality},
    "code_verification_status": lambda n, _: n.code_verification_status,
    "name_status": lambda n, _: n.name_status,
    "account_mode": lambda _n, _: "LIVE",
    "platform_type": lambda n, _: "CLOUD_API" if n.registered else "NOT_APPLICABLE",
    "status": lambda n, _: n.status,
    "throughput": _throughput,
    "search_visibility": lambda n, _: n.file.search_visibility,
    "official_business_account": lambda n, _: {"oba_status": n.file.oba["oba_status"]},
    "is_official_business_account": lambda _n, _: False,
    "is_pin_enabled": lambda n, _: n.pin is not None,
    "is_on_biz_app": lambda _n, _: False,
    "is_preverified_number": lambda _n, _: False,
    "host_platform": lambda _n, _: "CLOUD_API",
    "country_dial_code": lambda n, _: n.country_code,
    "last_onboarded_time": lambda n, _: meta_time(n.last_onboarded_at),
    "messaging_limit_tier": _limit_tier,
    "whatsapp_business_manager_messaging_limit": _limit_tier,
    "webhook_configuration": _webhooks,
    "health_status": health_of_number,
    "certificate": lambda _n, _: None,
    "new_certificate": lambda _n, _: None,
    "country_code": lambda n, _: country(n.digits),
    "eligibility_for_api_business_global_search": lambda _n, _: "NON_ELIGIBLE_UNDEFINED_COUNTRY",
    "new_display_name": lambda n, _: n.file.new_name,
    "new_name_status": lambda n, _: n.file.new_name_status,
    "username": lambda n, _: n.file.username,
    "conversational_automation": lambda n, _: n.file.automation,
}


def _funding(waba: Waba, _call: Call) -> str | None:
    """Absent in a valid answer = no payment method (reference limits 7.4)."""
    return None if waba.payment is Payment.MISSING else f"7{waba.id[1:]}"


def _owner(waba: Waba, call: Call) -> Json:
    portfolio = call.emulator.world.portfolios[waba.portfolio_id]
    return {"name": portfolio.name, "id": portfolio.id}


def _verification(waba: Waba, call: Call) -> str:
    verified = call.emulator.world.portfolios[waba.portfolio_id].verified
    return "verified" if verified else "not_verified"


WABA_DEFAULTS = ("id", "name", "timezone_id", "message_template_namespace", "currency")
WABA_FIELDS: dict[str, Show] = {
    "id": lambda w, _: w.id,
    "name": lambda w, _: w.name,
    "timezone_id": lambda w, _: w.file.timezone_id,
    "currency": lambda w, _: w.currency,
    "message_template_namespace": lambda w, _: w.namespace,
    "account_review_status": lambda _w, _: "APPROVED",
    "business_verification_status": _verification,
    "country": lambda w, _: w.file.country,
    "primary_business_location": lambda w, _: w.file.country,
    "ownership_type": lambda _w, _: "SELF_OWNED",
    "status": lambda w, _: "DISABLED" if w.ban_state == "DISABLE" else "ACTIVE",
    "health_status": health_of_waba,
    "analytics": analytics_of,
    "conversation_analytics": conversations_of,
    "is_enabled_for_insights": lambda w, _: w.file.insights,
    "on_behalf_of_business_info": lambda _w, _: None,
    "owner_business_info": _owner,
    "primary_funding_id": _funding,
    "marketing_messages_onboarding_status": lambda w, _: w.file.marketing_messages,
    "marketing_messages_lite_api_status": lambda w, _: w.file.marketing_messages,
    "subscribed_apps": lambda w, call: {"data": apps_of(w, call)},
    "disable_marketing_messages_on_cloud_api": lambda w, _: not w.file.cloud_marketing,
    "whatsapp_business_manager_messaging_limit": lambda w, call: (
        call.emulator.world.portfolios[w.portfolio_id].messaging_limit
    ),
    "pricing_analytics": pricing_analytics,
}


@edge("GET", Number)
def show_number(call: Call) -> Answer:
    """Either of the two WhatsApp permissions will do. Raises 10 without."""
    if call.token is None or not call.token.scopes & {MESSAGING, MANAGEMENT}:
        raise GraphError(10)
    return pick(
        NUMBER_FIELDS,
        NUMBER_DEFAULTS,
        call.node,
        call,
        "WhatsAppBusinessAccountToNumberCurrentStatus",
    )


@edge("GET", Waba, needs=MANAGEMENT)
def show_waba(call: Call) -> Answer:
    return pick(WABA_FIELDS, WABA_DEFAULTS, call.node, call, "WhatsAppBusinessAccount")


@edge("GET", Waba, "phone_numbers", needs=MANAGEMENT)
def list_numbers(call: Call) -> Answer:
    """With `filtering` (of three fields, by EQUAL) and `sort`, as Meta's file describes them."""
    numbers = [call.emulator.world.numbers[i] for i in call.node.number_ids]
    numbers = _sorted(call, [n for n in numbers if _wanted(call, n)])
    kind = "WhatsAppBusinessAccountToNumberCurrentStatus"
    return page(call, numbers, lambda n: pick(NUMBER_FIELDS, NUMBER_DEFAULTS, n, call, kind))


def _wanted(call: Call, number: Number) -> bool:
    """Whether the number passes every filter. Raises 100 for a filter that Meta does not know."""
    if not call.params.get("filtering"):
        return True
    for wish in objects(call.params, "filtering"):
        field = str(wish.get("field"))
        if field not in FILTERED or wish.get("operator") != "EQUAL":
            raise bad_param("filtering", f"must compare one of {{{', '.join(FILTERED)}}} by EQUAL")
        told = str(NUMBER_FIELDS[field](number, call))
        if told.lower() != str(wish.get("value")).lower():
            return False
    return True


def _sorted(call: Call, numbers: list[Number]) -> list[Number]:
    """`numbers` are in the order of their making. Raises 100 for another key or way."""
    wish = call.text("sort")
    if wish is None:
        return numbers
    key, _, way = wish.partition(".")
    if key not in SORTED or way not in ("asc", "desc"):
        raise bad_param("sort", f"must be one of {{{', '.join(SORTED)}}} with .asc or .desc")
    if key == "last_onboarded_time":
        numbers = sorted(numbers, key=lambda n: n.last_onboarded_at)
    return numbers if way == "asc" else numbers[::-1]


@edge("GET", Number, "whatsapp_business_profile", needs=MESSAGING)
def show_profile(call: Call) -> Answer:
    profile: Json = dict(call.node.profile)
    picture = call.emulator.world.media.get(call.node.file.picture or "")
    if picture is not None:
        profile["profile_picture_url"] = f"{call.emulator.base_url}{SAMPLE_PATH}{picture.id}"
    wish = call.text("fields")
    names = split_fields(wish) if wish else list(profile)
    shown = {name: profile[name] for name in names if name in profile}
    return {"data": [{**shown, "messaging_product": "whatsapp"}]}


@edge("POST", Number, "whatsapp_business_profile", needs=MESSAGING)
def change_profile(call: Call) -> Answer:
    if words(call.params, "messaging_product") != "whatsapp":
        raise bad_param("messaging_product", "must be one of {WHATSAPP} - got another value.")
    changes: Json = {}
    for key, longest in PROFILE_LIMITS.items():
        if key in call.params:
            changes[key] = _profile_text(key, call.params[key], longest)
    if "websites" in call.params:
        changes["websites"] = _websites(call.params["websites"])
    if "vertical" in call.params:
        if call.params["vertical"] not in VERTICALS:
            raise bad_param("vertical", f"must be one of {{{', '.join(sorted(VERTICALS))}}}")
        changes["vertical"] = call.params["vertical"]
    if "profile_picture_handle" in call.params:
        call.node.file.picture = _picture(call)
    call.node.profile.update(changes)
    return True


def _picture(call: Call) -> str:
    """The media of an uploaded JPEG or PNG; it stays as long as it is the picture."""
    file = call.emulator.world.file
    handle = file.handles.get(words(call.params, "profile_picture_handle"))
    if handle is None or handle.expires_at <= call.now or not handle.mime.startswith("image/"):
        raise GraphError(131009, "profile_picture_handle is unknown, expired or not an image")
    media = call.emulator.world.media.get(handle.media_id)
    if media is None:
        raise GraphError(131009, "profile_picture_handle has no picture any more")
    media.expires_at = float("inf")
    return media.id


def _profile_text(key: str, value: Any, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest or (key == "about" and not value):
        raise GraphError(131009, f"{key} must have at most {longest} characters")
    return value


def _websites(value: Any) -> list[str]:
    sites = value if isinstance(value, list) else [value]
    good = all(isinstance(s, str) and len(s) <= 256 and s.startswith("http") for s in sites)
    if len(sites) > 2 or not good:
        raise GraphError(131009, "websites: at most 2 URLs of at most 256 characters")
    return sites
