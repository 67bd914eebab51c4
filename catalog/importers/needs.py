"""The needs behind a directory's labels: without them no plan would find the service.

Each label that surely means a need adds an attribute that names the need's term; the directory's
own label stays beside it. Labels that mean none are counted in the report, so that a person can
label those services by hand.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

from catalog.importers.draft import Draft, Origin
from catalog.taxonomy import UnknownTermError, term
from catalog.taxonomy.loading import term_id

NEED = "need"


@cache
def needs_by_label() -> Mapping[str, tuple[str, ...]]:
    """The mapping as data; a code that is no need's is refused when it is read."""
    text = files("catalog.importers").joinpath("label_needs.yaml").read_text(encoding="utf-8")
    rows: dict[str, list[str]] = yaml.safe_load(text)
    for codes in rows.values():
        for code in codes:
            term(code)
    return {label: tuple(codes) for label, codes in rows.items()}


def add_needs(draft: Draft) -> None:
    """Add the needs that the services' labels stand for; count the labels that stand for none."""
    terms = {row.id: row.values for row in draft.known("taxonomy_term")}
    named = {
        (row.values["link_id"], row.values["taxonomy_term_id"]) for row in draft.of("attribute")
    }
    services = {row.id: row for row in draft.of("service")}
    labelled: set[uuid.UUID] = set()
    unread: Counter[str] = Counter()
    file = ""
    for attribute in list(draft.of("attribute")):
        service = services.get(attribute.values["link_id"])
        if service is None:
            continue
        label = terms[attribute.values["taxonomy_term_id"]]
        if is_ours(label.get("code")):
            labelled.add(service.id)
            continue
        codes = needs_by_label().get(label["name"].casefold(), ())
        if not codes and attribute.values["link_type"] != "eligibility":
            unread[label["name"]] += 1
            file = attribute.origin.file
        for code in codes:
            labelled.add(service.id)
            key = f"service:{service.source_id}:{NEED}:{code}"
            if not draft.has("attribute", key) and (service.id, term_id(code)) not in named:
                values = {
                    "link_id": service.id,
                    "taxonomy_term_id": term_id(code),
                    "link_entity": "service",
                    "link_type": NEED,
                    "label": label["name"],
                    "extra": {},
                }
                draft.add("attribute", key, values, service.origin)
    for name, number in unread.most_common():
        draft.note(
            "info",
            Origin(file, None),
            "label_no_need",
            f"The label {name!r} ({number} services) surely means no single need.",
        )
    for service in services.values():
        if service.id not in labelled:
            draft.note(
                "warning",
                service.origin,
                "service_no_need",
                f"{service.values['name']!r} has no label that means a need: no plan finds it "
                "until somebody names one.",
            )


def add_place_warnings(draft: Draft) -> None:
    """Say which services stand at no place: they can be read about, but not recommended."""
    placed = {row.values["service_id"] for row in draft.of("service_at_location")}
    for service in draft.of("service"):
        if service.id not in placed:
            draft.note(
                "warning",
                service.origin,
                "service_no_place",
                f"{service.values['name']!r} is at no location: it is not recommended until "
                "somebody says where it is given.",
            )


def is_ours(code: str | None) -> bool:
    """Whether a term's code is one of our own needs or interests (a directory we exported)."""
    try:
        return bool(code and term(code))
    except UnknownTermError:
        return False
