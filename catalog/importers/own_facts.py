"""Facts in a package that our own export wrote as labels: taken back as what they were.

Eligibility rules, confidentiality, how a service takes people in, and what sources said besides.
Called by `hsds`, after all rows are in.
"""

from datetime import date
from typing import Any

from catalog.eligibility import check_facts
from catalog.errors import EligibilityFactsError
from catalog.exporters.eligibility_words import describe_rules
from catalog.exporters.own_facts import ELIGIBILITY, EXTRA, FACTS, PUBLIC_INTAKE, read_own_fact
from catalog.importers.draft import Draft, DraftRow
from catalog.vocabulary import ELIGIBILITY_EFFECTS, POINT_PRECISIONS

PREFIX = "footbridge-"


def apply_own_facts(draft: Draft) -> bool:
    """Turn such labels into what they stand for; whether there were any."""
    terms = {row.id: row for row in draft.of("taxonomy_term") if is_own(row.values.get("code"))}
    if not terms:
        return False
    by_id = {(table, row.id): row for table, rows in draft.rows.items() for row in rows.values()}
    labels = draft.rows.get("attribute", {})
    for key, label in list(labels.items()):
        term = terms.get(label.values["taxonomy_term_id"])
        if term is None:
            continue
        owner = by_id.get((label.values["link_entity"], label.values["link_id"]))
        fact = read_own_fact(term.values["code"], label.values["value"] or "")
        if owner is None or fact is None or not apply_fact(draft, owner, label, *fact):
            draft.note(
                "warning",
                label.origin,
                "own_fact_unclear",
                f"The label {term.values['name']!r} cannot be read; kept as a label.",
            )
            continue
        del labels[key]
    drop_own_terms(draft, terms)
    forget_prose_of_rules(draft)
    return True


def is_own(code: object) -> bool:
    """Whether a term is one of those that our export makes."""
    return isinstance(code, str) and code.startswith(PREFIX)


def apply_fact(
    draft: Draft, owner: DraftRow, label: DraftRow, kind: str, facts: dict[str, Any]
) -> bool:
    """One fact; False where it is not what it should be."""
    table = label.values["link_entity"]
    if kind == ELIGIBILITY:
        return table == "service" and add_rule(draft, owner, label, facts)
    if kind == EXTRA:
        owner.values["extra"] = {**owner.values["extra"], **facts}
        return True
    if kind == FACTS and table == "service":
        return add_intake(draft, owner, label, facts)
    if kind == FACTS and table == "location":
        return set_location(owner, facts)
    if kind == FACTS and table == "organization" and facts.get("is_active") is False:
        owner.values["is_active"] = False
        return True
    return False


def add_rule(draft: Draft, service: DraftRow, label: DraftRow, facts: dict[str, Any]) -> bool:
    """An eligibility rule of the service."""
    try:
        kind, effect = str(facts["kind"]), str(facts["effect"])
        checked = check_facts(kind, facts["facts"])
    except (KeyError, TypeError, AttributeError, EligibilityFactsError):
        return False
    if effect not in ELIGIBILITY_EFFECTS:
        return False
    values: dict[str, Any] = {
        "service_id": service.id,
        "kind": kind,
        "effect": effect,
        "facts": checked,
        "source_text": facts.get("source_text"),
        "extra": {},
    }
    own_id = str(facts.get("id") or "")
    draft.add("eligibility_rule", label.source_id, values, label.origin, own_id=own_id)
    return True


def add_intake(draft: Draft, service: DraftRow, label: DraftRow, facts: dict[str, Any]) -> bool:
    """How the service takes people in: only what a family may know is ever exported."""
    schools = facts.get("delivered_at_schools", [])
    flags = (facts.get("has_waitlist"), facts.get("provides_transport", False))
    if (
        set(facts) - set(PUBLIC_INTAKE)
        or not isinstance(schools, list)
        or not all(isinstance(flag, bool | None) for flag in flags)
    ):
        return False
    try:
        stated = facts.get("next_intake")
        next_intake = date.fromisoformat(stated) if stated else None
    except (TypeError, ValueError):
        return False
    values: dict[str, Any] = {
        "service_id": service.id,
        "notice_language": "en",
        "has_waitlist": flags[0],
        "next_intake": next_intake,
        "provides_transport": bool(flags[1]),
        "delivered_at_schools": [str(school) for school in schools],
        "extra": {},
    }
    draft.add("service_intake", service.source_id, values, label.origin, own_id="")
    return True


def set_location(location: DraftRow, facts: dict[str, Any]) -> bool:
    """That the place is confidential, and what its point stands for."""
    precision = facts.get("point_precision", location.values["point_precision"])
    if precision not in POINT_PRECISIONS:
        return False
    location.values["point_precision"] = precision
    location.values["is_confidential"] = facts.get("is_confidential") is True
    return True


def drop_own_terms(draft: Draft, terms: dict[Any, DraftRow]) -> None:
    """Our terms and their taxonomy are the export's, not the directory's."""
    taxonomies = {row.values["taxonomy_id"] for row in terms.values()}
    labelled = {row.values["taxonomy_term_id"] for row in draft.of("attribute")}
    for row in terms.values():
        if row.id not in labelled:
            del draft.rows["taxonomy_term"][row.source_id]
    still = {row.values["taxonomy_id"] for row in draft.of("taxonomy_term")}
    for row in list(draft.of("taxonomy")):
        if row.id in taxonomies - still:
            del draft.rows["taxonomy"][row.source_id]


def forget_prose_of_rules(draft: Draft) -> None:
    """The export tells rules in prose where a partner wrote none: that prose is no partner's."""
    rules: dict[Any, list[dict[str, Any]]] = {}
    for rule in draft.of("eligibility_rule"):
        rules.setdefault(rule.values["service_id"], []).append(rule.values)
    for service in draft.of("service"):
        told = service.values["eligibility_description"]
        if told and told == describe_rules(rules.get(service.id, ())):
            service.values["eligibility_description"] = None
