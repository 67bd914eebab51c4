"""A list of proposed places is asked for: once at a time, for a term that runs, and made by the worker."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.places import services
from app.places.models import PlacesRun
from tests.fixtures.client import CheckedClient
from tests.integration.places.conftest import Scene, Worker, ask, newest_run


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"term": "  "}, "Say which term"),
        ({"term": "x" * 41}, "Say which term"),
        ({"at_most": "0"}, "1 to 5 places"),
        ({"at_most": "9"}, "1 to 5 places"),
        ({"at_most": "many"}, "how many places"),
        ({"school": "none"}, "Choose a school first"),
        ({"term": "Fall 2020"}, "“Fall 2020” is over"),
        ({"term": "School year 2024-25"}, "is over"),
    ],
)
def test_what_cannot_be_asked_is_told(
    client: CheckedClient, session: Session, scene: Scene, data: dict[str, str], says: str
) -> None:
    client.sign_in(scene.manager)
    sent = {"school": str(scene.school.id), "term": "Spring 2027", "at_most": "1", **data}
    answer = client.post("/places", data=sent, headers={"X-CSRFToken": client.csrf_token()})
    assert answer.status_code == 422
    assert says in answer.text
    assert 'id="propose-form"' in answer.text, "the form again"
    assert f'value="{sent["term"]}"' in answer.text, "with what was typed"
    assert 'aria-invalid="true"' in answer.text
    assert session.scalar(select(func.count()).select_from(PlacesRun)) == 0


@pytest.mark.parametrize("term", ["Fall 2026", "2025-26", "Summer school", "Grade 7, room 2020B"])
def test_a_term_that_runs_or_names_no_year_is_taken(
    client: CheckedClient, session: Session, scene: Scene, term: str
) -> None:
    client.sign_in(scene.manager)
    ask(client, scene, term=term)
    assert newest_run(session).term == term


def test_it_is_asked_for_once_at_a_time(client: CheckedClient, scene: Scene) -> None:
    client.sign_in(scene.manager)
    ask(client, scene)
    again = ask(client, scene)
    assert again.status_code == 409
    assert "being proposed there just now" in again.text
    assert 'id="propose-form"' in again.text


def test_what_was_interrupted_is_said_to_be(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    client.sign_in(scene.manager)
    ask(client, scene)
    newest_run(session).state = "working"
    let_worker_work()
    run = newest_run(session)
    assert (run.state, run.problem) == ("failed", services.INTERRUPTED)
    assert "It was interrupted" in client.get(f"/places/{run.id}").text


def test_the_page_that_waits_is_sent_to_the_list_when_it_is_there(
    client: CheckedClient, session: Session, scene: Scene, let_worker_work: Worker
) -> None:
    client.sign_in(scene.manager)
    ask(client, scene)
    address = f"/places/{newest_run(session).id}"
    waiting = client.get(f"{address}/progress", headers={"HX-Request": "true"})
    assert "Waits its turn" in waiting.text
    let_worker_work()
    assert client.get(f"{address}/progress").headers["HX-Redirect"] == address
