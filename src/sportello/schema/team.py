"""Companies, their people, and the keys that open the door."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Least, Lower, Now
from django.utils.crypto import salted_hmac

from sportello.schema.fields import one_of


class Workspace(models.Model):
    """One company. Its rows carry its id and lie behind row-level security."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    language = models.CharField(max_length=8, default="it", db_default="it")
    time_zone = models.CharField(max_length=64, default="Europe/Rome", db_default="Europe/Rome")
    country = models.CharField(max_length=2, default="IT", db_default="IT")
    created_at = models.DateTimeField(db_default=Now())
    # Since when every event of a conversation is kept (schema/events.py).
    counted_since = models.DateTimeField(db_default=Now())
    # Policy, stricter than Meta's rules: an administrator may relax it, and is told the risk.
    one_template_until_they_answer = models.BooleanField(default=True, db_default=True)
    # When its people are there: {"days": {"0": [["09:00", "13:00"], …]}, "holidays": [days of its
    # own]}; null: nobody has said. The assistant, the shared queue, the analytics and new
    # campaigns read it (`rules.opening`).
    opening = models.JSONField(null=True, blank=True)
    # The public holidays of Italy count as days on which nobody is there.
    shut_on_holidays = models.BooleanField(default=True, db_default=True)
    # What starts by itself waits between these hours of the company's day; both or neither.
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    # A calendar month's ceiling for what we write first, in millionths; null: none.
    monthly_budget_micros = models.BigIntegerField(null=True, blank=True)
    # When a campaign's brake acts: shares of what was sent (`rules.brake.Thresholds`).
    brake_failures = models.FloatField(default=0.10, db_default=0.10)
    brake_stops = models.FloatField(default=0.02, db_default=0.02)
    brake_marketing_cap = models.FloatField(default=0.30, db_default=0.30)
    brake_sample_min = models.PositiveIntegerField(default=50, db_default=50)
    # How many go first in a new campaign; null: none do.
    canary = models.PositiveIntegerField(null=True, blank=True, default=50, db_default=50)
    # How many promotions a person gets in so many days over all campaigns; null: any.
    promotions_max = models.PositiveSmallIntegerField(
        null=True, blank=True, default=3, db_default=3
    )
    promotions_days = models.PositiveSmallIntegerField(default=7, db_default=7)
    # The assistant's conduct. The bands were chosen by cross-validation (assistant/lessons.py); the
    # rest of the defaults `reference/answering.md` section 6 measured.
    assistant_on = models.BooleanField(default=True, db_default=True)
    debounce_ms = models.PositiveIntegerField(default=2500, db_default=2500)
    debounce_ms_max = models.PositiveIntegerField(default=10000, db_default=10000)
    # `rules.daring` says why, and what each means.
    answer_from = models.FloatField(default=0.5, db_default=0.5)
    clarify_from = models.FloatField(default=0.20, db_default=0.20)
    assistant_name = models.CharField(max_length=60, default="", db_default="", blank=True)
    signature = models.CharField(max_length=120, default="", db_default="", blank=True)
    release_after_minutes = models.PositiveIntegerField(null=True, blank=True)
    # Who has no second factor is led to set one up, and gets no further.
    second_factor_required = models.BooleanField(default=False, db_default=False)
    # How long the audit log is kept.
    audit_days = models.PositiveIntegerField(default=730, db_default=730)
    # For so long a person's message waits in the outbox and can be taken back; 0: not at all.
    undo_seconds = models.PositiveSmallIntegerField(default=5, db_default=5)
    # Who waits for a person is given to the operators at the desk, in turn.
    shares_queue = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(undo_seconds__lte=10), name="workspace_undo_bounded"
            ),
            models.CheckConstraint(
                condition=Q(debounce_ms__lte=30000) & Q(debounce_ms_max__lte=60000),
                name="workspace_debounce_bounded",
            ),
            models.CheckConstraint(
                condition=Q(clarify_from__gte=0)
                & Q(answer_from__lte=1)
                & Q(clarify_from__lte=models.F("answer_from")),
                name="workspace_bands_in_order",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="workspace_quiet_hours_whole",
            ),
            models.CheckConstraint(
                condition=Q(monthly_budget_micros__isnull=True) | Q(monthly_budget_micros__gte=0),
                name="workspace_budget_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(brake_failures__gte=0, brake_failures__lte=1)
                & Q(brake_stops__gte=0, brake_stops__lte=1)
                & Q(brake_marketing_cap__gte=0, brake_marketing_cap__lte=1)
                & Q(brake_sample_min__gte=1),
                name="workspace_brake_in_shares",
            ),
            models.CheckConstraint(
                condition=(Q(canary__isnull=True) | Q(canary__gte=1))
                & (Q(promotions_max__isnull=True) | Q(promotions_max__gte=1))
                & Q(promotions_days__gte=1, promotions_days__lte=90),
                name="workspace_restraint_possible",
            ),
            models.CheckConstraint(
                condition=Q(audit_days__gte=30, audit_days__lte=3650),
                name="workspace_audit_days_bounded",
            ),
        ]


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person of a company. Signs in by e-mail address; may belong to several workspaces."""

    email = models.EmailField()
    name = models.CharField(max_length=120, default="", db_default="", blank=True)
    language = models.CharField(max_length=8, default="it", db_default="it")
    theme = models.CharField(max_length=8, default="auto", db_default="auto")
    is_active = models.BooleanField(default=True, db_default=True)
    # Sees what belongs to no workspace: quarantined events of unknown numbers.
    is_installer = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    # Grows to end every session: part of what each session is checked against.
    session_epoch = models.PositiveIntegerField(default=0, db_default=0)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Django's own covers the password; a new role or second factor ends sessions as well."""
        salt = "sportello.session"
        text = f"{self.password}:{self.session_epoch}"
        made: str = salted_hmac(salt, text, secret=secret, algorithm="sha256").hexdigest()
        return made


class Role(models.TextChoices):
    OWNER = "owner"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    READER = "reader"


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)
    role = models.CharField(
        max_length=16, choices=Role.choices, default=Role.OPERATOR, db_default=Role.OPERATOR
    )
    created_at = models.DateTimeField(db_default=Now())
    # Since when the person rests: may not enter, and is offered nothing.
    deactivated_at = models.DateTimeField(null=True, blank=True)
    # The first steps on the home page: what was done since then counts; and when they were put
    # away.
    guided_since = models.DateTimeField(db_default=Now())
    guide_dismissed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "workspace"], name="membership_once"),
            models.UniqueConstraint(fields=["workspace", "id"], name="membership_workspace_id"),
            one_of("membership", "role", Role),
        ]


class Invitation(models.Model):
    """A link that makes somebody a member, once. Only the SHA-256 of its secret is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    email = models.EmailField()
    role = models.CharField(
        max_length=16, choices=Role.choices, default=Role.OPERATOR, db_default=Role.OPERATOR
    )
    secret_sha256 = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            one_of("invitation", "role", Role),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_ends_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "email"], name="invitation_whom")]


class LoginLink(models.Model):
    """A sign-in link that works once. Only the SHA-256 of its secret is kept."""

    user = models.ForeignKey(User, models.CASCADE)
    secret_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # PostgreSQL's least() looks past nulls: it is when the link stopped to open anything.
        indexes: ClassVar = [models.Index(Least("expires_at", "used_at"), name="loginlink_age")]


class ApiKey(models.Model):
    """A key of the outward API, `sk_<prefix>_<secret>`. Only the SHA-256 of the whole is kept."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=16, unique=True)
    key_sha256 = models.CharField(max_length=64)
    # What the key may do, as a person of that role.
    role = models.CharField(
        max_length=16,
        choices=Role.choices,
        default=Role.ADMINISTRATOR,
        db_default=Role.ADMINISTRATOR,
    )
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [one_of("apikey", "role", Role)]


class IdempotentReply(models.Model):
    """What the API answered to an `Idempotency-Key`, so that a repeated write answers the same."""

    workspace = models.ForeignKey(Workspace, models.CASCADE)
    key = models.CharField(max_length=200)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="idempotentreply_once")
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotentreply_age")]
