"""Gathers the tables where Django looks for them; each is defined in a room beside this file."""

from sportello.schema.channel import JournalEntry, Number, PlatformEvent, Quarantined, Token
from sportello.schema.inbox import Attempt, Conversation, Media, Message, OrphanStatus, Send
from sportello.schema.library import (
    LexemeCount,
    LibraryStats,
    Pair,
    Passage,
    Posting,
    Trial,
    Vector,
)
from sportello.schema.people import ConsentEvent, Contact
from sportello.schema.team import ApiKey, IdempotentReply, LoginLink, Membership, User, Workspace

__all__ = [
    "ApiKey",
    "Attempt",
    "ConsentEvent",
    "Contact",
    "Conversation",
    "IdempotentReply",
    "JournalEntry",
    "LexemeCount",
    "LibraryStats",
    "LoginLink",
    "Media",
    "Membership",
    "Message",
    "Number",
    "OrphanStatus",
    "Pair",
    "Passage",
    "PlatformEvent",
    "Posting",
    "Quarantined",
    "Send",
    "Token",
    "Trial",
    "User",
    "Vector",
    "Workspace",
]
