"""Reading days and times as people write them: "Mon - Thur", "2nd & 4th Saturday", "9:00AM".

Pure functions over text. What is not understood is left as text, never guessed into "closed".
"""

import re
from dataclasses import dataclass
from datetime import date, time

from rapidfuzz import fuzz, process

from catalog.vocabulary import WEEKDAYS

DAY_CODES = tuple(WEEKDAYS)
FULL_NAMES = {label.en.lower(): code for code, label in WEEKDAYS.items()}
SHORT_NAMES = {
    "mo": "MO", "mon": "MO", "tu": "TU", "tue": "TU", "tues": "TU", "we": "WE", "wed": "WE",
    "weds": "WE", "th": "TH", "thu": "TH", "thur": "TH", "thurs": "TH", "fr": "FR", "fri": "FR",
    "sa": "SA", "sat": "SA", "su": "SU", "sun": "SU", "m": "MO", "t": "TU", "w": "WE", "f": "FR",
}  # fmt: skip
LETTERS = re.compile(r"m?(?:tu|t(?!h))?w?(?:th)?f?(?:sa)?(?:su)?")  # "mwf", "tth"
LETTER = re.compile("tu|th|sa|su|[mtwf]")
# Mountain time or Monday and Tuesday? From Tuesday to Thursday, or on both?
UNCLEAR = frozenset({"mt", "t-th"})
GROUPS = {
    "weekdays": DAY_CODES[:5],
    "weekends": DAY_CODES[5:],
    "weekend": DAY_CODES[5:],
    "daily": DAY_CODES,
    "everyday": DAY_CODES,
    "24-7": DAY_CODES,
    "24/7": DAY_CODES,
}
ORDINALS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4,
    "fifth": 5, "5th": 5, "last": -1,
}  # fmt: skip
TYPO_SCORE = 80  # of 100: "Wendesday" passes, "Mornings" does not

ROUND_THE_CLOCK = (time(0, 0), time(23, 59))


@dataclass(frozen=True, slots=True)
class DaysRead:
    """Days as RFC 5545 has them. `note` is what stood in brackets beside them."""

    freq: str
    byday: str
    interval: int = 1
    note: str | None = None


def read_days(text: str) -> DaysRead | None:
    """The days in a cell, or None where it does not name days."""
    lowered = text.lower().replace("–", "-").replace("—", "-").strip(" .")
    brackets = re.findall(r"\(([^)]*)\)", text)
    lowered = re.sub(r"\([^)]*\)", " ", lowered)
    interval = 2 if re.search(r"\b(every other|bi-?weekly)\b", lowered) else 1
    lowered = re.sub(
        r"\bevery other\b|\b(of|in) (the|every|each) month\b|\bevery day\b", _daily, lowered
    )
    lowered = re.sub(r"\b(every|each|bi-?weekly)\b", " ", lowered)
    lowered = re.sub(r"\s*(\bto\b|\bthrough\b|\bthru\b|-)\s*", "-", lowered)
    lowered = re.sub(r"\band\b|&|;|/(?!7)", ",", lowered)
    days: list[str] = []
    weeks: list[int] = []
    for part in (part.strip() for part in lowered.split(",")):
        if not part:
            continue
        ordinals, rest = split_ordinals(part)
        weeks += ordinals
        if rest:
            named = days_of(rest)
            if named is None:
                return None
            days += [f"{week}{day}" for week in weeks for day in named] if weeks else named
            weeks = []
    if not days or weeks:
        return None
    is_monthly = any(not day[:1].isalpha() for day in days)
    unique = sorted(dict.fromkeys(days), key=lambda day: (DAY_CODES.index(day[-2:]), day))
    return DaysRead(
        freq="MONTHLY" if is_monthly else "WEEKLY",
        byday=",".join(unique),
        interval=interval,
        note="; ".join(brackets) or None,
    )


def _daily(match: re.Match[str]) -> str:
    return "daily" if match.group() == "every day" else " "


def split_ordinals(part: str) -> tuple[list[int], str]:
    """ "2nd saturday" as ([2], "saturday")."""
    words = part.split()
    ordinals = []
    while words and words[0] in ORDINALS:
        ordinals.append(ORDINALS[words.pop(0)])
    return ordinals, " ".join(words)


def days_of(part: str) -> list[str] | None:
    """One day, a range of days, or a group; ranges may run over the weekend."""
    if part in UNCLEAR:
        return None
    if part in GROUPS:
        return list(GROUPS[part])
    if LETTERS.fullmatch(part) and part not in SHORT_NAMES:
        return [SHORT_NAMES[letter] for letter in LETTER.findall(part)]
    ends = [day_code(word) for word in part.split("-")]
    if None in ends or len(ends) > 2:
        return None
    if len(ends) == 1:
        return [str(ends[0])]
    start, stop = (DAY_CODES.index(str(end)) for end in ends)
    length = (stop - start) % 7 + 1
    return [DAY_CODES[(start + step) % 7] for step in range(length)]


def day_code(word: str) -> str | None:
    """ "thurs", "Thursdays", "Wendesday" as TH, TH, WE; None where it is no day."""
    word = word.strip(" .").lower()
    plain = word[:-1] if word.endswith("days") else word
    found = FULL_NAMES.get(plain) or SHORT_NAMES.get(plain)
    if found or len(plain) < 5:
        return found
    best = process.extractOne(plain, FULL_NAMES.keys(), scorer=fuzz.ratio, score_cutoff=TYPO_SCORE)
    return FULL_NAMES[best[0]] if best else None


def read_time(text: str) -> time | None:
    """ "9:00AM", "9 a.m.", "17:30", "noon" as a time of day; None where it is none."""
    lowered = text.lower().replace(".", "").replace(" ", "")
    if lowered in {"noon", "12noon"}:
        return time(12, 0)
    if lowered == "midnight":
        return time(0, 0)
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?(am|pm|a|p)?", lowered)
    if match is None or (match[2] is None and match[4] is None):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[4].startswith("p") else 0)
    try:
        return time(hour, minute)
    except ValueError:
        return None


def is_round_the_clock(text: str) -> bool:
    """ "24 hours", "24/7", "24 hrs a day"."""
    return bool(re.match(r"24\s*(hours?|hrs?|[-/]\s*7)\b", text.strip().lower()))


def read_date(text: str) -> date | None:
    """An ISO date (or the date of an ISO moment); None where it is none."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
