"""Taxonomies, the labels on services, and the eligibility rules that those labels make."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from catalog.importers.csv_tables import SourceRow, SourceTable
from catalog.importers.draft import Cells, Draft, DraftRow, Origin, uuid_of
from catalog.importers.eligibility_terms import Rule, read_labels
from catalog.importers.text import slug
from catalog.taxonomy.loading import TAXONOMIES, taxonomy_id, term_id
from catalog.taxonomy.terms import interests, needs

ELIGIBILITY = "eligibility"
CATEGORY = "category"


def read_taxonomies(draft: Draft, tables: Mapping[str, SourceTable]) -> None:
    """taxonomy_types.csv, taxonomy_terms.csv and which term is of which type."""
    for origin, row in rows_of(tables, "taxonomy"):
        cells = Cells(row)
        source_id, name = cells.line("id", "taxonomy_type_recordid"), cells.line("name")
        if not source_id or not name:
            draft.note("error", origin, "no_name", "A taxonomy needs an id and a name.")
            continue
        values: dict[str, Any] = {
            "name": name,
            "description": cells.text("description", "notes"),
            "uri": cells.line("uri", "reference_url") or None,
            "version": cells.line("version") or None,
        }
        values["extra"] = cells.rest()
        if not is_here(draft, "taxonomy", source_id, values, origin):
            draft.add_once("taxonomy", source_id, values, origin)
    add_vocabularies(draft, tables)
    types = read_term_types(draft, tables)
    for origin, row in rows_of(tables, "taxonomy_term"):
        add_term(draft, Cells(row), types, origin)
    link_parents(draft)


def is_here(
    draft: Draft, table: str, source_id: str, values: dict[str, Any], origin: Origin
) -> bool:
    """Whether the row is of our own vocabularies, which every catalog has: then it is only named."""
    found = uuid_of(source_id)
    if found is None or found not in vocabulary_ids():
        return False
    draft.here.setdefault(table, {})[source_id] = DraftRow(found, source_id, values, origin)
    draft.take(origin)
    return True


@cache
def vocabulary_ids() -> frozenset[uuid.UUID]:
    """The ids of our own taxonomies and their terms, the same in every installation."""
    terms = (term_id(one.code) for one in (*needs(), *interests()))
    return frozenset({*terms, *(taxonomy_id(name) for name in TAXONOMIES)})


def add_vocabularies(draft: Draft, tables: Mapping[str, SourceTable]) -> None:
    """HSDS 1 has no table of taxonomies: each of its terms names its vocabulary in a column."""
    for origin, row in rows_of(tables, "taxonomy_term"):
        name = Cells(row).line("vocabulary")
        names = {taxonomy.values["name"].casefold() for taxonomy in draft.of("taxonomy")}
        if name and name.casefold() not in names:
            values = {"name": name, "description": "", "extra": {}}
            draft.add("taxonomy", f"vocabulary:{slug(name)}", values, origin)


def rows_of(tables: Mapping[str, SourceTable], name: str) -> list[tuple[Origin, SourceRow]]:
    """The rows of a table that may be absent, each with where it stands."""
    table = tables.get(name)
    return [(Origin(table.file, row.number), row) for row in table.rows] if table else []


def read_term_types(draft: Draft, tables: Mapping[str, SourceTable]) -> dict[str, list[str]]:
    """taxonomy_terms_types.csv: the taxonomies of each term."""
    terms = {
        Cells(row).line("id", "taxonomy_recordid") for _, row in rows_of(tables, "taxonomy_term")
    }
    types: dict[str, list[str]] = defaultdict(list)
    for origin, row in rows_of(tables, "taxonomy_terms_types"):
        cells = Cells(row)
        term, kind = cells.line("taxonomy_recordid"), cells.line("taxonomy_type_recordid")
        if term in terms and draft.has("taxonomy", kind):
            types[term].append(kind)
            draft.take(origin)
        else:
            draft.note(
                "error",
                origin,
                "not_in_package",
                f"The row ties term {term} to taxonomy {kind}, and one of them is not there.",
            )
    return types


def add_term(draft: Draft, cells: Cells, types: Mapping[str, list[str]], origin: Origin) -> None:
    """One term; its parents are looked up when all terms are in."""
    source_id = cells.line("id", "taxonomy_recordid")
    name = cells.line("name", "taxonomy_name")
    if not source_id or not name:
        draft.note("error", origin, "no_name", "A taxonomy term needs an id and a name.")
        return
    if name.isdecimal():
        draft.note("warning", origin, "name_is_number", f"The term's name is a number: {name}.")
    parents = [
        *cells.ids("parent_id"),
        *cells.ids("taxonomy_parent_name"),
        *cells.ids("taxonomy_parent_recordid"),
    ]
    stated = cells.line("taxonomy_id")
    kind = taxonomy_of(draft, cells, stated, types.get(source_id, []))
    if kind is None and draft.rows.get("taxonomy"):
        draft.note("warning", origin, "no_taxonomy", f"{name!r} is not said to be of any taxonomy.")
    cells.line("taxonomy_services")  # the attributes say the same, one a row
    values = {
        "code": cells.line("code") or None,
        "name": name,
        "description": cells.text("description", "taxonomy_x_description"),
        "parent_id": None,
        "taxonomy": kind.values["name"] if kind else None,
        "language": cells.line("language") or None,
        "taxonomy_id": kind.id if kind else None,
        "term_uri": cells.line("term_uri") or None,
        "extra": {**cells.rest(), **({"parents": parents} if parents else {})},
    }
    if not is_here(draft, "taxonomy_term", source_id, values, origin):
        draft.add_once("taxonomy_term", source_id, values, origin)


def taxonomy_of(draft: Draft, cells: Cells, stated: str, listed: list[str]) -> DraftRow | None:
    """The taxonomy of a term: by id in any of the columns used for it, else by name."""
    column = cells.line("taxonomy")
    for source_id in (stated, column, *listed):
        found = draft.named("taxonomy", source_id)
        if found:
            return found
    stated_names = (column, cells.line("taxonomy_vocabulary"), cells.line("vocabulary"))
    names = {name.casefold() for name in stated_names if name}
    return next((t for t in draft.of("taxonomy") if t.values["name"].casefold() in names), None)


def link_parents(draft: Draft) -> None:
    """Parents by id. HSDS has one; the others are kept beside it, with a line."""
    for term in draft.of("taxonomy_term"):
        extra = dict(term.values["extra"])
        listed = extra.pop("parents", [])
        known = [p for p in listed if draft.named("taxonomy_term", p) and p != term.source_id]
        name = term.values["name"]
        if missing := [parent for parent in listed if parent not in known]:
            draft.note(
                "warning",
                term.origin,
                "parent_unknown",
                f"{name!r} names parents that are not there: {', '.join(missing)}; kept beside.",
            )
            extra["unknown_parent_ids"] = missing
        if known and not is_circle(draft, term, known[0]):
            parent = draft.named("taxonomy_term", known[0])
            term.values["parent_id"] = parent.id if parent else None
        if len(known) > 1:
            extra["other_parent_ids"] = [
                str(row.id) for row in (draft.named("taxonomy_term", p) for p in known[1:]) if row
            ]
            draft.note(
                "info",
                term.origin,
                "several_parents",
                f"{name!r} has {len(known)} parents; HSDS knows one, the others are kept beside.",
            )
        term.values["extra"] = extra


def is_circle(draft: Draft, term: DraftRow, parent: str) -> bool:
    """Whether the parent is below the term itself; then the link is left out, with a line."""
    by_id = {row.id: row for row in draft.of("taxonomy_term")}
    above = draft.find("taxonomy_term", parent)
    while above is not None:
        if above.id == term.id:
            draft.note(
                "warning",
                term.origin,
                "parent_circle",
                f"{term.values['name']!r} stands above its own parent; the link was left out.",
            )
            return True
        above = by_id.get(above.values["parent_id"])
    return False


def read_attributes(draft: Draft, table: SourceTable | None) -> None:
    """service_attributes.csv (HSDS 2) or attributes.csv (HSDS 3): labels on services."""
    for row in table.rows if table else ():
        cells, origin = Cells(row), Origin(table.file if table else "", row.number)
        entity = cells.line("link_entity") or "service"
        linked, label_id = cells.line("service_id", "link_id"), cells.line("taxonomy_term_id")
        term, owner = draft.named("taxonomy_term", label_id), draft.named(entity, linked)
        if term is None or owner is None:
            missing = f"{entity} {linked}" if owner is None else f"term {label_id}"
            draft.note(
                "error",
                origin,
                "not_in_package",
                f"The label names {missing or '(blank)'}, which is not in the package.",
            )
            continue
        values = {
            "link_id": owner.id,
            "taxonomy_term_id": term.id,
            "link_entity": entity,
            "link_type": cells.line("link_type") or link_type(term),
            "value": cells.text("value") or None,
            "label": cells.line("label") or None,
        }
        key, own_id = f"{entity}:{linked}:{label_id}", cells.line("id")
        draft.add("attribute", key, {**values, "extra": {}}, origin, own_id=own_id)


def link_type(term: DraftRow) -> str:
    """In what sense a term labels a service: told by its taxonomy's name."""
    return ELIGIBILITY if "eligib" in (term.values["taxonomy"] or "").casefold() else CATEGORY


def add_eligibility(draft: Draft, table: SourceTable | None) -> None:
    """Make eligibility rules of each service's eligibility labels; the labels stay as well."""
    terms = {term.id: term for term in draft.known("taxonomy_term")}
    services = {service.id: service for service in draft.of("service")}
    labels: dict[uuid.UUID, list[str]] = defaultdict(list)
    for attribute in draft.of("attribute"):
        if attribute.values["link_type"] == ELIGIBILITY:
            term = terms[attribute.values["taxonomy_term_id"]]
            labels[attribute.values["link_id"]].append(term.values["name"])
    for service_id, names in labels.items():
        service = services.get(service_id)
        if service is None:
            continue
        read = read_labels(names)
        for rule in read.rules:
            add_rule(draft, service, rule)
        for axis, held in read.withheld.items():
            draft.note(
                "info",
                Origin(table.file if table else "", None),
                "eligibility_in_words",
                f"{service.values['name']!r}: {', '.join(held)} cannot be told apart as a rule of "
                f"{axis}; kept as labels, to be asked about.",
            )
        set_ages(service, read.rules)
        if not service.values["eligibility_description"]:
            service.values["eligibility_description"] = ", ".join(names)


def add_rule(draft: Draft, service: DraftRow, rule: Rule) -> None:
    """A rule of a service, where its label stands."""
    values = {
        "service_id": service.id,
        "kind": rule.kind,
        "effect": "require",
        "facts": rule.facts,
        "source_text": rule.source_text,
        "extra": {},
    }
    key = f"{service.source_id}:{rule.key}"
    draft.add("eligibility_rule", key, values, service.origin)


def set_ages(service: DraftRow, rules: list[Rule]) -> None:
    """HSDS's own two columns: the widest span that the age rules leave."""
    ages = [rule.facts for rule in rules if rule.kind == "age"]
    if not ages:
        return
    lows, highs = [age["low"] for age in ages], [age["high"] for age in ages]
    service.values["minimum_age"] = None if None in lows else min(lows)
    service.values["maximum_age"] = None if None in highs else max(highs)
