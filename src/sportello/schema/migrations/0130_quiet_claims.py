"""Announcements of changed rows, no longer of statements: a claim that finds nothing is silent."""

from django.db import migrations

_QUIET = """
DROP TRIGGER announce ON sportello_document;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state, deleted_at, due_at ON sportello_document
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_document();
DROP TRIGGER announce ON sportello_site;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state, deleted_at, due_at ON sportello_site
    FOR EACH ROW EXECUTE FUNCTION sportello_announce_document();
DROP TRIGGER announce ON sportello_contactimport;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF state ON sportello_contactimport
    FOR EACH ROW EXECUTE FUNCTION sportello_announce('sportello_imports');
DROP TRIGGER announce ON sportello_languagemodel;
CREATE TRIGGER announce AFTER UPDATE OF test_state ON sportello_languagemodel
    FOR EACH ROW EXECUTE FUNCTION sportello_announce('sportello_trials');
DROP TRIGGER announce ON sportello_pair;
CREATE TRIGGER announce AFTER INSERT OR UPDATE OF question, answer, variants, language, enabled,
    deleted_at ON sportello_pair
    FOR EACH ROW EXECUTE FUNCTION sportello_announce('sportello_index');
"""


class Migration(migrations.Migration):
    dependencies = [("sportello", "0094_followups")]
    operations = [migrations.RunSQL(_QUIET)]
