"""`flask --app wsgi catalog resolve "my kid has a toothache"`: which terms a phrase means.

For whoever tends the lexicon, and for scripts. Prints to standard output and keeps nothing; a file
that cannot be read ends with exit code 1. Registered by app/exchange/commands.py.
"""

import json
from pathlib import Path
from typing import Any

import click

from catalog.taxonomy import LANGUAGES, Crisis, Resolution, resolve


@click.command("resolve")
@click.argument("text", required=False)
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: guessed from the words.")
@click.option("--json", "is_json", is_flag=True, help="Print a JSON list, best first.")
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A phrase a line; prints a JSON list a line.",
)
def resolve_words(
    text: str | None, *, language: str | None, is_json: bool, path: Path | None
) -> None:
    """Say what TEXT means: needs and interests with a confidence, best first.

    Words of crisis show the crisis lines and rank nothing.
    """
    if (text is None) == (path is None):
        raise click.UsageError("Give a TEXT, or a file of phrases with --file: one of the two.")
    if path is not None:
        for phrase in read_phrases(path):
            click.echo(as_json(resolve(phrase, language)))
        return
    answer = resolve(text or "", language)
    click.echo(as_json(answer) if is_json else as_lines(answer))


def read_phrases(path: Path) -> list[str]:
    """The lines of a UTF-8 file, empty ones too: the answers stay beside their phrases."""
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(
            f"{path} cannot be read: {error}. Give a text file in UTF-8 with a phrase a line."
        ) from error


def as_json(answer: Resolution) -> str:
    """A list of {term, label, open_eligibility_ids, confidence}; {"crisis": …} for a crisis."""
    told: Any
    if answer.crisis:
        told = {"crisis": crisis_facts(answer.crisis)}
    else:
        told = [
            {
                "term": one.code,
                "label": one.label,
                "open_eligibility_ids": list(one.open_eligibility_ids),
                "confidence": one.confidence,
            }
            for one in answer.candidates
        ]
    return json.dumps(told, ensure_ascii=False)


def crisis_facts(crisis: Crisis) -> dict[str, Any]:
    """The kinds that were heard and the lines to call."""
    return {
        "kinds": list(crisis.kinds),
        "lines": [
            {"code": line.code, "text": line.text, "phone": line.phone} for line in crisis.lines
        ],
    }


def as_lines(answer: Resolution) -> str:
    """For people: a term a line, or the crisis lines."""
    if answer.crisis:
        heading = (
            f"Words of crisis: {', '.join(answer.crisis.kinds)}. Follow the school's protocol."
        )
        return "\n".join([heading, *(f"  {line.text}" for line in answer.crisis.lines)])
    if not answer.candidates:
        return "No term was found. docs/words.md says how to add a phrase to the lexicon."
    return "\n".join(
        f"{one.confidence:4.2f}  {one.code:26}{one.label}" for one in answer.candidates
    )
