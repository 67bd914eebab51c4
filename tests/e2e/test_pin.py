"""The pin of a place: typed, moved by the arrow keys, dragged; at last where the person put it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import CheckPage, PageAt, SignIn

DISTRICT = "district@demo.example.org"


def number(page: Page, label: str) -> float:
    return float(page.get_by_label(label).input_value())


def test_a_pin_is_dragged_moved_by_keys_and_saved(
    page_at: PageAt, sign_in: SignIn, axe: CheckPage
) -> None:
    page = page_at(1280)
    sign_in(page, DISTRICT)
    page.get_by_role("link", name="Places on the map").click()
    page.get_by_role("link", name=re.compile("Placed by a person")).click()
    page.locator(".rows a").first.click()
    pin = page.locator("#pin-map .map-pin")
    expect(pin).to_be_visible()
    axe(page)

    before = number(page, "Latitude"), number(page, "Longitude")
    box = pin.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 15, box["y"] + 15)
    page.mouse.down()
    page.mouse.move(box["x"] + 75, box["y"] - 45, steps=6)
    page.mouse.up()
    dragged = number(page, "Latitude"), number(page, "Longitude")
    assert dragged[0] > before[0]  # up is north
    assert dragged[1] > before[1]  # right is east

    pin.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    moved = number(page, "Latitude"), number(page, "Longitude")
    assert moved[0] < dragged[0]
    assert moved[1] < dragged[1]

    page.get_by_role("button", name="Save the pin").press("Enter")
    expect(page.get_by_text("Saved. The place is where you put the pin")).to_be_visible()
    assert (number(page, "Latitude"), number(page, "Longitude")) == moved
