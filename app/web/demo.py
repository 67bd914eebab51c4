"""The demo's accounts: their addresses and the one password, which everyone may know.

Read by the sign-in page (only where `settings.demo` is on) and by seeds, which make the accounts.
Must never be used for an installation with real students.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.security.policy import Role

DEMO_PASSWORD = "footbridge-demo"  # noqa: S105 - the demo shows it to everyone


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account that the demo offers. `name` is the made-up person's."""

    email: str
    role: Role
    name: str


DEMO_ACCOUNTS = (
    DemoAccount("manager@demo.example.org", Role.PLAN_MANAGER, "Robin Sample"),
    DemoAccount("partner@demo.example.org", Role.PARTNER, "Casey Sample"),
    DemoAccount("district@demo.example.org", Role.DISTRICT_ADMIN, "Alex Sample"),
)
