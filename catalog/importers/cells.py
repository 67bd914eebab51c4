"""Cells that mean the same in every table of a package: e-mails, web addresses, ids of other rows.

Each reader of a package calls these; what a cell holds and cannot mean gets a line.
"""

from catalog.importers.draft import Cells, Draft, Origin
from catalog.importers.text import find_emails, web_address


def one_email(draft: Draft, cells: Cells, origin: Origin, *names: str) -> str | None:
    """The e-mail address of a cell; of several the first, with a line."""
    text = cells.line(*names)
    if not text:
        return None
    found = find_emails(text)
    if found != [text]:
        kept = f"only {found[0]} was taken" if found else "kept beside the row"
        draft.note("warning", origin, "email_unclear", f"{text!r} is no single e-mail: {kept}.")
        for name in names:
            cells.give_back(name)
    return found[0] if found else None


def one_url(draft: Draft, cells: Cells, origin: Origin, *names: str) -> str | None:
    """The web address of a cell."""
    text = cells.text(*names)
    address = web_address(text)
    if text and address is None:
        draft.note("warning", origin, "url_unclear", f"{text!r} is no web address; kept beside.")
        for name in names:
            cells.give_back(name)
    return address


def first_known(draft: Draft, table: str, cells: Cells, column: str, origin: Origin) -> str | None:
    """The first id of a cell that came in; of several, and of unknown ones, a line."""
    listed = cells.ids(column)
    if cells.line(column) == "0":
        draft.note("info", origin, f"{table}_zero", f"{column} is 0, which stands for none.")
    known = [id_ for id_ in listed if draft.has(table, id_)]
    if len(listed) > 1:
        draft.note(
            "warning",
            origin,
            f"several_{table}s",
            f"{column} lists {', '.join(listed)}; "
            + (f"only {known[0]} was taken." if known else "none of them is in the package."),
        )
    elif listed and not known:
        draft.note(
            "warning",
            origin,
            f"{table}_not_in_package",
            f"{column} is {listed[0]}, which is not in the package; the row came in without it.",
        )
    return known[0] if known else None
