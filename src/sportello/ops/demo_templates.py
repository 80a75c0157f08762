"""The demo's templates: submitted as anybody's are, and decided by the emulated Meta at once."""

import json
import urllib.request
from copy import deepcopy
from datetime import datetime
from time import monotonic, sleep
from typing import Any, Final

from sportello.ops import demo_content
from sportello.ops.demo_content import Shop
from sportello.rules import template_life, template_samples

SUBMITTED_S_MAX: Final = 15.0
_LOOK_EVERY_S: Final = 0.2
_ANSWER_S_MAX: Final = 10


def seed(workspace_id: int, now: datetime) -> None:
    """Drafts and submits all of them; `work` takes them to Meta once it runs.

    The emulated Meta begins as a new world at each start: what an earlier one had is submitted
    again, the company's own templates too.
    """
    from sportello.console.access import workspace_transaction
    from sportello.schema.models import Template

    with workspace_transaction(workspace_id):
        if Template.objects.exists():
            _submit_again(now)
            return
        for wanted in demo_content.templates():
            _submit(workspace_id, wanted, now)


def _submit(workspace_id: int, wanted: demo_content.Template, now: datetime) -> None:
    from sportello.console.templates_desk import deeds, files

    body: dict[str, Any] = deepcopy(wanted.body)
    if wanted.picture:
        content = demo_content.picture(wanted.picture)
        file = files.keep(
            workspace_id, None, content, filename=wanted.picture, mime_type="image/png"
        )
        body["components"][0]["example"] = {"header_handle": [f"{template_samples.OURS}{file.pk}"]}
    draft = deeds.save_draft(workspace_id, body, None, now)
    deeds.submit(draft.pk, None, now)


def _submit_again(now: datetime) -> None:
    """As new drafts in their old rows; files that the old world kept are wanted anew."""
    from django.db.models import Q

    from sportello.console.templates_desk import deeds
    from sportello.schema.models import Template, Upload

    Upload.objects.filter(state="kept").update(
        state="wanted", media_id="", kept_until=None, attempts=0
    )
    gone = Q(deleted_at__isnull=False)
    Template.objects.filter(gone).update(meta_id="", wish="", step="", due_at=None)
    for row in Template.objects.exclude(gone).exclude(meta_id="", wish=""):
        row.wished, row.meta_id, row.wish, row.step, row.due_at = _body(row), "", "", "", None
        row.status = template_life.DRAFT
        row.save()
        deeds.submit(row.pk, None, now)


def _body(row: Any) -> dict[str, Any]:
    """What creates the template as it stands."""
    shown = [handle for _, handle in template_samples.handles(row.components)]
    ours = f"{template_samples.OURS}{row.sample_id}"
    samples = dict.fromkeys(shown, ours) if row.sample_id else {}
    return {
        "name": row.name,
        "language": row.language,
        "category": row.category,
        "parameter_format": row.parameter_format,
        "components": template_samples.replaced(row.components, samples),
    }


def complete_profile(emulator: str, phone_number_id: str, token: str, shop: Shop) -> None:
    """What the shop's number says of itself; a photo is left for the demo's users to miss."""
    number = shop.number
    _call(
        "POST",
        f"{emulator}/v25.0/{phone_number_id}/whatsapp_business_profile",
        {
            "messaging_product": "whatsapp",
            "about": number.about,
            "description": number.description,
            "address": number.address,
            "email": number.email,
            "websites": [number.website],
        },
        token,
    )


def decide(emulator: str, waba_id: str) -> None:
    """Meta's decisions, once the submissions have come; what comes later Meta reviews by itself."""
    wanted = {(one.body["name"], one.body["language"]): one for one in demo_content.templates()}
    end = monotonic() + SUBMITTED_S_MAX
    while wanted and monotonic() < end:
        account = _call("PATCH", f"{emulator}/sim/wabas/{waba_id}", {})
        for there in account["templates"]:
            one = wanted.pop((there["name"], there["language"]), None)
            if one is not None and there["status"] == "PENDING":
                _call("POST", f"{emulator}/sim/templates/{there['id']}/review", one.decision)
        if wanted:
            sleep(_LOOK_EVERY_S)


def _call(method: str, url: str, body: Any, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    raw = json.dumps(body).encode()
    request = urllib.request.Request(url, raw, headers, method=method)  # noqa: S310  # our emulator
    with urllib.request.urlopen(request, timeout=_ANSWER_S_MAX) as answer:  # noqa: S310  # as above
        return json.loads(answer.read())
