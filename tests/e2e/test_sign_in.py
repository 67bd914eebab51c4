"""Signing in: with and without scripts, narrow and wide, with a keyboard, and when it is refused."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, CheckPage, PageAt, SignIn

MANAGER = "manager@demo.example.org"


@pytest.mark.parametrize("width", [360, 1280])
def test_the_first_page_after_signing_in(
    width: int, page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage
) -> None:
    page = page_at(width)
    page.goto("/sign-in")
    axe(page)
    fits(page)
    sign_in(page, MANAGER)
    expect(page).to_have_url(re.compile(r"/today$"))
    axe(page)
    fits(page)


def test_without_scripts(page_at: PageAt, sign_in: SignIn) -> None:
    page = page_at(1280, javascript=False)
    sign_in(page, MANAGER)
    expect(page).to_have_url(re.compile(r"/today$"))


def test_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Email").focus()
    page.keyboard.type(MANAGER)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/today$"))


@pytest.mark.parametrize("email", [MANAGER, "nobody@example.org"])
def test_a_wrong_password_does_not_say_whether_there_is_an_account(
    email: str, page: Page, sign_in: SignIn, axe: CheckPage
) -> None:
    sign_in(page, email, "not-the-password")
    expect(page.get_by_role("alert")).to_contain_text("The email or the password is not right")
    axe(page)


def test_a_page_that_needs_signing_in_comes_back_afterwards(page: Page) -> None:
    page.goto("/students")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("Email").fill(MANAGER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r"/students$"))
