"""Getting past the database's own refusals, to see that somebody notices."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models


@contextmanager
def check_constraints_off(model: type[models.Model]) -> Iterator[None]:
    """Let a test write what the table's check constraints forbid. The test's rollback restores everything."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
            try:
                yield
            finally:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
        return
    with connection.cursor() as cursor:
        # PostgreSQL alters no table while foreign keys wait to be checked.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                editor.remove_constraint(model, constraint)
    yield
