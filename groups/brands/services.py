"""What a brand manager changes of a brand: trying a look out and taking it over, the domain, the languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from groups.audit import Value, record
from groups.brands.hosts import host_name_from, is_let_in, is_portals_own
from groups.brands.pictures import kept
from groups.errors import InputRefused, StaleState
from groups.models import Brand, FormerHost, LookDraft, User
from groups.pictures import Picture

PICTURES: Final = ("logo", "favicon", "sign_in_picture")


def look_of(look: Brand | LookDraft) -> dict[str, str]:
    """Gives the fields of a look: the names of its pictures, empty for none, and its colours."""
    pictures = {name: getattr(look, name).name or "" for name in PICTURES}
    return pictures | {"accent_color": look.accent_color, "ink_color": look.ink_color}


def try_look(
    *, brand: Brand, accent_color: str, ink_color: str, pictures: Mapping[str, Picture | None], actor: User
) -> LookDraft:
    """Keeps a look to be looked at; nobody sees it before it is taken over.

    `pictures` holds what changes: a picture, or None for none; those not named stay as they were tried last, else as
    the brand has them.
    """
    files = {name: "" if picture is None else kept(brand, picture) for name, picture in pictures.items()}
    with transaction.atomic():
        locked = Brand.objects.select_for_update().get(pk=brand.pk)
        tried = LookDraft.objects.filter(brand=locked).first() or locked
        look = look_of(tried) | files | {"accent_color": accent_color, "ink_color": ink_color}
        draft, _is_new = LookDraft.objects.update_or_create(brand=locked, defaults={**look, "made_by": actor})
    return draft


def adopt_look(*, brand: Brand, actor: User) -> Brand:
    """Makes the look that was tried out the brand's own; raises `StaleState` where none is."""
    with transaction.atomic():
        locked = Brand.objects.select_for_update().get(pk=brand.pk)
        draft = LookDraft.objects.filter(brand=locked).first()
        if draft is None:
            raise StaleState
        before, after = look_of(locked), look_of(draft)
        for name, value in after.items():
            setattr(locked, name, value)
        locked.save(update_fields=[*after])
        draft.delete()
        record("brand.look_changed", actor=actor, brand=locked, target=locked, before=before, after=after)
    return locked


def drop_look(*, brand: Brand) -> None:
    """Gives up the look that was tried out; the brand's own stays as it is."""
    LookDraft.objects.filter(brand=brand).delete()


def save_domain(*, brand: Brand, host_name: str, actor: User) -> Brand:
    """Gives a brand its domain name, or none; the name before it goes on leading to the brand.

    Raises `InputRefused` for what is no domain name, for the portal's own, for one that is or was another brand's, and
    for one that the operator does not let in: links in mails would lead nowhere.
    """
    name = host_name_from(host_name) if host_name.strip() else None
    if name is not None:
        _check_free_to_take(name)
    with transaction.atomic():
        # All brands at once, in one order: of two that want the same name the second one sees that it is taken.
        brands = {one.pk: one for one in Brand.objects.select_for_update(no_key=True).order_by("pk")}
        locked = brands.pop(brand.pk)
        was = locked.host_name
        if name == was:
            return locked
        is_taken = name is not None and (
            any(other.host_name == name for other in brands.values())
            or FormerHost.objects.filter(name=name).exclude(brand=locked).exists()
        )
        if is_taken:
            raise InputRefused(_("This domain belongs to another brand of the portal. Take another one."))
        if was:
            FormerHost.objects.get_or_create(name=was, defaults={"brand": locked})
        FormerHost.objects.filter(brand=locked, name=name).delete()
        locked.host_name = name
        locked.save(update_fields=["host_name"])
        record(
            "brand.domain_changed",
            actor=actor,
            brand=locked,
            target=locked,
            before={"domain": was},
            after={"domain": name},
        )
    return locked


def save_languages(*, brand: Brand, language: str, languages: Sequence[str], actor: User) -> Brand:
    """Says which of the portal's languages a brand offers, and which it speaks where nobody asks for another.

    Raises `InputRefused` where the one that it speaks is not among those that it offers.
    """
    known = [code for code, _name in settings.LANGUAGES]
    offered = [code for code in known if code in languages]
    if language not in offered:
        raise InputRefused(_("Offer the language that your brand speaks, too."))
    with transaction.atomic():
        locked = Brand.objects.select_for_update().get(pk=brand.pk)
        before: dict[str, Value] = {"language": locked.language, "languages": locked.languages}
        locked.language = language
        locked.languages = [] if offered == known else offered
        locked.save(update_fields=["language", "languages"])
        after: dict[str, Value] = {"language": locked.language, "languages": locked.languages}
        record("brand.languages_changed", actor=actor, brand=locked, target=locked, before=before, after=after)
    return locked


def _check_free_to_take(name: str) -> None:
    if is_portals_own(name):
        raise InputRefused(_("This is the portal's own address, which all brands share. Take a domain of your own."))
    if not is_let_in(name):
        raise InputRefused(
            _(
                "The portal does not answer under “%(name)s” yet, so links in emails would lead nowhere. "
                "Ask the operator to do the three steps on this page, then save the domain here."
            )
            % {"name": name}
        )
