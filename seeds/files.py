"""Reads the YAML files in seeds/data. Used by the other modules of seeds only."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml

# libyaml's loader is ten times quicker and as safe; it is missing on a few platforms.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(name: str) -> Any:
    """What the file `name` (a path below seeds/data) holds."""
    text = files("seeds").joinpath("data", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, see above


def names_below(folder: str) -> list[str]:
    """The YAML files of a folder below seeds/data, as names for `read`, in order."""
    entries = files("seeds").joinpath("data", folder).iterdir()
    return sorted(f"{folder}/{entry.name}" for entry in entries if entry.name.endswith(".yaml"))
