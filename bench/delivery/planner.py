"""A process that plans deliveries, as the Celery task does: slice after slice."""

from __future__ import annotations

import sys

import django

from bench.delivery.children import work


def main(delivery_ids: list[str]) -> None:
    """Plans the deliveries, one after the other."""
    django.setup()
    from campaigns.delivery.planning import plan
    from campaigns.delivery.tasks import PLAN_SECONDS
    from campaigns.models import Delivery, DeliveryState

    deliveries = list(Delivery.objects.filter(pk__in=delivery_ids).select_related("mailing__group__brand"))

    def do() -> int:
        for delivery in deliveries:
            while not plan(delivery, limit_seconds=PLAN_SECONDS):
                if delivery.state != DeliveryState.PLANNING:
                    raise RuntimeError(f"The plan failed: {delivery.state_reason}")
        return len(deliveries)

    work(do)


if __name__ == "__main__":
    main(sys.argv[1:])
