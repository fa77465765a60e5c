"""What people do in the library: templates, drafts, versions that never change again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns.errors import Refusal
from campaigns.library.slugs import free_slug
from campaigns.library.words import one_line
from campaigns.models import Route, SourceKind, Template, TemplateVersion
from groups.audit import record
from groups.models import Brand, User

_WORDS = frozenset({"name", "description", "folder"})
_MJML = re.compile(r"<mjml[\s>]", re.IGNORECASE)


def kind_of(source: str) -> SourceKind:
    """Tells the language of a source by its content."""
    return SourceKind.MJML if _MJML.search(source) else SourceKind.HTML


def create_template(
    *,
    brand: Brand,
    name: str,
    actor: User | None,
    slug: str = "",
    description: str = "",
    route: Route = Route.SCHEDULE,
) -> Template:
    """Makes a template without a version; without a slug one is made of the name, free in this brand.

    Name and description become one line each.
    """
    name, description = one_line(name), one_line(description)
    with transaction.atomic():
        template = Template.objects.create(
            brand=brand,
            slug=slug or free_slug(slugify(name)[:70] or "template", Template.objects.filter(brand=brand)),
            name=name,
            description=description,
            route=route,
        )
        record("template.created", actor=actor, brand=brand, target=template, slug=template.slug)
    return template


def describe_template(*, template: Template, actor: User, **changes: Any) -> Template:
    """Changes what the wall says of a template, its folder, its dates and how its mailings reach Braze.

    `changes` are columns of the template. Words become one line each; a name that is empty then stays as it was.
    Nothing is written where all is the same. Raises `Refusal` for another route of a template that is published: its
    content, its test and the mailings begun with it belong to the one that it has.
    """
    if template.current_id is not None and changes.get("route", template.route) != template.route:
        raise Refusal(_("How a published template is sent cannot change. Make a new template for the other way."))
    changed = {name: one_line(value) if name in _WORDS else value for name, value in changes.items()}
    if not changed.get("name", template.name):
        changed["name"] = template.name
    if all(getattr(template, name) == value for name, value in changed.items()):
        return template
    with transaction.atomic():
        before = Template.objects.select_for_update(no_key=True).values(*changed).get(pk=template.pk)
        Template.objects.filter(pk=template.pk).update(**changed, updated_at=timezone.now())
        record("template.changed", actor=actor, brand=template.brand, target=template, before=before, after=changed)
    template.refresh_from_db()
    return template


def lock_template(template: Template) -> None:
    """Lets one person at a time number the versions; on SQLite the transaction itself does."""
    locked = Template.objects.select_for_update().get(pk=template.pk)
    template.current = locked.current


def draft_row(template: Template) -> TemplateVersion:
    """Gives the template's one draft, or a new row with the next number."""
    draft = template.versions.filter(published_at=None).first()
    if draft is not None:
        return draft
    highest = template.versions.aggregate(highest=Max("number"))["highest"] or 0
    return TemplateVersion(template=template, number=highest + 1)


def fill(
    version: TemplateVersion,
    *,
    source: str,
    kind: str,
    compiled: object,
    trigger_campaign_id: str,
    envelope: dict[str, Any],
    inlines_css: bool,
    personal_values: Sequence[str],
) -> None:
    """Writes a source and its settings into a row that is not published.

    Raises `Refusal` for a personal value that is none of the brand's attributes.
    """
    names = sorted(set(personal_values))
    if names and version.template.brand.attributes.filter(name__in=names).count() != len(names):
        raise Refusal(_("Only attributes that the brand allows can travel with each recipient."))
    version.source = source
    version.source_kind = kind
    version.compiled = compiled
    version.trigger_campaign_id = trigger_campaign_id
    version.envelope = envelope
    version.inlines_css = inlines_css
    version.personal_values = names
