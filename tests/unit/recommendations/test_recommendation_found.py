"""What is kept of how an offer was found: plain JSON without the student, and told again years later."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.recommendations.asking import Asked, narrowed_to
from app.recommendations.asks import WHOLE_PLAN, Ask
from app.recommendations.found import how_found, snapshot
from catalog.taxonomy import broader, label
from matching.engine import Engine
from matching.parameters import load
from matching.types import Exclusion, Hours, Match, Need, Offer, Openings, Profile

ON = date(2026, 10, 13)
STUDENT = Profile(
    key="3f1c-the-student",
    situations=frozenset({"homeless", "foster"}),
    free_hours=(Hours(0, 900, 1020),),
    needs=(Need("dental-checkup", 3), Need("glasses", 1)),
    declined={"s": date(2026, 10, 1)},
)
DENTIST = Offer(
    "o",
    "s",
    "p",
    categories=("dental-checkup",),
    openings=Openings(available=2, as_of=date(2026, 10, 2)),
)


def asked_for(ask: Ask, offer: Offer = DENTIST) -> Asked:
    engine = Engine([offer], load("balanced"), broader())
    return Asked(STUDENT, narrowed_to(STUDENT, ask), ask, engine, 7, {"s": 2}, ON)


def kept_of(ask: Ask, offer: Offer = DENTIST) -> tuple[dict[str, Any], Match | Exclusion]:
    asked = asked_for(ask, offer)
    answer = asked.engine.explain_absence(asked.profile, "o", on=ON, load=asked.load)
    kept = snapshot(asked, answer, fitting=1)
    again: dict[str, Any] = json.loads(json.dumps(kept))
    assert again == kept, "plain JSON"
    return again, answer


def test_it_holds_what_a_dispute_asks_about_and_no_student() -> None:
    kept, match = kept_of(WHOLE_PLAN)
    assert isinstance(match, Match)
    assert kept["inputs"]["situations"] == ["foster", "homeless"]
    assert kept["inputs"]["declined"] == {"s": "2026-10-01"}
    assert [need["category"] for need in kept["inputs"]["needs"]] == ["dental-checkup", "glasses"]
    assert (kept["rank"], kept["score"], kept["fitting"]) == (1, match.score, 1)
    assert (kept["catalog_revision"], kept["open_referrals"], kept["on"]) == (7, 2, "2026-10-13")
    assert kept["parameters_version"] == load("balanced").version
    assert kept["parameters"]["weights"] == dict(load("balanced").weights)
    assert kept["parameters"]["openings_stale_after"] == load("balanced").openings_stale_after
    assert kept["offer"]["openings"]["available"] == 2
    assert kept["offer"]["openings"]["as_of"] == "2026-10-02"
    assert sum(part["points"] for part in kept["parts"]) == match.score
    assert kept["questions"][0]["words"].startswith("Ask the partner")
    assert "3f1c-the-student" not in json.dumps(kept)


def test_it_is_told_with_the_points_and_the_sentences_that_were_shown() -> None:
    kept, _ = kept_of(Ask(need="dental-checkup"))
    found = how_found(kept, "en")
    assert found is not None
    assert found.asked == f"“{label('dental-checkup')}”"
    assert (found.rank, found.fitting, found.score) == (1, 1, kept["score"] // 1000)
    assert sum(part.points for part in found.parts) == found.score
    assert {part.criterion: part.words for part in found.parts}["openings"] == (
        kept["parts"][[part["criterion"] for part in kept["parts"]].index("openings")]["words"]
    )
    assert all(part.label and part.words for part in found.parts)
    assert (found.on, found.catalog_revision) == (ON, 7)


def test_why_it_did_not_fit_is_kept_in_words() -> None:
    kept, exclusion = kept_of(Ask(need="glasses"), replace(DENTIST, is_active=False))
    assert isinstance(exclusion, Exclusion)
    found = how_found(kept, "en")
    assert found is not None
    assert (found.rank, found.score, found.parts) == (None, None, ())
    assert len(found.refusals) == len(exclusion.reasons) == 2
    assert "It is not taking referrals now." in found.refusals


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"need": "glasses", "interest": None}, "“Glasses”"),
        ({"need": None, "interest": "a-code-of-then"}, "“a-code-of-then”"),
    ],
)
def test_what_an_older_release_kept_is_told_too(asked: dict[str, Any], words: str) -> None:
    kept, _ = kept_of(Ask(need="glasses"), replace(DENTIST, categories=("glasses",)))
    for name in ("together", "fitting", "open_referrals", "offer", "parameters"):
        del kept[name]
    for part in kept["parts"]:
        del part["words"]
    kept["parts"][0]["criterion"] = "a_criterion_of_then"
    found = how_found({**kept, "asked": asked}, "en")
    assert found is not None
    assert found.asked == words
    assert (found.fitting, found.together) == (None, "")
    assert found.parts[0].label == "a criterion of then"
    assert sum(part.points for part in found.parts) == found.score


def test_a_referral_without_a_ranking_tells_nothing() -> None:
    assert how_found({}, "en") is None
