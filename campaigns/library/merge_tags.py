"""The brand's attributes, and which of them authors may insert as merge tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from braze_client.liquid import STANDARD_ATTRIBUTES, LiquidRefused, merge_tag
from braze_client.messages.attributes import CONTROL_KEYS, IDENTIFYING_KEYS, STANDARD_KEYS
from campaigns.brandlock import MergeTag
from campaigns.errors import Refusal
from campaigns.library.words import one_line
from groups.audiences.filters.services import MOST_TARGETS, has_room_for, use_as_target
from groups.audit import Value, record
from groups.models import Attribute, AttributeKind, Brand, Contact, User

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_BRAZE_NAME = re.compile(r"[^\s$][^$\x00-\x1f\x7f]{0,99}")
# The portal itself tells Braze these, or Braze knows people by them.
_NOT_FOR_FILES = IDENTIFYING_KEYS | CONTROL_KEYS | {"email", "email_subscribe", "push_subscribe", "push_tokens"}
_OWN_PREFIX = "smartersends_"
_TAKEN = frozenset({"unsubscribe_url", "email", "external_id"})


class AttributeFields(TypedDict):
    """What a brand says of an attribute; see `Attribute`."""

    label: str
    kind: AttributeKind
    braze_name: str
    liquid_name: str
    is_custom: bool
    is_merge_tag: bool
    fallback: str
    sample: str
    is_target: NotRequired[bool]


class AttributeRefused(Refusal):
    """What is said of an attribute cannot be taken; `field` names the part that is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def add_attribute(*, brand: Brand, name: str, actor: User, **words: Unpack[AttributeFields]) -> Attribute:
    """Adds an attribute that files may bring and, as a merge tag, that authors may insert; raises `AttributeRefused`.

    `name` is what stands in `[[name]]` and in stored values, so that it never changes.
    """
    if _NAME.fullmatch(name) is None or name in _TAKEN or name.startswith(_OWN_PREFIX):
        raise AttributeRefused(
            "name",
            _("Use a to z, 0 to 9 and _ for the short name, beginning with a letter, and no name of the portal."),
        )
    cleaned = _cleaned(words)
    _check(Attribute(brand=brand, name=name, **cleaned))
    try:
        with transaction.atomic():
            attribute = Attribute.objects.create(brand=brand, name=name, **cleaned)
            if attribute.is_target:
                use_as_target(attribute)
            _record("attribute.added", attribute, actor)
    except IntegrityError as error:
        raise AttributeRefused("name", _("There is an attribute with this short name already.")) from error
    return attribute


def change_attribute(*, attribute: Attribute, actor: User, **words: Unpack[AttributeFields]) -> Attribute:
    """Changes an attribute; a merge tag that is switched off is from then on blocked wherever it stands.

    Its kind and its place in Braze stay once a contact has a value. Raises `AttributeRefused` and changes nothing then.
    """
    cleaned = _cleaned(words)
    changed = Attribute(pk=attribute.pk, brand=attribute.brand, name=attribute.name, **cleaned)
    is_moved = any(getattr(attribute, part) != cleaned[part] for part in ("kind", "braze_name", "is_custom"))
    if is_moved and Contact.objects.filter(brand=attribute.brand, attributes__has_key=attribute.name).exists():
        raise AttributeRefused(
            "braze_name",
            _("Contacts have values of this attribute, so its kind and its name in Braze stay. Add another attribute."),
        )
    _check(changed)
    with transaction.atomic():
        before = Attribute.objects.select_for_update().values(*cleaned).get(pk=attribute.pk)
        Attribute.objects.filter(pk=attribute.pk).update(**cleaned)
        if before.get("is_target") != cleaned.get("is_target") or (is_moved and attribute.is_target):
            use_as_target(attribute)
        _record("attribute.changed", changed, actor, before=before, after=cleaned)
    attribute.refresh_from_db()
    return attribute


def _cleaned(words: AttributeFields) -> dict[str, Any]:
    cleaned: dict[str, Any] = {
        name: one_line(value) if isinstance(value, str) else value for name, value in words.items()
    }
    cleaned["kind"] = words["kind"]
    cleaned["liquid_name"] = cleaned["liquid_name"] or cleaned["braze_name"]
    return cleaned


def _check(attribute: Attribute) -> None:
    """Raises `AttributeRefused` for what Braze, or brand lock, would not take."""
    name = attribute.braze_name
    if _BRAZE_NAME.fullmatch(name) is None or name in _NOT_FOR_FILES or name.startswith(_OWN_PREFIX):
        raise AttributeRefused("braze_name", _("An attribute cannot have this name in Braze. Choose another one."))
    if attribute.is_custom is (name in STANDARD_KEYS):
        raise AttributeRefused("is_custom", _custom_or_not(name, is_custom=not attribute.is_custom))
    others = Attribute.objects.filter(brand=attribute.brand, braze_name=name).exclude(pk=attribute.pk)
    if (other := others.first()) is not None:
        raise AttributeRefused("braze_name", _("“%(label)s” has this name in Braze already.") % {"label": other.label})
    if attribute.is_target and not has_room_for(attribute):
        most = _("Filters may use at most %(most)s attributes of a brand. Switch another one off first.")
        raise AttributeRefused("is_target", most % {"most": MOST_TARGETS})
    if attribute.is_merge_tag:
        _check_merge_tag(attribute)


def _check_merge_tag(attribute: Attribute) -> None:
    forbidden = _("Leave out quotation marks, braces, dollar and per cent signs, | \\ < and >.")
    if not _is_taken_by_liquid(attribute.liquid_name, ""):
        raise AttributeRefused("liquid_name", _("This cannot be a name in Liquid.") + " " + forbidden)
    if not _is_taken_by_liquid("first_name", attribute.fallback):
        raise AttributeRefused("fallback", _("These words cannot stand in a merge tag.") + " " + forbidden)
    try:
        MergeTag(
            name=attribute.name,
            label=attribute.label,
            attribute=attribute.liquid_name,
            custom=attribute.is_custom,
            fallback=attribute.fallback,
            sample=attribute.sample,
        )
    except LiquidRefused as refused:
        is_custom = attribute.liquid_name not in STANDARD_ATTRIBUTES
        raise AttributeRefused("liquid_name", _custom_or_not(attribute.liquid_name, is_custom=is_custom)) from refused


def _is_taken_by_liquid(name: str, fallback: str) -> bool:
    try:
        merge_tag(name, fallback)
    except LiquidRefused:
        return False
    return True


def _custom_or_not(name: str, *, is_custom: bool) -> str:
    sentence = (
        _("Braze has no standard attribute called %(name)s, so it is a custom attribute.")
        if is_custom
        else _("%(name)s is one of Braze's standard attributes, so it is no custom attribute.")
    )
    return sentence % {"name": name}


def _record(
    action: str,
    attribute: Attribute,
    actor: User,
    *,
    before: Mapping[str, Value] | None = None,
    after: Mapping[str, Value] | None = None,
) -> None:
    record(
        action,
        actor=actor,
        brand=attribute.brand,
        target=attribute,
        before=before,
        after=after,
        name=attribute.name,
        is_merge_tag=attribute.is_merge_tag,
        fallback=attribute.fallback,
    )
