"""A number's way onto the Cloud API: added, verified by code, registered with its PIN.

Source: reference account 8.1 and errors 133xxx.
"""

from whatsapp_emulator import enforcement
from whatsapp_emulator.call import Call
from whatsapp_emulator.errors import GraphError, bad_param, required
from whatsapp_emulator.names import begin_review
from whatsapp_emulator.routes import Answer, admit_approximation, edge
from whatsapp_emulator.shape import words
from whatsapp_emulator.template_refusals import refused
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import MANAGEMENT, MESSAGING, Number, Waba

DAY_S = 86_400.0
FIRST_ID = 200000000000002
NUMBERS_MAX = 25
NUMBERS_OF_NEW, NUMBERS_OF_PORTFOLIO = 2, 20
CODE_S = 600.0
CODES_PER_DAY = 10
CODE_ERRORS_MAX = 5
REGISTRATIONS_MAX = 10
REGISTRATIONS_OVER_S = 72 * 3_600.0
GUESS_PAUSE_S = 30.0
GUESSES_MAX = 5
GUESSES_OVER_S = 3_600.0
REGIONS = frozenset("AE AU BH BR CA CH DE GB ID IN JP KR SG ZA".split())  # noqa: SIM905 - reads better so

admit_approximation(
    "verification codes",
    "no SMS and no call: GET /sim/numbers/{id} shows the code; 10 a day, valid 10 minutes, "
    "5 guesses; wrong ones are code 100, Meta's own codes for them are not in the sources",
)
admit_approximation(
    "guesses of a PIN",
    "one in 30 seconds after a wrong one (133009), 5 wrong ones an hour (133008); Meta does not "
    "publish its pace",
)


@edge("POST", Waba, "phone_numbers", needs=MANAGEMENT)
def add(call: Call) -> Answer:
    """`cc`, `phone_number`, `verified_name`; the number is then to be verified and registered."""
    if call.params.get("migrate_phone_number"):
        raise refused(2388103, "Cannot migrate", "Migration of numbers is not emulated.")
    country = words(call.params, "cc").lstrip("+")
    local = "".join(filter(str.isdigit, words(call.params, "phone_number")))
    name = words(call.params, "verified_name", longest=75)
    if not country.isdigit() or not 7 <= len(country + local) <= 15:
        raise bad_param("phone_number", "is not a phone number.")
    number = new_number(call, call.node, country, local, name)
    begin_review(call.emulator, number, name)
    return {"id": number.id}


def new_number(call: Call, waba: Waba, country: str, local: str, name: str) -> Number:
    """A number not yet verified. Raises 368 while the account may not add numbers, 131031 when
    it is locked, 2388012 for one that is known, 100 when it is too many.
    """
    world = call.emulator.world
    enforcement.check_adding(waba)
    if any(known.digits == country + local for known in world.numbers.values()):
        raise refused(2388012, "Number already added", "The phone number is already in your list.")
    if len(waba.number_ids) >= NUMBERS_MAX:
        raise GraphError(100, f"An account has at most {NUMBERS_MAX} phone numbers")
    most = _most_of_portfolio(call, waba)
    if sum(len(w.number_ids) for w in world.wabas.values() if _same(w, waba)) >= most:
        raise GraphError(100, f"This business has at most {most} phone numbers")
    number = Number(
        id=world.next_id("number", FIRST_ID),
        waba_id=waba.id,
        display=f"+{country} {local}",
        verified_name=name,
        country_code=country,
        registered=False,
        quality="UNKNOWN",
        status="PENDING",
        name_status="PENDING_REVIEW",
        code_verification_status="NOT_VERIFIED",
    )
    world.numbers[number.id] = number
    waba.number_ids.append(number.id)
    return number


def _most_of_portfolio(call: Call, waba: Waba) -> int:
    """2 for a new business, 20 once it is verified or may reach 2,000 people a day."""
    portfolio = call.emulator.world.portfolios[waba.portfolio_id]
    new = not portfolio.verified and portfolio.messaging_limit in ("TIER_50", "TIER_250")
    return NUMBERS_OF_NEW if new else NUMBERS_OF_PORTFOLIO


def _same(one: Waba, other: Waba) -> bool:
    return one.portfolio_id == other.portfolio_id


@edge("POST", Number, "request_code", needs=MANAGEMENT)
def request_code(call: Call) -> Answer:
    number: Number = call.node
    method = words(call.params, "code_method").upper()
    if method not in ("SMS", "VOICE"):
        raise bad_param("code_method", "must be one of {SMS, VOICE}")
    words(call.params, "language")
    if number.code_verification_status == "VERIFIED" and number.registered:
        raise GraphError(100, "The phone number is verified already")
    file = number.file
    file.codes_asked = [at for at in file.codes_asked if at > call.now - DAY_S]
    if len(file.codes_asked) >= CODES_PER_DAY:
        raise GraphError(613, "Too many codes were requested for this number")
    file.codes_asked.append(call.now)
    file.code = f"{call.emulator.chance.randrange(10**6):06d}"
    file.code_until, file.code_errors = call.now + CODE_S, 0
    call.emulator.watchers.changed()
    return True


@edge("POST", Number, "verify_code", needs=MANAGEMENT)
def verify_code(call: Call) -> Answer:
    number: Number = call.node
    file = number.file
    given = words(call.params, "code").replace("-", "")
    if file.code is None or file.code_until <= call.now:
        raise GraphError(100, "Request a new verification code")
    if file.code_errors >= CODE_ERRORS_MAX:
        raise GraphError(613, "Too many wrong codes; request a new one")
    if given != file.code:
        file.code_errors += 1
        raise GraphError(100, "The code is incorrect")
    file.code = None
    number.code_verification_status = "VERIFIED"
    return {"success": True, "id": number.id}


@edge("POST", Number, "register", needs=MESSAGING)
def register(call: Call) -> Answer:
    """Raises 133016, 133006, 133005, 133008 and 133009 as they come."""
    number: Number = call.node
    if words(call.params, "messaging_product") != "whatsapp":
        raise bad_param("messaging_product", "must be one of {WHATSAPP} - got another value.")
    pin = pin_of(call.params)
    region = call.params.get("data_localization_region")
    if region is not None and region not in REGIONS:
        raise bad_param("data_localization_region", f"must be one of {{{', '.join(REGIONS)}}}")
    _count(call, number)
    if number.code_verification_status != "VERIFIED":
        raise GraphError(133006, "Phone number needs to be verified before registering")
    _check_pin(call, number, pin)
    number.pin, number.registered = pin, True
    number.status = enforcement.status_of(call.emulator.world.wabas[number.waba_id], number)
    number.last_onboarded_at = call.now
    _tell_onboarding(call, number)
    return True


@edge("POST", Number, "deregister", needs=MESSAGING)
def deregister(call: Call) -> Answer:
    number: Number = call.node
    _count(call, number)
    if not number.registered:
        raise GraphError(133010, "The phone number is not registered")
    number.registered, number.status = False, "DISCONNECTED"
    call.emulator.watchers.changed()
    return True


def pin_of(params: Json) -> str:
    if params.get("pin") is None:
        raise required("pin")
    pin = str(params["pin"])
    if not (pin.isascii() and pin.isdigit() and len(pin) == 6):
        raise bad_param("pin", "must be a string of 6 digits.")
    return pin


def _count(call: Call, number: Number) -> None:
    file = number.file
    recent = [at for at in file.registrations if at > call.now - REGISTRATIONS_OVER_S]
    file.registrations = recent
    if len(recent) >= REGISTRATIONS_MAX:
        raise GraphError(133016, "The limit of 10 requests in 72 hours is reached")
    recent.append(call.now)


def _check_pin(call: Call, number: Number, pin: str) -> None:
    """The PIN that the number has, if it has one."""
    file = number.file
    since = call.now - file.pin_error_at
    if file.pin_errors and since >= GUESSES_OVER_S:
        file.pin_errors = 0
    if file.pin_errors >= GUESSES_MAX:
        raise GraphError(133008, f"Wait {int(GUESSES_OVER_S - since)} seconds before the next try")
    if file.pin_errors and since < GUESS_PAUSE_S:
        raise GraphError(133009, f"Wait {int(GUESS_PAUSE_S - since)} seconds before the next try")
    if number.pin is not None and pin != number.pin:
        file.pin_errors += 1
        file.pin_error_at = call.now
        raise GraphError(133005, "The PIN is not that of this number")
    file.pin_errors = 0


def _tell_onboarding(call: Call, number: Number) -> None:
    """phone_number_quality_update (reference webhooks 5.5)."""
    world = call.emulator.world
    portfolio = world.portfolios[world.wabas[number.waba_id].portfolio_id]
    value: Json = {
        "display_phone_number": number.digits,
        "event": "ONBOARDING",
        "current_limit": portfolio.messaging_limit,
        "max_daily_conversations_per_business": portfolio.messaging_limit,
    }
    emulator = call.emulator
    emulator.delivery.push(number.waba_id, "phone_number_quality_update", value, number.id)
    emulator.watchers.changed()
