"""SMTP_URL is read once, at the start, and a wrong one stops it with words that quote no password."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from app.notices.smtp_server import read_smtp_url
from app.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "smtp://mail.example.org",
            ("mail.example.org", 25, False, "offered", None, None),
        ),
        (
            "smtps://mail.example.org",
            ("mail.example.org", 465, True, "offered", None, None),
        ),
        (
            "smtp://us%40er:p%2Fw%3A@mail.example.org:587?starttls=required",
            ("mail.example.org", 587, False, "required", "us@er", "p/w:"),
        ),
    ],
)
def test_what_a_url_means(url: str, expected: tuple[object, ...]) -> None:
    assert astuple(read_smtp_url(url)) == expected


@pytest.mark.parametrize(
    ("url", "needs"),
    [
        ("smtp://mail.example.org", False),
        ("smtp://mail.example.org?starttls=required", True),
        ("smtp://u:p@mail.example.org", True),
        ("smtp://u:p@localhost", False),
    ],
)
def test_a_password_travels_only_encrypted(url: str, needs: bool) -> None:
    assert read_smtp_url(url).needs_encryption is needs


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://u:hunter2@mail.example.org:99999",
        "smtp://u:hunter2@mail.example.org:port",
        "smtp://u:hunter2@mail.example.org?starttls=maybe",
        "smtp://u:hunter2@mail.example.org?tls=1",
        "smtp://u@mail.example.org",
        "smtp://u:hunter2@mail.example.org/folder",
    ],
)
def test_a_wrong_url_stops_the_start(url: str, tmp_path: Path) -> None:
    environ = {"SMTP_URL": url, "SECRET_KEY": "x" * 40}
    with pytest.raises(SettingsError, match="SMTP_URL cannot be used: ") as stopped:
        Settings.from_environment(environ, instance_dir=tmp_path)
    assert "hunter2" not in str(stopped.value)


@pytest.mark.parametrize(
    "text", ["nobody", "Footbridge", "<>", "a@", "@example.org", "a@b\nBcc: c@d"]
)
def test_a_wrong_sender_stops_the_start(text: str, tmp_path: Path) -> None:
    environ = {"MAIL_FROM": text, "SECRET_KEY": "x" * 40}
    with pytest.raises(SettingsError, match="MAIL_FROM cannot be used: "):
        Settings.from_environment(environ, instance_dir=tmp_path)


@pytest.mark.parametrize("text", ["two", "-1", "10", "1.5"])
def test_a_wrong_number_of_proxies_stops_the_start(text: str, tmp_path: Path) -> None:
    environ = {"TRUSTED_PROXIES": text, "SECRET_KEY": "x" * 40}
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        Settings.from_environment(environ, instance_dir=tmp_path)
