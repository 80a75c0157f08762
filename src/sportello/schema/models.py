"""Gathers the tables where Django looks for them; each is defined in a room beside this file."""

from sportello.schema.actions import Action, ActionRun, ActionSecret
from sportello.schema.assistant import (
    Conduct,
    EvalRun,
    LanguageModel,
    ModelBudget,
    ModelCall,
    ModelKey,
    Proposal,
    QuestionSet,
    SetQuestion,
    Turn,
)
from sportello.schema.audit import AuditEntry
from sportello.schema.automations import Automation
from sportello.schema.campaigns import Campaign, Enclosure, Recipient, Tap
from sportello.schema.channel import JournalEntry, Number, PlatformEvent, Quarantined, Token
from sportello.schema.compose import CannedReply, Draft, Presence
from sportello.schema.connections import (
    AppSecret,
    Connection,
    ConnectionSecret,
    ConnectionStep,
    NumberChange,
    Unblocking,
)
from sportello.schema.desk import Attendance, Folder, Label, Labelling, Reminder, Sweep, Swept
from sportello.schema.doctor import Examination, Repetition
from sportello.schema.erasure import Erasure, Suppression, SuppressionKey
from sportello.schema.events import ConversationEvent, EventMark, EventTally
from sportello.schema.file_reading import FileReading, VoiceKey
from sportello.schema.files import File, Upload
from sportello.schema.followups import Errand, Followup
from sportello.schema.gists import Gist
from sportello.schema.imports import (
    ContactImport,
    ImportFlaw,
    ImportPart,
    ImportSeen,
)
from sportello.schema.inbox import Conversation, Media, Message
from sportello.schema.library import (
    Document,
    LexemeCount,
    LibraryStats,
    Pair,
    Passage,
    Posting,
    Site,
    Trial,
    Vector,
)
from sportello.schema.money import Charge, Prefix, Rate, RateCard
from sportello.schema.notices import Notice, NoticeWish, PushPlace
from sportello.schema.orphans import OrphanStatus
from sportello.schema.outgoing import Delivery, Endpoint, EndpointSecret, News
from sportello.schema.people import ConsentEvent, Contact, ContactList, ListMember
from sportello.schema.properties import PropertyName
from sportello.schema.recaps import Recap
from sportello.schema.rehearsal import Correction, Fitting, Rehearsal
from sportello.schema.retention import Retention, RetentionRun
from sportello.schema.segments import Segment
from sportello.schema.sends import Attempt, Send
from sportello.schema.sign_in import Identity, IdentityProvider
from sportello.schema.team import (
    ApiKey,
    IdempotentReply,
    Invitation,
    LoginLink,
    Membership,
    User,
    Workspace,
)
from sportello.schema.templates import Template, TemplateChange, TemplateDraft, TemplateEdit

__all__ = [
    "Action",
    "ActionRun",
    "ActionSecret",
    "ApiKey",
    "AppSecret",
    "Attempt",
    "Attendance",
    "AuditEntry",
    "Automation",
    "Campaign",
    "CannedReply",
    "Charge",
    "Conduct",
    "Connection",
    "ConnectionSecret",
    "ConnectionStep",
    "ConsentEvent",
    "Contact",
    "ContactImport",
    "ContactList",
    "Conversation",
    "ConversationEvent",
    "Correction",
    "Delivery",
    "Document",
    "Draft",
    "Enclosure",
    "Endpoint",
    "EndpointSecret",
    "Erasure",
    "Errand",
    "EvalRun",
    "EventMark",
    "EventTally",
    "Examination",
    "File",
    "FileReading",
    "Fitting",
    "Folder",
    "Followup",
    "Gist",
    "IdempotentReply",
    "Identity",
    "IdentityProvider",
    "ImportFlaw",
    "ImportPart",
    "ImportSeen",
    "Invitation",
    "JournalEntry",
    "Label",
    "Labelling",
    "LanguageModel",
    "LexemeCount",
    "LibraryStats",
    "ListMember",
    "LoginLink",
    "Media",
    "Membership",
    "Message",
    "ModelBudget",
    "ModelCall",
    "ModelKey",
    "News",
    "Notice",
    "NoticeWish",
    "Number",
    "NumberChange",
    "OrphanStatus",
    "Pair",
    "Passage",
    "PlatformEvent",
    "Posting",
    "Prefix",
    "Presence",
    "PropertyName",
    "Proposal",
    "PushPlace",
    "Quarantined",
    "QuestionSet",
    "Rate",
    "RateCard",
    "Recap",
    "Recipient",
    "Rehearsal",
    "Reminder",
    "Repetition",
    "Retention",
    "RetentionRun",
    "Segment",
    "Send",
    "SetQuestion",
    "Site",
    "Suppression",
    "SuppressionKey",
    "Sweep",
    "Swept",
    "Tap",
    "Template",
    "TemplateChange",
    "TemplateDraft",
    "TemplateEdit",
    "Token",
    "Trial",
    "Turn",
    "Unblocking",
    "Upload",
    "User",
    "Vector",
    "VoiceKey",
    "Workspace",
]
