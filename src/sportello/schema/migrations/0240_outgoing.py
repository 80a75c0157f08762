"""What other systems are told: endpoints, news and deliveries; triggers write the news in the
transaction of what it tells.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from sportello.schema.audit import audit
from sportello.schema.security import CONSOLE, guard_rows, same_workspace

_OWNED = ("endpoint", "endpointsecret", "news", "delivery")
_PARENTS = [
    ("endpointsecret", "endpoint_id", "endpoint"),
    ("delivery", "endpoint_id", "endpoint"),
    ("delivery", "news_id", "news"),
]
_SECRETS = f"""
REVOKE SELECT ON sportello_endpointsecret FROM {CONSOLE};
GRANT SELECT (id, workspace_id, endpoint_id, expires_at) ON sportello_endpointsecret TO {CONSOLE};
"""

# An endpoint that was switched off because nothing arrived is told later, if somebody wants it: its
# news is kept as failed. One that a person switched off misses what happens meanwhile.
_TELL = """
CREATE FUNCTION sportello_is_wanted(company bigint, news text) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM sportello_endpoint
                   WHERE workspace_id = company AND news = ANY (events)
                     AND (enabled OR disabled_why <> ''))
$$;

CREATE FUNCTION sportello_tell(
    company bigint, news text, chat bigint, person bigint, matter jsonb, happened timestamptz
) RETURNS void LANGUAGE sql AS $$
    WITH written AS (
        INSERT INTO sportello_news
            (workspace_id, uid, kind, contact_id, conversation_id, matter, at)
        VALUES (company, 'evt_' || replace(gen_random_uuid()::text, '-', ''), news, person, chat,
                matter, coalesce(happened, statement_timestamp()))
        RETURNING id
    )
    INSERT INTO sportello_delivery
        (workspace_id, endpoint_id, news_id, conversation_id, state, why, settled_at)
    SELECT company, e.id, w.id, chat,
           CASE WHEN e.enabled THEN 'queued' ELSE 'failed' END,
           CASE WHEN e.enabled THEN '' ELSE 'endpoint_off' END,
           CASE WHEN NOT e.enabled THEN statement_timestamp() END
    FROM written AS w, sportello_endpoint AS e
    WHERE e.workspace_id = company AND news = ANY (e.events)
      AND (e.enabled OR e.disabled_why <> '')
$$;

CREATE FUNCTION sportello_tell_of_chat(
    news text, chat bigint, matter jsonb, happened timestamptz
) RETURNS void LANGUAGE sql AS $$
    SELECT sportello_tell(
        c.workspace_id, news, c.id, c.contact_id,
        jsonb_build_object(
            'conversation', jsonb_build_object('id', c.id, 'holder', c.holder),
            'contact', jsonb_build_object(
                'id', p.id, 'wa_id', p.wa_id, 'user_id', p.user_id,
                'name', coalesce(nullif(p.name, ''), nullif(p.profile_name, ''), p.username)),
            'number', jsonb_build_object(
                'id', n.id, 'phone_number_id', n.phone_number_id,
                'display_number', n.display_number)
        ) || matter, happened)
    FROM sportello_conversation AS c
    JOIN sportello_contact AS p ON p.id = c.contact_id
    JOIN sportello_number AS n ON n.id = c.number_id
    WHERE c.id = chat
$$;

CREATE FUNCTION sportello_message_told(one sportello_message, with_words boolean) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'id', one.id, 'wamid', one.wamid, 'origin', one.origin, 'type', one.type,
        'direction', CASE one.origin WHEN 'customer' THEN 'inbound' ELSE 'outbound' END,
        'status', one.status, 'error', one.error, 'reply_to', nullif(one.reply_to, ''),
        'at', one.at
    ) || CASE WHEN with_words THEN jsonb_build_object('text', one.text) ELSE '{}' END
$$;
"""

_MESSAGES = """
CREATE FUNCTION sportello_tell_received() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one sportello_message;
BEGIN
    IF EXISTS (SELECT FROM sportello_endpoint WHERE 'message.received' = ANY (events)) THEN
        FOR one IN SELECT * FROM came WHERE origin = 'customer' ORDER BY id LOOP
            IF sportello_is_wanted(one.workspace_id, 'message.received') THEN
                PERFORM sportello_tell_of_chat(
                    'message.received', one.conversation_id,
                    jsonb_build_object('message', sportello_message_told(one, true)), one.at);
            END IF;
        END LOOP;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    news text := 'message.' || CASE NEW.status WHEN 'refused' THEN 'failed' ELSE NEW.status END;
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, news) THEN
        PERFORM sportello_tell_of_chat(
            news, NEW.conversation_id,
            jsonb_build_object('message', sportello_message_told(NEW, NEW.status = 'sent')),
            CASE NEW.status WHEN 'sent' THEN NEW.sent_at WHEN 'delivered' THEN NEW.delivered_at
                            WHEN 'read' THEN NEW.read_at ELSE NEW.failed_at END);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tell_received AFTER INSERT ON sportello_message
    REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION sportello_tell_received();
CREATE TRIGGER tell_status AFTER UPDATE OF status ON sportello_message FOR EACH ROW
    WHEN (OLD.status <> NEW.status
          AND NEW.status IN ('sent', 'delivered', 'read', 'failed', 'refused'))
    EXECUTE FUNCTION sportello_tell_status();
"""

_CHATS = """
CREATE FUNCTION sportello_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    news text := 'conversation.' || NEW.kind;
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, news) THEN
        PERFORM sportello_tell_of_chat(
            news, NEW.conversation_id,
            jsonb_build_object('by', NEW.by_id)
            || CASE NEW.kind WHEN 'handed_over' THEN jsonb_build_object('reason', NEW.detail)
                             ELSE '{}' END,
            NEW.at);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    news text := CASE NEW.action WHEN 'grant' THEN 'consent.given' ELSE 'consent.withdrawn' END;
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, news) THEN
        PERFORM sportello_tell(
            NEW.workspace_id, news, NULL, p.id,
            jsonb_build_object(
                'contact', jsonb_build_object(
                    'id', p.id, 'wa_id', p.wa_id, 'user_id', p.user_id,
                    'name', coalesce(nullif(p.name, ''), nullif(p.profile_name, ''), p.username)),
                'consent', jsonb_build_object(
                    'category', NEW.category, 'source', NEW.source, 'at', NEW.at)),
            NEW.at)
        FROM sportello_contact AS p WHERE p.id = NEW.contact_id AND p.erased_at IS NULL;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'contact.erased') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'contact.erased', NULL, NULL,
            jsonb_build_object('contact', jsonb_build_object('id', NEW.contact_id)), NEW.asked_at);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tell_event AFTER INSERT ON sportello_conversationevent FOR EACH ROW
    WHEN (NEW.kind IN ('opened', 'handed_over', 'taken', 'released', 'closed', 'reopened',
                       'missed'))
    EXECUTE FUNCTION sportello_tell_event();
CREATE TRIGGER tell_consent AFTER INSERT ON sportello_consentevent FOR EACH ROW
    EXECUTE FUNCTION sportello_tell_consent();
CREATE TRIGGER tell_erasure AFTER INSERT ON sportello_erasure FOR EACH ROW
    EXECUTE FUNCTION sportello_tell_erasure();
"""

_COMPANY = """
CREATE FUNCTION sportello_tell_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'campaign.changed') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'campaign.changed', NULL, NULL,
            jsonb_build_object('campaign', jsonb_build_object(
                'id', NEW.id, 'name', NEW.name, 'state', NEW.state,
                'paused_why', nullif(NEW.paused_why, ''))), NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_template() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'template.changed') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'template.changed', NULL, NULL,
            jsonb_build_object('template', jsonb_build_object(
                'id', NEW.id, 'name', NEW.name, 'language', NEW.language,
                'category', NEW.category, 'status', NEW.status,
                'reason', nullif(NEW.reason, ''))), NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sportello_tell_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF sportello_is_wanted(NEW.workspace_id, 'number.changed') THEN
        PERFORM sportello_tell(
            NEW.workspace_id, 'number.changed', NULL, NULL,
            jsonb_build_object('number', jsonb_build_object(
                'id', NEW.id, 'phone_number_id', NEW.phone_number_id,
                'display_number', NEW.display_number, 'status', NEW.status,
                'quality', NEW.quality, 'paused_why', nullif(NEW.paused_why, ''))), NULL);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tell_campaign AFTER UPDATE OF state ON sportello_campaign FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NOT NEW.automatic)
    EXECUTE FUNCTION sportello_tell_campaign();
CREATE TRIGGER tell_template AFTER UPDATE OF status, category ON sportello_template FOR EACH ROW
    WHEN ((OLD.status, OLD.category) <> (NEW.status, NEW.category))
    EXECUTE FUNCTION sportello_tell_template();
CREATE TRIGGER tell_number AFTER UPDATE OF status, quality, paused_why ON sportello_number
    FOR EACH ROW WHEN ((OLD.status, OLD.quality, OLD.paused_why)
                       <> (NEW.status, NEW.quality, NEW.paused_why))
    EXECUTE FUNCTION sportello_tell_number();
"""

_ANNOUNCE = """
CREATE TRIGGER announce AFTER INSERT ON sportello_delivery FOR EACH ROW
    WHEN (NEW.state = 'queued') EXECUTE FUNCTION sportello_announce('sportello_outgoing');
CREATE TRIGGER announce_again AFTER UPDATE OF state ON sportello_delivery FOR EACH ROW
    WHEN (NEW.state = 'queued' AND OLD.state IN ('delivered', 'failed'))
    EXECUTE FUNCTION sportello_announce('sportello_outgoing');
CREATE TRIGGER announce AFTER UPDATE OF enabled, replay_since ON sportello_endpoint FOR EACH ROW
    WHEN ((NEW.enabled AND NOT OLD.enabled)
          OR (NEW.replay_since IS NOT NULL AND NEW.replay_since IS DISTINCT FROM OLD.replay_since))
    EXECUTE FUNCTION sportello_announce('sportello_outgoing');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0260_search_look'),
    ]

    operations = [
        migrations.CreateModel(
            name='Endpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=500)),
                ('note', models.CharField(blank=True, db_default='', default='', max_length=120)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('enabled', models.BooleanField(db_default=True, default=True)),
                ('disabled_why', models.CharField(blank=True, choices=[('', 'None'), ('failing', 'Failing'), ('gone', 'Gone')], db_default='', default='', max_length=8)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('secret_last4', models.CharField(blank=True, db_default='', default='', max_length=4)),
                ('replay_since', models.DateTimeField(blank=True, null=True)),
                ('replay_wished_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='EndpointSecret',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('endpoint', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.endpoint')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(max_length=40, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('contact_id', models.BigIntegerField(blank=True, null=True)),
                ('conversation_id', models.BigIntegerField(blank=True, null=True)),
                ('matter', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                ('at', models.DateTimeField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
            ],
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conversation_id', models.BigIntegerField(blank=True, null=True)),
                ('trial', models.BooleanField(db_default=False, default=False)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('delivered', 'Delivered'), ('failed', 'Failed')], db_default='queued', default='queued', max_length=9)),
                ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('status', models.PositiveSmallIntegerField(db_default=0, default=0)),
                ('why', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('took_ms', models.PositiveIntegerField(db_default=0, default=0)),
                ('answer', models.CharField(blank=True, db_default='', default='', max_length=1000)),
                ('tries', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace')),
                ('endpoint', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.endpoint')),
                ('news', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.news')),
            ],
        ),
        migrations.AddIndex(
            model_name='endpoint',
            index=models.Index(condition=models.Q(('replay_since__isnull', False)), fields=['id'], name='endpoint_to_replay'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='endpoint_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(('disabled_why__in', ['', 'failing', 'gone'])), name='endpoint_disabled_why_known'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), _negated=True), name='endpoint_has_an_address'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(('events', []), _negated=True), name='endpoint_is_told_something'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(('disabled_why', ''), models.Q(('disabled_at__isnull', False), ('enabled', False)), _connector='OR'), name='endpoint_disabled_is_off'),
        ),
        migrations.AddConstraint(
            model_name='endpoint',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('replay_since__isnull', True), ('replay_wished_at__isnull', True)), models.Q(('replay_since__isnull', False), ('replay_wished_at__isnull', False)), _connector='OR'), name='endpoint_replay_whole'),
        ),
        migrations.AddConstraint(
            model_name='endpointsecret',
            constraint=models.UniqueConstraint(condition=models.Q(('expires_at__isnull', True)), fields=('endpoint',), name='endpointsecret_one_current'),
        ),
        migrations.AddIndex(
            model_name='news',
            index=models.Index(fields=['created_at'], name='news_age'),
        ),
        migrations.AddIndex(
            model_name='news',
            index=models.Index(condition=models.Q(('contact_id__isnull', False)), fields=['contact_id'], name='news_of_contact'),
        ),
        migrations.AddConstraint(
            model_name='news',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='news_workspace_id'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(models.F('endpoint'), models.OrderBy(models.F('id'), descending=True), name='delivery_list'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['endpoint', 'due_at', 'id'], name='delivery_due'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['endpoint', 'conversation_id', 'id'], name='delivery_open'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_until'], name='delivery_claimed'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['endpoint', 'id'], name='delivery_failed'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'delivered', 'failed'])), name='delivery_state_known'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.UniqueConstraint(fields=('endpoint', 'news'), name='delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_until__isnull', False), ('state', 'sending')), models.Q(models.Q(('state', 'sending'), _negated=True), ('claimed_until__isnull', True)), _connector='OR'), name='delivery_claimed_while_sending'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', False), ('state__in', ['delivered', 'failed'])), models.Q(('settled_at__isnull', True), ('state__in', ['queued', 'sending'])), _connector='OR'), name='delivery_settled_is_final'),
        ),
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}")
            )
            for table, column, parent in _PARENTS
        ],
        migrations.RunSQL(_SECRETS),
        migrations.RunSQL(_TELL),
        migrations.RunSQL(_MESSAGES),
        migrations.RunSQL(_CHATS),
        migrations.RunSQL(_COMPANY),
        migrations.RunSQL(_ANNOUNCE),
        migrations.RunSQL(audit("sportello_endpoint", "url events enabled replay_since")),
        migrations.RunSQL(audit("sportello_endpointsecret", "endpoint_id expires_at")),
        # Triggers write deliveries in the transactions of people, who did not ask for them.
        migrations.RunSQL(audit("sportello_delivery", "endpoint_id state", "UPDATE")),
    ]
