"""How well duplicates are found: real records, corrupted copies of a third of them, and who is found.

Figures are printed (`pytest -s`) and stand in docs/duplicates.md.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from catalog.duplicate_rows import read_records
from catalog.duplicates import KINDS, find_pairs
from catalog.likeness import Record
from tests.factories import make_service_at_location
from tests.fixtures.statements import CountStatements
from tests.integration.catalog.corrupting import Truth, add_corrupted
from tests.integration.catalog.packages import bring_in

SEEDS = (7, 11, 23)
PRECISION = 0.95
RECALL = 0.90


def is_twice_in_the_source(one: Record, other: Record) -> bool:
    """Two originals with the same name at the same address: a duplicate that the source has already."""
    return one.words == other.words and bool(set(one.places) & set(other.places))


def judge(kind: str, records: list[Record], truth: dict[str, str]) -> tuple[int, int, int]:
    """Pairs found that are right, found that are wrong, and copies in all.

    A pair of two originals is not judged: nobody has said whether they are the same.
    """
    by_id = {record.id: record for record in records}
    right: set[str] = set()
    wrong = 0
    for pair in find_pairs(kind, records):
        ids = (pair.first_id, pair.second_id)
        one, other = (truth.get(id_, id_) for id_ in ids)
        copies = truth.keys() & ids
        if one == other:
            right |= copies
        elif copies and not is_twice_in_the_source(by_id[one], by_id[other]):
            wrong += 1
    return len(right), wrong, len(truth)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_corrupted_copies_are_found_and_little_else(
    session: Session, real_data: Path, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_in(session, real_data / "hsds20-dc-2022", now)
    totals = {kind: [0, 0, 0] for kind in KINDS}
    for seed in SEEDS:
        with session.begin_nested() as trial:
            truth: Truth = add_corrupted(session, share=0.3, seed=seed)
            for kind in KINDS:
                found = judge(kind, read_records(session, kind), truth[kind])
                totals[kind] = [a + b for a, b in zip(totals[kind], found, strict=True)]
            trial.rollback()
        session.expire_all()
    with capsys.disabled():
        print()  # noqa: T201
        for kind, (right, wrong, copies) in totals.items():
            print(  # noqa: T201
                f"duplicates of {kind}: precision {right / (right + wrong):.3f}, "
                f"recall {right / copies:.3f} ({copies} corrupted copies, {wrong} wrong pairs)"
            )
    for right, wrong, copies in totals.values():
        assert copies > 100
        assert right / (right + wrong) >= PRECISION
        assert right / copies >= RECALL


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_rows_are_read_in_a_fixed_number_of_statements(
    session: Session, count_statements: CountStatements
) -> None:
    for _ in range(3):
        make_service_at_location(session)
    for kind, expected in (("organization", 4), ("service", 6), ("location", 3)):
        with count_statements(expected):
            read_records(session, kind)
