"""Reading the vocabularies' YAML, ten times as fast where libyaml is there. Both loaders are safe."""

from __future__ import annotations

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """The data of a YAML text; yaml.YAMLError where it is none."""
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - LOADER is a safe one
