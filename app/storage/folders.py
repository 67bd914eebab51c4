"""A folder for one piece of work at a time, below the instance folder: what a killed process left in
it is gone before the next begins, and when somebody looks for it.

Whoever uses one holds a lock of the same name (app/jobs/locks.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def work_folder(instance_dir: Path, name: str) -> Iterator[Path]:
    """An empty folder, for its owner alone, until the end of the block."""
    folder = instance_dir / name
    sweep(instance_dir, name)
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        sweep(instance_dir, name)


def sweep(instance_dir: Path, name: str) -> None:
    """Remove the folder with all that is in it."""
    shutil.rmtree(instance_dir / name, ignore_errors=True)
