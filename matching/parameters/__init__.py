"""The figures that rules and scorers go by, read from the TOML files beside this module.

Called once at start-up: `load("balanced")`. `eligibility.toml` holds the limits of the rules,
`scoring.toml` the curves of the scorers, and one file a preset the weights. Every figure has a
`value`, a `unit` and a `source`; a file with a key too many, too few or out of bounds is refused
with its name, the key and the line, because a silent default would change who is offered what.

A district that wants other figures keeps files of the same names in a folder of its own, each with
only the tables that differ; what it leaves out stays as shipped. Every check holds for the whole.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from matching.errors import ParameterError

CRITERIA: Final = (
    "need",
    "interest",
    "closeness",
    "hours",
    "cost",
    "openings",
    "language",
    "track_record",
)
PRESETS: Final = ("balanced", "urgent", "enrichment")
TRACK_RECORD_CEILING: Final = 150  # more would lock new partners out (docs: matching)

_FOLDER: Final = Path(__file__).parent


def _whole(low: int, high: int) -> int:
    """A whole-number parameter with its bounds; it has no default, so that no file may omit it."""
    return field(metadata={"low": low, "high": high})  # type: ignore[no-any-return]


def _per_mille() -> int:
    return _whole(0, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """One preset, ready to use. A field `reach_foot` is the table `[reach.foot]` of its file."""

    preset: str
    version: str  # preset and the start of a hash over every value: changes when any of them does
    weights: Mapping[str, int]  # by criterion, in the order of CRITERIA; they sum to 1000

    # eligibility.toml
    reach_foot: int = _whole(1, 20_037_509)
    reach_bus: int = _whole(1, 20_037_509)
    reach_car: int = _whole(1, 20_037_509)
    openings_stale_after: int = _whole(1, 3650)
    time_enough: int = _whole(1, 10_080)
    time_school_day_begins: int = _whole(0, 1439)
    time_school_day_opens: int = _whole(0, 1439)
    time_school_day_closes: int = _whole(1, 1440)
    time_weekend_opens: int = _whole(0, 1439)
    time_weekend_closes: int = _whole(1, 1440)
    language_local: str = field(metadata={})
    school_year_month: int = _whole(1, 12)
    near_miss_longest_wait: int = _whole(1, 3650)

    # scoring.toml
    need_exact: int = _per_mille()
    need_narrower: int = _per_mille()
    need_broader: int = _per_mille()
    need_urgency_1: int = _per_mille()
    need_urgency_2: int = _per_mille()
    need_urgency_3: int = _per_mille()
    interest_exact: int = _per_mille()
    interest_narrower: int = _per_mille()
    interest_broader: int = _per_mille()
    interest_family: int = _per_mille()
    interest_strength_1: int = _per_mille()
    interest_strength_2: int = _per_mille()
    interest_strength_3: int = _per_mille()
    closeness_half_foot: int = _whole(1, 20_037_509)
    closeness_half_bus: int = _whole(1, 20_037_509)
    closeness_half_car: int = _whole(1, 20_037_509)
    closeness_half_unknown: int = _whole(1, 20_037_509)
    closeness_virtual: int = _per_mille()
    closeness_transport: int = _per_mille()
    closeness_neutral: int = _per_mille()
    hours_wanted: int = _whole(1, 10_080)
    hours_neutral: int = _per_mille()
    cost_half: int = _whole(1, 10_000_000)
    cost_neutral: int = _per_mille()
    openings_open: int = _per_mille()
    openings_waitlist: int = _per_mille()
    openings_half_life: int = _whole(1, 3650)
    openings_neutral: int = _per_mille()
    language_second: int = _per_mille()
    language_interpreter: int = _per_mille()
    language_neutral: int = _per_mille()
    together_trip: int = _per_mille()
    track_record_prior: int = _whole(1, 100_000)
    track_record_fewest: int = _whole(1, 100_000)
    track_record_neutral: int = _per_mille()


_NOT_BELOW: Final = {  # rules rely on it: a ride reaches farther, and hours begin before they end
    "reach_bus": "reach_foot",
    "reach_car": "reach_bus",
    "time_school_day_opens": "time_school_day_begins",
    "time_school_day_closes": "time_school_day_opens",
    "time_weekend_closes": "time_weekend_opens",
}
_ELIGIBILITY: Final = ("reach_", "openings_stale", "time_", "language_local", "school_", "near_")


def load(
    preset: str = "balanced", folder: Path | None = None, overrides: Path | None = None
) -> Parameters:
    """The parameters of a preset, from `folder` or the files that ship with the engine, with what
    the folder `overrides` changes of them. The version tells every set of values from every other.

    Raise ParameterError for an unknown preset, a missing file, or anything wrong in one.
    """
    if preset not in PRESETS:
        raise ParameterError(f"There is no preset {preset!r}: choose one of {', '.join(PRESETS)}.")
    folder = folder or _FOLDER
    if overrides:
        _check_overrides(overrides)

    where: dict[str, str] = {}

    def read(file: str, names: list[str]) -> dict[str, int | str]:
        shipped = _File(folder / file)
        values = shipped.read(names)
        where.update({name: shipped.where(name) for name in values})
        if overrides and (overrides / file).exists():
            own = _File(overrides / file)
            changed = own.read(names, partly=True)
            values |= changed
            where.update({name: f"{own.where(name)} of the district's" for name in changed})
        return values

    names = [one.name for one in fields(Parameters) if one.metadata or one.name == "language_local"]
    eligibility = [name for name in names if name.startswith(_ELIGIBILITY)]
    values = read("eligibility.toml", eligibility)
    values |= read("scoring.toml", [n for n in names if n not in eligibility])
    for name, least in _NOT_BELOW.items():
        if not values[least] <= values[name]:  # type: ignore[operator]  # both whole numbers
            raise ParameterError(
                f"eligibility.toml: {name} ({where[name]}) is {values[name]} and must not be below"
                f" {least} ({where[least]}), {values[least]}. Change one of them."
            )
    weights = _weights(
        f"{preset}.toml",
        read(f"{preset}.toml", [f"weight_{criterion}" for criterion in CRITERIA]),
        where,
    )
    content = json.dumps([values, weights], sort_keys=True)
    version = f"{preset}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    return Parameters(
        preset=preset,
        version=version,
        weights=weights,
        **values,  # type: ignore[arg-type]
    )


def _check_overrides(folder: Path) -> None:
    """Refuse a folder that is not there, or a file in it that would silently change nothing."""
    if not folder.is_dir():
        raise ParameterError(f"{folder} is not a folder with parameter files.")
    known = {path.name for path in _FOLDER.glob("*.toml")}
    for path in sorted(folder.glob("*.toml")):
        if path.name not in known:
            raise ParameterError(
                f"{path.name}: no parameter file has this name;"
                f" they are {', '.join(sorted(known))}. Rename or remove it."
            )


def _weights(file: str, read: Mapping[str, int | str], where: Mapping[str, str]) -> dict[str, int]:
    weights = {criterion: read[f"weight_{criterion}"] for criterion in CRITERIA}
    whole = {name: value for name, value in weights.items() if isinstance(value, int)}
    if sum(whole.values()) != 1000:
        told = ", ".join(
            f"{name} {value} ({where[f'weight_{name}']})" for name, value in whole.items()
        )
        raise ParameterError(
            f"{file}: the weights sum to {sum(whole.values())} and must sum to 1000,"
            f" so that scores of all presets compare: {told}. Change [weight.*] values."
        )
    if whole["track_record"] > TRACK_RECORD_CEILING:
        raise ParameterError(
            f"{file}, {where['weight_track_record']}: [weight.track_record] is"
            f" {whole['track_record']} and may be at most"
            f" {TRACK_RECORD_CEILING}, so that new partners have a chance."
        )
    return whole


class _File:
    """One parameter file, with enough of its text kept to say where a mistake stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._text = path.read_text(encoding="utf-8")
            content = tomllib.loads(self._text)
        except OSError as error:
            raise ParameterError(f"{path.name}: cannot be read ({error.strerror}).") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ParameterError(f"{path.name}: is not valid TOML: {error}.") from error
        self._entries: dict[str, object] = {}
        self._headers: dict[str, str] = {}
        self._flatten(content, ())

    def _flatten(self, table: Mapping[str, object], path: tuple[str, ...]) -> None:
        for key, entry in table.items():
            here = (*path, key)
            if (
                isinstance(entry, dict)
                and entry
                and all(isinstance(e, dict) for e in entry.values())
            ):
                self._flatten(entry, here)
            else:
                name = "_".join(here)
                if name in self._entries:
                    raise self.refusal(name, f"stands there again as [{'.'.join(here)}]; keep one")
                self._headers[name] = ".".join(here)
                self._entries[name] = entry

    def read(self, names: list[str], *, partly: bool = False) -> dict[str, int | str]:
        """The values of exactly these names (`partly`: of some); ParameterError on one too many,
        too few or wrong.
        """
        for name in self._entries:
            if name not in names:
                raise self.refusal(name, "is not a parameter of this file; remove or rename it")
        return {name: self._value(name) for name in names if not partly or name in self._entries}

    def _value(self, name: str) -> int | str:
        entry = self._entries.get(name)
        if entry is None:
            raise self.refusal(name, "is missing; add its table with value, unit and source")
        if not isinstance(entry, dict) or set(entry) != {"value", "unit", "source"}:
            raise self.refusal(name, "must have exactly the keys value, unit and source")
        for key in ("unit", "source"):
            if not isinstance(entry[key], str) or not entry[key].strip():
                raise self.refusal(name, f"must say its {key} in words")
        value = entry["value"]
        if name == "language_local":
            if not isinstance(value, str) or not re.fullmatch("[a-z]{2,3}", value):
                raise self.refusal(name, "must be a language code such as en")
            return value
        low, high = _bounds(name)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refusal(name, f"is {value!r} and must be a whole number {low} to {high}")
        return value

    def refusal(self, name: str, why: str) -> ParameterError:
        """The error for one key, with its line where the file names it."""
        where = f", {place}" if (place := self.where(name)) else ""
        return ParameterError(f"{self.path.name}{where}: [{self._headers.get(name, name)}] {why}.")

    def where(self, name: str) -> str:
        """The line where a key's table begins, in any form that TOML has: "line 12"; "" for none."""
        header, table = self._headers.get(name), ""
        for number, line in enumerate(self._text.splitlines(), 1):
            said = re.sub(r"\s", "", line.partition("#")[0])
            here = ""
            if said.startswith("["):
                here = table = said.strip("[]")
            elif "=" in said:
                here = ".".join(filter(None, (table, said.partition("=")[0])))
            if header and f"{here}.".startswith(f"{header}."):
                return f"line {number}"
        return ""


def _bounds(name: str) -> tuple[int, int]:
    for one in fields(Parameters):
        if one.name == name:
            return one.metadata["low"], one.metadata["high"]
    return 0, 1000  # a weight
