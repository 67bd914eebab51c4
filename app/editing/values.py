"""How the fields of the form are read from a service, checked as text, and written.

Called by fields.py, which is the table of them. A reader gives the text, or None where one line cannot
say it; a check turns text into a value or raises Invalid; a writer puts the value there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext

from app.errors import Invalid
from catalog.models import (
    CostOption,
    EligibilityRule,
    Language,
    Organization,
    Phone,
    RequiredDocument,
    Service,
    ServiceIntake,
)
from catalog.vocabulary import US_STATES

YES_NO = {"": lazy_gettext("Not said"), "yes": lazy_gettext("Yes"), "no": lazy_gettext("No")}
MOST_LINES = 30
ZIP = re.compile(r"\d{5}", re.ASCII)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
WEB_ADDRESS = re.compile(r"https?://[^\s/?#<>\"]+\.[^\s/?#<>\"]+([/?#][^\s<>\"]*)?")
Read = Callable[[Service], str | None]
Write = Callable[[Service, Any], None]


def plain(text: str) -> str | None:
    """Text, or nothing."""
    return text or None


def web(text: str) -> str | None:
    """A web address."""
    if text and not text.startswith(("http://", "https://")):
        raise Invalid(gettext("A web page begins with http:// or https://."))
    if text and not WEB_ADDRESS.fullmatch(text):
        raise Invalid(gettext("Write a web address such as https://www.example.org/programs."))
    return text or None


def email(text: str) -> str | None:
    """An e-mail address."""
    if text and not EMAIL.fullmatch(text):
        raise Invalid(gettext("Write an address such as office@example.org."))
    return text or None


def number(text: str, *, least: float = 0, most: float = 1_000_000) -> float | None:
    """A number within bounds; whole ones stay whole."""
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not least <= value <= most or not re.fullmatch(r"-?[0-9]{1,7}(\.[0-9]{1,2})?", text):
        raise Invalid(
            gettext(
                "Write a number from %(least)s to %(most)s.", least=f"{least:g}", most=f"{most:g}"
            )
        )
    return int(value) if value == int(value) else value


def whole(text: str) -> int | None:
    """A whole number, 0 or more."""
    value = number(text)
    if value is not None and not isinstance(value, int):
        raise Invalid(gettext("Write a whole number."))
    return value


def day(text: str) -> date | None:
    """A day as forms send it."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(gettext("Write a day such as 2027-01-31.")) from None


def cents(text: str) -> int | None:
    """Dollars as cents."""
    value = number(text.removeprefix("$").strip(), most=100_000)
    return None if value is None else round(100 * value)


def one_of(known: Iterable[str]) -> Callable[[str], str]:
    """A word of a list."""
    words = frozenset(known)

    def check(text: str) -> str:
        if text not in words:
            raise Invalid(gettext("Choose one of the list."))
        return text

    return check


def words(text: str) -> list[str]:
    """What is written between commas or on lines, each once."""
    found = [part.strip() for part in re.split(r"[,\n;]", text)]
    return list(dict.fromkeys(part for part in found if part))[:MOST_LINES]


def lines(text: str) -> list[str]:
    """The lines, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split("\n") if part.strip()))[
        :MOST_LINES
    ]


def column(name: str) -> tuple[Read, Write]:
    """A text column of the service."""

    def read(service: Service) -> str:
        return str(getattr(service, name) or "")

    def write(service: Service, value: Any) -> None:
        setattr(service, name, value)

    return read, write


def organization_column(name: str) -> tuple[Read, Write]:
    """A text column of the organization whose service it is; "" where there is none."""

    def read(service: Service) -> str:
        return str(getattr(service.organization, name, None) or "")

    def write(service: Service, value: Any) -> None:
        setattr(service.organization, name, value)

    return read, write


def intake_column(name: str) -> tuple[Read, Write]:
    """A column of how the service takes referrals."""

    def read(service: Service) -> str:
        value = getattr(service.intake, name) if service.intake else None
        if isinstance(value, bool):
            return "yes" if value else "no"
        return "" if value is None else str(value)

    def write(service: Service, value: Any) -> None:
        service.intake = service.intake or ServiceIntake(delivered_at_schools=[])
        setattr(service.intake, name, value)

    return read, write


def yes_no(text: str) -> bool | None:
    """Yes, no, or not said."""
    return {"yes": True, "no": False, "": None}[one_of(YES_NO)(text)]


def is_yes(text: str) -> bool:
    """Yes, or else no."""
    return bool(yes_no(text))


def rules_of(service: Service, kind: str) -> list[EligibilityRule]:
    """The rules of one kind that say whom it is for."""
    return [r for r in service.eligibility_rules if r.kind == kind and r.effect == "require"]


def listed_rule(kind: str, key: str, known: Iterable[str]) -> tuple[Read, Write]:
    """A rule that is a list of `known` words under one key, read in their order."""

    def read(service: Service) -> str | None:
        rules = rules_of(service, kind)
        if len(rules) > 1 or (rules and set(rules[0].facts) - {key}):
            return None
        said = rules[0].facts[key] if rules else ()
        return ", ".join(one for one in known if one in said)

    def write(service: Service, value: Any) -> None:
        put_rule(service, kind, {key: value} if value else {})

    return read, write


def residence_part(key: str) -> tuple[Read, Write]:
    """ZIP codes or counties of the only rule of where a family lives."""

    def read(service: Service) -> str | None:
        rules = rules_of(service, "residence")
        if len(rules) > 1:
            return None
        return "; ".join(rules[0].facts.get(key, ())) if rules else ""

    def write(service: Service, value: Any) -> None:
        rules = rules_of(service, "residence")
        facts = {**(rules[0].facts if rules else {}), key: value}
        put_rule(service, "residence", {name: one for name, one in facts.items() if one})

    return read, write


def put_rule(service: Service, kind: str, facts: dict[str, Any]) -> None:
    """Let the only rule of a kind say these facts; none take it away."""
    rules = rules_of(service, kind)
    for rule in [r for r in service.eligibility_rules if facts and r.facts.get("axis") == kind]:
        service.eligibility_rules.remove(rule)  # "no restriction" is not true any more
    if not facts and rules:
        service.eligibility_rules.remove(rules[0])
    elif rules:
        rules[0].facts = facts
    elif facts:
        service.eligibility_rules.append(EligibilityRule(kind=kind, effect="require", facts=facts))


def read_fee(service: Service) -> str | None:
    """The only price, in dollars."""
    options = service.cost_options
    if len(options) > 1:
        return None
    if not options or options[0].amount_cents is None:
        return ""
    return f"{options[0].amount_cents / 100:.2f}".removesuffix(".00")


def write_fee(service: Service, value: Any) -> None:
    """Let the only price be this one."""
    if value is None:
        service.cost_options = []
    elif service.cost_options:
        service.cost_options[0].amount_cents = value
    else:
        service.cost_options.append(CostOption(amount_cents=value, currency="USD"))


def read_languages(service: Service) -> str | None:
    """The codes of the languages spoken; a language without a code cannot be told so."""
    if any(not row.code for row in service.languages):
        return None
    return ", ".join(sorted(row.code or "" for row in service.languages))


def language_codes(text: str) -> list[str]:
    """ISO 639 codes."""
    codes = [code.lower() for code in words(text)]
    wrong = [code for code in codes if not re.fullmatch(r"[a-z]{2,3}", code)]
    if wrong:
        raise Invalid(
            gettext("“%(code)s” is no language code. Write en, es, ar.", code=wrong[0][:20])
        )
    return codes


def write_languages(service: Service, codes: Any) -> None:
    """Keep the rows of those that stay."""
    for row in [row for row in service.languages if row.code not in codes]:
        service.languages.remove(row)
    known = {row.code for row in service.languages}
    service.languages += [Language(code=code) for code in codes if code not in known]


def read_phones(owner: Service | Organization) -> str:
    """The own numbers of a service or an organization, a line each."""
    return "\n".join(row.number for row in owner.phones if not row.contact_id)


def write_phones(owner: Service | Organization, numbers: Any) -> None:
    """Keep the rows of those that stay, with what they say besides."""
    for row in [p for p in owner.phones if not p.contact_id and p.number not in numbers]:
        owner.phones.remove(row)
    known = {row.number for row in owner.phones}
    owner.phones += [Phone(number=one) for one in numbers if one not in known]


def read_organization_phones(service: Service) -> str:
    """The numbers of the organization whose service it is."""
    return read_phones(service.organization) if service.organization else ""


def write_organization_phones(service: Service, numbers: Any) -> None:
    """The same, written."""
    if service.organization:
        write_phones(service.organization, numbers)


def phone_number(text: str) -> str:
    """One number that can be dialled, or nothing."""
    if text:
        phone_numbers(text)
    return text


def phone_numbers(text: str) -> list[str]:
    """Numbers that can be dialled."""
    found = lines(text)
    wrong = [one for one in found if len(re.sub(r"\D", "", one)) < 3 or len(one) > 40]
    if wrong:
        raise Invalid(
            gettext(
                "“%(text)s” is no telephone number. Write it like 423-555-0100, or 988.",
                text=wrong[0][:40],
            )
        )
    return found


def read_documents(service: Service) -> str:
    """What to bring, a line each."""
    return "\n".join(row.document for row in service.required_documents if row.document)


def write_documents(service: Service, documents: Any) -> None:
    """Keep the rows of those that stay."""
    for row in [d for d in service.required_documents if d.document not in documents]:
        service.required_documents.remove(row)
    known = {row.document for row in service.required_documents}
    service.required_documents += [
        RequiredDocument(document=one) for one in documents if one not in known
    ]


def needed(text: str) -> str:
    """A text that must be there."""
    if not text:
        raise Invalid(gettext("A service needs a name."))
    return text


def known_words(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Words of a closed list, between commas."""
    listed = frozenset(known)

    def check(text: str) -> list[str]:
        found = words(text)
        wrong = [one for one in found if one not in listed]
        if wrong:
            raise Invalid(
                gettext(
                    "“%(word)s” is none of: %(known)s.",
                    word=wrong[0][:40],
                    known=", ".join(sorted(listed)),
                )
            )
        return found

    return check


def counties(text: str) -> list[str]:
    """Counties with their states, between semicolons."""
    found = [one.strip() for one in re.split(r"[;\n]", text) if one.strip()][:MOST_LINES]
    for one in found:
        name, _, state = one.rpartition(", ")
        if not name or state not in US_STATES:
            raise Invalid(
                gettext("“%(county)s” needs its state: write Hamilton, TN.", county=one[:40])
            )
    return found


def zip_codes(text: str) -> list[str]:
    """ZIP codes of five digits."""
    found = words(text)
    wrong = [one for one in found if not ZIP.fullmatch(one)]
    if wrong:
        raise Invalid(gettext("“%(code)s” is no ZIP code: write five digits.", code=wrong[0][:20]))
    return found


def read_ride(service: Service) -> str:
    """Whether it provides a ride; not said is no."""
    return "yes" if service.intake and service.intake.provides_transport else "no"
