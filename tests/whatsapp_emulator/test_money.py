"""Money: rates by day and market, free messages, the card's moods, an invoice that adds up."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whatsapp_emulator import rate_cards

ANNA = "393471112201"
NEW_RULES = datetime(2026, 9, 30, 22, tzinfo=UTC).timestamp()  # midnight in Rome
BEFORE = NEW_RULES - 10 * 86_400
TEXT = {"type": "text", "text": {"body": "x"}}


def template_body(name="promemoria_v1"):
    parameters = [{"type": "text", "text": "Anna"}, {"type": "text", "text": "9"}]
    components = [{"type": "body", "parameters": parameters}]
    template = {"name": name, "language": {"code": "it"}, "components": components}
    return {"type": "template", "template": template}


async def analytics(p, start, end, *, granularity="DAILY", dimensions="PRICING_CATEGORY"):
    wish = f"pricing_analytics.start({start}).end({end}).granularity({granularity})"
    fields = f"{wish}.dimensions([{dimensions}])"
    status, answer = await p.graph("GET", p.waba, params={"fields": fields})
    assert status == 200, answer
    return answer["pricing_analytics"]["data"][0]["data_points"]


@pytest.mark.parametrize(
    ("currency", "market", "category", "day", "micros"),
    [
        ("EUR", "Italy", "marketing", date(2026, 10, 1), 65_800),
        ("EUR", "Italy", "marketing", date(2026, 6, 30), 57_200),
        ("EUR", "Italy", "service", date(2026, 9, 30), 0),
        ("EUR", "Italy", "service", date(2026, 10, 1), 24_800),
        ("USD", "Mexico", "marketing", date(2026, 9, 30), 30_500),
        ("USD", "Mexico", "marketing", date(2026, 10, 1), 39_700),
        ("USD", "Germany", "utility", date(2026, 11, 1), 55_000),
        ("EUR", "Germany", "utility", date(2026, 11, 1), 45_485),
    ],
)
def test_a_rate_is_that_of_its_day_market_and_category(currency, market, category, day, micros):
    assert rate_cards.rate(currency, market, category, day) == micros


@pytest.mark.parametrize(
    ("wa_id", "day", "market"),
    [
        ("393471112201", date(2026, 11, 1), "Italy"),
        ("8801711111111", date(2026, 9, 30), "Rest of Asia Pacific"),
        ("8801711111111", date(2026, 10, 1), "Bangladesh"),
        ("18095550000", date(2026, 11, 1), "Rest of Latin America"),
        ("12125550000", date(2026, 11, 1), "North America"),
        ("3780549000000", date(2026, 11, 1), "Other"),
    ],
)
def test_the_longest_calling_prefix_names_the_market(wa_id, day, market):
    assert rate_cards.market_of(wa_id, day) == market


def test_steps_of_volume_are_marginal():
    assert rate_cards.step("Italy", "utility", 100_000) == ("0:100000", 100)
    assert rate_cards.step("Italy", "utility", 100_001) == ("100001:1000000", 95)
    assert rate_cards.step("Italy", "utility", 10**9) == ("80000001:MAX", 75)
    assert rate_cards.step("Italy", "marketing", 10**9) == ("0:MAX", 100)


def test_a_step_reached_is_told_and_makes_the_next_message_cheaper(play):
    async def scene(p):
        await p.template()
        key = (p.settings.business_id, "2026-11", "Italy", "utility")
        p.emulator.world.ledger.volumes[key] = 99_999
        for _ in range(2):
            await p.send(template_body())
            await p.advance(5)
        (told,) = p.receiver.changes("account_update")
        assert told["event"] == "VOLUME_BASED_PRICING_TIER_UPDATE"
        assert told["volume_tier_info"]["tier"] == "100001:1000000"
        bill = await p.sim("GET", "invoice")
        assert [line["rate"] for line in bill["lines"]] == ["0.024800", "0.023560"]
        assert bill["total"] == "0.048360"

    play(scene)


def test_before_october_service_and_utility_in_the_window_are_free(play):
    async def scene(p):
        await p.template()
        await p.says("Ciao")
        await p.text("Eccomi")
        await p.send(template_body())
        await p.advance(5)
        bill = await p.sim("GET", "invoice")
        assert bill["total_micros"] == 0
        assert {line["type"] for line in bill["lines"]} == {"free_customer_service"}

    play(scene, start=BEFORE)


def test_the_rules_change_at_midnight_of_the_accounts_own_calendar(play):
    async def scene(p):
        await p.template()
        await p.says("Ciao")
        for _ in range(2):
            await p.send(template_body())
            await p.advance(60)
        before = await p.sim("GET", "invoice?to=2026-10-01")
        since = await p.sim("GET", "invoice?from=2026-10-01")
        assert (before["total"], since["total"]) == ("0.000000", "0.024800")

    play(scene, start=NEW_RULES - 60)


def test_the_first_thousand_answers_of_a_month_are_free(play):
    async def scene(p):
        p.emulator.world.numbers[p.number].service_used["2026-11"] = 999
        await p.says("Ciao")
        for _ in range(3):
            await p.text("x")
            await p.advance(10)
        told = [s["pricing"] for s in p.receiver.statuses() if s["status"] == "delivered"]
        assert [t["billable"] for t in told] == [False, True, True]
        assert (await p.sim("GET", "invoice"))["total"] == "0.049600"

    play(scene)


def test_an_answer_to_somebody_from_an_ad_opens_72_free_hours(play):
    async def scene(p):
        await p.template()
        said = {**TEXT, "referral": {"source_type": "ad", "source_id": "1"}}
        await p.sim("POST", f"people/{ANNA}/messages", said)
        await p.text("Eccomi")
        await p.advance(71 * 3600)
        await p.send(template_body())
        await p.advance(2 * 3600)
        await p.send(template_body())
        await p.advance(60)
        lines = (await p.sim("GET", "invoice"))["lines"]
        kinds = [(line["category"], line["type"]) for line in lines]
        assert kinds == [("referral_conversion", "free_entry_point"), ("utility", "regular")]
        assert lines[0]["volume"] == 2

    play(scene)


def test_while_amounts_are_unpaid_a_template_stays_at_the_clock_and_leaves_once_paid(play):
    async def scene(p):
        await p.template()
        await p.sim("PATCH", f"wabas/{p.waba}", {"payment": "unpaid"})
        status, answer = await p.send(template_body())
        assert status == 200
        await p.advance(3600)
        assert p.receiver.statuses() == []
        shown = await p.sim("PATCH", f"wabas/{p.waba}", {"payment": "ok"})
        assert shown["held_unpaid"] == 0
        await p.advance(60)
        wamid = answer["messages"][0]["id"]
        assert [s["status"] for s in p.receiver.statuses(wamid)] == ["sent", "delivered", "read"]

    play(scene)


def test_without_a_card_the_allowance_still_leaves(play):
    async def scene(p):
        await p.says("Ciao")
        await p.sim("PATCH", f"wabas/{p.waba}", {"payment": "missing"})
        free = await p.text("gratis")
        await p.advance(5)
        p.emulator.world.numbers[p.number].service_used["2026-11"] = 1000
        paid = await p.text("a pagamento")
        await p.advance(5)
        assert p.receiver.statuses(free)[0]["status"] == "sent"
        (told,) = p.receiver.statuses(paid)
        assert told["errors"][0]["code"] == 131042

    play(scene)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["text", "utility", "marketing", "says", "ad", "wait", "day"]),
        st.sampled_from([ANNA, "34600000001", "8801711111111", "12125550000"]),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=15, deadline=None)
@given(moves=MOVES, start=st.sampled_from([BEFORE, NEW_RULES - 3600, NEW_RULES + 40 * 86_400]))
def test_invoice_ledger_analytics_and_webhooks_add_up_to_one_sum(play, moves, start):
    async def scene(p):
        await p.template()
        body = [{"type": "BODY", "text": "Vieni a trovarci in bottega questa settimana"}]
        await p.template(name="offerta", category="MARKETING", components=body)
        offer = {"type": "template", "template": {"name": "offerta", "language": {"code": "it"}}}
        for move, who in moves:
            match move:
                case "text":
                    await p.send(TEXT, who)
                case "utility":
                    await p.send(template_body(), who)
                case "marketing":
                    await p.send(offer, who)
                case "says":
                    await p.says("Ciao", who)
                case "ad":
                    said = {**TEXT, "referral": {"source_type": "ad"}}
                    await p.sim("POST", f"people/{who}/messages", said)
                case "wait":
                    await p.advance(600)
                case _:
                    await p.advance(86_400)
        await p.advance(3600)
        await check_sums(p, int(start))

    play(scene, start=start)


async def check_sums(p, start):
    """Four ways to the same sum, one of them from the webhooks and the price list alone."""
    bill = await p.sim("GET", "invoice")
    messages = p.emulator.world.messages.values()
    assert sum(m.charged or 0 for m in messages) == bill["total_micros"]
    end = start + 40 * 86_400
    for granularity in ("HALF_HOUR", "DAILY", "MONTHLY"):
        points = await analytics(
            p, start - 3600, end, granularity=granularity,
            dimensions="PRICING_CATEGORY,PRICING_TYPE,COUNTRY,TIER",
        )  # fmt: skip
        assert round(sum(point["cost"] for point in points) * 1e6) == bill["total_micros"]
        assert sum(x["volume"] for x in points) == sum(x["volume"] for x in bill["lines"])
    assert sum(told_prices(p)) == bill["total_micros"]


def told_prices(p):
    for told in p.receiver.statuses():
        if told["status"] == "delivered" and told["pricing"]["billable"]:
            at = datetime.fromtimestamp(int(told["timestamp"]) + 7200, UTC)
            market = rate_cards.market_of(told["recipient_id"], at.date())
            yield rate_cards.rate("EUR", market, told["pricing"]["category"], at.date())


def test_pricing_analytics_filters_and_refuses(play):
    async def scene(p):
        await p.template()
        await p.send(template_body())
        await p.send(template_body(), to="+34600000001")
        await p.advance(10)
        start = int(p.settings.start) - 3600
        points = await analytics(p, start, start + 86_400, dimensions="COUNTRY,PHONE")
        assert [(x["country"], x["volume"]) for x in points] == [("ES", 1), ("IT", 1)]
        assert points[0]["phone_number"] == "390612345678"
        wish = f"pricing_analytics.start({start}).end({start + 86_400})"
        some = f'{wish}.granularity(MONTHLY).country_codes(["IT"]).metric_types(["COST"])'
        _, answer = await p.graph("GET", p.waba, params={"fields": some})
        (point,) = answer["pricing_analytics"]["data"][0]["data_points"]
        assert point["cost"] == pytest.approx(0.0248)
        assert "volume" not in point
        for wrong in (wish, f"{wish}.granularity(WEEKLY)", "pricing_analytics"):
            status, answer = await p.graph("GET", p.waba, params={"fields": wrong})
            assert (status, answer["error"]["code"]) == (400, 100)

    play(scene)
