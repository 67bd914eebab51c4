"""Which table a file of a package holds, by its name, in every version of the standard.

Both the plural names of HSDS 1 and 2 and the singular ones of 3. Called by `package`.
"""

from pathlib import PurePosixPath

REQUIRED_FILES = {"organization": "organizations.csv", "service": "services.csv"}
FILE_TABLES = {
    "organization": "organization",
    "organizations": "organization",
    "program": "program",
    "programs": "program",
    "service": "service",
    "services": "service",
    "location": "location",
    "locations": "location",
    "service_at_location": "service_at_location",
    "services_at_location": "service_at_location",
    "service_at_locations": "service_at_location",
    "address": "address",
    "addresses": "address",
    "physical_addresses": "address",
    "postal_addresses": "postal_address",
    "phone": "phone",
    "phones": "phone",
    "contact": "contact",
    "contacts": "contact",
    "schedule": "schedule",
    "schedules": "schedule",
    "service_area": "service_area",
    "service_areas": "service_area",
    "language": "language",
    "languages": "language",
    "accessibility": "accessibility",
    "accessibility_for_disabilities": "accessibility",
    "cost_option": "cost_option",
    "cost_options": "cost_option",
    "required_document": "required_document",
    "required_documents": "required_document",
    "taxonomy": "taxonomy",
    "taxonomies": "taxonomy",
    "taxonomy_types": "taxonomy",
    "taxonomy_term": "taxonomy_term",
    "taxonomy_terms": "taxonomy_term",
    "taxonomy_terms_types": "taxonomy_terms_types",
    "attribute": "attribute",
    "attributes": "attribute",
    "service_attributes": "attribute",
    "regular_schedules": "regular_schedule",
    "holiday_schedules": "holiday_schedule",
    "mail_addresses": "postal_address",
    "eligibility": "eligibility",
    "eligibilities": "eligibility",
    "payment_accepted": "payment_accepted",
    "payments_accepted": "payment_accepted",
    "service_taxonomy": "service_taxonomy",
    "services_taxonomy": "service_taxonomy",
    "funding": "funding",
    "organization_identifier": "organization_identifier",
    "organization_identifiers": "organization_identifier",
    "metadata": "metadata",
    "meta_table_description": "meta_table_description",
    "meta_table_descriptions": "meta_table_description",
    "unit": "unit",
    "units": "unit",
    "service_capacity": "service_capacity",
    "service_capacities": "service_capacity",
    "url": "url",
    "urls": "url",
}


def file_table(file: str) -> str | None:
    """The table that a file of this name holds; None where the standard has none."""
    return FILE_TABLES.get(PurePosixPath(file).stem.lower())
