"""Templates and files of the tests' companies."""

from datetime import timedelta
from typing import Any

from sportello.schema.models import ConsentEvent, Contact, File, Template
from tests.console.conftest import NOW, Company

BODY = {"type": "BODY", "text": "Buongiorno {{nome}}, la aspettiamo alle {{ora}} di domani."}
PICTURE = {"type": "HEADER", "format": "IMAGE"}
FOOTER = {"type": "FOOTER", "text": "Studio Rossi"}
BUTTONS = {
    "type": "BUTTONS",
    "buttons": [
        {"type": "QUICK_REPLY", "text": "Confermo"},
        {"type": "URL", "text": "Sposta", "url": "https://example.com/s/{{1}}"},
    ],
}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def make_template(company: Company, name: str = "promemoria", **columns: Any) -> Template:
    """Approved, utility, with two named variables in its body."""
    standard: dict[str, Any] = {
        "language": "it",
        "category": "UTILITY",
        "status": "APPROVED",
        "parameter_format": "NAMED",
        "components": [BODY, FOOTER],
    }
    return Template.objects.using("owner").create(
        workspace=company.workspace,
        waba_id=company.number.waba_id,
        name=name,
        **(standard | columns),
    )


def make_file(company: Company) -> File:
    return File.objects.using("owner").create(
        workspace=company.workspace,
        sha256="a" * 64,
        mime_type="image/png",
        filename="vetrina.png",
        size=len(PNG),
        content=PNG,
    )


def agree(contact: Contact, action: str = "grant") -> None:
    ConsentEvent.objects.using("owner").create(
        workspace=contact.workspace,
        contact=contact,
        action=action,
        source="form",
        at=NOW - timedelta(days=1),
    )
