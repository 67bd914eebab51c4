"""How the tables are migrated: Alembic without an env.py, safe on SQLite too.

Bound by create_app as `app.extensions.alembic`; run by `flask db upgrade`, the demo and the tests.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask_alembic import Alembic
from sqlalchemy import ColumnClause, Engine, String, column, inspect, select, table

from catalog.db import JsonType, UTCDateTime

MIGRATIONS = Path(__file__).parent / "migrations"


class BrokenReferencesError(Exception):
    """A migration would leave rows that point at nothing; it was undone."""


class NotMigratedError(Exception):
    """The tables are not this program's; the message says what to do."""


def require_migrated(engine: Engine) -> None:
    """Raise NotMigratedError unless the tables are as this program needs them."""
    scripts = ScriptDirectory(str(MIGRATIONS), version_locations=[str(MIGRATIONS)])
    made: set[str] = set()
    with engine.connect() as connection:
        if inspect(connection).has_table("alembic_version"):
            version: ColumnClause[str] = column("version_num", String)
            versions = select(version).select_from(table("alembic_version"))
            made = set(connection.scalars(versions))
    if made == set(scripts.get_heads()):
        return
    if made - {script.revision for script in scripts.walk_revisions()}:
        raise NotMigratedError(
            "The database was last used by another, probably newer, version of Footbridge. "
            "Run that version, or restore the backup from before it."
        )
    raise NotMigratedError(
        "The database's tables are not made yet, or not up to date. Run "
        "`flask --app wsgi db upgrade`, then try again."
    )


class Migrations(Alembic):
    """Alembic, with SQLite's foreign keys switched off while it works, and checked at the end.

    SQLite cannot alter a column, so a migration makes the table anew and drops the old one ("batch").
    Dropping deletes its rows, and with foreign keys on that deletes what belongs to them as well.
    """

    def run_migrations(self, fn: Any, **kwargs: Any) -> None:
        """Run the migrations that `fn` picks, all or none of them."""
        connection: Any = self.migration_context.connection
        if connection.dialect.name != "sqlite":
            super().run_migrations(fn, **kwargs)
            return
        # By the driver, since SQLAlchemy would begin a transaction, in which this does nothing.
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            super().run_migrations(checked(fn), **kwargs)
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def checked(fn: Any) -> Any:
    """`fn`, with a look for broken references after its last step, inside the transaction."""

    def steps(heads: Any, context: Any) -> Any:
        yield from fn(heads, context)
        broken = context.connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            tables = sorted({f"{row[0]} to {row[2]}" for row in broken})
            raise BrokenReferencesError(
                f"{len(broken)} rows would point at nothing ({', '.join(tables)}), so the migration "
                "was undone. It must move or remove them first."
            )

    return steps


def render_type(kind: str, value: Any, context: Any) -> str | bool:
    """How a new migration writes our own column types: as what the database gets, so that a
    migration keeps working when the class is moved. False: as Alembic would.
    """
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and value is JsonType:
        context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False
