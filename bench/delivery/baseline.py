"""What people write first: a Celery task per batch that reads its people, posts by a plain client, writes the result.

Run by ``celery --app bench.delivery.baseline worker``; it is measured beside our worker and used for nothing else.
"""

from __future__ import annotations

import os

import django
import httpx
from celery import Celery
from django.utils import timezone

django.setup()

from bench.client import PATH  # noqa: E402
from campaigns.models import Batch, BatchState, Recipient  # noqa: E402

app = Celery("baseline", set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = os.environ["BENCH_QUEUE"] + "-baseline"


@app.task(name="bench.post")
def post(batch_id: int) -> None:
    """Hands over one batch."""
    batch = Batch.objects.select_related("delivery__workspace").get(pk=batch_id)
    delivery, workspace = batch.delivery, batch.delivery.workspace
    message = delivery.message
    people = Recipient.objects.filter(batch=batch).values_list("contact__external_id", flat=True)
    body = {
        "external_user_ids": list(people),
        "campaign_id": delivery.campaign_id,
        "send_id": delivery.send_id,
        "schedule": {"time": delivery.go_at.isoformat() if delivery.go_at else ""},
        "messages": {
            "email": {
                "app_id": delivery.app_id,
                "subject": message["subject"],
                "from": message["from"],
                "body": message["html"],
                "plaintext_body": message["text"],
                "message_variation_id": delivery.variation_id,
            }
        },
    }
    with httpx.Client(base_url=workspace.endpoint, headers={"authorization": f"Bearer {workspace.api_key}"}) as client:
        answer = client.post(PATH, json=body).raise_for_status().json()
    Batch.objects.filter(pk=batch_id).update(
        state=BatchState.ACCEPTED,
        answered_at=timezone.now(),
        dispatch_id=answer["dispatch_id"],
        schedule_id=answer["schedule_id"],
    )
