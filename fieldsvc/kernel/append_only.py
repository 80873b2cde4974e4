"""Triggers by which the database itself refuses to change or delete rows of a table.

A slice uses `Protect("its_table")` as the last operation of the migration that creates the table.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

# Tables that a migration of this process protects; the tests' flush has to know them all.
protected_tables: set[str] = set()

_MESSAGE = "append-only table: rows are never changed or deleted"


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Refuse UPDATE and DELETE (and TRUNCATE on PostgreSQL) on `table` from now on."""
    _run(connection, _create(connection.vendor, table))


def lift(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the triggers away; only a reversed migration and the tests' flush may ask for this."""
    _run(connection, _drop(connection.vendor, table))


class Protect(RunPython):
    """Migration operation: install the triggers, lift them when migrated backwards."""

    def __init__(self, table: str) -> None:
        def forward(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
            install(editor.connection, table)

        def backward(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
            lift(editor.connection, table)

        super().__init__(forward, backward)
        protected_tables.add(table)
        self._table = table

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (self.__class__.__qualname__, [self._table], {})


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _create(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f'CREATE TRIGGER "{table}_no_{verb.lower()}" BEFORE {verb} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'integrity_constraint_"
            "violation'; END $$",
            f'CREATE TRIGGER "{table}_no_change" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION kernel_append_only()",
            f'CREATE TRIGGER "{table}_no_truncate" BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only()",
        ]
    raise NotImplementedError(f"no append-only triggers for {vendor}")


def _drop(vendor: str, table: str) -> list[str]:
    if vendor == "sqlite":
        return [f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"' for verb in ("update", "delete")]
    if vendor == "postgresql":
        return [
            f'DROP TRIGGER IF EXISTS "{table}_no_{what}" ON "{table}"'
            for what in ("change", "truncate")
        ]
    raise NotImplementedError(f"no append-only triggers for {vendor}")
