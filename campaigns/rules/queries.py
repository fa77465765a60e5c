"""What a brand restricts, and what of it a mailing meets."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled, RenderContext
from campaigns.brandlock.restricted import Hit, Restriction, restricted_in, restricted_in_values
from campaigns.compose.content import compiled_of, context_for
from campaigns.compose.sender import PARTS
from campaigns.compose.sender_person import fields_of_person
from campaigns.errors import Refusal
from campaigns.models import Mailing, RestrictedWord, RuleLevel
from groups.models import Brand


def words_of(brand: Brand) -> QuerySet[RestrictedWord]:
    """Gives the brand's restricted words, words before patterns, each with who added it."""
    return RestrictedWord.objects.filter(brand=brand).select_related("created_by")


def restrictions_of(brand: Brand, level: RuleLevel | None = None) -> tuple[Restriction, ...]:
    """Gives the brand's restricted words as brand lock looks for them, those of one level where it is named."""
    words = RestrictedWord.objects.filter(brand=brand)
    if level is not None:
        words = words.filter(level=level)
    return tuple(Restriction(word.text, word.is_pattern, word.level, word.reason) for word in words)


def hits_of(
    mailing: Mailing, compiled: Compiled, context: RenderContext, restrictions: tuple[Restriction, ...]
) -> tuple[Hit, ...]:
    """Gives what a mailing meets in its fields and, without a field, in name and addresses of its sender.

    What it says of the person in whose name it goes counts with the sender, because people write that themselves.
    """
    if not restrictions:
        return ()
    named = (*PARTS, *fields_of_person(compiled, mailing.values, context.snippets))
    sender = (
        replace(hit, label=words)
        for words in dict.fromkeys(context.sender.get(name, "") for name in named)
        for hit in restricted_in(words, restrictions)
    )
    return (*restricted_in_values(compiled, mailing.values, context, restrictions), *sender)


def asks_for_approval(mailing: Mailing, context: RenderContext | None = None) -> bool:
    """Tells whether a mailing holds words with which it may only go out once somebody has approved it."""
    restrictions = restrictions_of(mailing.group.brand, RuleLevel.APPROVE)
    return bool(restrictions) and bool(
        hits_of(mailing, compiled_of(mailing.version), context or context_for(mailing), restrictions)
    )


def demand_unrestricted(mailing: Mailing, *, is_approved: bool) -> None:
    """Raises `Refusal` when a mailing that was let through holds words that the brand has restricted since."""
    levels = {RuleLevel.BLOCK} if is_approved else {RuleLevel.BLOCK, RuleLevel.APPROVE}
    restrictions = tuple(one for one in restrictions_of(mailing.group.brand) if one.level in levels)
    for hit in hits_of(mailing, compiled_of(mailing.version), context_for(mailing), restrictions):
        sentence = _(
            "Your brand has restricted “%(words)s” since this was scheduled. Bring it back to draft. %(reason)s"
        )
        raise Refusal((sentence % {"words": hit.words, "reason": hit.restriction.reason}).strip())
