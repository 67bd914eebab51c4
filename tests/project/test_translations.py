"""Every sentence that a page or a letter says has its Spanish, and what is compiled is what is written."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
APP, CATALOG = ROOT / "app", ROOT / "catalog"
FOLDER = APP / "translations" / "es" / "LC_MESSAGES"
# What `make translations` takes for a sentence, beside what gettext always does: the errors that
# people see are among it, since their message is taken from where they are raised.
MARKS = re.findall(r"-k (\w+)", (ROOT / "Makefile").read_text("utf-8"))
KEYWORDS = {**DEFAULT_KEYWORDS, **dict.fromkeys(MARKS)}
HELP = "Run `make translations` and write the Spanish into app/translations/es."


@pytest.fixture(scope="module")
def spanish() -> Catalog:
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="es")


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(value: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [value or ""] if isinstance(value, str) or value is None else list(value)


def said() -> dict[str, str]:
    """Each sentence in the source, with a file that says it."""
    with (APP / "translations" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    return {
        texts(sentence)[0]: path
        for folder in (APP, CATALOG)
        for path, _line, sentence, _comments, _context in extract_from_dir(
            folder, methods, options, KEYWORDS
        )
    }


def test_every_sentence_has_its_spanish(spanish: Catalog) -> None:
    translated = {key_of(m) for m in spanish if m.id and not m.fuzzy and all(texts(m.string))}
    missing = {text: path for text, path in said().items() if text not in translated}
    assert not missing, HELP


def test_nothing_is_translated_that_nobody_says(spanish: Catalog) -> None:
    assert {key_of(m) for m in spanish if m.id} <= said().keys(), HELP


def test_a_translation_is_filled_with_the_same_facts(spanish: Catalog) -> None:
    def blanks(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)\w|\{\w+\}", text))

    wrong = [
        key_of(m)
        for m in spanish
        for text in texts(m.string)
        if m.id and blanks(text) != blanks(key_of(m))
    ]
    assert not wrong


def test_what_is_compiled_is_what_is_written(spanish: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, spanish)
    assert (FOLDER / "messages.mo").read_bytes() == compiled.getvalue(), HELP
