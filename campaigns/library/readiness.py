"""Which groups lack what a template needs (the readiness board)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from campaigns.compose.sender import PARTS
from campaigns.library.needs import Needs, needs_of
from campaigns.models import AccessKind, Image, Template, TemplateAccess
from groups import access
from groups.models import MAIL_FIELDS, Brand, Group, GroupField, GroupPath, User
from groups.roles import Permission

FIELD_LABELS: Final = {
    "name": _("Name"),
    "code": _("Code"),
    "street": _("Street"),
    "postal_code": _("Postal code"),
    "city": _("City"),
    "country": _("Country"),
    "address": _("Address"),
    "phone": _("Telephone"),
    "email": _("Email address"),
    "manager": _("Manager"),
}
SENDER_LABELS: Final = {"name": _("Sender name"), "address": _("Sender address"), "reply_to": _("Replies go to")}
# Of these columns one has to be filled.
_COLUMNS: Final = {
    **{f"group.{name}": (name,) for name in MAIL_FIELDS},
    "group.address": ("street", "postal_code", "city", "country"),
    "sender.name": ("sender_name", "name"),
    "sender.address": ("sender_address", "email"),
    "sender.reply_to": ("reply_to", "email"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A group of the board with the names of what it lacks; nothing missing means that it is ready."""

    group_id: uuid.UUID
    name: str
    code: str
    missing: tuple[str, ...]
    uses_default_variation: bool


@dataclass(frozen=True, slots=True)
class Board:
    """A template with every group that may use it, those that lack something first.

    `gaps` are the things that are missing somewhere, each with in how many groups, the most frequent first.
    """

    template: Template
    lines: tuple[Line, ...]
    gaps: tuple[tuple[str, int], ...]

    @property
    def not_ready(self) -> tuple[Line, ...]:
        """The groups that lack something."""
        return tuple(line for line in self.lines if line.missing)

    @property
    def ready_count(self) -> int:
        """How many groups lack nothing."""
        return len(self.lines) - len(self.not_ready)


def board_of(*, user: User, brand: Brand, template_id: uuid.UUID) -> Board:
    """Gives the board of a published template: to its managers with all groups, to others with those that they see.

    The number of queries does not grow with the tree. Raises `Http404` for a template of another brand, one that is
    not published, and for people none of whose groups may use it.
    """
    template = (
        Template.objects.filter(brand=brand, pk=template_id, current__isnull=False)
        .select_related("current", "brand")
        .first()
    )
    if template is None or template.current is None:
        raise Http404
    template.current.template = template
    manages = access.visible(user, Template, Permission.MANAGE_TEMPLATES).filter(pk=template.pk).exists()
    seen = Group.objects.all() if manages else access.visible(user, Group, Permission.SEE_MAILINGS)
    groups = seen.filter(_may_use(template), brand=brand, closed_at=None)
    lines = _lines(groups, brand, needs_of(template.current))
    if not lines and not manages:
        raise Http404
    gaps = Counter(name for line in lines for name in line.missing)
    return Board(template, tuple(lines), tuple(gaps.most_common()))


def _may_use(template: Template) -> Q:
    """Gives the groups that a template is for; lines that speak of roles or people alone leave groups as they are."""
    lines = TemplateAccess.objects.filter(template=template, group__isnull=False)
    denied = lines.filter(kind=AccessKind.DENY, role="").values("group")
    allowed = lines.filter(kind=AccessKind.ALLOW).values("group")
    may = ~Q(pk__in=GroupPath.objects.filter(ancestor__in=denied).values("descendant"))
    if allowed.exists():
        may &= Q(pk__in=GroupPath.objects.filter(ancestor__in=allowed).values("descendant"))
    return may


def _lines(groups: QuerySet[Group], brand: Brand, needs: Needs) -> list[Line]:
    columns = [f"group.{name}" for name in needs.group_fields if name in MAIL_FIELDS]
    columns += [f"sender.{part}" for part in PARTS if part in needs.sender]
    own = [name for name in needs.group_fields if name not in MAIL_FIELDS]
    labels = dict(GroupField.objects.filter(brand=brand, key__in=own).values_list("key", "label")) if own else {}
    filled = _filled(brand, own)
    inherited: list[tuple[str, Collection[uuid.UUID]]] = [
        (labels.get(name, name), filled.get(name, frozenset())) for name in own
    ]
    if needs.has_price:
        inherited.append((str(_("Country, for the currency")), _below(brand, Q(ancestor__in=_with_country(brand)))))
    inherited += [(_gallery_label(folders), _with_pictures(brand, folders)) for folders in sorted(needs.galleries)]
    wanted = sorted({name for key in columns for name in _COLUMNS[key]})
    lines = []
    for row in groups.order_by("name", "code").values("pk", "name", "code", "variation_id", *wanted):
        missing = [_column_label(key) for key in columns if not any(row[name] for name in _COLUMNS[key])]
        missing += [label for label, ready in inherited if row["pk"] not in ready]
        lines.append(Line(row["pk"], row["name"], row["code"], tuple(missing), not row["variation_id"]))
    return sorted(lines, key=lambda line: not line.missing)


def _filled(brand: Brand, keys: list[str]) -> dict[str, set[uuid.UUID]]:
    """Gives, by key, the groups that have a value of a field, their own or one from above."""
    found: dict[str, set[uuid.UUID]] = {}
    if keys:
        paths = GroupPath.objects.filter(
            ancestor__field_values__field__brand=brand, ancestor__field_values__field__key__in=keys
        )
        for group_id, key in paths.values_list("descendant_id", "ancestor__field_values__field__key"):
            found.setdefault(key, set()).add(group_id)
    return found


def _below(brand: Brand, where: Q) -> frozenset[uuid.UUID]:
    """Gives the groups that stand at or below others."""
    paths = GroupPath.objects.filter(where, descendant__brand=brand)
    return frozenset(paths.values_list("descendant_id", flat=True))


def _with_country(brand: Brand) -> QuerySet[Group, uuid.UUID]:
    return Group.objects.filter(brand=brand).exclude(country="").values_list("pk", flat=True)


def _with_pictures(brand: Brand, folders: tuple[str, ...]) -> frozenset[uuid.UUID]:
    """Gives the groups to which a picture of some folders is offered, or of any where none is named."""
    images = Image.objects.filter(group__brand=brand, hidden_at=None).exclude(folder__is_active=False)
    if folders:
        images = images.filter(folder__slug__in=folders)
    return _below(brand, Q(ancestor__in=images.values("group")))


def _column_label(key: str) -> str:
    room, _dot, name = key.partition(".")
    return str((FIELD_LABELS if room == "group" else SENDER_LABELS)[name])


def _gallery_label(folders: tuple[str, ...]) -> str:
    if not folders:
        return str(_("A picture"))
    return _("A picture in %(folders)s") % {"folders": ", ".join(folders)}
