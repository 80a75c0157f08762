"""The endpoint for marketing templates, and who may be written to at all."""

import pytest

from whatsapp_emulator.errors import KNOWN

ANNA = "393471112201"
OFFER = {"type": "template", "template": {"name": "offerta", "language": {"code": "it"}}}
BODY = [{"type": "BODY", "text": "Vieni a trovarci in bottega questa settimana"}]


async def offer(p, category="MARKETING", **changes):
    made = await p.template(name="offerta", category=category, components=BODY, **changes)
    await p.advance(601)
    return made


async def promote(p, to=ANNA, **extra):
    whole = {"messaging_product": "whatsapp", "to": to, **OFFER, **extra}
    return await p.graph("POST", f"{p.number}/marketing_messages", whole)


def test_an_onboarded_account_sends_at_the_marketing_rate_with_its_own_category(play):
    async def scene(p):
        await offer(p)
        await p.sim("PATCH", f"wabas/{p.waba}", {"marketing_messages": "ONBOARDED"})
        await p.settle()
        (told,) = p.receiver.changes("account_update")
        assert told == {"event": "MM_LITE_TERMS_SIGNED"}
        status, answer = await promote(p, message_activity_sharing=True)
        assert status == 200
        assert answer["messages"][0]["message_status"] == "accepted"
        await p.advance(10)
        sent = p.receiver.statuses(answer["messages"][0]["id"])[0]
        assert sent["pricing"] == {
            "billable": True,
            "pricing_model": "PMP",
            "type": "regular",
            "category": "marketing_lite",
            "cost": {"amount": 0.0658, "currency": "EUR"},
        }
        (line,) = (await p.sim("GET", "invoice"))["lines"]
        assert (line["category"], line["amount"]) == ("marketing_lite", "0.065800")
        fields = "marketing_messages_onboarding_status"
        _, node = await p.graph("GET", f"{p.waba}?fields={fields}")
        assert node[fields] == "ONBOARDED"

    play(scene)


def test_an_account_without_terms_falls_back_or_is_refused_as_it_asks(play):
    async def scene(p):
        await offer(p)
        status, answer = await promote(p)
        assert status == 200
        await p.advance(5)
        told = p.receiver.statuses(answer["messages"][0]["id"])
        assert told[0]["pricing"]["category"] == "marketing"
        status, answer = await promote(p, product_policy="STRICT")
        assert (status, answer["error"]["code"]) == (500, 134102)

    play(scene)


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"type": "text", "text": {"body": "x"}}, 131055),
        ({"product_policy": "ANY"}, 100),
        ({"message_activity_sharing": "yes"}, 100),
    ],
)
def test_what_is_no_marketing_template_is_refused(play, extra, code):
    async def scene(p):
        await offer(p)
        status, answer = await promote(p, **extra)
        assert (status, answer["error"]["code"]) == (400, code)

    play(scene)


def test_other_categories_and_fresh_templates_are_refused(play):
    async def scene(p):
        await offer(p, category="UTILITY")
        assert (await promote(p))[1]["error"]["code"] == 134100
        other = [{"type": "BODY", "text": "Passa a trovarci domani in bottega"}]
        await p.template(name="nuova", category="MARKETING", components=other)
        fresh = {"name": "nuova", "language": {"code": "it"}}
        assert (await promote(p, template=fresh))[1]["error"]["code"] == 134101

    play(scene)


def test_marketing_can_be_closed_on_the_ordinary_endpoint(play):
    async def scene(p):
        await offer(p)
        await p.sim("PATCH", f"wabas/{p.waba}", {"cloud_marketing": False})
        status, answer = await p.send(OFFER)
        assert (status, answer["error"]["code"]) == (400, 131063)
        assert (await promote(p))[0] == 200

    play(scene)


def test_a_marketing_template_that_waits_too_long_is_not_delivered_and_costs_nothing(play):
    async def scene(p):
        await offer(p, message_send_ttl_seconds=43_200)
        await p.sim("PATCH", f"wabas/{p.waba}", {"marketing_messages": "ONBOARDED"})
        await p.sim("PATCH", f"people/{ANNA}", {"online": False})
        _, answer = await promote(p)
        await p.advance(43_300)
        await p.sim("PATCH", f"people/{ANNA}", {"online": True})
        await p.advance(60)
        told = p.receiver.statuses(answer["messages"][0]["id"])
        assert [s["status"] for s in told] == ["sent"]
        assert (await p.sim("GET", "invoice"))["lines"] == []
        assert await p.chat() == []

    play(scene)


@pytest.mark.parametrize(("waits", "arrives"), [(29 * 86_400, True), (31 * 86_400, False)])
def test_an_undelivered_message_is_kept_for_thirty_days(play, waits, arrives):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", f"people/{ANNA}", {"online": False})
        wamid = await p.text("Eccomi")
        await p.advance(waits)
        await p.sim("PATCH", f"people/{ANNA}", {"online": True})
        await p.advance(60)
        told = [s["status"] for s in p.receiver.statuses(wamid)]
        assert ("delivered" in told) is arrives

    play(scene)


@pytest.mark.parametrize(
    ("to", "code"),
    [("+5351234567", 130497), ("+989121234567", 130497), ("+12125550123", 131049)],
)
def test_marketing_does_not_reach_closed_countries_and_the_us(play, to, code):
    async def scene(p):
        await offer(p)
        _, answer = await p.send(OFFER, to=to)
        await p.advance(5)
        (told,) = p.receiver.statuses(answer["messages"][0]["id"])
        assert (told["status"], told["errors"][0]["code"]) == ("failed", code)

    play(scene)


def test_a_canadian_gets_marketing_and_an_american_what_is_useful(play):
    async def scene(p):
        await offer(p)
        _, answer = await p.send(OFFER, to="+14165550123")
        await p.advance(5)
        assert p.receiver.statuses(answer["messages"][0]["id"])[0]["status"] == "sent"
        await p.says("Hi", "12125550123")
        wamid = await p.text("Hello", to="+12125550123")
        await p.advance(5)
        assert p.receiver.statuses(wamid)[0]["status"] == "sent"

    play(scene)


def test_a_test_number_writes_to_its_list_alone(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", f"numbers/{p.number}", {"allowed": ["+" + ANNA]})
        assert (await p.send({"type": "text", "text": {"body": "x"}}))[0] == 200
        status, answer = await p.send({"type": "text", "text": {"body": "x"}}, to="+393471112202")
        assert (status, answer["error"]["code"]) == (400, 131030)
        await p.sim("PATCH", f"numbers/{p.number}", {"allowed": None})
        assert (await p.send({"type": "text", "text": {"body": "x"}}, to="+393471112202"))[0] == 200

    play(scene)


def test_a_key_that_is_not_the_persons_fails_where_identities_are_checked(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", f"people/{ANNA}", {"identity_hash": "AbCdEfGhIjK="})
        wish = {"user_identity_change": {"enable_identity_key_check": True}}
        assert (await p.graph("POST", f"{p.number}/settings", wish))[0] == 200
        for key, status in (("AbCdEfGhIjK=", "sent"), ("ZZZ", "failed")):
            text = {"type": "text", "text": {"body": "x"}, "recipient_identity_key_hash": key}
            _, answer = await p.send(text)
            await p.advance(5)
            told = p.receiver.statuses(answer["messages"][0]["id"])[0]
            assert told["status"] == status
            assert (told.get("recipient_identity_key_hash") == key) == (status == "sent")
        assert told["errors"][0]["code"] == 137000

    play(scene)


def test_a_voice_message_that_was_heard_is_told_as_played(play):
    async def scene(p):
        await p.says("Ciao")
        said = await p.sim("POST", f"people/{ANNA}/messages", {"type": "audio", "audio": {}})
        audio = {"id": said["payload"]["audio"]["id"], "voice": True}
        _, answer = await p.send({"type": "audio", "audio": audio})
        await p.advance(60)
        told = [s["status"] for s in p.receiver.statuses(answer["messages"][0]["id"])]
        assert told == ["sent", "delivered", "read", "played"]

    play(scene)


def test_what_befalls_the_account_after_acceptance_fails_what_is_on_its_way(play):
    async def scene(p):
        await p.says("Ciao")
        for wish, code in (({"restriction": {"days": 7, "messages": "all"}}, 368),
                           ({"ban_state": "DISABLE"}, 131031)):  # fmt: skip
            wamid = await p.text("x")
            await p.sim("PATCH", f"wabas/{p.waba}", wish)
            await p.advance(5)
            assert p.receiver.statuses(wamid)[0]["errors"][0]["code"] == code
            await p.sim("PATCH", f"wabas/{p.waba}", {"restriction": None})

    play(scene)


def test_every_code_of_a_failed_status_has_its_title():
    from whatsapp_emulator.refusal import DETAILS

    assert set(DETAILS) <= set(KNOWN)
