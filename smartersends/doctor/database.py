"""The database: whether it answers, has all migrations, is new enough, and is set as the portal needs it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from django.db import DatabaseError, connection

from smartersends.doctor.finding import Finding, fine, odd, wrong
from smartersends.operation.health import ask_database, missing_migrations
from smartersends.settings.environment import PRODUCTION

OLDEST: Final = {"postgresql": (14, 0), "sqlite": (3, 35)}
SKEW_SECONDS: Final = 2.0


def look_at_database() -> Iterator[Finding]:
    """Looks at the server, its version and its migrations."""
    try:
        ask_database()
        missing = missing_migrations()
    except DatabaseError as error:
        yield wrong(
            f"The database does not answer ({type(error).__name__}).",
            "Look whether it runs, and whether DATABASE_URL names the right host, name and password.",
        )
        return
    name, version = connection.display_name, connection.get_database_version()
    oldest = OLDEST[connection.vendor]
    if version < oldest:
        wanted = ".".join(map(str, oldest))
        yield wrong(f"{name} {_dotted(version)} is too old.", f"Upgrade it to {wanted} or newer.")
    else:
        yield fine(f"{name} {_dotted(version)} answers.")
    if missing:
        yield wrong(
            f"{len(missing)} migrations are not applied; the first is {missing[0]}.",
            "Run `python manage.py migrate` before portal and worker start.",
        )
    else:
        yield fine("All migrations are applied.")
    if connection.vendor == "sqlite":
        yield from _sqlite()


def _sqlite() -> Iterator[Finding]:
    if PRODUCTION:
        yield odd(
            "The portal runs on SQLite, which writes one thing at a time.",
            "Use PostgreSQL (DATABASE_URL) where more than a handful of people work.",
        )
    with connection.cursor() as cursor:
        (mode,) = cursor.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        yield wrong(
            f"SQLite's journal mode is {mode}: whoever reads holds up whoever writes.",
            "Let the portal open the file itself, on a disk of this machine; a network folder cannot do WAL.",
        )
    if connection.settings_dict.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
        yield wrong(
            "SQLite's transactions are not IMMEDIATE: work that reads and then writes fails at random.",
            "Leave DATABASES to the portal's own settings.",
        )


def look_at_clocks() -> Iterator[Finding]:
    """Looks whether this machine and the database agree on the time: mailings go out by it."""
    if connection.vendor != "postgresql":
        return
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    skew = (theirs - before).total_seconds()
    yield skew_between("the database", skew)


def skew_between(name: str, seconds: float) -> Finding:
    """Gives what to say of another clock that is so many seconds ahead of this machine's, or behind it."""
    if abs(seconds) <= SKEW_SECONDS:
        return fine(f"The clocks of this machine and of {name} agree.")
    where = "ahead of" if seconds > 0 else "behind"
    return wrong(
        f"The clock of {name} is {abs(seconds):.0f} s {where} this machine's.",
        "Let both keep their time by NTP: leases, windows of rate limits and go times rest on it.",
    )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
