"""What is said of files in a folder or zip that were not read: nothing is dropped silently.

Papers that only go with a directory (a README, a licence) share one line; anything else that may hold
rows has its own, with what to do. Called by `package`.
"""

import re
from collections.abc import Iterable

from catalog.importers.files import DESCRIPTIONS, WORKBOOK_ENDINGS, ending
from catalog.importers.report import ReportLine

PAPERS = frozenset({".txt", ".md", ".rst", ".html", ".htm"})
NAMES_OF_PAPERS = re.compile(
    r"(readme|licen[cs]e|notice|copying|changelog|authors)\b", re.IGNORECASE
)
SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})
SHOWN = 10  # names in one line

WORKBOOK = (
    "The tables beside it were read; the workbook was not. Import it by itself if it holds something "
    "else."
)
OTHER_WORKBOOK = (
    "A workbook of this kind is not read. Save it as XLSX or 'CSV UTF-8', and import that file."
)
FOLDER = "A folder within a folder is not looked into. Import it by itself."
WHY = {
    **dict.fromkeys(WORKBOOK_ENDINGS, WORKBOOK),
    **dict.fromkeys((".xls", ".ods", ".numbers"), OTHER_WORKBOOK),
    ".zip": "A zip within is not opened. Import it by itself.",
}
OF_ANOTHER_KIND = (
    "A file of this kind is not read. If it holds a part of the directory, save that as CSV or XLSX "
    "and import it by itself."
)


def unread_lines(unread: Iterable[str]) -> list[ReportLine]:
    """A line for each file that may hold rows, and one for all papers."""
    lines, papers = [], []
    for file in unread:
        if is_paper(file):
            papers.append(file)
        else:
            lines.append(ReportLine("warning", file, None, "file_not_read", why_not(file)))
    if papers:
        more = f" and {len(papers) - SHOWN} more" if len(papers) > SHOWN else ""
        reason = (
            f"Not read, since such files hold no rows: {', '.join(papers[:SHOWN])}{more}. If one "
            "does, import it by itself."
        )
        lines.append(ReportLine("info", papers[0], None, "papers_not_read", reason))
    return lines


def is_paper(file: str) -> bool:
    """Whether the file goes with a directory and holds no row of it, by its name."""
    name = file.lower()
    if name.startswith(".") or name in SYSTEM_FILES | DESCRIPTIONS or ending(name) in PAPERS:
        return True
    return bool(NAMES_OF_PAPERS.match(name)) and ending(name) not in WHY


def why_not(file: str) -> str:
    """Why a file was not read, and what to do."""
    return FOLDER if file.endswith("/") else WHY.get(ending(file), OF_ANOTHER_KIND)
