"""The types of fields, a room each; everything that a type can do is behind `ValueType`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from campaigns.brandlock.fields import FieldType

from .base import Filling, ValueType, Written, WrongShape, one_line, part_of
from .button import ButtonType
from .choice import ChoiceType, ColorType
from .figures import NumberType, PriceType
from .image import ImageType
from .line import LineType
from .moments import DateType, TimeType
from .phone import PhoneType
from .rich import RichType
from .snippet import SnippetType

TYPES: Mapping[FieldType, ValueType] = MappingProxyType(
    {
        one.type: one
        for one in (
            LineType(),
            RichType(),
            ImageType(),
            ButtonType(),
            ChoiceType(),
            DateType(),
            TimeType(),
            NumberType(),
            PriceType(),
            PhoneType(),
            ColorType(),
            SnippetType(),
        )
    }
)

__all__ = ["TYPES", "Filling", "ValueType", "Written", "WrongShape", "one_line", "part_of", "parts_of_type"]


def parts_of_type(kind: FieldType) -> tuple[str, ...]:
    """Returns the keys of a type's compound value; empty where the value is a text."""
    return TYPES[kind].parts
