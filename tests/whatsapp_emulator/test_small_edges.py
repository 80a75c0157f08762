"""Blocking people, short links with QR pictures, analytics, and the limits of calls."""

import json

import pytest

DAY = 86_400
ANNA, BRUNO = "393471112201", "393471112202"
BODY = "Buongiorno {{1}}, il suo ordine {{2}} parte oggi dal magazzino."


def wish(*users: str) -> dict:
    return {"messaging_product": "whatsapp", "block_users": [{"user": u} for u in users]}


def use(*values: str) -> dict:
    parameters = [{"type": "text", "text": v} for v in values or ("Anna", "15:30")]
    return {
        "type": "template",
        "template": {
            "name": "promemoria_v1",
            "language": {"code": "it"},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }


def test_the_business_blocks_who_wrote_lately_and_unblocks(play):
    async def scene(p):
        path = f"{p.number}/block_users"
        await p.says("Ciao")
        status, answer = await p.graph("POST", path, wish(f"+{ANNA}"))
        assert (status, answer) == (
            200,
            {
                "messaging_product": "whatsapp",
                "block_users": {"added_users": [{"input": f"+{ANNA}", "wa_id": ANNA}]},
            },
        )
        said = {"type": "text", "text": {"body": "Ancora io"}}
        async with p.http.post(f"{p.url}/sim/people/{ANNA}/messages", json=said) as reply:
            assert reply.status == 400
        wamid = await p.text("Non arriva")
        await p.advance(5)
        assert p.receiver.statuses(wamid)[0]["errors"][0]["code"] == 131026
        _, listed = await p.graph("GET", path)
        assert [item["wa_id"] for item in listed["data"]] == [ANNA]
        _, answer = await p.graph("DELETE", path, wish(f"+{ANNA}"))
        assert answer["block_users"]["removed_users"][0]["wa_id"] == ANNA
        await p.says("Eccomi")

    play(scene)


def test_blocking_a_part_is_an_error_with_both_lists(play):
    async def scene(p):
        await p.says("Ciao")
        path = f"{p.number}/block_users"
        status, answer = await p.graph("POST", path, wish(ANNA, BRUNO, "nobody"))
        assert (status, answer["error"]["code"]) == (400, 139100)
        lists = answer["block_users"]
        assert [u["wa_id"] for u in lists["added_users"]] == [ANNA]
        assert [u["errors"][0]["code"] for u in lists["failed_users"]] == [131047, 131009]
        await p.says("Ciao", BRUNO)
        await p.advance(DAY + 1)
        status, answer = await p.graph("POST", path, wish(BRUNO))
        assert (status, answer["error"]["code"]) == (400, 139100)
        assert (await p.graph("POST", path, wish(*["1"] * 1001)))[0] == 400

    play(scene)


def test_a_short_link_is_made_changed_listed_drawn_and_deleted(play):
    async def scene(p):
        path = f"{p.number}/message_qrdls"
        made = {"prefilled_message": "Vorrei prenotare", "generate_qr_image": "PNG"}
        _, qr = await p.graph("POST", path, made)
        assert len(qr["code"]) == 14
        assert qr["deep_link_url"] == f"https://wa.me/message/{qr['code']}"
        async with p.http.get(qr["qr_image_url"]) as reply:
            assert (await reply.read()).startswith(b"\x89PNG")
        change = {"code": qr["code"], "prefilled_message": "Vorrei ordinare"}
        assert (await p.graph("POST", path, change))[1]["prefilled_message"] == "Vorrei ordinare"
        fields = {"fields": "code,prefilled_message,qr_image_url.format(SVG)"}
        _, shown = await p.graph("GET", f"{path}/{qr['code']}", params=fields)
        assert shown["data"][0]["prefilled_message"] == "Vorrei ordinare"
        async with p.http.get(shown["data"][0]["qr_image_url"]) as reply:
            assert reply.content_type == "image/svg+xml"
        _, listed = await p.graph("GET", path)
        assert [item["code"] for item in listed["data"]] == [qr["code"]]
        assert (await p.graph("DELETE", f"{path}/{qr['code']}"))[0] == 200
        assert (await p.graph("GET", f"{path}/{qr['code']}"))[0] == 400
        assert (await p.graph("POST", path, {"prefilled_message": "x" * 141}))[0] == 400
        assert (await p.graph("GET", f"{path}/a/b"))[0] == 400

    play(scene)


def test_analytics_count_what_was_sent_delivered_and_read(play):
    async def scene(p):
        made = await p.template()
        start = int(p.settings.start) - DAY
        for wa_id in (ANNA, BRUNO, "15550001111"):
            await p.send(use(), f"+{wa_id}")
        await p.sim("PATCH", f"people/{BRUNO}", {"reachable": False})
        await p.send(use(), BRUNO)
        await p.advance(60)
        span = f".start({start}).end({start + 3 * DAY}).granularity(DAY)"
        _, node = await p.graph("GET", p.waba, params={"fields": f"analytics{span}"})
        (point,) = node["analytics"]["data_points"]
        assert (point["sent"], point["delivered"]) == (2, 2), "two people could not be reached"
        assert node["analytics"]["phone_numbers"] == ["390612345678"]
        _, node = await p.graph(
            "GET", p.waba, params={"fields": f"analytics{span}.country_codes([US])"}
        )
        assert node["analytics"]["data_points"][0]["delivered"] == 1
        chains = f"conversation_analytics{span}.dimensions([CONVERSATION_CATEGORY,COUNTRY])"
        _, node = await p.graph("GET", p.waba, params={"fields": chains})
        points = node["conversation_analytics"]["data"][0]["data_points"]
        assert {(d["conversation_category"], d["country"], d["conversation"]) for d in points} == {
            ("UTILITY", "IT", 1),
            ("UTILITY", "US", 1),
        }
        _, node = await p.graph(
            "GET",
            f"{made['id']}/compare",
            params={
                "template_ids": f"[{made['id']}]",
                "start": start,
                "end": start + 3 * DAY,
            },
        )
        assert node["data"][1]["number_values"] == [{"key": made["id"], "value": 2}]
        bad = {"fields": f"analytics.start({start}).end({start + DAY}).granularity(YEAR)"}
        assert (await p.graph("GET", p.waba, params=bad))[0] == 400

    play(scene)


def test_template_analytics_exist_outside_europe_once_enabled(play):
    async def scene(p):
        buttons = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Va bene"}]}
        body = {"type": "BODY", "text": BODY, "example": {"body_text": [["Anna", "7"]]}}
        made = await p.template(components=[body, buttons])
        start = int(p.settings.start) - DAY
        ask = {
            "start": start,
            "end": start + 3 * DAY,
            "granularity": "daily",
            "metric_types": "sent,delivered,read,clicked",
            "template_ids": f"[{made['id']}]",
        }
        path = f"{p.waba}/template_analytics"
        enable = {"is_enabled_for_insights": "true"}
        for call in (("GET", path, ask), ("POST", p.waba, enable)):
            status, answer = await p.graph(call[0], call[1], params=call[2])
            assert (status, answer["error"]["code"]) == (400, 200005)
        await p.sim("PATCH", f"wabas/{p.waba}", {"country": "US"})
        status, answer = await p.graph("GET", path, params=ask)
        assert (status, answer["error"]["code"]) == (400, 200007)
        assert await p.graph("POST", p.waba, params=enable) == (200, {"id": p.waba})
        _, sent = await p.send(use())
        await p.advance(60)
        tap = {
            "type": "button",
            "button": {"text": "Va bene", "payload": "ok"},
            "context": {"message_id": sent["messages"][0]["id"]},
        }
        await p.sim("POST", f"people/{ANNA}/messages", tap)
        _, answer = await p.graph("GET", path, params=ask)
        (point,) = answer["data"][0]["data_points"]
        assert point["template_id"] == made["id"]
        assert (point["sent"], point["delivered"], point["read"]) == (1, 1, 1)
        assert point["clicked"] == [
            {"type": "quick_reply_button", "button_content": "Va bene", "count": 1}
        ]
        status, answer = await p.graph("POST", p.waba, params={"is_enabled_for_insights": "false"})
        assert (status, answer["error"]["code"]) == (400, 200006)

    play(scene)


async def used(p, path: str) -> dict:
    headers = {"Authorization": f"Bearer {p.settings.access_token}"}
    async with p.http.get(f"{p.url}/v26.0/{path}", headers=headers) as reply:
        await reply.read()
        return {k.lower(): json.loads(v) for k, v in reply.headers.items() if "usage" in k.lower()}


@pytest.mark.parametrize(("registered", "most"), [(True, 5000), (False, 200)])
def test_calls_are_counted_told_and_limited_by_the_hour(play, registered, most):
    async def scene(p):
        await p.sim("PATCH", f"numbers/{p.number}", {"registered": registered})
        app = p.emulator.world.apps[p.settings.app_id]
        await used(p, p.waba)
        app.file.calls[p.waba].extend([p.emulator.clock.now()] * (most // 2))
        told = await used(p, p.waba)
        (use_,) = told["x-business-use-case-usage"][p.waba]
        assert (use_["call_count"] // 10, use_["estimated_time_to_regain_access"]) == (5, 0)
        app.file.calls[p.waba].extend([p.emulator.clock.now()] * (most // 2))
        status, answer = await p.graph("GET", p.waba)
        error = answer["error"]
        assert (status, error["code"], error["error_subcode"]) == (400, 80007, 2446079)
        told = await used(p, p.waba)
        (use_,) = told["x-business-use-case-usage"][p.waba]
        assert use_["call_count"] >= 100
        assert use_["estimated_time_to_regain_access"] == 60
        profile = f"{p.number}/whatsapp_business_profile"
        assert (await p.graph("GET", profile))[0] == 200, "other calls are the app's own"
        await p.advance(3601)
        assert (await p.graph("GET", p.waba))[0] == 200

    play(scene, webhook=False)


def test_sending_is_not_counted_and_an_app_has_its_own_limit(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", "apps/default", {"calls_per_hour": 2})
        for _ in range(4):
            assert (await p.send({"type": "text", "text": {"body": "x"}}))[0] == 200
        profile = f"{p.number}/whatsapp_business_profile"
        for share in (50, 100):
            assert (await used(p, profile))["x-app-usage"]["call_count"] == share
        status, answer = await p.graph("GET", profile)
        assert (status, answer["error"]["code"]) == (400, 4)

    play(scene)


def test_template_analytics_tell_the_cost_and_who_followed_a_link(play):
    async def scene(p):
        link = {"type": "URL", "text": "Segui", "url": "https://example.com/{{1}}",
                "example": ["https://example.com/7"]}  # fmt: skip
        body = {"type": "BODY", "text": BODY, "example": {"body_text": [["Anna", "7"]]}}
        made = await p.template(components=[body, {"type": "BUTTONS", "buttons": [link]}])
        await p.sim("PATCH", f"wabas/{p.waba}", {"country": "US"})
        await p.graph("POST", p.waba, params={"is_enabled_for_insights": "true"})
        message = use()
        given = {"type": "button", "sub_type": "url", "index": "0",
                 "parameters": [{"type": "text", "text": "1042"}]}  # fmt: skip
        message["template"]["components"].append(given)
        _, sent = await p.send(message)
        await p.send(message, BRUNO)
        await p.advance(60)
        tap = {"message_id": sent["messages"][0]["id"], "button": "Segui"}
        told = await p.sim("POST", f"people/{ANNA}/tap", tap)
        assert told == {"url": "https://example.com/1042", "counted": True}
        for wrong in ({**tap, "button": "Altro"}, {"message_id": "wamid.X", "button": "Segui"}):
            async with p.http.post(f"{p.url}/sim/people/{ANNA}/tap", json=wrong) as reply:
                assert reply.status == 404
        start = int(p.settings.start) - DAY
        ask = {"start": start, "end": start + 3 * DAY, "template_ids": f"[{made['id']}]"}
        _, answer = await p.graph("GET", f"{p.waba}/template_analytics", params=ask)
        (point,) = answer["data"][0]["data_points"]
        assert point["clicked"] == [{"type": "url_button", "button_content": "Segui", "count": 1}]
        bill = await p.sim("GET", "invoice")
        assert float(bill["total"]) > 0
        spent = {item["type"]: item["value"] for item in point["cost"]}
        assert spent == {
            "amount_spent": float(bill["total"]),
            "cost_per_delivered": float(bill["total"]) / 2,
            "cost_per_url_button_click": float(bill["total"]),
        }

    play(scene)


def test_beyond_64000_blocked_people_nobody_more_is_blocked(play):
    async def scene(p):
        blocked = p.emulator.world.numbers[p.number].file.blocked
        blocked.update((f"4470{i:08d}", 0.0) for i in range(63_999))
        await p.says("Ciao")
        await p.says("Ciao", BRUNO)
        path = f"{p.number}/block_users"
        status, answer = await p.graph("POST", path, wish(ANNA, BRUNO))
        assert (status, answer["error"]["code"]) == (400, 139101)
        assert ANNA not in blocked
        assert (await p.graph("POST", path, wish(ANNA)))[0] == 200
        status, answer = await p.graph("POST", path, wish(BRUNO))
        assert (status, answer["error"]["code"]) == (400, 139101)

    play(scene)


def test_a_number_has_two_thousand_short_links(play):
    async def scene(p):
        codes = p.emulator.world.numbers[p.number].file.qr_codes
        codes.update((f"CODE{i:010d}", {"code": f"CODE{i:010d}"}) for i in range(1_999))
        path = f"{p.number}/message_qrdls"
        assert (await p.graph("POST", path, {"prefilled_message": "Ciao"}))[0] == 200
        assert (await p.graph("POST", path, {"prefilled_message": "Ciao"}))[0] == 400
        _, page = await p.graph("GET", path, params={"limit": 1000})
        assert (len(page["data"]), "next" in page["paging"]) == (1000, True)

    play(scene)
