"""The district's team brings in real directories on a page, with and without scripts."""

from __future__ import annotations

import contextlib
import subprocess
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import CheckPage, PageAt, SignIn, Site

DISTRICT = "district@demo.example.org"
LONG = 120_000  # ms: a machine with other work may take its time


def upload(page: Page, path: Path, source: str) -> None:
    page.goto("/imports")
    page.get_by_label("File").set_input_files(path)
    page.get_by_label("Name of the directory").fill(source)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_role("heading", name=source)).to_be_visible()


def stand_still(page: Page, progress: str) -> None:
    """Let the page ask in vain, so that it does not change under who looks at it."""
    page.route(progress, lambda route: route.fulfill(status=204))


def test_a_sheet_from_upload_to_the_directory(
    page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage, real_data: Path
) -> None:
    """Every page is pressed in the narrow window, and looked at in both."""

    def looks_right() -> None:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            axe(page)
            fits(page)

    page = page_at(360)
    sign_in(page, DISTRICT)
    sheet = real_data / "chattanooga-service-providers" / "Service_Provider_Info.csv"
    stand_still(page, "**/progress")
    upload(page, sheet, "Chattanooga")
    looks_right()
    page.unroute("**/progress")
    # The page asks again by itself until the check is done.
    expect(page.get_by_text("Checked, not imported yet")).to_be_visible(timeout=LONG)
    page.get_by_text("How the columns are read").click()
    looks_right()
    page.get_by_label("Counties Served").select_option("Something else: kept beside the row")
    page.get_by_role("button", name="Save and check anew").click()
    expect(page.get_by_role("status").first).to_contain_text("for the next time too")
    expect(page.get_by_text("Checked, not imported yet")).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Warning").click()
    page.wait_for_url("**severity=warning**")
    looks_right()
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_role("heading", name="What was done")).to_be_visible(timeout=LONG)
    page.goto("/imports")
    expect(page.get_by_role("row", name="Chattanooga")).to_contain_text("Imported")
    expect(page.get_by_role("row", name="Chattanooga")).to_contain_text("117")
    looks_right()
    page.goto("/directory?q=Aim+Center")
    expect(page.get_by_text("Aim Center").first).to_be_visible()


def test_a_zip_without_scripts(
    page_at: PageAt, sign_in: SignIn, real_data: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "dc.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((real_data / "hsds20-dc-2022").glob("*.csv")):
            archive.write(file, file.name)
    page = page_at(360, javascript=False)
    sign_in(page, DISTRICT)
    upload(page, packed, "Washington, DC")
    look_again_until(page, "Checked, not imported yet")
    expect(page.get_by_text("10,942").first).to_be_attached()
    page.get_by_role("button", name="Import it").click()
    look_again_until(page, "Imported")
    page.goto("/imports")
    expect(page.get_by_role("row", name="Washington, DC")).to_contain_text("10,942")


def look_again_until(page: Page, words: str) -> None:
    """Press the button, as a person without scripts does."""
    for _ in range(60):
        page.wait_for_timeout(1000)
        page.get_by_role("link", name="Look again").click()
        page.wait_for_load_state()
        if page.get_by_role("link", name="Look again").count() == 0:
            break
    expect(page.locator("main .pill").first).to_have_text(words)


def test_a_file_over_the_limit_is_told_in_the_browser(
    page_at: PageAt, sign_in: SignIn, tmp_path: Path
) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(b"Provider,Service\n" + b"x" * 60 * 1024 * 1024)
    page = page_at(1280, may_answer={413})
    sign_in(page, DISTRICT)
    page.goto("/imports")
    page.get_by_label("File").set_input_files(large)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_text("The file is larger than 50 MB")).to_be_visible()


def test_needs_are_named_in_bulk_without_scripts(
    site: Site, page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage
) -> None:
    """Of the services that the zip above brought; they are read now, not when the worker's minute is
    over, unless it reads them already."""
    with contextlib.suppress(subprocess.CalledProcessError):
        site.command("jobs", "run", "propose_needs")
    page = page_at(360, javascript=False)
    sign_in(page, DISTRICT)
    for _ in range(150):
        page.goto("/proposed-needs?least=80")
        if page.get_by_role("button", name="Name the ticked needs").count():
            break
        page.wait_for_timeout(1000)
    page.get_by_role("link", name="Tick all on this page").click()
    page.get_by_role("button", name="Name the ticked needs").click()
    expect(page.get_by_role("status")).to_contain_text("Plans find them now")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Refuse the ticked").click()
    expect(page.get_by_role("status")).to_contain_text("That is remembered")
    page.get_by_role("link", name="What was decided").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    for width in (360, 1280):
        seen = page_at(width)
        sign_in(seen, DISTRICT)
        for path in ("/proposed-needs", "/proposed-needs/decided"):
            seen.goto(path)
            axe(seen)
            fits(seen)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_directory_is_downloaded(
    page_at: PageAt, sign_in: SignIn, axe: CheckPage, fits: CheckPage, width: int
) -> None:
    name = "Workbook (XLSX)" if width == 360 else "One file (JSON)"
    page = page_at(width)
    sign_in(page, "manager@demo.example.org")
    page.goto("/directory")
    page.get_by_role("link", name="Downloads").click()
    card = page.locator("section.card", has=page.get_by_role("heading", name=name))
    stand_still(page, "**/downloads/progress")
    card.get_by_role("button", name="Make the file").click()
    # A click does not wait for the next page: looked at too early, there are parts of two.
    expect(card.get_by_role("status")).to_be_visible()
    axe(page)
    fits(page)
    page.unroute("**/downloads/progress")
    # The page asks again by itself until the file is made.
    expect(card.get_by_role("link", name="Download")).to_be_visible(timeout=LONG)
    axe(page)
    fits(page)
    with page.expect_download() as download:
        card.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("catalog-")
    assert Path(download.value.path()).stat().st_size > 10_000
