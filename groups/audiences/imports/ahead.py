"""Reading ahead: while the database works on one chunk, the next one is read in a thread of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from django.utils import translation

T = TypeVar("T")

AHEAD: Final = 1


class _Over:
    """Says that nothing more comes, or why it ended."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


@contextmanager
def read_ahead(items: Iterable[T]) -> Iterator[Iterator[T]]:
    """Gives the same items in the same order; one of them waits finished, another is being made.

    They are made in another thread, in the language that is active here, and must not touch the database. What goes
    wrong there is raised here. Whoever leaves early leaves no thread behind.
    """
    waiting: queue.Queue[T | _Over] = queue.Queue(AHEAD)
    is_left = threading.Event()
    language = translation.get_language()

    def put(item: T | _Over) -> bool:
        while not is_left.is_set():
            try:
                waiting.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            with translation.override(language):
                for item in items:
                    if not put(item):
                        return
        except BaseException as error:
            put(_Over(error))
        else:
            put(_Over())

    def take() -> Iterator[T]:
        while True:
            item = waiting.get()
            if isinstance(item, _Over):
                if item.error is not None:
                    raise item.error
                return
            yield item

    thread = threading.Thread(target=make, name="read-ahead", daemon=True)
    thread.start()
    try:
        yield take()
    finally:
        is_left.set()
        thread.join()
