"""Redis and the broker: whether they answer, and keep what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis, RedisError

from smartersends.doctor.database import skew_between
from smartersends.doctor.finding import Finding, fine, odd, wrong
from smartersends.operation.health import ask_broker
from smartersends.settings.environment import PRODUCTION

ANSWER_SECONDS: Final = 3.0
OLDEST: Final = (6, 2)


def look_at_redis() -> Iterator[Finding]:
    """Looks at each Redis that is named: version, what it throws out, what it keeps over a restart."""
    addresses = {settings.REDIS_URL, settings.CELERY_BROKER_URL}
    named = sorted(address for address in addresses if address.startswith(("redis:", "rediss:")))
    if not settings.REDIS_URL and PRODUCTION:
        yield odd(
            "REDIS_URL is empty: cache and rate limits are kept in files and rows.",
            "Set it where more than one worker runs.",
        )
    seen: set[str] = set()
    for address in named:
        server = Redis.from_url(address, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS)
        try:
            told: dict[str, Any] = server.info()
            seconds, microseconds = server.time()
        except (RedisError, OSError) as error:
            yield wrong(
                f"Redis does not answer ({type(error).__name__}).",
                "Look whether it runs, and whether REDIS_URL and CELERY_BROKER_URL name it.",
            )
            continue
        if told["run_id"] not in seen:
            seen.add(told["run_id"])
            yield from judge_redis(told)
            yield _skew(seconds + microseconds / 1_000_000)


def judge_redis(told: dict[str, Any]) -> Iterator[Finding]:
    """Gives what there is to say of a server that told this of itself (`INFO`)."""
    version = tuple(int(part) for part in str(told["redis_version"]).split(".")[:2])
    if version < OLDEST:
        yield wrong(f"Redis {told['redis_version']} is too old.", "Upgrade it to 6.2 or newer.")
    else:
        yield fine(f"Redis {told['redis_version']} answers.")
    policy = told.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        yield wrong(
            f"Redis throws things out when memory is short ({policy}): messages and counts of calls to Braze get lost.",
            "Set `maxmemory-policy noeviction`, and give it enough memory.",
        )
    used, most = told.get("used_memory", 0), told.get("maxmemory", 0)
    if most and used > 0.9 * most:
        yield wrong(f"Redis uses {100 * used // most} % of its memory.", "Give it more (`maxmemory`).")
    if not told.get("aof_enabled"):
        yield odd(
            "Redis keeps no log of what it is given (appendonly is off): after a crash it lacks the last minutes.",
            "Set `appendonly yes`. No mailing gets lost without it, but counts of calls to Braze do.",
        )


def look_at_broker() -> Iterator[Finding]:
    """Looks whether messages can be handed over."""
    try:
        ask_broker()
    except (OperationalError, OSError) as error:
        yield wrong(
            f"The broker does not answer ({type(error).__name__}).",
            "Look at CELERY_BROKER_URL. What waits stands in the rows, and goes on when it answers again.",
        )
    else:
        yield fine("The broker answers.")


def _skew(theirs: float) -> Finding:
    from time import time

    return skew_between("Redis", theirs - time())
