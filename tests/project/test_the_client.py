"""The test client keeps its promises: otherwise every other integration test promises too much."""

from __future__ import annotations

import pytest
from flask import Flask, request
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.extensions import db
from app.students.models import School
from app.transactions import commits, work_unit
from tests.fixtures.client import CheckedClient, MakeClient
from tests.fixtures.database import MakeApp
from tests.fixtures.statements import CountStatements

PAGE = "<!doctype html><html lang=en><title>A page</title>"


def school(code: str = "1") -> School:
    return School(code=code, name="A school", lowest_grade=0, highest_grade=5)


def forgets_flushed() -> str:
    db.session.add(school())
    db.session.flush()
    return PAGE


def forgets_pending() -> str:
    db.session.add(school())
    return PAGE


def forgets_core() -> str:
    db.session.execute(
        insert(School).values(
            code="2", name="B", lowest_grade=0, highest_grade=5, is_in_program=True
        )
    )
    return PAGE


def forgets_after_savepoint() -> str:
    with db.session.begin_nested():
        db.session.add(school())
    return PAGE


def remembers() -> str:
    db.session.add(school())
    return PAGE


def remembers_in_a_unit() -> str:
    with work_unit() as session:
        session.add(school("2"))
    return PAGE


def form() -> str:
    token = "" if "without" in request.args else '<input type=hidden name=csrf_token value="x">'
    return f"{PAGE}<form method=post>{token}<button>Go</button></form>"


@pytest.fixture
def small_app(make_app: MakeApp) -> Flask:
    app = make_app()
    app.config["WTF_CSRF_METHODS"] = set()  # these small forms prove other things
    for view in (forgets_flushed, forgets_pending, forgets_core, forgets_after_savepoint):
        app.add_url_rule(f"/{view.__name__}", view_func=view, methods=["GET", "POST"])
    for view in (remembers, remembers_in_a_unit):
        app.add_url_rule(f"/{view.__name__}", view_func=commits(view), methods=["GET", "POST"])
    app.add_url_rule("/form", view_func=form)
    app.add_url_rule("/broken", view_func=lambda: request.args["markup"])
    return app


@pytest.fixture
def small_client(small_app: Flask, make_client: MakeClient) -> CheckedClient:
    return make_client(small_app)


@pytest.mark.parametrize(
    "path",
    ["/forgets_flushed", "/forgets_pending", "/forgets_core", "/forgets_after_savepoint"],
)
def test_a_view_that_forgets_its_commit_fails_the_test(
    path: str, small_client: CheckedClient, session: Session
) -> None:
    with pytest.raises(pytest.fail.Exception, match="work was left uncommitted"):
        small_client.post(path)
    assert session.scalars(select(School)).all() == []


@pytest.mark.parametrize("path", ["/remembers", "/remembers_in_a_unit"])
def test_committed_work_is_seen(path: str, small_client: CheckedClient, session: Session) -> None:
    assert small_client.post(path).status_code == 200
    assert session.scalars(select(School.name)).all() == ["A school"]


@pytest.mark.parametrize("turn", [1, 2])
def test_committed_work_ends_with_the_test(
    turn: int, small_client: CheckedClient, session: Session
) -> None:
    assert session.scalars(select(School)).all() == []
    small_client.post("/remembers")


def test_a_get_that_writes_fails_the_test(small_client: CheckedClient) -> None:
    with pytest.raises(pytest.fail.Exception, match="GET wrote to the database"):
        small_client.get("/remembers")


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("<html lang=en><title>x</title>", "DOCTYPE"),
        ("<!doctype html><title>x</title>", "no lang"),
        ("<!doctype html><html lang=en><p>x", "no <title>"),
        (f"{PAGE}<div><span></div>", "end tag"),
        (f"{PAGE}<p id=a><b id=a></b>", "id 'a' stands 2 times"),
        (f"{PAGE}<img src=x>", "no alt"),
        (f"{PAGE}<input name=a>", "no label"),
        (f"{PAGE}<p style='color:red'>x", "inline style"),
        (f"{PAGE}<script>1</script>", "no nonce"),
        (f"{PAGE}<a href='javascript:1'>x</a>", "a script as an address"),
        (f"{PAGE}<p onclick=x>x", "inline handler"),
        (f"{PAGE}<p class=hint id=a>x", "no control names it by aria-describedby"),
        (f"{PAGE}<p class='small field-error'>x", "no control names it by aria-describedby"),
        (f"{PAGE}<input aria-label=x aria-describedby='a b'><p id=a>x", "'b', which is not there"),
    ],
)
def test_broken_html_fails_the_test(
    markup: str, complaint: str, small_client: CheckedClient
) -> None:
    with pytest.raises(pytest.fail.Exception, match=complaint):
        small_client.get("/broken", query_string={"markup": markup})


def test_a_post_form_needs_its_token(small_client: CheckedClient) -> None:
    assert small_client.get("/form").status_code == 200
    with pytest.raises(pytest.fail.Exception, match="needs one csrf_token"):
        small_client.get("/form?without")


def test_only_what_a_page_offers_can_be_sent(small_client: CheckedClient) -> None:
    page = small_client.get("/form")
    with pytest.raises(AssertionError, match="no field 'name'"):
        small_client.submit(page, None, {"name": "x"})


def test_statements_are_counted(
    small_client: CheckedClient, count_statements: CountStatements
) -> None:
    with count_statements(1):
        small_client.post("/remembers")
    with (
        pytest.raises(pytest.fail.Exception, match="1 SQL statements instead of 2"),
        count_statements(2),
    ):
        small_client.post("/remembers_in_a_unit")
