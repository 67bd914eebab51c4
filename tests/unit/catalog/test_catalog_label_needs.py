"""The mapping from directories' labels to needs is whole and names only needs that exist."""

from catalog.importers.needs import is_ours, needs_by_label
from catalog.taxonomy import needs


def test_every_label_is_lower_case_and_means_known_needs() -> None:
    codes = {need.code for need in needs()}
    for label, meant in needs_by_label().items():
        assert label == label.casefold().strip()
        assert meant
        assert set(meant) <= codes, label


def test_labels_too_wide_to_mean_a_need_are_left_alone() -> None:
    assert not {"education", "care", "work", "money", "goods", "other"} & set(needs_by_label())


def test_our_own_codes_are_known_when_they_come_back() -> None:
    assert is_ours("dental-checkup")
    assert not is_ours("somebody-elses")
    assert not is_ours(None)
