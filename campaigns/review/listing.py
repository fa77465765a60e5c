"""The rows of the list of approvals, and which of them can be approved together."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from campaigns.compose.closing import moment_in_words
from campaigns.models import Level, Review, ReviewRule, ReviewState
from campaigns.review.demand import Facts
from campaigns.review.policy import clause_of
from groups.models import AudienceKind, Brand, GroupPath


@dataclass(frozen=True, slots=True)
class Row:
    """A submission in the list; with `is_together` it can be approved with others by one press."""

    review: Review
    when: str
    is_turn: bool
    is_together: bool
    given: int

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided yet."""
        return self.review.state == ReviewState.OPEN

    @property
    def needs_more(self) -> bool:
        """Whether more than one person must approve it, so that the number is worth a word."""
        return self.is_open and self.review.level == Level.FINAL and self.review.approvals_needed > 1


@dataclass(frozen=True, slots=True)
class Harmless:
    """The rules of a brand that name harmless kinds of fields, and the groups above those that are asked about."""

    rules: Sequence[ReviewRule]
    above: Mapping[uuid.UUID, frozenset[uuid.UUID]] = field(default_factory=dict)

    @classmethod
    def of(cls, brand: Brand, reviews: Iterable[Review]) -> Harmless:
        """Reads both in two queries, however many reviews there are."""
        rules = [one for one in ReviewRule.objects.filter(brand=brand, is_active=True) if one.harmless_kinds]
        above: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        if rules:
            groups = {review.mailing.group_id for review in reviews}
            for below, group in GroupPath.objects.filter(descendant__in=groups).values_list("descendant", "ancestor"):
                above[below].add(group)
        return cls(rules, {below: frozenset(groups) for below, groups in above.items()})

    def covers(self, review: Review) -> bool:
        """Tells whether a submission differs only in fields that a rule for it names, and no check found anything.

        It goes by what was noted when it was submitted; its digest keeps that true.
        """
        if review.changed_kinds is None or review.has_findings:
            return False
        mailing = review.mailing
        audience = mailing.audience
        facts = Facts(
            groups=self.above.get(mailing.group_id, frozenset()),
            template=mailing.version.template_id,
            people=audience.size if audience is not None and audience.kind == AudienceKind.LIST else None,
            changed_kinds=frozenset(review.changed_kinds),
        )
        return any(clause_of(rule).matches(facts) for rule in self.rules)


def rows_of(brand: Brand, reviews: Sequence[Review]) -> list[Row]:
    """Gives the rows of reviews that `campaigns.review.queries.listed` gave."""
    harmless = Harmless.of(brand, reviews)
    return [
        Row(
            review=review,
            when=moment_in_words(review.mailing),
            is_turn=review.is_turn,  # type: ignore[attr-defined]  # `listed` annotates both
            is_together=review.is_turn and harmless.covers(review),  # type: ignore[attr-defined]
            given=review.given,  # type: ignore[attr-defined]
        )
        for review in reviews
    ]
