"""What docs/decisions/0049 measured, on questions that the calibration has not seen.

There are 194 answerable questions, 65 near and 120 far ones (30 asked of four libraries): the 95 %
interval of a share is about 7 points wide to either side. So the bars stand lower than what was
measured by a part of that; the two large libraries are asked by `./bench answer`.
"""

from sportello.assistant import calibration
from sportello.assistant.labelled import outside, shipped
from sportello.assistant.quality import measure
from sportello.ops import demo_content
from tests.assistant import held_out
from tests.loop import in_loop


@in_loop
async def test_questions_not_seen_before_are_answered_as_promised(worker_url: str) -> None:
    samples = await held_out.samples(worker_url)

    found = measure(samples, calibration.shipped())

    assert (found.questions, found.near, found.far) == (194, 65, 120)
    assert found.hit_1 >= 0.68, found
    assert found.hit_3 >= 0.80, found
    assert found.hit_5 >= 0.86, found
    assert found.precision >= 0.90, found
    assert found.precision_overall >= 0.82, found
    assert found.coverage >= 0.50, found
    assert found.helped >= 0.65, found
    assert found.far_answered <= 0.03, found
    assert found.near_answered <= 0.12, found


def test_no_question_of_the_tests_was_learnt_from() -> None:
    learnt = [held_out.demo(demo_content.questions()), *shipped()]
    seen = {text.casefold() for one in learnt for _, text in one.asked}
    seen |= {text.casefold() for one in learnt for text in one.near} | set(outside())

    kept = (*held_out.libraries(), *held_out.large())
    held = {text.casefold() for one in kept for _, text in one.asked}
    held |= {text.casefold() for one in kept for text in one.near} | set(held_out.far())

    assert held & seen == set()
    assert {one.name for one in kept} & {one.name for one in learnt} == {"malvarosa"}
    assert len(seen) >= 2_000
