"""A message broker in a folder, for the column that runs without servers.

kombu's filesystem transport writes a message in place, so that a worker may read half of it, lose the message and
exit. Here a message appears under its final name only when it is whole.
"""

from __future__ import annotations

import itertools
import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps

_sequence = itertools.count()


class Channel(filesystem.Channel):
    """A filesystem channel whose put is one atomic rename."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # kombu contradicts itself
        """Writes the message beside its place and renames it in; names sort by time, also over restarts.

        The name that it is written under must not hold the queue's: kombu takes every file whose name does.
        """
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns() // 1_000_000:015d}_{next(_sequence):06d}_{uuid.uuid4()}.{queue}.msg"
        part = folder / f".{uuid.uuid4()}.part"
        part.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(part, folder / name)  # noqa: PTH105  # the rename is the point: it is what makes the put atomic


class Transport(filesystem.Transport):
    """The transport named in `CELERY_BROKER_TRANSPORT`."""

    Channel = Channel
