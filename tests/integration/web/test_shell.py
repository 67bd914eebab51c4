"""The page around every page: where people begin, their menu, their language, its files, its errors."""

from __future__ import annotations

import re
import threading
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.security.policy import Role
from app.web import assets, demo
from tests.factories import make_user
from tests.fixtures.client import CheckedClient, MakeClient
from tests.fixtures.database import MakeApp

PAGE = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("role", "first_page"),
    [
        (None, "/sign-in"),
        (Role.PLAN_MANAGER, "/today"),
        (Role.PARTNER, "/inbox"),
        (Role.DISTRICT_ADMIN, "/district"),
    ],
)
def test_the_front_door_leads_to_the_roles_first_page(
    client: CheckedClient, session: Session, role: Role | None, first_page: str
) -> None:
    if role:
        client.sign_in(make_user(session, role=role))
    assert client.get("/").location == first_page


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.PLAN_MANAGER, ["Today", "My students", "Referrals", "Places", "Directory"]),
        (Role.PARTNER, ["Inbox", "Our listings", "Directory"]),
        (
            Role.DISTRICT_ADMIN,
            [
                "District",
                "Students",
                "Referrals",
                "Places",
                "Directory",
                "Listing changes",
                "Listings to call about",
                "Listings to mend",
                "Twice in the directory?",
                "Places on the map",
                "Imports",
                "Proposed needs",
                "Import conflicts",
            ],
        ),
    ],
)
def test_the_menu_shows_what_the_role_may_open(
    client: CheckedClient, session: Session, role: Role, labels: list[str]
) -> None:
    client.sign_in(make_user(session, role=role))
    page = client.get("/", follow_redirects=True)
    assert menu_of(page.text) == labels
    assert re.search(r'aria-current="page">.*?<span>(.*?)</span>', page.text)[1] == labels[0]


def test_only_a_demo_offers_its_mail_and_its_accounts(
    make_app: MakeApp, make_client: MakeClient, client: CheckedClient, session: Session
) -> None:
    assert demo.DEMO_PASSWORD not in client.get("/sign-in").text
    shown = make_client(make_app(demo=True))
    page = shown.get("/sign-in")
    assert demo.DEMO_PASSWORD in page.text
    assert all(account.email in page.text for account in demo.DEMO_ACCOUNTS)
    shown.sign_in(make_user(session, role=Role.PLAN_MANAGER))
    assert menu_of(shown.get("/", follow_redirects=True).text)[-1] == "Demo mail"


def test_signing_in_leads_to_the_page_that_was_asked_for(
    client: CheckedClient, session: Session
) -> None:
    user = make_user(session, role=Role.PLAN_MANAGER, password="a long pass phrase")
    asked = client.get("/students?grade=3", headers=PAGE)
    page = client.get(asked.location)
    answer = client.submit(page, data={"email": user.email, "password": "a long pass phrase"})
    assert answer.location.endswith("/students?grade=3")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The email or the password is not right."), ("es", "El correo o la contraseña")],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_failed_sign_in_does_not_say_who_has_an_account(
    client: CheckedClient, session: Session, language: str, words: str, *, is_known: bool
) -> None:
    user = make_user(session, role=Role.PLAN_MANAGER, password="a long pass phrase")
    email = user.email if is_known else "nobody@example.org"
    page = client.get("/sign-in", headers={"Accept-Language": language})
    answer = client.submit(
        page,
        data={"email": email, "password": "another pass phrase"},
        headers={"Accept-Language": language},
    )
    assert answer.text.count(words) == 1
    assert "invalid" not in answer.text.replace('aria-invalid="true"', "")


def test_the_language_is_one_tap_and_is_remembered(client: CheckedClient) -> None:
    page = client.get("/sign-in?next=/students")
    assert '<html lang="en">' in page.text
    back = client.submit(page, "/language", data={"language": "es"})
    assert back.location == "/sign-in?next=/students"
    page = client.get(back.location)
    assert '<html lang="es">' in page.text
    assert "Iniciar sesión" in page.text
    client.submit(page, "/language", data={"language": "en"})
    assert "Sign in" in client.get("/sign-in").text


def test_the_browsers_language_is_taken_until_one_is_chosen(client: CheckedClient) -> None:
    page = client.get("/sign-in", headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    assert "Iniciar sesión" in page.text
    assert "Sign in" in client.get("/sign-in", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize(
    "foreign",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1", "/\tx", ""],
)
def test_a_choice_of_language_never_leads_to_another_site(
    client: CheckedClient, foreign: str
) -> None:
    page = client.get("/sign-in")
    data = {"language": "es", "next": foreign}
    assert client.submit(page, "/language", data=data).location == "/"


def test_a_language_that_we_do_not_have_is_refused(client: CheckedClient) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    answer = client.post("/language", data={"csrf_token": token[1], "language": "xx"}, headers=PAGE)
    assert answer.status_code == 422
    assert "Choose one of the languages" in answer.text


def test_what_a_page_loads_is_ours_and_is_kept_for_a_year(client: CheckedClient) -> None:
    page = client.get("/sign-in").text
    addresses = re.findall(r'(?:<link[^>]*href|src)="([^"]+)"', page)
    assert len(addresses) == 3
    for address in addresses:
        assert address.startswith("/assets/")
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_an_outdated_address_gives_the_present_file_but_is_not_kept(client: CheckedClient) -> None:
    answer = client.get("/assets/000000000000/footbridge.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["missing.css", "..%2Fsettings.py", "htmx.js"])
def test_no_other_file_is_served(client: CheckedClient, name: str) -> None:
    assert client.get(f"/assets/0/{name}", headers=PAGE).status_code == 404


def test_a_script_that_was_not_reviewed_is_not_served() -> None:
    package, path, _ = assets.VENDORED["htmx.min.js"]
    changed = {"htmx.min.js": (package, path, "0" * 64)}
    with (
        mock.patch.object(assets, "VENDORED", changed),
        pytest.raises(assets.UnknownAssetError, match="pin its sha256"),
    ):
        assets.asset_bytes.__wrapped__("htmx.min.js")


def test_the_error_page_needs_no_database(
    app: Flask, client: CheckedClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sign_in(make_user(session, role=Role.PLAN_MANAGER))

    def broken(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("SELECT", {}, Exception("the database is away"))

    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setattr(Session, "execute", broken)
    monkeypatch.setattr(Session, "get", broken)
    monkeypatch.setattr(Session, "scalar", broken)
    monkeypatch.setattr(Session, "scalars", broken)
    answer = client.get("/today", headers=PAGE)
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "database is away" not in answer.text


def test_an_error_page_speaks_the_visitors_language(client: CheckedClient) -> None:
    answer = client.get("/nothing-here", headers={**PAGE, "Accept-Language": "es"})
    assert answer.status_code == 404
    assert "Aquí no hay nada" in answer.text


def test_health_answers_without_the_database(client: CheckedClient) -> None:
    assert client.get("/health").text == "ok"


def test_the_password_is_asked_again_on_a_page_of_ours(
    client: CheckedClient, session: Session
) -> None:
    client.sign_in(make_user(session, role=Role.PLAN_MANAGER))
    assert "Your password once more" in client.get("/verify").text


def menu_of(page: str) -> list[str]:
    """The labels of the (first) menu, in order."""
    menu = re.search(r'<nav aria-label="Main menu">(.*?)</nav>', page, re.DOTALL)
    assert menu
    return re.findall(r"<span>(.*?)</span>", menu[1])


def test_a_request_starts_no_thread(client: CheckedClient) -> None:
    with mock.patch.object(threading.Thread, "start", side_effect=AssertionError("a thread")):
        assert client.get("/health").text == "ok"
