"""Kinds of entries, and what two have alike or not, in the words of pages."""

from __future__ import annotations

from flask_babel import lazy_gettext

KINDS = {
    "organization": lazy_gettext("Organizations"),
    "service": lazy_gettext("Services"),
    "location": lazy_gettext("Places"),
}
PARTS = {
    "name": lazy_gettext("names alike"),
    "same_organization": lazy_gettext("same organization"),
    "like_organization": lazy_gettext("organizations of a like name"),
    "same_phone": lazy_gettext("same phone"),
    "same_url": lazy_gettext("same web page"),
    "same_site": lazy_gettext("same website"),
    "same_email": lazy_gettext("same email"),
    "same_address": lazy_gettext("same address"),
    "other_unit": lazy_gettext("same house, another suite"),
    "near_point": lazy_gettext("same point on the map"),
    "same_identifier": lazy_gettext("same tax number"),
    "other_words": lazy_gettext("each name has a word of its own"),
    "other_numbers": lazy_gettext("different numbers in the names"),
    "other_phone": lazy_gettext("different phones"),
    "other_site": lazy_gettext("different websites"),
    "other_url": lazy_gettext("different web pages"),
    "other_address": lazy_gettext("different addresses"),
    "other_organization": lazy_gettext("different organizations"),
    "other_identifier": lazy_gettext("different tax numbers"),
}
HANGING = {
    "service": lazy_gettext("Services"),
    "location": lazy_gettext("Places"),
    "attribute": lazy_gettext("Labels"),
    "phone": lazy_gettext("Phones"),
    "address": lazy_gettext("Addresses"),
    "cost_option": lazy_gettext("Costs"),
    "eligibility_rule": lazy_gettext("Who it is for"),
    "required_document": lazy_gettext("What to bring"),
}
