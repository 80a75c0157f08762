"""Who is named in a note by the whole name is told alone, not everybody of that first name."""

from django.db import migrations

# Whole names first; a first name counts in what they leave. The sign within an address names nobody.
_MENTION = r"""
CREATE OR REPLACE FUNCTION sportello_notice_mention() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text := lower(NEW.text);
    whole text;
    left_over text;
BEGIN
    SELECT string_agg(name, '|' ORDER BY length(name) DESC) INTO whole FROM (
        SELECT regexp_replace(lower(u.name), '([^[:alnum:] ])', '\\\1', 'g') AS name
        FROM sportello_membership AS m JOIN sportello_user AS u ON u.id = m.user_id
        WHERE m.workspace_id = NEW.workspace_id AND m.deactivated_at IS NULL
          AND strpos(u.name, ' ') > 0
    ) AS names;
    left_over := CASE WHEN whole IS NULL THEN told
        ELSE regexp_replace(told, '@(' || whole || ')(?![[:alnum:]])', ' ', 'g') END;
    PERFORM sportello_notice(
        NEW.workspace_id, 'mentioned', u.id, NEW.author_id, NEW.conversation_id, NULL, NULL, NEW.at)
    FROM sportello_membership AS m JOIN sportello_user AS u ON u.id = m.user_id
    WHERE m.workspace_id = NEW.workspace_id AND m.deactivated_at IS NULL AND u.name <> ''
      AND (told ~ ('(^|[^[:alnum:]])@' || regexp_replace(lower(u.name), '([^[:alnum:] ])', '\\\1', 'g')
                   || '([^[:alnum:]]|$)')
           OR left_over ~ (
               '(^|[^[:alnum:]])@' || regexp_replace(
                   lower(split_part(u.name, ' ', 1)), '([^[:alnum:] ])', '\\\1', 'g')
               || '([^[:alnum:]]|$)'));
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0280_sign_in")]
    operations = [migrations.RunSQL(_MENTION)]
