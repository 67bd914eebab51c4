"""Who a service is for, as rules a machine can compare. Beside HSDS, which has prose only.

Several rows of one kind are alternatives (ages 6-8 or 12-14). No row of a kind means that the
partner has not said; a row of kind `anyone` says that there is no restriction on its axis.
What the facts of a kind look like is checked in one place: `catalog.eligibility.check_facts`.
"""

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Connection, ForeignKey, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from catalog.db import Base, Sourced, one_of, sourced_table_args
from catalog.eligibility import check_facts
from catalog.vocabulary import ELIGIBILITY_EFFECTS, ELIGIBILITY_KINDS

if TYPE_CHECKING:
    from catalog.models.service import Service


class EligibilityRule(Sourced, Base):
    """One rule. `source_text` is what the partner or the directory said, word for word."""

    __tablename__ = "eligibility_rule"
    __table_args__ = sourced_table_args(
        CheckConstraint(one_of("kind", tuple(ELIGIBILITY_KINDS)), name="kind"),
        CheckConstraint(one_of("effect", tuple(ELIGIBILITY_EFFECTS)), name="effect"),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("service.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str]
    effect: Mapped[str] = mapped_column(default="require")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    source_text: Mapped[str | None]

    service: Mapped["Service"] = relationship(back_populates="eligibility_rules")


@event.listens_for(EligibilityRule, "before_insert")
@event.listens_for(EligibilityRule, "before_update")
def check_rule(
    mapper: Mapper[EligibilityRule], connection: Connection, rule: EligibilityRule
) -> None:
    """Keep facts that matching cannot read out of the table, whoever writes the rule."""
    rule.facts = check_facts(rule.kind, rule.facts or {})
