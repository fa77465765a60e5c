"""What waits for a yes, and the answers."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from ninja import Router

from campaigns.api import shown
from campaigns.api.schemas import (
    ApproveSaid,
    DifferenceOut,
    ReasonSaid,
    ReviewOut,
    ReviewWithDifferences,
)
from campaigns.compose.queries import differences
from campaigns.models import Review, ReviewState
from campaigns.review import deciding, queries
from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.idempotency import PARAMETER, once
from groups.api.paging import AskedPage, Page, page_of
from groups.roles import Permission

P = Permission
DECIDING: Final = (P.APPROVE_MAILINGS, P.REVIEW_MAILINGS)
router = Router(tags=["Reviews"])


@router.get("/reviews", response=Page[ReviewOut], auth=Bearer(*DECIDING), summary="List submissions")
def list_reviews(
    request: ApiRequest, paging: AskedPage, state: ReviewState = ReviewState.OPEN, is_mine: bool = False
) -> Page[ReviewOut]:
    """Gives submissions, newest first; with `is_mine` only those that wait for the yes of the token's person."""
    seen = queries.seen(request.auth).filter(mailing__group__brand=request.brand, state=state)
    if is_mine:
        seen = seen.filter(pk__in=queries.waiting_for(request.auth).order_by().values("pk"))
    seen = seen.select_related("mailing", "submitted_by")
    found = page_of(request, seen, paging, by="submitted_at")
    return Page(items=[shown.review_out(review) for review in found.rows], next=found.next)


@router.get("/reviews/{review_id}", response=ReviewWithDifferences, auth=Bearer(*DECIDING), summary="Read a submission")
def read_review(request: ApiRequest, review_id: UUID) -> ReviewWithDifferences:
    """Gives a submission with what the mailing changes against its template."""
    return _with_differences(queries.get_review(request.auth, review_id))


@router.post(
    "/reviews/{review_id}/approve",
    response=ReviewWithDifferences,
    auth=Bearer(*DECIDING),
    openapi_extra=PARAMETER,
    summary="Approve",
)
@once()
def approve(request: ApiRequest, review_id: UUID, said: ApproveSaid) -> ReviewWithDifferences:
    """Says yes, at the level whose turn it is, to exactly what the digest names."""
    review = queries.get_review(request.auth, review_id)
    deciding.approve(review=review, actor=request.auth, digest=said.digest)
    return _with_differences(review)


@router.post(
    "/reviews/{review_id}/ask-for-changes",
    response=ReviewWithDifferences,
    auth=Bearer(*DECIDING),
    openapi_extra=PARAMETER,
    summary="Ask for changes",
)
@once()
def ask_for_changes(request: ApiRequest, review_id: UUID, said: ReasonSaid) -> ReviewWithDifferences:
    """Sends a submission back to its author, with a reason."""
    review = queries.get_review(request.auth, review_id)
    deciding.ask_for_changes(review=review, actor=request.auth, reason=said.reason)
    return _with_differences(review)


@router.post(
    "/reviews/{review_id}/revoke",
    response=ReviewWithDifferences,
    auth=Bearer(P.APPROVE_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Revoke an approval",
)
@once()
def revoke(request: ApiRequest, review_id: UUID, said: ReasonSaid) -> ReviewWithDifferences:
    """Takes an approval back, with a reason; what was staged is withdrawn."""
    review = access.get(request.auth, Review, review_id, P.APPROVE_MAILINGS)
    deciding.revoke(review=review, actor=request.auth, reason=said.reason)
    return _with_differences(review)


def _with_differences(review: Review) -> ReviewWithDifferences:
    found = differences(review.mailing)
    return shown.review_with(
        review,
        (DifferenceOut(field=one.field, label=one.label, before=one.before, after=one.after) for one in found),
    )
