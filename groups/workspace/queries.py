"""Reading a brand's Braze settings."""

from __future__ import annotations

from groups.models import Brand, Workspace


def workspace_of(brand: Brand) -> Workspace:
    """Gives the brand's workspace, or an empty one that is not stored yet."""
    return Workspace.objects.filter(brand=brand).select_related("brand").first() or Workspace(brand=brand)
