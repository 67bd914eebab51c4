"""The declarative base and the column types that every table of the product shares.

Used by the models of catalog and of every feature of app. Must not open connections or sessions.
"""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, MetaData, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

# Names are stated so that migrations can name a constraint to drop it, and so that an integrity
# error can be turned into a domain error by the name it carries.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# JSONB on PostgreSQL, JSON elsewhere; None is SQL NULL, not the JSON word null.
# Values are not watched for changes inside: assign a new dict or list.
JsonType = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: aware, in UTC, going in and coming out. A naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(
                f"The moment {value!r} carries no time zone. Moments are kept in UTC: "
                "pass an aware datetime."
            )
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone; what process_bind_param wrote there is UTC.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Mother of every mapped class."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this exact class attribute
        uuid.UUID: Uuid(),
        datetime: UTCDateTime(),
        dict[str, Any]: JsonType,
        list[str]: JsonType,
    }


class Identified:
    """A UUID primary key."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4, sort_order=-10)


class Sourced(Identified):
    """Where a row came from. On every table of the directory.

    `source` names the directory that was imported (None: entered here), `source_id` is the row's
    name there. `extra` keeps what the source said and no column holds. `imported` is what the
    source said last time, by column: a re-import tells from it the source's change from an edit
    made here; None on a row with a source means that the source no longer lists it.
    """

    source: Mapped[str | None] = mapped_column(sort_order=90)
    source_id: Mapped[str | None] = mapped_column(sort_order=91)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict, sort_order=92)
    imported: Mapped[dict[str, Any] | None] = mapped_column(deferred=True, sort_order=93)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - declared_attr passes the class
        return sourced_table_args()


def sourced_table_args(*arguments: Any) -> tuple[Any, ...]:
    """`__table_args__` of a Sourced table that has constraints of its own.

    NULLs are distinct in a unique constraint on SQLite and PostgreSQL: rows entered here pass.
    """
    return (UniqueConstraint("source", "source_id"), *arguments)


def python_type(column: Column[Any]) -> type[Any]:
    """What a column holds, in Python: for types made of others SQLAlchemy says "object" only."""
    if isinstance(column.type, UTCDateTime):
        return datetime
    if isinstance(column.type, JSON):
        return dict
    found: type[Any] = column.type.python_type
    return found


def one_of(column: str, words: tuple[str, ...]) -> str:
    """SQL text of a CHECK that holds a column to a closed list of words (ours, never input)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def count_anew(session: Session, tables: Iterable[str]) -> None:
    """Have PostgreSQL count these tables: by its counts of before they grew, it may read them row
    by row for minutes, until its own round comes. SQLite keeps no such counts."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"ANALYZE {', '.join(sorted(tables))}"))
