"""a point next door is near the address, not at it

Revision: 1795873451, after 1795792041. Made 2026-11-28.
"""

from __future__ import annotations

from alembic import op

revision = "1795873451"
down_revision = "1795792041"
branch_labels = ()
depends_on = None

COLUMNS = {"location": "point_precision", "geocoding": "precision"}


def upgrade() -> None:
    allow("'address', 'street', 'zip', 'unknown'")


def downgrade() -> None:
    for table, column in COLUMNS.items():
        op.execute(f"UPDATE {table} SET {column} = 'address' WHERE {column} = 'street'")  # noqa: S608
    allow("'address', 'zip', 'unknown'")


def allow(words: str) -> None:
    """Let points be this precise. SQLite's table is made anew, without its CHECKs of the same name."""
    for table, column in COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            if op.get_bind().dialect.name == "postgresql":
                batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
            batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({words})")
