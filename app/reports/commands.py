"""`fairness`: who is helped, group by group, without telling of anybody in particular."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.clock import begin_of_day, district_date, utcnow
from app.extensions import db
from app.reports.queries import GROUPINGS, Row, fairness, groups_by, groups_of_numbers

LONGEST_GROUP = 80


@click.command("fairness")
@click.option("--by", type=click.Choice(GROUPINGS), default="grade", show_default=True)
@click.option(
    "--groups",
    "groups_path",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A CSV file with the columns district_number and group, instead of --by. Read, never kept.",
)
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d"]), help="First day.  [default: a year ago]"
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day.  [default: today]")
@click.option("--json", "format_", flag_value="json", help="Print JSON.")
@click.option("--csv", "format_", flag_value="csv", help="Print CSV.")
@with_appcontext
def fairness_command(
    by: str,
    groups_path: Path | None,
    since: datetime | None,
    until: datetime | None,
    format_: str | None,
) -> None:
    """Suggestions, referrals, acceptances, connections and waits by group.

    Figures under ten are kept back, and those from which they could be worked out.
    """
    last = until.date() if until else district_date(utcnow())
    first = since.date() if since else last - timedelta(days=365)
    if first > last:
        end = f"--until {last}" if until else f"today, {last}"
        raise click.ClickException(
            f"--since {first} is after {end}: no day is between them. Give days in their order."
        )
    rows = rows_of(by, groups_path, first, last)
    if format_ == "json":
        told = {"since": str(first), "until": str(last), "rows": [asdict(row) for row in rows]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif format_ == "csv":
        click.echo(as_csv(rows), nl=False)
    else:
        click.echo(as_lines(rows))


def rows_of(by: str, groups_path: Path | None, first: date, last: date) -> list[Row]:
    """The report of a time."""
    session = db.session
    grouping: dict[uuid.UUID, str]
    if groups_path is None:
        grouping = groups_by(session, by)
    else:
        grouping, unknown = groups_of_numbers(session, read_groups(groups_path))
        if unknown:
            told = (
                "1 number of the file is"
                if unknown == 1
                else f"{unknown:,} numbers of the file are"
            )
            click.echo(f"{told} no student's here.", err=True)
    return fairness(
        session,
        grouping,
        since=begin_of_day(session, first),
        until=begin_of_day(session, last + timedelta(days=1)),
    )


def read_groups(path: Path) -> dict[str, str]:
    """Group by the district's number. Errors name the line, never a number."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(
            f"{path.name} cannot be read ({type(error).__name__}). Give a CSV file in UTF-8."
        ) from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not {"district_number", "group"} <= set(reader.fieldnames or ()):
        raise click.ClickException(
            f"{path.name} must have the columns district_number and group in its first line."
        )
    groups: dict[str, str] = {}
    for row in reader:
        number, group = (row["district_number"] or "").strip(), (row["group"] or "").strip()
        if not number:
            continue
        if groups.get(number, group) != group:
            raise click.ClickException(
                f"{path.name}, line {reader.line_num}: a student stands in two groups. Leave one."
            )
        if group:
            groups[number] = group[:LONGEST_GROUP]
    return groups


def as_csv(rows: Sequence[Row]) -> str:
    """The table as CSV; what is kept back is empty, and a formula is none."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [one.name for one in fields(Row)]
    writer.writerow(names)
    for row in rows:
        group = f"'{row.group}" if row.group[:1] in {"=", "+", "-", "@", "\t"} else row.group
        writer.writerow([group, *(getattr(row, name) for name in names[1:])])
    return out.getvalue()


def as_lines(rows: Sequence[Row]) -> str:
    """The table for a terminal."""
    heads = (
        "group",
        "students",
        "suggested",
        "referred",
        "accepted",
        "connected",
        "days to answer",
    )
    width = 2 + max(len(row.group) for row in rows)
    lines = [cells(heads, width)]
    for row in rows:
        figures = [row.students, row.suggested, row.referred, row.accepted, row.connected, row.days]
        told = ("kept back" if figure is None else f"{figure:,}" for figure in figures)
        lines.append(cells([row.group, *told], width))
    lines.append("Kept back: a figure under ten, or one that would give such a figure away.")
    return "\n".join(lines)


def cells(texts: Sequence[str], width: int) -> str:
    """One line of the table, its first column as wide as told."""
    return f"{texts[0]:<{width}}" + "".join(f"{text:>15}" for text in texts[1:])


commands: tuple[click.Command, ...] = (fairness_command,)
