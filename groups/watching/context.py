"""What the log lines of this moment are about: request, task, brand, mailing, delivery, by their ids alone.

Bound by whoever takes up a piece of work and unbound when it is done; every log line carries what is bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_about: ContextVar[Mapping[str, str]] = ContextVar("about", default=_NOTHING)
# Of what views and tasks take, these ids may stand in a log; a name here ends with `_id` there.
KNOWN: Final = frozenset(
    {"mailing", "delivery", "batch", "group", "workspace", "rollout", "template", "review", "import", "audience"}
)


def about() -> Mapping[str, str]:
    """Gives what is bound now."""
    return _about.get()


def bind(**ids: object) -> None:
    """Adds ids to what is bound, until the surrounding `bound` ends."""
    _about.set({**_about.get(), **{name: str(value) for name, value in ids.items()}})


def bind_known(arguments: Mapping[str, object]) -> None:
    """Adds the ids among the arguments of a view or a task that may stand in a log."""
    bind(**{name.removesuffix("_id"): value for name, value in arguments.items() if name.removesuffix("_id") in KNOWN})


@contextmanager
def bound(**ids: object) -> Iterator[None]:
    """Binds ids for a piece of work, and what is bound within it ends with it."""
    token = _about.set({**_about.get(), **{name: str(value) for name, value in ids.items()}})
    try:
        yield
    finally:
        _about.reset(token)
