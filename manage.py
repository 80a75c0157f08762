"""Django's own commands, for developers: `python manage.py makemigrations`."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sportello.ops.django_settings")
execute_from_command_line(sys.argv)
