"""Commands for whoever runs the service: bringing a directory into the catalog.

`flask --app wsgi catalog import PATH` says what an import would do; with `--apply` it does it, in
one transaction. Results go to standard output, progress and refusals to standard error; a refused
file ends with exit code 1 and nothing changed.
"""

import json
import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.clock import utcnow
from app.transactions import work_unit
from catalog.errors import CatalogError
from catalog.importers import ImportPlan, ImportReport, apply_import, plan_import, read_package
from catalog.vocabulary import SERVICE_STATUSES

catalog_group = AppGroup("catalog", help="The directory of community partners.")

# For app/cli.py, which registers every feature's commands.
commands: list[click.Command] = [catalog_group]


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
@click.option("--json", "is_json", is_flag=True, help="Print the whole report as JSON.")
def import_catalog(
    path: Path,
    *,
    is_applied: bool,
    status: str | None,
    source: str | None,
    report_path: Path | None,
    is_json: bool,
) -> None:
    """Bring in a directory: an HSDS folder or zip, or one sheet as CSV.

    Rows that came from the same directory before are compared, not doubled; what was edited here
    is kept; what the directory dropped is marked, not deleted.
    """
    try:
        package = read_package(path)
        with work_unit() as session:
            plan = plan_import(session, package, source=source, status=status, now=utcnow())
            if report_path:
                write_report(report_path, plan.report)
            if not is_json:
                show_report(plan.report, report_path)
            if is_applied:
                apply_with_progress(session, plan)
    except CatalogError as error:
        raise click.ClickException(str(error)) from error
    if is_json:
        result = {"applied": is_applied, **plan.report.to_dict()}
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        click.echo(closing_words(plan.report, is_applied=is_applied))


def write_report(path: Path, report: ImportReport) -> None:
    """Save the report's lines; a place that cannot be written ends the command before any change."""
    try:
        path.write_text(report.to_csv(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise click.ClickException(
            f"The report cannot be written to {path}: {error.strerror}. Nothing was imported. "
            "Name another place."
        ) from error


def show_report(report: ImportReport, report_path: Path | None) -> None:
    """The counts, and one example of each kind of line."""
    click.echo(f"Directory: {report.source}")
    for file, rows in sorted(report.rows_read.items()):
        click.echo(f"  read {rows:>7,} rows of {file}")
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


def apply_with_progress(session: Session, plan: ImportPlan) -> None:
    """Write the plan behind a bar on standard error."""
    total = plan.report.total()
    length = total.added + total.changed + total.removed
    with click.progressbar(length=length, label="Importing", file=sys.stderr) as bar:
        apply_import(session, plan, on_progress=bar.update)


def closing_words(report: ImportReport, *, is_applied: bool) -> str:
    """What was done, or would be."""
    total = report.total()
    what = f"{total.added:,} added, {total.changed:,} changed, {total.removed:,} removed"
    if is_applied:
        return f"Imported: {what}."
    return f"Nothing was changed. With --apply: {what}."
