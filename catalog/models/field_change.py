"""Who changed which field of the directory, when, from what to what: HSDS `metadata`."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from catalog.db import Base, Sourced, one_of, sourced_table_args

# Who may have made a change: `staff` of the district or a school, `partner`, the `source` of an
# import, Footbridge itself by a job or command (`system`), or whoever an imported history names.
AUTHOR_KINDS = ("staff", "partner", "source", "system", "elsewhere")
ACTIONS = ("create", "update", "delete")


class FieldChange(Sourced, Base):
    """One field of one row. Written by `catalog.history` alone, never changed, never removed.

    Values are text as HSDS has them, "" for nothing. Ours are: `owner_id`, the service, organization,
    place or service at a place that the row hangs on (or is); `change_id`, what was done in one go
    (None: in an imported history, which does not say), and `position` in it. `updated_by` names a
    person: never told outside, where `made_by` stands for it.
    """

    __tablename__ = "metadata"
    __table_args__ = sourced_table_args(
        CheckConstraint(one_of("made_by", AUTHOR_KINDS), name="made_by"),
        Index("ix_metadata_owner_id_last_action_date", "owner_id", "last_action_date"),
        Index("ix_metadata_resource_type_last_action_type", "resource_type", "last_action_type"),
    )

    resource_id: Mapped[uuid.UUID] = mapped_column(index=True)
    resource_type: Mapped[str] = mapped_column(String(40))
    last_action_date: Mapped[datetime]
    last_action_type: Mapped[str] = mapped_column(String(40))
    field_name: Mapped[str] = mapped_column(String(60))
    previous_value: Mapped[str] = mapped_column(Text, default="")
    replacement_value: Mapped[str] = mapped_column(Text, default="")
    updated_by: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(20))
    owner_id: Mapped[uuid.UUID]
    change_id: Mapped[uuid.UUID | None]
    position: Mapped[int] = mapped_column(default=0)
