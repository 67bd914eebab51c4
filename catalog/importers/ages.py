"""The ages that a service states in HSDS's own two columns."""

from catalog.eligibility import OLDEST
from catalog.importers.draft import Cells, Draft, Origin


def read_ages_of(draft: Draft, cells: Cells, origin: Origin) -> tuple[float | None, float | None]:
    """The lowest and the highest age in years; None for none stated, or for one that none can be.

    999 stands for "no limit" in many programs; like any impossible age it stays beside the row.
    """
    low, high = (read_age(draft, cells, name, origin) for name in ("minimum_age", "maximum_age"))
    if low is not None and high is not None and low > high:
        cells.give_back("minimum_age")
        cells.give_back("maximum_age")
        draft.note(
            "warning",
            origin,
            "ages_reversed",
            f"From {low:g} to {high:g} is the wrong way round; kept beside the row, not as a limit.",
        )
        return None, None
    return low, high


def read_age(draft: Draft, cells: Cells, name: str, origin: Origin) -> float | None:
    """One of the two."""
    text = cells.line(name)
    if not text:
        return None
    try:
        age = float(text)
    except ValueError:
        age = -1.0
    if 0 <= age <= OLDEST:
        return age
    cells.give_back(name)
    draft.note(
        "warning",
        origin,
        "age_impossible",
        f"{name} is {text[:40]!r}, no age of a person in years; kept beside the row, not a limit.",
    )
    return None
