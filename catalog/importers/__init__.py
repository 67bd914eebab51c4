"""Bringing directories in: `read_package`, then `plan_import` (a dry run), then `apply_import`.

    package = read_package(path)
    plan = plan_import(session, package, status="active", now=now)
    apply_import(session, plan)

The caller owns the transaction. A package is HSDS of any version, as CSV or JSON, or flat sheets;
how a sheet is read is guessed, or said by mappings (`read_mappings`, `write_mappings`).
"""

from catalog.importers.apply import apply_import
from catalog.importers.package import Package, read_package
from catalog.importers.plan import ImportPlan, plan_import
from catalog.importers.report import ImportReport, ReportLine
from catalog.importers.sheet_mapping import SheetMapping, read_mappings, write_mappings
from catalog.importers.sheet_preview import SheetPreviews, preview_sheets

__all__ = [
    "ImportPlan",
    "ImportReport",
    "Package",
    "ReportLine",
    "SheetMapping",
    "SheetPreviews",
    "apply_import",
    "plan_import",
    "preview_sheets",
    "read_mappings",
    "read_package",
    "write_mappings",
]
