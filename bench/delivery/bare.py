"""The bare limit of a worker: the bodies of a delivery, prepared beforehand, posted over the same transport."""

from __future__ import annotations

import asyncio
import sys
from itertools import cycle, islice

import django

from bench.client import PATH
from bench.delivery.children import work
from braze_client.limits import BODY_BYTES, encoded
from braze_client.redact import Secret
from braze_client.transport import async_client

# So many bodies are prepared and posted again and again, so that they fit into memory.
_MOST_BODIES = 1_000


def main(delivery_id: str, connections: int, calls: int) -> None:
    """Posts so many calls with so many plain loops; looks at the status alone, and at no database."""
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from campaigns.delivery.calling import Job, Post
    from campaigns.models import Batch, BatchState, Delivery, Recipient

    delivery = Delivery.objects.select_related("workspace", "mailing__group").get(pk=delivery_id)
    post, now, bodies = Post(), timezone.now(), []
    for batch in Batch.objects.filter(delivery=delivery).order_by("number")[: min(_MOST_BODIES, calls)]:
        batch.state, batch.delivery = BatchState.CALLING, delivery
        people = Recipient.objects.filter(batch=batch).order_by("pk").values_list("contact__external_id", flat=True)
        bodies.append(
            encoded(post.call_for(Job(batch, tuple(people)), now).body, BODY_BYTES, "B-HTTP-8", "the request")
        )
    endpoint, secret = delivery.workspace.endpoint, Secret(delivery.workspace.api_key)
    connection.close()

    async def send() -> int:
        source = islice(cycle(bodies), calls)
        async with async_client(endpoint, secret, connections, None) as http:

            async def one_after_the_other() -> None:
                for body in source:
                    answer = await http.post(PATH, content=body, headers={"content-type": "application/json"})
                    answer.raise_for_status()

            await asyncio.gather(*(one_after_the_other() for _ in range(connections)))
        return calls

    work(lambda: asyncio.run(send()))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
