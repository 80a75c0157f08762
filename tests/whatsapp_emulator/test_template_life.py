"""What happens to templates after they were created, over HTTP."""

import pytest

DAY = 86_400
HELD = "held_for_quality_assessment"
STATUS = "message_template_status_update"
PEOPLE = [f"3934711122{n:02d}" for n in range(1, 7)]
BODY = "Buongiorno {{1}}, il suo ordine {{2}} parte oggi dal magazzino."


def body(text: str = BODY, *examples: str) -> list[dict]:
    part = {"type": "BODY", "text": text}
    if "{{" in text:
        part["example"] = {"body_text": [list(examples or ("Anna", "n. 7"))]}
    return [part]


def use(name: str = "promemoria_v1", *values: str) -> dict:
    parameters = [{"type": "text", "text": v} for v in values or ("Anna", "15:30")]
    return {
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": "it"},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }


async def events(p) -> list[str]:
    await p.settle()
    return [told["event"] for told in p.receiver.changes(STATUS)]


async def node(p, template_id: str, fields: str = "status,category,quality_score") -> dict:
    return (await p.graph("GET", template_id, params={"fields": fields}))[1]


def test_an_edit_is_reviewed_again_and_its_components_are_told(play):
    async def scene(p):
        made = await p.template()
        status, answer = await p.graph("POST", made["id"], {"components": body()})
        assert (status, answer["success"], answer["name"]) == (200, True, "promemoria_v1")
        assert (await node(p, made["id"]))["status"] == "PENDING"
        await p.advance(600)
        assert (await node(p, made["id"]))["status"] == "APPROVED"
        (told,) = p.receiver.changes("message_template_components_update")
        assert told["message_template_element"] == BODY

    play(scene)


def test_an_approved_template_is_edited_once_a_day_and_keeps_its_category(play):
    async def scene(p):
        made = await p.template()
        status, _ = await p.graph("POST", made["id"], {"category": "MARKETING"})
        assert status == 400
        for _ in range(10):
            status, answer = await p.graph("POST", made["id"], {"components": body()})
            assert status == 200, answer
            await p.advance(600)
            status, answer = await p.graph("POST", made["id"], {"components": body()})
            assert (status, answer["error"]["code"]) == (400, 100)
            assert answer["error"]["error_user_title"]
            await p.advance(DAY)
        status, _ = await p.graph("POST", made["id"], {"components": body()})
        assert status == 400, "ten edits in thirty days are the limit"

    play(scene)


def test_a_rejected_template_may_change_its_category_at_will(play):
    async def scene(p):
        made = await p.template()
        await p.sim(
            "POST", f"templates/{made['id']}/review", {"decision": "REJECTED", "reason": "SCAM"}
        )
        for text in ("Testo uno per voi", "Testo due per voi"):
            status, _ = await p.graph("POST", made["id"], {"components": body(text)})
            assert status == 200
            await p.sim("POST", f"templates/{made['id']}/review", {"decision": "REJECTED"})
        status, _ = await p.graph("POST", made["id"], {"components": body("Testo numero tre")})
        assert status == 200
        status, _ = await p.graph("POST", made["id"], {"components": body("Mentre è in esame")})
        assert status == 400, "a template under review cannot be edited"

    play(scene)


def test_a_deleted_name_is_locked_for_thirty_days(play):
    async def scene(p):
        await p.template()
        path = f"{p.waba}/message_templates"
        answer = await p.graph("DELETE", path, params={"name": "promemoria_v1"})
        assert answer == (200, {"success": True})
        assert (await events(p))[-1] == "DELETED"
        again = {
            "name": "promemoria_v1",
            "language": "en",
            "category": "UTILITY",
            "components": body("Nice to see you"),
        }
        status, answer = await p.graph("POST", path, again)
        assert (status, answer["error"]["error_subcode"]) == (400, 2388023)
        await p.advance(30 * DAY + 1)
        status, _ = await p.graph("POST", path, again)
        assert status == 200

    play(scene)


def test_one_language_or_several_ids_are_deleted(play):
    async def scene(p):
        path = f"{p.waba}/message_templates"
        made = [await p.template(name=f"m_{i}", components=body(f"Testo {i} qui")) for i in "abc"]
        status, _ = await p.graph("DELETE", path, params={"hsm_id": made[0]["id"], "name": "m_a"})
        assert status == 200
        ids = f"[{made[1]['id']},{made[2]['id']}]"
        status, _ = await p.graph("DELETE", path, params={"hsm_ids": ids, "name": "m_b"})
        assert status == 400, "hsm_ids stands alone"
        status, _ = await p.graph("DELETE", path, params={"hsm_ids": ids})
        assert status == 200
        assert (await p.graph("GET", path))[1]["data"] == []
        status, answer = await p.graph("DELETE", path, params={"name": "m_a"})
        assert (status, answer["error"]["error_subcode"]) == (400, 2593002)

    play(scene)


def test_a_template_still_on_its_way_is_deleted_when_it_has_arrived(play):
    async def scene(p):
        made = await p.template()
        await p.sim("PATCH", f"people/{PEOPLE[0]}", {"online": False})
        assert (await p.send(use(), PEOPLE[0]))[0] == 200
        await p.advance(5)
        await p.graph("DELETE", f"{p.waba}/message_templates", params={"name": "promemoria_v1"})
        assert (await node(p, made["id"]))["status"] == "PENDING_DELETION"
        assert (await p.send(use(), PEOPLE[1]))[0] == 404
        await p.sim("PATCH", f"people/{PEOPLE[0]}", {"online": True})
        await p.advance(60)
        assert (await events(p))[-2:] == ["PENDING_DELETION", "DELETED"]
        assert (await p.graph("GET", made["id"]))[0] == 400

    play(scene)


def test_a_disabled_template_neither_goes_nor_is_used(play):
    async def scene(p):
        made = await p.template()
        await p.sim("POST", f"templates/{made['id']}/disable")
        wish = {"name": "promemoria_v1"}
        status, _ = await p.graph("DELETE", f"{p.waba}/message_templates", params=wish)
        assert status == 400
        status, answer = await p.send(use())
        assert (status, answer["error"]["code"]) == (400, 132016)
        await p.settle()
        assert p.receiver.changes(STATUS)[-1]["disable_info"]["disable_date"]

    play(scene)


def test_blocks_and_reports_lower_the_quality_until_it_pauses_three_times(play):
    async def scene(p):
        made = await p.template()
        for round_, hours in ((1, 3), (2, 6), (3, None)):
            for wa_id in PEOPLE[:3]:
                await p.send(use(), wa_id)
            await p.advance(30)
            for verb, wa_id in zip(("report", "block", "block"), PEOPLE, strict=False):
                await p.sim("POST", f"people/{wa_id}/{verb}")
                await p.sim("POST", f"people/{wa_id}/unblock")
            if hours is None:
                break
            status, answer = await p.send(use())
            assert (status, answer["error"]["code"]) == (400, 132015), round_
            title = p.receiver.changes(STATUS)[-1]["other_info"]["title"]
            assert title == ("FIRST_PAUSE" if round_ == 1 else "SECOND_PAUSE")
            await p.advance(hours * 3600 - 60)
            assert (await node(p, made["id"]))["status"] == "PAUSED"
            await p.advance(120)
            assert (await node(p, made["id"]))["status"] == "APPROVED"
            assert p.receiver.changes(STATUS)[-1]["other_info"]["title"] == "UNPAUSE"
        shown = await node(p, made["id"])
        assert shown["status"] == "DISABLED"
        assert shown["quality_score"]["score"] == "RED"
        told = p.receiver.changes("message_template_quality_update")
        assert [t["new_quality_score"] for t in told][:2] == ["YELLOW", "RED"]

    play(scene)


def test_quality_set_by_hand_is_told_and_red_pauses(play):
    async def scene(p):
        made = await p.template()
        for quality in ("GREEN", "YELLOW", "RED"):
            await p.sim("POST", f"templates/{made['id']}/quality", {"quality": quality})
        await p.settle()
        told = p.receiver.changes("message_template_quality_update")
        assert [t["previous_quality_score"] for t in told] == ["UNKNOWN", "GREEN", "YELLOW"]
        assert (await node(p, made["id"]))["status"] == "PAUSED"

    play(scene)


def test_what_was_accepted_before_a_pause_fails_after_it(play):
    async def scene(p):
        made = await p.template()
        _, answer = await p.send(use())
        await p.sim("POST", f"templates/{made['id']}/pause")
        await p.advance(5)
        (status,) = p.receiver.statuses(answer["messages"][0]["id"])
        assert status["errors"][0]["code"] == 132015

    play(scene)


@pytest.mark.parametrize("good", [True, False])
def test_an_unknown_template_is_paced_then_released_or_dropped(play, good):
    async def scene(p):
        await p.sim("PATCH", f"wabas/{p.waba}", {"pacing_batch": 3})
        made = await p.template()
        sent = [(await p.send(use(), wa_id))[1]["messages"][0] for wa_id in PEOPLE]
        assert [m["message_status"] for m in sent] == ["accepted"] * 3 + [HELD] * 3
        await p.advance(60)
        assert not p.receiver.statuses(sent[3]["id"])
        if not good:
            await p.sim("POST", f"templates/{made['id']}/quality", {"quality": "YELLOW"})
        await p.advance(3600)
        last = p.receiver.statuses(sent[5]["id"])
        if good:
            assert {s["status"] for s in last} == {"sent", "delivered", "read"}
            _, answer = await p.send(use())
            assert answer["messages"][0]["message_status"] == "accepted"
            return
        assert [s["errors"][0]["code"] for s in last] == [132015]
        assert p.receiver.changes(STATUS)[-1]["other_info"]["title"] == "RATE_LIMITING_PAUSE"
        assert await p.graph("POST", f"{made['id']}/unpause") == (200, {"success": True})
        assert (await node(p, made["id"]))["status"] == "APPROVED"

    play(scene)


def test_a_pause_for_quality_cannot_be_ended_over_the_api(play):
    async def scene(p):
        made = await p.template()
        await p.sim("POST", f"templates/{made['id']}/pause")
        status, _ = await p.graph("POST", f"{made['id']}/unpause")
        assert status == 400

    play(scene)


def test_a_change_of_category_is_announced_a_day_before(play):
    async def scene(p):
        made = await p.template()
        await p.sim("POST", f"templates/{made['id']}/category", {"category": "MARKETING"})
        await p.settle()
        (notice,) = p.receiver.changes("template_category_update")
        assert (notice["new_category"], notice["correct_category"]) == ("UTILITY", "MARKETING")
        assert (await node(p, made["id"]))["category"] == "UTILITY"
        assert (await node(p, made["id"], "correct_category"))["correct_category"] == "MARKETING"
        await p.advance(DAY + 1)
        done = p.receiver.changes("template_category_update")[-1]
        assert (done["previous_category"], done["new_category"]) == ("UTILITY", "MARKETING")
        assert notice["category_update_timestamp"] - p.settings.start == pytest.approx(DAY, abs=9)
        assert (await node(p, made["id"]))["category"] == "MARKETING"

    play(scene)


def test_the_monthly_look_finds_promotion_that_was_approved_as_utility(play):
    async def scene(p):
        promo = body("Solo oggi lo sconto del 20% su tutto il negozio per lei")
        made = await p.template(components=promo)
        assert (await node(p, made["id"]))["category"] == "UTILITY"
        await p.advance(31 * DAY + 60)
        assert (await node(p, made["id"]))["category"] == "MARKETING"
        assert len(p.receiver.changes("template_category_update")) == 2

    play(scene)


def test_a_template_is_archived_by_hand_and_taken_back(play):
    async def scene(p):
        made = await p.template()
        path = f"{p.waba}/message_templates"
        ids = {"hsm_ids": f"{made['id']},42"}
        _, answer = await p.graph("POST", f"{path}/archive", ids)
        assert answer["archived_templates"] == [made["id"]]
        assert list(answer["failed_templates"]) == ["42"]
        assert (await p.send(use()))[0] == 404
        _, answer = await p.graph("POST", f"{path}/unarchive", ids)
        assert answer["unarchived_templates"] == [made["id"]]
        assert (await node(p, made["id"]))["status"] == "APPROVED"
        assert (await events(p))[-2:] == ["ARCHIVED", "UNARCHIVED"]

    play(scene)


def test_an_unused_template_is_archived_after_a_year_and_gone_after_28_days(play):
    async def scene(p):
        made = await p.template()
        await p.advance(300 * DAY)
        await p.send(use())
        await p.advance(364 * DAY)
        assert (await node(p, made["id"]))["status"] == "APPROVED"
        await p.advance(2 * DAY)
        assert (await node(p, made["id"]))["status"] == "ARCHIVED"
        await p.advance(28 * DAY)
        assert (await p.graph("GET", made["id"]))[0] == 400

    play(scene)


def test_creations_are_limited_in_the_hour_and_in_all(play):
    async def scene(p):
        await p.sim("PATCH", f"wabas/{p.waba}", {"portfolio_verified": False})
        path = f"{p.waba}/message_templates"

        async def create(index: int):
            text = body(f"Testo numero {index} per i nostri clienti")
            wish = {"name": f"m_{index}", "language": "it", "category": "UTILITY"}
            return await p.graph("POST", path, {**wish, "components": text})

        for index in range(100):
            assert (await create(index))[0] == 200
        status, answer = await create(100)
        assert (status, answer["error"]["code"]) == (400, 80007)
        for start in (100, 200):
            await p.advance(3601)
            for index in range(start, min(start + 100, 250)):
                assert (await create(index))[0] == 200
        status, answer = await create(250)
        assert (status, answer["error"]["error_subcode"]) == (400, 2388019)

    play(scene, webhook=False)
