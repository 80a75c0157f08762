"""What people ask of templates, against real PostgreSQL as the role that pages act as."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sportello.console.templates_desk import account, deeds, files
from sportello.console.templates_desk.deeds import Refused
from sportello.console.templates_desk.files import UnfitFile
from sportello.console.templates_desk.fit import UnfitTemplate
from sportello.rules.files import Flaw
from sportello.rules.template_codes import Code
from sportello.rules.template_life import Obstacle
from sportello.schema.models import File, Number, Template, TemplateChange, TemplateEdit, Upload
from sportello.schema.team import Role
from tests.console.conftest import NOW, Company

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
BODY: dict[str, Any] = {
    "name": "ordine_in_viaggio",
    "language": "it",
    "category": "utility",
    "components": [
        {
            "type": "BODY",
            "text": "Il suo ordine {{1}} è in viaggio e arriva domani mattina.",
            "example": {"body_text": [["1204"]]},
        }
    ],
}


def _body(**changes: Any) -> dict[str, Any]:
    return {**BODY, **changes}


def template_of(acme: Company, **columns: Any) -> Template:
    """A template as Meta has it."""
    standard: dict[str, Any] = {
        "waba_id": acme.number.waba_id,
        "meta_id": "300000000000001",
        "name": "ordine_in_viaggio",
        "language": "it",
        "category": "UTILITY",
        "components": BODY["components"],
        "status": "APPROVED",
    }
    return Template.objects.using("owner").create(workspace=acme.workspace, **(standard | columns))


def _draft(acme: Company, **changes: Any) -> Template:
    return deeds.save_draft(acme.workspace.pk, _body(**changes), None, NOW)


def test_a_draft_keeps_metas_body_and_asks_nothing_of_meta(acme: Company) -> None:
    with acme.inside():
        saved = _draft(acme)
        kept = Template.objects.get(pk=saved.pk)

    assert (kept.status, kept.wish, kept.due_at) == ("draft", "", None)
    assert (kept.name, kept.category, kept.waba_id) == (
        "ordine_in_viaggio",
        "UTILITY",
        acme.number.waba_id,
    )
    assert kept.components == BODY["components"]
    assert kept.wished == {**BODY, "category": "UTILITY", "parameter_format": "POSITIONAL"}


def test_a_draft_is_written_anew_in_its_place(acme: Company) -> None:
    with acme.inside():
        saved = _draft(acme)

        deeds.save_draft(acme.workspace.pk, _body(name="altro"), None, NOW, template_id=saved.pk)

        assert [row.name for row in Template.objects.all()] == ["altro"]


def test_a_name_taken_in_this_language_is_told_at_once(acme: Company) -> None:
    template_of(acme)

    with acme.inside(), pytest.raises(UnfitTemplate) as told:
        _draft(acme)

    assert (told.value.part, told.value.code) == ("name", "taken")


def test_a_deleted_templates_name_may_be_drafted(acme: Company) -> None:
    template_of(acme, deleted_at=NOW)

    with acme.inside():
        assert _draft(acme).status == "draft"


@pytest.mark.parametrize(
    ("changes", "part", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"name": "n" * 513}, "name", "too_long"),
        ({"language": None}, "language", "missing"),
        ({"category": "PROMOTION"}, "category", "unknown"),
        ({"components": {}}, "components", "missing"),
        ({"components": [{"type": "BODY", "text": "a\0b"}]}, "body", "not_text"),
        ({"components": [{"type": "BODY", "text": "\ud800"}]}, "body", "not_text"),
        ({"components": [{"type": "BODY", "text": "x" * 70_000}]}, "body", "too_large"),
        ({"parameter_format": "LOOSE"}, "parameter_format", "unknown"),
    ],
)
def test_what_no_row_can_hold_is_refused_by_its_part(
    acme: Company, changes: dict[str, Any], part: str, code: str
) -> None:
    with acme.inside(), pytest.raises(UnfitTemplate) as told:
        _draft(acme, **changes)

    assert (told.value.part, told.value.code) == (part, code)


def test_nesting_without_end_is_refused(acme: Company) -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]

    with acme.inside(), pytest.raises(UnfitTemplate):
        _draft(acme, components=deep)


def test_a_draft_for_another_companys_account_is_refused(acme: Company, rival: Company) -> None:
    with acme.inside(), pytest.raises(UnfitTemplate) as told:
        deeds.save_draft(acme.workspace.pk, BODY, None, NOW, waba_id=rival.number.waba_id)

    assert (told.value.part, told.value.code) == ("account", "unknown")


def test_submitting_makes_a_wish_that_is_due(acme: Company) -> None:
    with acme.inside():
        sent = deeds.submit(_draft(acme).pk, acme.person(Role.OPERATOR), NOW)

    assert (sent.status, sent.wish, sent.step) == ("submitting", "create", "waiting")
    assert sent.due_at is not None
    assert sent.by_id == acme.person(Role.OPERATOR).pk


def test_what_is_on_its_way_can_neither_be_written_nor_submitted_again(acme: Company) -> None:
    with acme.inside():
        sent = deeds.submit(_draft(acme).pk, None, NOW)
        again: list[Callable[[], object]] = [
            lambda: deeds.submit(sent.pk, None, NOW),
            lambda: deeds.save_draft(acme.workspace.pk, BODY, None, NOW, template_id=sent.pk),
            lambda: deeds.edit(sent.pk, BODY, None, NOW),
            lambda: deeds.delete(sent.pk, NOW),
        ]

        for deed in again:
            with pytest.raises(Refused) as told:
                deed()
            assert told.value.objection.obstacle is Obstacle.BUSY


def test_a_refused_submission_is_mended_and_submitted_again(acme: Company) -> None:
    failed = template_of(acme, status="failed", meta_id="", error={"code": 100, "subcode": 2388299})

    with acme.inside():
        deeds.save_draft(acme.workspace.pk, BODY, None, NOW, template_id=failed.pk)
        sent = deeds.submit(failed.pk, None, NOW)

    assert (sent.status, sent.wish, sent.error) == ("submitting", "create", None)


def test_an_edit_is_wished_for_and_leaves_what_stands_at_meta(acme: Company) -> None:
    kept = template_of(acme)
    new = [{"type": "BODY", "text": "Il suo ordine è partito."}]

    with acme.inside():
        row = deeds.edit(kept.pk, _body(components=new), None, NOW)

    assert (row.status, row.wish) == ("APPROVED", "edit")
    assert row.components == BODY["components"]
    assert row.wished == {"components": new}


def test_an_approved_template_is_edited_once_a_day(acme: Company) -> None:
    kept = template_of(acme)
    edited = NOW - timedelta(hours=1)
    TemplateEdit.objects.using("owner").create(workspace=acme.workspace, template=kept, at=edited)

    with acme.inside(), pytest.raises(Refused) as told:
        deeds.edit(kept.pk, BODY, None, NOW)

    assert told.value.objection.obstacle is Obstacle.EDITED_TODAY
    assert told.value.objection.until == edited + timedelta(hours=24)


def test_name_and_language_are_fixed(acme: Company) -> None:
    kept = template_of(acme)

    with acme.inside(), pytest.raises(UnfitTemplate) as told:
        deeds.edit(kept.pk, _body(name="altro"), None, NOW)

    assert (told.value.part, told.value.code) == ("name", "fixed")


def test_an_edit_given_up_leaves_what_meta_has(acme: Company) -> None:
    kept = template_of(acme, wished={"components": []}, error={"code": 100})

    with acme.inside():
        row = deeds.give_up(kept.pk, NOW)

    assert (row.status, row.wished, row.error) == ("APPROVED", None, None)


def test_a_draft_deleted_is_gone_and_meta_hears_nothing(acme: Company) -> None:
    with acme.inside():
        assert deeds.delete(_draft(acme).pk, NOW) is None

        assert not Template.objects.exists()


def test_deleting_at_meta_is_a_wish(acme: Company) -> None:
    kept = template_of(acme)

    with acme.inside():
        row = deeds.delete(kept.pk, NOW)

    assert row is not None
    assert (row.status, row.wish, row.deleted_at) == ("APPROVED", "delete", None)


def test_another_companys_templates_do_not_exist(acme: Company, rival: Company) -> None:
    theirs = template_of(rival)

    with acme.inside(), pytest.raises(Template.DoesNotExist):
        deeds.delete(theirs.pk, NOW)


def test_an_alarm_is_seen_once(acme: Company) -> None:
    kept = template_of(acme)
    TemplateChange.objects.using("owner").create(
        workspace=acme.workspace, template=kept, kind="category", at=NOW, is_alarm=True
    )

    with acme.inside():
        first = deeds.seen(kept.pk, acme.person(Role.OPERATOR), NOW)
        second = deeds.seen(kept.pk, None, NOW)
        change = TemplateChange.objects.get()

    assert (first, second) == (1, 0)
    assert change.seen_by_id == acme.person(Role.OPERATOR).pk


def test_the_way_back_refuses_the_same_name_in_capitals(acme: Company) -> None:
    rejected = template_of(acme, status="REJECTED")
    new = _body(name="Ordine_In_Viaggio", components=[{"type": "BODY", "text": "Tutt'altro."}])

    with acme.inside(), pytest.raises(UnfitTemplate) as told:
        deeds.start_over(rejected.pk, new, None, NOW)

    assert (told.value.part, told.value.code) == ("name", "same_name")


def test_the_way_back_refuses_the_same_words(acme: Company) -> None:
    rejected = template_of(acme, status="REJECTED")

    with acme.inside(), pytest.raises(UnfitTemplate) as told:
        deeds.start_over(rejected.pk, _body(name="un_altro_nome"), None, NOW)

    assert (told.value.part, told.value.code) == ("components", "too_alike")


def test_the_way_back_submits_what_is_new(acme: Company) -> None:
    rejected = template_of(acme, status="REJECTED")
    text = "La consegna è prevista per domani: il corriere telefona prima di arrivare."
    new = _body(name="avviso_consegna", components=[{"type": "BODY", "text": text}])

    with acme.inside():
        sent = deeds.start_over(rejected.pk, new, None, NOW)

    assert (sent.pk != rejected.pk, sent.status) == (True, "submitting")


def test_the_way_back_shows_what_the_profile_lacks(acme: Company) -> None:
    rejected = template_of(acme, status="REJECTED")
    Number.objects.using("owner").update(profile={"email": "a@b.example", "websites": []})

    with acme.inside():
        way = account.way_back(rejected, BODY)

    assert [part.value for part in way.missing] == ["photo", "description", "website"]
    assert way.alike == 1


def test_the_lint_knows_the_accounts_other_templates(acme: Company) -> None:
    template_of(acme, name="un_altro")
    template_of(acme, meta_id="2", deleted_at=NOW - timedelta(days=3), status="DELETED")
    TemplateChange.objects.using("owner").create(
        workspace=acme.workspace,
        template=Template.objects.using("owner").get(meta_id="2"),
        kind="status",
        after="APPROVED",
        at=NOW - timedelta(days=9),
    )

    with acme.inside():
        codes = {finding.code for finding in account.lint(BODY, NOW)}

    assert {Code.DUPLICATE_CONTENT, Code.NAME_BEING_DELETED} <= codes


def test_the_lint_does_not_hold_a_template_against_itself(acme: Company) -> None:
    kept = template_of(acme)

    with acme.inside():
        codes = {finding.code for finding in account.lint(BODY, NOW, template_id=kept.pk)}

    assert codes == set()


def test_a_sample_is_a_file_of_ours_and_fits_its_header(acme: Company) -> None:
    with acme.inside():
        file = files.keep(acme.workspace.pk, None, PNG, filename="a.png", mime_type="image/png")
        draft = _draft(acme, components=_pictured(f"file:{file.pk}"))

        assert draft.sample_id == file.pk
        assert account.lint(_body(components=_pictured(f"file:{file.pk}")), NOW) == ()


@pytest.mark.parametrize(
    ("handle", "header_format", "code"),
    [
        ("file:99", "IMAGE", "unknown"),
        ("file:x", "IMAGE", "unknown"),
        ("file:" + "9" * 30, "IMAGE", "unknown"),
        ("file:1", "VIDEO", "wrong_file"),
    ],
)
def test_a_sample_that_cannot_be_is_refused(
    acme: Company, handle: str, header_format: str, code: str
) -> None:
    with acme.inside():
        file = files.keep(acme.workspace.pk, None, PNG, filename="a.png", mime_type="image/png")
        named = handle.replace("file:1", f"file:{file.pk}")

        with pytest.raises(UnfitTemplate) as told:
            _draft(acme, components=_pictured(named, header_format))

    assert (told.value.part, told.value.code) == ("sample", code)


def _pictured(handle: str, header_format: str = "IMAGE") -> list[Any]:
    header = {"type": "HEADER", "format": header_format, "example": {"header_handle": [handle]}}
    return [header, *BODY["components"]]


def test_the_same_bytes_are_kept_once(acme: Company) -> None:
    with acme.inside():
        first = files.keep(acme.workspace.pk, None, PNG, filename="a/b.png", mime_type="image/png")
        again = files.keep(acme.workspace.pk, None, PNG, filename="c.png", mime_type="image/png")

        assert first.pk == again.pk
        assert (first.filename, first.size) == ("b.png", len(PNG))


@pytest.mark.parametrize(
    ("content", "mime_type", "flaw"),
    [
        (b"", "image/png", Flaw.EMPTY),
        (b"<svg>", "image/svg+xml", Flaw.KIND_UNKNOWN),
        (b"GIF89a" + bytes(9), "image/png", Flaw.KIND_UNKNOWN),
        (PNG + bytes(5 * 1024 * 1024), "image/png", Flaw.TOO_LARGE),
        (b"%PDF-" + bytes(16 * 1024 * 1024), "application/pdf", Flaw.TOO_LARGE),
    ],
)
def test_a_file_that_meta_would_not_take_is_refused(
    acme: Company, content: bytes, mime_type: str, flaw: Flaw
) -> None:
    with acme.inside(), pytest.raises(UnfitFile) as told:
        files.keep(acme.workspace.pk, None, content, filename="x", mime_type=mime_type)

    assert told.value.code is flaw


def test_a_file_refused_by_meta_is_tried_anew_when_it_is_wanted_again(acme: Company) -> None:
    with acme.inside():
        file = files.keep(acme.workspace.pk, None, PNG, filename="a.png", mime_type="image/png")
        first = files.want(file, acme.number.pk, NOW)
        Upload.objects.filter(pk=first.pk).update(state="refused", reason="too big", attempts=8)

        again = files.want(File.objects.get(), acme.number.pk, NOW)

    assert (again.pk, again.state, again.attempts, again.reason) == (first.pk, "wanted", 0, "")


def test_a_file_that_meta_has_kept_for_its_days_is_brought_there_anew(acme: Company) -> None:
    with acme.inside():
        file = files.keep(acme.workspace.pk, None, PNG, filename="a.png", mime_type="image/png")
        upload = files.want(file, acme.number.pk, NOW)
        until = NOW + timedelta(days=29)
        Upload.objects.filter(pk=upload.pk).update(state="kept", media_id="4", kept_until=until)

        early = files.want(file, acme.number.pk, until - timedelta(seconds=1)).state
        late = files.want(file, acme.number.pk, until).state

    assert (early, late) == ("kept", "wanted")
