"""Who may do what and who hears of it: tokens, permissions, signup, subscriptions, overrides."""

import hashlib
import hmac
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

DAY = 86_400


def app_token(p) -> str:
    return f"{p.settings.app_id}|{p.settings.app_secret}"


async def exchange(p, **wishes: str):
    whole = {
        "client_id": p.settings.app_id,
        "client_secret": p.settings.app_secret,
        **wishes,
    }
    return await p.graph("GET", "oauth/access_token", params=whole, token="")


async def choose(p, **wishes) -> dict:
    return await p.sim("POST", "signup", {"client_id": p.settings.app_id, **wishes})


def test_the_signup_of_a_new_business_gives_a_token_for_its_account_alone(play):
    async def scene(p):
        wish = {"business_name": "Salone Rosa", "cc": "39", "phone_number": "054612345"}
        outcome = await choose(p, choice="new", **wish)
        assert outcome["message"]["event"] == "FINISH"
        data = outcome["message"]["data"]
        status, answer = await exchange(p, code=outcome["code"])
        assert (status, answer["token_type"]) == (200, "bearer")
        token = answer["access_token"]
        _, waba = await p.graph("GET", data["waba_id"], token=token)
        assert waba["name"] == "Salone Rosa"
        wish = {"messaging_product": "whatsapp", "pin": "123456"}
        status, _ = await p.graph("POST", f"{data['phone_number_id']}/register", wish, token=token)
        assert status == 200
        status, answer = await p.graph("GET", p.waba, token=token)
        assert (status, answer["error"]["error_subcode"]) == (400, 33)
        path = f"{data['business_id']}/owned_whatsapp_business_accounts"
        _, owned = await p.graph("GET", path)
        assert [w["id"] for w in owned["data"]] == [data["waba_id"]]
        path = f"{p.settings.business_id}/client_whatsapp_business_accounts"
        _, clients = await p.graph("GET", path)
        assert [w["id"] for w in clients["data"]] == [data["waba_id"]]
        _, shown = await p.graph(
            "GET", "debug_token", params={"input_token": token}, token=app_token(p)
        )
        assert shown["data"]["granular_scopes"][0]["target_ids"] == [data["waba_id"]]
        await p.settle()
        info = {"waba_id": data["waba_id"], "owner_business_id": data["business_id"]}
        told = p.receiver.changes("account_update")
        assert told == [{"event": "PARTNER_ADDED", "waba_info": info}]

    play(scene)


def test_a_code_lives_thirty_seconds_and_works_once(play):
    async def scene(p):
        outcome = await choose(p, choice="existing", waba_id=p.waba)
        assert outcome["message"]["data"]["phone_number_id"] == p.number
        assert (await exchange(p, code=outcome["code"]))[0] == 200
        status, answer = await exchange(p, code=outcome["code"])
        assert (status, answer["error"]["error_subcode"]) == (400, 36009)
        outcome = await choose(p, choice="existing", waba_id=p.waba)
        await p.advance(31)
        status, answer = await exchange(p, code=outcome["code"])
        assert (status, answer["error"]["error_subcode"]) == (400, 36007)
        status, answer = await exchange(p, code=outcome["code"], client_secret="wrong")
        assert (status, answer["error"]["code"]) == (400, 1)

    play(scene)


def test_a_person_may_cancel_or_meet_an_error(play):
    async def scene(p):
        outcome = await choose(p, choice="cancel")
        assert outcome["message"]["event"] == "CANCEL"
        assert outcome["message"]["data"]["current_step"]
        outcome = await choose(p, choice="error")
        assert outcome["message"]["event"] == "ERROR"
        assert "code" not in outcome
        outcome = await choose(
            p, choice="existing", waba_id=p.waba, feature_type="only_waba_sharing"
        )
        assert outcome["message"]["event"] == "FINISH_ONLY_WABA"

    play(scene)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v26.0/dialog/oauth?client_id=1", "dialogue.js"),
        ("/dialog/dialogue.js", "EMULATOR_LOGIN"),
        ("/it_IT/sdk.js", "EMULATOR_LOGIN"),
    ],
)
def test_the_dialogue_and_its_scripts_are_served(play, path, words):
    async def scene(p):
        async with p.http.get(p.url + path) as reply:
            text = await reply.text()
            assert reply.status == 200
        assert words in text
        async with p.http.get(f"{p.url}/dialog/passwd") as reply:
            assert reply.status == 404

    play(scene)


def test_tokens_are_looked_into_and_exchanged(play):
    async def scene(p):
        ask = {"input_token": p.settings.access_token}
        _, shown = await p.graph("GET", "debug_token", params=ask, token=app_token(p))
        assert shown["data"]["is_valid"] is True
        assert "whatsapp_business_messaging" in shown["data"]["scopes"]
        await p.sim("PATCH", "apps/default", {"token": "revoked"})
        _, shown = await p.graph("GET", "debug_token", params=ask, token=app_token(p))
        assert (shown["data"]["is_valid"], shown["data"]["error"]["subcode"]) == (False, 460)
        await p.sim("PATCH", "apps/default", {"token": "ok"})
        ask = {"input_token": "EAAGnonsense"}
        _, shown = await p.graph("GET", "debug_token", params=ask, token=app_token(p))
        assert shown["data"]["is_valid"] is False
        _, answer = await exchange(p, grant_type="client_credentials")
        assert answer["access_token"] == app_token(p)
        _, answer = await exchange(
            p, grant_type="fb_exchange_token", fb_exchange_token=p.settings.access_token
        )
        long = answer["access_token"]
        assert (await p.graph("GET", "me", token=long))[0] == 200
        await p.advance(60 * DAY + 1)
        status, answer = await p.graph("GET", "me", token=long)
        assert (status, answer["error"]["error_subcode"]) == (401, 463)

    play(scene)


def test_a_token_sees_only_its_accounts_and_with_some_may_only_look(play):
    async def scene(p):
        await p.sim("PATCH", "apps/default", {"assets": []})
        status, answer = await p.graph("GET", f"{p.waba}/message_templates")
        assert (status, answer["error"]["error_subcode"]) == (400, 33)
        status, answer = await p.send({"type": "text", "text": {"body": "x"}})
        assert (status, answer["error"]["code"]) == (400, 100)
        await p.sim("PATCH", "apps/default", {"assets": None, "view_only": [p.waba]})
        assert (await p.graph("GET", f"{p.waba}/message_templates"))[0] == 200
        status, answer = await p.send({"type": "text", "text": {"body": "x"}})
        assert (status, answer["error"]["code"]) == (403, 200)

    play(scene)


def test_a_proof_of_the_secret_is_checked_and_may_be_required(play):
    async def scene(p):
        key, value = p.settings.app_secret.encode(), p.settings.access_token.encode()
        proof = hmac.new(key, value, hashlib.sha256).hexdigest()
        good, bad = {"appsecret_proof": proof}, {"appsecret_proof": "0" * 64}
        assert (await p.graph("GET", p.number, params=good))[0] == 200
        status, answer = await p.graph("GET", p.number, params=bad)
        assert (status, answer["error"]["code"]) == (400, 100)
        await p.sim("PATCH", "apps/default", {"require_proof": True})
        assert (await p.graph("GET", p.number))[0] == 400
        assert (await p.graph("GET", p.number, params=good))[0] == 200

    play(scene)


def test_a_version_is_probed_without_a_token(play):
    async def scene(p):
        for version, words in (("v26.0", "An active access token"), ("v27.0", "/me")):
            async with p.http.get(f"{p.url}/{version}/me") as reply:
                error = (await reply.json())["error"]
                assert (reply.status, error["code"]) == (400, 2500)
                assert words in error["message"]

    play(scene)


@asynccontextmanager
async def hook(token: str = "other-token"):  # noqa: S107 - invented
    """Another receiver: what it was told of, in order."""
    told: list[str] = []

    async def verify(request: web.Request) -> web.Response:
        if request.query.get("hub.verify_token") != token:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    async def take(request: web.Request) -> web.Response:
        for entry in (await request.json())["entry"]:
            told.extend(change["field"] for change in entry["changes"])
        return web.Response()

    app = web.Application()
    app.router.add_get("/", verify)
    app.router.add_post("/", take)
    async with TestServer(app) as server:
        yield str(server.make_url("/")), told


def test_overrides_go_before_the_account_and_the_account_before_the_app(play):
    async def scene(p):
        async with hook() as (waba_url, to_waba), hook() as (number_url, to_number):
            path = f"{p.waba}/subscribed_apps"
            wish = {"override_callback_uri": waba_url, "verify_token": "other-token"}
            assert await p.graph("POST", path, wish) == (200, {"success": True})
            await p.says("uno")
            await p.settle()
            assert (to_waba, p.receiver.messages()) == (["messages"], [])
            wish = {"override_callback_uri": number_url, "verify_token": "other-token"}
            assert (await p.graph("POST", p.number, {"webhook_configuration": wish}))[0] == 200
            await p.says("due")
            await p.template()
            await p.settle()
            assert (len(to_waba), to_number) == (1, ["messages"])
            await p.sim("POST", "people/393471112201/stop_marketing")
            await p.settle()
            for field in ("message_template_status_update", "user_preferences"):
                assert p.receiver.changes(field), "not overridden"
            _, node = await p.graph("GET", p.number, params={"fields": "webhook_configuration"})
            assert node["webhook_configuration"] == {
                "phone_number": number_url,
                "whatsapp_business_account": waba_url,
                "application": p.settings.webhook_url,
            }
            _, listed = await p.graph("GET", path)
            assert listed["data"][0]["override_callback_uri"] == waba_url
            taken = {"webhook_configuration": {"override_callback_uri": ""}}
            assert (await p.graph("POST", p.number, taken))[0] == 200
            assert (await p.graph("POST", path))[0] == 200, "without words the override goes"
            _, listed = await p.graph("GET", path)
            assert "override_callback_uri" not in listed["data"][0]
            await p.says("tre")
            await p.settle()
            assert len(p.receiver.messages()) == 1

    play(scene)


@pytest.mark.parametrize(("uri", "code"), [("ftp://x", 100), ("http://example.com/x", 100)])
def test_a_callback_must_be_https_or_near(play, uri, code):
    async def scene(p):
        wish = {"override_callback_uri": uri, "verify_token": "t"}
        status, answer = await p.graph("POST", f"{p.waba}/subscribed_apps", wish)
        assert (status, answer["error"]["code"]) == (400, code)

    play(scene)


def test_a_callback_that_fails_the_handshake_is_not_taken(play):
    async def scene(p):
        async with hook() as (url, _):
            wish = {"override_callback_uri": url, "verify_token": "wrong"}
            status, answer = await p.graph("POST", f"{p.waba}/subscribed_apps", wish)
            assert (status, answer["error"]["code"]) == (400, 2200)
            _, listed = await p.graph("GET", f"{p.waba}/subscribed_apps")
            assert "override_callback_uri" not in listed["data"][0]

    play(scene)


def test_an_account_without_subscription_tells_nothing(play):
    async def scene(p):
        path = f"{p.waba}/subscribed_apps"
        assert (await p.graph("DELETE", path))[0] == 200
        assert (await p.graph("GET", path))[1]["data"] == []
        await p.says("uno")
        await p.settle()
        assert p.receiver.bodies == []
        await p.graph("POST", path)
        await p.says("due")
        await p.settle()
        assert len(p.receiver.bodies) == 1

    play(scene)


def test_an_app_sets_its_callback_and_its_fields_with_its_own_token(play):
    async def scene(p):
        path = f"{p.settings.app_id}/subscriptions"
        status, answer = await p.graph("GET", path)
        assert (status, answer["error"]["code"]) == (400, 15)
        async with hook() as (url, told):
            wish = {
                "object": "whatsapp_business_account",
                "callback_url": url,
                "verify_token": "other-token",
                "fields": "messages,account_update",
            }
            assert (await p.graph("POST", path, wish, token=app_token(p)))[0] == 200
            _, listed = await p.graph("GET", path, token=app_token(p))
            assert [f["name"] for f in listed["data"][0]["fields"]] == [
                "account_update",
                "messages",
            ]
            await p.says("uno")
            await p.template()
            await p.settle()
            assert told == ["messages"]
            wrong = {**wish, "fields": ["shoes"]}
            assert (await p.graph("POST", path, wrong, token=app_token(p)))[0] == 400
            assert (await p.graph("DELETE", path, token=app_token(p)))[0] == 200
            await p.says("due")
            await p.settle()
            assert told == ["messages"]

    play(scene)


def test_apps_portfolios_and_accounts_show_themselves(play):
    async def scene(p):
        _, node = await p.graph("GET", p.settings.app_id)
        assert node["name"]
        _, node = await p.graph("GET", p.settings.business_id)
        assert node == {"id": p.settings.business_id, "name": p.settings.business_name}
        assert (await p.graph("POST", p.waba, {"name": "Altro nome"}))[0] == 200
        _, node = await p.graph("GET", p.waba)
        assert node["name"] == "Altro nome"
        _, users = await p.graph("GET", f"{p.waba}/assigned_users")
        assert "MANAGE" in users["data"][0]["tasks"]

    play(scene)


def test_a_number_needs_a_permission_and_a_portfolio_an_account_of_its_own(play):
    async def scene(p):
        await choose(p, choice="new", business_name="Salone", cc="39", phone_number="054612345")
        other = next(w for w in p.emulator.world.wabas if w != p.waba)
        theirs = p.emulator.world.wabas[other].portfolio_id
        await p.sim("PATCH", "apps/default", {"permissions": ["business_management"]})
        status, answer = await p.graph("GET", p.number)
        assert (status, answer["error"]["code"]) == (403, 10)
        for portfolio in (p.settings.business_id, theirs):
            assert (await p.graph("GET", portfolio))[0] == 200
        await p.sim("PATCH", "apps/default", {"assets": [p.waba]})
        assert (await p.graph("GET", p.settings.business_id))[0] == 200
        status, answer = await p.graph("GET", theirs)
        assert (status, answer["error"]["error_subcode"]) == (400, 33)
        await p.sim("PATCH", "apps/default", {"permissions": ["whatsapp_business_messaging"]})
        assert (await p.graph("GET", p.number))[0] == 200

    play(scene)
