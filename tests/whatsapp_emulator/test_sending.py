"""Sending over HTTP: what is accepted, what is refused at once, what fails later."""

import pytest

TEXT = {"type": "text", "text": {"body": "Buongiorno"}}


def test_an_accepted_text_is_sent_delivered_and_read_with_its_price(play):
    async def scene(p):
        await p.says("Ciao")
        status, answer = await p.send({**TEXT, "biz_opaque_callback_data": "order-77"})
        assert status == 200
        assert answer["contacts"] == [{"input": "393471112201", "wa_id": "393471112201"}]
        wamid = answer["messages"][0]["id"]
        await p.advance(10)
        told = p.receiver.statuses(wamid)
        assert [s["status"] for s in told] == ["sent", "delivered", "read"]
        assert all(s["biz_opaque_callback_data"] == "order-77" for s in told)
        assert told[0]["pricing"] == {
            "billable": False,
            "pricing_model": "PMP",
            "type": "free_customer_service",
            "category": "service",
        }
        assert "pricing" in told[1]
        assert "pricing" not in told[2]
        assert [(m["text"], m["status"]) for m in await p.chat()] == [
            ("Ciao", "delivered"),
            ("Buongiorno", "read"),
        ]

    play(scene)


def test_free_text_outside_the_window_is_accepted_and_then_fails_with_131047(play):
    async def scene(p):
        await p.says("Ciao")
        await p.advance(86400)
        wamid = await p.text("Troppo tardi")
        await p.advance(5)
        (told,) = p.receiver.statuses(wamid)
        assert told["status"] == "failed"
        assert told["errors"][0]["code"] == 131047
        assert "pricing" not in told
        assert [m["text"] for m in await p.chat()] == ["Ciao"]

    play(scene)


def test_free_text_just_inside_the_window_arrives(play):
    async def scene(p):
        await p.says("Ciao")
        await p.advance(86399)
        wamid = await p.text("In tempo")
        await p.advance(5)
        assert [s["status"] for s in p.receiver.statuses(wamid)] == ["sent", "delivered", "read"]

    play(scene)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": "text"}, 100),
        ({"type": "text", "text": "x"}, 100),
        ({"type": "text", "text": {"body": ""}}, 100),
        ({"type": "text", "text": {"body": "x" * 4097}}, 100),
        ({"type": "text", "text": {"body": 5}}, 100),
        ({"type": "poll", "poll": {}}, 100),
        ({"type": "image", "image": {}}, 100),
        ({"type": "image", "image": {"id": "999"}}, 100),
        ({"type": "image", "image": {"link": "ftp://x"}}, 131009),
        ({"type": "audio", "audio": {"link": "https://x/y.ogg", "caption": "no"}}, 100),
        ({"type": "location", "location": {"latitude": "45"}}, 131008),
        ({"type": "location", "location": {"latitude": "95", "longitude": "9"}}, 131009),
        ({"type": "contacts", "contacts": [{"name": {}}]}, 100),
        ({"type": "contacts", "contacts": [{"name": {"formatted_name": "A"}}]}, 131008),
        ({"type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "x"}}, 131009),
        ({"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": "x" * 513}, 100),
        ({"type": "text", "text": {"body": "x"}, "to": "non un numero"}, 131009),
        ({"type": "text", "text": {"body": "x"}, "to": "+390612345678"}, 131021),
        ({"type": "text", "text": {"body": "x"}, "messaging_product": "sms"}, 100),
        ({"type": "interactive", "interactive": {"type": "quiz"}}, 100),
        (
            {"type": "template", "template": {"name": "nessuno", "language": {"code": "it"}}},
            132001,
        ),
    ],
)
def test_a_bad_message_is_refused_at_once_in_metas_envelope(play, body, code):
    async def scene(p):
        status, answer = await p.send(body)
        assert status == (404 if code == 132001 else 400)
        error = answer["error"]
        assert error["code"] == code
        assert error["message"].startswith(f"(#{code})")
        assert error["type"] == "OAuthException"
        assert error["fbtrace_id"].startswith("A")
        await p.advance(10)
        assert p.receiver.bodies == []

    play(scene)


def _button(index: int) -> dict:
    return {"type": "reply", "reply": {"id": f"b{index}", "title": f"Titolo {index}"}}


def _buttons(buttons: list[dict], **more) -> dict:
    action = {"buttons": buttons}
    return {"type": "button", "body": {"text": "Scegli"}, "action": action, **more}


def _list(rows: int, sections: int = 1) -> dict:
    made = [
        {
            "title": f"Sezione {s}",
            "rows": [{"id": f"{s}-{r}", "title": f"Riga {r}"} for r in range(rows)],
        }
        for s in range(sections)
    ]
    return {
        "type": "list",
        "body": {"text": "Scegli"},
        "action": {"button": "Apri", "sections": made},
    }


@pytest.mark.parametrize(
    "interactive",
    [
        _buttons([_button(1), _button(2), _button(3)]),
        _buttons([_button(1)], footer={"text": "piede"}, header={"type": "text", "text": "testa"}),
        _list(10),
        _list(5, 2),
        {
            "type": "cta_url",
            "body": {"text": "Vai"},
            "action": {
                "name": "cta_url",
                "parameters": {"display_text": "Apri", "url": "https://example.com"},
            },
        },
        {
            "type": "location_request_message",
            "body": {"text": "Dove sei?"},
            "action": {"name": "send_location"},
        },
    ],
)
def test_good_interactive_messages_are_accepted(play, interactive):
    async def scene(p):
        status, answer = await p.send({"type": "interactive", "interactive": interactive})
        assert status == 200, answer

    play(scene)


@pytest.mark.parametrize(
    "interactive",
    [
        _buttons([]),
        _buttons([_button(i) for i in range(4)]),
        _buttons([_button(1), _button(1)]),
        _buttons([{"type": "reply", "reply": {"id": "a", "title": "x" * 21}}]),
        _buttons([{"type": "reply", "reply": {"id": "a", "title": "Sì 👍"}}]),
        _buttons([_button(1)], footer={"text": "x" * 61}),
        _buttons([_button(1)], body={"text": "x" * 1025}),
        _list(11),
        _list(6, 2),
        {**_list(1), "body": {"text": "x" * 4097}},
        {**_list(1), "action": {"button": "x" * 21, "sections": []}},
    ],
)
def test_interactive_messages_beyond_metas_limits_are_refused_with_131009(play, interactive):
    async def scene(p):
        status, answer = await p.send({"type": "interactive", "interactive": interactive})
        assert (status, answer["error"]["code"]) == (400, 131009)
        assert answer["error"]["error_data"]["details"]

    play(scene)


def test_a_template_reaches_a_closed_window_with_its_variables_filled(play):
    async def scene(p):
        await p.template()
        parameters = [{"type": "text", "text": "Anna"}, {"type": "text", "text": "15:30"}]
        status, answer = await p.send(
            {
                "type": "template",
                "template": {
                    "name": "promemoria_v1",
                    "language": {"code": "it"},
                    "components": [{"type": "body", "parameters": parameters}],
                },
            }
        )
        assert status == 200, answer
        assert answer["messages"][0]["message_status"] == "accepted"
        await p.advance(10)
        (shown,) = await p.chat()
        assert shown["text"] == "Buongiorno Anna, la aspettiamo alle 15:30 di domani."
        (sent, _, _) = p.receiver.statuses()
        assert sent["pricing"]["type"] == "regular"
        assert sent["pricing"]["category"] == "utility"

    play(scene)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ([], 132000),
        ([{"type": "text", "text": "a"}], 132000),
        ([{"type": "text", "text": "a"}, {"type": "image", "image": {}}], 132012),
        ([{"type": "text", "text": "a\nb"}, {"type": "text", "text": "b"}], 132018),
        ([{"type": "text", "text": "a     b"}, {"type": "text", "text": "b"}], 132018),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b" * 1024}], 132005),
        ([{"type": "text", "text": ""}, {"type": "text", "text": "b"}], 131008),
    ],
)
def test_template_parameters_that_do_not_fit_are_refused(play, parameters, code):
    async def scene(p):
        await p.template()
        components = [{"type": "body", "parameters": parameters}]
        template = {
            "name": "promemoria_v1",
            "language": {"code": "it"},
            "components": components,
        }
        status, answer = await p.send({"type": "template", "template": template})
        assert (status, answer["error"]["code"]) == (400, code)

    play(scene)


def test_a_number_without_plus_gets_the_business_numbers_country(play):
    async def scene(p):
        status, answer = await p.send({**TEXT, "to": "347 111 2201"})
        assert status == 200
        assert answer["contacts"] == [{"input": "347 111 2201", "wa_id": "393471112201"}]

    play(scene)


def test_a_business_scoped_user_id_reaches_the_person_and_shows_no_phone_number(play):
    async def scene(p):
        person = await p.sim("GET", "people/393471112201")
        body = {"messaging_product": "whatsapp", "recipient": person["user_id"], **TEXT}
        status, answer = await p.graph("POST", f"{p.number}/messages", body)
        assert status == 200
        assert answer["contacts"] == [{"input": person["user_id"], "user_id": person["user_id"]}]

    play(scene)


def test_the_forty_sixth_message_at_once_to_one_person_meets_the_pair_limit(play):
    async def scene(p):
        await p.says("Ciao")
        for index in range(45):
            await p.text(f"{index}")
        status, answer = await p.send(TEXT)
        assert (status, answer["error"]["code"]) == (400, 131056)
        await p.advance(6)
        await p.text("dopo sei secondi")

    play(scene)


def test_more_messages_in_a_second_than_the_throughput_meet_130429(play):
    async def scene(p):
        await p.sim("PATCH", f"numbers/{p.number}", {"throughput": 5})
        codes = []
        for index in range(6):
            status, _ = await p.send(TEXT, to=f"+39347000000{index}")
            codes.append(status)
        assert codes == [200] * 5 + [400]

    play(scene)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("PATCH", "people/393471112201", {"reachable": False}), 131026),
        (("POST", "people/393471112201/stop_marketing", {}), 131050),
        (("PATCH", "wabas/100000000000001", {"payment": "missing"}), 131042),
        (("PATCH", "wabas/100000000000001", {"payment": "not_default"}), 131042),
    ],
)
def test_what_meta_decides_later_comes_as_a_failed_status(play, change, code):
    async def scene(p):
        await p.template(
            name="offerta",
            category="MARKETING",
            components=[{"type": "BODY", "text": "Vieni a trovarci in bottega questa settimana"}],
        )
        await p.sim(*change)
        status, answer = await p.send(
            {"type": "template", "template": {"name": "offerta", "language": {"code": "it"}}}
        )
        assert status == 200
        await p.advance(5)
        (told,) = p.receiver.statuses(answer["messages"][0]["id"])
        assert told["status"] == "failed"
        assert told["errors"][0]["code"] == code

    play(scene)


def test_a_read_mark_with_typing_shows_on_the_phone_until_the_answer(play):
    async def scene(p):
        said = await p.says("C'è nessuno?")
        body = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": said["id"],
            "typing_indicator": {"type": "text"},
        }
        assert await p.graph("POST", f"{p.number}/messages", body) == (200, {"success": True})
        shown = await p.sim("GET", "people/393471112201/chat")
        assert shown["typing"] is True
        assert shown["messages"][0]["status"] == "read"
        await p.text("Eccomi")
        await p.advance(5)
        assert (await p.sim("GET", "people/393471112201/chat"))["typing"] is False

    play(scene)


def test_typing_ends_after_25_seconds(play):
    async def scene(p):
        said = await p.says("C'è nessuno?")
        body = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": said["id"],
            "typing_indicator": {"type": "text"},
        }
        await p.graph("POST", f"{p.number}/messages", body)
        await p.advance(26)
        assert (await p.sim("GET", "people/393471112201/chat"))["typing"] is False

    play(scene)


def test_a_reaction_appears_on_its_message_and_tells_only_sent(play):
    async def scene(p):
        said = await p.says("Grazie!")
        status, answer = await p.send(
            {"type": "reaction", "reaction": {"message_id": said["id"], "emoji": "👍"}}
        )
        assert status == 200
        await p.advance(10)
        told = p.receiver.statuses(answer["messages"][0]["id"])
        assert [s["status"] for s in told] == ["sent"]
        (shown,) = await p.chat()
        assert shown["reactions"] == {"390612345678": "👍"}

    play(scene)


def test_an_offline_device_gets_everything_in_order_when_it_is_back(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", "people/393471112201", {"online": False, "deliver_s": 0.5})
        for word in ("uno", "due", "tre"):
            await p.text(word)
            await p.advance(1)
        assert [s["status"] for s in p.receiver.statuses()] == ["sent"] * 3
        await p.sim("PATCH", "people/393471112201", {"online": True})
        await p.advance(5)
        assert [m["text"] for m in await p.chat()] == ["Ciao", "uno", "due", "tre"]

    play(scene)


def test_a_person_without_read_receipts_reads_in_silence(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", "people/393471112201", {"read_receipts": False})
        wamid = await p.text("Letto?")
        await p.advance(10)
        assert [s["status"] for s in p.receiver.statuses(wamid)] == ["sent", "delivered"]

    play(scene)


def test_a_person_answers_by_habit_once(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", "people/393471112201", {"replies": "Va bene"})
        await p.text("Uno")
        await p.advance(60)
        await p.text("Due")
        await p.advance(60)
        assert [m["text"] for m in await p.chat()] == ["Ciao", "Uno", "Va bene", "Due"]

    play(scene)
