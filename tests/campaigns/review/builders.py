"""Builders of rules of approval, and the people of a store who decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from campaigns.models import Demand, Mailing, MailingState, Review, ReviewRule, Template
from campaigns.rules.reviewing import save_rule
from groups.models import Brand, Group, ReviewPolicy, User
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing

Callbacks = Callable[..., AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Store:
    """A store with an author, a reviewer, two approvers, and the author's draft."""

    group: Group
    author: User
    reviewer: User
    approver: User
    second: User
    mailing: Mailing

    def standing(self) -> tuple[str, str]:
        """Gives where the mailing and its newest submission stand."""
        self.mailing.refresh_from_db()
        return self.mailing.state, self.mailing.reviews.latest("submitted_at").state


def a_store(group: Group) -> Store:
    """Gives a store whose policy lets senders pass."""
    author = a_person(role=Role.LOCAL_AUTHOR, group=group, name="Lou Author")
    return Store(
        group=group,
        author=author,
        reviewer=a_person(role=Role.REVIEWER, group=group, name="Rae Reviewer"),
        approver=a_person(role=Role.APPROVER, group=group, name="Ana Approver"),
        second=a_person(role=Role.APPROVER, group=group, name="Amy Approver"),
        mailing=a_mailing(group=group, author=author),
    )


def a_rule(
    brand: Brand,
    demand: Demand = Demand.ONE_LEVEL,
    *,
    approvals: int = 1,
    group: Group | None = None,
    template: Template | None = None,
    larger_than: int | None = None,
    harmless: Sequence[str] = (),
    is_active: bool = True,
) -> ReviewRule:
    """Gives a rule of a brand."""
    return save_rule(
        brand=brand,
        rule=None,
        demand=demand,
        approvals_needed=approvals,
        group=group,
        template=template,
        larger_than=larger_than,
        harmless_kinds=harmless,
        is_active=is_active,
        actor=None,
    )


def the_policy(brand: Brand, policy: ReviewPolicy | str) -> None:
    """Sets what the brand states."""
    Brand.objects.filter(pk=brand.pk).update(review_policy=policy)
    brand.refresh_from_db()


def has_decisions(review: Review) -> list[tuple[str, str, str]]:
    """Gives who said what at which level, in the order of time."""
    return [(one.person.name, one.level, one.verdict) for one in review.decisions.select_related("person")]


DRAFT, IN_REVIEW, IN_APPROVAL, SCHEDULED = (
    MailingState.DRAFT,
    MailingState.IN_REVIEW,
    MailingState.IN_APPROVAL,
    MailingState.SCHEDULED,
)
