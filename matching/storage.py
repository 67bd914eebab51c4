"""An index in a folder: its columns in one .npy, mapped into memory, so that opening reads little.

Called by whoever builds an index and whoever serves from it (web workers share the mapped pages).
Nothing here is code to run: arrays, words and JSON. A folder that is incomplete, of another
revision or of another format is refused; the caller builds anew.

What all places of a service have in common is stored once for them.

Files: `columns-….npy` and `offers-….npy` (bytes, named by their hash) and `index.json` (revision,
format, what lies where), which is renamed into place when the others are there. So a reader has the
old index or the new one, and one that is mapped stays whole when a newer one takes its place.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, overload

import numpy as np

from matching.classes import Classes
from matching.columns import Columns
from matching.errors import IndexFolderError
from matching.geo import Whole
from matching.index import Index
from matching.lookups import Areas, Bytes, Each, Lists, Numbers, Points, Ranges, Sets, Weeks, Words
from matching.question import Background
from matching.terms import Terms
from matching.types import (
    Hours,
    Offer,
    Openings,
    Point,
    Range,
    Residence,
    TrackRecord,
)

FORMAT: Final = 5
_ALIGNED: Final = 64
_KINDS: Final = {
    one.__name__: one
    for one in (
        Areas,
        Background,
        Classes,
        Columns,
        Index,
        Lists,
        Numbers,
        Points,
        Ranges,
        Sets,
        Terms,
        Weeks,
        Words,
    )
}
_VALUES: Final = {one.__name__: one for one in (Point, TrackRecord)}


def save(index: Index, folder: Path) -> None:
    """Write the index to the folder, which is made; a reader sees the old one or the new."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: list[np.ndarray] = []
    offers = index.columns.offers
    shared = Each(_coded(offer, _SHARED) for offer in offers)
    own = [
        f"[{number},{_coded(offer, _OWN)[1:]}"
        for offer, number in zip(offers, shared.number.tolist(), strict=True)
    ]
    coded = [text.encode() for text in (*own, *shared.different)]
    skeleton = _frozen(index, arrays)
    table, parts, at = [], [], 0
    for array in arrays:
        body = np.ascontiguousarray(array)
        table.append([body.dtype.str, list(body.shape), at])
        padding = -body.nbytes % _ALIGNED
        parts += [body.reshape(-1).view(np.uint8), np.zeros(padding, dtype=np.uint8)]
        at += body.nbytes + padding
    ends = np.cumsum([0, *(len(one) for one in coded)], dtype=np.int64)
    contents = {
        "columns": np.concatenate(parts),
        "offers": np.concatenate((ends.view(np.uint8), np.frombuffer(b"".join(coded), np.uint8))),
    }
    files = {name: _written(folder, name, content) for name, content in contents.items()}
    about = {
        "format": FORMAT,
        "revision": index.revision,
        "offers": len(offers),
        "shared": len(shared.different),
        "files": files,
        "bytes": {name: len(content) for name, content in contents.items()},
        "table": table,
        "index": skeleton,
    }
    unfinished = folder / "index.json.new"
    unfinished.write_text(json.dumps(about), encoding="utf-8")
    os.replace(unfinished, folder / "index.json")  # noqa: PTH105 - in one step
    for old in folder.glob("*.npy"):
        if old.name not in files.values():
            old.unlink()


def opened(folder: Path, revision: str | None = None) -> Index:
    """The index of a folder. Raise IndexFolderError where there is none of that revision."""
    try:
        about = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        _check(about, revision)
        mapped = {
            name: _mapped(folder / about["files"][name], size)
            for name, size in about["bytes"].items()
        }
        columns = mapped["columns"]
        arrays = [
            np.frombuffer(
                columns.data, np.dtype(dtype), int(np.prod(shape, dtype=np.int64)), offset
            ).reshape(shape)
            if np.prod(shape)
            else np.zeros(shape, dtype=np.dtype(dtype))
            for dtype, shape, offset in about["table"]
        ]
        index = _thawed(about["index"], arrays)
    except IndexFolderError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexFolderError(
            f"There is no whole index in {folder.name!r} ({type(error).__name__}): build it anew."
        ) from error
    if not isinstance(index, Index):
        raise IndexFolderError(f"There is no index in {folder.name!r}: build it anew.")
    index.columns.offers = StoredOffers(mapped["offers"], about["offers"], about["shared"])
    return index


def _check(about: Mapping[str, object], revision: str | None) -> None:
    if about["format"] != FORMAT:
        raise IndexFolderError(f"The index has format {about['format']}: build it anew.")
    if revision is not None and about["revision"] != revision:
        raise IndexFolderError(
            f"The index is of revision {about['revision']!r} of the catalog, not {revision!r}:"
            " build it anew."
        )


class OffersByRow(Sequence[Offer], ABC):
    """Offers that are made when they are asked for, by row."""

    @abstractmethod
    def at(self, row: int) -> Offer:
        """The offer of a row; IndexError beyond the last."""

    @overload
    def __getitem__(self, row: int) -> Offer: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Offer]: ...
    def __getitem__(self, row: int | slice) -> Offer | Sequence[Offer]:
        if isinstance(row, slice):
            return [self.at(one) for one in range(*row.indices(len(self)))]
        return self.at(int(row))

    def __iter__(self) -> Iterator[Offer]:
        return (self.at(row) for row in range(len(self)))


class StoredOffers(OffersByRow):
    """Offers of a folder, read when asked for; those of a ranking are few."""

    def __init__(self, text: Bytes, count: int, shared: int) -> None:
        """`text`: where each of `count` offers' own facts and of `shared` common ones ends; they."""
        split = 8 * (count + shared + 1)
        self._count = count
        self._ends: Whole = text[:split].view(np.int64)
        self._text = text[split:]
        self._read: dict[int, Offer] = {}
        self._read_shared: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return self._count

    def at(self, row: int) -> Offer:
        """The offer as it was stored."""
        found = self._read.get(row)
        if found is None:
            if not 0 <= row < len(self):
                raise IndexError(row)
            number, *own = self._facts(row)
            shared = self._read_shared.get(number)
            if shared is None:
                shared = _told(_SHARED, self._facts(self._count + number))
            found = Offer(**_told(_OWN, own), **shared)
            if len(self._read) >= _READ:
                self._read, self._read_shared = {}, {}
            self._read[row], self._read_shared[number] = found, shared
        return found

    def _facts(self, at: int) -> list[Any]:
        text = self._text[self._ends[at] : self._ends[at + 1]].tobytes()
        facts: list[Any] = json.loads(text)
        return facts


# What differs among the places of a service, and the rest.
_OWN: Final = ("key", "mode", "point", "point_within", "provides_transport", "access")
_SHARED: Final = tuple(name for name in Offer.__slots__ if name not in _OWN)
_READ: Final = 20_000  # offers kept once they were read


def _written(folder: Path, name: str, content: Bytes) -> str:
    """Write one file, unless it is there already, and give its name."""
    file = f"{name}-{hashlib.blake2b(content.data, digest_size=8).hexdigest()}.npy"
    if not (folder / file).exists():
        unfinished = folder / f"{file}.new"
        with unfinished.open("wb") as stream:
            np.save(stream, content)
        os.replace(unfinished, folder / file)  # noqa: PTH105 - in one step
    return file


def _mapped(file: Path, size: int) -> Bytes:
    found: Bytes = np.asarray(np.load(file, mmap_mode="r", allow_pickle=False))
    if len(found) != size:
        raise ValueError(file.name)
    return found


def _frozen(thing: object, arrays: list[np.ndarray]) -> object:
    """A thing as JSON, its arrays put aside and told by their number."""
    if isinstance(thing, np.ndarray):
        arrays.append(thing)
        return {"array": len(arrays) - 1}
    if type(thing).__name__ in _KINDS:
        state = (
            {one.name: getattr(thing, one.name) for one in dataclasses.fields(thing)}
            if dataclasses.is_dataclass(thing)
            else vars(thing)
        )
        kept = {name: one for name, one in state.items() if name not in _LEFT_OUT}
        return {
            "kind": type(thing).__name__,
            "state": {name: _frozen(one, arrays) for name, one in kept.items()},
        }
    if isinstance(thing, Mapping):
        return {"items": [[_frozen(k, arrays), _frozen(v, arrays)] for k, v in thing.items()]}
    if isinstance(thing, TrackRecord | Point):
        return {"value": type(thing).__name__, "facts": list(dataclasses.astuple(thing))}
    if isinstance(thing, tuple | list):
        return {"tuple": [_frozen(one, arrays) for one in thing]}
    return thing


_LEFT_OUT: Final = frozenset(
    {"offers", "_places", "_by_number"}
)  # stored apart, or remembered only


def _thawed(frozen: Any, arrays: Sequence[np.ndarray]) -> Any:
    if not isinstance(frozen, dict):
        return frozen
    if "array" in frozen:
        return arrays[frozen["array"]]
    if "items" in frozen:
        return {_thawed(k, arrays): _thawed(v, arrays) for k, v in frozen["items"]}
    if "tuple" in frozen:
        return tuple(_thawed(one, arrays) for one in frozen["tuple"])
    if "value" in frozen:
        return _VALUES[frozen["value"]](*frozen["facts"])
    kind: Any = _KINDS[frozen["kind"]]
    thing = kind.__new__(kind)
    for name, one in frozen["state"].items():
        object.__setattr__(thing, name, _thawed(one, arrays))
    return thing


def _plain(value: object) -> object:
    """A value of an offer as JSON; sets are sorted, values are told by their facts in order."""
    if dataclasses.is_dataclass(value):
        return [_plain(getattr(value, one.name)) for one in dataclasses.fields(value)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _coded(offer: Offer, names: Sequence[str]) -> str:
    """Some facts of an offer as JSON, in the order of their names."""
    facts = [_plain(getattr(offer, name)) for name in names]
    return json.dumps(facts, separators=(",", ":"))


def _told(names: Sequence[str], facts: Sequence[Any]) -> dict[str, Any]:
    """The facts that `_coded` told, by name."""
    return {
        name: fact if fact is None or name not in _READERS else _READERS[name](fact)
        for name, fact in zip(names, facts, strict=True)
    }


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _each(kind: type) -> Callable[[Any], Any]:
    return lambda values: tuple(kind(*one) for one in values)


def _openings(facts: list[Any]) -> Openings:
    available, maximum, as_of, has_waitlist, intake = facts
    return Openings(available, maximum, _day(as_of), has_waitlist, _day(intake))


def _residence(facts: list[Any]) -> Residence:
    zips, counties, statewide, centre, radius, polygon = facts
    return Residence(
        zip_codes=frozenset(zips),
        counties=frozenset(counties),
        statewide=statewide,
        centre=centre and Point(*centre),
        radius_metres=radius,
        polygon=tuple(Point(*corner) for corner in polygon),
    )


# What makes a fact of its JSON again; facts without a reader are JSON's own.
_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("categories", "interests", "documents"), tuple),
    **dict.fromkeys(("situations_required", "situations_barred", "schools"), frozenset),
    **dict.fromkeys(("insurance", "languages", "access"), frozenset),
    "season": lambda days: tuple(_day(day) for day in days),
    "confirmed": _day,
    "point": lambda facts: Point(*facts),
    "ages": _each(Range),
    "grades": _each(Range),
    "hours": _each(Hours),
    "openings": _openings,
    "track_record": lambda facts: TrackRecord(*facts),
    "residence": _residence,
}
