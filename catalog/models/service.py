"""The service: what a partner offers, in HSDS's own columns.

Eligibility as rules and how a service takes referrals are beside it, in `eligibility` and `intake`:
HSDS has no tables for them.
"""

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catalog.db import Base, Sourced, one_of, sourced_table_args
from catalog.vocabulary import SERVICE_STATUSES

if TYPE_CHECKING:
    from catalog.models.attribute import Attribute
    from catalog.models.capacity import ServiceCapacity
    from catalog.models.contact import Contact
    from catalog.models.cost_option import CostOption
    from catalog.models.eligibility import EligibilityRule
    from catalog.models.funding import Funding
    from catalog.models.intake import ServiceIntake
    from catalog.models.language import Language
    from catalog.models.organization import Organization
    from catalog.models.phone import Phone
    from catalog.models.program import Program
    from catalog.models.required_document import RequiredDocument
    from catalog.models.schedule import Schedule
    from catalog.models.service_area import ServiceArea
    from catalog.models.service_at_location import ServiceAtLocation
    from catalog.models.url import Url


class Service(Sourced, Base):
    """HSDS service. Ages are decimal years; `assured_date`: when the listing was last confirmed."""

    __tablename__ = "service"
    __table_args__ = sourced_table_args(
        CheckConstraint(one_of("status", tuple(SERVICE_STATUSES)), name="status"),
        CheckConstraint("minimum_age <= maximum_age", name="age_order"),
    )

    # Real directories list services whose organization is not in the file. They come in, and are
    # not offered until somebody says whose they are.
    organization_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("organization.id", ondelete="CASCADE"), index=True
    )
    program_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("program.id", ondelete="SET NULL"), index=True
    )
    name: Mapped[str] = mapped_column(index=True)
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="active", index=True)
    interpretation_services: Mapped[str | None]
    application_process: Mapped[str | None]
    fees_description: Mapped[str | None]
    wait_time: Mapped[str | None]
    fees: Mapped[str | None]
    accreditations: Mapped[str | None]
    eligibility_description: Mapped[str | None]
    minimum_age: Mapped[float | None]
    maximum_age: Mapped[float | None]
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None]
    licenses: Mapped[str | None]
    alert: Mapped[str | None]
    last_modified: Mapped[datetime | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)

    organization: Mapped["Organization | None"] = relationship(back_populates="services")
    program: Mapped["Program | None"] = relationship(back_populates="services")
    service_at_locations: Mapped[list["ServiceAtLocation"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    schedules: Mapped[list["Schedule"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    phones: Mapped[list["Phone"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    languages: Mapped[list["Language"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    cost_options: Mapped[list["CostOption"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    required_documents: Mapped[list["RequiredDocument"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    service_areas: Mapped[list["ServiceArea"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    capacities: Mapped[list["ServiceCapacity"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    eligibility_rules: Mapped[list["EligibilityRule"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    intake: Mapped["ServiceIntake | None"] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    funding: Mapped[list["Funding"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    urls: Mapped[list["Url"]] = relationship(
        back_populates="service", cascade="all, delete-orphan", passive_deletes=True
    )
    # An attribute points at any table by name, so there is no foreign key to follow: read only.
    attributes: Mapped[list["Attribute"]] = relationship(
        primaryjoin="and_(Service.id == foreign(Attribute.link_id), "
        "Attribute.link_entity == 'service')",
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy as it stands
