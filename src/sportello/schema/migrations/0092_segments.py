"""Segments, and what their conditions are computed with."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from sportello.schema.security import guard_rows

# What a company notes of a contact is text. Nothing that stands there makes these fail: what is
# no number and no date of the calendar is null.
_READERS = r"""
CREATE FUNCTION sportello_number_of(given text) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN given ~ '^\s*-?[0-9]{1,15}([.,][0-9]{1,6})?\s*$'
           THEN replace(btrim(given), ',', '.')::numeric END
$$;

CREATE FUNCTION sportello_date_of(given text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN y BETWEEN 1900 AND 2999 AND m BETWEEN 1 AND 12 AND d BETWEEN 1 AND 31 THEN
        CASE WHEN d <= date_part('day', make_date(y, m, 1) + interval '1 month - 1 day')
        THEN make_date(y, m, d) END
    END
    FROM (
        SELECT CASE WHEN iso THEN f[1] ELSE f[3] END::int AS y, f[2]::int AS m,
               CASE WHEN iso THEN f[3] ELSE f[1] END::int AS d
        FROM (
            SELECT given ~ '^\s*[0-9]{4}-' AS iso,
                   coalesce(regexp_match(given, '^\s*([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])'),
                            regexp_match(given, '^\s*([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})(?![0-9])')) AS f
        ) AS read
    ) AS parts
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0080_campaigns'),
    ]

    operations = [
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('condition', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('name'), name='segment_name_once'),
        ),
        migrations.AddConstraint(
            model_name='segment',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='segment_workspace_id'),
        ),
        migrations.RunSQL(guard_rows("sportello_segment")),
        migrations.RunSQL(_READERS),
    ]
