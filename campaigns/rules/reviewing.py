"""Changing what a brand says about approval: its policy, its rules, and its frequent reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from campaigns.brandlock import FieldType
from campaigns.errors import Refusal, StaleState
from campaigns.library.words import one_line
from campaigns.models import CannedReason, Demand, ReviewRule, Template
from groups.audit import record
from groups.models import Brand, Group, ReviewPolicy, User

MOST_RULES = 100
MOST_REASONS = 50
MOST_APPROVALS = 10
REASON_CHARACTERS = 200


def save_rule(
    *,
    brand: Brand,
    rule: ReviewRule | None,
    demand: Demand,
    approvals_needed: int,
    group: Group | None,
    template: Template | None,
    larger_than: int | None,
    is_first_only: bool = False,
    harmless_kinds: Sequence[str],
    is_active: bool,
    actor: User | None,
) -> ReviewRule:
    """Adds a rule, or changes one; it counts for what is submitted, sent or approved from now on.

    Raises `Refusal` for a rule that waives approval by size, for something of another brand and for one rule too many,
    and `StaleState` when the rule is gone.
    """
    if demand == Demand.NONE and larger_than is not None:
        raise Refusal(_("A rule cannot waive approval because an audience is large. Leave the number empty."))
    if is_first_only and larger_than is None:
        raise Refusal(_("Say how many people make a mailing a big one."))
    if any(one is not None and one.brand_id != brand.pk for one in (group, template, rule)):
        raise Refusal(_("This belongs to another brand."))
    if unknown := [kind for kind in harmless_kinds if kind not in list(FieldType)]:
        raise Refusal(_("There is no kind of field called %(kind)s.") % {"kind": unknown[0][:40]})
    approvals = 1 if demand == Demand.NONE else min(max(approvals_needed, 1), MOST_APPROVALS)
    kinds = sorted(set(harmless_kinds))
    said: dict[str, Any] = {
        "demand": demand,
        "approvals_needed": approvals,
        "group": group,
        "template": template,
        "larger_than": larger_than,
        "is_first_only": is_first_only,
        "harmless_kinds": kinds,
        "is_active": is_active,
    }
    with transaction.atomic():
        if rule is None:
            if brand.review_rules.count() >= MOST_RULES:
                raise Refusal(_("A brand keeps at most 100 rules of approval. Delete one first."))
            rule = ReviewRule.objects.create(brand=brand, created_by=actor, **said)
        elif not ReviewRule.objects.filter(pk=rule.pk).update(**said):
            raise StaleState
        record(
            "rules.review_rule_saved",
            actor=actor,
            brand=brand,
            target=rule,
            demand=str(demand),
            approvals=approvals,
            group_code="" if group is None else group.code,
            template="" if template is None else template.slug,
            larger_than=larger_than,
            is_first_only=is_first_only,
            harmless_kinds=", ".join(kinds),
            is_active=is_active,
        )
    rule.refresh_from_db()
    return rule


def remove_rule(*, rule: ReviewRule, actor: User) -> None:
    """Deletes a rule; once it is gone, deleting it again changes nothing."""
    with transaction.atomic():
        removed, _rows = ReviewRule.objects.filter(pk=rule.pk).delete()
        if removed:
            record("rules.review_rule_removed", actor=actor, brand=rule.brand, target=rule, demand=rule.demand)


def save_policy(*, brand: Brand, policy: ReviewPolicy, actor: User) -> None:
    """Says what the brand asks for where no rule says anything; `INHERIT` leaves it to the rules and to the groups."""
    with transaction.atomic():
        Brand.objects.filter(pk=brand.pk).update(review_policy=policy)
        record("rules.review_policy_changed", actor=actor, brand=brand, target=brand, policy=str(policy))
    brand.refresh_from_db(fields=["review_policy"])


def add_reason(*, brand: Brand, text: str, actor: User) -> CannedReason:
    """Adds a reason that approvers give often. Raises `Refusal` for an empty one and for one that is there."""
    cleaned = one_line(text)
    if not cleaned or len(cleaned) > REASON_CHARACTERS:
        raise Refusal(_("Write the reason, in at most 200 characters."))
    try:
        with transaction.atomic():
            if brand.canned_reasons.count() >= MOST_REASONS:
                raise Refusal(_("A brand keeps at most 50 frequent reasons. Remove one first."))
            reason = CannedReason.objects.create(brand=brand, text=cleaned, created_by=actor)
            record("rules.reason_added", actor=actor, brand=brand, target=reason, text=cleaned)
    except IntegrityError as error:
        raise Refusal(_("This reason is there already.")) from error
    return reason


def remove_reason(*, reason: CannedReason, actor: User) -> None:
    """Removes a frequent reason; what was said with it stays."""
    with transaction.atomic():
        removed, _rows = CannedReason.objects.filter(pk=reason.pk).delete()
        if removed:
            record("rules.reason_removed", actor=actor, brand=reason.brand, target=reason, text=reason.text)
