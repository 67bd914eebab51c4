"""Every table of the directory. Import from here, so that all classes are mapped together and every
change of theirs is noted.
"""

import catalog.history  # noqa: F401 - notes every change
from catalog.models.accessibility import Accessibility
from catalog.models.address import Address
from catalog.models.attribute import Attribute
from catalog.models.capacity import ServiceCapacity, Unit
from catalog.models.contact import Contact
from catalog.models.cost_option import CostOption
from catalog.models.duplicate import DuplicatePair, Merge
from catalog.models.eligibility import EligibilityRule
from catalog.models.field_change import FieldChange
from catalog.models.funding import Funding
from catalog.models.geocoding import GeocoderAnswer, GeocoderRest, Geocoding
from catalog.models.import_conflict import ImportConflict
from catalog.models.intake import ServiceIntake
from catalog.models.language import Language
from catalog.models.location import Location
from catalog.models.need_proposal import NeedProposal, NeedReading
from catalog.models.organization import Organization
from catalog.models.organization_identifier import OrganizationIdentifier
from catalog.models.phone import Phone
from catalog.models.program import Program
from catalog.models.required_document import RequiredDocument
from catalog.models.revision import CatalogRevision
from catalog.models.schedule import Schedule
from catalog.models.service import Service
from catalog.models.service_area import ServiceArea
from catalog.models.service_at_location import ServiceAtLocation
from catalog.models.taxonomy import Taxonomy
from catalog.models.taxonomy_term import TaxonomyTerm
from catalog.models.url import Url

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "CatalogRevision",
    "Contact",
    "CostOption",
    "DuplicatePair",
    "EligibilityRule",
    "FieldChange",
    "Funding",
    "GeocoderAnswer",
    "GeocoderRest",
    "Geocoding",
    "ImportConflict",
    "Language",
    "Location",
    "Merge",
    "NeedProposal",
    "NeedReading",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Program",
    "RequiredDocument",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceIntake",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "Url",
]
