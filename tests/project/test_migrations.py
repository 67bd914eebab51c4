"""The migrations make exactly the tables that the models describe, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.extensions import alembic, db
from app.settings import Settings
from catalog.db import Base
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


def test_there_is_one_line_of_migrations(database: Database) -> None:
    with database.app.app_context():
        assert len(alembic.heads()) == 1
