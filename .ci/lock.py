"""Writes the two lock files from pyproject.toml, or (--check) says whether they still follow from it.

Called by `make lock` and `make check`. The locks name versions and hashes and no package index, so
that each installation uses its own.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
DEVELOPMENT, RUNTIME = "requirements-dev.lock", "requirements.lock"
COMPILE = [
    *(sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"),
    *("--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-header", "--cache-dir", str(ROOT / ".venv" / "uv-cache")),
]


def compile_locks(folder: Path, *more: str) -> None:
    """Bring both locks of `folder` up to date; what fits already stays as it is."""
    for arguments in (
        ["--group", "dev", "-o", DEVELOPMENT, *more],
        ["-c", DEVELOPMENT, "-o", RUNTIME, *more],
    ):
        subprocess.run([*COMPILE, *arguments], cwd=folder, check=True)


def pins(lock: Path) -> list[str]:
    """The lock without its comments."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def check() -> int:
    """0 when the locks follow from pyproject.toml."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in ("pyproject.toml", DEVELOPMENT, RUNTIME):
            shutil.copy(ROOT / file, folder)
        try:
            compile_locks(folder)
        except subprocess.CalledProcessError:
            print("!! The package index could not be asked, so only the versions are compared.")
            return check_without_index()
        stale = [f for f in (DEVELOPMENT, RUNTIME) if pins(folder / f) != pins(ROOT / f)]
    for file in stale:
        print(f"{file} does not follow from pyproject.toml any more. Run: make lock")
    return 1 if stale else 0


def check_without_index() -> int:
    """0 when each requirement of pyproject.toml is met by the version in its lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        RUNTIME: project["project"]["dependencies"],
        DEVELOPMENT: project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }
    problems = []
    for file, requirements in wanted.items():
        found = re.findall(
            r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", (ROOT / file).read_text(encoding="utf-8"), re.M
        )
        versions = {canonicalize_name(name): Version(version) for name, version in found}
        for requirement in map(Requirement, requirements):
            version = versions.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                problems.append(f"{file}: {requirement} is not met by {version}. Run: make lock")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if out of date")
    parser.add_argument("--upgrade", action="store_true", help="take newer versions")
    options = parser.parse_args()
    if options.check:
        sys.exit(check())
    compile_locks(ROOT, *(["--upgrade"] if options.upgrade else []))
