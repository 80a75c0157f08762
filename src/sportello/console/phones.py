"""Telephone numbers as people type them, and how WhatsApp names a person by one."""

import phonenumbers


class WrongPhone(ValueError):  # noqa: N818  # the number is wrong, nothing broke
    """No telephone number that could exist."""


def wa_id(text: str, country: str) -> str:
    """E.164 without its plus. `country`: whose number it is where no code is written.

    Raises WrongPhone.
    """
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise WrongPhone from error
    if not phonenumbers.is_possible_number(number):
        raise WrongPhone
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return e164.removeprefix("+")
