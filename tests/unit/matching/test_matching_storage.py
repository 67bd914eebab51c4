"""An index put into a folder and opened again answers the same, and nothing half-written is used."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import storage
from matching.amending import amended
from matching.checks import contradiction
from matching.engine import Engine
from matching.errors import IndexFolderError
from matching.index import Index
from matching.types import Offer, Openings, Profile
from tests.benchmarks import catalogs as invented
from tests.unit.matching.strategies import (
    BROADER,
    PARAMETERS,
    TODAY,
    catalogs,
    loads,
    openings,
    profiles,
)

BALANCED = PARAMETERS["balanced"]


@given(catalogs(max_size=8), st.lists(profiles, max_size=3), loads)
@settings(max_examples=60, deadline=None)
def test_an_opened_index_answers_the_same(
    catalog: list[Offer], asked: list[Profile], load: dict[str, int]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        built = Index(catalog, BROADER, "7")
        storage.save(built, Path(name))
        opened = storage.opened(Path(name), "7")
        one, other = Engine.over(built, BALANCED), Engine.over(opened, BALANCED)
        assert [offer.key for offer in other.offers] == [offer.key for offer in one.offers]
        for offer, stored in zip(one.offers, other.offers, strict=True):
            assert contradiction(stored) == contradiction(offer)
            assert contradiction(offer) or stored == offer  # NaN is not equal to itself
        for profile in asked:
            for k in (0, 9):
                told = other.rank(profile, k, on=TODAY, load=load)
                assert told == one.rank(profile, k, on=TODAY, load=load)
            near = other.near_misses(profile, on=TODAY, load=load)
            assert near == one.near_misses(profile, on=TODAY, load=load)


def test_a_big_index_answers_the_same(tmp_path: Path) -> None:
    built = Index(invented.realistic(3_000), invented.BROADER, "a")
    storage.save(built, tmp_path / "index")
    opened = storage.opened(tmp_path / "index")
    assert opened.revision == "a"
    one, other = Engine.over(built, BALANCED), Engine.over(opened, BALANCED)
    for profile in invented.students(30):
        assert one.rank(profile, 5, on=TODAY) == other.rank(profile, 5, on=TODAY)


def test_columns_are_mapped_and_cannot_be_changed(tmp_path: Path) -> None:
    storage.save(Index(invented.realistic(50), BROADER), tmp_path)
    kinds = storage.opened(tmp_path).columns.kind
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    assert str(tmp_path.resolve()) in maps, "the file itself, which all processes share"
    assert not kinds.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        kinds[0] = 5


TOLD = st.none() | openings | st.just(Openings(available=-1))


@given(catalogs(max_size=6), st.lists(TOLD, min_size=6, max_size=6), profiles)
@settings(max_examples=60, deadline=None)
def test_openings_put_right_answer_as_an_index_built_of_them(
    catalog: list[Offer], told: list[Openings | None], profile: Profile
) -> None:
    """None: offered no more. What contradicts itself now is out until it is listed anew."""
    index = Index(catalog, BROADER)
    changes = {
        row: told[row]
        for row, offer in enumerate(index.columns.offers)
        if contradiction(offer) is None
    }
    right = Engine.over(amended(index, changes), BALANCED)
    now = [
        offer if row not in changes else replace(offer, openings=new) if new else closed(offer)
        for row, offer in enumerate(index.columns.offers)
        for new in (changes.get(row),)
    ]
    fits = Engine(now, BALANCED, BROADER).rank(profile, 9, on=TODAY).matches
    assert right.rank(profile, 9, on=TODAY).matches == fits


def closed(offer: Offer) -> Offer:
    return replace(offer, is_active=False)


def test_a_newer_index_takes_the_place_of_one_that_is_in_use(tmp_path: Path) -> None:
    catalog = invented.realistic(400)
    storage.save(Index(catalog, invented.BROADER, "1"), tmp_path)
    in_use = Engine.over(storage.opened(tmp_path), BALANCED)
    (profile,) = invented.students(1)
    before = Engine(catalog, BALANCED, invented.BROADER).rank(profile, 5, on=TODAY)
    storage.save(Index(catalog[:10], invented.BROADER, "2"), tmp_path)
    assert in_use.rank(profile, 5, on=TODAY) == before
    assert len(storage.opened(tmp_path, "2").columns) == 10
    assert len(list(tmp_path.iterdir())) == 3, "nothing of the old one is left"


def test_a_folder_that_is_not_a_whole_index_of_the_revision_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexFolderError, match="no whole index"):
        storage.opened(tmp_path)
    storage.save(Index(invented.realistic(50), BROADER, "1"), tmp_path)
    with pytest.raises(IndexFolderError, match="'1'"):
        storage.opened(tmp_path, "2")
    about = (tmp_path / "index.json").read_text()
    (tmp_path / "index.json").write_text(json.dumps({**json.loads(about), "format": 0}))
    with pytest.raises(IndexFolderError, match="format 0"):
        storage.opened(tmp_path)
    (tmp_path / "index.json").write_text(about[: len(about) // 2])
    with pytest.raises(IndexFolderError, match="no whole index"):
        storage.opened(tmp_path)
    (tmp_path / "index.json").write_text(about)
    (columns,) = tmp_path.glob("columns-*.npy")
    np.save(columns, np.zeros(10, dtype=np.uint8))
    with pytest.raises(IndexFolderError, match="no whole index"):
        storage.opened(tmp_path)
