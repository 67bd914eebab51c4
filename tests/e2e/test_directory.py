"""The directory in a browser: its map without a tile server, and what paper shows of it.

A request that leaves the site fails a test here, as everywhere.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PageAt, SignIn

MANAGER = "manager@demo.example.org"


def test_without_a_tile_server_the_county_and_its_zip_areas_are_the_ground(
    page_at: PageAt, sign_in: SignIn
) -> None:
    page = page_at(1280)
    sign_in(page, MANAGER)
    page.goto("/directory?q=dentist")
    expect(page.locator("#map path.map-county")).to_have_count(1)
    assert page.locator("#map path.map-area").count() >= 22
    listed = page.locator(".found > li").count()
    assert page.locator("#map .map-pin").count() >= min(listed, 1) == 1
    assert page.locator("#map .map-zip").count() >= 22


@pytest.mark.parametrize("path", ["/directory?q=dentist", "service"])
def test_on_paper_stands_what_is_read_and_nothing_to_press(
    page_at: PageAt, sign_in: SignIn, path: str
) -> None:
    page = page_at(1280)
    sign_in(page, MANAGER)
    page.goto("/directory?q=dentist")
    name = page.locator(".found h2 a").first.inner_text()
    if path == "service":
        page.locator(".found h2 a").first.click()
        page.wait_for_url("**/directory/services/*")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(name, exact=True).first).to_be_visible()
    for pressed in ("nav", "#map", "main button", ".pager"):
        for one in page.locator(pressed).all():
            assert not one.is_visible(), f"{pressed} is printed"
    pdf = page.pdf()
    assert pdf.startswith(b"%PDF")
