"""Work is cut into calls, and a fixed number of them is in flight."""

from __future__ import annotations

import pytest

from braze_client import chunked


def test_items_are_cut_in_order() -> None:
    assert list(chunked(range(5), 2)) == [(0, 1), (2, 3), (4,)]
    assert list(chunked([], 50)) == []


def test_1040_people_make_21_batches() -> None:
    assert [len(batch) for batch in chunked(range(1040), 50)] == [50] * 20 + [40]


@pytest.mark.parametrize("wrong", [0, -1])
def test_a_size_below_one_is_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        next(chunked([1], wrong))
