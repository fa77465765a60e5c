from __future__ import annotations

from campaigns.brandlock import FieldType
from campaigns.brandlock.marks import ALL_MARKS
from campaigns.library.field_forms import NAMES
from campaigns.library.field_words import LABELS, TYPE_LABELS


def test_every_mark_and_every_type_has_words() -> None:
    assert LABELS.keys() == ALL_MARKS - NAMES
    assert TYPE_LABELS.keys() == set(FieldType)
