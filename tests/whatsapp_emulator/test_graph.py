"""The Graph API's manners: versions, tokens, envelope, nodes, media, templates."""

import io

import aiohttp
import pytest

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


def form(content: bytes, mime: str = "image/png", **fields: str) -> aiohttp.FormData:
    made = aiohttp.FormData()
    made.add_field("messaging_product", "whatsapp")
    made.add_field("file", io.BytesIO(content), filename="prova.png", content_type=mime)
    for name, value in fields.items():
        made.add_field(name, value)
    return made


async def upload(p, content: bytes = PNG, mime: str = "image/png", **fields: str):
    body = form(content, mime, **fields)
    return await p.graph("POST", f"{p.number}/media", data=body)


@pytest.mark.parametrize(
    ("path", "code", "http"),
    [
        ("v26.0/123456", 100, 400),
        ("v22.0/200000000000001", 2500, 400),
        ("v27.0/200000000000001", 2500, 400),
        ("v26.0/200000000000001/nonsense", 2500, 400),
        ("v26.0/nonsense", 2500, 400),
    ],
)
def test_unknown_versions_objects_and_edges_are_named_as_meta_names_them(play, path, code, http):
    async def scene(p):
        headers = {"Authorization": f"Bearer {p.settings.access_token}"}
        async with p.http.get(f"{p.url}/{path}", headers=headers) as reply:
            error = (await reply.json())["error"]
            assert (reply.status, error["code"]) == (http, code)
            if path == "v26.0/123456":
                assert error["error_subcode"] == 33
                assert error["type"] == "GraphMethodException"

    play(scene)


@pytest.mark.parametrize("version", ["v23.0", "v24.0", "v25.0", "v26.0"])
def test_every_living_version_answers_with_its_headers(play, version):
    async def scene(p):
        headers = {"Authorization": f"Bearer {p.settings.access_token}"}
        async with p.http.get(f"{p.url}/{version}/{p.number}", headers=headers) as reply:
            assert reply.status == 200
            assert reply.headers["facebook-api-version"] == version
            assert reply.headers["x-fb-trace-id"]
            assert reply.headers["x-fb-request-id"]

    play(scene)


@pytest.mark.parametrize(
    ("token", "state", "code", "subcode"),
    [
        ("", "ok", 104, None),
        ("EAAGwrong", "ok", 190, None),
        (None, "expired", 190, 463),
        (None, "revoked", 190, 460),
    ],
)
def test_a_bad_token_is_a_401(play, token, state, code, subcode):
    async def scene(p):
        await p.sim("PATCH", "apps/default", {"token": state})
        status, answer = await p.graph("GET", p.number, token=token)
        assert (status, answer["error"]["code"]) == (401, code)
        assert answer["error"].get("error_subcode") == subcode

    play(scene)


def test_a_token_without_the_permission_gets_code_10(play):
    async def scene(p):
        permissions = {"permissions": ["whatsapp_business_management"]}
        await p.sim("PATCH", "apps/default", permissions)
        status, answer = await p.send({"type": "text", "text": {"body": "x"}})
        assert (status, answer["error"]["code"]) == (403, 10)

    play(scene)


def test_the_number_shows_its_default_and_its_asked_fields(play):
    async def scene(p):
        status, node = await p.graph("GET", p.number)
        assert status == 200
        assert node["display_phone_number"] == "+39 06 1234 5678"
        assert node["quality_rating"] == "GREEN"
        wish = {"fields": "status,throughput,health_status,name_status"}
        _, node = await p.graph("GET", p.number, params=wish)
        assert node["status"] == "CONNECTED"
        assert node["throughput"] == {"level": "STANDARD"}
        assert node["health_status"]["can_send_message"] == "AVAILABLE"
        assert set(node) == {"status", "throughput", "health_status", "name_status", "id"}
        status, answer = await p.graph("GET", p.number, params={"fields": "shoe_size"})
        assert (status, answer["error"]["code"]) == (400, 100)
        assert "nonexisting field (shoe_size)" in answer["error"]["message"]

    play(scene)


def test_the_account_lists_its_numbers_and_its_funding(play):
    async def scene(p):
        _, answer = await p.graph("GET", f"{p.waba}/phone_numbers")
        assert [n["id"] for n in answer["data"]] == [p.number]
        wish = {"fields": "primary_funding_id,currency"}
        _, node = await p.graph("GET", p.waba, params=wish)
        assert node["primary_funding_id"]
        await p.sim("PATCH", f"wabas/{p.waba}", {"payment": "missing"})
        _, node = await p.graph("GET", p.waba, params=wish)
        assert node == {"currency": "EUR", "id": p.waba}

    play(scene)


def test_an_uploaded_file_comes_back_byte_for_byte_until_it_is_deleted(play):
    async def scene(p):
        status, answer = await upload(p)
        assert status == 200
        _, media = await p.graph("GET", answer["id"])
        assert media["mime_type"] == "image/png"
        assert media["file_size"] == len(PNG)
        bearer = {"Authorization": f"Bearer {p.settings.access_token}"}
        async with p.http.get(media["url"], headers=bearer) as reply:
            assert await reply.read() == PNG
            assert reply.headers["Content-Type"] == "image/png"
        assert await p.graph("DELETE", answer["id"]) == (200, {"success": True})
        status, gone = await p.graph("GET", answer["id"])
        assert (status, gone["error"]["error_subcode"]) == (400, 33)

    play(scene)


def test_a_media_url_lives_five_minutes_and_an_upload_thirty_days(play):
    async def scene(p):
        _, answer = await upload(p)
        _, media = await p.graph("GET", answer["id"])
        bearer = {"Authorization": f"Bearer {p.settings.access_token}"}
        await p.advance(301)
        async with p.http.get(media["url"], headers=bearer) as reply:
            assert reply.status == 404
        _, again = await p.graph("GET", answer["id"])
        async with p.http.get(again["url"], headers=bearer) as reply:
            assert reply.status == 200
        await p.advance(30 * 86400)
        status, _ = await p.graph("GET", answer["id"])
        assert status == 400

    play(scene)


@pytest.mark.parametrize(
    ("content", "mime"),
    [(PNG, "image/gif"), (b"", "image/png"), (b"x" * (5 * 1024 * 1024 + 1), "image/png")],
)
def test_media_of_a_wrong_kind_or_size_are_refused(play, content, mime):
    async def scene(p):
        status, answer = await upload(p, content, mime)
        assert (status, answer["error"]["code"]) == (400, 100)

    play(scene)


def test_a_picture_cannot_be_sent_as_a_video(play):
    async def scene(p):
        _, answer = await upload(p)
        status, refused = await p.send({"type": "video", "video": {"id": answer["id"]}})
        assert (status, refused["error"]["code"]) == (400, 131053)
        status, _ = await p.send({"type": "image", "image": {"id": answer["id"], "caption": "c"}})
        assert status == 200

    play(scene)


def test_the_profile_is_kept_within_metas_lengths(play):
    async def scene(p):
        profile = {"messaging_product": "whatsapp", "about": "Aperti", "vertical": "RETAIL"}
        path = f"{p.number}/whatsapp_business_profile"
        assert await p.graph("POST", path, profile) == (200, {"success": True})
        _, answer = await p.graph("GET", path, params={"fields": "about,vertical,email"})
        assert answer["data"] == [
            {"about": "Aperti", "vertical": "RETAIL", "messaging_product": "whatsapp"}
        ]
        status, _ = await p.graph("POST", path, {**profile, "about": "x" * 140})
        assert status == 400

    play(scene)


BODY = {"type": "BODY", "text": "Buongiorno, il suo ordine parte oggi dal magazzino."}


def creation(**changes) -> dict:
    return {
        "name": "ordine_partito",
        "language": "it",
        "category": "UTILITY",
        "components": [BODY],
        **changes,
    }


def body(text: str, **more) -> list[dict]:
    return [{"type": "BODY", "text": text, **more}]


@pytest.mark.parametrize(
    ("changes", "subcode"),
    [
        ({"name": "Ordine Partito"}, 2388040),
        ({"language": "xx"}, None),
        ({"category": "NEWS"}, None),
        ({"components": []}, None),
        ({"components": body("{{1}} buongiorno a lei e famiglia")}, 2388299),
        ({"components": body("Buongiorno a lei e famiglia {{1}}")}, 2388299),
        ({"components": body("Ciao {{1}} a presto da tutti noi")}, 2388043),
        ({"components": body("Ciao {{2}} a presto da tutti noi")}, 2388072),
        ({"components": body("a {{1}} {{2}} {{3}} b")}, 2388293),
        ({"components": body("x" * 1025)}, 2388040),
        ({"components": [BODY, {"type": "FOOTER", "text": "x" * 61}]}, 2388040),
        ({"components": [BODY, {"type": "FOOTER", "text": "{{1}} ciao"}]}, 2388073),
        ({"components": [BODY, {"type": "HEADER", "format": "IMAGE"}]}, 2388043),
        ({"components": [BODY, {"type": "BUTTONS", "buttons": []}]}, 2388040),
    ],
)
def test_a_template_against_metas_rules_is_refused_at_once(play, changes, subcode):
    async def scene(p):
        path = f"{p.waba}/message_templates"
        status, answer = await p.graph("POST", path, creation(**changes))
        assert (status, answer["error"]["code"]) == (400, 100)
        assert answer["error"].get("error_subcode") == subcode

    play(scene)


def buttons(*kinds: str) -> list[dict]:
    made = {
        "Q": {"type": "QUICK_REPLY", "text": "Sì"},
        "U": {"type": "URL", "text": "Apri", "url": "https://example.com"},
        "P": {"type": "PHONE_NUMBER", "text": "Chiama", "phone_number": "+390612345678"},
    }
    return [{"type": "BUTTONS", "buttons": [made[k] for k in kinds]}]


@pytest.mark.parametrize(
    ("order", "good"),
    [("QQU", True), ("UQQ", True), ("QUQ", False), ("UQP", False), ("PUQ", True), ("UUU", False)],
)
def test_quick_replies_must_stand_together(play, order, good):
    async def scene(p):
        path = f"{p.waba}/message_templates"
        components = [BODY, *buttons(*order)]
        status, _ = await p.graph("POST", path, creation(components=components))
        assert (status == 200) is good

    play(scene)


def test_a_template_is_reviewed_after_a_while_and_the_webhook_tells(play):
    async def scene(p):
        path = f"{p.waba}/message_templates"
        status, made = await p.graph("POST", path, creation())
        assert (status, made["status"], made["category"]) == (200, "PENDING", "UTILITY")
        refused, _ = await p.send(
            {"type": "template", "template": {"name": "ordine_partito", "language": {"code": "it"}}}
        )
        assert refused == 404
        await p.advance(86400)
        (told,) = p.receiver.changes("message_template_status_update")
        assert told["event"] == "APPROVED"
        assert told["message_template_id"] == int(made["id"])
        assert told["message_template_language"] == "it"
        assert "time" in p.receiver.bodies[0]["entry"][0]
        _, node = await p.graph("GET", made["id"])
        assert node["status"] == "APPROVED"

    play(scene)


def test_a_promotional_utility_template_is_approved_as_marketing(play):
    async def scene(p):
        path = f"{p.waba}/message_templates"
        promo = creation(components=body("Solo oggi sconto del 20% su tutto il negozio per lei"))
        _, made = await p.graph("POST", path, promo)
        await p.advance(86400)
        _, node = await p.graph("GET", made["id"], params={"fields": "status,category"})
        assert node == {"status": "APPROVED", "category": "MARKETING", "id": made["id"]}

    play(scene)


def test_adjacent_variables_are_rejected_as_invalid_format(play):
    async def scene(p):
        components = body(
            "Gentile cliente {{1}}{{2}} la aspettiamo domani in bottega",
            example={"body_text": [["a", "b"]]},
        )
        path = f"{p.waba}/message_templates"
        _, made = await p.graph("POST", path, creation(components=components))
        await p.advance(86400)
        (told,) = p.receiver.changes("message_template_status_update")
        assert (told["event"], told["reason"]) == ("REJECTED", "INVALID_FORMAT")
        assert told["rejection_info"]["recommendation"]
        _, node = await p.graph("GET", made["id"], params={"fields": "rejected_reason"})
        assert node["rejected_reason"] == "INVALID_FORMAT"

    play(scene)


def test_templates_are_listed_filtered_and_paged(play):
    async def scene(p):
        for index in range(5):
            await p.template(name=f"modello_{index}", components=body(f"Testo numero {index} qui"))
        path = f"{p.waba}/message_templates"
        _, first = await p.graph("GET", path, params={"limit": "2", "fields": "name"})
        assert [t["name"] for t in first["data"]] == ["modello_0", "modello_1"]
        after = first["paging"]["cursors"]["after"]
        wish = {"limit": "2", "fields": "name", "after": after}
        _, second = await p.graph("GET", path, params=wish)
        assert [t["name"] for t in second["data"]] == ["modello_2", "modello_3"]
        headers = {"Authorization": f"Bearer {p.settings.access_token}"}
        async with p.http.get(second["paging"]["next"], headers=headers) as reply:
            third = await reply.json()
        assert [t["name"] for t in third["data"]] == ["modello_4"]
        assert "next" not in third["paging"]
        _, named = await p.graph("GET", path, params={"name": "modello_3", "status": "APPROVED"})
        assert [t["name"] for t in named["data"]] == ["modello_3"]
        status, answer = await p.graph("GET", path, params={"after": "???"})
        assert (status, answer["error"]["code"]) == (400, 131059)

    play(scene)


def test_the_same_name_and_language_twice_is_refused(play):
    async def scene(p):
        await p.template()
        body = creation(name="promemoria_v1")
        status, answer = await p.graph("POST", f"{p.waba}/message_templates", body)
        assert (status, answer["error"]["error_subcode"]) == (400, 2388024)

    play(scene)
