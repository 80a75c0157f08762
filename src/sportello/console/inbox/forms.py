"""What people write into a conversation."""

from django import forms


class Written(forms.Form):
    """A message or a note. Its limits are checked where it is kept (`actions`)."""

    text = forms.CharField(required=False, strip=False, max_length=20_000)
    kind = forms.ChoiceField(choices=[("message", "message"), ("note", "note")], required=False)
    reply_to = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
