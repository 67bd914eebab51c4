"""The migrations make exactly the tables that the models describe, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import alembic, db
from app.migrating import BrokenReferencesError
from app.settings import Settings
from app.students.models import Plan, Student
from catalog.db import Base
from tests.factories import make_student
from tests.fixtures.database import Database, database_url, migrate, test_application

Checks = dict[str, dict[str, str]]


@pytest.fixture
def empty_app(database: Database, worker_name: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database of its own, without tables."""
    with database_url(database.name, tmp_path, f"{worker_name}_empty") as url:
        settings: Settings = replace(database.settings, instance_dir=tmp_path, database_url=url)
        app = test_application(settings)
        yield app
        with app.app_context():
            db.engine.dispose()


def checks_of(app: Flask) -> Checks:
    """Every CHECK constraint of the database, by table and name."""
    with app.app_context():
        inspector = sa.inspect(db.engine)
        return {
            table: {str(c["name"]): c["sqltext"] for c in inspector.get_check_constraints(table)}
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }


def test_models_and_migrations_agree(database: Database) -> None:
    with database.app.app_context():
        differences = alembic.compare_metadata()
    assert differences == [], "a model changed without a migration: make migration MESSAGE='…'"


def test_checks_of_models_and_migrations_agree(database: Database, empty_app: Flask) -> None:
    """Alembic does not compare CHECK constraints; here the two databases are."""
    with empty_app.app_context():
        Base.metadata.create_all(db.engine)
    assert checks_of(database.app) == checks_of(empty_app)


def test_every_step_can_be_undone_and_made_again(empty_app: Flask) -> None:
    for _ in range(2):
        migrate(empty_app)
        with empty_app.app_context():
            assert set(sa.inspect(db.engine).get_table_names()) > set(Base.metadata.tables)
            db.engine.dispose()
        with empty_app.app_context():
            alembic.downgrade("base")
        with empty_app.app_context():
            assert sa.inspect(db.engine).get_table_names() == ["alembic_version"]


REBUILD = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "rebuild", "{head}", None, None

def upgrade():
    with op.batch_alter_table("student", recreate="{recreate}") as batch:
        batch.alter_column("given_name", type_=sa.String(90))
    {more}

def downgrade():
    pass
"""


def newer(app: Flask, folder: Path, more: str = "") -> Flask:
    """The next version of `app`: with a migration that makes anew a table whose rows own others."""
    with app.app_context():
        head = alembic.heads()[0].revision
        recreate = "always" if db.engine.dialect.name == "sqlite" else "never"
    (folder / "rebuild.py").write_text(REBUILD.format(head=head, recreate=recreate, more=more))
    next_app = test_application(app.extensions["footbridge"].settings)
    next_app.config["ALEMBIC"]["version_locations"] = [str(folder)]
    return next_app


@pytest.fixture
def app_with_rows(empty_app: Flask) -> Flask:
    """An application with a student and a plan."""
    migrate(empty_app)
    with empty_app.app_context():
        make_student(db.session)
        db.session.commit()
    return empty_app


def plans_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Plan)) or 0


def test_making_a_table_anew_loses_nothing(app_with_rows: Flask, tmp_path: Path) -> None:
    """On SQLite the old table is dropped, and with it would go all that refers to its rows."""
    next_app = newer(app_with_rows, tmp_path)
    migrate(next_app)
    assert plans_of(next_app) == 1
    with next_app.app_context():
        assert [head.revision for head in alembic.current()] == ["rebuild"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_migration_that_breaks_references_is_undone(app_with_rows: Flask, tmp_path: Path) -> None:
    next_app = newer(app_with_rows, tmp_path, more="op.execute('DELETE FROM student')")
    with pytest.raises(BrokenReferencesError, match="plan to student"):
        migrate(next_app)
    with app_with_rows.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Student)) == 1


def test_there_is_one_line_of_migrations(database: Database) -> None:
    with database.app.app_context():
        assert len(alembic.heads()) == 1
