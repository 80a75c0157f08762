"""Free entry points belong to chats; the ledger follows its messages; prices live there alone."""

from django.db import migrations, models


# A charge falls through with its message, whoever says so: the wire, a status, the guard, a page.
_FOLLOW = """
CREATE FUNCTION sportello_charge_falls() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE sportello_charge SET fell_through = true
    WHERE message_id = NEW.id AND NOT fell_through;
    RETURN NULL;
END $$;

CREATE TRIGGER charge_falls AFTER UPDATE OF status ON sportello_message
    FOR EACH ROW WHEN (NEW.status IN ('failed', 'refused', 'cancelled')
                       AND OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION sportello_charge_falls();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0013_lists'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='charge',
            name='charge_billed',
        ),
        migrations.RemoveIndex(
            model_name='charge',
            name='charge_list',
        ),
        migrations.RemoveField(
            model_name='contact',
            name='free_entry_until',
        ),
        migrations.RemoveField(
            model_name='message',
            name='price_currency',
        ),
        migrations.RemoveField(
            model_name='message',
            name='price_micros',
        ),
        migrations.AddField(
            model_name='charge',
            name='calling_code',
            field=models.CharField(blank=True, db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='charge',
            name='fell_through',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='charge',
            name='stated_by',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='conversation',
            name='ad_entry_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='conversation',
            name='free_entry_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='prefix',
            name='calling_code',
            field=models.CharField(max_length=12),
        ),
        migrations.AlterField(
            model_name='prefix',
            name='country',
            field=models.CharField(blank=True, max_length=2),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(condition=models.Q(('expected_category', 'service'), ('fell_through', False), models.Q(('expected_kind', 'free_entry_point'), _negated=True)), fields=['number', 'sent_at'], name='charge_allowance'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(condition=models.Q(('fell_through', False), models.Q(('expected_category', 'service'), _negated=True)), fields=['workspace', 'sent_at'], name='charge_spent'),
        ),
        migrations.AddConstraint(
            model_name='prefix',
            constraint=models.UniqueConstraint(fields=('calling_code', 'country'), name='prefix_once'),
        ),
        migrations.RunSQL(_FOLLOW),
        # A line is rewritten when its message is delivered: it shall find room beside itself.
        migrations.RunSQL("ALTER TABLE sportello_charge SET (fillfactor = 50)"),
    ]
