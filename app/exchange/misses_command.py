"""`flask --app wsgi catalog misses`: words that several people searched with and nothing understood.

For whoever tends the lexicon. Registered by app/exchange/commands.py.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from app.extensions import db
from app.misses.queries import KEPT_DAYS, LEAST_ASKERS, missed_words

MOST = 1_000


@click.command("misses")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON list, most frequent first.")
@with_appcontext
def show_misses(*, is_json: bool) -> None:
    """Words that several people searched with, and neither the lexicon nor any listing knows."""
    with db.sessionmaker() as session:
        found, total = missed_words(session, limit=MOST)
    if is_json:
        rows = [{**asdict(one), "last_on": one.last_on.isoformat()} for one in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.times:>6,}  {one.word:<30}  on {one.days} days, last {one.last_on}")
    click.echo(
        f"{total:,} words that at least {LEAST_ASKERS} people used in the last {KEPT_DAYS} days. "
        "docs/words.md says how to add a phrase to the lexicon."
    )
