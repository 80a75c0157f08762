"""The lint of templates: the labelled set, and what holds for any template at all."""

import copy
import json
from collections import Counter

import pytest
from hypothesis import given, settings

from sportello.rules.pricing import Category
from sportello.rules.template import Account, Finding, lint, mend, mended, parse
from sportello.rules.template_codes import MESSAGES, RULES, Code, Severity
from sportello.rules.template_values import Known, Standing
from tests.rules.template_labels import agreement, rows
from tests.rules.template_samples import anything, bodies, template

ACCOUNT = Account(
    (
        Known("ordine", "it", Category.UTILITY, body="Gentile {{1}}, il suo ordine è pronto."),
        Known("ordine_pronto", "it", Category.MARKETING, Standing.REJECTED, "Ordine è pronto."),
        Known("ordine", "en_US", Category.MARKETING, Standing.LIVE),
    ),
    room=0,
)
# Whole templates take longer to draw than to lint.
slow_to_draw = settings(max_examples=50)


def codes(body, account=ACCOUNT):
    return [finding.code for finding in lint(parse(body), account)]


def test_the_labelled_set_is_large_and_shows_every_rule():
    given_rows = rows()
    shown = {code for row in given_rows for code in row.codes}
    assert len(given_rows) >= 150
    assert sum(row.split == "held_out" for row in given_rows) >= 50
    assert sum(not row.codes for row in given_rows) >= 100
    assert shown == {code.value for code in Code}
    languages = Counter(str(row.template.get("language"))[:2] for row in given_rows)
    assert languages["it"] >= 100
    assert languages["en"] >= 80


def test_agrees_with_the_labels():
    agreed = agreement(rows())
    assert agreed.precision() >= 0.95, agreed.wrong
    assert agreed.recall() >= 0.95, agreed.missing


def test_agrees_with_labels_that_no_rule_was_written_for():
    agreed = agreement([row for row in rows() if row.split == "held_out"])
    assert agreed.precision() >= 0.95, agreed.wrong
    assert agreed.recall() >= 0.85, agreed.missing


def test_every_rule_but_that_of_promotion_agrees_fully():
    agreed = agreement(rows())
    fuzzy = Counter({Code.PROMOTIONAL.value: 10**6})
    assert not agreed.wrong - fuzzy
    assert not agreed.missing - fuzzy


def test_a_right_template_has_no_findings():
    assert codes(template(name="pronto"), Account()) == []


def test_every_code_has_its_rule_and_its_words():
    assert set(RULES) == set(MESSAGES) == set(Code)
    assert all(message.endswith((".", ":")) for message in MESSAGES.values())


def test_the_words_of_every_finding_in_the_set_can_be_filled_in():
    for row in rows():
        for finding in lint(parse(row.template), row.account):
            assert "%(" not in finding.message


def test_the_gravest_findings_come_first():
    body = template("{{1}}, OFFERTA SPECIALE solo per te!!! Sconto del 20% oggi", name="Promo")
    grave = [finding.severity for finding in lint(parse(body))]
    assert grave == sorted(grave, key=[Severity.ERROR, Severity.WARNING, Severity.HINT].index)
    assert len(set(grave)) == 3


@pytest.mark.parametrize("junk", [None, [], "x", 5, True, {"components": {}}, {"components": [[]]}])
def test_what_is_no_template_is_called_so(junk):
    assert Code.BAD_SHAPE in codes(junk)


def test_reads_only_so_much():
    button = {"type": "QUICK_REPLY", "text": "Sì"}
    huge = template(buttons=[button] * 100_000)
    findings = lint(parse(huge))
    assert len(findings) <= 200
    assert {Code.BAD_SHAPE, Code.BUTTONS_TOO_MANY} <= {finding.code for finding in findings}


def test_a_text_beyond_all_measure_is_only_too_long():
    findings = lint(parse(template("{{1}} sconto!!! *" * 100_000)))
    body = [finding.code for finding in findings if finding.where.part == "body"]
    assert Code.TOO_LONG in body
    assert Code.VARIABLE_AT_START not in body


@given(anything)
def test_any_json_has_findings_and_raises_nothing(junk):
    assert all(isinstance(finding, Finding) for finding in lint(parse(junk), ACCOUNT))


@slow_to_draw
@given(bodies)
def test_any_template_has_findings_whose_words_and_places_are_sound(body):
    for finding in lint(parse(body), ACCOUNT):
        assert finding.message
        span = finding.where.span
        assert span is None or 0 <= span[0] <= span[1]


@slow_to_draw
@given(bodies)
def test_the_same_template_has_the_same_findings(body):
    twin = copy.deepcopy(body)
    assert lint(parse(body), ACCOUNT) == lint(parse(twin), ACCOUNT)


@slow_to_draw
@given(bodies)
def test_a_fix_makes_its_finding_vanish_and_leaves_the_original(body):
    before = repr(body)
    findings = lint(parse(body), ACCOUNT)
    for finding in findings:
        if finding.fix:
            after = lint(parse(mended(body, finding.fix)), ACCOUNT)
            assert _count(after, finding) < _count(findings, finding), (finding, body)
    assert repr(body) == before


def _count(findings, wanted):
    """How often the same is found at the same part."""
    where = wanted.where
    return sum(
        (one.code, one.where.part, one.where.index, one.where.card)
        == (wanted.code, where.part, where.index, where.card)
        for one in findings
    )


@slow_to_draw
@given(bodies)
def test_mending_ends_and_leaves_nothing_that_could_be_mended(body):
    done = mend(body, ACCOUNT, gravest=Severity.HINT)
    assert [finding for finding in lint(parse(done), ACCOUNT) if finding.fix] == []


def test_mends_every_labelled_template_as_far_as_it_goes():
    for row in rows():
        done = mend(row.template, row.account, gravest=Severity.HINT)
        assert [finding for finding in lint(parse(done), row.account) if finding.fix] == []
        assert json.loads(json.dumps(done)) == done


def test_mending_keeps_what_it_does_not_understand():
    body = template(name="Ordine Pronto", cta_url_link_tracking_opted_out=True)
    done = mend(body)
    assert done["name"] == "ordine_pronto"
    assert done["cta_url_link_tracking_opted_out"] is True
    assert done["components"] is body["components"]


def test_mending_leaves_hints_to_the_author_unless_asked():
    body = template("Gentile {{1}}, il suo ordine è pronto!!")
    assert mend(body) == body
    assert mend(body, gravest=Severity.HINT) != body
