"""Approving several submissions by one press: only what differs from its template in harmless fields (M2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext as _

from campaigns.errors import Refusal
from campaigns.models import Review
from campaigns.preflight import check
from campaigns.review.deciding import approve
from campaigns.review.listing import Harmless
from campaigns.review.queries import get_review, waiting_for
from groups.models import Brand, User

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one submission: its name, empty where the person may not know it, and why it was refused."""

    name: str
    refusal: str = ""


def approve_together(*, listed: Mapping[str, str], brand: Brand, actor: User) -> list[Answer]:
    """Says yes to each submission of a list, by its id and the digest that the list named; one refusal stops no other.

    Raises `Refusal` for more than a hundred at once; nothing is approved then.
    """
    if len(listed) > MOST_AT_ONCE:
        raise Refusal(_("Approve at most 100 mailings at once."))
    return [_approved(review_id, digest, brand, actor) for review_id, digest in listed.items()]


def _approved(review_id: str, digest: str, brand: Brand, actor: User) -> Answer:
    try:
        review = get_review(actor, review_id)
    except Http404:
        return Answer("", _("There is no such submission."))
    if review.mailing.group.brand_id != brand.pk:
        return Answer("", _("There is no such submission."))
    try:
        _demand_harmless(review, brand, actor)
        approve(review=review, actor=actor, digest=digest or "-")
    except Refusal as refusal:
        return Answer(review.mailing.name, refusal.sentence)
    return Answer(review.mailing.name)


def _demand_harmless(review: Review, brand: Brand, actor: User) -> None:
    """Raises `Refusal` for what this person must look at by itself."""
    is_waiting = waiting_for(actor).filter(pk=review.pk).exists()
    if not is_waiting or not Harmless.of(brand, [review]).covers(review) or check(review.mailing, actor=actor):
        raise Refusal(_("Open this one and look at it by itself."))
