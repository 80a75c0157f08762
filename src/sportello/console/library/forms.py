"""A question-answer pair as a person fills it in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sportello.console.library.deeds import (
    ANSWER_LENGTH_MAX,
    QUESTION_LENGTH_MAX,
    VARIANTS_MAX,
    Draft,
)
from sportello.schema.library import Pair

LANGUAGES = [
    ("it", _("Italian")),
    ("en", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
    ("es", _("Spanish")),
]


class PairForm(forms.Form):
    question = forms.CharField(
        label=_("Question"),
        max_length=QUESTION_LENGTH_MAX,
        help_text=_("As a customer would ask it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    answer = forms.CharField(
        label=_("Answer"),
        max_length=ANSWER_LENGTH_MAX,
        help_text=_("Sent as it stands: short, in the company's own tone."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    variants = forms.CharField(
        label=_("Other ways to ask"),
        required=False,
        max_length=QUESTION_LENGTH_MAX * VARIANTS_MAX,
        help_text=_("One per line. They help the assistant recognise the question."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    enabled = forms.BooleanField(
        label=_("In use"), required=False, help_text=_("Switched off, the assistant ignores it.")
    )

    def draft(self) -> Draft:
        """What was filled in; the form must be valid."""
        filled = self.cleaned_data
        lines = (line.strip() for line in filled["variants"].splitlines())
        return Draft(
            question=filled["question"],
            answer=filled["answer"],
            variants=[line for line in lines if line],
            language=filled["language"],
            enabled=filled["enabled"],
        )


def initial(pair: Pair) -> dict[str, object]:
    return {
        "question": pair.question,
        "answer": pair.answer,
        "variants": "\n".join(pair.variants),
        "language": pair.language,
        "enabled": pair.enabled,
    }


class TrialForm(forms.Form):
    """`after`: the trial before it, where a chat is tried."""

    question = forms.CharField(max_length=QUESTION_LENGTH_MAX)
    after = forms.IntegerField(required=False, min_value=1, max_value=2**62)
