"""Where a merge tag stands: in published templates, in shared parts, and in drafts that are still open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from campaigns.brandlock.pieces import Origin
from campaigns.brandlock.tokens import TOKEN
from campaigns.library.pushing import OPEN
from campaigns.models import Mailing, SnippetVersion, Template, TemplateVersion
from groups.models import Attribute


@dataclass(frozen=True, slots=True)
class Usage:
    """How many published templates, shared parts and open drafts use a merge tag."""

    templates: int = 0
    parts: int = 0
    drafts: int = 0

    @property
    def is_used(self) -> bool:
        """Whether it stands anywhere."""
        return bool(self.templates or self.parts or self.drafts)


def usage_of(attribute: Attribute) -> Usage:
    """Counts where a merge tag stands, in locked parts or in what authors wrote; reads every open draft of the brand.

    A draft counts too where it is only its template that uses it. A part counts in the version that stands today.
    """
    brand, name = attribute.brand, attribute.name
    published = Template.objects.filter(brand=brand, current__isnull=False).values_list("current__compiled", flat=True)
    parts = SnippetVersion.objects.filter(snippet__brand=brand).order_by("number")
    newest = dict(parts.values_list("snippet_id", "compiled"))
    drafts = Mailing.objects.filter(group__brand=brand, state__in=OPEN)
    versions = TemplateVersion.objects.filter(pk__in=drafts.values("version")).values_list("pk", "compiled")
    using = {pk for pk, compiled in versions if stands_in(compiled, name)}
    written = drafts.values_list("version_id", "values").iterator()
    return Usage(
        templates=sum(stands_in(compiled, name) for compiled in published),
        parts=sum(stands_in(compiled, name) for compiled in newest.values()),
        drafts=sum(version in using or stands_in(values, name) for version, values in written),
    )


def stands_in(stored: Any, name: str, origin: Origin = Origin.MERGE) -> bool:
    """Tells of stored JSON whether `[[name]]` stands in it, as a place of an origin or as it is written in a text."""
    if isinstance(stored, str):
        return any(found == name for found in TOKEN.findall(stored))
    if isinstance(stored, dict):
        is_place = stored.get("place") == name and stored.get("origin") == origin
        return is_place or any(stands_in(part, name, origin) for part in stored.values())
    return isinstance(stored, list) and any(stands_in(part, name, origin) for part in stored)
