"""Changes tried before they are published, corrections of answers, and what was learnt of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sportello.schema.audit import audit
from sportello.schema.security import guard_rows, same_workspace

_OWNED = ("rehearsal", "correction", "fitting")
_PARENTS = [
    ("rehearsal", "pair_id", "pair", "CASCADE"),
    ("rehearsal", "document_id", "document", "CASCADE"),
    ("rehearsal", "proposal_id", "proposal", "CASCADE"),
    ("correction", "turn_id", "turn", "CASCADE"),
    ("correction", "pair_id", "pair", "CASCADE"),
    ("correction", "document_id", "document", "CASCADE"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('sportello', '0251_gists'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('right', 'Right'), ('wrong', 'Wrong'), ('other', 'Other')], max_length=5)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Fitting',
            fields=[
                ('workspace', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='sportello.workspace')),
                ('due_at', models.DateTimeField(blank=True, null=True)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('fitted_at', models.DateTimeField(blank=True, null=True)),
                ('labels', models.PositiveIntegerField(db_default=0, default=0)),
                ('answerable', models.PositiveIntegerField(db_default=0, default=0)),
                ('weights', models.JSONField(blank=True, null=True)),
                ('figures', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='Rehearsal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('pair', 'Pair'), ('tone', 'Tone'), ('document', 'Document')], max_length=8)),
                ('draft', models.JSONField(default=dict)),
                ('based_on', models.CharField(blank=True, db_default='', default='', max_length=80)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Done'), ('failed', 'Failed'), ('published', 'Published'), ('dropped', 'Dropped')], db_default='waiting', default='waiting', max_length=9)),
                ('reason', models.CharField(blank=True, db_default='', default='', max_length=40)),
                ('replayed', models.PositiveSmallIntegerField(db_default=50, default=50)),
                ('total', models.PositiveIntegerField(db_default=0, default=0)),
                ('asked', models.PositiveIntegerField(db_default=0, default=0)),
                ('counts', models.JSONField(default=dict)),
                ('rows', models.JSONField(default=list)),
                ('claimed_until', models.DateTimeField(blank=True, null=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='proposal_workspace_id'),
        ),
        migrations.AddField(
            model_name='correction',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correction',
            name='document',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.document'),
        ),
        migrations.AddField(
            model_name='correction',
            name='pair',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.pair'),
        ),
        migrations.AddField(
            model_name='correction',
            name='turn',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, to='sportello.turn'),
        ),
        migrations.AddField(
            model_name='correction',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddIndex(
            model_name='fitting',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='fitting_due'),
        ),
        migrations.AddField(
            model_name='rehearsal',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rehearsal',
            name='document',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.document'),
        ),
        migrations.AddField(
            model_name='rehearsal',
            name='pair',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.pair'),
        ),
        migrations.AddField(
            model_name='rehearsal',
            name='proposal',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, to='sportello.proposal'),
        ),
        migrations.AddField(
            model_name='rehearsal',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='sportello.workspace'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['right', 'wrong', 'other'])), name='correction_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='correction_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('pair__isnull', True), ('document__isnull', True), _connector='OR'), name='correction_of_one_source'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'other'), _negated=True), ('pair__isnull', False), _connector='OR'), name='correction_names_a_pair'),
        ),
        migrations.AddIndex(
            model_name='rehearsal',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='rehearsal_waiting'),
        ),
        migrations.AddIndex(
            model_name='rehearsal',
            index=models.Index(fields=['at'], name='rehearsal_age'),
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['pair', 'tone', 'document'])), name='rehearsal_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done', 'failed', 'published', 'dropped'])), name='rehearsal_state_known'),
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='rehearsal_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('document__isnull', False), ('kind', 'document')), models.Q(models.Q(('kind', 'document'), _negated=True), ('document__isnull', True)), _connector='OR'), name='rehearsal_of_its_document'),
        ),
        migrations.AddConstraint(
            model_name='rehearsal',
            constraint=models.CheckConstraint(condition=models.Q(('replayed__lte', 200)), name='rehearsal_bounded'),
        ),
        *[migrations.RunSQL(guard_rows(f"sportello_{table}")) for table in _OWNED],
        *[
            migrations.RunSQL(
                same_workspace(f"sportello_{table}", column, f"sportello_{parent}", on_delete)
            )
            for table, column, parent, on_delete in _PARENTS
        ],
        migrations.RunSQL(audit("sportello_correction", "kind")),
    ]
