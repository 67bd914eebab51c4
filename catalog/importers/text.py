"""Cleaning of what directories write into cells. Used by every reader; loses no words."""

import html
import re
import unicodedata
from urllib.parse import urlsplit

# Starts only where a word does, and never goes back: a cell of 100 kB is read once.
EMAIL = re.compile(
    r"(?<![^@\s,;<>()\"])[A-Za-z0-9.!#$%&'*+=?^_`{|}~-]++@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"
)
WRITTEN_BREAK = re.compile(r"(?:\\r)?\\n(?![a-z]*[\\/:])")  # \n as two letters, in no path
UNSEEN = "\u200b\u2060\ufeff"  # signs without width, which web pages leave in what is copied
TIMES = 4  # text escaped again and again
NO_VALUE = frozenset({"null", "n/a", "nan", "#n/a"})


def clean_text(raw: str) -> str:
    """Entities decoded, escapes undone, control characters and signs without width out, ends
    trimmed; lines kept.

    Cleaning what is clean changes nothing, so that what was exported comes back alike.
    """
    if raw.isascii() and raw.isprintable() and "&" not in raw and "\\" not in raw:
        text = raw.strip()
        return "" if text.casefold() in NO_VALUE else text
    text = raw
    for _ in range(TIMES):
        before = text
        text = WRITTEN_BREAK.sub("\n", html.unescape(text)) if {"&", "\\"} & set(text) else text
        text = text.replace("\\'", "'").replace('\\"', '"')
        if text == before:
            break
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    if not text.isprintable():
        text = "".join(
            c
            for c in text
            if c in "\n\t" or not (c in UNSEEN or unicodedata.category(c) in {"Cc", "Cs"})
        )
    text = "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return "" if text.casefold() in NO_VALUE else text


def has_escapes(raw: str) -> bool:
    """Whether a cell holds entities, or line ends as two letters, that `clean_text` turns into signs."""
    return ("&" in raw and html.unescape(raw) != raw) or (
        "\\" in raw and WRITTEN_BREAK.search(raw) is not None
    )


def clean_line(raw: str) -> str:
    """The same on one line, single blanks: for names and codes."""
    text = clean_text(raw)
    return " ".join(text.split()) if "  " in text or not text.isprintable() else text


def find_emails(text: str) -> list[str]:
    """The e-mail addresses in a cell that may hold several, or prose."""
    return [match.group() for match in EMAIL.finditer(text)]


def web_address(text: str) -> str | None:
    """The cell as an http(s) address, or None where it cannot be one.

    An address without a scheme gets http, which every site answers; line breaks inside are closed.
    """
    joined = re.sub(r"\s*\n\s*", "", text).strip()
    if not joined or re.search(r"[\s,;<>\"]", joined):
        return None
    if "://" not in joined:
        if re.match(r"[a-z]+:", joined, re.IGNORECASE) and not re.match(r"[^:/]+:\d+", joined):
            return None
        joined = f"http://{joined}"
    try:
        parts = urlsplit(joined)
        host = parts.hostname or ""
    except ValueError:
        return None
    return joined if parts.scheme in {"http", "https"} and "." in host else None


def slug(text: str) -> str:
    """A short lower-case key of a text: letters and digits, the rest as single dashes."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def plain_heading(heading: str) -> str:
    """A heading in lower case without marks, accents off."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return " ".join(re.sub(r"[^a-z0-9/ -]", " ", plain.lower()).split())
