"""How people write facts: miles, dollars, dates, hours, lists, in English or Spanish.

Called by `matching/explain.py` only. Takes the words of one language and a fact; every fact that a
reason or a part can hold has its phrase here, by the fact's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

from matching.types import Hours, Range

METRES_PER_MILE: Final = 1609.344  # international mile
LONGEST_LIST: Final = 5
WITHOUT_COUNTIES: Final = ("AK", "DC", "LA", "PR")


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words of one language, and the caller's names for terms (categories, schools)."""

    words: Mapping[str, Any]  # the TOML file of the language
    names: Mapping[str, str]

    def form(self, form: str, **facts: object) -> str:
        """A fixed form of the language, filled."""
        return str(self.words["forms"][form]).format(**facts)

    def counted(self, number: int, one: str, many: str) -> str:
        """The form for one, or the form for another number."""
        return self.form(one if number == 1 else many, number=number)

    def term(self, code: str) -> str:
        """The name of a code; one that has none is told as it is written, without its dashes."""
        told = self.names.get(code) or self.words["terms"].get(code)
        return str(told or code.replace("_", " ").replace("-", " "))

    def listed(self, told: Iterable[str], joined: str = "and") -> str:
        """ "a, b and c"; a long list ends in "and 12 more"."""
        items = list(dict.fromkeys(told))
        if len(items) > LONGEST_LIST + 1:
            rest = self.form("more", count=len(items) - LONGEST_LIST)
            items, joined = [*items[:LONGEST_LIST], rest], "and"
        if len(items) < 2:
            return "".join(items)
        *before, last = items
        return f"{', '.join(before)} {self._joining(joined, last)} {last}"

    def _joining(self, joined: str, last: str) -> str:
        for sound, forms in self.words["before"].items():
            if last.casefold().startswith(sound) and joined in forms:
                return str(forms[joined])
        return self.form(joined)

    def points(self, score: int) -> str:
        """Points of 1000, at least one: a difference is never told as none."""
        return self.counted(max(1, round(score / 1000)), "point", "points")

    def terms(self, codes: Iterable[str]) -> str:
        """Codes, all of them meant."""
        return self.listed(map(self.term, codes))

    def any_term(self, codes: Iterable[str]) -> str:
        """Codes, any one of them meant."""
        return self.listed(map(self.term, codes), "or")

    def day(self, day: date) -> str:
        """March 3, 2027."""
        month = self.words["calendar"]["months"][day.month - 1]
        return self.form("date", day=day.day, month=month, year=day.year)

    def miles(self, metres: float) -> str:
        """Miles with one decimal, whole ones from ten up, as pages write them (app.web.formats)."""
        miles = metres / METRES_PER_MILE
        number = round(miles, 1) if miles < 9.95 else round(miles)
        if number < 0.1:
            return self.form("close")
        return self.form("mile") if number == 1 else self.form("miles", number=_plain(number))

    def dollars(self, cents: int) -> str:
        """$12.50, and $5 without cents."""
        whole, rest = divmod(cents, 100)
        return f"${whole:,}.{rest:02}" if rest else f"${whole:,}"

    def duration(self, minutes: int) -> str:
        """1 hour 30 minutes."""
        hours, rest = divmod(minutes, 60)
        told_rest = self.counted(rest, "minute", "minutes")
        if not hours:
            return told_rest
        told = self.counted(hours, "hour", "hours")
        return self.form("hours_minutes", hours=told, minutes=told_rest) if rest else told

    def ago(self, days: int) -> str:
        """14 days ago."""
        return self.counted(days, "day", "days") if days else self.form("today")

    def clock(self, minutes: int) -> str:
        """3:30 pm, and 3 pm on the hour."""
        hour, minute = divmod(minutes % 1440, 60)
        half = self.form("pm" if hour >= 12 else "am")
        told = f"{hour % 12 or 12}:{minute:02}" if minute else f"{hour % 12 or 12}"
        return f"{told} {half}"

    def hours(self, hours: Iterable[Hours]) -> str:
        """Tuesday and Thursday, 3:30 pm to 5 pm; a semicolon between different hours."""
        days: dict[tuple[int, int], list[int]] = {}
        for one in sorted(hours, key=lambda one: (one.weekday, one.opens)):
            days.setdefault((one.opens, one.closes), []).append(one.weekday)
        told = [
            self.form(
                "hours_on",
                days=self.weekdays(weekdays),
                opens=self.clock(opens),
                closes=self.clock(closes),
            )
            for (opens, closes), weekdays in days.items()
        ]
        if len(told) > LONGEST_LIST:
            told = [*told[:LONGEST_LIST], self.form("more", count=len(told) - LONGEST_LIST)]
        return "; ".join(told) or self.form("no_hours")

    def weekdays(self, weekdays: Iterable[int]) -> str:
        """Monday to Wednesday and Friday: three and more in a row are told as a range."""
        told: list[str] = []
        days = sorted(set(weekdays))
        # Days in a row are all as far ahead of their place in the list.
        for _, run in groupby(days, key=lambda day: day - days.index(day)):
            names = [str(self.words["calendar"]["weekdays"][day]) for day in run]
            in_a_row = len(names) > 2
            told += [self.form("range", low=names[0], high=names[-1])] if in_a_row else names
        return self.listed(told)

    def ranges(self, ranges: Iterable[Range], bound: Callable[[float], str]) -> str:
        """6 to 12 or 15 and up."""
        return self.listed((self._range(one, bound) for one in ranges), "or")

    def _range(self, bounds: Range, bound: Callable[[float], str]) -> str:
        low = None if bounds.low is None else bound(bounds.low)
        high = None if bounds.high is None else bound(bounds.high)
        if low is None and high is None:
            return self.form("any")
        if high is None:
            return self.form("from", low=low)
        if low is None:
            return self.form("to", high=high)
        return low if low == high else self.form("range", low=low, high=high)

    def grades(self, ranges: Iterable[Range]) -> str:
        """Grades 6 to 8, kindergarten to grade 2."""
        return self.listed(map(self._grades, ranges), "or")

    def _grades(self, bounds: Range) -> str:
        low, high = bounds.low, bounds.high
        if low is None or high is None or low < 1 or int(low) == int(high):
            return self._range(bounds, self.grade)
        return self.form("grades", low=int(low), high=int(high))

    def grade(self, grade: float) -> str:
        """Kindergarten, pre-K, grade 6."""
        if grade < 0:
            return self.form("pre_k")
        return self.form("grade", number=int(grade)) if grade >= 1 else self.form("kindergarten")

    def county(self, county: str) -> str:
        """Hamilton County, TN; what is no county by name (a parish, a borough) as it is written."""
        name, _, state = county.rpartition(", ")
        if state in WITHOUT_COUNTIES or name.endswith(("City", "County")):
            return county
        return self.form("county", name=name, state=state)

    def area(self, facts: Mapping[str, Any]) -> str:
        """ZIP codes, counties, state or circle, as far as the reason holds them."""
        told = []
        if "zip_codes" in facts:
            form = "zip_code" if len(facts["zip_codes"]) == 1 else "zip_codes"
            told.append(self.form(form, list=self.listed(facts["zip_codes"])))
        told.extend(map(self.county, facts.get("counties", ())))
        if "state" in facts:
            told.append(self.form("state", state=facts["state"]))
        if "radius" in facts:
            told.append(self.form("radius", miles=self.miles(facts["radius"])))
        return self.listed(told, "or") or self.form("its_area")


def _plain(number: float) -> str:
    """A number without a decimal point it does not need."""
    return f"{number:g}" if number < 1000 else f"{number:,.0f}"


def _years(age: float) -> str:
    """An age as people tell it: in whole years, and in tenths where a bound is told so."""
    return _plain(round(age, 1))


PHRASE_OF: Final[Mapping[str, Callable[[Phrases, Any], str]]] = {
    "access": Phrases.terms,
    "accepted": Phrases.any_term,
    "age": lambda _, age: _plain(int(age)),
    "ages": lambda phrases, ranges: phrases.ranges(ranges, _years),
    "as_of": Phrases.day,
    "asked": Phrases.term,
    "behind": lambda phrases, score: phrases.points(score),
    "available": lambda phrases, number: phrases.counted(number, "place", "places"),
    "cap": lambda phrases, number: phrases.counted(number, "referral", "referrals"),
    "ceiling": lambda _, percent: f"{percent}%",
    "cents": Phrases.dollars,
    "closed": lambda _, number: str(number),
    "connected": lambda _, number: str(number),
    "count": lambda _, number: str(number),
    "days": Phrases.ago,
    "enough": Phrases.duration,
    "field": lambda phrases, field: str(phrases.words["fields"][field]),
    "first": Phrases.day,
    "gender": Phrases.term,
    "grade": Phrases.grade,
    "grade_then": Phrases.grade,
    "grades": Phrases.grades,
    "hours": Phrases.hours,
    "income": lambda _, percent: f"{percent}%",
    "insurance": Phrases.term,
    "languages": Phrases.terms,
    "last": Phrases.day,
    "limit": Phrases.miles,
    "metres": Phrases.miles,
    "minutes": Phrases.duration,
    "offered": Phrases.term,
    "on": Phrases.day,
    "open": lambda _, number: str(number),
    "others": Phrases.terms,
    "past": Phrases.miles,
    "situations": Phrases.any_term,
    "spoken": Phrases.terms,
    "strength": lambda phrases, strength: phrases.form(f"strength_{strength}"),
    "stretch": lambda phrases, stretch: phrases.hours((stretch,)),
    "until": Phrases.day,
    "urgency": lambda phrases, urgency: phrases.form(f"urgency_{urgency}"),
}
