"""Lists that Braze gives page by page, read the same way by both clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from braze_client.calls.call import Call

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)
MOST_PAGES: Final = 10_000


class Page(Protocol[Item_co]):
    """One page of a list; Braze gives no total, so a short page is the last one (B-SEG-1)."""

    @property
    def items(self) -> tuple[Item_co, ...]:
        """The items of the page, in Braze's order."""
        ...

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        ...


@dataclass(frozen=True, slots=True)
class Paged(Generic[Item]):
    """A list to be read page by page: ``call`` gives the call of a page, from 0.

    At most 10,000 pages are read: a list that goes on then ends as :class:`Uncertain`, never as if it were whole.
    """

    call: Callable[[int], Call[Page[Item]]] = field(repr=False)
    most_pages: int = MOST_PAGES
