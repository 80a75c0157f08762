"""The words of connections: what each step does, why one did not succeed, and whose turn it is."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sportello.rules.connecting import Kind, Step


@dataclass(frozen=True, slots=True)
class Why:
    """`what` happened, and what is to `do`; `ask`: the field by which it goes on, if any."""

    what: Promise
    do: Promise
    ask: str = ""


KINDS: Final[dict[Kind, Promise]] = {
    Kind.CONNECT: _("Connect a number"),
    Kind.RECONNECT: _("Reconnect the number"),
    Kind.DISCONNECT: _("Disconnect the number"),
    Kind.REPAIR: _("Repair the webhooks"),
    Kind.PROFILE: _("Save the profile"),
}

DONE: Final[dict[Kind, Promise]] = {
    Kind.CONNECT: _("The number is connected: conversations live here from now on."),
    Kind.RECONNECT: _(
        "The number is connected again, without a new verification. Campaigns stay paused: resume "
        "each when you are sure."
    ),
    Kind.DISCONNECT: _("The number is disconnected here. One step is left, at Meta."),
    Kind.REPAIR: _("Webhooks come here."),
    Kind.PROFILE: _("The profile is saved: customers see it from now on."),
}

STEPS: Final[dict[Step, Promise]] = {
    Step.EXCHANGE: _("Take up Meta's authorisation"),
    Step.TOKEN: _("Check the access and its permissions"),
    Step.ACCOUNT: _("Find the WhatsApp account and its numbers"),
    Step.NUMBER: _("Bring the number into the company"),
    Step.REGISTER: _("Register the number with its PIN"),
    Step.SUBSCRIBE: _("Have messages and notices come here"),
    Step.WEBHOOK: _("Check that Meta calls this address"),
    Step.LOOK: _("Fetch name, state, limits and profile"),
    Step.TEMPLATES: _("Fetch the templates"),
    Step.STOP: _("Stop all sending and pause the campaigns"),
    Step.UNSUBSCRIBE: _("Stop Meta's notices"),
    Step.DEREGISTER: _("Take the number off the Cloud API"),
    Step.PHOTO: _("Upload the photo"),
    Step.SAVE: _("Save to Meta"),
}

WHYS: Final[dict[str, Why]] = {
    "code_expired": Why(
        _("Meta's authorisation lasts 30 seconds, and they were over."),
        _("Open Meta's window again."),
        ask="code",
    ),
    "code_used": Why(
        _("Meta says that this authorisation was used already."),
        _("Open Meta's window again."),
        ask="code",
    ),
    "code_lost": Why(
        _("Meta's answer got lost, and the authorisation is good only once."),
        _("Open Meta's window again."),
        ask="code",
    ),
    "code_missing": Why(
        _("There is no authorisation of Meta's."), _("Open Meta's window again."), ask="code"
    ),
    "app_not_set": Why(
        _("This installation has no Meta app of its own."),
        _("Who installed Sportello sets SPORTELLO_APP_ID and SPORTELLO_APP_SECRET."),
    ),
    "app_wrong": Why(
        _("Meta does not know this installation's app."),
        _("Who installed Sportello checks SPORTELLO_APP_ID."),
    ),
    "app_secret_wrong": Why(
        _("The app secret is not that of the token's app."),
        _("Copy it from Meta's page of the app: App settings, Basic, App secret."),
        ask="app_secret",
    ),
    "app_unknown": Why(
        _("The token belongs to another app, whose webhooks could not be verified."),
        _("Give that app's secret too, or a token of this installation's app."),
        ask="app_secret",
    ),
    "token_invalid": Why(
        _("Meta does not take this token: it has expired, or was revoked."),
        _("Make a new one in Business settings, System users, Generate token."),
        ask="token",
    ),
    "token_missing": Why(
        _("There is no token of this number any more."),
        _("Make one in Business settings, System users, Generate token."),
        ask="token",
    ),
    "token_unreadable": Why(
        _("The stored token cannot be read with this installation's key."),
        _("Give the token again; who installed Sportello looks for the earlier key."),
        ask="token",
    ),
    "permission_missing": Why(
        _("The token lacks permissions."),
        _("Make a new token with all of them: Business settings, System users, Generate token."),
        ask="token",
    ),
    "account_not_given": Why(
        _("The token may not touch this WhatsApp account."),
        _("Business settings, System users, Assign assets: give it the WhatsApp account, full."),
        ask="token",
    ),
    "account_missing": Why(
        _("It is not known which WhatsApp account is meant."),
        _("Give the id of the WhatsApp Business account (WhatsApp Manager shows it)."),
        ask="waba_id",
    ),
    "not_seen": Why(
        _("Meta knows no such object, or does not show it to this token."),
        _("Check the ids, and that the WhatsApp account is among the assets of the system user."),
        ask="token",
    ),
    "no_number": Why(
        _("The WhatsApp account has no number."),
        _("Add one in WhatsApp Manager, Phone numbers, then repeat."),
    ),
    "number_to_choose": Why(
        _("The account has several numbers."), _("Choose the one to connect."), ask="number"
    ),
    "number_of_another_account": Why(
        _("The number does not belong to this WhatsApp account."),
        _("Choose one of its numbers."),
        ask="number",
    ),
    "number_elsewhere": Why(
        _("This number is connected to another company of this installation."),
        _("A number belongs to one company: disconnect it there first."),
    ),
    "verify_first": Why(
        _("Meta has not verified the number."),
        _("WhatsApp Manager, Phone numbers: ask for the code by SMS or call; then repeat."),
    ),
    "pin_missing": Why(
        _("The number is to be registered, and for that its PIN is needed."),
        _(
            "The six digits of the two-step verification. A number that has none takes "
            "these: keep them safe."
        ),
        ask="pin",
    ),
    "pin_wrong": Why(
        _("This is not the number's PIN."),
        _("Try another one. Forgotten: WhatsApp Manager, Phone numbers, Two-step verification."),
        ask="pin",
    ),
    "pin_wait": Why(
        _("Too many wrong PINs: Meta wants a pause."), _("Repeat in an hour."), ask="pin"
    ),
    "register_limit": Why(
        _("Meta registers a number ten times in three days at most."),
        _("Repeat once three days have passed."),
    ),
    "register_again": Why(
        _("Meta's registration failed on Meta's side."), _("Repeat in a few minutes.")
    ),
    "wait_minutes": Why(_("Meta is still busy with this number."), _("Repeat in five minutes.")),
    "webhook_unreachable": Why(
        _("Meta called this address, and got no proper answer."),
        _("Check that it can be reached from outside by https, then repeat."),
    ),
    "callback_not_public": Why(
        _("Meta calls only public https addresses."),
        _("Who installed Sportello sets SPORTELLO_PUBLIC_URL."),
    ),
    "webhook_elsewhere": Why(
        _("Meta calls another address."), _("Repeat: the address is set again.")
    ),
    "not_subscribed": Why(
        _("Meta says that our app has no webhooks of this account."), _("Repeat.")
    ),
    "account_locked": Why(
        _("Meta has blocked this account."),
        _("Nothing can be done here until Meta lifts the block: see the number's page."),
    ),
    "no_file": Why(_("The photo is not there any more."), _("Choose it once more.")),
    "no_app": Why(
        _("It is not known which app takes the photo."), _("Reconnect the number, then repeat.")
    ),
    "unreachable": Why(
        _("Meta could not be reached."), _("It is tried again by itself; or repeat now.")
    ),
    "not_meta": Why(
        _("Something between here and Meta answered in its place: a proxy, a firewall."),
        _("Whoever runs this machine looks at its network, then repeat."),
    ),
    "in_doubt": Why(
        _("Meta's answer got lost."),
        _("It is tried again by itself; repeating does no harm."),
    ),
    "unasked": Why(
        _("Something that was given is no id of Meta's."), _("Check the ids and begin again.")
    ),
    "meta": Why(_("Meta refused."), _("Read what Meta says, then repeat.")),
}

NOT_NOW: Final[dict[str, Promise]] = {
    "going_on": _("Something is already going on with this number: wait for its end."),
    "blocked": _("Meta has blocked this number: first Meta must lift the block."),
    "stopped": _(
        "Sending is stopped since Meta's block: let it go on first, on the number's page."
    ),
    "not_paused": _("Sending is not stopped."),
    "over": _("This is over already."),
    "too_many": _("Too many connections are open: finish or give up one of them."),
}

CODE_OR_TOKEN: Final = _("Give either the dialogue's code or a token.")
WRONG_SITE: Final = _("This is no web address.")
WRONG_VERTICAL: Final = _("Meta knows no such category.")
