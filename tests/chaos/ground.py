"""The ground that runs stand on: a sandbox, a furnished database to copy, a clock, and settings that suit them."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.test import override_settings

from campaigns.delivery.plan import membership
from tests.chaos import scene
from tests.chaos.braze import Braze, a_braze
from tests.chaos.clock import Clock
from tests.chaos.databases import Databases
from tests.chaos.run import Run

CONNECTIONS: Final = 4
PEOPLE_PER_CHUNK: Final = 60
# Between two runs, so that no rate-limit window or lease of one is met by the next.
HOURS_BETWEEN: Final = 3
# As in production, but for the connections, the breaker, and Braze's five minutes until it knows somebody.
SETTINGS: Final[dict[str, Any]] = {
    "SEND_LEAD_SECONDS": 300,
    "SEND_MARGIN_SECONDS": 60,
    "BRAZE_PROPAGATION_SECONDS": 0,
    "BRAZE_CONNECTIONS": CONNECTIONS,
    "BREAKER_FAILURES": 6,
    "BREAKER_REST_SECONDS": 30,
    "DUE_TOLERANCE_MINUTES": 15,
    "BRAZE_ALLOW_INSECURE_ENDPOINTS": True,
    "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "LANGUAGE_CODE": "en",
    "DEFAULT_BRAND": "",
}


@dataclass(slots=True)
class Ground:
    """Where runs take place, one after the other."""

    folder: Path
    databases: Databases
    braze: Braze
    clock: Clock

    @contextmanager
    def a_run(self, *, read_seconds: float | None = None, **changed: Any) -> Iterator[Run]:
        """Gives a run with nothing behind it; `changed` are settings, workers wait `read_seconds` for an answer."""
        folder = self.folder / uuid.uuid4().hex[:8]
        folder.mkdir()
        self.clock.put_on(HOURS_BETWEEN * 3600)
        self.braze.reset(self.clock.ahead_seconds)
        with (
            override_settings(**{**SETTINGS, "CACHES": _cache(folder), **changed}),
            self.databases.a_copy() as database,
        ):
            run = Run(folder, database, self.braze, self.clock, read_seconds)
            try:
                yield run
            finally:
                run.crew.close()


@contextmanager
def a_ground(folder: Path, *, of_this_database: bool) -> Iterator[Ground]:
    """Prepares the ground; the template is a copy of the database that is connected now, or migrated from nothing."""
    with ExitStack() as stack:
        kept = membership.PEOPLE_PER_CHUNK
        stack.callback(setattr, membership, "PEOPLE_PER_CHUNK", kept)
        membership.PEOPLE_PER_CHUNK = PEOPLE_PER_CHUNK  # several chunks for a few hundred people
        braze = stack.enter_context(a_braze())
        databases = Databases(folder)
        stack.callback(databases.close)
        with override_settings(**SETTINGS):
            databases.make_template(of_this_one=of_this_database)
            with databases.furnishing():
                scene.furnish(braze.url)
        clock = Clock(folder / "clock")
        stack.callback(clock.close)
        # What is loaded by now is shared with the workers: no collector walks, and so copies, it.
        gc.freeze()
        stack.callback(gc.unfreeze)
        yield Ground(folder, databases, braze, clock)


def _cache(folder: Path) -> dict[str, dict[str, Any]]:
    """Gives a cache that the processes of one run share; in a folder, because Redis forgets by a clock of its own."""
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    return {"default": {"BACKEND": backend, "LOCATION": str(folder / "cache")}}
