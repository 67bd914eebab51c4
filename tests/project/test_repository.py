"""What is committed is fit for everyone: no address of a package index, no path of one machine, whole
lock files, nothing heavy.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.fixtures.loud import skip_aloud

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
HEAVIEST = 1_000_000  # bytes
# Joined here, so that this file does not contain what it looks for.
INDEX_HOSTS = [
    "pypi" + ".org",
    "python" + "hosted",
    "npmjs" + ".",
    "registry" + ".npm",
    "jsdel" + "ivr",
]
MACHINE_PATHS = re.compile(r"(?<![\w.:/}>-])/(?:work|root|Users|home/[a-z]+|tmp|workspace)/\w")


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Every file of the repository."""
    if not (ROOT / ".git").exists():
        skip_aloud("tests of the repository's files: this is a copy without its history")
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def texts(files: list[Path]) -> list[tuple[Path, str]]:
    """The files that are text, with their text."""
    read = []
    for file in files:
        content = file.read_bytes()
        if b"\0" not in content:
            read.append((file, content.decode("utf-8")))
    return read


def test_no_package_index_is_named(tracked: list[Path]) -> None:
    found = [(f.name, host) for f, text in texts(tracked) for host in INDEX_HOSTS if host in text]
    assert found == []


def test_no_path_of_a_machine_is_named(tracked: list[Path]) -> None:
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file, text in texts(tracked)
        for match in MACHINE_PATHS.finditer(text)
    ]
    assert found == []


def test_nothing_heavy_is_committed(tracked: list[Path]) -> None:
    assert [f.name for f in tracked if f.stat().st_size > HEAVIEST] == []


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert 0 < len(lines) <= 150


def test_the_license_is_there() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_no_index_is_named(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"--(?:extra-)?index-url|--find-links|https?://", text)
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 40
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert [block.split()[0] for block in blocks if "==" not in block.split()[0]] == []


def test_the_development_lock_holds_the_other() -> None:
    """So an environment for development runs the product with the very same versions."""
    runtime, development = (
        set(re.findall(r"^([A-Za-z0-9._-]+==[^\s;\\]+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in LOCKS
    )
    assert runtime - development == set()
