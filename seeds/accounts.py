"""Accounts of the demonstration: three that can sign in, and the plan managers of every school.

Called by load.py. The invented plan managers have no password, so nobody signs in as them. Never
commits; an account that is there (by its address) is left as it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.security.models import Role, User, UserSchool, user_role
from app.security.policy import Role as RoleName
from seeds.district import SEED, managers_at
from seeds.families import family_name, given_name, slug
from seeds.partners import demo_id, organization_id

# The schools that the program's own people wrote from, so their plan manager is the one to try.
TOUR_SCHOOLS = ("03300050", "03300075")
ACCOUNT_ROLES = (RoleName.PLAN_MANAGER, RoleName.PARTNER, RoleName.DISTRICT_ADMIN)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account to try the product with."""

    email: str
    name: str
    role: RoleName
    schools: tuple[str, ...] = ()
    organization: str | None = None  # slug of an invented organization


DEMO_ACCOUNTS = (
    DemoAccount(
        "manager@demo.example.org", "Robin Sample", RoleName.PLAN_MANAGER, schools=TOUR_SCHOOLS
    ),
    DemoAccount(
        "partner@demo.example.org", "Casey Sample", RoleName.PARTNER, organization="pebblepearl"
    ),
    DemoAccount(
        "clubs@demo.example.org", "Lee Sample", RoleName.PARTNER, organization="bramblebrick"
    ),
    DemoAccount("district@demo.example.org", "Alex Sample", RoleName.DISTRICT_ADMIN),
)


def load_accounts(
    session: Session, school_ids: Mapping[str, uuid.UUID], *, password_hash: str | None
) -> tuple[str, ...]:
    """Add the demo accounts that are not there; the addresses added.

    `password_hash` is Flask-Security's; None makes accounts that nobody can sign in to.
    """
    roles = _load_roles(session)
    known = set(session.scalars(select(User.email)))
    added = [account for account in DEMO_ACCOUNTS if account.email not in known]
    for account in added:
        user_id = demo_id("user", account.email)
        session.execute(
            insert(User).values(
                id=user_id,
                email=account.email,
                name=account.name,
                password=password_hash,
                fs_uniquifier=uuid.uuid4().hex,
                organization_id=account.organization and organization_id(account.organization),
            )
        )
        session.execute(
            insert(user_role).values(user_id=user_id, role_id=roles[account.role.value])
        )
        for code in account.schools:
            session.execute(insert(UserSchool).values(user_id=user_id, school_id=school_ids[code]))
    return tuple(account.email for account in added)


def load_plan_managers(
    session: Session, school_ids: Mapping[str, uuid.UUID], students: Mapping[str, int]
) -> dict[tuple[str, int], uuid.UUID]:
    """Give each school a plan manager for about 300 students; ids by (school, number from 0).

    `students` counts them by school code. At the tour's schools the first is the demo account.
    """
    roles = _load_roles(session)
    by_email = {row.email: row.id for row in session.execute(select(User.email, User.id))}
    rng = Random(SEED)  # noqa: S311 - invents names, guards nothing
    managers: dict[tuple[str, int], uuid.UUID] = {}
    new: list[tuple[uuid.UUID, str, str, str]] = []
    for code, count in students.items():
        for number in range(managers_at(count)):
            gender = rng.choice(("female", "male"))
            name = f"{given_name('en', gender, rng)} {family_name('en', rng)}"
            email = f"{slug(name)}.{code}-{number + 1}@schools.example.org"
            if number == 0 and code in TOUR_SCHOOLS:
                managers[code, number] = by_email[DEMO_ACCOUNTS[0].email]
            elif email in by_email:
                managers[code, number] = by_email[email]
            else:
                managers[code, number] = demo_id("user", email)
                new.append((managers[code, number], email, name, code))
    if new:
        _insert_managers(session, new, school_ids, roles[RoleName.PLAN_MANAGER.value])
    return managers


def _insert_managers(
    session: Session,
    new: list[tuple[uuid.UUID, str, str, str]],
    school_ids: Mapping[str, uuid.UUID],
    role_id: uuid.UUID,
) -> None:
    session.execute(
        insert(User),
        [
            {"id": id_, "email": email, "name": name, "fs_uniquifier": uuid.uuid4().hex}
            for id_, email, name, _ in new
        ],
    )
    session.execute(
        insert(user_role), [{"user_id": id_, "role_id": role_id} for id_, _, _, _ in new]
    )
    session.execute(
        insert(UserSchool),
        [{"user_id": id_, "school_id": school_ids[code]} for id_, _, _, code in new],
    )


def _load_roles(session: Session) -> dict[str, uuid.UUID]:
    known = {row.name: row.id for row in session.execute(select(Role.name, Role.id))}
    missing = [role.value for role in ACCOUNT_ROLES if role.value not in known]
    if missing:
        rows = [{"id": demo_id("role", name), "name": name} for name in missing]
        session.execute(insert(Role), rows)
        known |= {name: demo_id("role", name) for name in missing}
    return known
