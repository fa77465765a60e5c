"""Whether a mailing needs somebody else's yes."""

from __future__ import annotations

from campaigns.models import Mailing
from groups.access import may
from groups.models import Group, GroupPath, ReviewPolicy, User
from groups.roles import Permission


def policy_of(group: Group) -> ReviewPolicy:
    """Gives the policy of a group: the nearest level that states one, else the brand's.

    Anything that is not plainly "none" means one approval, so that a mailing which no policy matches cannot slip
    through (catalogue M2).
    """
    stated = (
        GroupPath.objects.filter(descendant=group)
        .exclude(ancestor__review_policy=ReviewPolicy.INHERIT)
        .order_by("depth")
        .values_list("ancestor__review_policy", flat=True)
        .first()
    )
    policy = stated or group.brand.review_policy
    return ReviewPolicy.NONE if policy == ReviewPolicy.NONE else ReviewPolicy.ONE_LEVEL


def needs_approval(mailing: Mailing, actor: User) -> bool:
    """Tells whether `actor` must submit this mailing: they lack *send mailings*, or the policy demands approval."""
    return not may(actor, Permission.SEND_MAILINGS, mailing.group) or policy_of(mailing.group) != ReviewPolicy.NONE
