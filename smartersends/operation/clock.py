"""The clock of the portal: Celery's own, which also says that it lives."""

from __future__ import annotations

from typing import Any

from celery.beat import PersistentScheduler

from smartersends.operation.heartbeats import note_beat


class Clock(PersistentScheduler):
    """Notes each tick; a tick that could not be noted is still a tick."""

    def tick(self, *args: Any, **kwargs: Any) -> Any:
        """Sends what is due and notes the tick."""
        wait = super().tick(*args, **kwargs)
        try:
            note_beat()
        except Exception:
            self.logger.warning("clock.unnoted", exc_info=True)
        return wait
