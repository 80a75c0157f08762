"""What answering.md promises, on questions that the calibration has not seen.

There are 119 answerable questions, 25 near and 90 far ones (30 asked of three libraries): the 95 %
interval of a share is about 8 points wide to either side, of the near ones 13. So the bars stand
lower than the promises by a part of that; what was measured is printed by `./bench answer`.
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

    assert (found.questions, found.near, found.far) == (119, 25, 90)
    assert found.hit_1 >= 0.66, found
    assert found.hit_3 >= 0.82, found
    assert found.hit_5 >= 0.86, found
    assert found.precision >= 0.88, found
    assert found.precision_overall >= 0.88, found
    # Chosen for few wrong answers: cross-validation gave 55 % at this band, these questions 46 %.
    assert found.coverage >= 0.40, found
    assert found.helped >= 0.62, found
    assert found.far_answered <= 0.03, found
    assert found.near_answered <= 0.08, found


def test_no_question_of_the_tests_was_learnt_from() -> None:
    learnt = [held_out.demo(demo_content.questions()), *shipped()]
    seen = {text.casefold() for one in learnt for _, text in one.asked}
    seen |= {text.casefold() for one in learnt for text in one.near} | set(outside())

    held = {text.casefold() for one in held_out.libraries() for _, text in one.asked}
    held |= {text for one in held_out.libraries() for text in one.near} | set(held_out.far())

    assert held & seen == set()
    assert len(seen) >= 200 + 80
