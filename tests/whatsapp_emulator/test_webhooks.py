"""Webhooks out: handshake, signature, inbound kinds, retries, faults on order."""

import base64
import hashlib
import hmac
import json

import pytest

ANNA = "393471112201"


def test_the_handshake_comes_before_the_first_delivery(play):
    async def scene(p):
        await p.says("Ciao")
        await p.settle()
        (shake,) = p.receiver.handshakes
        assert shake["hub.mode"] == "subscribe"
        assert shake["hub.verify_token"] == "verify-me"
        assert shake["hub.challenge"].isdigit()
        assert len(p.receiver.bodies) == 1

    play(scene)


def test_a_wrong_verify_token_lets_no_webhook_through(play):
    async def scene(p):
        await p.says("Ciao")
        await p.settle()
        assert p.receiver.bodies == []
        (entry,) = (await p.sim("GET", "log"))["entries"]
        assert "verification failed" in entry["note"]

    play(scene, verify_token="something else")


def test_the_signature_is_over_the_raw_escaped_bytes(play):
    async def scene(p):
        await p.says("Perché no? 😀 </script> a/b")
        await p.settle()
        (raw,) = p.receiver.raw
        assert b"Perch\\u00e9 no? \\ud83d\\ude00 <\\/script> a\\/b" in raw
        secret = p.settings.app_secret.encode()
        assert p.receiver.headers[0]["X-Hub-Signature-256"] == (
            "sha256=" + hmac.new(secret, raw, hashlib.sha256).hexdigest()
        )
        assert p.receiver.headers[0]["X-Hub-Signature"] == (
            "sha1=" + hmac.new(secret, raw, hashlib.sha1).hexdigest()
        )
        assert p.receiver.headers[0]["Content-Type"] == "application/json"

    play(scene)


def test_an_inbound_text_has_metas_envelope(play):
    async def scene(p):
        said = await p.says("Buongiorno")
        await p.settle()
        (body,) = p.receiver.bodies
        assert body["object"] == "whatsapp_business_account"
        (entry,) = body["entry"]
        assert entry["id"] == p.waba
        assert "time" not in entry
        (change,) = entry["changes"]
        assert change["field"] == "messages"
        value = change["value"]
        assert value["messaging_product"] == "whatsapp"
        assert value["metadata"] == {
            "display_phone_number": "390612345678",
            "phone_number_id": p.number,
        }
        person = await p.sim("GET", f"people/{ANNA}")
        assert value["contacts"] == [
            {
                "profile": {"name": "Anna Bianchi"},
                "wa_id": ANNA,
                "user_id": person["user_id"],
            }
        ]
        assert value["messages"] == [
            {
                "from": ANNA,
                "from_user_id": person["user_id"],
                "id": said["id"],
                "timestamp": "1795000000",
                "type": "text",
                "text": {"body": "Buongiorno"},
            }
        ]

    play(scene)


@pytest.mark.parametrize(
    "said",
    [
        {"type": "text", "text": {"body": "x"}},
        {"type": "image", "image": {"caption": "foto"}},
        {"type": "video"},
        {"type": "audio", "audio": {"voice": True}},
        {"type": "document", "document": {"filename": "ordine.pdf"}},
        {"type": "sticker", "sticker": {"animated": False}},
        {"type": "location", "location": {"latitude": 45.4, "longitude": 9.1, "name": "Duomo"}},
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "Zia Rosa"}}]},
        {"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "❤️"}},
        {"type": "button", "button": {"payload": "SI", "text": "Sì"}},
        {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": "1", "title": "Sì"}},
        },
        {
            "type": "interactive",
            "interactive": {
                "type": "list_reply",
                "list_reply": {"id": "1", "title": "Uno", "description": "il primo"},
            },
        },
        {
            "type": "interactive",
            "interactive": {
                "type": "nfm_reply",
                "nfm_reply": {"name": "flow", "body": "Inviato", "response_json": "{}"},
            },
        },
        {"type": "order", "order": {"catalog_id": "1", "product_items": []}},
        {"type": "system", "system": {"body": "cambio", "type": "user_changed_number"}},
        {"type": "edit", "edit": {"original_message_id": "wamid.X", "message": {}}},
        {"type": "revoke", "revoke": {"original_message_id": "wamid.X"}},
        {"type": "unsupported", "unsupported": {"type": "poll"}},
    ],
    ids=lambda said: said["type"],
)
def test_every_inbound_kind_is_told(play, said):
    async def scene(p):
        await p.sim("POST", f"people/{ANNA}/messages", said)
        await p.settle()
        (told,) = p.receiver.messages()
        assert told["type"] == said["type"]
        assert said["type"] in told
        assert ("errors" in told) == (said["type"] == "unsupported")
        (value,) = p.receiver.changes()
        assert ("contacts" in value) == (said["type"] != "system")

    play(scene)


def test_an_inbound_picture_carries_a_url_that_the_token_opens(play):
    async def scene(p):
        picture = b"\x89PNG\r\n\x1a\n" + b"x" * 100
        data = base64.b64encode(picture).decode()
        said = {"type": "image", "image": {"data": data, "mime_type": "image/png"}}
        await p.sim("POST", f"people/{ANNA}/messages", said)
        await p.settle()
        (told,) = p.receiver.messages()
        digest = hashlib.sha256(picture)
        assert told["image"]["sha256"] == base64.b64encode(digest.digest()).decode()
        bearer = {"Authorization": f"Bearer {p.settings.access_token}"}
        async with p.http.get(told["image"]["url"], headers=bearer) as reply:
            assert reply.status == 200
            assert await reply.read() == picture
        async with p.http.get(told["image"]["url"]) as reply:
            assert reply.status == 401

    play(scene)


def test_a_quoted_message_and_an_ad_are_told(play):
    async def scene(p):
        await p.says("Ciao")
        wamid = await p.text("Prego")
        await p.advance(3)
        said = {
            "type": "text",
            "text": {"body": "Questo?"},
            "context": {"message_id": wamid},
            "referral": {"source_type": "ad", "source_id": "1"},
        }
        await p.sim("POST", f"people/{ANNA}/messages", said)
        await p.settle()
        told = p.receiver.messages()[-1]
        assert told["context"] == {"from": "390612345678", "id": wamid}
        assert told["referral"]["source_type"] == "ad"

    play(scene)


def test_a_person_with_a_username_and_no_number_is_told_by_user_id_alone(play):
    async def scene(p):
        await p.sim("PATCH", f"people/{ANNA}", {"username": "anna.b", "hides_number": True})
        await p.says("Ciao")
        await p.settle()
        (value,) = p.receiver.changes()
        assert "wa_id" not in value["contacts"][0]
        assert value["contacts"][0]["profile"]["username"] == "anna.b"
        assert "from" not in value["messages"][0]
        assert value["messages"][0]["from_user_id"].startswith("IT.")

    play(scene)


def test_a_receiver_that_fails_is_tried_again_with_growing_pauses(play):
    async def scene(p):
        p.receiver.status = 503
        await p.says("Ciao")
        await p.settle()
        await p.advance(5)
        assert len(p.receiver.raw) == 2
        await p.advance(14)
        assert len(p.receiver.raw) == 2
        p.receiver.status = 200
        await p.advance(1)
        assert len(p.receiver.raw) == 3
        assert len(set(p.receiver.raw)) == 1
        await p.advance(86400)
        assert len(p.receiver.raw) == 3

    play(scene)


def test_after_seven_days_of_failure_the_subscription_is_disabled(play):
    async def scene(p):
        p.receiver.status = 500
        await p.says("Ciao")
        for _ in range(60):
            await p.advance(6 * 3600)
        app = (await p.sim("GET", "state"))["apps"][0]
        assert app["webhook"]["disabled"] is True
        tries = len(p.receiver.raw)
        assert tries > 20
        await p.says("Ancora")
        await p.advance(3600)
        assert len(p.receiver.raw) == tries
        await p.sim("PATCH", "apps/default", {"webhook_enabled": True})
        p.receiver.status = 200
        await p.says("Di nuovo")
        await p.settle()
        assert p.receiver.messages()[-1]["text"]["body"] == "Di nuovo"

    play(scene)


def test_a_duplicate_on_order_comes_twice(play):
    async def scene(p):
        await p.sim(
            "POST", "faults", {"where": "webhooks", "kind": "duplicate", "times": 1, "copies": 3}
        )
        await p.says("Uno")
        await p.says("Due")
        await p.settle()
        bodies = [m["text"]["body"] for m in p.receiver.messages()]
        assert sorted(bodies) == ["Due", "Uno", "Uno", "Uno"]

    play(scene)


def test_a_delayed_webhook_keeps_metas_timestamp(play):
    async def scene(p):
        await p.sim("POST", "faults", {"where": "webhooks", "kind": "delay", "seconds": 90000})
        await p.says("Ciao")
        await p.advance(89000)
        assert p.receiver.raw == []
        await p.advance(2000)
        (told,) = p.receiver.messages()
        assert told["timestamp"] == "1795000000"

    play(scene)


def test_a_lost_webhook_comes_with_the_retry(play):
    async def scene(p):
        await p.sim("POST", "faults", {"where": "webhooks", "kind": "drop_then_retry", "times": 1})
        await p.says("Ciao")
        await p.settle()
        assert p.receiver.raw == []
        await p.advance(5)
        assert len(p.receiver.raw) == 1

    play(scene)


def test_shuffled_statuses_all_arrive(play):
    async def scene(p):
        await p.says("Ciao")
        await p.settle()
        await p.sim("POST", "faults", {"where": "webhooks", "kind": "shuffle", "seconds": 60})
        sent = [await p.text(str(i)) for i in range(10)]
        await p.advance(300)
        told = [s["id"] for s in p.receiver.statuses() if s["status"] == "delivered"]
        assert sorted(told) == sorted(sent)
        assert told != sent

    play(scene)


def test_batched_webhooks_share_a_post(play):
    async def scene(p):
        await p.says("Ciao")
        await p.settle()
        for index in range(20):
            await p.text(str(index))
        before = len(p.receiver.raw)
        await p.advance(60)
        assert len(p.receiver.statuses()) == 60
        assert len(p.receiver.raw) - before < 20

    play(scene)


def test_one_change_in_each_post_where_the_app_asks_for_it(play):
    async def scene(p):
        await p.sim("PATCH", "apps/default", {"batch_max": 1})
        await p.says("Ciao")
        await p.text("Uno")
        await p.advance(60)
        assert len(p.receiver.raw) == 4

    play(scene)


def test_failed_statuses_may_lack_the_callback_data(play):
    async def scene(p):
        await p.sim("PATCH", "apps/default", {"callback_data_on_failed": False})
        text = {"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "t1"}
        await p.send(text)
        await p.advance(5)
        (told,) = p.receiver.statuses()
        assert told["status"] == "failed"
        assert "biz_opaque_callback_data" not in told

    play(scene)


def test_an_unsubscribed_app_hears_nothing(play):
    async def scene(p):
        await p.sim("PATCH", "apps/default", {"subscribed": False})
        await p.says("Ciao")
        await p.settle()
        assert p.receiver.raw == []

    play(scene)


def test_stopping_marketing_tells_the_preference_with_an_integer_time(play):
    async def scene(p):
        await p.sim("POST", f"people/{ANNA}/stop_marketing")
        await p.settle()
        (value,) = p.receiver.changes("user_preferences")
        (told,) = value["user_preferences"]
        assert told["value"] == "stop"
        assert told["category"] == "marketing_messages"
        assert told["timestamp"] == 1795000000

    play(scene)


def test_the_body_is_plain_json_under_three_megabytes(play):
    async def scene(p):
        await p.sim("PATCH", "apps/default", {"batch_max": 1000})
        await p.says("Ciao")
        for index in range(45):
            await p.text("x" * 4000 + str(index))
        await p.advance(60)
        assert all(len(raw) < 3_000_000 and json.loads(raw) for raw in p.receiver.raw)

    play(scene)
