"""Reading opening hours out of a sentence: "Mon-Fri 9-12, 1-5; 2nd & 4th Tuesday 10AM-12PM".

Pure functions over text. All of a text is understood or none of it: half a week read as the whole
would turn people away. A season without its years, "varies", "call" stay text, and so does another
time zone than that of the districts served, where the clock at the place shows something else.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, time

from catalog.importers.hours_spanish import in_english
from catalog.importers.weekdays import DaysRead, read_days, read_time

LONGEST = 600  # characters; longer is prose
CLOCK = r"(?:\d{1,2}(?::\d{2})?\s*(?:[ap]\.?\s?m\b\.?|[ap]\b)?|noon\b|midnight\b)"
SPAN = re.compile(rf"({CLOCK})\s*(?:-|–|—|\bto\b|\buntil\b|\btill?\b)\s*({CLOCK})", re.IGNORECASE)
ALL_DAY = re.compile(r"\b24[\s-]*(?:hours?|hrs?)(?:\s*(?:a|per|each|/)\s*day)?\b", re.IGNORECASE)
ALL_WEEK = re.compile(
    r",?\s*(?:\band\s+)?\b(?:7|seven)\s+days(?:\s*(?:a|per|/)\s*week)?", re.IGNORECASE
)
ALWAYS = re.compile(r"(?:open\s+)?24(?:\s*[-/x]\s*7|[\s-]*(?:hours?|hrs?))\W*", re.IGNORECASE)
A_DAY = r"(?:mon|tues?|wed(?:s|nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:days?)?\b\.?"
# The days of their own that are by appointment, and the word beside hours.
APPOINTMENT_DAYS = re.compile(
    rf"(?:^|[;,.]|\band\b)\s*({A_DAY}(?:\s*(?:-|–|,|&|/|and|to|through)\s*{A_DAY})*\s*:?\s*(?:only\s+)?"
    r"by app(?:ointmen)?t\b\.?(?:\s+only)?)\s*(?=[;,]|$)",
    re.IGNORECASE,
)
APPOINTMENT = re.compile(r"\(?\b(?:or\s+)?by app(?:ointmen)?t\b(?: only)?\)?", re.IGNORECASE)
PAUSE = "\x1f"  # stands before the hours of a lunch break
LUNCH = re.compile(
    rf"[(,]?\s*\bclosed\b(?:\s+(?:daily|for|lunch|from|between|break|at))*\s*:?\s*"
    rf"({CLOCK})\s*(?:-|–|—|\b(?:to|and|until)\b)\s*({CLOCK})(?:\s*\b(?:daily|for|lunch)\b)*\s*\)?",
    re.IGNORECASE,
)
EASTERN = re.compile(
    r"\b(?:E[SD]?T|Eastern(?:\s+(?:standard|daylight))?(?:\s+time)?)\b", re.IGNORECASE
)
HOLIDAYS = r"(?:(?:all|most|major|federal|national|state|public|legal|bank|and)\s+)*(?<!school )holidays?\b"
CLOSED = re.compile(
    r"[(,;]?\s*\bclosed\b(?:\s+(?:on|for))?\s*[^;,.\n()\d]*\)?|[^;,.\n\d]*:\s*closed\b|"
    rf"[(,;]?\s*\b(?:except|excluding)\s+(?:on\s+|for\s+)?{HOLIDAYS}\s*\)?",
    re.IGNORECASE,
)
# "closed on weekends and holidays" tells no season; a month in such words does.
CLOSED_HOLIDAYS = re.compile(
    rf"(\b(?:closed|except|excluding)\b[^;.\n()\d]*?)\b{HOLIDAYS}", re.IGNORECASE
)
OPENING_WORDS = re.compile(
    r"\b(?:open|hours?(?: of operation)?|office hours|from|between|at|on)\b\s*:?", re.IGNORECASE
)
SEASON = re.compile(
    r"\b(?:summer|winter|spring|fall|autumn|season\w*|school[ -]year|holidays?|varies|vary|"
    r"jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|"
    r"september|october|november|december)\b",
    re.IGNORECASE,
)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
DAY_OF_YEAR = r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})"
DATED = re.compile(
    rf"\(?\s*{DAY_OF_YEAR}\s*(?:-|–|to|through|thru|until)\s*{DAY_OF_YEAR}\s*\)?:?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class HoursRead:
    """Open hours on days that recur; `valid_from` and `valid_to` where the text dates a season."""

    days: DaysRead
    opens: time
    closes: time
    valid_from: date | None = None
    valid_to: date | None = None
    note: str | None = None


def read_hours_text(text: str) -> list[HoursRead] | None:
    """The hours that a text tells, in its order; None where any of it is not understood."""
    if not text or len(text) > LONGEST:
        return None
    plain, season = take_season(in_english(" ".join(text.replace("\n", "; ").split())))
    if season is None or SEASON.search(CLOSED_HOLIDAYS.sub(r"\1", plain)):
        return None
    if ALWAYS.fullmatch(plain):
        plain = "every day 24 hours"
    plain = ALL_DAY.sub(" 12:00am-11:59pm ", ALL_WEEK.sub(" every day ", plain))
    plain, notes = take_notes(LUNCH.sub(rf" {PAUSE}\1-\2 ", plain))
    rows: list[HoursRead] = []
    for part in re.split(r"[;\n]|\.(?=\s|$)(?<![ap]\.m\.)(?<!\b[ap]\.)", plain):
        words, pause = take_pause(part)
        if words.strip(" ,:."):
            read = read_part(words)
        elif pause:  # "Mon-Fri 9-5; closed 12-1 for lunch"
            read, rows = rows, []
        else:
            continue
        if pause and read is not None:
            read = around(read, pause)
        if read is None:
            return None
        rows += read
    open_rows = without_closed_days(rows, notes)
    if not open_rows:
        return None
    note = "; ".join(notes) or None
    return [replace(row, valid_from=season[0], valid_to=season[1], note=note) for row in open_rows]


def take_season(text: str) -> tuple[str, tuple[date | None, date | None] | None]:
    """The text without its dated season, and the season; None for one that is no two days."""
    match = DATED.search(text)
    if match is None:
        return text, (None, None)
    ends = [day_of(*match.groups()[start : start + 3]) for start in (0, 3)]
    if None in ends or (ends[0] or date.min) > (ends[1] or date.max):
        return text, None
    return text[: match.start()] + text[match.end() :], (ends[0], ends[1])


def day_of(month: str, day: str, year: str) -> date | None:
    """ "June", "15", "2026" as a day."""
    try:
        return date(int(year), MONTHS.index(month[:3].lower()) + 1, int(day))
    except ValueError:
        return None


def take_notes(text: str) -> tuple[str, list[str]]:
    """The text without what is beside its hours (by appointment, closed Sundays), and that."""
    notes = [match.group(1).strip(" :") for match in APPOINTMENT_DAYS.finditer(text)]
    text = APPOINTMENT_DAYS.sub(" ; ", text)
    for pattern in (APPOINTMENT, CLOSED, EASTERN):
        notes += [match.group().strip(" (),;:") for match in pattern.finditer(text)]
        text = pattern.sub(" ", text)
    return OPENING_WORDS.sub(" ", text), notes


def without_closed_days(rows: list[HoursRead], notes: list[str]) -> list[HoursRead] | None:
    """ "Daily 9-5, closed Sundays" without its Sundays; None where a week of the month is closed, or
    nothing stays open."""
    closed: set[str] = set()
    for note in notes:
        if re.search(r"\bclosed\b", note, re.IGNORECASE):
            words = re.sub(rf"\bclosed\b|\bon\b|:|{HOLIDAYS}", " ", note, flags=re.IGNORECASE)
            days = read_days(words)
            closed.update(days.byday.split(",") if days else ())
    found = []
    for row in rows:
        left = [day for day in row.days.byday.split(",") if day not in closed]
        if not left or {day[-2:] for day in left} & {day[-2:] for day in closed}:
            return None
        found.append(replace(row, days=replace(row.days, byday=",".join(left))))
    return found


def take_pause(part: str) -> tuple[str, str]:
    """The words of a part without its lunch break, and that: "12-1"."""
    words, _, rest = part.partition(PAUSE)
    span = SPAN.match(rest)
    return (words + rest[span.end() :], span.group()) if span else (part, "")


def around(rows: list[HoursRead], pause: str) -> list[HoursRead] | None:
    """The hours before and after a break that lies in them; None where that is not so, or where
    there are several hours that it may lie in."""
    span = SPAN.fullmatch(pause)
    hours = read_span(span[1], span[2], None) if span else None
    if hours is None or len(rows) != 1 or not rows[0].opens < hours[0] < hours[1] < rows[0].closes:
        return None
    return [replace(rows[0], closes=hours[0]), replace(rows[0], opens=hours[1])]


def read_part(part: str) -> list[HoursRead] | None:
    """Days and the hours on them, several of both in a row; None where not all is understood."""
    spans = list(SPAN.finditer(part))
    if not spans:
        return None
    gaps = [trimmed(part[a:b]) for a, b in zip(
        [0, *(span.end() for span in spans)],
        [*(span.start() for span in spans), len(part)],
        strict=True,
    )]  # fmt: skip
    if not gaps[0] and gaps[-1] and not any(gaps[1:-1]):
        gaps = [gaps[-1], *gaps[1:-1], ""]  # "10am-2pm Saturdays"
    if gaps[-1]:
        return None
    rows: list[HoursRead] = []
    days: DaysRead | None = None
    for words, span in zip(gaps[:-1], spans, strict=True):
        stated = read_days(words) if words else days
        before = rows[-1].closes if rows and not words else None
        hours = read_span(span[1], span[2], before)
        if stated is None or hours is None:
            return None
        days = stated
        rows.append(HoursRead(stated, *hours))
    return rows


def trimmed(words: str) -> str:
    """Words without the marks and joints around them."""
    words = words.strip(" ,:;.&()-–")
    return re.sub(r"^(?:and|&)\s+|\s+(?:and|&)$|^(?:and|&)$", "", words, flags=re.IGNORECASE)


def read_span(start: str, end: str, before: time | None) -> tuple[time, time] | None:
    """ "9", "5" as 9:00 and 17:00; `before` is when the same day's hours before it ended.

    None where morning and evening cannot be told apart ("6-8"), or it ends before it begins.
    """
    opens, closes = read_time(start), read_time(end)
    if opens is None and closes is None:
        opens, closes = bare_hours(start, end, before)
    elif opens is None and closes is not None:
        opens = nearest(start, closes, is_before=True)
    elif closes is None and opens is not None:
        closes = nearest(end, opens, is_before=False)
    elif closes is not None and opens is not None and is_bare(start, end) and closes <= opens:
        closes = later_half(closes)  # "9:00-5:00"
    if opens is None or closes is None:
        return None
    is_overnight = opens.hour >= 12 > closes.hour and not is_bare(start, end)
    return (opens, closes) if opens < closes or is_overnight else None


def is_bare(start: str, end: str) -> bool:
    """Whether neither end says morning or afternoon."""
    return not re.search(r"[apmn]", (start + end).lower())


def later_half(moment: time) -> time | None:
    """The same on the clock, in the afternoon."""
    return moment.replace(hour=moment.hour + 12) if moment.hour < 12 else None


def hour_of(text: str) -> int | None:
    """A bare hour of the clock, 1 to 12."""
    plain = text.strip()
    return int(plain) if plain.isdecimal() and 1 <= int(plain) <= 12 else None


def bare_hours(start: str, end: str, before: time | None) -> tuple[time | None, time | None]:
    """ "9-5" and the "1-5" after lunch: only where office hours leave one meaning."""
    first, last = hour_of(start), hour_of(end)
    if first is None or last is None:
        return None, None
    if first in {7, 8, 9, 10, 11}:
        opens = time(first)
    elif first in {12, 1, 2, 3, 4} and (before is None or before <= time(first % 12 + 12)):
        opens = time(first % 12 + 12)
    else:
        return None, None
    closes = time(last) if opens.hour < last <= 12 else time(last % 12 + 12)
    return opens, closes


def nearest(text: str, other: time, *, is_before: bool) -> time | None:
    """A bare hour beside one that says am or pm: the one of its two meanings that is nearer."""
    hour = hour_of(text)
    if hour is None:
        return None
    meanings = [time(hour % 12), time(hour % 12 + 12)]
    fitting = [m for m in meanings if (m < other if is_before else m > other)]
    if not fitting:
        return None
    return max(fitting) if is_before else min(fitting)
