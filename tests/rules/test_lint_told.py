"""What an author is told of each flaw, in full: place, Meta's answer, sentence, mended text."""

from tests.rules import lint_told


def test_each_way_in_which_a_rule_speaks_says_what_was_read_and_found_right():
    golden = lint_told.FILE.read_text(encoding="utf-8").splitlines()

    # Not as one text: whoever breaks a rule sees its line.
    assert list(lint_told.told()) == golden
