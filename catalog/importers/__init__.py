"""Bringing directories in: `read_package`, then `plan_import` (a dry run), then `apply_import`.

    package = read_package(path)
    plan = plan_import(session, package, status="active", now=now)
    apply_import(session, plan)

The caller owns the transaction. A package is HSDS CSV (a folder or zip) or one flat sheet.
"""

from catalog.importers.apply import apply_import
from catalog.importers.package import Package, read_package
from catalog.importers.plan import ImportPlan, plan_import
from catalog.importers.report import ImportReport, ReportLine

__all__ = [
    "ImportPlan",
    "ImportReport",
    "Package",
    "ReportLine",
    "apply_import",
    "plan_import",
    "read_package",
]
