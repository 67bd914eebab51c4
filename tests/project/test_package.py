"""`pip install .` gives the whole product: templates, migrations, translations and data inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
PACKAGES = ("app", "catalog", "matching", "seeds")
NOT_SHIPPED = {".pyc", ".po", ".pot", ".cfg"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_solver_of_seats_is_loaded_only_where_seats_are_shared_out(tmp_path: Path) -> None:
    """It takes 17 MB of every web process and time of every command."""
    told = subprocess.run(
        [sys.executable, "-c", "import wsgi, sys; print('ortools' in sys.modules)"],
        cwd=REPOSITORY,
        env={**os.environ, "INSTANCE_DIR": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "False"


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {"wsgi.py"} | {
        path.relative_to(REPOSITORY).as_posix()
        for package in PACKAGES
        for path in (REPOSITORY / package).rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED
    }
    assert wanted - inside == set()


def test_it_works_far_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, it makes its database, and serves its sign-in page."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {
        **kept,
        "PYTHONPATH": str(tmp_path / "site"),
        "INSTANCE_DIR": str(tmp_path / "instance"),
    }
    script = (
        "from wsgi import app; import app as package; "
        "assert package.__file__.startswith(__import__('os').environ['PYTHONPATH']); "
        "page = app.test_client().get('/sign-in', base_url='http://127.0.0.1:8000'); "
        "assert page.status_code == 200 and 'Footbridge' in page.text, page.text[:500]; "
        "print('served')"
    )
    for command in (
        ["-m", "flask", "--app", "wsgi", "db", "upgrade"],
        ["-m", "flask", "--app", "wsgi", "catalog", "--help"],
        ["-c", script],
    ):
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, *command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
    assert "served" in done.stdout
