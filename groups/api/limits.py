"""How often a token may call: so many calls a minute, counted in the shared cache."""

from __future__ import annotations

import time
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from groups.api.problems import Problem
from groups.models import ApiToken

WINDOW_SECONDS: Final = 60


def count_call(request: HttpRequest, token: ApiToken) -> None:
    """Counts a call of a token in this minute, and notes for the answer's headers what is left of it.

    Raises `Problem` 429 with the seconds to wait. Where the cache does not answer as it should, nobody is held back.
    """
    now = time.time()
    window, wait = int(now // WINDOW_SECONDS), WINDOW_SECONDS - int(now % WINDOW_SECONDS)
    most: int = settings.API_CALLS_PER_MINUTE
    name = f"api-calls:{token.pk}:{window}"
    cache.add(name, 0, 2 * WINDOW_SECONDS)
    try:
        made = cache.incr(name)
    except ValueError:
        return
    headers = {
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": str(max(0, most - made)),
        "RateLimit-Reset": str(wait),
    }
    asked: Any = request
    asked.rate_headers = headers
    if made > most:
        raise Problem(
            429,
            "too-many-calls",
            _("This token has made its %(most)s calls of this minute. Go on in %(wait)s seconds.")
            % {"most": most, "wait": wait},
            headers={**headers, "Retry-After": str(wait)},
        )
