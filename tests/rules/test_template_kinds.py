"""Rules for authentication templates and carousels."""

import pytest

from sportello.rules.template import Account, lint, mended, parse
from sportello.rules.template_codes import Code
from sportello.rules.template_values import Part
from tests.rules.template_samples import SAMPLE, find, template

OTP = {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copia"}
APP = {"package_name": "it.esempio", "signature_hash": "K8a/AINcGX7"}


def authentication(*buttons, **footer):
    components = [{"type": "BODY", "add_security_recommendation": True}]
    if footer:
        components.append({"type": "FOOTER", **footer})
    components.append({"type": "BUTTONS", "buttons": list(buttons)})
    return {
        "name": "codice",
        "language": "it",
        "category": "AUTHENTICATION",
        "components": components,
    }


@pytest.mark.parametrize(("minutes", "better"), [(0, 1), (91, 90)])
def test_a_code_expires_within_metas_bounds(minutes, better):
    body = authentication(OTP, code_expiration_minutes=minutes)
    done = mended(body, find(Code.AUTH_EXPIRATION, body).fix)
    assert done["components"][1]["code_expiration_minutes"] == better


@pytest.mark.parametrize("minutes", [1, 90])
def test_a_code_may_last_as_long_as_meta_allows(minutes):
    assert lint(parse(authentication(OTP, code_expiration_minutes=minutes))) == ()


@pytest.mark.parametrize(
    ("button", "is_fine"),
    [
        ({"otp_type": "ONE_TAP", "supported_apps": [APP]}, True),
        ({"otp_type": "ONE_TAP", "supported_apps": [APP] * 6}, False),
        ({"otp_type": "ONE_TAP", "supported_apps": [{**APP, "signature_hash": "x"}]}, False),
        ({"otp_type": "ONE_TAP", "supported_apps": [{**APP, "package_name": "x" * 225}]}, False),
        ({"otp_type": "ZERO_TAP", "supported_apps": [APP]}, False),
        (
            {"otp_type": "ZERO_TAP", "supported_apps": [APP], "zero_tap_terms_accepted": True},
            True,
        ),
    ],
)
def test_a_code_that_fills_itself_in_names_its_apps(button, is_fine):
    codes = [one.code for one in lint(parse(authentication({**OTP, **button})))]
    assert codes == ([] if is_fine else [Code.AUTH_APP])


def test_the_words_of_a_code_that_fills_itself_in_have_a_limit():
    fine, long = ({**OTP, "autofill_text": "x" * length} for length in (25, 26))

    assert lint(parse(authentication(fine))) == ()
    found = find(Code.TOO_LONG, authentication(long))
    assert (found.where.part, found.where.index) == (Part.BUTTONS, 0)
    assert dict(found.values) == {"length": 26, "limit": 25}


def test_a_body_of_ones_own_is_taken_out_of_an_authentication_template():
    body = authentication(OTP)
    body["components"][0] = {"type": "BODY", "text": "Codice {{1}}", "example": {"body_text": []}}
    done = mended(body, find(Code.AUTH_BODY, body).fix)
    assert done["components"][0] == {"type": "BODY"}


def test_findings_on_cards_say_which_card():
    cards = [
        {"components": [{"type": "HEADER", "format": "IMAGE", "example": SAMPLE}, one]}
        for one in (
            {"type": "BODY", "text": "Lasagne"},
            {"type": "BODY", "text": "x" * 161},
        )
    ]
    body = template(category="MARKETING")
    body["components"].append({"type": "CAROUSEL", "cards": cards})
    finding = find(Code.TOO_LONG, body)
    assert (finding.where.part, finding.where.card) == (Part.BODY, 1)
    assert dict(finding.values)["limit"] == 160


@pytest.mark.parametrize(("count", "is_fine"), [(1, False), (2, True), (10, True), (11, False)])
def test_a_carousel_has_two_to_ten_cards(count, is_fine):
    card = {"components": [{"type": "HEADER", "format": "VIDEO", "example": SAMPLE}]}
    body = template(category="MARKETING")
    body["components"].append({"type": "CAROUSEL", "cards": [card] * count})
    assert (lint(parse(body)) == ()) == is_fine


@pytest.mark.parametrize(("footers", "is_mended"), [(1, True), (2, False)])
def test_an_offer_loses_its_only_footer(footers, is_mended):
    offer = {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Presto"}}
    body = template(category="MARKETING")
    body["components"] += [offer, *[{"type": "FOOTER", "text": "Forno Bruni"}] * footers]
    fix = find(Code.OFFER_FOOTER, body).fix
    assert bool(fix) == is_mended
    if fix:
        assert lint(parse(mended(body, fix))) == ()


def test_an_authentication_template_as_meta_gives_it_back_is_left_in_peace():
    given_back = {
        "name": "codice",
        "language": "it",
        "category": "AUTHENTICATION",
        "components": [
            {
                "type": "BODY",
                "text": "*{{1}}* è il tuo codice di verifica.",
                "example": {"body_text": [["123456"]]},
            },
            {"type": "FOOTER", "text": "Questo codice scade tra 10 minuti."},
            {
                "type": "BUTTONS",
                "buttons": [
                    {
                        "type": "URL",
                        "text": "Copia codice",
                        "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                        "example": ["https://www.whatsapp.com/otp/code/?code=otp123456"],
                    }
                ],
            },
        ],
    }
    assert lint(parse(given_back), Account()) == ()
