"""Shared parts: written once by the brand, standing in many templates (catalogue T19)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from campaigns.brandlock import Snippet as SharedPart
from campaigns.brandlock import SourceRefused, compile_snippet
from campaigns.brandlock.duties import part_findings
from campaigns.brandlock.resolve import NAME
from campaigns.errors import Refusal
from campaigns.library.errors import NameTaken, StalePart
from campaigns.library.words import one_line
from campaigns.models import Snippet, SnippetVersion
from campaigns.rules.domains import allowed_domains
from campaigns.rules.liquid import allowed_merge_tags, allowed_tags
from groups.audit import record
from groups.models import Brand, User


def snippets_of(brand: Brand) -> dict[str, SharedPart]:
    """Gives a brand's shared parts by name, each in its newest version."""
    numbers = SnippetVersion.objects.filter(snippet=OuterRef("snippet")).order_by("-number").values("number")
    newest = SnippetVersion.objects.filter(snippet__brand=brand, number=Subquery(numbers[:1]))
    found = newest.order_by("snippet__name").values_list("snippet__name", "compiled")
    return {name: SharedPart.from_json(compiled) for name, compiled in found}


def add_snippet(*, brand: Brand, name: str, label: str, source: str, actor: User | None) -> SnippetVersion:
    """Makes a shared part and publishes it as its first version.

    Raises `Refusal` for a bad name, `NameTaken` for one that another part has, `SourceRefused` for a source that does
    not compile or owes something, and changes nothing then.
    """
    if NAME.fullmatch(name) is None:
        raise Refusal(_("Use a to z, 0 to 9 and _ for the short name, beginning with a letter."))
    label = one_line(label)[:120] or name
    compiled = _compiled(brand, name, label, source)
    with transaction.atomic():
        snippet, is_new = Snippet.objects.get_or_create(brand=brand, name=name, defaults={"label": label})
        if not is_new:
            raise NameTaken(name)
        return _published(snippet, 1, source, compiled, actor)


def change_snippet(
    *, snippet: Snippet, label: str, source: str, actor: User | None, seen: int | None = None
) -> SnippetVersion:
    """Publishes the newest version of a shared part; it stands at once in every template that has not pinned it.

    Its short name stays. The same words again give the version that is there. `seen` is the number of the version that
    was looked at: raises `StalePart` where there is a newer one by now. Raises `SourceRefused` as `add_snippet` does,
    and changes nothing then.
    """
    label = one_line(label)[:120] or snippet.name
    compiled = _compiled(snippet.brand, snippet.name, label, source)
    with transaction.atomic():
        stored = Snippet.objects.select_for_update().get(pk=snippet.pk)
        newest = stored.versions.first()
        number = newest.number if newest is not None else 0
        if seen is not None and number != seen:
            raise StalePart
        if newest is not None and newest.source == source and stored.label == label:
            return newest
        stored.label = label
        stored.save(update_fields=["label"])
        return _published(stored, number + 1, source, compiled, actor)


def _compiled(brand: Brand, name: str, label: str, source: str) -> SharedPart:
    compiled = compile_snippet(
        name, label, source, liquid_tags=allowed_tags(brand), merge_tags=allowed_merge_tags(brand)
    )
    if refused := [found for found in part_findings(source, compiled, allowed_domains(brand)) if found.blocks]:
        raise SourceRefused(refused)
    return compiled


def _published(snippet: Snippet, number: int, source: str, compiled: SharedPart, actor: User | None) -> SnippetVersion:
    version = SnippetVersion.objects.create(
        snippet=snippet, number=number, source=source, compiled=compiled.as_json(), published_by=actor
    )
    record("snippet.published", actor=actor, brand=snippet.brand, target=snippet, number=number)
    return version
