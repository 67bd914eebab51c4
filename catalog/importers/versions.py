"""Which version of HSDS a package is written in, told by its tables and columns.

What a package says of its version is often the version of the package, not of the standard, so
it is not asked. Called by `package`.
"""

from collections.abc import Mapping

from catalog.importers.csv_tables import SourceTable

NEW_IN_3_1 = frozenset({"service_capacity", "unit", "url"})
ONLY_IN_1 = frozenset({"regular_schedule", "holiday_schedule", "payment_accepted", "eligibility"})
# Columns that only version 3 has, by table.
NEW_IN_3 = {
    "address": {"address_type"},
    "attribute": {"link_entity"},
    "location": {"location_type"},
    "service": {"minimum_age", "assured_date", "last_modified", "eligibility_description"},
    "schedule": {"attending_type", "timezone"},
    "organization": {"parent_organization_id", "uri"},
}


def tell_version(tables: Mapping[str, SourceTable], *, is_json: bool = False) -> str:
    """One of 1.0, 1.1, 2.0, 3.0 and 3.1."""
    columns = {
        name: {column.casefold() for column in table.columns} for name, table in tables.items()
    }
    is_third = is_json or any(columns.get(name, set()) & new for name, new in NEW_IN_3.items())
    if is_third:
        return "3.1" if NEW_IN_3_1 & set(tables) else "3.0"
    services = columns.get("service", set())
    if "location_id" in services and "organization_id" not in services:
        return "1.0"
    older = ONLY_IN_1 & set(tables) or ("schedule" not in tables and "taxonomy_ids" in services)
    return "1.1" if older else "2.0"
