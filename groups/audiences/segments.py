"""Reading the segments of a brand's Braze workspace."""

from __future__ import annotations

from typing import Final

from braze_client import BrazeError, Segment, calls
from groups.models import Brand
from groups.workspace.braze import client_for, explained
from groups.workspace.queries import workspace_of

PAGES: Final = 50


def all_of(brand: Brand) -> tuple[Segment, ...]:
    """Gives all segments, at most 5,000, oldest first.

    Raises `NotConnected` where Braze is not connected or refuses the key, `BrazeUnreachable` where it does not answer.
    """
    found: list[Segment] = []
    try:
        with client_for(workspace_of(brand)) as client:
            for number in range(PAGES):
                page = client.send(calls.segments_list(number), attempts=1)
                found += page.segments
                if page.is_last:
                    break
    except BrazeError as error:
        raise explained(error) from error
    return tuple(found)
