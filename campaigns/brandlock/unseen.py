"""Characters that nobody sees: they hide no word and no address from those who look for one."""

from __future__ import annotations

import unicodedata

# Default_Ignorable_Code_Point of the Unicode Standard (DerivedCoreProperties), and the blank of Braille.
_IGNORABLE = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F)),
    *((0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A)),
    (0xE0000, 0xE0FFF),
)
_UNSEEN = frozenset(code for first, last in _IGNORABLE for code in range(first, last + 1))


def without_unseen(text: str) -> str:
    """Returns a text without the characters that nobody sees."""
    if text.isascii():
        return text
    return "".join(letter for letter in text if ord(letter) not in _UNSEEN and unicodedata.category(letter) != "Cf")
