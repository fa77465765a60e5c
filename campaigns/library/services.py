"""What people do in the library: templates, drafts, versions that never change again."""

from __future__ import annotations

import re

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from campaigns.brandlock import DEFAULT_LIQUID_TAGS, Compiled, SourceRefused, compile_source
from campaigns.library.words import one_line
from campaigns.models import Route, SourceKind, Template, TemplateVersion
from groups.audit import record
from groups.models import Brand, User

_MJML = re.compile(r"<mjml[\s>]", re.IGNORECASE)


def kind_of(source: str) -> SourceKind:
    """Tells the language of a source by its content."""
    return SourceKind.MJML if _MJML.search(source) else SourceKind.HTML


def compile_for(brand: Brand, source: str, kind: str) -> Compiled:
    """Compiles a source under the brand's allow-lists of Liquid tags and merge tags; raises `SourceRefused`."""
    return compile_source(
        source,
        kind=kind,
        liquid_tags=frozenset(brand.liquid_tags) or DEFAULT_LIQUID_TAGS,
        merge_tags=frozenset(brand.attributes.filter(is_merge_tag=True).values_list("name", flat=True)),
    )


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
            slug=slug or _free_slug(brand, name),
            name=name,
            description=description,
            route=route,
        )
        record("template.created", actor=actor, brand=brand, target=template, slug=template.slug)
    return template


def describe_template(*, template: Template, name: str, description: str, route: Route, actor: User) -> Template:
    """Changes what the wall says of a template and how its mailings reach Braze; does nothing where all is the same.

    Name and description become one line each; a name that is empty then stays as it was.
    """
    changed = {"name": one_line(name) or template.name, "description": one_line(description), "route": route}
    if all(getattr(template, field) == value for field, value in changed.items()):
        return template
    with transaction.atomic():
        Template.objects.filter(pk=template.pk).update(**changed, updated_at=timezone.now())
        record("template.changed", actor=actor, brand=template.brand, target=template)
    template.refresh_from_db()
    return template


def save_draft(
    *, template: Template, source: str, kind: str, actor: User, trigger_campaign_id: str = ""
) -> TemplateVersion:
    """Keeps a source as the template's one draft, also one that does not compile: then `compiled` is empty.

    What a brand manager has typed is never lost to an error; only publishing demands a source that compiles.
    """
    try:
        compiled = compile_for(template.brand, source, kind).as_json()
    except SourceRefused:
        compiled = {}
    with transaction.atomic():
        _lock(template)
        draft = _draft_row(template)
        is_new = draft.created_at is None
        _fill(draft, source, kind, compiled, trigger_campaign_id)
        draft.save()
        if is_new:
            record("template.drafted", actor=actor, brand=template.brand, target=template, number=draft.number)
    return draft


def publish_version(
    *,
    template: Template,
    source: str,
    kind: str,
    actor: User | None,
    tested: bool,
    trigger_campaign_id: str = "",
) -> TemplateVersion:
    """Publishes a source as the version that new mailings start from; raises `SourceRefused` and changes nothing.

    The source that is already published gives that version again and no new one, and drops the draft. `tested` tells
    whether a test mail of exactly this source was asked for.
    """
    compiled = compile_for(template.brand, source, kind).as_json()
    with transaction.atomic():
        _lock(template)
        current = template.current
        if current is not None and (current.source, current.source_kind, current.trigger_campaign_id) == (
            source,
            kind,
            trigger_campaign_id,
        ):
            template.versions.filter(published_at=None).delete()
            return current
        version = _draft_row(template)
        _fill(version, source, kind, compiled, trigger_campaign_id)
        version.is_tested = tested
        version.published_by = actor
        version.published_at = timezone.now()
        version.save()
        Template.objects.filter(pk=template.pk).update(current=version, updated_at=version.published_at)
        record(
            "template.published",
            actor=actor,
            brand=template.brand,
            target=template,
            number=version.number,
            tested=tested,
        )
    template.refresh_from_db()
    return version


def _lock(template: Template) -> None:
    """Lets one person at a time number the versions; on SQLite the transaction itself does."""
    locked = Template.objects.select_for_update().get(pk=template.pk)
    template.current = locked.current


def _draft_row(template: Template) -> TemplateVersion:
    draft = template.versions.filter(published_at=None).first()
    if draft is not None:
        return draft
    highest = template.versions.aggregate(highest=Max("number"))["highest"] or 0
    return TemplateVersion(template=template, number=highest + 1)


def _fill(version: TemplateVersion, source: str, kind: str, compiled: object, trigger_campaign_id: str) -> None:
    version.source = source
    version.source_kind = kind
    version.compiled = compiled
    version.trigger_campaign_id = trigger_campaign_id


def _free_slug(brand: Brand, name: str) -> str:
    wanted = slugify(name)[:70] or "template"
    taken = set(Template.objects.filter(brand=brand, slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in numbered if slug not in taken)
