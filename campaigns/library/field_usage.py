"""Where a field of groups or of people stands: in the latest published templates, and in shared parts."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from campaigns.brandlock.pieces import Origin
from campaigns.library.merge_tag_usage import stands_in
from campaigns.models import Snippet, SnippetVersion, Template
from groups.models import Brand


def templates_showing(brand: Brand, name: str) -> list[Template]:
    """Gives the templates whose published version shows `[[name]]`: in a place, a text, or the rule of a section."""
    published = Template.objects.filter(brand=brand, current__isnull=False).select_related("current")
    # Only what has the name in its text at all is read; whether it stands there as a name is asked of the pieces.
    near = published.alias(text=Cast("current__compiled", TextField())).filter(text__contains=name)
    found = near.defer("current__source").order_by("name", "pk")
    return [one for one in found.iterator() if one.current is not None and _shows(one.current.compiled, name)]


def parts_showing(brand: Brand, name: str) -> list[Snippet]:
    """Gives the shared parts that show `[[name]]` as they stand today."""
    versions = SnippetVersion.objects.filter(snippet__brand=brand).select_related("snippet").order_by("number")
    newest = {one.snippet_id: one for one in versions}
    return [one.snippet for one in newest.values() if stands_in(one.compiled, name, Origin.PORTAL)]


def _shows(compiled: dict[str, Any], name: str) -> bool:
    named = re.compile(rf"\b{re.escape(name)}(?![a-z0-9_.])")
    rules = (str(section.get("condition", "")) for section in compiled.get("sections", ()))
    return stands_in(compiled, name, Origin.PORTAL) or any(named.search(rule) for rule in rules)
