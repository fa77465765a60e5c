"""Which templates a group and a person may start from: published, within their dates, and not kept from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from campaigns.errors import Refusal
from campaigns.models import AccessKind, Mailing, Template, TemplateAccess
from groups.audit import record
from groups.models import Group, GroupPath, Membership, User


def day_of(group: Group, moment: datetime) -> date:
    """Gives the day that a moment lies in, in a group's zone."""
    return moment.astimezone(ZoneInfo(group.time_zone)).date()


def in_season(group: Group) -> Q:
    """Gives the templates whose dates cover today in the group's zone; the last day counts whole (T14)."""
    today = day_of(group, timezone.now())
    dates = (Q(starts_on=None) | Q(starts_on__lte=today)) & (Q(expires_on=None) | Q(expires_on__gte=today))
    return dates & Q(recalled_at=None)


def offered_templates(group: Group, user: User) -> QuerySet[Template]:
    """Gives the templates that a person may start from in a group, by folder and name (T13, T14, T15).

    One query, however many templates and lines of access there are; their `current` comes without its source.
    """
    found = Template.objects.filter(in_season(group), _lets(group, user), brand=group.brand_id, current__isnull=False)
    return found.select_related("current").defer("current__source", "current__compiled").order_by("folder", "name")


def is_offered(template: Template, group: Group, user: User) -> bool:
    """Tells whether a person may start a mailing of a group from a template."""
    return offered_templates(group, user).filter(pk=template.pk).exists()


def is_withheld(template: Template, group: Group, user: User) -> bool:
    """Tells whether a template is kept from a person in a group, whatever its dates say."""
    return not Template.objects.filter(_lets(group, user), pk=template.pk).exists()


def demand_in_season(mailing: Mailing, *, go_at: datetime) -> None:
    """Raises `Refusal` for a mailing of a recalled template, or one that goes out after its last day (M24, T14).

    Its draft can be looked at all the same.
    """
    template = mailing.version.template
    if template.recalled_at is not None:
        raise Refusal(_RECALLED % {"name": template.name, "reason": template.recall_reason})
    if template.expires_on is not None and day_of(mailing.group, go_at) > template.expires_on:
        raise Refusal(_TOO_LATE % {"name": template.name, "day": date_format(template.expires_on)})


_RECALLED = gettext_lazy(
    "The template “%(name)s” was recalled: %(reason)s Nothing made from it goes out until it is offered again."
)
_TOO_LATE = gettext_lazy(
    "The template “%(name)s” is only to be used until %(day)s. Choose an earlier day, or start from another template."
)


def set_access(*, template: Template, lines: Sequence[TemplateAccess], actor: User) -> None:
    """Replaces the lines of who may use a template; those of groups that are closed stay, which no page offers."""
    with transaction.atomic():
        template.access_lines.exclude(group__closed_at__isnull=False).delete()
        TemplateAccess.objects.bulk_create(lines)
        record(
            "template.access",
            actor=actor,
            brand=template.brand,
            target=template,
            lines=", ".join(_in_words(line) for line in lines),
        )


def _in_words(line: TemplateAccess) -> str:
    said = (line.kind, line.group and line.group.code, line.role, line.person and str(line.person.pk))
    return " ".join(part for part in said if part)


def _lets(group: Group, user: User) -> Q:
    """Gives the templates of which no line denies, and whose lines that allow name the person, or let them in here.

    They let in whom they let by group and by role both; where no line names a group, or a role by itself, every one is
    let, unless all the lines there are name people.
    """
    is_denied = Exists(_speaking(AccessKind.DENY, group, user))
    allowing = TemplateAccess.objects.filter(template=OuterRef("pk"), kind=AccessKind.ALLOW)
    speaking = _speaking(AccessKind.ALLOW, group, user)
    lets = Q(~Exists(allowing)) | Q(Exists(allowing.filter(person=None)))
    for names_group in (True, False):
        said = {"group__isnull": not names_group, "person": None}
        lets &= Q(~Exists(allowing.filter(**said))) | Q(Exists(speaking.filter(**said)))
    return Q(~is_denied) & (Q(Exists(speaking.filter(person=user))) | lets)


def _speaking(kind: AccessKind, group: Group, user: User) -> QuerySet[TemplateAccess]:
    """Gives a template's lines of a kind that speak of a person in a group; roles held above count."""
    above = GroupPath.objects.filter(descendant=group).values("ancestor")
    roles = Membership.objects.filter(Membership.live(), user=user, group__in=above).values("role__key")
    lines = TemplateAccess.objects.filter(template=OuterRef("pk"), kind=kind)
    return lines.filter(
        Q(group=None) | Q(group__in=above), Q(role="") | Q(role__in=roles), Q(person=None) | Q(person=user)
    )
