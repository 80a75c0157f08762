"""Limits and mood: reach and its growth, rating, pace, marketing cap, discipline and appeal."""

from datetime import timedelta

import pytest

from whatsapp_emulator.mood import CALM, Mood

ANNA = "393471112201"
HOUR, DAY = 3600, 86_400
OFFER = {"type": "template", "template": {"name": "offerta", "language": {"code": "it"}}}
TEXT = {"type": "text", "text": {"body": "x"}}


async def offer(p, category="MARKETING"):
    body = [{"type": "BODY", "text": "Vieni a trovarci in bottega questa settimana"}]
    await p.template(name="offerta", category=category, components=body)
    p.emulator.world.templates[next(iter(p.emulator.world.templates))].category = category


def someone(index):
    return f"39340{index:07d}"


async def reach(p, people):
    """Send the template to so many new people; the codes of those that failed."""
    await p.sim("PATCH", f"numbers/{p.number}", {"throughput": 1_000_000})
    before = len(p.receiver.statuses())
    for index in people:
        status, answer = await p.send(OFFER, to=someone(index))
        assert status == 200, answer
    await p.advance(30)
    told = p.receiver.statuses()[before:]
    return [s["errors"][0]["code"] for s in told if s["status"] == "failed"]


def test_one_user_more_than_the_limit_fails_with_131048_until_a_day_has_passed(play):
    async def scene(p):
        await offer(p)
        await p.sim("PATCH", f"wabas/{p.waba}", {"messaging_limit": "TIER_50"})
        assert await reach(p, range(50)) == []
        assert await reach(p, [50]) == [131048]
        assert await reach(p, range(50)) == []
        assert await reach(p, [60]) == [131048]
        await p.advance(DAY)
        assert await reach(p, [60]) == []

    play(scene)


def test_whoever_wrote_in_the_last_day_does_not_count(play):
    async def scene(p):
        await offer(p)
        await p.sim("PATCH", f"wabas/{p.waba}", {"messaging_limit": "TIER_50"})
        await reach(p, range(50))
        await p.says("Ciao", someone(70))
        assert await reach(p, [70]) == []

    play(scene)


def test_half_of_the_limit_used_makes_it_grow_within_six_hours(play):
    async def scene(p):
        await offer(p)
        portfolio = p.emulator.world.portfolios[p.settings.business_id]
        portfolio.reach.users = {someone(i): p.settings.start for i in range(1000, 1999)}
        await reach(p, [1])
        await p.advance(6 * HOUR)
        (told,) = p.receiver.changes("business_capability_update")
        assert told == {
            "max_daily_conversations_per_business": 10_000,
            "max_phone_numbers_per_waba": 25,
        }
        _, shown = await p.graph(
            "GET", p.waba, params={"fields": "whatsapp_business_manager_messaging_limit"}
        )
        assert shown["whatsapp_business_manager_messaging_limit"] == "TIER_10K"

    play(scene)


def test_growth_waits_for_the_quality_and_says_so(play):
    async def scene(p):
        await offer(p)
        await p.sim("PATCH", f"numbers/{p.number}", {"quality": "YELLOW"})
        portfolio = p.emulator.world.portfolios[p.settings.business_id]
        portfolio.reach.users = {someone(i): p.settings.start for i in range(1000, 1999)}
        await reach(p, [1])
        await p.advance(6 * HOUR)
        (told,) = p.receiver.changes("account_alerts")
        assert told["alert_info"]["alert_type"] == "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED"
        assert p.receiver.changes("business_capability_update") == []
        await p.sim("PATCH", f"numbers/{p.number}", {"quality": "GREEN"})
        await p.advance(DAY)
        assert len(p.receiver.changes("business_capability_update")) == 1

    play(scene)


@pytest.mark.parametrize("way", ["verification", "two thousand users"])
def test_there_are_two_ways_from_250_to_2000(play, way):
    async def scene(p):
        await offer(p)
        await p.sim("PATCH", f"wabas/{p.waba}", {"messaging_limit": "TIER_250"})
        if way == "verification":
            await p.sim("PATCH", f"wabas/{p.waba}", {"verified": True})
        else:
            portfolio = p.emulator.world.portfolios[p.settings.business_id]
            known = {someone(i): p.settings.start for i in range(1, 2000)}
            portfolio.reach.well_received = known
            await reach(p, [5000])
        await p.settle()
        told = [c["max_daily_conversations_per_business"]
                for c in p.receiver.changes("business_capability_update")]  # fmt: skip
        assert told == [250, 2000]

    play(scene)


def test_a_hundred_thousand_users_raise_the_throughput_with_a_minute_of_131057(play):
    async def scene(p):
        await offer(p, "UTILITY")
        await p.sim("PATCH", f"wabas/{p.waba}", {"messaging_limit": "TIER_UNLIMITED"})
        portfolio = p.emulator.world.portfolios[p.settings.business_id]
        portfolio.reach.users = {f"1{i}": p.settings.start for i in range(99_999)}
        await p.send(OFFER)
        await p.advance(1)
        status, answer = await p.send(OFFER)
        assert (status, answer["error"]["code"]) == (500, 131057)
        await p.advance(60)
        (told,) = p.receiver.changes("phone_number_quality_update")
        assert told["event"] == "THROUGHPUT_UPGRADE"
        _, shown = await p.graph("GET", p.number)
        assert shown["throughput"] == {"level": "HIGH"}
        await p.send(OFFER)

    play(scene)


def test_blocks_and_reports_lower_the_rating_and_days_heal_it(play):
    async def scene(p):
        await offer(p)
        number = p.emulator.world.numbers[p.number]
        await reach(p, range(60))
        for index in range(2):
            await p.sim("POST", f"people/{someone(index)}/block")
        _, shown = await p.graph("GET", p.number)
        assert shown["quality_rating"] == "YELLOW"
        await p.sim("POST", f"people/{someone(3)}/report")
        _, shown = await p.graph("GET", p.number)
        assert shown["quality_rating"] == "RED"
        assert number.status == "CONNECTED"
        await p.advance(8 * DAY)
        _, shown = await p.graph("GET", p.number)
        assert shown["quality_rating"] == "GREEN"

    play(scene)


def test_a_red_number_brings_its_account_an_offence(play):
    async def scene(p):
        await offer(p)
        await reach(p, range(60))
        for index in range(6):
            await p.sim("POST", f"people/{someone(index)}/report")
        await p.settle()
        told = p.receiver.changes("account_update")
        assert told == [
            {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM"}}
        ]

    play(scene, mood=Mood(0, 0, 0, 0, 0, 0, polices=True))


@pytest.mark.parametrize(
    ("before", "accepted"),
    [("nothing", 2), ("an answer", 4), ("three left unread", 1)],
)
def test_marketing_beyond_what_a_person_takes_fails_with_131049(play, before, accepted):
    async def scene(p):
        await offer(p)
        habits = {"reads": before != "three left unread"}
        await p.sim("PATCH", f"people/{ANNA}", habits)
        if before == "three left unread":
            for _ in range(3):
                await p.send(OFFER)
                await p.advance(DAY)
        if before == "an answer":
            await p.send(OFFER)
            await p.advance(60)
            await p.says("Grazie")
            await p.advance(25 * HOUR)
        earlier = len(p.receiver.statuses())
        for _ in range(5):
            await p.send(OFFER)
            await p.advance(60)
        failed = [s for s in p.receiver.statuses()[earlier:] if s["status"] == "failed"]
        assert {s["errors"][0]["code"] for s in failed} == {131049}
        assert len(failed) == 5 - accepted

    play(scene, mood=Mood(0, 0, 0, 0, 0, marketing_cap=2))


def test_somebody_in_an_experiment_gets_no_marketing(play):
    async def scene(p):
        await offer(p)
        await p.sim("PATCH", f"people/{ANNA}", {"in_experiment": True})
        await p.send(OFFER)
        await p.advance(5)
        (told,) = p.receiver.statuses()
        assert told["errors"][0]["code"] == 130472

    play(scene)


@pytest.mark.parametrize("days", [1, 3, 5, 7, 30])
def test_a_restriction_holds_for_its_days_and_shows_in_the_health(play, days):
    async def scene(p):
        await offer(p)
        await p.says("Ciao")
        await p.sim("PATCH", f"wabas/{p.waba}", {"restriction": {"days": days}})
        everything = days >= 5
        status, answer = await p.send(OFFER)
        assert (status, answer["error"]["code"]) == (403, 368)
        status, _ = await p.send(TEXT)
        assert status == (403 if everything else 200)
        _, shown = await p.graph("GET", p.number, params={"fields": "health_status,status"})
        expected = "BLOCKED" if everything else "LIMITED"
        assert shown["health_status"]["can_send_message"] == expected
        assert shown["status"] == ("RESTRICTED" if everything else "CONNECTED")
        await p.settle()
        (told,) = p.receiver.changes("account_update")
        until = int(p.settings.start + timedelta(days=days).total_seconds())
        assert {r["expiration"] for r in told["restriction_info"]} == {until}
        await p.advance(days * DAY)
        status, _ = await p.send(OFFER)
        assert status == 200
        _, shown = await p.graph("GET", p.number, params={"fields": "health_status,status"})
        assert shown["health_status"]["can_send_message"] == "AVAILABLE"

    play(scene)


def test_offences_climb_the_ladder_to_the_end(play):
    async def scene(p):
        await offer(p)
        for _ in range(8):
            await p.sim("POST", f"wabas/{p.waba}/violation", {"type": "SCAM"})
        await p.settle()
        told = p.receiver.changes("account_update")
        days = [
            (c["restriction_info"][0]["expiration"] - p.settings.start) / DAY
            for c in told if c["event"] == "ACCOUNT_RESTRICTION"
        ]  # fmt: skip
        assert days == [1, 3, 5, 7, 30]
        bans = [c["ban_info"]["waba_ban_state"] for c in told if c["event"] == "DISABLED_UPDATE"]
        assert bans == ["SCHEDULE_FOR_DISABLE", "DISABLE"]
        status, answer = await p.send(TEXT)
        assert (status, answer["error"]["code"]) == (403, 131031)

    play(scene)


def test_a_lock_that_nobody_appeals_becomes_a_disabling(play):
    async def scene(p):
        await p.sim("PATCH", f"wabas/{p.waba}", {"restriction": "lock"})
        status, answer = await p.send(TEXT)
        assert (status, answer["error"]["code"]) == (403, 131031)
        await p.advance(31 * DAY)
        _, shown = await p.graph("GET", p.number, params={"fields": "status"})
        assert shown["status"] == "BANNED"

    play(scene)


def test_one_appeal_is_granted_and_the_second_refused(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", f"wabas/{p.waba}", {"ban_state": "DISABLE"})
        asked = await p.sim("POST", f"wabas/{p.waba}/appeal")
        assert asked["appeal_used"]
        await p.advance(23 * HOUR)
        assert (await p.send(TEXT))[0] == 403
        await p.advance(25 * HOUR)
        assert p.receiver.changes("account_review_update") == [{"decision": "APPROVED"}]
        bans = [c["ban_info"]["waba_ban_state"] for c in p.receiver.changes("account_update")]
        assert bans == ["DISABLE", "REINSTATE"]
        assert (await p.send(TEXT))[0] == 200
        await p.sim("PATCH", f"wabas/{p.waba}", {"ban_state": "DISABLE"})
        async with p.http.post(f"{p.url}/sim/wabas/{p.waba}/appeal") as reply:
            assert reply.status == 409

    play(scene)


def test_an_appeal_may_change_nothing(play):
    async def scene(p):
        await p.sim("PATCH", f"wabas/{p.waba}", {"restriction": {"days": 30}})
        await p.sim("POST", f"wabas/{p.waba}/appeal", {"result": "UNCHANGED", "now": True})
        await p.settle()
        assert p.receiver.changes("account_review_update") == [{"decision": "REJECTED"}]
        assert (await p.send(TEXT))[1]["error"]["code"] == 368

    play(scene)


def test_the_default_mood_is_mild_and_can_be_changed(play):
    async def scene(p):
        assert (await p.sim("GET", "mood"))["duplicates"] == pytest.approx(0.01)
        changed = await p.sim("PATCH", "mood", {"name": "calm", "disorder": 0.5})
        assert (changed["duplicates"], changed["disorder"]) == (0, 0.5)
        for wrong in ({"name": "sad"}, {"disorder": 2}, {"polices": 1}, {"x": 1}):
            async with p.http.patch(f"{p.url}/sim/mood", json=wrong) as reply:
                assert reply.status == 400

    play(scene, mood=Mood())


def test_a_calm_world_counts_no_cap():
    assert CALM.marketing_cap == 0
