"""A worker's process: brings contacts to Braze by the very function that the Celery task calls."""

from __future__ import annotations

import sys
import time
from unittest.mock import patch
from uuid import UUID

import django

from bench.delivery.children import work


def main(workspace_id: str, begin: float, end: float) -> None:
    """Works from one moment to another; its pieces of work are contacts that Braze took."""
    django.setup()
    from bench.sync import a_window
    from groups.audiences import syncing
    from groups.models import Contact

    def do() -> int:
        time.sleep(max(0.0, begin - time.time()))
        done = 0
        while (left := end - time.time()) > 0:
            done += syncing.sync_contacts(UUID(workspace_id), left).synced
        return done

    Contact.objects.exists()
    with patch.object(syncing, "TRACK", a_window()):
        work(do)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
