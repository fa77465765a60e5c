"""Holding back programs that ask too often, and never a person: a few counts for a minute in the cache."""

from __future__ import annotations

from typing import Final

from django.core.cache import cache

WINDOW_SECONDS: Final = 60
# No person leaves or comes back so often; what they asked first stands.
ACTS_OF_ONE_LINK: Final = 20
# Links that are none, from one network: mail programs of a whole office stand behind one, but their links are real.
UNKNOWN_LINKS_OF_ONE_NETWORK: Final = 120


def is_too_often(what: str, key: str, limit: int) -> bool:
    """Counts one more of something within a minute, and tells whether it passes the limit.

    Where the cache does not answer as it should, nobody is held back.
    """
    name = f"throttle:{what}:{key}"
    cache.add(name, 0, WINDOW_SECONDS)
    try:
        return cache.incr(name) > limit
    except ValueError:
        return False
