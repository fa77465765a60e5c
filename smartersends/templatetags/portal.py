"""Tags of the page frame and of the portal's mails: the navigation, the bell, the brand's colours."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.core.files.storage import default_storage
from django.template import Context
from django.urls import reverse
from PIL import Image, UnidentifiedImageError

from groups.addresses import public_url
from groups.brands.colors import Palette, palette
from groups.brands.style import version_of
from groups.models import Brand, Group, User
from groups.notices.queries import MOST_COUNTED, unread_count
from smartersends.navigation import Navigation, navigation_of

register = template.Library()

# From here on a logo is a wordmark, which carries the brand's name in itself.
_WORDMARK_RATIO = 2
# Where a request keeps the navigation of its page.
_NAVIGATION = "navigation"


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> Navigation:
    """Gives the navigation for the page's `group`: a group in the context, else that of a mailing or audience there.

    It is read once a page: the head asks for it, and so does what stands in the page's own words.
    """
    request = context["request"]
    if not isinstance(request.user, User):
        return Navigation(group=None)
    found = getattr(request, _NAVIGATION, None)
    if isinstance(found, Navigation):
        return found
    group = context.get("group")
    for name in ("mailing", "audience", "image"):
        if isinstance(group, Group):
            break
        group = getattr(context.get(name), "group", None)
    page = request.resolver_match.url_name if request.resolver_match else ""
    found = navigation_of(request.user, request.brand, group if isinstance(group, Group) else None, page or "")
    setattr(request, _NAVIGATION, found)
    return found


@register.simple_tag(takes_context=True)
def unread_notices(context: Context) -> str:
    """Gives the number on the bell, up to "99+"; empty where the person has read everything."""
    request = context["request"]
    count = unread_count(request.user, request.brand)
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count or "")


@register.simple_tag
def mail_palette(brand: Brand) -> Palette:
    """Gives the brand's colours for a mail, which has no style sheet and stands on white."""
    return palette(brand.accent_color, brand.ink_color, is_dark=False)


@register.simple_tag
def mail_logo(brand: Brand) -> str:
    """Gives the address of the brand's logo for a mail; empty without one."""
    return public_url(brand, brand.logo.url) if brand.logo else ""


@register.simple_tag
def brand_css(brand: Brand) -> str:
    """Gives the address of the brand's colours; it changes with them, so that browsers may keep it for ever."""
    return f"{reverse('brand-css')}?v={version_of(brand)}"


@register.filter
def is_wordmark(brand: Brand) -> bool:
    """Tells whether the brand's logo is so wide that it carries the name; then the name is not written beside it."""
    return bool(brand.logo) and _ratio(brand.logo.name) >= _WORDMARK_RATIO


@lru_cache(maxsize=256)
def _ratio(name: str) -> float:
    try:
        with default_storage.open(name) as file, Image.open(file) as image:
            return image.width / image.height
    except (OSError, UnidentifiedImageError):
        return 0.0
