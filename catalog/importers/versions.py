"""Which version of HSDS a package is written in, told by its tables and columns.

What a package says of its version is often the version of the package, not of the standard, so
it is not asked. Called by `package`.
"""

from collections.abc import Mapping

from catalog.importers.csv_tables import SourceTable

TABLES_NEW_IN_3_1 = frozenset({"service_capacity", "unit", "url"})
NEW_IN_3_1 = {"attribute": {"label"}, "service_area": {"service_at_location_id"}}
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


def has_any(columns: Mapping[str, set[str]], new: Mapping[str, set[str]]) -> bool:
    """Whether any table has one of these columns."""
    return any(columns.get(name, set()) & of_table for name, of_table in new.items())


def tell_version(tables: Mapping[str, SourceTable], *, is_json: bool = False) -> str:
    """One of 1.0, 1.1, 2.0, 3.0 and 3.1."""
    columns = {
        name: {column.casefold() for column in table.columns} for name, table in tables.items()
    }
    is_newest = bool(TABLES_NEW_IN_3_1 & set(tables)) or has_any(columns, NEW_IN_3_1)
    if is_json or has_any(columns, NEW_IN_3):
        return "3.1" if is_newest else "3.0"
    services = columns.get("service", set())
    if "location_id" in services and "organization_id" not in services:
        return "1.0"
    older = ONLY_IN_1 & set(tables) or ("schedule" not in tables and "taxonomy_ids" in services)
    return "1.1" if older else "2.0"
