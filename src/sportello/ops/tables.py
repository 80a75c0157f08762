"""A new database gets its tables at once, as they are now; an older one gets its migrations, or a
word why it cannot.

For each step of a migration Django builds every model anew, which takes a new installation many
seconds and changes nothing in an empty database. `tests/ops/test_tables.py` holds both ways to the
same result.
"""

from itertools import takewhile
from typing import Any, Final

from django.apps import apps
from django.core.management import call_command
from django.db import connections, transaction
from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from sportello.ops.serve import CannotStartError
from sportello.schema.security import UPGRADES_ONLY

_OWNER: Final = "owner"
_OURS: Final = "sportello"


def bring_up_to_date() -> None:
    """Raises CannotStartError for tables from before the first release, and django.db.Error."""
    _refuse_too_old()
    executor = MigrationExecutor(connections[_OWNER])
    if not executor.loader.applied_migrations:
        _make_all(executor)
    elif not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        # Django would build every model of every migration to find that out.
        executor.check_replacements()
        return
    call_command("migrate", database=_OWNER, verbosity=0, skip_checks=True)


def _refuse_too_old() -> None:
    """Whoever lacks some of what a migration stands for (`replaces`) lacks it for good."""
    applied = MigrationRecorder(connections[_OWNER]).applied_migrations()
    for (app, _), migration in MigrationLoader(None).replacements.items():
        known = [step for step in migration.replaces if step in applied]
        if app == _OURS and known and known != migration.replaces:
            raise CannotStartError(
                f"these tables are from before the first release ({known[-1][1]}) and cannot be"
                " brought up to date: start with an empty database (the demo: with --fresh)"
            )


@transaction.atomic(using=_OWNER)
def _make_all(executor: MigrationExecutor) -> None:
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    steps = [migration for migration, _ in plan]
    first = next(step for step in steps if step.app_label == _OURS)
    before = list(takewhile(lambda one: not isinstance(one, CreateModel), first.operations))
    connection = connections[_OWNER]
    executor.recorder.ensure_schema()
    with connection.schema_editor() as editor:
        _run(editor, before)
        for model in apps.get_models():
            if model._meta.can_migrate(connection):  # noqa: SLF001  # documented for this
                editor.create_model(model)
    with connection.schema_editor() as editor:
        for step in steps:
            _run(editor, [one for one in step.operations if one not in before])
        # Of a step that stands for others Django notes these; `migrate` adds it itself at its end.
        for step in steps:
            for app, name in step.replaces or [(step.app_label, step.name)]:
                executor.recorder.record_applied(app, name)


def _run(editor: Any, operations: list[Any]) -> None:
    """Only what is SQL, and about tables as they are now: there are no rows yet to be changed."""
    for operation in operations:
        if isinstance(operation, RunSQL) and operation.hints != UPGRADES_ONLY:
            operation.database_forwards(_OURS, editor, ProjectState(), ProjectState())
