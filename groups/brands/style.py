"""A brand's colours as the variables of a style sheet."""

from __future__ import annotations

import hashlib
from typing import Final

from groups.brands.colors import DARK_SURFACES, LIGHT_SURFACES, Palette, contrast, palette
from groups.models import Brand

_EDGE_CONTRAST: Final = 3.0  # WCAG 2.2, 1.4.11: what a control's shape needs


def css_of(brand: Brand) -> str:
    """Gives the CSS of the brand's colours for the light and the dark scheme."""
    light = palette(brand.accent_color, brand.ink_color, is_dark=False)
    dark = palette(brand.accent_color, brand.ink_color, is_dark=True)
    return (
        f":root{{--brand-accent:{light.accent};{_variables(light, LIGHT_SURFACES[0])}}}\n"
        f"@media (prefers-color-scheme:dark){{:root{{{_variables(dark, DARK_SURFACES[0])}}}}}\n"
    )


def version_of(brand: Brand) -> str:
    """Gives a short mark that changes with the CSS of the brand's colours."""
    return hashlib.sha256(css_of(brand).encode()).hexdigest()[:12]


def _variables(colors: Palette, surface: str) -> str:
    # A fill that hardly differs from the surface gets an edge that does.
    edge = colors.accent if contrast(colors.accent, surface) >= _EDGE_CONTRAST else colors.accent_text
    return (
        f"--accent:{colors.accent};--accent-strong:{colors.accent_strong};--on-accent:{colors.on_accent};"
        f"--accent-text:{colors.accent_text};--accent-soft:{colors.accent_soft};--accent-edge:{edge};"
        f"--brand-ink:{colors.ink}"
    )
