"""The referral's life as a page of documentation, made from the table in states.py.

`python -m app.referrals.diagram > docs/referral-states.md` writes it; a test compares.
"""

from __future__ import annotations

import sys

from app.referrals.states import (
    DAYS_TO_MOVE,
    FHIR_TASK_STATUS,
    NEXT_MOVE,
    TRANSITIONS,
    Needs,
    State,
)


def page() -> str:
    """The whole page, in Markdown with a Mermaid diagram."""
    lines = [
        "# The life of a referral",
        "",
        "Made from `app/referrals/states.py` by `python -m app.referrals.diagram`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> draft",
    ]
    lines += [
        f"    {source} --> {t.target}: {t.action}"
        for t in TRANSITIONS.values()
        for source in sorted(t.sources)
    ]
    lines += ["```", "", "| step | from | to | by | needs |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {t.action} | {', '.join(sorted(t.sources))} | {t.target} | {', '.join(sorted(t.sides))} "
        f"| {t.needs if t.needs is not Needs.NOTHING else '-'} |"
        for t in TRANSITIONS.values()
    ]
    lines += [
        "",
        "| state | who moves next | within days | HL7 FHIR Task.status |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {state} | {NEXT_MOVE[state] or '-'} | {DAYS_TO_MOVE.get(state, '-')} "
        f"| {FHIR_TASK_STATUS[state]} |"
        for state in State
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
