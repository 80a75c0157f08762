"""A segment's condition in SQL, for whoever counts, shows or plans: text with places, parameters.

The condition speaks of the rows of `sportello_contact` under that very name. Nothing that a person
typed enters the text. Each test is true or false, never unknown, so that `not` means what it says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from sportello.rules.consent import Change, Standing, Topic
from sportello.rules.segment import (
    Age,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Consents,
    Contacted,
    Country,
    Did,
    Labelled,
    Language,
    Not,
    OnList,
    Property,
    Received,
    Timeless,
    Unreachable,
    Wrote,
)


@dataclass(frozen=True, slots=True)
class Where:
    """A condition: `%s` in `sql` for each of `parameters`, in their order."""

    sql: str
    parameters: tuple[object, ...] = ()


def where(condition: Condition, now: datetime) -> Where:
    """`now` is what days are counted from."""
    match condition:
        case AllOf(parts):
            return _joined([where(part, now) for part in parts], " AND ", "true")
        case AnyOf(parts):
            return _joined([where(part, now) for part in parts], " OR ", "false")
        case Not(part):
            inner = where(part, now)
            return Where(f"NOT {inner.sql}", inner.parameters)
        case Wrote(age, days):
            return _aged(_WROTE, "c.last_inbound_at", age, now - timedelta(days=days))
        case Contacted(age, days):
            return _aged(_CONTACTED, "m.at", age, now - timedelta(days=days))
        case _:
            return _timeless(condition)


def _timeless(test: Timeless) -> Where:
    match test:
        case Property():
            return _property(test)
        case OnList(list_id):
            return Where(_ON_LIST, (list_id,))
        case Labelled(label_id):
            return Where(_LABELLED, (label_id,))
        case Consents(topic, standing):
            return _consents(topic, standing)
        case Country() as country:
            return Where(_COUNTRY, (country.prefix,))
        case Language(code):
            return Where("(sportello_contact.language = %s::text)", (code,))
        case Received(campaign_id, did):
            return Where(_RECEIVED, (campaign_id, list(_STATES[did])))
        case Unreachable():
            return Where("(sportello_contact.unreachable_since IS NOT NULL)")
        case _:
            assert_never(test)


def _joined(parts: list[Where], word: str, empty: str) -> Where:
    if not parts:
        return Where(f"({empty})")
    sql = word.join(part.sql for part in parts)
    return Where(f"({sql})", tuple(one for part in parts for one in part.parameters))


def _property(test: Property) -> Where:
    form = _PROPERTIES[test.compare]
    places = (test.name,) if test.value == "" else (test.name, test.value)
    return Where(f"(coalesce({form}, false))", places)


def _aged(exists: str, column: str, age: Age, since: datetime) -> Where:
    """`exists` with a place for what the rows must meet."""
    ever = exists.format(f"{column} IS NOT NULL")
    newer = exists.format(f"{column} >= %s::timestamptz")
    match age:
        case Age.WITHIN:
            return Where(f"({newer})", (since,))
        case Age.LONGER:
            return Where(f"({ever} AND NOT {newer})", (since,))
        case Age.NEVER:
            return Where(f"(NOT {ever})")
        case _:
            assert_never(age)


def _consents(topic: Topic, standing: Standing) -> Where:
    """By the newest line; of two at one instant the taking counts, as in `rules.consent`."""
    if standing is Standing.NONE:
        return Where(f"(NOT {_LEDGER}))", (topic.value,))
    change = Change.GRANT if standing is Standing.GRANTED else Change.WITHDRAW
    return Where(f"({_LEDGER} {_NEWEST}))", (topic.value, change.value))


_VALUE: Final = "sportello_contact.properties ->> %s::text"
_PROPERTIES: Final = {
    Compare.IS: f"lower({_VALUE}) = lower(%s::text)",
    Compare.IS_NOT: f"lower({_VALUE}) <> lower(%s::text)",
    Compare.CONTAINS: f"strpos(lower({_VALUE}), lower(%s::text)) > 0",
    Compare.STARTS: f"starts_with(lower({_VALUE}), lower(%s::text))",
    Compare.KNOWN: f"({_VALUE}) <> ''",
    Compare.UNKNOWN: f"coalesce({_VALUE}, '') = ''",
    Compare.ABOVE: f"sportello_number_of({_VALUE}) > %s::numeric",
    Compare.BELOW: f"sportello_number_of({_VALUE}) < %s::numeric",
    Compare.AFTER: f"sportello_date_of({_VALUE}) > %s::date",
    Compare.BEFORE: f"sportello_date_of({_VALUE}) < %s::date",
}
_ON_LIST: Final = (
    "(EXISTS (SELECT FROM sportello_listmember AS l"
    " WHERE l.list_id = %s::bigint AND l.contact_id = sportello_contact.id))"
)
_LABELLED: Final = (
    "(EXISTS (SELECT FROM sportello_conversation AS c"
    " JOIN sportello_labelling AS l ON l.conversation_id = c.id"
    " JOIN sportello_label AS b ON b.id = l.label_id AND b.deleted_at IS NULL"
    " WHERE c.contact_id = sportello_contact.id AND l.label_id = %s::bigint))"
)
_WROTE: Final = (
    "EXISTS (SELECT FROM sportello_conversation AS c"
    " WHERE c.contact_id = sportello_contact.id AND {})"
)
# What failed, was refused or still waits has not reached out to anybody.
_CONTACTED: Final = (
    "EXISTS (SELECT FROM sportello_conversation AS c"
    " JOIN sportello_message AS m ON m.conversation_id = c.id"
    " WHERE c.contact_id = sportello_contact.id AND {}"
    " AND m.status IN ('accepted', 'sent', 'delivered', 'read', 'played'))"
)
_LEDGER: Final = (
    "EXISTS (SELECT FROM sportello_consentevent AS e"
    " WHERE e.contact_id = sportello_contact.id AND e.category = %s::text"
)
_NEWEST: Final = (
    "AND e.action = %s::text AND NOT EXISTS (SELECT FROM sportello_consentevent AS n"
    " WHERE n.contact_id = e.contact_id AND n.category = e.category"
    " AND (n.at > e.at OR (n.at = e.at AND n.action > e.action)))"
)
_COUNTRY: Final = "(coalesce(starts_with(sportello_contact.wa_id, %s::text), false))"
_RECEIVED: Final = (
    "(EXISTS (SELECT FROM sportello_recipient AS r"
    " JOIN sportello_message AS m ON m.id = r.message_id"
    " WHERE r.contact_id = sportello_contact.id AND r.campaign_id = %s::bigint"
    " AND m.status = ANY(%s::text[])))"
)
_STATES: Final = {
    Did.RECEIVED: ("accepted", "sent", "delivered", "read", "played"),
    Did.READ: ("read", "played"),
}
