"""Whatever colours a brand sets, text stays readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groups.brands.colors import DARK_SURFACES, LIGHT_SURFACES, contrast, palette, readable, text_on

colors = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_the_ratio_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == 1


def test_a_colour_that_is_readable_already_stays_as_it_is() -> None:
    assert readable("#1f5c4d", LIGHT_SURFACES) == "#1f5c4d"
    assert text_on("#1f5c4d") == "#ffffff"
    assert text_on("#ffd400") == "#000000"


@given(accent=colors, ink=colors)
def test_every_pair_of_a_palette_is_readable(accent: str, ink: str) -> None:
    for is_dark, surfaces in ((False, LIGHT_SURFACES), (True, DARK_SURFACES)):
        made = palette(accent, ink, is_dark=is_dark)

        assert contrast(made.on_accent, made.accent) >= 4.5
        assert contrast(made.on_accent, made.accent_strong) >= 4.5
        for surface in (*surfaces, made.accent_soft):
            assert contrast(made.accent_text, surface) >= 4.5
        for surface in surfaces:
            assert contrast(made.ink, surface) >= 7


def test_the_surfaces_are_those_of_the_style_sheet() -> None:
    text = (Path(__file__).parents[3] / "static/css/tokens.css").read_text()
    light, dark = text.split("prefers-color-scheme: dark")

    for part, surfaces in ((light, LIGHT_SURFACES), (dark, DARK_SURFACES)):
        found = set(re.findall(r"--surface(?:-page|-sunken)?: (#[0-9a-f]{6});", part))
        assert found == set(surfaces)
