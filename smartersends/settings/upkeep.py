"""How many days things are kept; 0 keeps them for ever (docs/upkeep.md)."""

from __future__ import annotations

from smartersends.settings.environment import env

RETENTION_CONTACTS_DAYS = env.int("RETENTION_CONTACTS_DAYS", default=0)
RETENTION_IMPORTS_DAYS = env.int("RETENTION_IMPORTS_DAYS", default=0)
RETENTION_NOTICES_DAYS = env.int("RETENTION_NOTICES_DAYS", default=0)
RETENTION_SESSIONS_DAYS = env.int("RETENTION_SESSIONS_DAYS", default=1)
RETENTION_RECIPIENTS_DAYS = env.int("RETENTION_RECIPIENTS_DAYS", default=0)
RETENTION_IMAGES_DAYS = env.int("RETENTION_IMAGES_DAYS", default=0)
RETENTION_SNAPSHOTS_DAYS = env.int("RETENTION_SNAPSHOTS_DAYS", default=0)
RETENTION_TESTS_DAYS = env.int("RETENTION_TESTS_DAYS", default=0)
