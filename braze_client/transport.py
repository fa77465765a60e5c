"""Connections to Braze: endpoints, timeouts, headers; the only place that builds an httpx client."""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from braze_client.errors import ContractViolation, EndpointRefused
from braze_client.redact import Secret

CONNECT_SECONDS = 5.0
FREE_CONNECTION_SECONDS = 30.0
DEFAULT_CONNECTIONS = 16
# Below the 5 seconds after which common servers drop an idle connection: a call on a connection that is just being
# dropped would end as uncertain.
KEEP_IDLE_SECONDS = 4.0

ENDPOINT_SHAPE: Final = re.compile(r"https://rest\.[a-z0-9-]+\.braze\.(com|eu)")
KEY_SHAPE: Final = re.compile(r"[!#-&(-~]+")


@dataclass(frozen=True, slots=True)
class Instance:
    """One of Braze's instances: what people call it, its REST endpoint, its dashboard."""

    name: str
    url: str
    dashboard: str


INSTANCES: Final[tuple[Instance, ...]] = (
    *(
        Instance(f"US-{n:02}", f"https://rest.iad-{n:02}.braze.com", f"https://dashboard-{n:02}.braze.com")
        for n in range(1, 9)
    ),
    Instance("US-10", "https://rest.us-10.braze.com", "https://dashboard.us-10.braze.com"),
    *(
        Instance(f"EU-{n:02}", f"https://rest.fra-{n:02}.braze.eu", f"https://dashboard-{n:02}.braze.eu")
        for n in (1, 2)
    ),
    *(
        Instance(f"{place.upper()}-01", f"https://rest.{place}-01.braze.com", f"https://dashboard.{place}-01.braze.com")
        for place in ("au", "id", "jp", "kr")
    ),
)


def check_endpoint(url: str, allow_insecure: bool = False) -> str:
    """Return a REST endpoint without a slash at its end, or raise :class:`EndpointRefused` (B-HOST-1).

    The shape is ``https://rest.<cluster>.braze.com`` or ``.eu``; unknown clusters pass, since their list grows. With
    ``allow_insecure`` any http or https address of a sandbox passes too, as long as it is a bare origin.
    """
    endpoint = url.strip().rstrip("/")
    if ENDPOINT_SHAPE.fullmatch(endpoint.lower()):
        return endpoint.lower()
    if allow_insecure and _is_bare_origin(endpoint):
        return endpoint
    raise EndpointRefused("This is no REST endpoint of Braze: expected https://rest.<instance>.braze.com or .eu.")


def _is_bare_origin(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and has_port and is_bare


def check_key(api_key: str) -> Secret:
    """Return the key wrapped against being shown, or raise :class:`ContractViolation` without naming it (B-HTTP-1)."""
    if not KEY_SHAPE.fullmatch(api_key):
        raise ContractViolation("B-HTTP-1", "the API key is empty, or holds spaces, quotes or other foreign characters")
    return Secret(api_key)


def headers(api_key: Secret) -> dict[str, str]:
    """Return what every request carries."""
    return {
        "authorization": f"Bearer {api_key.reveal()}",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "user-agent": "braze-client",
    }


def timeouts(read_seconds: float) -> httpx.Timeout:
    """Return the timeouts of one request: connect 5 s, read and write as the call says (B-RETRY-4)."""
    return httpx.Timeout(read_seconds, connect=CONNECT_SECONDS, pool=FREE_CONNECTION_SECONDS)


def whole_call_seconds(read_seconds: float) -> float:
    """Return how long a bulk call may take in all, so that an answer in drops cannot hold a worker for ever."""
    return FREE_CONNECTION_SECONDS + CONNECT_SECONDS + read_seconds


def sync_client(endpoint: str, api_key: Secret, transport: httpx.BaseTransport | None) -> httpx.Client:
    """Return the httpx client of single calls: no redirects, no proxies or credentials from the environment."""
    return httpx.Client(
        base_url=endpoint,
        headers=headers(api_key),
        transport=transport,
        verify=ssl_context(),
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=DEFAULT_CONNECTIONS, keepalive_expiry=KEEP_IDLE_SECONDS),
    )


def async_client(
    endpoint: str, api_key: Secret, max_connections: int, transport: httpx.AsyncBaseTransport | None
) -> httpx.AsyncClient:
    """Return the httpx client of bulk calls, over aiohttp unless another transport is given.

    httpx's own pool slows down sharply above a dozen connections; aiohttp's does not.
    """
    return httpx.AsyncClient(
        base_url=endpoint,
        headers=headers(api_key),
        transport=transport or bulk_transport(max_connections),
        verify=ssl_context(),
        follow_redirects=False,
        trust_env=False,
    )


@lru_cache(maxsize=1)
def ssl_context() -> ssl.SSLContext:
    """Return the settings of TLS, made once: reading the certificates takes as long as several calls."""
    return httpx.create_ssl_context(trust_env=False)


def bulk_transport(max_connections: int) -> AiohttpTransport:
    """Return a transport over aiohttp whose session keeps no cookies."""

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=max_connections,
            keepalive_timeout=KEEP_IDLE_SECONDS,
            ssl=ssl_context(),
        )
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    return AiohttpTransport(client=session, verify=ssl_context())


def was_not_sent(problem: BaseException) -> bool:
    """Return whether a failure surely lies before the request left: name, connection, TLS, no free connection.

    The aiohttp transport reports every cut connection as a ``ConnectTimeout``, also one that broke after the request
    was written. So the aiohttp error behind it decides: only a failed connect counts, and everything else may have
    reached Braze.
    """
    cause = problem if isinstance(problem, aiohttp.ClientError) else problem.__cause__
    if isinstance(cause, (aiohttp.ClientError, TimeoutError)):
        return isinstance(cause, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))
    return isinstance(problem, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol))
