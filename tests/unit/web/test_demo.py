"""What the sign-in page offers is what the demonstration holds."""

from __future__ import annotations

from app.web import demo
from seeds import accounts, commands


def test_every_account_that_is_offered_is_there() -> None:
    held = {(account.email, account.role, account.name) for account in accounts.DEMO_ACCOUNTS}
    offered = {(account.email, account.role, account.name) for account in demo.DEMO_ACCOUNTS}
    assert offered <= held


def test_the_password_that_is_shown_is_the_one_that_was_set() -> None:
    assert commands.DEMO_PASSWORD == demo.DEMO_PASSWORD
