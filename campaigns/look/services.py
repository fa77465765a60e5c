"""Whose colours, font and logo a group's mails carry, and changing them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from campaigns.models import BrandKit, Image
from groups.addresses import public_url
from groups.audit import Value, record
from groups.models import Group, User

DEFAULT_FONT = "Helvetica, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Look:
    """The look of one group's mails; `palette` are the colours that authors may choose, by their names."""

    logo_url: str
    accent_color: str
    ink_color: str
    font: str = DEFAULT_FONT
    palette: Mapping[str, str] = field(default_factory=dict)


def look_of(group: Group) -> Look:
    """Gives the look of a group: each part as the nearest group says it, the group itself first, the brand last."""
    kits = BrandKit.objects.filter(group__paths_down__descendant=group).select_related("logo")
    nearest = list(kits.order_by("group__paths_down__depth"))
    brand = group.brand
    logo = next((kit.logo for kit in nearest if kit.logo is not None), None)
    own_logo = public_url(brand, brand.logo.url) if brand.logo else ""
    palette: dict[str, str] = {}
    for kit in reversed(nearest):
        palette |= kit.palette
    return Look(
        logo_url=public_url(brand, logo.file.url) if logo is not None else own_logo,
        accent_color=_first(nearest, "accent_color") or brand.accent_color,
        ink_color=_first(nearest, "ink_color") or brand.ink_color,
        font=_first(nearest, "font") or DEFAULT_FONT,
        palette=palette or {"Accent": brand.accent_color, "Ink": brand.ink_color},
    )


def save_kit(
    *,
    group: Group,
    logo: Image | None,
    accent_color: str,
    ink_color: str,
    font: str,
    palette: Mapping[str, str],
    actor: User,
) -> BrandKit:
    """Says what a group has of its own; what is empty comes from the groups above."""
    with transaction.atomic():
        before = _told(BrandKit.objects.select_for_update().filter(group=group).first())
        kit, _is_new = BrandKit.objects.update_or_create(
            group=group,
            defaults={
                "logo": logo,
                "accent_color": accent_color,
                "ink_color": ink_color,
                "font": font,
                "palette": dict(palette),
            },
        )
        record("look.changed", actor=actor, group=group, target=kit, before=before, after=_told(kit))
    return kit


def _told(kit: BrandKit | None) -> dict[str, Value]:
    """Gives what the audit trail keeps of a look."""
    if kit is None:
        return {}
    return {
        "logo": kit.logo_id,
        "accent_color": kit.accent_color,
        "ink_color": kit.ink_color,
        "font": kit.font,
        "palette": kit.palette,
    }


def _first(kits: list[BrandKit], name: str) -> str:
    return next((str(value) for kit in kits if (value := getattr(kit, name))), "")
