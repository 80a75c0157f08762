"""The words for what the audit log names: tables, and the three things that befall a row."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from sportello.schema.audit import Verb

VERB: Final[dict[Verb, Promise]] = {
    Verb.INSERT: gettext_lazy("%(thing)s: added"),
    Verb.UPDATE: gettext_lazy("%(thing)s: changed"),
    Verb.DELETE: gettext_lazy("%(thing)s: deleted"),
}
THING: Final[dict[str, Promise]] = {
    "workspace": gettext_lazy("Company"),
    "membership": gettext_lazy("Person"),
    "invitation": gettext_lazy("Invitation"),
    "apikey": gettext_lazy("API key"),
    "user": gettext_lazy("Account"),
    "mfa_authenticator": gettext_lazy("Second factor"),
    "usersessions_usersession": gettext_lazy("Session"),
    "number": gettext_lazy("Number"),
    "token": gettext_lazy("Access token"),
    "appsecret": gettext_lazy("App secret"),
    "connection": gettext_lazy("Connection"),
    "unblocking": gettext_lazy("Request to Meta"),
    "quarantined": gettext_lazy("Event set aside"),
    "conversation": gettext_lazy("Conversation"),
    "message": gettext_lazy("Message"),
    "contact": gettext_lazy("Contact"),
    "contactlist": gettext_lazy("List"),
    "listmember": gettext_lazy("Member of a list"),
    "consentevent": gettext_lazy("Consent"),
    "segment": gettext_lazy("Segment"),
    "propertyname": gettext_lazy("Property"),
    "contactimport": gettext_lazy("Import"),
    "template": gettext_lazy("Template"),
    "campaign": gettext_lazy("Campaign"),
    "recipient": gettext_lazy("Recipient"),
    "followup": gettext_lazy("Follow-up"),
    "automation": gettext_lazy("Automation"),
    "pair": gettext_lazy("Question and answer"),
    "site": gettext_lazy("Site"),
    "document": gettext_lazy("Document"),
    "conduct": gettext_lazy("Manners of the assistant"),
    "languagemodel": gettext_lazy("Language model"),
    "modelkey": gettext_lazy("Key of a model"),
    "filereading": gettext_lazy("Reading of files"),
    "voicekey": gettext_lazy("Key of whoever writes voice notes down"),
    "modelbudget": gettext_lazy("Budget of the model"),
    "proposal": gettext_lazy("Proposal"),
    "questionset": gettext_lazy("Set of questions"),
    "setquestion": gettext_lazy("Question of a set"),
    "endpoint": gettext_lazy("Webhook endpoint"),
    "endpointsecret": gettext_lazy("Secret of a webhook endpoint"),
    "delivery": gettext_lazy("Webhook delivery"),
    "noticewish": gettext_lazy("Wishes for notices"),
    "pushplace": gettext_lazy("Browser that gets notices"),
    "identityprovider": gettext_lazy("Sign-in through the company"),
    "identity": gettext_lazy("Person known to the company's sign-in"),
}
