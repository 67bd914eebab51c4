"""Commands for whoever runs the service: bringing a directory into the catalog, and giving it out.

`flask --app wsgi catalog import PATH` says what an import would do; with `--apply` it does it, in
one transaction. Results go to standard output, progress and refusals to standard error; a refused
file ends with exit code 1 and nothing changed. `catalog export PATH --format hsds-csv` writes all
that the public may read, in the open standard.
"""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.exchange.bars import rows_bar
from app.exchange.duplicates_command import show_duplicates
from app.exchange.geocode_command import find_points
from app.exchange.misses_command import show_misses
from app.exchange.proposals_command import propose_terms
from app.exchange.resolve_commands import resolve_words
from app.extensions import db
from app.imports.locking import only_import_of
from app.transactions import work_unit
from app.web.shell import settings
from catalog.errors import CatalogError, MostGoneError, UnclearSheetError
from catalog.exporters.hsds_csv import FILES, export_csv
from catalog.exporters.hsds_xlsx import export_xlsx
from catalog.exporters.json_file import KINDS, count_left_out, export_json
from catalog.exporters.reading import count_kept_back, count_rows
from catalog.importers import (
    ImportPlan,
    ImportReport,
    Package,
    SheetMapping,
    apply_import,
    plan_import,
    read_mappings,
    read_package,
    write_mappings,
)
from catalog.vocabulary import SERVICE_STATUSES

catalog_group = AppGroup("catalog", help="The directory of community partners.")

EXPORTS = {"hsds-json": export_json, "hsds-csv": export_csv, "xlsx": export_xlsx}

# For app/cli.py, which registers every feature's commands.
commands: list[click.Command] = [catalog_group]
catalog_group.add_command(resolve_words)
catalog_group.add_command(show_duplicates)
catalog_group.add_command(propose_terms)
catalog_group.add_command(show_misses)
catalog_group.add_command(find_points)


@catalog_group.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--apply", "is_applied", is_flag=True, help="Do it. Without this, only say what.")
@click.option(
    "--status",
    type=click.Choice(list(SERVICE_STATUSES)),
    help="Give every service this status, whatever the file says.",
)
@click.option("--source", help="The directory's name. Default: the file's or folder's name.")
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write every line of the report to this CSV file.",
)
@click.option(
    "--mapping",
    "mapping_path",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="For sheets: a YAML file that says which column holds what.",
)
@click.option(
    "--write-mapping",
    "mapping_out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="For sheets: save how the columns were read, to be mended and given with --mapping.",
)
@click.option(
    "--even-if-most-are-gone",
    "is_gone_meant",
    is_flag=True,
    help="Do it though most services of this directory are not in it any more: they are marked.",
)
@click.option("--json", "is_json", is_flag=True, help="Print the whole report as JSON.")
def import_catalog(
    path: Path,
    *,
    is_applied: bool,
    status: str | None,
    source: str | None,
    report_path: Path | None,
    mapping_path: Path | None,
    mapping_out: Path | None,
    is_gone_meant: bool,
    is_json: bool,
) -> None:
    """Bring in a directory: an HSDS folder, zip or JSON file, or sheets as CSV or XLSX.

    Rows that came from the same directory before are compared, not doubled; what was edited here
    is kept; what the directory dropped is marked, not deleted.
    """
    try:
        limit = settings().import_limit_mb * 1024 * 1024
        tell_phase("Reading …")
        package = read_package(path, limit=limit)
        mappings = given_mappings(package, mapping_path)
        with only_import_of(source or package.name), work_unit() as session:
            tell_phase("Comparing …")
            plan = plan_import(
                session, package, source=source, status=status, mappings=mappings, now=utcnow()
            )
            if report_path:
                write_file(report_path, plan.report.to_csv(), what="report")
            if mapping_out and plan.mappings:
                write_file(mapping_out, write_mappings(plan.mappings), what="mapping")
            if not is_json:
                show_report(plan.report, report_path)
                show_mappings(plan, mapping_out)
            if is_applied:
                apply_with_progress(session, plan, is_gone_meant=is_gone_meant)
    except UnclearSheetError as error:
        raise click.ClickException(f"{error} A mapping file is given with --mapping.") from error
    except MostGoneError as error:
        raise click.ClickException(
            f"{error} A name is given with --source; that it is meant, with --even-if-most-are-gone."
        ) from error
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    if is_json:
        result = {"applied": is_applied, **plan.report.to_dict()}
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        click.echo(closing_words(plan.report, is_applied=is_applied))


def given_mappings(package: Package, path: Path | None) -> dict[str, SheetMapping] | None:
    """The mapping file's mappings for the package's sheets; a refusal where it has no sheet."""
    if path is None:
        return None
    if package.kind != "flat_sheet":
        raise click.ClickException(
            "A mapping is for sheets: this is HSDS, whose columns have their names. "
            "Leave --mapping out."
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"The mapping {path} cannot be read as text.") from error
    return read_mappings(text, [table.file for table in package.tables.values()])


def write_file(path: Path, text: str, *, what: str) -> None:
    """Save a text; a place that cannot be written ends the command before any change."""
    # A spreadsheet program takes the mark at the beginning for UTF-8; YAML does without.
    encoding = "utf-8-sig" if what == "report" else "utf-8"
    try:
        path.write_text(text, encoding=encoding, newline="")
    except OSError as error:
        raise click.ClickException(
            f"The {what} cannot be written to {path}: {error.strerror}. Nothing was imported. "
            "Name another place."
        ) from error


def show_mappings(plan: ImportPlan, saved: Path | None) -> None:
    """How the columns of sheets were read, and how that can be changed."""
    if not plan.mappings:
        return
    click.echo(write_mappings(plan.mappings).rstrip())
    if saved is None:
        click.echo(
            "Not so? Save this with --write-mapping FILE.yaml, mend it, give it with --mapping."
        )


def show_report(report: ImportReport, report_path: Path | None) -> None:
    """The counts, and one example of each kind of line."""
    version = f" (HSDS {report.version})" if report.version else ""
    click.echo(f"Directory: {report.source}{version}")
    for file, rows in sorted(report.rows_read.items()):
        taken = report.rows_in[file]
        rest = f", {rows - taken:,} not brought in" if taken != rows else ""
        click.echo(f"  read {rows:>7,} row{'' if rows == 1 else 's'} of {file}{rest}")
    click.echo(f"{'':22}{'added':>9}{'changed':>9}{'same':>9}{'removed':>9}")
    for name, counts in [*sorted(report.tables.items()), ("total", report.total())]:
        click.echo(
            f"{name:22}{counts.added:>9,}{counts.changed:>9,}"
            f"{counts.unchanged:>9,}{counts.removed:>9,}"
        )
    examples = {(line.severity, line.code): line for line in reversed(report.lines)}
    for (severity, code), number in sorted(report.lines_by_code().items()):
        line = examples[severity, code]
        place = f"{line.file} row {line.row}" if line.row else line.file
        click.echo(f"{severity:8}{number:>6,} × {code}, as in {place}: {line.reason}")
    if report.lines and report_path is None:
        click.echo("All lines, with file and row: add --report FILE.csv")


def apply_with_progress(session: Session, plan: ImportPlan, *, is_gone_meant: bool) -> None:
    """Write the plan behind a bar on standard error."""
    total, agreed = plan.report.total(), plan.report.mostly_gone if is_gone_meant else 0
    length = total.added + total.changed + total.removed
    with rows_bar(length, "Importing") as bar:
        apply_import(session, plan, agreed_gone=agreed, on_progress=bar.update)


def tell_phase(words: str) -> None:
    """What begins now, for somebody who waits at a terminal."""
    if sys.stderr.isatty():
        click.echo(words, err=True)


def closing_words(report: ImportReport, *, is_applied: bool) -> str:
    """What was done, or would be."""
    total = report.total()
    what = f"{total.added:,} added, {total.changed:,} changed, {total.removed:,} removed"
    if is_applied:
        return f"Imported: {what}."
    options = "--apply --even-if-most-are-gone" if report.mostly_gone else "--apply"
    return f"Nothing was changed. With {options}: {what}."


@catalog_group.command("export")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(EXPORTS)),
    required=True,
    help="One JSON file, or the tabular package: a folder, or a zip where PATH ends in .zip; "
    "or a workbook.",
)
def export_catalog(path: Path, *, format_: str) -> None:
    """Write the catalog in HSDS 3.1: what the public may read, and what an import needs to make
    the same catalog again. Whole or not at all: a file that was there stays until it is done."""
    is_json = format_ == "hsds-json"
    tables = [kind.table for kind in KINDS] if is_json else list(FILES)
    try:
        with db.sessionmaker() as session:
            length = count_rows(session, tables)
            with rows_bar(length, "Exporting") as bar:
                counts = EXPORTS[format_](session, path, on_progress=bar.update)
            kept_back = count_kept_back(session)
            left_out = count_left_out(session) if is_json else {}
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    for table, number in counts.items():
        click.echo(f"{table:22}{number:>9,}")
    for what, number in kept_back.items():
        click.echo(f"Kept back: {what} ({number:,})")
    for what, number in left_out.items():
        click.echo(f"Not in JSON: {what} ({number:,}). Export as hsds-csv to have them.")
    click.echo(f"Exported to {path}.")
