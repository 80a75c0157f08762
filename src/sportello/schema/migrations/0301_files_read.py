"""Files of customers put into words: who does it for a company, and what came of each."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.audit import AUDITED, audit
from sportello.schema.security import CONSOLE, guard_rows

# The console writes the key and cannot read it back.
_KEY = f"""
REVOKE SELECT ON sportello_voicekey FROM {CONSOLE};
GRANT SELECT (id, workspace_id) ON sportello_voicekey TO {CONSOLE};
"""

_WANT = """
-- Whoever may read such a file is asked as it is announced; a customer's answer waits for it from
-- then on, and no longer than this.
CREATE FUNCTION sportello_want_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT CASE m.type
            WHEN 'image' THEN EXISTS (
                SELECT FROM sportello_languagemodel AS l
                WHERE l.workspace_id = NEW.workspace_id AND l.enabled AND l.sees)
            WHEN 'audio' THEN EXISTS (
                SELECT FROM sportello_filereading AS r
                WHERE r.workspace_id = NEW.workspace_id AND r.voice)
            WHEN 'document' THEN EXISTS (
                SELECT FROM sportello_filereading AS r
                WHERE r.workspace_id = NEW.workspace_id AND r.documents)
            ELSE false END
        FROM sportello_message AS m
        WHERE m.id = NEW.message_id AND m.origin = 'customer'
    ) THEN
        NEW.reading := 'waiting';
        NEW.awaited_until := clock_timestamp() + interval '60 seconds';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER want_words BEFORE INSERT ON sportello_media
    FOR EACH ROW EXECUTE FUNCTION sportello_want_words();

-- It is here, or will not come: whoever shall read it is woken.
CREATE TRIGGER announce_file AFTER UPDATE OF state ON sportello_media FOR EACH ROW
    WHEN (OLD.state = 'wanted' AND NEW.state <> 'wanted' AND NEW.reading = 'waiting')
    EXECUTE FUNCTION sportello_announce('sportello_trials');

-- Words go with the file, and with what else the message said: by erasure, retention, or because
-- the customer took it back.
CREATE FUNCTION sportello_forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words := '';
    RETURN NEW;
END $$;
CREATE TRIGGER forget_words BEFORE UPDATE OF state ON sportello_media FOR EACH ROW
    WHEN (NEW.state = 'gone' AND NEW.words <> '') EXECUTE FUNCTION sportello_forget_words();
CREATE FUNCTION sportello_forget_message_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sportello_media SET words = '' WHERE message_id = NEW.id AND words <> '';
    RETURN NULL;
END $$;
CREATE TRIGGER forget_words AFTER UPDATE OF payload, revoked_at ON sportello_message FOR EACH ROW
    WHEN (NEW.origin = 'customer' AND NEW.type IN ('image', 'audio', 'document')
          AND (NEW.payload = '{}' AND OLD.payload <> '{}'
               OR NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL))
    EXECUTE FUNCTION sportello_forget_message_words();
"""


# What files say is found like what was written: by an index of its own, in the same looks.
_SEARCH = """
CREATE INDEX media_words ON sportello_media
    USING gin (sportello_words(workspace_id, message_id, words)) WHERE words <> '';

-- Conversations with messages older than `before` in which all these words begin words, and the
-- message; newest first, until `most` are found. A conversation may come again, of another stretch.
CREATE OR REPLACE FUNCTION sportello_find_messages(words text[], before bigint, most integer)
RETURNS TABLE (conversation_id bigint, message_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET jit = off
SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    company bigint := nullif(current_setting('sportello.workspace', true), '')::bigint;
    newest bigint := (SELECT max(id) FROM sportello_message WHERE workspace_id = company);
    oldest bigint := (SELECT min(id) FROM sportello_message WHERE workspace_id = company);
    stretch bigint;
    those integer;
    hits integer := 0;
BEGIN
    FOR stretch IN REVERSE least(coalesce(newest, 0), before - 1) >> 13 .. coalesce(oldest, 1) >> 13 LOOP
        -- Sums that add nothing: the index of words alone shall find, no other join in.
        RETURN QUERY
            SELECT m.conversation_id, max(m.id) AS last FROM sportello_message AS m
            WHERE m.text <> '' AND m.type NOT IN ('reaction', 'edit', 'revoke')
              AND sportello_words(m.workspace_id, m.id, m.text)
                  @@ sportello_wanted(company || ' ' || stretch || ' ', words, 3)
              AND m.workspace_id + 0 = company AND m.id + 0 < before AND m.revoked_at IS NULL
            GROUP BY m.conversation_id
            ORDER BY last DESC LIMIT most - hits;
        GET DIAGNOSTICS those = ROW_COUNT;
        hits := hits + those;
        -- What files say, as a machine put it into words.
        RETURN QUERY
            SELECT m.conversation_id, max(f.message_id) AS last
            FROM sportello_media AS f JOIN sportello_message AS m ON m.id = f.message_id
            WHERE f.words <> ''
              AND sportello_words(f.workspace_id, f.message_id, f.words)
                  @@ sportello_wanted(
                      company || ' ' || stretch || ' ', sportello_find_messages.words, 3)
              AND f.workspace_id + 0 = company AND f.message_id + 0 < before
            GROUP BY m.conversation_id
            ORDER BY last DESC LIMIT greatest(most - hits, 0);
        GET DIAGNOSTICS those = ROW_COUNT;
        hits := hits + those;
        EXIT WHEN hits >= most;
    END LOOP;
END $$;

-- The newest message of a conversation in which all these patterns are found; of the newest 500.
CREATE OR REPLACE FUNCTION sportello_says(conversation bigint, patterns text[]) RETURNS bigint
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (
    SELECT newest.id
    FROM (
        SELECT told.id, told.at, told.said
        FROM (
            SELECT m.id, m.at, CASE
                WHEN m.type IN ('image', 'audio', 'document') THEN concat_ws(' ', m.text, (
                    SELECT f.words FROM sportello_media AS f WHERE f.message_id = m.id LIMIT 1))
                ELSE m.text END AS said
            FROM sportello_message AS m
            WHERE m.conversation_id = conversation
              AND m.type NOT IN ('reaction', 'edit', 'revoke') AND m.revoked_at IS NULL
        ) AS told
        WHERE told.said <> ''
        ORDER BY told.at DESC, told.id DESC LIMIT 500
    ) AS newest
    WHERE sportello_fold(newest.said) ~ ALL (patterns)
    ORDER BY newest.at DESC, newest.id DESC LIMIT 1
);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0310_called'),
    ]

    operations = [
        migrations.AddField('languagemodel', 'sees', models.BooleanField(db_default=False, default=False)),
        migrations.AddField('media', 'reading', models.CharField(blank=True, choices=[('', 'Unwanted'), ('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed')], db_default='', default='', max_length=8)),
        migrations.AddField('media', 'words', models.TextField(blank=True, db_default='', default='')),
        migrations.AddField('media', 'unread_why', models.CharField(blank=True, db_default='', default='', max_length=40)),
        migrations.AddField('media', 'reading_cost_micros', models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField('media', 'readings', models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AddField('media', 'awaited_until', models.DateTimeField(blank=True, null=True)),
        migrations.AddField('media', 'claimed_until', models.DateTimeField(blank=True, null=True)),
        migrations.AddField('media', 'held_until', models.DateTimeField(blank=True, null=True)),
        migrations.AddConstraint('media', models.CheckConstraint(condition=models.Q(('reading__in', ['', 'waiting', 'done', 'failed'])), name='media_reading_known')),
        migrations.AddIndex('media', models.Index(condition=models.Q(('reading', 'waiting')), fields=['id'], name='media_to_read')),
        migrations.CreateModel(
            name='FileReading',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='sportello.workspace')),
                ('documents', models.BooleanField(db_default=False, default=False)),
                ('voice', models.BooleanField(db_default=False, default=False)),
                ('voice_url', models.CharField(blank=True, db_default='', default='', max_length=500)),
                ('voice_model', models.CharField(blank=True, db_default='', default='', max_length=120)),
                ('voice_key_last4', models.CharField(blank=True, db_default='', default='', max_length=4)),
                ('voice_minute_micros', models.BigIntegerField(db_default=0, default=0)),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('voice', False), models.Q(models.Q(('voice_url', ''), _negated=True), models.Q(('voice_model', ''), _negated=True)), _connector='OR'), name='filereading_voice_is_whole'), models.CheckConstraint(condition=models.Q(('voice_minute_micros__gte', 0)), name='filereading_price_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='VoiceKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.RunSQL(guard_rows("sportello_filereading")),
        migrations.RunSQL(guard_rows("sportello_voicekey")),
        migrations.RunSQL(_KEY),
        migrations.RunSQL(audit("sportello_filereading", AUDITED["filereading"])),
        migrations.RunSQL(audit("sportello_voicekey", AUDITED["voicekey"])),
        migrations.RunSQL(_WANT),
        migrations.RunSQL(_SEARCH),
    ]
