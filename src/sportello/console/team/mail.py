"""Mail to people of the company. Without a mail server nothing is sent, and the page says so."""

import smtplib

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _

from sportello.schema.team import Invitation, Workspace

_log = structlog.get_logger(__name__)


def is_set() -> bool:
    return bool(settings.EMAIL_HOST)


def send_invitation(row: Invitation, workspace: Workspace, link: str) -> bool | None:
    """None without a mail server, False where it did not take the letter."""
    if not is_set():
        return None
    with translation.override(workspace.language):
        subject = _("%(company)s invites you to its desk") % {"company": workspace.name}
        body = _(
            "%(company)s answers its customers on WhatsApp with Sportello and invites you to work "
            "there.\n\nOpen this link, choose a password, and you are in:\n%(link)s\n\nThe link "
            "works once, within seven days. Whoever did not expect it can ignore it."
        ) % {"company": workspace.name, "link": link}
    try:
        send_mail(" ".join(subject.split()), body, None, [row.email])
    except (smtplib.SMTPException, OSError) as failed:
        _log.warning("invitation not posted", invitation=row.pk, why=type(failed).__name__)
        return False
    return True
