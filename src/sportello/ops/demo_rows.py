"""The demo company's own rows: number, person, knowledge, customers, templates, key."""

import json
from datetime import timedelta
from typing import Final

from sportello import clock
from sportello.ops import demo_campaign, demo_content, demo_orders, demo_templates, prepare
from sportello.ops.demo import write_secrets
from sportello.ops.settings import Settings
from sportello.store.founding import Channel

_LINK_LASTS: Final = timedelta(hours=24)
_EMAIL: Final = "demo@sportello.example"


def seed(settings: Settings) -> dict[str, str]:
    """The shop's rows, made if missing; a fresh sign-in link; what the printed block needs."""
    content = demo_content.read()
    workspace_id = prepare.ensure_workspace(settings, content.shop.name, "demo")
    channel = Channel(settings.phone_number_id, settings.waba_id, settings.app_id, _token(settings))
    prepare.ensure_channel(settings, workspace_id, channel)
    user_id = prepare.ensure_user(workspace_id, _EMAIL, "Giulia (demo)", "owner")
    _seed_company(workspace_id, content)
    _seed_action(workspace_id, demo_orders.url(settings.port))
    demo_templates.seed(workspace_id, clock.now())
    demo_campaign.seed(workspace_id, clock.now())
    return {
        "workspace": content.shop.name,
        "login_url": prepare.sign_in_link(settings, user_id, _LINK_LASTS),
        "api_key": _api_key(settings, workspace_id),
    }


def _token(settings: Settings) -> str:
    assert settings.access_token is not None
    return settings.access_token.get_secret_value()


def _seed_company(workspace_id: int, content: demo_content.DemoContent) -> None:
    from sportello.console.access import workspace_transaction
    from sportello.schema.models import Contact, Pair, Workspace

    now = clock.now()
    with workspace_transaction(workspace_id):
        if Pair.objects.exists():
            return
        Workspace.objects.filter(pk=workspace_id).update(
            assistant_name=content.shop.assistant_name, signature=content.shop.signature
        )
        Pair.objects.bulk_create(
            Pair(
                workspace_id=workspace_id,
                question=pair.question,
                answer=pair.answer,
                variants=list(pair.variants),
                language=pair.language,
                created_at=now,
                updated_at=now,
            )
            for pair in content.pairs
        )
        Contact.objects.bulk_create(
            Contact(workspace_id=workspace_id, wa_id=customer.wa_id, name=customer.name)
            for customer in content.customers
        )


def _seed_action(workspace_id: int, url: str) -> None:
    """The look at an order, made once; its system's port follows the demo's."""
    from sportello.console.access import workspace_transaction
    from sportello.schema.models import Action, Pair

    told, asked = demo_content.action(), demo_content.read().pairs[0].question
    with workspace_transaction(workspace_id):
        known = Action.objects.filter(name=told.name).first()
        if known is not None:
            Action.objects.filter(
                pk=known.pk, url__startswith=f"http://{demo_orders.HOST}:"
            ).update(url=url)
            return
        pair = Pair.objects.filter(question=asked, deleted_at__isnull=True).first()
        if pair is None or Action.objects.exists():
            return
        Action.objects.create(
            workspace_id=workspace_id,
            name=told.name,
            purpose=told.purpose,
            enabled=True,
            pair=pair,
            url=url,
            reply=told.reply,
            nothing=told.nothing,
        )


def _api_key(settings: Settings, workspace_id: int) -> str:
    """The demo's key is printed at each start, so its data folder keeps it, for its owner alone."""
    path = settings.data / "demo.json"
    known: dict[str, str] = json.loads(path.read_text())
    if "api_key" not in known:
        known["api_key"] = prepare.new_api_key(workspace_id, "demo")
        write_secrets(path, known)
    return known["api_key"]
