"""Where the Chromium of the browser tests is. `python -m tests.e2e.browser` prints it, or fails."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> Path | None:
    """CHROMIUM names one; else the machine's; else the one in the virtual environment."""
    given = os.environ.get("CHROMIUM")
    if given:
        return Path(given) if os.access(given, os.X_OK) else None
    for name in NAMES:
        found = shutil.which(name)
        if found and not is_snap(Path(found)):
            return Path(found)
    own = (REPOSITORY / ".venv" / "browsers").glob("chromium*/chrome-*/*")
    return next((p for p in sorted(own) if p.name in {"chrome", "headless_shell"}), None)


def is_snap(path: Path) -> bool:
    """Ubuntu's chromium-browser only installs a snap, which sees no folder of ours."""
    return "snap" in str(path.resolve()) or b"snap" in path.read_bytes()[:2000]


if __name__ == "__main__":
    executable = chromium()
    if executable is None:
        sys.exit("There is no Chromium.")
    print(executable)  # noqa: T201 - that is what it is run for
