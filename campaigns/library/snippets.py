"""Shared parts: written once by the brand, standing in many templates (catalogue T19)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from campaigns.brandlock import DEFAULT_LIQUID_TAGS, SourceRefused, compile_snippet
from campaigns.brandlock import Snippet as SharedPart
from campaigns.brandlock.duties import part_findings
from campaigns.brandlock.resolve import NAME
from campaigns.errors import Refusal
from campaigns.library.words import one_line
from campaigns.models import Snippet, SnippetVersion
from campaigns.rules.domains import allowed_domains
from groups.audit import record
from groups.models import Brand, User


def snippets_of(brand: Brand) -> dict[str, SharedPart]:
    """Gives a brand's shared parts by name, each in its newest version."""
    newest = SnippetVersion.objects.filter(snippet__brand=brand).order_by("snippet", "-number")
    found: dict[str, SharedPart] = {}
    for version in newest.select_related("snippet"):
        if version.snippet.name not in found:
            found[version.snippet.name] = SharedPart.from_json(version.compiled)
    return found


def save_snippet(*, brand: Brand, name: str, label: str, source: str, actor: User | None) -> SnippetVersion:
    """Publishes a shared part as its newest version; it stands at once in every template that has not pinned it.

    The same source again gives the version that is there. Raises `Refusal` for a bad name, `SourceRefused` for a source
    that does not compile or shows pictures from elsewhere than the brand allows, and changes nothing then.
    """
    if NAME.fullmatch(name) is None:
        raise Refusal(_("Use a to z, 0 to 9 and _ for the short name, beginning with a letter."))
    label = one_line(label)[:120] or name
    compiled = compile_snippet(
        name,
        label,
        source,
        liquid_tags=frozenset(brand.liquid_tags) or DEFAULT_LIQUID_TAGS,
        merge_tags=frozenset(brand.attributes.filter(is_merge_tag=True).values_list("name", flat=True)),
    )
    if refused := [found for found in part_findings(source, compiled, allowed_domains(brand)) if found.blocks]:
        raise SourceRefused(refused)
    with transaction.atomic():
        snippet, _is_new = Snippet.objects.get_or_create(brand=brand, name=name, defaults={"label": label})
        snippet = Snippet.objects.select_for_update().get(pk=snippet.pk)
        newest = snippet.versions.first()
        if newest is not None and newest.source == source and snippet.label == label:
            return newest
        Snippet.objects.filter(pk=snippet.pk).update(label=label)
        number = (snippet.versions.aggregate(highest=Max("number"))["highest"] or 0) + 1
        version = SnippetVersion.objects.create(
            snippet=snippet, number=number, source=source, compiled=compiled.as_json(), published_by=actor
        )
        record("snippet.published", actor=actor, brand=brand, target=snippet, number=number)
    return version
