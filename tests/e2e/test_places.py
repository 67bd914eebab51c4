"""Open places are shared out among a school's students, and a plan manager decides one by one."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import CheckPage, PageAt, SignIn

MANAGER = "manager@demo.example.org"
LONG = 120_000  # ms: a machine with other work may take its time


def test_places_from_the_question_to_a_referral(
    page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage
) -> None:
    page = page_at(360)
    sign_in(page, MANAGER)
    page.goto("/places")
    axe(page)
    fits(page)
    page.get_by_label("Term", exact=True).fill("Spring 2027")
    page.get_by_label("Places a student, at most").select_option("3")
    page.get_by_role("button", name="Propose").click()
    # The page asks again by itself until the list is made.
    to_decide = page.get_by_role("link", name="To decide")
    expect(to_decide).to_be_visible(timeout=LONG)
    rows = page.get_by_role("table", name="Proposed places").locator("tbody tr")
    proposed = rows.count()
    assert proposed >= 2, "the demo's school has students and open places"
    axe(page)
    fits(page)

    student = rows.first.get_by_role("rowheader").get_by_role("link").inner_text()
    rows.first.get_by_role("button", name=re.compile(r"^Accept \(")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Send referral")
    given_name = student.split(", ")[1]
    expect(page.locator("main")).to_contain_text(given_name)
    axe(page)
    fits(page)

    page.goto("/places")
    page.get_by_role("link", name="Spring 2027").click()
    expect(to_decide).to_contain_text(str(proposed - 1))
    expect(page.get_by_role("link", name="Accepted")).to_contain_text("1")
    page.set_viewport_size({"width": 1280, "height": 800})
    rows.first.locator("summary", has_text="Drop").click()
    axe(page)
    rows.first.get_by_role("button", name=re.compile("^Yes, drop it")).click()
    expect(page.get_by_role("link", name="Dropped")).to_contain_text("1")
    axe(page)
    fits(page)
    page.get_by_role("link", name="Accepted").click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(student)
    expect(rows.first.get_by_role("link", name="The referral")).to_be_visible()
    axe(page)

    page.get_by_label("Yes, drop it").check()
    page.get_by_role("button", name="Drop the list").click()
    expect(page.get_by_role("status").first).to_contain_text("What was accepted stays")
