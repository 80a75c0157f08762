"""The demo's templates are what Meta and a reader would take."""

import pytest

from sportello.ops import demo_content
from sportello.rules.files import sample_flaw
from sportello.rules.sniff import sniffed
from sportello.rules.template import lint, parse
from sportello.rules.template_codes import Code, Severity


def _with_sample(template: demo_content.Template) -> dict[str, object]:
    first, *rest = template.body["components"]
    sample = {"example": {"header_handle": ["4::uploaded"]}} if template.picture else {}
    return {**template.body, "components": [{**first, **sample}, *rest]}


def _minded(template: demo_content.Template) -> set[Code]:
    found = lint(parse(_with_sample(template)))
    return {one.code for one in found if one.severity is not Severity.HINT}


@pytest.mark.parametrize("template", demo_content.templates(), ids=lambda one: one.body["name"])
def test_the_lint_foresees_each_decision(template: demo_content.Template) -> None:
    expected = {
        "preventivo_pronto": {Code.PROMOTIONAL},
        "novita_inverno": {Code.URL_SHORTENER},
    }

    assert _minded(template) == expected.get(template.body["name"], set())


def test_pictures_may_stand_as_samples() -> None:
    for name in {one.picture for one in demo_content.templates() if one.picture}:
        content = demo_content.picture(name)
        assert sample_flaw("IMAGE", sniffed(content[:64], "image/png")) is None
