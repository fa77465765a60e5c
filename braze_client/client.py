"""The two clients, one for single calls and one for many at once; both send the calls of :mod:`braze_client.calls`."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
import httpx

from braze_client import transport as connections
from braze_client.calls import Call
from braze_client.errors import BrazeError, Uncertain
from braze_client.exchange import judge, rate_limits, request_for, unanswered
from braze_client.pacing import Pacer, RateLimits, budget_key
from braze_client.paging import Paged
from braze_client.retrying import DEFAULT_ATTEMPTS, LONGEST_WAIT_SECONDS, Attempts

T = TypeVar("T")
Item = TypeVar("Item")
Now = Callable[[], datetime]
OnRateLimits = Callable[[Call[object], RateLimits], None]
OnAnswer = Callable[[Call[object], BrazeError | None], None]

logger = logging.getLogger("braze_client")

# The aiohttp transport lets some errors through as they are, and the operating system's can surface in both.
CONNECTION_PROBLEMS = (httpx.HTTPError, httpx.StreamError, aiohttp.ClientError, TimeoutError, OSError)


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


def endless(paged: Paged[Item]) -> Uncertain:
    """Return the error of a list that did not end within its pages."""
    return Uncertain(f"Braze's list did not end within {paged.most_pages} pages", may_have_acted=False)


class Connection:
    """What both clients know: a checked endpoint, a key that shows itself to nobody, a clock, and who hears of limits.

    Raises :class:`EndpointRefused` for an address that is no endpoint, :class:`ContractViolation` for what is no key.
    """

    def __init__(
        self,
        endpoint: str,
        api_key: str,
        *,
        allow_insecure: bool = False,
        now: Now = utc_now,
        on_rate_limits: OnRateLimits | None = None,
        on_answer: OnAnswer | None = None,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        self.endpoint = connections.check_endpoint(endpoint, allow_insecure)
        self.budget_key = budget_key(self.endpoint, api_key)
        self._secret = connections.check_key(api_key)
        self._now = now
        self._on_rate_limits = on_rate_limits
        self._on_answer = on_answer
        self._longest_wait_seconds = longest_wait_seconds

    def __repr__(self) -> str:
        return f"{type(self).__name__}(endpoint={self.endpoint!r}, api_key={self._secret!r})"

    def attempts(self, call: Call[object], attempts: int) -> Attempts:
        """Return the count of attempts that ``call`` has."""
        return Attempts(call, attempts, self._now, self._longest_wait_seconds)

    def failed(self, call: Call[object], problem: BaseException) -> BrazeError:
        """Return the error of a request without an answer, and log it."""
        error = unanswered(call, problem, self._secret)
        logger.warning("%s %s got no answer: %s", call.method, call.path, error)
        self._tell(call, error)
        return error

    def read(self, call: Call[T], response: httpx.Response) -> T:
        """Pass the rate limits on, log the answer's status and request ID, and judge it."""
        now = self._now()
        if self._on_rate_limits is not None:
            self._on_rate_limits(call, rate_limits(response, now))
        if logger.isEnabledFor(logging.DEBUG):
            request_id = response.headers.get("x-request-id", "-")
            logger.debug("%s %s %s request %s", call.method, call.path, response.status_code, request_id)
        try:
            read = judge(call, response, now, self._secret)
        except BrazeError as error:
            self._tell(call, error)
            raise
        self._tell(call, None)
        return read

    def _tell(self, call: Call[object], error: BrazeError | None) -> None:
        if self._on_answer is not None:
            self._on_answer(call, error)


class BrazeClient(Connection):
    """A client for single calls; safe between threads, to be closed or used as a context.

    ``transport`` replaces the connections, for tests. ``allow_insecure`` permits a sandbox's address.
    ``on_rate_limits`` hears what each answer's headers say, for a :class:`WindowStore`. ``on_answer`` hears of each
    request what became of it: None, or the error that it ended with. ``longest_wait_seconds`` bounds each wait between
    attempts.
    """

    def __init__(
        self,
        endpoint: str,
        api_key: str,
        *,
        transport: httpx.BaseTransport | None = None,
        allow_insecure: bool = False,
        now: Now = utc_now,
        on_rate_limits: OnRateLimits | None = None,
        on_answer: OnAnswer | None = None,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        super().__init__(
            endpoint,
            api_key,
            allow_insecure=allow_insecure,
            now=now,
            on_rate_limits=on_rate_limits,
            on_answer=on_answer,
            longest_wait_seconds=longest_wait_seconds,
        )
        self._http = connections.sync_client(self.endpoint, self._secret, transport)

    def send(self, call: Call[T], attempts: int = DEFAULT_ATTEMPTS) -> T:
        """Make the call and return what it reads, or raise a :class:`BrazeError`.

        At most ``attempts`` requests, as section 16 of the contract allows; a call that makes mail is made once.
        """
        tries = self.attempts(call, attempts)
        request = request_for(call, self._http)
        while True:
            try:
                return self._send_once(call, request)
            except BrazeError as error:
                time.sleep(tries.wait_after(error))

    def _send_once(self, call: Call[T], request: httpx.Request) -> T:
        try:
            response = self._http.send(request)
        except CONNECTION_PROBLEMS as problem:
            raise self.failed(call, problem) from problem
        return self.read(call, response)

    def items(self, paged: Paged[Item], attempts: int = DEFAULT_ATTEMPTS) -> Iterator[Item]:
        """Yield the items of a list, page after page; raises as :meth:`send` does, in between."""
        for number in range(paged.most_pages):
            page = self.send(paged.call(number), attempts)
            yield from page.items
            if page.is_last:
                return
        raise endless(paged)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncBrazeClient(Connection):
    """A client for many calls at once, over aiohttp's connections; belongs to one event loop, used as a context.

    ``max_connections`` is the number of calls that may be in flight (B-RETRY-5). With a ``pacer`` each request waits
    for its windows and the pacer hears what the answers say of them. The rest as :class:`BrazeClient`.
    """

    def __init__(
        self,
        endpoint: str,
        api_key: str,
        *,
        max_connections: int = connections.DEFAULT_CONNECTIONS,
        transport: httpx.AsyncBaseTransport | None = None,
        allow_insecure: bool = False,
        now: Now = utc_now,
        on_rate_limits: OnRateLimits | None = None,
        on_answer: OnAnswer | None = None,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
        pacer: Pacer | None = None,
    ) -> None:
        super().__init__(
            endpoint,
            api_key,
            allow_insecure=allow_insecure,
            now=now,
            on_rate_limits=on_rate_limits,
            on_answer=on_answer,
            longest_wait_seconds=longest_wait_seconds,
        )
        self._pacer = pacer
        self._http = connections.async_client(self.endpoint, self._secret, max_connections, transport)

    async def send(self, call: Call[T], attempts: int = DEFAULT_ATTEMPTS) -> T:
        """Make the call as :meth:`BrazeClient.send` does, without holding up the event loop."""
        tries = self.attempts(call, attempts)
        request = request_for(call, self._http)
        while True:
            try:
                return await self._send_once(call, request)
            except BrazeError as error:
                await asyncio.sleep(tries.wait_after(error))

    async def _send_once(self, call: Call[T], request: httpx.Request) -> T:
        if self._pacer is not None:
            await self._pacer.take(call)
        try:
            async with asyncio.timeout(connections.whole_call_seconds(call.timeout_seconds)):
                response = await self._http.send(request)
        except CONNECTION_PROBLEMS as problem:
            raise self.failed(call, problem) from problem
        if self._pacer is not None:
            self._pacer.heard(call, rate_limits(response, self._now()))
        return self.read(call, response)

    async def items(self, paged: Paged[Item], attempts: int = DEFAULT_ATTEMPTS) -> AsyncIterator[Item]:
        """Yield the items of a list as :meth:`BrazeClient.items` does."""
        for number in range(paged.most_pages):
            page = await self.send(paged.call(number), attempts)
            for item in page.items:
                yield item
            if page.is_last:
                return
        raise endless(paged)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
