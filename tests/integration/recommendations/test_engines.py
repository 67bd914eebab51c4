"""One engine a catalog revision and preset: built once, shared among threads, never stale."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.recommendations.engines import engine_for
from app.recommendations.queries import warm_up
from catalog.services import bump_revision
from tests.factories import make_service_at_location
from tests.fixtures.statements import CountStatements

pytestmark = pytest.mark.usefixtures("app_context")

ON = date(2026, 10, 13)


def test_an_unchanged_catalog_takes_one_statement(
    session: Session, count_statements: CountStatements
) -> None:
    place = make_service_at_location(session)
    engine, revision = engine_for(session, "balanced", on=ON)
    with count_statements(1):
        again = engine_for(session, "balanced", on=ON)
    assert again == (engine, revision)
    assert [offer.key for offer in engine.offers] == [str(place.id)]


def test_presets_share_the_offers(session: Session) -> None:
    make_service_at_location(session)
    urgent, _ = engine_for(session, "urgent", on=ON)
    enrichment, _ = engine_for(session, "enrichment", on=ON)
    assert urgent.offers[0] is enrichment.offers[0]
    assert urgent.parameters.preset == "urgent"


def test_a_new_revision_or_a_new_day_builds_anew(session: Session) -> None:
    make_service_at_location(session)
    first, revision = engine_for(session, "balanced", on=ON)
    make_service_at_location(session)
    bump_revision(session)
    second, next_revision = engine_for(session, "balanced", on=ON)
    assert next_revision > revision
    assert (len(first.offers), len(second.offers)) == (1, 2)
    third, _ = engine_for(session, "balanced", on=ON + timedelta(days=1))
    assert third is not second


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_threads_get_the_same_engine(session: Session) -> None:
    make_service_at_location(session)
    turn = threading.Lock()  # the test's one connection is not for two threads at once
    found = []

    def ask() -> None:
        with turn:
            found.append(engine_for(session, "balanced", on=ON)[0])

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({id(engine) for engine in found}) == 1


def test_after_the_warm_up_no_question_reads_the_catalog(
    session: Session, now: datetime, count_statements: CountStatements
) -> None:
    make_service_at_location(session)
    warm_up(session, now=now)
    with count_statements(3):
        for preset in ("balanced", "urgent", "enrichment"):
            engine_for(session, preset, on=ON)
