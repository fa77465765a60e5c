"""Tags of the sign-in page."""

from __future__ import annotations

from django import template

from groups.models import Brand, SignOnState, SingleSignOn

register = template.Library()


@register.simple_tag
def sign_on_state(brand: Brand) -> str:
    """Gives how far single sign-on is switched on for everybody: `on`, `enforced`, or nothing."""
    offered = SingleSignOn.objects.filter(brand=brand, state__in=(SignOnState.ON, SignOnState.ENFORCED))
    return offered.values_list("state", flat=True).first() or ""
