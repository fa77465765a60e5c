"""Whether a mailing needs somebody else's yes."""

from __future__ import annotations

from campaigns.brandlock import RenderContext
from campaigns.models import Mailing
from campaigns.rules.queries import asks_for_approval
from groups.access import may
from groups.models import Group, GroupPath, ReviewPolicy, User
from groups.roles import Permission


def policy_of(group: Group) -> ReviewPolicy:
    """Gives the policy of a group: the strictest that the brand or any level of the tree above it states.

    Anything that is not plainly "none" means one approval, so that a mailing which no policy matches cannot slip
    through (catalogue M2).
    """
    stated = GroupPath.objects.filter(descendant=group).exclude(ancestor__review_policy=ReviewPolicy.INHERIT)
    stricter = stated.exclude(ancestor__review_policy=ReviewPolicy.NONE)
    if group.brand.review_policy != ReviewPolicy.NONE or stricter.exists():
        return ReviewPolicy.ONE_LEVEL
    return ReviewPolicy.NONE


def needs_approval(mailing: Mailing, actor: User, context: RenderContext | None = None) -> bool:
    """Tells whether `actor` must submit this mailing.

    They lack *send mailings*, the policy demands approval, or the mailing holds words that the brand wants approved.
    """
    return (
        not may(actor, Permission.SEND_MAILINGS, mailing.group)
        or policy_of(mailing.group) != ReviewPolicy.NONE
        or asks_for_approval(mailing, context)
    )
