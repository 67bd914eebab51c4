"""Fields that were edited here and changed at their source: noted by an import, settled by a person.

`note_conflicts` is called by the import, in its transaction; `settle_conflict` by a feature of app,
which knows who may. What was written here stands until somebody takes the source's value.
"""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Column, delete, select
from sqlalchemy.orm import Session

from catalog.bulk import chunks, update_rows
from catalog.db import Base, python_type
from catalog.errors import CatalogValueError
from catalog.models.import_conflict import ImportConflict
from catalog.services import bump_revision


def note_conflicts(
    session: Session,
    found: Iterable[ImportConflict],
    written: Mapping[uuid.UUID, Collection[str]],
) -> None:
    """Keep what waits for a person. `written` are the columns that the import settles by itself,
    by row: what waited for one of them waits no more, and a newer value takes an older one's place.
    """
    found = list(found)
    newer = {(conflict.entity_id, conflict.field) for conflict in found}
    waiting = session.execute(
        select(ImportConflict.id, ImportConflict.entity_id, ImportConflict.field).where(
            ImportConflict.state == "waiting"
        )
    )
    settled = [
        id_
        for id_, entity_id, field in waiting
        if (entity_id, field) in newer or field in written.get(entity_id, ())
    ]
    for part in chunks(settled):
        session.execute(delete(ImportConflict).where(ImportConflict.id.in_(part)))
    session.add_all(found)
    session.flush()


def settle_conflict(
    session: Session, conflict: ImportConflict, *, take: str, decided_by: str, now: datetime
) -> None:
    """Keep what was written here (`take` "ours") or write the source's value ("theirs").

    Raises CatalogValueError where it was settled already, or where the field is no longer what the
    import found: then neither value may be put over it unseen.
    """
    if take not in {"ours", "theirs"}:
        raise CatalogValueError("%(take)r is no choice. Take ours or theirs.", take=take)
    if conflict.state != "waiting":
        raise CatalogValueError("This was decided already. Nothing more is needed.")
    if take == "theirs":
        write_value(session, conflict, now=now)
    conflict.state, conflict.decided_by, conflict.decided_at = take, decided_by, now
    session.flush()


def write_value(session: Session, conflict: ImportConflict, *, now: datetime) -> None:
    """Put the source's value into the row, and move its version and the catalog's revision."""
    table = Base.metadata.tables[conflict.entity]
    column = table.c[conflict.field]
    row = session.execute(
        select(column).where(table.c.id == conflict.entity_id).with_for_update()
    ).one_or_none()
    if row is None or plain(row[0]) != conflict.ours:
        raise CatalogValueError(
            "The field was changed again since the import. Keep what stands there, "
            "or correct it in the listing."
        )
    values: dict[str, Any] = {column.name: from_plain(column, conflict.theirs)}
    if "last_modified" in table.c:
        values["last_modified"] = now
    update_rows(session, table, [(conflict.entity_id, values)])
    session.expire_all()
    bump_revision(session)


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON keeps them, so that they compare equal after a round trip."""
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    """One value as JSON keeps it."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def from_plain(column: Column[Any], value: Any) -> Any:
    """A value as its column takes it, from what JSON kept of it."""
    if not isinstance(value, str):
        return value
    kind = python_type(column)
    if kind is uuid.UUID:
        return uuid.UUID(value)
    if kind in {date, datetime, time}:
        return kind.fromisoformat(value)
    return value
