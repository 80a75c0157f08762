"""The product hears every golden webhook as what it is."""

import re

import pytest

from sportello.rules.retry import known
from sportello.rules.status import State
from sportello.rules.window import Entry
from sportello.whatsapp import contents
from sportello.whatsapp.events import (
    AccountError,
    AccountEvent,
    InboundMessage,
    StatusEvent,
    TemplateEvent,
    UserPreference,
)
from sportello.whatsapp.inbound import decode
from tests.wire.golden import WIRE, names, read

MESSAGES = {
    "audio_file": contents.Media,
    "audio_voice": contents.Media,
    "burst_of_three": contents.Text,
    "button": contents.Button,
    "contacts": contents.Contacts,
    "contacts_requested": contents.Contacts,
    "document": contents.Media,
    "edit": contents.Edit,
    "edit_caption": contents.Edit,
    "image": contents.Media,
    "interactive_button_reply": contents.Choice,
    "interactive_call_permission_reply": contents.CallPermission,
    "interactive_list_reply": contents.Choice,
    "interactive_nfm_address": contents.Flow,
    "interactive_nfm_reply": contents.Flow,
    "location": contents.Location,
    "location_bare": contents.Location,
    "media_too_large": contents.Unsupported,
    "order": contents.Order,
    "reaction": contents.Reaction,
    "reaction_removed": contents.Reaction,
    "revoke": contents.Revoke,
    "sticker_animated": contents.Media,
    "system_customer_identity_changed": contents.System,
    "system_user_changed_number": contents.System,
    "system_user_changed_user_id": contents.System,
    "text": contents.Text,
    "text_forwarded": contents.Text,
    "text_frequently_forwarded": contents.Text,
    "text_group": contents.Text,
    "text_referral_ad": contents.Text,
    "text_referral_post": contents.Text,
    "text_referred_product": contents.Text,
    "text_reply": contents.Text,
    "text_user_id_only": contents.Text,
    "text_username_and_number": contents.Text,
    "unsupported": contents.Unsupported,
    "unsupported_companion": contents.Unsupported,
    "unsupported_poll": contents.Unsupported,
    "video": contents.Media,
}


def events(folder, name):
    return decode((WIRE / "webhooks" / folder / f"{name}.json").read_bytes())


def message(name):
    event = events("messages", name)[0]
    assert isinstance(event, InboundMessage)
    return event


def test_no_golden_message_is_forgotten_here():
    assert names("webhooks/messages") == set(MESSAGES) | {"errors_of_the_account"}


@pytest.mark.parametrize("name", sorted(MESSAGES))
def test_a_message_is_heard_as_its_kind(name):
    (change,) = read("webhooks/messages", name)["entry"][0]["changes"]
    heard = events("messages", name)
    assert [event.raw for event in heard] == change["value"]["messages"]
    assert {type(event.content) for event in heard} == {MESSAGES[name]}
    assert {event.phone_number_id for event in heard} == {"200000000000001"}


def test_an_error_of_the_account_is_heard():
    (event,) = events("messages", "errors_of_the_account")
    assert isinstance(event, AccountError)
    assert event.error.code == 131035


def test_a_media_says_what_it_is_and_where_to_get_it():
    voice = message("audio_voice").content
    assert (voice.kind, voice.voice, voice.mime_type) == ("audio", True, "audio/ogg; codecs=opus")
    document = message("document").content
    assert (document.filename, document.caption) == ("ricevuta.pdf", "La ricevuta")
    assert document.id
    assert document.url.startswith("https://lookaside.fbsbx.com/")
    assert message("sticker_animated").content.animated


def test_what_is_tapped_says_which_and_to_what():
    button = message("button")
    assert (button.content.payload, button.content.text) == ("CONFERMO", "Confermo")
    assert button.context.id.startswith("wamid.")
    assert message("interactive_button_reply").content == contents.Choice(
        "si", "Sì, grazie", kind="button_reply"
    )
    row = message("interactive_list_reply").content
    assert (row.id, row.description) == ("spedizione", "Dove si trova il pacco")
    assert '"giorno"' in message("interactive_nfm_reply").content.response_json
    assert message("interactive_call_permission_reply").content.response == "accept"


def test_an_edit_says_what_it_says_now():
    edit = message("edit").content
    assert edit.original_message_id.startswith("wamid.")
    assert contents.words(edit) == "Quando arriva il mio ordine A124?"
    assert contents.words(message("edit_caption").content) == "È arrivato rotto ieri"


def test_a_reaction_can_be_taken_away():
    assert message("reaction").content.emoji == "👍"
    assert message("reaction_removed").content.emoji == ""


def test_the_changes_of_a_customer_are_heard():
    moved = message("system_user_changed_number")
    assert (moved.person.wa_id, moved.content.wa_id) == ("393331234567", "393339876543")
    renamed = message("system_user_changed_user_id").content
    assert renamed.user_id != renamed.previous_user_id != ""


def test_a_customer_may_have_no_number():
    person = message("text_user_id_only").person
    assert (person.wa_id, person.user_id) == (None, "IT.10000000000000000002")
    assert (person.name, person.username) == ("Bea", "bea.v")


def test_the_company_of_a_message_is_kept():
    assert message("text_forwarded").context.forwarded
    assert message("text_frequently_forwarded").context.frequently_forwarded
    assert message("text_referred_product").context.referred_product["product_retailer_id"]
    assert message("text_group").group_id
    assert message("text_referral_ad").referral.ctwa_clid
    assert message("text_referral_ad").entry is Entry.AD
    assert message("text_referral_post").entry is Entry.AD
    assert message("text").entry is Entry.DIRECT


def test_what_meta_does_not_support_says_why():
    poll = message("unsupported_poll")
    assert poll.content == contents.Unsupported("poll", "Message type unknown")
    assert poll.errors[0].code == 131051
    assert message("unsupported_companion").errors[0].code == 131060


@pytest.mark.parametrize("name", sorted(names("webhooks/statuses")))
def test_a_status_is_heard_as_its_word(name):
    heard = events("statuses", name)
    assert heard
    for event in heard:
        assert isinstance(event, StatusEvent)
        assert event.state is State(event.status)
        assert event.wamid.startswith("wamid.")
        if name != "batch_out_of_order":
            assert name.startswith(event.status)


@pytest.mark.parametrize(
    "name", sorted(name for name in names("webhooks/statuses") if name.startswith("failed"))
)
def test_a_failure_names_a_code_of_the_table(name):
    (event,) = events("statuses", name)
    (error,) = event.errors
    assert known(error.code) is not None
    assert error.details
    if found := re.search(r"\d+", name):
        assert error.code == int(found[0])


def test_a_status_says_what_it_costs_and_to_whom_it_went():
    (sent,) = events("statuses", "sent")
    assert sent.pricing == {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": "utility",
    }
    assert sent.attempt == "9d1e7c3a-0b5e-4f7e-9a51-1f2e3d4c5b6a"
    assert sent.recipient.name == "Anna Bianchi"
    (without,) = events("statuses", "delivered_without_pricing")
    assert without.pricing is None
    (older,) = events("statuses", "sent_v23_conversation")
    assert older.conversation["origin"] == {"type": "utility"}
    (group,) = events("statuses", "delivered_group")
    assert group.group_id
    assert group.recipient.wa_id == "393331234567"
    (bare,) = events("statuses", "sent_user_id_only")
    assert (bare.recipient.wa_id, bare.recipient.user_id) == (None, "IT.10000000000000000002")
    (uncalled,) = events("statuses", "failed_without_callback")
    assert uncalled.attempt == ""


@pytest.mark.parametrize("name", sorted(names("webhooks/fields")))
def test_any_other_field_is_heard_and_kept_whole(name):
    body = read("webhooks/fields", name)
    (change,) = body["entry"][0]["changes"]
    (event,) = events("fields", name)
    assert event.waba_id == "100000000000001"
    match event:
        case TemplateEvent():
            assert name.startswith("template_")
            assert (event.field, event.value) == (change["field"], change["value"])
            assert (event.template_id, event.name) == ("300000000000001", "promemoria_v1")
            assert event.language in {"it", "en_US"}
            assert event.at is not None
        case UserPreference():
            assert name.startswith("user_preferences_")
            assert event.category == "marketing_messages"
            assert event.value == change["value"]["user_preferences"][0]["value"]
        case _:
            assert isinstance(event, AccountEvent)
            assert not name.startswith(("template_", "user_preferences_"))
            assert (event.field, event.value) == (change["field"], change["value"])


def test_every_template_event_that_has_an_event_says_it():
    assert events("fields", "template_rejected")[0].event == "REJECTED"
    assert events("fields", "template_quality")[0].event == ""
