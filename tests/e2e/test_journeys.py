"""The product as its people walk it, in a real browser on the running demo."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import CheckPage, PageAt, SignIn, Site

MANAGER = "manager@demo.example.org"
PATIENCE = 20  # seconds for the worker to send a message


def open_maya(page: Page) -> None:
    """From My students to Maya, who is in every demo."""
    page.get_by_role("link", name="My students").first.click()
    page.get_by_label("Name or number").fill("Maya Sample")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Sample, Maya").click()


def mail_with(site: Site, words: str, *, before: list[Path]) -> Any:
    """The message with `words` in To or Subject that was not there `before`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for path in set(site.mails()) - set(before):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if words in message["To"] + message["Subject"]:
                return message
        time.sleep(0.2)
    raise AssertionError(f"no message with {words!r} among {len(site.mails())}")


def link_in(message: Any, path: str) -> str:
    """The link of a message, as its reader would click it."""
    text = message.get_body(("plain",)).get_content()
    found = re.search(rf"https?://\S+{path}\S+", text)
    assert found, text
    return found.group(0)


@pytest.mark.parametrize(
    ("width", "javascript", "need"),
    [(1280, True, "Toothache or dental emergency"), (360, False, "Glasses")],
    ids=["desk", "phone-without-scripts"],
)
def test_the_whole_loop(
    site: Site,
    page_at: PageAt,
    sign_in: SignIn,
    axe: CheckPage,
    fits: CheckPage,
    width: int,
    javascript: bool,
    need: str,
) -> None:
    def looks_right(page: Page) -> None:
        fits(page) if javascript else None
        axe(page) if javascript else None

    manager = page_at(width, javascript=javascript)
    sign_in(manager, MANAGER)
    if width < 500:
        manager.get_by_text("Menu").click()
    open_maya(manager)
    looks_right(manager)
    student = manager.url
    manager.get_by_role("link", name="Find support").click()
    manager.get_by_role("link", name=need).click()
    expect(manager.get_by_text("Meets a need").first).to_be_visible()
    looks_right(manager)
    first = manager.locator("article, section.card").filter(has_text="1.").first
    service = first.get_by_role("heading").first.inner_text().removeprefix("1.").strip()

    manager.get_by_role("button", name="Refer").first.click()
    expect(
        manager.get_by_role("heading", name="This is all that the partner will see")
    ).to_be_visible()
    looks_right(manager)
    sent_before = site.mails()
    manager.get_by_label("Message to the partner").fill("Mornings are best.")
    manager.get_by_role("button", name=re.compile("^Send to")).click()
    expect(manager.get_by_text("moves next")).to_be_visible()
    referral = manager.url

    message = mail_with(site, "refers a student", before=sent_before)
    assert "Maya" not in message.as_string()
    partner = page_at(width, javascript=javascript)
    partner.goto(link_in(message, "/r/"))
    expect(partner.get_by_text("Maya")).to_have_count(0)
    looks_right(partner)
    partner.get_by_role("button", name="Open the referral").click()
    expect(partner.get_by_text("Maya Sample")).to_be_visible()
    expect(partner.get_by_text("Mornings are best.")).to_be_visible()
    looks_right(partner)
    partner.get_by_role("button", name="Accept").click()
    expect(partner.get_by_role("status")).to_contain_text("Thank you")
    partner.locator("summary", has_text="Completed").click()
    partner.get_by_label("The need is met").check()
    looks_right(partner)
    partner.get_by_role("button", name="Completed").click()
    expect(partner.get_by_text("Nothing more is needed from you")).to_be_visible()

    manager.goto(referral)
    expect(manager.get_by_text("Nothing more to do")).to_be_visible()
    looks_right(manager)
    manager.goto(student)
    timeline = manager.locator(".timeline")
    for step in ("Referral sent", "Accepted by the partner", "Completed: The need is met"):
        expect(timeline.get_by_text(step).first).to_be_visible()
    expect(timeline.get_by_text(service).first).to_be_visible()
    mail_with(site, MANAGER, before=sent_before)


def test_the_family_answers_in_spanish(
    site: Site, page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage
) -> None:
    manager = page_at(1280)
    sign_in(manager, MANAGER)
    open_maya(manager)
    student = manager.url
    manager.get_by_role("link", name="Family link").click()
    sent_before = site.mails()
    manager.get_by_role("button", name=re.compile("link and send it$")).click()
    expect(manager.get_by_role("img", name="The link as a code to scan")).to_be_visible()
    axe(manager)

    message = mail_with(site, "elena.sample@", before=sent_before)
    assert "Hola" in message.get_body(("plain",)).get_content()
    family = page_at(360)
    family.goto(link_in(message, "/f/"))
    expect(family.get_by_role("heading", name="Actividades para Maya")).to_be_visible()
    axe(family)
    fits(family)
    lego = family.get_by_role("article").filter(has_text="Lego").first
    name = lego.get_by_role("heading").inner_text()
    for word in ("Cuándo", "Dónde", "Costo"):
        expect(lego.get_by_text(word)).to_be_visible()
    lego.get_by_role("button", name="Me interesa").click()
    expect(family.get_by_role("status")).to_contain_text("Gracias")
    family.get_by_role("button", name="English").click()
    expect(family.get_by_role("heading", name="Activities for Maya")).to_be_visible()
    assert name

    manager.goto("/today")
    asked = manager.get_by_role("region", name="Families have answered")
    expect(asked.get_by_role("link", name="Maya Sample")).to_be_visible()
    manager.goto(student)
    expect(manager.get_by_text("The family is interested")).to_be_visible()
    manager.get_by_role("button", name="Mark as seen").click()
    expect(manager.get_by_role("button", name="Mark as seen")).to_have_count(0)


PAGES = {
    MANAGER: ("/today", "/students", "/referrals", "/referrals?view=all"),
    "partner@demo.example.org": ("/inbox",),
    "district@demo.example.org": (
        *("/district", "/students", "/referrals"),
        *("/duplicates", "/duplicates/merges", "/words-not-understood"),
        *("/listings-to-call", "/listing-changes"),
    ),
}


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("account", PAGES)
def test_each_roles_pages_are_sound_at_both_widths(
    page_at: PageAt,
    sign_in: SignIn,
    axe: CheckPage,
    fits: CheckPage,
    account: str,
    width: int,
) -> None:
    page = page_at(width)
    sign_in(page, account)
    page.wait_for_url(re.compile("/(today|inbox|district)$"))
    for path in PAGES[account]:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)
        fits(page)


@pytest.mark.parametrize("width", [360, 1280])
def test_filters_a_comparison_and_the_whole_plan(
    page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage, width: int
) -> None:
    page = page_at(width)
    sign_in(page, MANAGER)
    page.wait_for_url("**/today")
    page.goto("/students?q=Maya")
    page.get_by_role("link", name="Sample, Maya").click()
    page.get_by_role("link", name="Find support").click()
    page.get_by_role("link", name="Whole plan").click()
    expect(page.get_by_role("heading", name="All needs together")).to_be_visible()
    axe(page)
    page.get_by_text("Filter and sort").first.click()
    page.get_by_label("Sort by").select_option("Nearest")
    page.get_by_label("With open places").check()
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("fit Maya and the filters")).to_be_visible()
    axe(page)
    fits(page)
    for card in page.get_by_role("article").all()[:2]:
        card.get_by_label("Compare").check()
    page.get_by_role("button", name="Compare the ticked").click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    expect(page.get_by_role("rowheader", name="Closeness")).to_be_visible()
    axe(page)
    fits(page)
    page.get_by_role("link", name="Back to the list").click()
    expect(page.get_by_role("checkbox", name="Compare", checked=True)).to_have_count(2)
    page.emulate_media(media="print")
    expect(page.get_by_role("article").first.get_by_text("= ")).to_be_visible()  # the arithmetic
    for pressed in ("nav", "#map", "main button", ".pager"):
        for one in page.locator(pressed).all():
            assert not one.is_visible(), f"{pressed} is printed"


def test_a_whole_service_is_added_by_keyboard_alone(
    page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage
) -> None:
    page = page_at(1280)
    sign_in(page, "district@demo.example.org")
    page.wait_for_url("**/district")
    page.goto("/directory/services/new")
    axe(page)
    page.locator("#organization").focus()
    order = []
    for text in ("Riverbend Youth House", " ", *[""] * 4, "Chess evenings", "Play and learn.", ""):
        order.append(page.evaluate("document.activeElement.id"))
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    said_of_it = [
        "website",
        "organization_email",
        "organization_phones",
        "organization_description",
    ]
    rest = ["name", "description", "status"]
    assert order == ["organization", "new_organization", *said_of_it, *rest]
    for field, text in {
        "ages": "8-14",
        "languages": "en, es",
        "fee": "0",
        "place-0-street": "12 Sample Street",
        "place-0-city": "Chattanooga",
        "place-0-zip": "37402",
        "place-0-hours": "Mon & Wed 4-6pm",
    }.items():
        page.locator(f"#{field}").focus()
        page.keyboard.type(text)
    page.locator("#name").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chess evenings", level=1)).to_be_visible()
    expect(page.get_by_text("12 Sample Street, Chattanooga 37402").first).to_be_visible()
    expect(page.get_by_text("Monday and Wednesday, 4:00 PM to 6:00 PM").first).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).click()
    narrow = page_at(360)
    sign_in(narrow, "district@demo.example.org")
    narrow.wait_for_url("**/district")
    narrow.goto(page.url)
    expect(narrow.get_by_label("Name of the service")).to_have_value("Chess evenings")
    fits(narrow)
    axe(narrow)


@pytest.mark.parametrize("path", ["/sign-in", "/demo/mail", "/api/docs"])
def test_public_pages_are_sound(page_at: PageAt, fits: CheckPage, path: str) -> None:
    page = page_at(360)
    page.goto(path)
    expect(page.get_by_role("heading").first).to_be_visible()
    if path != "/api/docs":
        fits(page)


def test_by_keyboard_alone(page_at: PageAt, axe: CheckPage) -> None:
    page = page_at(1280)
    page.goto("/sign-in")
    page.get_by_label("Email").focus()
    page.keyboard.type(MANAGER)
    page.keyboard.press("Tab")
    page.keyboard.type("footbridge-demo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    page.keyboard.press("Tab")
    skip = page.evaluate("document.activeElement.textContent.trim()")
    assert "Skip" in skip, "the first stop leads past the menu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    walk_to(page, lambda words: words == "My students", back=True)
    page.keyboard.press("Enter")
    page.wait_for_url("**/students")


def walk_to(page: Page, wanted: Callable[[str], bool], *, back: bool = False) -> None:
    """Press Tab until what has the focus says what is wanted."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if wanted(page.evaluate("document.activeElement.textContent.trim()")):
            return
    raise AssertionError("the keyboard never got there")
