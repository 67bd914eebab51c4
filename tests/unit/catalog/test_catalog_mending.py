"""Garbled text is mended where that is sure, and left alone where it is not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.mending import decode_line, mend_letters
from catalog.importers.text import clean_text, find_emails


@pytest.mark.parametrize(
    ("garbled", "right"),
    [
        ("Childrenâ€™s", "Children’s"),
        ("cafÃ©", "café"),
        ("NiÃ±os", "Niños"),
        ("9â€“5", "9–5"),
        ("Â§ 8", "§ 8"),
        ("Ã¢â‚¬â„¢", "’"),  # twice through the mill
        ("ðŸ˜€", "😀"),
    ],
)
def test_letters_read_in_the_wrong_encoding(garbled: str, right: str) -> None:
    assert mend_letters(garbled)[0] == right


@pytest.mark.parametrize(
    "text", ["plain", "Niños", "café “Sol”", "Â", "São Paulo", "»Spaß«", "ção"]
)
def test_right_letters_stay(text: str) -> None:
    assert mend_letters(text) == (text, 0)


@given(st.text(alphabet=st.characters(max_codepoint=0x17F)))
def test_what_was_read_as_windows_is_mended_back(text: str) -> None:
    try:
        garbled = text.encode().decode("cp1252")
    except UnicodeDecodeError:
        return
    plain = text if mend_letters(text) == (text, 0) else None
    if plain is not None and garbled != text:
        assert mend_letters(garbled)[0] == plain


def test_lines_of_windows_and_mac() -> None:
    assert decode_line("Café “Sol”".encode("cp1252")) == "Café “Sol”"
    assert mend_letters(decode_line(b"a \x89\xdb\xd2 b"))[0] == "a – b"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (r"one\ntwo", "one\ntwo"),
        (r"one\r\ntwo", "one\ntwo"),
        ("Food &amp;amp; Fun", "Food & Fun"),
        ("&lt;b&gt;", "<b>"),
    ],
)
def test_escapes_are_undone_however_often(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean
    assert clean_text(clean_text(raw)) == clean_text(raw)


def test_a_cell_of_100_kilobytes_is_read_at_once() -> None:
    started = time.perf_counter()
    assert find_emails("a" * 100_000) == []
    assert find_emails("a" * 100_000 + "@") == []
    assert len(clean_text("word &amp; " * 10_000)) == len("word & " * 10_000) - 1
    assert time.perf_counter() - started < 2
