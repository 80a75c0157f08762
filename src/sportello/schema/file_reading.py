"""Who puts into words what customers send as files."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from sportello.schema.team import Workspace


class Reading(models.TextChoices):
    """Whether a file is put into words: not at all, still to be, done, or given up."""

    UNWANTED = ""
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class FileReading(models.Model):
    """A company's choice; pictures are described by a model that `sees` (`LanguageModel`)."""

    workspace = models.OneToOneField(Workspace, models.CASCADE, primary_key=True)
    # Their text is read by a parser of ours.
    documents = models.BooleanField(default=False, db_default=False)
    # Voice notes are written down by a server that speaks OpenAI's protocol for transcriptions.
    voice = models.BooleanField(default=False, db_default=False)
    voice_url = models.CharField(max_length=500, default="", db_default="", blank=True)
    voice_model = models.CharField(max_length=120, default="", db_default="", blank=True)
    # What a person sees of the key.
    voice_key_last4 = models.CharField(max_length=4, default="", db_default="", blank=True)
    # Millionths of the currency for a minute.
    voice_minute_micros = models.BigIntegerField(default=0, db_default=0)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(voice=False) | (~Q(voice_url="") & ~Q(voice_model="")),
                name="filereading_voice_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(voice_minute_micros__gte=0), name="filereading_price_not_negative"
            ),
        ]


class VoiceKey(models.Model):
    """That server's key, encrypted (store/vault.py). The console writes it and may not read it."""

    workspace = models.OneToOneField(Workspace, models.CASCADE)
    sealed = models.BinaryField()
