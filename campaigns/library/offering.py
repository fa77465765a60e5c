"""Which templates a group and a person may start from: published, within their dates, and not kept from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import AccessKind, Template, TemplateAccess
from groups.audit import record
from groups.models import Group, GroupPath, Membership, User


def today_of(group: Group) -> date:
    """Gives the day that it is in a group's zone."""
    return timezone.now().astimezone(ZoneInfo(group.time_zone)).date()


def in_season(group: Group) -> Q:
    """Gives the templates whose dates cover today in the group's zone; the last day counts whole (T14)."""
    today = today_of(group)
    return (Q(starts_on=None) | Q(starts_on__lte=today)) & (Q(expires_on=None) | Q(expires_on__gte=today))


def offered_templates(group: Group, user: User) -> QuerySet[Template]:
    """Gives the templates that a person may start from in a group, by folder and name (T13, T14, T15)."""
    found = Template.objects.filter(in_season(group), brand=group.brand_id, current__isnull=False)
    kept = [template.pk for template in found.prefetch_related("access_lines") if _lets(template, group, user)]
    return found.filter(pk__in=kept).select_related("current").order_by("folder", "name")


def is_offered(template: Template, group: Group, user: User) -> bool:
    """Tells whether a person may start a mailing of a group from a template."""
    return offered_templates(group, user).filter(pk=template.pk).exists()


def is_over(template: Template, group: Group) -> bool:
    """Tells whether a template's last day has passed in a group's zone: its drafts can be looked at and not be sent."""
    return template.expires_on is not None and template.expires_on < today_of(group)


def set_access(*, template: Template, lines: Sequence[TemplateAccess], actor: User) -> None:
    """Replaces all lines of who may use a template."""
    with transaction.atomic():
        template.access_lines.all().delete()
        TemplateAccess.objects.bulk_create(lines)
        record(
            "template.access",
            actor=actor,
            brand=template.brand,
            target=template,
            lines=", ".join(
                f"{line.kind} {line.group.code if line.group else ''} {line.role}".strip() for line in lines
            ),
        )


def _lets(template: Template, group: Group, user: User) -> bool:
    lines = list(template.access_lines.all())
    if not lines:
        return True
    above = set(GroupPath.objects.filter(descendant=group).values_list("ancestor_id", flat=True))
    roles = set(Membership.objects.filter(user=user, group__in=above).values_list("role", flat=True))
    if any(_speaks_of(line, above, roles) for line in lines if line.kind == AccessKind.DENY):
        return False
    allowing = [line for line in lines if line.kind == AccessKind.ALLOW]
    return not allowing or any(_speaks_of(line, above, roles) for line in allowing)


def _speaks_of(line: TemplateAccess, groups: Iterable[object], roles: set[str]) -> bool:
    return (line.group_id is None or line.group_id in set(groups)) and (not line.role or line.role in roles)
