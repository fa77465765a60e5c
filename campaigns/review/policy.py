"""Whether a mailing needs somebody else's yes, how many, and why: the strictest of all that holds for it (M2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import Sum
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.brandlock import FieldType, RenderContext
from campaigns.library.field_words import TYPE_LABELS
from campaigns.models import Batch, BatchKind, BatchState, Demand, Mailing, ReviewRule
from campaigns.review.changed_kinds import changed_kinds_of
from campaigns.review.demand import Clause, Demanded, Facts, Stated, strictest
from campaigns.rules.queries import asks_for_approval
from groups.access import may
from groups.audiences.filters.queries import people_of
from groups.models import Group, GroupPath, ReviewPolicy, User
from groups.roles import Permission


def policy_of(group: Group) -> Demand:
    """Gives what a group asks for where no rule says anything: the strictest that the brand or any level above states.

    Where nobody states anything it is one approval, so that a mailing which no policy matches cannot slip through.
    """
    return strictest(tuple(_policies(group)), otherwise=_nothing_matches()).demand


def demand_for(mailing: Mailing, actor: User, context: RenderContext | None = None) -> Demanded:
    """Gives what is asked for when `actor` lets a mailing go: by the policy, and by what they may do themselves."""
    demanded = demand_of(mailing, context)
    if demanded.is_asked or may(actor, Permission.SEND_MAILINGS, mailing.group):
        return demanded
    reason = _("Because people who write here do not send by themselves.")
    return Demanded(Demand.ONE_LEVEL, reasons=(reason,))


def demand_of(mailing: Mailing, context: RenderContext | None = None) -> Demanded:
    """Gives what the brand asks for before a mailing goes out, whoever lets it go."""
    stated = [*_policies(mailing.group), *_rules(mailing)]
    if asks_for_approval(mailing, context):
        stated.append(Stated(Demand.ONE_LEVEL, _("Because it says words that your brand wants approved.")))
    return strictest(stated, otherwise=_nothing_matches())


def needs_approval(mailing: Mailing, actor: User, context: RenderContext | None = None) -> bool:
    """Tells whether `actor` must submit this mailing.

    They lack *send mailings*, the policy demands approval, or the mailing holds words that the brand wants approved.
    """
    return demand_for(mailing, actor, context).is_asked


def clause_of(rule: ReviewRule) -> Clause:
    """Gives a rule as the pure part judges it."""
    return Clause(
        demand=Demand(rule.demand),
        approvals=rule.approvals_needed,
        group=rule.group_id,
        template=rule.template_id,
        larger_than=rule.larger_than,
        is_first_only=rule.is_first_only,
        harmless_kinds=frozenset(rule.harmless_kinds),
    )


def reason_of(rule: ReviewRule) -> str:
    """Gives why a rule holds for a mailing, a sentence for each of its conditions."""
    reasons = []
    if rule.template is not None:
        reasons.append(_("Because it is made from the template “%(name)s”.") % {"name": rule.template.name})
    if rule.group is not None:
        reasons.append(_("Because of a rule for %(group)s.") % {"group": rule.group.name})
    if rule.larger_than is not None and rule.is_first_only:
        told = ngettext(
            "Because the group mails more than %(people)s person for the first time.",
            "Because the group mails more than %(people)s people for the first time.",
            rule.larger_than,
        )
        reasons.append(told % {"people": number_format(rule.larger_than, force_grouping=True)})
    elif rule.larger_than is not None:
        told = ngettext(
            "Because the audience has more than %(people)s person.",
            "Because the audience has more than %(people)s people.",
            rule.larger_than,
        )
        reasons.append(told % {"people": number_format(rule.larger_than, force_grouping=True)})
    if rule.harmless_kinds:
        kinds = ", ".join(str(TYPE_LABELS[FieldType(kind)]) for kind in rule.harmless_kinds)
        reasons.append(
            _("Because nothing but fields of these kinds differs from the template: %(kinds)s.") % {"kinds": kinds}
        )
    return " ".join(reasons) or _("Because of a rule of your brand for every mailing.")


def rules_of(mailing: Mailing) -> list[ReviewRule]:
    """Gives the rules in force of a mailing's brand."""
    rules = ReviewRule.objects.filter(brand=mailing.group.brand_id, is_active=True)
    return list(rules.select_related("group", "template"))


def facts_of(mailing: Mailing, rules: Sequence[ReviewRule]) -> Facts:
    """Reads what these rules look at; what none of them asks about is not read."""
    above = GroupPath.objects.filter(descendant=mailing.group_id).values_list("ancestor_id", flat=True)
    return Facts(
        groups=frozenset(above) if any(rule.group_id for rule in rules) else frozenset({mailing.group_id}),
        template=mailing.version.template_id,
        people=_people(mailing) if any(rule.larger_than is not None for rule in rules) else None,
        most_mailed=_most_mailed(mailing) if any(rule.is_first_only for rule in rules) else 0,
        changed_kinds=changed_kinds_of(mailing) if any(rule.harmless_kinds for rule in rules) else frozenset(),
    )


def _rules(mailing: Mailing) -> Iterator[Stated]:
    rules = rules_of(mailing)
    if not rules:
        return
    facts = facts_of(mailing, rules)
    for rule in rules:
        if clause_of(rule).matches(facts):
            yield Stated(Demand(rule.demand), reason_of(rule), rule.approvals_needed)


def _policies(group: Group) -> Iterator[Stated]:
    """Yields what the brand and the levels of its tree state; a word that is not known asks for one approval."""
    levels = GroupPath.objects.filter(descendant=group).values_list("ancestor__review_policy", "ancestor__name")
    for policy, name in ((group.brand.review_policy, group.brand.name), *levels):
        if policy == ReviewPolicy.INHERIT:
            continue
        demand = Demand(policy) if policy in Demand.values else Demand.ONE_LEVEL
        yield Stated(demand, _policy_reason(demand, name))


def _policy_reason(demand: Demand, name: str) -> str:
    if demand == Demand.NONE:
        return _("Because %(name)s lets people who may send do so by themselves.") % {"name": name}
    return _("Because %(name)s has every mailing approved.") % {"name": name}


def _people(mailing: Mailing) -> int | None:
    """Counts the audience as it stands; None where only Braze knows."""
    if mailing.audience is None:
        return 0
    if mailing.audience.is_counted_by_braze:
        return None
    return people_of(mailing.audience, mailing.send_at).count()


def _most_mailed(mailing: Mailing) -> int:
    """Counts the people of the group's largest delivery so far, as far as Braze took them; of other mailings only."""
    taken = Batch.objects.filter(
        delivery__mailing__group=mailing.group_id, kind=BatchKind.LIST, state=BatchState.ACCEPTED
    ).exclude(delivery__mailing=mailing)
    largest = taken.order_by().values("delivery").annotate(people=Sum("size")).order_by("-people").first()
    return largest["people"] if largest else 0


def _nothing_matches() -> str:
    return _("Because no rule lets it go out without approval.")
