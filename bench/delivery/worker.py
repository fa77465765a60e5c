"""A worker's process: hands over what waits in a workspace by the very function that the Celery task calls."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from unittest.mock import patch
from uuid import UUID

import django

from bench.delivery.children import work
from braze_client.pacing import SHARED, Pool

# As a sweep would, a worker looks again after a while when nothing could be done; here after a short one.
_REST_SECONDS = 0.02


def main(workspace_id: str, seconds: float, limit: int, window_seconds: int) -> None:
    """Works until nothing waits any more, at most so long; its pieces of work are runs of the dispatcher.

    With a limit Braze's shared window is taken to be of that many calls in so many seconds.
    """
    django.setup()
    from campaigns.delivery.tasks import dispatch
    from campaigns.models import Batch, BatchState, DeliveryState

    staging = Batch.objects.filter(delivery__workspace=UUID(workspace_id), delivery__state=DeliveryState.STAGING)
    waiting = staging.filter(state=BatchState.WAITING)

    def do() -> int:
        runs, ends_at = 0, time.monotonic() + seconds
        while waiting.exists():
            dispatch(workspace_id)
            runs += 1
            if time.monotonic() >= ends_at:
                break
            time.sleep(_REST_SECONDS)
        return runs

    with ExitStack() as stack:
        if limit:
            window = Pool(SHARED.name, limit, window_seconds)
            stack.enter_context(patch("campaigns.delivery.allowance.SHARED", window))
        waiting.exists()
        work(do)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
