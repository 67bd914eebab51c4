"""A partner corrects its listing from a message, without an account, in under a minute."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import CheckPage, PageAt, Site
from tests.e2e.test_journeys import link_in, mail_with


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_message_to_a_true_listing(
    site: Site, page_at: PageAt, axe: CheckPage, fits: CheckPage, width: int
) -> None:
    phone = "423-555-0136" if width == 360 else "423-555-0128"
    message = mail_with(site, "Is this still right?", before=[])
    begun = time.monotonic()
    page = page_at(width)
    page.goto(link_in(message, "/l/"))
    expect(page.get_by_role("heading", name="Is this still right?")).to_be_visible()
    page.get_by_role("button", name="Still right").click()
    expect(page.get_by_role("status")).to_contain_text("confirmed today")
    page.get_by_label("Open places now").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("at once")
    page.get_by_text("Correct the listing").click()
    page.get_by_label("Phone").fill(phone)
    page.get_by_role("button", name="Send the corrections").click()
    expect(page.get_by_role("status")).to_contain_text("Schools see it at once")
    assert time.monotonic() - begun < 60
    page.get_by_text("Correct the listing").click()
    axe(page)
    fits(page)
    expect(page.get_by_label("Phone")).to_have_value(phone)
