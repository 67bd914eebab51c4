"""The standard's own schemas, as published and in a strict form that refuses unknown fields.

The published ones allow any other field, so an invented name would pass.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

Json = dict[str, Any]


class Standard:
    """One version's schemas, from the folder of real data."""

    def __init__(self, folder: Path, version: str) -> None:
        self.folder = folder / "hsds-spec" / version

    def schema(self, name: str) -> Json:
        """A schema by name: compiled where the standard has it so, else with its references put in."""
        compiled = self.folder / "compiled" / f"{name}.json"
        path = compiled if compiled.exists() else self.folder / f"{name}.json"
        read: Json = json.loads(path.read_text(encoding="utf-8"))
        inlined = self.inline(read)
        assert isinstance(inlined, dict)
        return inlined

    def inline(self, part: Any) -> Any:
        """The schema with what other files hold; history is nothing that we export."""
        if isinstance(part, list):
            return [self.inline(item) for item in part]
        if not isinstance(part, dict):
            return part
        if part.get("$ref") == "metadata.json":
            return False
        if "$ref" in part:
            return self.schema(part["$ref"].removesuffix(".json"))
        # Keys of the standard's own that mean something else to JSON Schema.
        return {key: self.inline(value) for key, value in part.items() if key != "example"}

    def problems(self, name: str, value: object, *, is_strict: bool) -> list[str]:
        """What is wrong with an object, by place."""
        errors = checker(self.folder, name, is_strict=is_strict).iter_errors(value)
        return [f"{error.json_path}: {error.message[:200]}" for error in errors]


@functools.cache
def checker(folder: Path, name: str, *, is_strict: bool) -> Draft202012Validator:
    """What checks objects against one schema: made once, since a directory has hundreds of objects."""
    schema = Standard(folder.parents[1], folder.name).schema(name)
    return Draft202012Validator(
        strict(schema) if is_strict else schema, format_checker=FormatChecker()
    )


def kind_of(one: Json) -> str:
    """What an object of the file of the whole catalog is; each has a column that no other has."""
    kinds = {"status": "service", "location_type": "location", "code": "taxonomy_term"}
    kinds |= {"version": "taxonomy"}
    return next((kind for column, kind in kinds.items() if column in one), "organization")


def strict(part: Any) -> Any:
    """The schema without leave for unknown fields."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {key: strict(value) for key, value in part.items()}
    if isinstance(part.get("properties"), dict):
        made["additionalProperties"] = False
    return made
