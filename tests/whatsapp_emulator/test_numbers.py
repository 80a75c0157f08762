"""A number's life: added, verified, registered, renamed, with its own settings."""

import json

import pytest

DAY = 86_400
NEW = {"cc": "39", "phone_number": "0545 663344", "verified_name": "Bottega Seconda"}


async def add(p, **changes) -> str:
    status, answer = await p.graph("POST", f"{p.waba}/phone_numbers", {**NEW, **changes})
    assert status == 200, answer
    return answer["id"]


async def verify(p, number: str) -> None:
    wish = {"code_method": "SMS", "language": "it"}
    assert (await p.graph("POST", f"{number}/request_code", params=wish))[0] == 200
    code = (await p.sim("GET", f"numbers/{number}"))["code"]
    assert (await p.graph("POST", f"{number}/verify_code", params={"code": code}))[0] == 200


async def register(p, number: str, pin: str = "123456"):
    wish = {"messaging_product": "whatsapp", "pin": pin}
    status, answer = await p.graph("POST", f"{number}/register", wish)
    return status, answer.get("error", {}).get("code")


async def fields(p, number: str, *names: str) -> dict:
    return (await p.graph("GET", number, params={"fields": ",".join(names)}))[1]


def test_a_new_number_is_added_verified_and_registered_and_then_sends(play):
    async def scene(p):
        number = await add(p)
        assert await register(p, number) == (400, 133006)
        await verify(p, number)
        assert await register(p, number) == (200, None)
        shown = await fields(p, number, "status", "code_verification_status", "is_pin_enabled")
        assert shown == {
            "status": "CONNECTED",
            "code_verification_status": "VERIFIED",
            "is_pin_enabled": True,
            "id": number,
        }
        await p.advance(700)
        (told,) = p.receiver.changes("phone_number_quality_update")
        assert (told["event"], told["display_phone_number"]) == ("ONBOARDING", "390545663344")
        (named,) = p.receiver.changes("phone_number_name_update")
        assert named["decision"] == "APPROVED"
        _, listed = await p.graph("GET", f"{p.waba}/phone_numbers")
        assert [n["id"] for n in listed["data"]] == [p.number, number]
        wish = {"type": "text", "text": {"body": "Da qui"}}
        await p.sim(
            "POST",
            "people/393471112201/messages",
            {"type": "text", "text": {"body": "Ciao"}, "to": number},
        )
        whole = {"messaging_product": "whatsapp", "to": "393471112201", **wish}
        assert (await p.graph("POST", f"{number}/messages", whole))[0] == 200

    play(scene)


def test_a_known_number_or_a_bad_one_is_not_added(play):
    async def scene(p):
        path = f"{p.waba}/phone_numbers"
        own = {"cc": "39", "phone_number": "0612345678", "verified_name": "X"}
        status, answer = await p.graph("POST", path, own)
        assert (status, answer["error"]["error_subcode"]) == (400, 2388012)
        assert (await p.graph("POST", path, {**NEW, "phone_number": "12"}))[0] == 400

    play(scene)


def test_codes_end_after_ten_minutes_and_five_wrong_guesses(play):
    async def scene(p):
        number = await add(p)
        ask = {"code_method": "VOICE", "language": "it"}
        await p.graph("POST", f"{number}/request_code", ask)
        code = (await p.sim("GET", f"numbers/{number}"))["code"]
        wrong = "000000" if code != "000000" else "000001"
        codes = []
        for _ in range(6):
            _, answer = await p.graph("POST", f"{number}/verify_code", {"code": wrong})
            codes.append(answer["error"]["code"])
        assert codes == [100] * 5 + [613]
        assert (await p.graph("POST", f"{number}/verify_code", {"code": code}))[0] == 400
        await p.graph("POST", f"{number}/request_code", ask)
        code = (await p.sim("GET", f"numbers/{number}"))["code"]
        await p.advance(601)
        assert (await p.graph("POST", f"{number}/verify_code", {"code": code}))[0] == 400

    play(scene)


def test_registering_is_limited_to_ten_calls_in_72_hours(play):
    async def scene(p):
        for _ in range(5):
            assert (await p.graph("POST", f"{p.number}/deregister"))[0] == 200
            status, answer = await p.send({"type": "text", "text": {"body": "x"}})
            assert (status, answer["error"]["code"]) == (400, 133010)
            assert await register(p, p.number) == (200, None)
        assert await register(p, p.number) == (400, 133016)
        await p.advance(72 * 3600 + 1)
        assert await register(p, p.number) == (200, None)

    play(scene)


def test_a_wrong_pin_is_told_then_slowed_then_stopped(play):
    async def scene(p):
        assert await p.graph("POST", p.number, {"pin": "654321"}) == (200, {"success": True})
        await p.settle()
        assert p.receiver.changes("security")[0]["event"] == "PIN_CHANGED"
        assert await register(p, p.number, "111111") == (400, 133005)
        assert await register(p, p.number, "654321") == (400, 133009)
        for _ in range(4):
            await p.advance(31)
            assert await register(p, p.number, "111111") == (400, 133005)
        await p.advance(31)
        assert await register(p, p.number, "654321") == (400, 133008)
        await p.advance(3600)
        assert await register(p, p.number, "654321") == (200, None)
        assert await register(p, p.number, "12345") == (400, 100)

    play(scene)


@pytest.mark.parametrize(
    ("name", "decision"),
    [("Bottega Nuova", "APPROVED"), ("WhatsApp Bottega", "REJECTED"), ("B!", "REJECTED")],
)
def test_a_display_name_is_reviewed_and_the_webhook_tells(play, name, decision):
    async def scene(p):
        wish = {"new_display_name": name}
        assert (await p.graph("POST", p.number, params=wish))[0] == 200
        asked = await fields(p, p.number, "new_display_name", "new_name_status")
        assert asked["new_name_status"] == "PENDING_REVIEW"
        await p.advance(700)
        (told,) = p.receiver.changes("phone_number_name_update")
        assert (told["decision"], told["requested_verified_name"]) == (decision, name)
        shown = await fields(p, p.number, "verified_name")
        assert (shown["verified_name"] == name) is (decision == "APPROVED")

    play(scene)


def test_a_name_without_approval_makes_the_health_limited(play):
    async def scene(p):
        await p.sim("PATCH", f"numbers/{p.number}", {"name_status": "PENDING_REVIEW"})
        shown = await fields(p, p.number, "health_status")
        assert shown["health_status"]["can_send_message"] == "LIMITED"
        await p.graph("POST", f"{p.number}/deregister")
        shown = await fields(p, p.number, "health_status")
        assert shown["health_status"]["can_send_message"] == "BLOCKED"

    play(scene)


def test_settings_automation_and_commerce_are_kept(play):
    async def scene(p):
        path = f"{p.number}/settings"
        wish = {"user_identity_change": {"enable_identity_key_check": True}}
        assert (await p.graph("POST", path, wish))[0] == 200
        _, shown = await p.graph("GET", path)
        assert shown["user_identity_change"] == {"enable_identity_key_check": True}
        assert shown["storage_configuration"] == {"status": "DEFAULT"}
        assert (await p.graph("POST", path, {}))[0] == 400

        commands = [{"command_name": "orari", "command_description": "Quando siamo aperti"}]
        wish = {"commands": commands, "prompts": ["Dove siete?"]}
        assert (await p.graph("POST", f"{p.number}/conversational_automation", wish))[0] == 200
        shown = await fields(p, p.number, "conversational_automation")
        assert shown["conversational_automation"]["prompts"] == ["Dove siete?"]
        too_many = {"prompts": ["?"] * 5}
        status, _ = await p.graph("POST", f"{p.number}/conversational_automation", too_many)
        assert status == 400

        path = f"{p.number}/whatsapp_commerce_settings"
        await p.graph("POST", path, params={"is_catalog_visible": "true"})
        _, shown = await p.graph("GET", path)
        assert shown["data"][0]["is_catalog_visible"] is True

    play(scene)


def test_the_encryption_key_and_the_official_account_are_asked_for(play):
    async def scene(p):
        path = f"{p.number}/whatsapp_business_encryption"
        assert (await p.graph("POST", path, {"business_public_key": "x"}))[0] == 400
        pem = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----"
        assert (await p.graph("POST", path, {"business_public_key": pem}))[0] == 200
        _, shown = await p.graph("GET", path)
        assert shown["data"][0]["business_public_key"] == pem

        path = f"{p.number}/official_business_account"
        wish = {
            "business_website_url": "https://example.com",
            "primary_country_of_operation": "Italy",
        }
        assert (await p.graph("POST", path, wish))[0] == 200
        assert (await p.graph("POST", path, wish))[0] == 400
        assert (await p.graph("GET", path))[1]["oba_status"] == "PENDING"
        status, _ = await p.graph("DELETE", f"{p.number}/contact_book", params={"bsuid": "IT.1"})
        assert status == 200

    play(scene)


def test_a_username_is_taken_once_and_told(play):
    async def scene(p):
        path = f"{p.number}/username"
        status, answer = await p.graph("POST", path, {"username": "no spaces"})
        assert (status, answer["error"]["code"]) == (400, 147002)
        assert (await p.graph("POST", path, {"username": "bottega.azzurra"}))[0] == 200
        other = await add(p)
        status, answer = await p.graph("POST", f"{other}/username", {"username": "bottega.azzurra"})
        assert (status, answer["error"]["code"]) == (400, 147001)
        _, answer = await p.graph("GET", f"{other}/username_suggestions")
        assert answer["data"][0]["username_suggestions"]
        assert (await p.graph("GET", path))[1]["username"] == "bottega.azzurra"
        await p.graph("DELETE", path)
        await p.settle()
        told = p.receiver.changes("business_username_updates")
        assert [t["status"] for t in told] == ["approved", "deleted"]

    play(scene)


@pytest.mark.parametrize(
    ("standing", "status"),
    [({"ban_state": "DISABLE"}, "BANNED"), ({"restriction": 7}, "RESTRICTED")],
)
def test_a_number_registered_anew_stands_as_its_account_does(play, standing, status):
    async def scene(p):
        assert (await p.graph("POST", f"{p.number}/deregister"))[0] == 200
        await p.sim("PATCH", f"wabas/{p.waba}", standing)
        assert (await fields(p, p.number, "status"))["status"] == "DISCONNECTED"
        assert await register(p, p.number) == (200, None)
        assert (await fields(p, p.number, "status"))["status"] == status

    play(scene)


def test_numbers_are_filtered_and_sorted(play):
    async def scene(p):
        second = await add(p)
        await verify(p, second)
        await p.advance(60)
        await register(p, second)

        async def listed(**wish):
            status, answer = await p.graph("GET", f"{p.waba}/phone_numbers", params=wish)
            return [n["id"] for n in answer["data"]] if status == 200 else answer["error"]["code"]

        def only(field, value, operator="EQUAL"):
            return json.dumps([{"field": field, "operator": operator, "value": value}])

        assert await listed(sort="creation_time.desc") == [second, p.number]
        assert await listed(sort="last_onboarded_time.asc") == [p.number, second]
        assert await listed(sort="name.asc") == 100
        assert await listed(filtering=only("account_mode", "LIVE")) == [p.number, second]
        assert await listed(filtering=only("account_mode", "SANDBOX")) == []
        assert await listed(filtering=only("is_official_business_account", "true")) == []
        assert await listed(filtering=only("messaging_limit_tier", "TIER_2K")) == [p.number, second]
        assert await listed(filtering=only("verified_name", "x")) == 100
        assert await listed(filtering=only("account_mode", "LIVE", "IN")) == 100

    play(scene)
