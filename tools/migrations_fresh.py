"""Fails when a model differs from its migrations. Needs no database."""

import os
import sys
import warnings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sportello.ops.django_settings")
os.environ.setdefault("SPORTELLO_SECRET_KEY", "only-for-this-check-" + "0" * 32)

import django
from django.core.management import call_command

warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
django.setup()
try:
    call_command("makemigrations", "--check", "--dry-run", skip_checks=True)
except SystemExit as end:
    sys.exit(end.code)
