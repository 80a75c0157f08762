"""What a script gives to write first, as the deeds take it."""

from sportello.console.api import shapes
from sportello.console.inbox import choices, fillings
from sportello.console.inbox.fillings import Filled, Given
from sportello.console.inbox.openings import Recipient
from sportello.console.phones import wa_id
from sportello.schema.channel import Number
from sportello.schema.files import File


def recipient(payload: shapes.StartIn) -> Recipient:
    """Raises WrongPhone, Number.DoesNotExist."""
    numbers = Number.objects.select_related("workspace").order_by("pk")
    number = numbers.get(pk=payload.number) if payload.number else numbers.first()
    if number is None:
        raise Number.DoesNotExist
    return Recipient(number, wa_id(payload.to, number.workspace.country), payload.name.strip())


def filled(number: Number, payload: shapes.TemplateIn) -> Filled:
    """Raises NoTemplate, File.DoesNotExist. Gaps are for the deed to refuse."""
    row = choices.named(number, payload.template, payload.language)
    values = payload.variables
    if isinstance(values, list):
        values = fillings.by_order(row, values)
    media = payload.header_media
    if media is None:
        return fillings.fill(row, Given(values))
    file = None if media.file is None else File.objects.defer("content").get(pk=media.file)
    return fillings.fill(row, Given(values, file=file, link=media.link))
