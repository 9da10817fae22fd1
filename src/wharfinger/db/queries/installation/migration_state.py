"""Whether the database is in this program's form: steps that wait, and steps that only a newer program knows."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def waiting_migrations() -> tuple[str, ...]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def unknown_migrations() -> tuple[str, ...]:
    """Steps that the database has had and this program does not know: it is older than the database."""
    loader = MigrationExecutor(connection).loader
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known |= set(migration.replaces)
    labels = {label for label, _ in known}
    return tuple(
        f"{label}.{name}"
        for label, name in sorted(loader.applied_migrations)
        if label in labels and (label, name) not in known
    )
