"""What the pages of a brand's look read."""

from __future__ import annotations

import copy

from groups.brands.services import look_of
from groups.models import Brand, LookDraft


def draft_of(brand: Brand) -> LookDraft | None:
    """Gives the look that is being tried out."""
    return LookDraft.objects.filter(brand=brand).select_related("made_by").first()


def brand_in_draft(brand: Brand, draft: LookDraft | None) -> Brand:
    """Gives the brand as it would look; it is to be shown, never to be saved."""
    shown = copy.copy(brand)
    if draft is not None:
        for name, value in look_of(draft).items():
            setattr(shown, name, value)
    return shown
