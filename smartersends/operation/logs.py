"""How a log line looks: for people, or as one JSON object; with what it is about, and without personal data.

A message of the house is an event and its parts: `delivery.moved_meanwhile delivery=%s`. Parts become fields. Of an
exception stay its type, where it happened, and its message without what that quotes.
"""

from __future__ import annotations

import logging
import logging.config
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from groups.watching.context import about
from smartersends.operation.discretion import without_people, without_values

PART: Final = re.compile(r"(\w+)=%[sdr]")
FRAMES: Final = 30


class ContextFilter(logging.Filter):
    """Notes on each line what it is about, in the thread that wrote it, and takes the path out of Django's."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Adds what is bound."""
        record.about = dict(about())
        # Whoever has the address of somebody's unsubscribe page can unsubscribe them.
        request = getattr(record, "request", None)
        if request is not None and record.name.startswith("django.") and record.args:
            match = getattr(request, "resolver_match", None)
            view = (match and match.view_name) or "an unknown address"
            record.args = tuple(view if argument == request.path else argument for argument in record.args)
        return True


class LineFormatter(logging.Formatter):
    """A line for people: time, level, logger, message, and what it is about."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """Writes the line."""
        bound = "".join(f" {name}={value}" for name, value in getattr(record, "about", {}).items())
        line = without_people(super().format(record))
        first, line_end, rest = line.partition("\n")
        return f"{first}{bound}{line_end}{rest}"

    def formatException(self, ei: Any) -> str:  # logging's own name
        """Writes where it happened and what, without what the message quotes."""
        frames = "".join(traceback.format_tb(ei[2], limit=-FRAMES))
        return f"Traceback (most recent call last):\n{frames}{_named(ei[1])}"


class JsonFormatter(logging.Formatter):
    """A JSON object a line: time, level, logger, event, what it is about, the parts of the message, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Writes the object."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_people(record.getMessage()),
            **getattr(record, "about", {}),
            **_parts(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__, limit=-FRAMES)
            line["error_type"] = f"{type(error).__module__}.{type(error).__qualname__}"
            line["error"] = without_values(str(error))
            line["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return orjson.dumps(line, default=str).decode()


def set_up_celery(loglevel: int | str | None = None, **_: Any) -> None:
    """Lets Celery log as the portal does, at the level that its command names."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
    if loglevel:
        logging.getLogger().setLevel(loglevel)


def _parts(record: logging.LogRecord) -> dict[str, Any]:
    """Gives the named parts of a message as they were given."""
    arguments = record.args if isinstance(record.args, tuple) else ()
    names = PART.findall(str(record.msg))
    if len(names) != len(arguments):
        return {}
    return {
        name: value if isinstance(value, int | float | bool) else without_people(str(value))
        for name, value in zip(names, arguments, strict=True)
    }


def _named(error: BaseException | None) -> str:
    if error is None:
        return str(sys.exc_info()[0])
    return f"{type(error).__qualname__}: {without_values(str(error))}"
