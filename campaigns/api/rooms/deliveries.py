"""Deliveries and their batches, with what Braze said."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Path, Router

from campaigns.api import shown
from campaigns.api.outcome_schemas import BatchOut, DecisionSaid, DeliveriesOut, DeliveryOut
from campaigns.delivery.decisions import decide_batch
from campaigns.models import Batch, BatchState, Delivery, Mailing
from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.idempotency import PARAMETER, once
from groups.api.paging import AskedPage, Page, page_of
from groups.roles import Permission

P = Permission
router = Router(tags=["Deliveries"])
BatchId = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get(
    "/mailings/{mailing_id}/deliveries",
    response=DeliveriesOut,
    auth=Bearer(P.SEE_MAILINGS),
    summary="List the deliveries of a mailing",
)
def list_deliveries(request: ApiRequest, mailing_id: UUID) -> DeliveriesOut:
    """Gives every hand-over of a mailing, newest first."""
    mailing = access.get(request.auth, Mailing, mailing_id, P.SEE_MAILINGS)
    return DeliveriesOut(items=[shown.delivery_out(delivery) for delivery in mailing.deliveries.all()])


@router.get("/deliveries/{delivery_id}", response=DeliveryOut, auth=Bearer(P.SEE_MAILINGS), summary="Read a delivery")
def read_delivery(request: ApiRequest, delivery_id: UUID) -> DeliveryOut:
    """Gives where a delivery stands, with its batches counted by state."""
    return shown.delivery_out(_delivery(request, delivery_id))


@router.get(
    "/deliveries/{delivery_id}/batches",
    response=Page[BatchOut],
    auth=Bearer(P.SEE_MAILINGS),
    summary="List the batches of a delivery",
)
def list_batches(
    request: ApiRequest, delivery_id: UUID, paging: AskedPage, state: BatchState | None = None
) -> Page[BatchOut]:
    """Gives the batches by number, with the dispatch ID by which Braze knows each; nobody is named."""
    batches = Batch.objects.filter(delivery=_delivery(request, delivery_id))
    if state is not None:
        batches = batches.filter(state=state)
    found = page_of(request, batches, paging, by="number", newest_first=False)
    return Page(items=[shown.batch_out(batch) for batch in found.rows], next=found.next)


@router.post(
    "/batches/{batch_id}/decide",
    response=BatchOut,
    auth=Bearer(P.STOP_MAILINGS),
    openapi_extra=PARAMETER,
    summary="Decide on an uncertain batch",
)
@once()
def decide(request: ApiRequest, batch_id: BatchId, said: DecisionSaid) -> BatchOut:
    """Counts an uncertain batch as sent, or as not sent so that its people get the mail."""
    batch = access.get(request.auth, Batch, batch_id, P.STOP_MAILINGS)
    return shown.batch_out(decide_batch(batch=batch, as_sent=said.decision == "sent", actor=request.auth))


def _delivery(request: ApiRequest, delivery_id: UUID) -> Delivery:
    """Gives a delivery of a mailing that its group may know of."""
    delivery = access.get(request.auth, Delivery, delivery_id, P.SEE_MAILINGS)
    access.get(request.auth, Mailing, delivery.mailing_id, P.SEE_MAILINGS)
    return delivery
