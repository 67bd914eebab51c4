"""What an operator has wrong is told in a sentence with exit code 1, never as a traceback.

Each command is a process of its own, forked from one that has read the program already: reading it
takes longer than all the rest, and is the same for each.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["app", "seeds.commands", "seeds.demo", __name__])


@dataclass(frozen=True)
class Ended:
    """How a command ended, and all that it printed."""

    returncode: int | None
    told: str


def flask(folder: Path, *arguments: str, **settings: str) -> Ended:
    """One command in a process of its own, with an instance folder of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("FLASK_", "DATABASE_"))}
    log = folder / "told.log"
    process = FORKS.Process(
        target=be_flask, args=(log, arguments, {**kept, "INSTANCE_DIR": str(folder), **settings})
    )
    process.start()
    process.join(PATIENCE_S)
    ended = Ended(process.exitcode, log.read_text())
    process.kill()
    return ended


def be_flask(log: Path, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    """What the process does: what `python -m flask --app wsgi …` does."""
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["flask", "--app", "wsgi", *arguments]
    from flask.cli import main

    main()


def assert_told(ended: Ended, words: str) -> None:
    told = ended.told
    assert ended.returncode == 1, told
    assert "Traceback" not in told
    assert words in told, told
    assert "[parameters" not in told


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("BASE_URL", "ftp://x"),
        ("BASE_URL", "http://refer.example.org"),
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "nonsense"),
        ("TRUSTED_PROXIES", "x"),
        ("LOG_LEVEL", "loud"),
        ("TIMEZONE", "../../etc/passwd"),
        ("REDIS_URL", "nonsense"),
        ("INSTANCE_DIR", "/proc/self/nowhere"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_its_name(
    tmp_path: Path, setting: str, value: str
) -> None:
    assert_told(flask(tmp_path, "jobs", "list", **{setting: value}), setting)


@pytest.mark.parametrize("command", ["worker", "serve --port 0", "jobs list", "match 900001"])
def test_without_tables_it_says_which_command_makes_them(tmp_path: Path, command: str) -> None:
    assert_told(flask(tmp_path, *command.split()), "flask --app wsgi db upgrade")


def test_a_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "footbridge.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        database.execute("INSERT INTO alembic_version VALUES ('9999999999')")
    database.close()
    assert_told(flask(tmp_path, "serve", "--port", "0"), "another, probably newer, version")


@pytest.mark.parametrize(
    "address",
    ["postgresql+psycopg://user:pass-word@127.0.0.1:1/x", "sqlite:////nowhere/at/all.db"],
)
def test_a_database_that_cannot_be_reached(tmp_path: Path, address: str) -> None:
    ended = flask(tmp_path, "serve", "--port", "0", DATABASE_URL=address)
    assert_told(ended, "Check DATABASE_URL")
    assert "pass-word" not in ended.told
