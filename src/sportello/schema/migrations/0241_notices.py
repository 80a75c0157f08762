"""What people are told at the desk: wishes, notices and browsers; triggers write the notices."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from sportello.schema.audit import audit
from sportello.schema.security import guard_rows

# `whom`: that person alone; `by`: who did it, and knows. Readers have nothing to do there, unless
# somebody calls them by name.
_TELL = r"""
CREATE FUNCTION sportello_notice(
    company bigint, told text, whom bigint, by bigint, chat bigint, thing bigint,
    closes timestamptz, happened timestamptz
) RETURNS bigint LANGUAGE sql AS $$
    WITH written AS (
        INSERT INTO sportello_notice
            (workspace_id, user_id, kind, conversation_id, thing_id, closes_at, at)
        SELECT company, m.user_id, told, chat, thing, closes,
               coalesce(happened, statement_timestamp())
        FROM sportello_membership AS m
        LEFT JOIN sportello_noticewish AS w
            ON w.workspace_id = m.workspace_id AND w.user_id = m.user_id
        WHERE m.workspace_id = company AND m.deactivated_at IS NULL
          AND (w.id IS NULL OR told = ANY (w.events))
          AND (whom IS NULL OR m.user_id = whom) AND m.user_id IS DISTINCT FROM by
          AND (m.role <> 'reader' OR told = 'mentioned')
        RETURNING id
    )
    SELECT count(*) FROM written
$$;

CREATE FUNCTION sportello_notice_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sportello_notice(
        NEW.workspace_id, CASE NEW.kind WHEN 'taken' THEN 'assigned' ELSE NEW.kind END,
        CASE NEW.kind WHEN 'taken' THEN c.operator_id END,
        -- Who is given a chat by a program or by turns has not done it themselves.
        nullif(current_setting('sportello.user', true), '')::bigint, c.id, NULL, NULL, NEW.at)
    FROM sportello_conversation AS c
    WHERE c.id = NEW.conversation_id AND (NEW.kind <> 'taken' OR c.operator_id IS NOT NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_notice_mention() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sportello_notice(
        NEW.workspace_id, 'mentioned', u.id, NEW.author_id, NEW.conversation_id, NULL, NULL, NEW.at)
    FROM sportello_membership AS m JOIN sportello_user AS u ON u.id = m.user_id
    WHERE m.workspace_id = NEW.workspace_id AND m.deactivated_at IS NULL AND u.name <> ''
      AND lower(NEW.text) ~ (
          '@(' || regexp_replace(lower(u.name), '([^[:alnum:] ])', '\\\1', 'g') || '|'
          || regexp_replace(lower(split_part(u.name, ' ', 1)), '([^[:alnum:] ])', '\\\1', 'g')
          || ')([^[:alnum:]]|$)');
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_notice_braked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sportello_notice(NEW.workspace_id, 'braked', NULL, NULL, NULL, NEW.id, NULL, NULL);
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_notice_blocked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM sportello_notice(
        NEW.workspace_id, 'blocked', NULL, NULL, NULL, NEW.id, NULL, NEW.paused_at);
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_notice_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sportello_notices', '');
    PERFORM pg_notify('sportello_live', NEW.workspace_id || ':notice:' || NEW.user_id);
    RETURN NULL;
END $$;

CREATE TRIGGER notice AFTER INSERT ON sportello_conversationevent FOR EACH ROW
    WHEN (NEW.kind IN ('handed_over', 'taken'))
    EXECUTE FUNCTION sportello_notice_event();
CREATE TRIGGER notice_mention AFTER INSERT ON sportello_message FOR EACH ROW
    WHEN (NEW.origin = 'note' AND strpos(NEW.text, '@') > 0)
    EXECUTE FUNCTION sportello_notice_mention();
CREATE TRIGGER notice AFTER UPDATE OF state, braked ON sportello_campaign FOR EACH ROW
    WHEN (NEW.state = 'paused' AND OLD.state <> 'paused' AND NEW.braked IS NOT NULL
          AND NEW.braked IS DISTINCT FROM OLD.braked)
    EXECUTE FUNCTION sportello_notice_braked();
CREATE TRIGGER notice AFTER UPDATE OF paused_why ON sportello_number FOR EACH ROW
    WHEN (NEW.paused_why <> '' AND OLD.paused_why = '')
    EXECUTE FUNCTION sportello_notice_blocked();
CREATE TRIGGER announce AFTER INSERT ON sportello_notice FOR EACH ROW
    EXECUTE FUNCTION sportello_notice_live();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0240_outgoing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('handed_over', 'Handed Over'), ('assigned', 'Assigned'), ('mentioned', 'Mentioned'), ('closing', 'Closing'), ('braked', 'Braked'), ('blocked', 'Blocked')], max_length=12)),
                ('conversation_id', models.BigIntegerField(blank=True, null=True)),
                ('thing_id', models.BigIntegerField(blank=True, null=True)),
                ('closes_at', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('pushed_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'indexes': [models.Index(models.F('user'), models.OrderBy(models.F('id'), descending=True), name='notice_list'), models.Index(condition=models.Q(('seen_at__isnull', True)), fields=['workspace', 'user'], name='notice_unseen'), models.Index(condition=models.Q(('pushed_at__isnull', True)), fields=['id'], name='notice_to_push'), models.Index(condition=models.Q(('kind', 'closing')), fields=['conversation_id', 'closes_at'], name='notice_closing'), models.Index(fields=['created_at'], name='notice_age')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['handed_over', 'assigned', 'mentioned', 'closing', 'braked', 'blocked'])), name='notice_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='NoticeWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None)),
                ('quiet_from', models.TimeField(blank=True, null=True)),
                ('quiet_until', models.TimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'user'), name='noticewish_once'), models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='noticewish_quiet_hours_whole')],
            },
        ),
        migrations.CreateModel(
            name='PushPlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=1000)),
                ('browser', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'user', 'address'), name='pushplace_once')],
            },
        ),
        *[
            migrations.RunSQL(guard_rows(f"sportello_{table}"))
            for table in ("noticewish", "notice", "pushplace")
        ],
        migrations.RunSQL(_TELL),
        migrations.RunSQL(
            audit("sportello_noticewish", "user_id events quiet_from quiet_until")
        ),
        migrations.RunSQL(audit("sportello_pushplace", "user_id browser")),
    ]
