"""What people write into a conversation."""

from typing import Any

from django import forms

# An id of a file, as many as a message takes and a few more: the rest is not even read.
_IDS_MAX = 20
_ID_LENGTH_MAX = 18


class Ids(forms.Field):
    """Row ids, repeated under one name; nonsense among them is no id."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        given = value if isinstance(value, list) else []
        plain = [one for one in given[:_IDS_MAX] if one.isascii() and one.isdigit()]
        return [int(one) for one in plain if len(one) <= _ID_LENGTH_MAX]


class Written(forms.Form):
    """A message or a note. Its limits are checked where it is kept (`deeds`)."""

    text = forms.CharField(required=False, strip=False, max_length=20_000)
    kind = forms.ChoiceField(choices=[("message", "message"), ("note", "note")], required=False)
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    file = Ids(required=False)
    voice = forms.BooleanField(required=False)
