"""How gunicorn serves the portal: `gunicorn -c python:smartersends.server smartersends.wsgi`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger


class PortalLogger(Logger):  # type: ignore[misc]  # it comes without types
    """Hands gunicorn's own lines to the portal's log; requests have their line from the portal itself."""

    def setup(self, cfg: Any) -> None:
        """Takes gunicorn's own handlers away."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


bind = f"0.0.0.0:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
# Memory where there is some: a disk that is busy would make workers look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
graceful_timeout = 30
loglevel = os.environ.get("LOG_LEVEL", "INFO").lower()
logger_class = PortalLogger
