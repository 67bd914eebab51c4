"""The services of a flat sheet's row, their labels, and what the row says of them.

Called by `flat_sheet`. Ages and languages may be columns of marks or words; hours are read where
they can be and stay words where not.
"""

import re
from collections.abc import Sequence
from typing import Any

from catalog.importers.draft import Draft, DraftRow, Origin
from catalog.importers.eligibility_terms import OPEN_ENDED, read_ages
from catalog.importers.hours_text import read_hours_text
from catalog.importers.hsds_phones import add_language
from catalog.importers.schedules import in_columns
from catalog.importers.sheet_row import SheetRow
from catalog.importers.text import slug

GENERAL = "General services"
Band = tuple[float | None, float | None]


def add_services(
    draft: Draft,
    cells: SheetRow,
    organization: DraftRow,
    origin: Origin,
    *,
    status: str | None,
) -> list[DraftRow]:
    """A service for each one listed, labelled with the sheet's own words for it."""
    names = cells.parts("service")
    labels = cells.parts("category")
    if not names:
        draft.note(
            "warning",
            origin,
            "no_service",
            f"{organization.values['name']!r} says no service: it got one called {GENERAL!r}. "
            "Say what it does, and it can be matched.",
        )
    services = []
    for name in names or [GENERAL]:
        key = f"{organization.source_id}:{slug(name) or name}"
        values = {
            "organization_id": organization.id,
            "name": name,
            "url": organization.values["website"],
            "email": organization.values["email"],
            "status": status or "active",
            "extra": {},
        }
        service = draft.find("service", key) or draft.add("service", key, values, origin)
        services.append(service)
        own = [name] if names and not cells.mapping.has("category") else []
        for label in [*own, *labels]:
            add_label(draft, service, label, origin)
        for label in cells.marked("label"):
            add_label(draft, service, label, origin, link_type="eligibility")
    return services


def add_label(
    draft: Draft, service: DraftRow, name: str, origin: Origin, *, link_type: str = "category"
) -> None:
    """The sheet's word as a term of a taxonomy of its own, so that it can be mapped to needs."""
    title = f"Services in {draft.source}"
    word = slug(name) or name
    taxonomy = draft.find("taxonomy", "services") or draft.add(
        "taxonomy", "services", {"name": title, "description": "", "extra": {}}, origin
    )
    term = draft.find("taxonomy_term", word) or draft.add(
        "taxonomy_term",
        word,
        {
            "name": name,
            "description": "",
            "taxonomy": title,
            "taxonomy_id": taxonomy.id,
            "extra": {},
        },
        origin,
    )
    key = f"service:{service.source_id}:{word}"
    values = {
        "link_id": service.id,
        "taxonomy_term_id": term.id,
        "link_entity": "service",
        "link_type": link_type,
        "extra": {},
    }
    if not draft.has("attribute", key):
        draft.add("attribute", key, values, origin)


def add_facts(
    draft: Draft,
    cells: SheetRow,
    services: Sequence[DraftRow],
    given: Sequence[DraftRow],
    origin: Origin,
) -> None:
    """Languages, ages, hours and words that the row has of its services."""
    languages = [*cells.marked("language"), *re.split(r"[,;/]", cells.line("languages"))]
    bands = [*(tuple(band) for band in cells.marked("age")), *stated_band(draft, cells, origin)]
    words = {
        "eligibility_description": cells.text("eligibility"),
        "fees_description": cells.text("fees"),
        "description": "" if cells.mapping.splits.get("service") else cells.text("description"),
    }
    for service in services:
        for name in filter(None, (language.strip() for language in languages)):
            if not draft.has("language", f"service:{service.source_id}:{slug(name)}"):
                add_language(draft, name, "service", service.source_id, origin)
        if bands:
            add_ages(draft, service, bands, origin)
        for column, text in words.items():
            before = service.values.get(column)
            if text and text not in (before or "").split("\n"):
                service.values[column] = f"{before}\n{text}" if before else text
    for place in given:
        add_hours(draft, place, cells.text("hours"), origin)


def stated_band(draft: Draft, cells: SheetRow, origin: Origin) -> list[Band]:
    """The ages that a cell tells in words; what is not understood stays beside the row."""
    text = cells.line("ages")
    if not text:
        return []
    plain = text.casefold()
    read = read_ages(plain) or read_ages(f"ages {plain}")
    if read and read[1] != OPEN_ENDED:
        return [read[1]]
    for column in cells.mapping.of("ages"):
        cells.cells.give_back(column)
    draft.note("info", origin, "ages_in_words", f"{text[:80]!r} is kept as words: no limit read.")
    return []


def add_ages(draft: Draft, service: DraftRow, bands: Sequence[Band], origin: Origin) -> None:
    """The bands of a service as rules that are alternatives; bands that touch are one.

    Rows of one service at several places add up: whoever may come to any of them may come.
    """
    prefix = f"{service.source_id}:age:"
    rules = draft.rows.setdefault("eligibility_rule", {})
    known = [row for key, row in rules.items() if key.startswith(prefix)]
    before = [(row.values["facts"]["low"], row.values["facts"]["high"]) for row in known]
    for row in known:
        del rules[row.source_id]
    spans = touching([*before, *bands])
    for low, high in spans:
        said = f"Ages {low or 0:g} to {high:g}" if high is not None else f"Ages {low:g} and up"
        values: dict[str, Any] = {
            "service_id": service.id,
            "kind": "age",
            "effect": "require",
            "facts": {"low": low, "high": high},
            "source_text": said,
            "extra": {},
        }
        draft.add("eligibility_rule", f"{prefix}{low}-{high}", values, origin)
    lows, highs = [low for low, _ in spans], [high for _, high in spans]
    known_highs = [high for high in highs if high is not None]
    service.values["minimum_age"] = None if None in lows else min(low or 0 for low in lows)
    service.values["maximum_age"] = None if None in highs else max(known_highs)


def touching(bands: Sequence[Band]) -> list[Band]:
    """Bands in order; those that overlap or follow without a year between are one."""
    spans: list[Band] = []
    for low, high in sorted(set(bands), key=lambda band: (band[0] or 0, band[1] or 999)):
        if spans and (spans[-1][1] is None or (low or 0) <= spans[-1][1] + 1):
            before = spans[-1][1]
            top = None if high is None or before is None else max(before, high)
            spans[-1] = (spans[-1][0], top)
        else:
            spans.append((low, high))
    return spans


def add_hours(draft: Draft, place: DraftRow, text: str, origin: Origin) -> None:
    """The hours at a place, in columns where they are read, else in words."""
    key = f"{place.source_id}:hours"
    if not text or draft.has("schedule", key):
        return
    told = read_hours_text(text)
    rows = [in_columns(hours, text) for hours in told or ()] or [{"description": text}]
    if not told:
        draft.note("info", origin, "hours_in_words", f"{text[:80]!r} is kept as words.")
    for row in rows:
        values = {**row, "service_at_location_id": place.id, "extra": {}}
        draft.add("schedule", key, values, origin)
