"""`flask --app wsgi catalog duplicates`: what may stand in the directory twice. Changes no entry."""

from __future__ import annotations

import json

import click
from flask.cli import with_appcontext

from app.clock import utcnow
from app.transactions import work_unit
from catalog.duplicate_queue import find_all_pairs, refresh_pairs
from catalog.duplicates import Pair


@click.command("duplicates")
@click.option("--json", "is_json", is_flag=True, help="Print the pairs as JSON, best first.")
@click.option("--refresh", is_flag=True, help="Also bring the queue of the pages up to date.")
@with_appcontext
def show_duplicates(*, is_json: bool, refresh: bool) -> None:
    """Organizations, services and locations that may be entered twice, the likeliest first."""
    with work_unit() as session:
        pairs, names = find_all_pairs(session)
        if refresh:
            refresh_pairs(session, now=utcnow())
    if is_json:
        click.echo(json.dumps([facts(pair) for pair in pairs], ensure_ascii=False, indent=2))
        return
    for pair in pairs:
        reasons = ", ".join(f"{part.code} {part.points:+d}" for part in pair.parts)
        click.echo(
            f"{pair.score:>4}  {pair.kind:<12}  {names[pair.first_id]}  ~  {names[pair.second_id]}"
            f"\n      {pair.first_id}  {pair.second_id}  {reasons}"
        )
    look = "pair looks" if len(pairs) == 1 else "pairs look"
    click.echo(f"{len(pairs):,} {look} alike. No entry was changed.")


def facts(pair: Pair) -> dict[str, object]:
    """A pair as JSON has it."""
    return {
        "kind": pair.kind,
        "ids": [pair.first_id, pair.second_id],
        "score": pair.score,
        "parts": [
            {"code": part.code, "points": part.points, "percent": part.percent}
            for part in pair.parts
        ],
    }
