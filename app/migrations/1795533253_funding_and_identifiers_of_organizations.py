"""funding and identifiers of organizations

Revision: 1795533253, after 1795530597. Made 2026-11-24.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1795533253"
down_revision = "1795530597"
branch_labels = ()
depends_on = None

JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SOURCED = ("source", "source_id")
COLUMNS = {
    "funding": ("organization_id:u", "service_id:u", "funding_source"),
    "organization_identifier": (
        "organization_id:u", "identifier_scheme", "identifier_type", "identifier",
    ),
    "metadata": (
        "resource_id:u", "resource_type", "last_action_date:d", "last_action_type", "field_name",
        "previous_value", "replacement_value", "updated_by", "made_by", "owner_id:u", "position:i",
    ),
}  # fmt: skip
# What stood beside a row for want of a table of its own: its key there, and the table.
KEPT = {
    "funding": "funding",
    "organization_identifiers": "organization_identifier",
    "metadata": "metadata",
}
HOLDERS = (
    "organization", "service", "location", "service_at_location", "program", "phone", "address",
    "schedule", "language", "accessibility", "cost_option", "required_document", "service_area",
    "attribute",
)  # fmt: skip
OWNERS = ("service_id", "service_at_location_id", "location_id", "organization_id", "link_id")
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "u": sa.Uuid(),
    "d": sa.DateTime(timezone=True),
    "i": sa.Integer(),
    "": sa.String(),
}


def move_kept_rows(connection: sa.Connection) -> None:
    """Give what was kept in `extra` rows of its own; what cannot have one stays where it is."""
    inspector = sa.inspect(connection)
    taken: set[tuple[str, Any, str]] = set()
    for name in HOLDERS:
        owners = [c["name"] for c in inspector.get_columns(name) if c["name"] in OWNERS]
        table = sa.table(
            name,
            sa.column("id", sa.Uuid()),
            *(sa.column(column) for column in SOURCED),
            sa.column("extra", JSON),
            sa.column("imported", JSON),
            *(sa.column(owner, sa.Uuid()) for owner in owners),
        )
        text = sa.cast(table.c.extra, sa.Text)
        held = sa.or_(*(text.contains(f'"{key}"') for key in KEPT))
        for row in connection.execute(sa.select(table).where(held)).mappings().all():
            extra = dict(row["extra"])
            for key, target in KEPT.items():
                entries = extra.pop(key, None)
                if entries is None:
                    continue
                left = [
                    entry
                    for entry in (entries if isinstance(entries, list) else [entries])
                    if not move_entry(connection, name, row, target, entry, taken)
                ]
                if left:
                    extra[key] = left
            imported = row["imported"]
            if imported and isinstance(imported.get("extra"), dict):
                imported = {**imported, "extra": extra}
            connection.execute(
                table.update().where(table.c.id == row["id"]).values(extra=extra, imported=imported)
            )


def move_entry(
    connection: sa.Connection,
    holder: str,
    row: Any,
    target: str,
    entry: Any,
    taken: set[tuple[str, Any, str]],
) -> bool:
    """One entry into its table; whether it could be."""
    values = values_of(holder, row, target, entry) if isinstance(entry, dict) else None
    if values is None:
        return False
    source_id = str(entry.get("id") or uuid.uuid4())
    while (target, row["source"], source_id) in taken:
        source_id += "#2"
    taken.add((target, row["source"], source_id))
    named = [column.partition(":") for column in COLUMNS[target]]
    table = sa.table(
        target,
        sa.column("id", sa.Uuid()),
        sa.column("extra", JSON),
        *(sa.column(column) for column in SOURCED),
        *(sa.column(name, TYPES[kind]) for name, _, kind in named),
    )
    used = {*values, "id", "source", "last_action_date", "organization_id", "service_id"}
    rest = {key: cell for key, cell in entry.items() if key not in used}
    connection.execute(
        table.insert().values(
            id=uuid.uuid4(),
            source=row["source"],
            source_id=source_id if row["source"] else None,
            extra=rest,
            **values,
        )
    )
    return True


def values_of(holder: str, row: Any, target: str, entry: dict[str, Any]) -> dict[str, Any] | None:
    """The entry's columns; None for what the table cannot hold."""
    if target == "funding":
        if holder not in {"organization", "service"} or not entry.get("source"):
            return None
        return {f"{holder}_id": row["id"], "funding_source": entry["source"]}
    if target == "organization_identifier":
        if holder != "organization" or not entry.get("identifier"):
            return None
        return {
            "organization_id": row["id"],
            "identifier_scheme": entry.get("identifier_scheme"),
            "identifier_type": entry.get("identifier_type") or "",
            "identifier": entry["identifier"],
        }
    try:
        day = datetime.fromisoformat(str(entry.get("last_action_date"))[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None
    own = {"organization", "service", "location"}
    above = None if holder in own else next((row[c] for c in OWNERS if row.get(c)), None)
    action = str(entry.get("last_action_type") or "").lower()
    return {
        "resource_id": row["id"],
        "resource_type": holder,
        "last_action_date": day,
        "last_action_type": action if action in {"create", "delete"} else "update",
        "field_name": str(entry.get("field_name") or "")[:60],
        "previous_value": str(entry.get("previous_value") or ""),
        "replacement_value": str(entry.get("replacement_value") or ""),
        "updated_by": str(entry.get("updated_by") or "Another directory"),
        "made_by": "elsewhere",
        "owner_id": above or row["id"],
        "position": 0,
    }


def upgrade() -> None:
    op.create_table(
        "organization_identifier",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("identifier_scheme", sa.String(), nullable=True),
        sa.Column("identifier_type", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column(
            "extra", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "imported", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_identifier_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_identifier")),
        sa.UniqueConstraint(
            "source", "source_id", name=op.f("uq_organization_identifier_source_source_id")
        ),
    )
    with op.batch_alter_table("organization_identifier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_organization_identifier_organization_id"),
            ["organization_id"],
            unique=False,
        )

    op.create_table(
        "funding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("funding_source", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_id", sa.String(), nullable=True),
        sa.Column(
            "extra", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False
        ),
        sa.Column(
            "imported", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_funding_organization_id_organization"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"],
            ["service.id"],
            name=op.f("fk_funding_service_id_service"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_funding_source_source_id")),
    )
    with op.batch_alter_table("funding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_funding_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_funding_service_id"), ["service_id"], unique=False)

    move_kept_rows(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("funding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_funding_service_id"))
        batch_op.drop_index(batch_op.f("ix_funding_organization_id"))

    op.drop_table("funding")
    with op.batch_alter_table("organization_identifier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_identifier_organization_id"))

    op.drop_table("organization_identifier")
