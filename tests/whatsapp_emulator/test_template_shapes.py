"""What may be created, what the reviewers say of it, and Meta's ready templates."""

import pytest

DAY = 86_400
BODY = {"type": "BODY", "text": "Buongiorno, il suo ordine parte oggi dal magazzino."}
STATUS = "message_template_status_update"


def creation(*components: dict, **changes) -> dict:
    return {
        "name": "modello",
        "language": "it",
        "category": "UTILITY",
        "components": list(components) or [BODY],
        **changes,
    }


def card(**changes) -> dict:
    buttons = [{"type": "QUICK_REPLY", "text": "Lo voglio"}]
    return {
        "components": [
            {"type": "header", "format": "product"},
            {"type": "buttons", "buttons": buttons},
        ],
        **changes,
    }


def carousel(*cards: dict) -> dict:
    return {"type": "carousel", "cards": list(cards)}


def otp(**changes) -> dict:
    button = {"type": "otp", "otp_type": "copy_code", **changes}
    return {"type": "buttons", "buttons": [button]}


AUTH = {"type": "body", "add_security_recommendation": True}
OFFER = {
    "type": "limited_time_offer",
    "limited_time_offer": {"text": "Solo oggi", "has_expiration": True},
}
CODE = {"type": "buttons", "buttons": [{"type": "copy_code", "example": "SCONTO25"}]}
PLAIN_CARD = {"components": [{"type": "header", "format": "product"}]}


async def create(p, wish: dict):
    return await p.graph("POST", f"{p.waba}/message_templates", wish)


@pytest.mark.parametrize(
    "wish",
    [
        creation(BODY, carousel(card(), card()), category="MARKETING"),
        creation(BODY, OFFER, CODE, category="MARKETING"),
        creation(AUTH, otp(), category="AUTHENTICATION"),
        creation(
            AUTH,
            {"type": "footer", "code_expiration_minutes": 10},
            otp(
                otp_type="ONE_TAP",
                supported_apps=[{"package_name": "it.bottega", "signature_hash": "K8a/AINcGX7"}],
            ),
            category="authentication",
            message_send_ttl_seconds=60,
        ),
        creation(BODY, {"type": "header", "format": "location"}, message_send_ttl_seconds=-1),
    ],
)
def test_every_shape_of_template_can_be_made(play, wish):
    async def scene(p):
        status, answer = await create(p, wish)
        assert status == 200, answer

    play(scene)


@pytest.mark.parametrize(
    ("wish", "subcode"),
    [
        (creation(BODY, carousel(card())), 2388040),
        (creation(BODY, carousel(card(), PLAIN_CARD)), None),
        (creation(BODY, carousel(card(), card()), {"type": "FOOTER", "text": "x"}), 2388072),
        (creation(BODY, OFFER), 2388072),
        (
            creation(BODY, OFFER, {"type": "FOOTER", "text": "x"}, category="MARKETING"),
            2388073,
        ),
        (creation(AUTH, category="AUTHENTICATION"), 2388072),
        (creation(AUTH, otp(otp_type="ONE_TAP"), category="AUTHENTICATION"), None),
        (
            creation(
                AUTH,
                {"type": "footer", "code_expiration_minutes": 91},
                otp(),
                category="AUTHENTICATION",
            ),
            None,
        ),
        (creation(BODY, otp()), 2388072),
        (creation(message_send_ttl_seconds=10), None),
        (creation(category="MARKETING", message_send_ttl_seconds=-1), None),
        (
            creation(BODY, {"type": "buttons", "buttons": [{"type": "flow", "text": "Prenota"}]}),
            2388072,
        ),
        (
            creation(
                {"type": "BODY", "text": "Ciao {{Nome}}, a presto da noi tutti"},
                parameter_format="NAMED",
            ),
            2388072,
        ),
    ],
)
def test_a_shape_against_the_rules_is_refused_at_once(play, wish, subcode):
    async def scene(p):
        status, answer = await create(p, wish)
        assert (status, answer["error"]["code"]) == (400, 100)
        assert answer["error"].get("error_subcode") == subcode

    play(scene)


def test_an_authentication_template_gets_metas_words_and_a_url_button(play):
    async def scene(p):
        footer = {"type": "footer", "code_expiration_minutes": 5}
        _, made = await create(p, creation(AUTH, footer, otp(), category="AUTHENTICATION"))
        await p.advance(DAY)
        _, node = await p.graph("GET", made["id"])
        by_kind = {c["type"]: c for c in node["components"]}
        assert by_kind["BODY"]["text"].startswith("*{{1}}* è il tuo codice di verifica.")
        assert "5 minuti" in by_kind["FOOTER"]["text"]
        (button,) = by_kind["BUTTONS"]["buttons"]
        assert button["type"] == "URL"
        assert "otp_type=COPY_CODE" in button["url"]

    play(scene)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Lei ha vinto un premio, ci mandi la password del conto", "SCAM"),
        ("Paghi entro oggi, altrimenti la pagherai cara con noi", "ABUSIVE_CONTENT"),
        ("Il suo codice di verifica arriva con questo messaggio", "INCORRECT_CATEGORY"),
        ("The parcel is on its way and you will have it with you today", "TAG_CONTENT_MISMATCH"),
        ("Veda tutto qui: https://bit.ly/abc per il suo ordine", "INVALID_FORMAT"),
    ],
)
def test_reviewers_reject_with_metas_reasons(play, text, reason):
    async def scene(p):
        _, made = await create(p, creation({"type": "BODY", "text": text}))
        await p.advance(DAY)
        (told,) = p.receiver.changes(STATUS)
        assert (told["event"], told["reason"]) == ("REJECTED", reason)
        assert ("rejection_info" in told) is (reason == "INVALID_FORMAT")
        _, node = await p.graph("GET", made["id"], params={"fields": "status,rejected_reason"})
        assert (node["status"], node["rejected_reason"]) == ("REJECTED", reason)

    play(scene)


def test_the_same_words_twice_are_rejected_as_a_duplicate(play):
    async def scene(p):
        await create(p, creation())
        await p.advance(DAY)
        await create(p, creation(name="altro"))
        await p.advance(DAY)
        told = p.receiver.changes(STATUS)[-1]
        assert (told["event"], told["message_template_name"]) == ("REJECTED", "altro")
        assert "modello" in told["rejection_info"]["recommendation"]

    play(scene)


def test_a_complete_profile_is_reviewed_faster(play):
    async def scene(p):
        await p.sim("PATCH", f"wabas/{p.waba}", {"review_seconds": 100})
        _, slow = await create(p, creation())
        await p.advance(299)
        _, node = await p.graph("GET", slow["id"])
        assert node["status"] == "PENDING"
        await p.advance(2)
        _, node = await p.graph("GET", slow["id"])
        assert node["status"] == "APPROVED"
        profile = {
            "messaging_product": "whatsapp", "about": "Aperti", "address": "Via Roma 1",
            "description": "Bottega", "email": "a@example.com", "vertical": "RETAIL",
            "websites": ["https://example.com"],
        }  # fmt: skip
        await p.graph("POST", f"{p.number}/whatsapp_business_profile", profile)
        other = {"type": "BODY", "text": "Il suo pacco arriva domani mattina."}
        _, fast = await create(p, creation(other, name="altro"))
        await p.advance(101)
        _, node = await p.graph("GET", fast["id"])
        assert node["status"] == "APPROVED"

    play(scene)


def test_the_library_is_searched_and_its_templates_are_approved_at_once(play):
    async def scene(p):
        _, answer = await p.graph("GET", "message_template_library", params={"language": "it"})
        names = [item["name"] for item in answer["data"]]
        assert names == ["delivery_update_1", "appointment_reminder_1"]
        wish = {
            "name": "spedito",
            "language": "it",
            "category": "UTILITY",
            "library_template_name": "delivery_update_1",
            "library_template_button_inputs": [
                {
                    "type": "URL",
                    "url": {
                        "base_url": "https://bottega.example/{{1}}",
                        "url_suffix_example": "https://bottega.example/7",
                    },
                }
            ],
        }
        status, made = await create(p, wish)
        assert (status, made["status"]) == (200, "APPROVED")
        fields = {"fields": "library_template_name,components"}
        _, node = await p.graph("GET", made["id"], params=fields)
        assert node["library_template_name"] == "delivery_update_1"
        assert node["components"][1]["buttons"][0]["url"] == "https://bottega.example/{{1}}"
        status, _ = await create(p, {**wish, "library_template_name": "nothing"})
        assert status == 400

    play(scene)


def test_authentication_templates_are_made_in_many_languages_at_once(play):
    async def scene(p):
        wish = {
            "name": "codice",
            "languages": ["it", "en_US"],
            "category": "AUTHENTICATION",
            "components": [AUTH, otp()],
        }
        status, answer = await p.graph("POST", f"{p.waba}/upsert_message_templates", wish)
        assert status == 200
        assert [item["language"] for item in answer["data"]] == ["it", "en_US"]
        _, again = await p.graph("POST", f"{p.waba}/upsert_message_templates", wish)
        assert [i["id"] for i in again["data"]] == [i["id"] for i in answer["data"]]
        params = {"category": "AUTHENTICATION", "languages": "it", "button_types": "OTP"}
        _, shown = await p.graph("GET", f"{p.waba}/message_template_previews", params=params)
        assert "codice di verifica" in shown["data"][0]["body"]

    play(scene)


def test_the_list_tells_how_many_there_may_be(play):
    async def scene(p):
        await p.template()
        path = f"{p.waba}/message_templates"
        params = {"summary": "total_count", "status": '["APPROVED"]'}
        _, answer = await p.graph("GET", path, params=params)
        assert answer["summary"]["total_count"] == 1
        assert answer["summary"]["message_template_limit"] == 6000

    play(scene)
