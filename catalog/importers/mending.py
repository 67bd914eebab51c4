"""Mending text that programs have garbled on its way: wrong encodings, read once or twice.

Pure functions over bytes and text. Only what is surely garbled is changed: "â€™" is an apostrophe
that was UTF-8 and was read as Windows-1252; a lone "é" is left as it is.
"""

import re


def _windows_letters(first: int, last: int) -> str:
    """The letters that Windows-1252 has for these bytes, as the inside of a character class."""
    letters = []
    for number in range(first, last + 1):
        try:
            letters.append(bytes([number]).decode("cp1252"))
        except UnicodeDecodeError:
            letters.append(chr(number))  # five bytes mean nothing there; programs pass them on
    return re.escape("".join(letters))


# UTF-8 of Latin letters (two bytes), of typographic marks (three) and of emoji (four), each byte
# read as a letter of Windows-1252. Other scripts are left out: there real words look like this.
_NEXT = f"[{_windows_letters(0x80, 0xBF)}]"
GARBLED = re.compile(f"[ÂÃÄÅ]{_NEXT}|â{_NEXT}{{2}}|ð{_NEXT}{{3}}")
TIMES = 3  # text that went through the mill again and again


def mend_letters(text: str) -> tuple[str, int]:
    """The text with its letters mended, and how many there were."""
    total = 0
    for _ in range(TIMES):
        if text.isascii():
            break
        mended, number = GARBLED.subn(_mend, text)
        if mended == text:
            break
        text, total = mended, total + number
    return text, total


def _mend(match: re.Match[str]) -> str:
    try:
        return b"".join(_windows_byte(letter) for letter in match.group()).decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _windows_byte(letter: str) -> bytes:
    try:
        return letter.encode("cp1252")
    except UnicodeEncodeError:
        return letter.encode("latin-1")


def decode_line(line: bytes) -> str:
    """A line that is not UTF-8: Windows-1252, unless only as Mac Roman it can be mended."""
    as_mac = line.decode("mac_roman")
    try:
        as_windows = line.decode("cp1252")
    except UnicodeDecodeError:
        return as_mac
    return as_mac if mend_letters(as_mac)[1] > mend_letters(as_windows)[1] else as_windows
