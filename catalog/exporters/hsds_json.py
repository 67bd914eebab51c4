"""HSDS 3.1 JSON: whole nested objects, and the short ones of lists, valid against its schemas.

Called by the public API and by the file export. Takes a filled Shelf and nests what it holds. What
the catalog may not tell outside is left out one level below (`fields`, `own_facts`, `reading`).

    nest = Nested(shelf)
    nest.service(row)            # whole
    nest.listed_service(row)     # as in a list

`with_extra` adds what the source said besides: for files that we read back, not for the API.
"""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from catalog.exporters.eligibility_words import describe_rules
from catalog.exporters.fields import Fields, Row, fields_of, is_history_told
from catalog.exporters.own_facts import (
    eligibility_attributes,
    extra_attributes,
    fact_attributes,
    intake_facts,
    location_facts,
    own_taxonomy,
    own_terms,
)
from catalog.exporters.reading import Shelf

OWN_TERMS = {str(term["id"]): term for term in own_terms()}


class Nested:
    """The objects of HSDS 3.1, made of the rows on a shelf."""

    def __init__(self, shelf: Shelf, *, with_extra: bool = False) -> None:
        self.shelf = shelf
        self.with_extra = with_extra

    # Lists

    def listed_organization(self, row: Row) -> Fields:
        """An organization as lists have it."""
        return fields_of("organization", row)

    def listed_service(self, row: Row) -> Fields:
        """A service as lists have it: with organization and program."""
        fields = self.service_fields(row)
        organization = self.shelf.row("organization", row["organization_id"])
        program = self.shelf.row("program", row["program_id"])
        if organization:
            fields["organization"] = fields_of("organization", organization)
        if program:
            fields["program"] = fields_of("program", program)
        return fields

    def listed_place(self, row: Row) -> Fields:
        """A service at a location as lists have it: with both."""
        location = self.shelf.row("location", row["location_id"])
        service = self.shelf.row("service", row["service_id"])
        return self.place_fields(row) | whole(
            location=fields_of("location", location) if location else {},
            service=self.listed_service(service) if service else {},
        )

    # Whole objects

    def organization(self, row: Row, *, with_services: bool = True) -> Fields:
        """The organization with programs, locations and services; `with_services`: those whole."""
        services = self.shelf.of("service", "organization_id", row["id"])
        locations = self.shelf.of("location", "organization_id", row["id"])
        return self.organization_alone(row) | whole(
            locations=[self.location(location) for location in locations],
            services=[
                self.service(service, within=True)
                if with_services
                else self.service_fields(service)
                for service in services
            ],
        )

    def organization_alone(self, row: Row) -> Fields:
        """The organization with what is its own: phones, web addresses, programs, labels."""
        facts = {} if row["is_active"] else {"is_active": False}
        return fields_of("organization", row) | whole(
            funding=self.facts("funding", "organization_id", row),
            organization_identifiers=self.facts("organization_identifier", "organization_id", row),
            additional_websites=self.facts("url", "organization_id", row),
            phones=self.phones("organization_id", row),
            programs=[
                self.program(program)
                for program in self.shelf.of("program", "organization_id", row["id"])
            ],
            attributes=self.attributes("organization", row, facts=facts),
            metadata=self.history(row),
        )

    def service(self, row: Row, *, within: bool = False, without_places: bool = False) -> Fields:
        """The service with all that hangs on it. `within` its organization it does not repeat it;
        `without_places`: it stands in one of its places itself."""
        service_id = row["id"]
        organization = self.shelf.row("organization", row["organization_id"])
        program = self.shelf.row("program", row["program_id"])
        places = [] if without_places else self.places(row)
        return self.service_fields(row) | whole(
            funding=self.facts("funding", "service_id", row),
            additional_urls=self.facts("url", "service_id", row),
            phones=self.phones("service_id", row),
            schedules=self.facts("schedule", "service_id", row),
            service_areas=self.facts("service_area", "service_id", row),
            service_at_locations=places,
            languages=self.facts("language", "service_id", row),
            organization=(
                self.organization_alone(organization) if organization and not within else {}
            ),
            cost_options=self.facts("cost_option", "service_id", row),
            program=self.program(program) if program else {},
            required_documents=self.facts("required_document", "service_id", row),
            capacities=[
                self.capacity(capacity)
                for capacity in self.shelf.of("service_capacity", "service_id", service_id)
            ],
            attributes=self.service_attributes(row),
            metadata=self.history(row),
        )

    def place(self, row: Row) -> Fields:
        """The service at the location, with both whole."""
        service = self.shelf.row("service", row["service_id"])
        return self.place_alone(row) | whole(
            service=self.service(service, without_places=True) if service else {}
        )

    def places(self, service: Row) -> list[Fields]:
        """Where a service is given."""
        rows = self.shelf.of("service_at_location", "service_id", service["id"])
        return [self.place_alone(row) for row in rows]

    def place_alone(self, row: Row) -> Fields:
        """A service at a location with the location whole, without the service."""
        location = self.shelf.row("location", row["location_id"])
        hidden = bool(location and location["is_confidential"])
        return self.place_fields(row) | whole(
            service_areas=self.facts("service_area", "service_at_location_id", row),
            phones=self.phones("service_at_location_id", row),
            schedules=self.facts("schedule", "service_at_location_id", row, hidden=hidden),
            location=self.location(location) if location else {},
            attributes=self.attributes("service_at_location", row, hidden=hidden),
            metadata=self.history(row, hidden=hidden),
        )

    def location(self, row: Row) -> Fields:
        """The location with all that hangs on it; of a confidential one, the town."""
        hidden = bool(row["is_confidential"])
        return fields_of("location", row) | whole(
            languages=self.facts("language", "location_id", row),
            addresses=self.facts("address", "location_id", row, hidden=hidden),
            accessibility=self.facts("accessibility", "location_id", row, hidden=hidden),
            # A line in a house leads to the house.
            phones=[] if hidden else self.phones("location_id", row),
            schedules=self.facts("schedule", "location_id", row, hidden=hidden),
            attributes=self.attributes("location", row, facts=location_facts(row), hidden=hidden),
            metadata=self.history(row, hidden=hidden),
        )

    def taxonomy(self, row: Row) -> Fields:
        """A taxonomy."""
        return fields_of("taxonomy", row)

    def taxonomy_term(self, row: Row) -> Fields:
        """A term, with its taxonomy where it has one."""
        taxonomy: Row | None = self.shelf.row("taxonomy", row["taxonomy_id"])
        if str(row["id"]) in OWN_TERMS:
            taxonomy = own_taxonomy()
        return fields_of("taxonomy_term", row) | whole(
            taxonomy_detail=fields_of("taxonomy", taxonomy) if taxonomy else {}
        )

    # Parts

    def service_fields(self, row: Row) -> Fields:
        """The service's own columns: prose of the rules where the partner wrote none, and never
        running while its organization is not."""
        organization = self.shelf.row("organization", row["organization_id"])
        told = dict(row)
        if organization and not organization["is_active"] and row["status"] == "active":
            told["status"] = "inactive"
        if not row["eligibility_description"]:
            rules = self.shelf.of("eligibility_rule", "service_id", row["id"])
            told["eligibility_description"] = describe_rules(rules)
        return fields_of("service", told)

    def place_fields(self, row: Row) -> Fields:
        """The columns of a service at a location."""
        location = self.shelf.row("location", row["location_id"])
        hidden = bool(location and location["is_confidential"])
        return fields_of("service_at_location", row, is_confidential=hidden)

    def facts(self, table: str, column: str, owner: Row, *, hidden: bool = False) -> list[Fields]:
        """The rows of a table that hang on `owner`."""
        rows = self.shelf.of(table, column, owner["id"])
        return [self.fact(table, row, hidden=hidden) for row in rows]

    def fact(self, table: str, row: Row, *, hidden: bool = False) -> Fields:
        """One row with its labels; `hidden`: it belongs to a confidential place."""
        return fields_of(table, row, is_confidential=hidden) | whole(
            attributes=self.attributes(table, row, hidden=hidden)
        )

    def phones(self, column: str, owner: Row) -> list[Fields]:
        """The phones of `owner`, with the languages spoken on them."""
        return [
            self.fact("phone", row)
            | whole(languages=self.facts("language", "phone_id", row), metadata=self.history(row))
            for row in self.shelf.of("phone", column, owner["id"])
        ]

    def program(self, row: Row) -> Fields:
        """A program with its history."""
        return self.fact("program", row) | whole(metadata=self.history(row))

    def capacity(self, row: Row) -> Fields:
        """Free places, with what they are counted in."""
        unit = self.shelf.row("unit", row["unit_id"])
        return self.fact("service_capacity", row) | {"unit": fields_of("unit", unit or {})}

    def history(self, row: Row, *, hidden: bool = False) -> list[Fields]:
        """What changed of a row and of all that hangs on it, where the shelf has it."""
        return [
            fields_of("metadata", change)
            for change in self.shelf.of("metadata", "owner_id", row["id"])
            if is_history_told(
                change, is_confidential=hidden or self.is_hidden_place(change["resource_id"])
            )
            and not self.is_unlisted_place(change)
        ]

    def is_hidden_place(self, id_: uuid.UUID) -> bool:
        """Whether it is a service at a confidential place."""
        place = self.shelf.row("service_at_location", id_)
        location = self.shelf.row("location", place["location_id"]) if place else None
        return bool(location and location["is_confidential"])

    def is_unlisted_place(self, change: Row) -> bool:
        """Whether it is of a service at a place where it is not given any more: not on the shelf."""
        return change["resource_type"] == "service_at_location" and not self.shelf.row(
            "service_at_location", change["resource_id"]
        )

    def service_attributes(self, row: Row) -> list[Fields]:
        """A service's labels, its rules, and how it takes people in."""
        rules = self.shelf.of("eligibility_rule", "service_id", row["id"])
        intakes = self.shelf.of("service_intake", "service_id", row["id"])
        intake = intakes[0] if intakes else None
        return self.attributes(
            "service", row, facts=intake_facts(intake), more=eligibility_attributes(rules)
        )

    def attributes(
        self,
        table: str,
        row: Row,
        *,
        facts: Mapping[str, Any] | None = None,
        more: Iterable[Fields] = (),
        hidden: bool = False,
    ) -> list[Fields]:
        """The labels of a row, then our own facts about it, each with its term."""
        labels = [
            fields_of("attribute", label)
            for label in self.shelf.of("attribute", "link_id", row["id"])
            if label["link_entity"] == table
        ]
        own = [*more, *fact_attributes(table, row, facts or {})]
        if self.with_extra and not hidden:
            own += extra_attributes(table, row)
        return [self.with_term(label) for label in (*labels, *own)]

    def with_term(self, label: Fields) -> Fields:
        """An attribute with its term nested."""
        id_ = label["taxonomy_term_id"]
        term = OWN_TERMS.get(id_) or self.shelf.row("taxonomy_term", uuid.UUID(id_))
        return label | whole(taxonomy_term=self.taxonomy_term(term) if term else {})


def whole(**parts: Any) -> Fields:
    """The parts that hold something: HSDS leaves out what there is none of."""
    return {name: part for name, part in parts.items() if part}
