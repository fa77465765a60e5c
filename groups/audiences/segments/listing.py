"""Reading the segments of a brand's Braze workspace."""

from __future__ import annotations

from itertools import islice
from typing import Final

from braze_client import BrazeError, Segment, calls
from groups.models import Brand
from groups.workspace.braze import client_for, explained
from groups.workspace.queries import workspace_of

MOST_SEGMENTS: Final = 5_000


def all_of(brand: Brand) -> tuple[Segment, ...]:
    """Gives all segments, at most 5,000, oldest first.

    Raises `NotConnected` where Braze is not connected or refuses the key, `BrazeUnreachable` where it does not answer.
    """
    try:
        with client_for(workspace_of(brand)) as client:
            return tuple(islice(client.items(calls.every_segment(), attempts=1), MOST_SEGMENTS))
    except BrazeError as error:
        raise explained(error) from error
