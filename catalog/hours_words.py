"""Opening hours as people write them, into rows of `schedule` and back into one line.

Called by the forms of app. Text that is understood becomes rows that recur; any other stays as words
and counts as not known, never as closed. Reads and writes no database.
"""

from collections.abc import Iterable
from datetime import time
from typing import Any

from catalog.importers.hours_text import read_hours_text
from catalog.importers.schedules import in_columns
from catalog.models.schedule import Schedule

DAYS = {"MO": "Mon", "TU": "Tue", "WE": "Wed", "TH": "Thu", "FR": "Fri", "SA": "Sat", "SU": "Sun"}
ORDINALS = {"1": "1st", "2": "2nd", "3": "3rd", "4": "4th", "5": "5th", "-1": "last"}


def schedules_from_text(text: str) -> list[Schedule]:
    """Rows that recur where all of the text is understood, else one row with the words; none for ""."""
    if not text:
        return []
    read = read_hours_text(text)
    if read is None:
        return [Schedule(description=text)]
    return [Schedule(**in_columns(hours, None)) for hours in read]


def hours_as_text(schedules: Iterable[Any]) -> str:
    """One line that `schedules_from_text` reads as the same rows, as far as a line can say them:
    "Mon, Wed 3:00 PM-6:00 PM; 2nd Tue 10:00 AM-12:00 PM". A row with words of its own says those.
    """
    return "; ".join(dict.fromkeys(filter(None, map(row_as_text, schedules))))


def row_as_text(row: Any) -> str:
    """One row."""
    if row.description:
        return str(row.description)
    if not row.byday or row.opens_at is None or row.closes_at is None:
        return ""
    days = ", ".join(day_as_text(day) for day in row.byday.replace(" ", "").split(","))
    return f"{days} {clock(row.opens_at)}-{clock(row.closes_at)}"


def day_as_text(day: str) -> str:
    """ "2TU" as "2nd Tue"."""
    number, name = day[:-2], DAYS.get(day[-2:], day[-2:])
    return f"{ORDINALS.get(number, number)} {name}" if number else name


def clock(moment: time) -> str:
    """ "3:00 PM"."""
    return f"{moment.hour % 12 or 12}:{moment.minute:02} {'PM' if moment.hour >= 12 else 'AM'}"
