"""From rows to the mail: what brand lock needs to know of a mailing, and the mail that it makes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import get_territory_currencies
from django.urls import reverse
from django.utils import timezone

from campaigns.brandlock import (
    Compiled,
    ImageRef,
    MergeTag,
    Proof,
    RenderContext,
    Rendered,
    Target,
    braze_source,
    default_values,
    prove,
    render,
)
from campaigns.brandlock.types.moments import locale_of
from campaigns.compose.gallery import Gallery, images_named_in
from campaigns.compose.sender_person import sample_facts, sender_facts
from campaigns.library.snippets import snippets_of
from campaigns.look.services import look_of
from campaigns.models import Mailing, TemplateVersion
from groups.addresses import public_url
from groups.models import Brand, Group
from groups.tree.field_values import mail_fields_of

# Brand lock admits exactly this expression in the unsubscribe address; `groups.audiences` puts the token there.
TOKEN_LIQUID = "{{custom_attribute.${smartersends_token}}}"
# Stands where a token would in what people only look at; no contact has it.
NO_TOKEN = "preview"


def unsubscribe_url(group: Group) -> str:
    """Gives the unsubscribe address of a group's mails, with the Liquid that Braze replaces by the contact's token."""
    marker = "token"
    path: str = reverse("groups:unsubscribe", kwargs={"group_id": group.pk, "token": marker})
    head, _, tail = path.rpartition(marker)
    return public_url(group.brand, head) + TOKEN_LIQUID + tail


def compiled_of(version: TemplateVersion) -> Compiled:
    """Gives the compiled form of a version; versions are immutable once published, so that it can be kept."""
    if version.published_at is None:
        return Compiled.from_json(version.compiled)
    return _compiled(str(version.pk))


@lru_cache(maxsize=64)
def _compiled(version_id: str) -> Compiled:
    return Compiled.from_json(TemplateVersion.objects.values_list("compiled", flat=True).get(pk=version_id))


def images_for(group: Group, named: Collection[str] = ()) -> Mapping[str, ImageRef]:
    """Gives the images that a group may use, by the names that values give them; those of `named` are read together."""
    return Gallery(group, named)


def merge_tags_of(brand: Brand) -> dict[str, MergeTag]:
    """Gives the personal values that the brand allows in mails, by name."""
    return {
        attribute.name: MergeTag(
            name=attribute.name,
            label=attribute.label,
            attribute=attribute.liquid_name,
            custom=attribute.is_custom,
            fallback=attribute.fallback,
            sample=attribute.sample,
        )
        for attribute in brand.attributes.filter(is_merge_tag=True)
    }


def context_for_group(
    group: Group,
    *,
    send_date: str,
    day: str = "",
    audience: Mapping[str, str] | None = None,
    sender: Mapping[str, str] | None = None,
    named: Collection[str] = (),
) -> RenderContext:
    """Gives everything around the values that a mail of a group is made from; `day` is its day in ISO form.

    Without a `sender` the group's own stands. `named` are the images that the values are known to show.
    """
    brand, look = group.brand, look_of(group)
    return RenderContext(
        brand={
            "name": brand.name,
            "website": brand.website,
            "logo_url": look.logo_url,
            "accent_color": look.accent_color,
            "ink_color": look.ink_color,
            "font": look.font,
        },
        group=mail_fields_of(group),
        sender=sender if sender is not None else sample_facts(group),
        mailing={"send_date": send_date},
        audience=audience or {},
        language=group.language,
        currency=currency_of(group),
        day=day,
        unsubscribe_url=unsubscribe_url(group),
        images=images_for(group, named),
        merge_tags=merge_tags_of(brand),
        snippets=snippets_of(brand),
        palette=look.palette,
        link_domains=tuple(brand.link_domains),
    )


def context_for(mailing: Mailing, *, now: datetime | None = None) -> RenderContext:
    """Gives the context of a mailing; "now" mailings carry the date of `now`."""
    moment = mailing.send_at or now or timezone.now()
    day = moment.astimezone(ZoneInfo(mailing.group.time_zone)).date().isoformat()
    send_date = long_date(mailing.group, moment)
    return context_for_group(mailing.group, send_date=send_date, day=day, **mailing_facts(mailing))


class MailingFacts(TypedDict):
    """What a mail takes from its mailing beside values and time."""

    audience: Mapping[str, str]
    sender: Mapping[str, str]
    named: Collection[str]


def mailing_facts(mailing: Mailing) -> MailingFacts:
    """Gives the audience and the sender of a mailing, and the names of the images that it shows."""
    named = images_named_in(compiled_of(mailing.version), mailing.values)
    return {"audience": audience_facts(mailing), "sender": sender_facts(mailing), "named": named}


def audience_facts(mailing: Mailing) -> dict[str, str]:
    """Gives what a template's rules may ask of an audience: its `name` and its `kind`."""
    audience = mailing.audience
    return {} if audience is None else {"name": audience.name, "kind": audience.kind}


def currency_of(group: Group) -> str:
    """Gives the currency of a group's country (ISO 4217), that of the nearest group above with one, or nothing."""
    above = Group.objects.filter(paths_down__descendant=group).exclude(country="").order_by("paths_down__depth")
    country = group.country or above.values_list("country", flat=True).first() or ""
    found = get_territory_currencies(country) if country else []
    return found[0] if found else ""


def long_date(group: Group, moment: datetime) -> str:
    """Gives a date in the group's language and zone, written out."""
    local = moment.astimezone(ZoneInfo(group.time_zone))
    return str(format_date(local.date(), format="long", locale=locale_of(group.language)))


def render_mailing(mailing: Mailing, target: Target, context: RenderContext | None = None) -> Rendered:
    """Gives the mail of a mailing as it stands; what people only look at links to nobody's unsubscribe page.

    Whoever has the mailing's context already hands it in.
    """
    context = context or context_for(mailing)
    shown = context if target is Target.BRAZE else _without_token(context)
    return render(compiled_of(mailing.version), mailing.values, shown, target)


def proof_of(mailing: Mailing) -> Proof:
    """Gives the proof of the brand lock for a mailing as it stands."""
    compiled, context = compiled_of(mailing.version), context_for(mailing)
    rendered = render(compiled, mailing.values, context, Target.BRAZE)
    return prove(compiled, mailing.values, context, rendered)


def _without_token(context: RenderContext) -> RenderContext:
    return replace(context, unsubscribe_url=context.unsubscribe_url.replace(TOKEN_LIQUID, NO_TOKEN))


def mail_for_braze(version: TemplateVersion) -> str:
    """Gives the HTML that a brand manager pastes into Braze, where values arrive as trigger properties (route B).

    What depends on a group travels with each mailing; only the brand's own values are filled in.
    """
    root = Group.objects.select_related("brand").get(brand=version.template.brand_id, parent=None)
    return braze_source(compiled_of(version), context_for_group(root, send_date=""))


def preview_of_version(version: TemplateVersion, group: Group, values: Mapping[str, Any] | None = None) -> Rendered:
    """Gives the picture of a version as a group would see it; without values before anything is filled in."""
    return _looked_at(version, group, values, Target.PREVIEW)


def sample_of_version(version: TemplateVersion, group: Group) -> Rendered:
    """Gives a version as a test mail shows it: a sample person of a group, before anything is filled in."""
    return _looked_at(version, group, None, Target.SAMPLE)


def _looked_at(version: TemplateVersion, group: Group, values: Mapping[str, Any] | None, target: Target) -> Rendered:
    compiled = compiled_of(version)
    shown = default_values(compiled) if values is None else values
    send_date = long_date(group, timezone.now())
    context = context_for_group(group, send_date=send_date, named=images_named_in(compiled, shown))
    return render(compiled, shown, _without_token(context), target)
