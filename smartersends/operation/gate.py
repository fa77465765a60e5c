"""Who may read the portal's numbers: whoever has the token, and programs of its own network."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare


def is_open() -> bool:
    """Tells whether anybody at all may read the numbers."""
    return bool(settings.METRICS_TOKEN or settings.METRICS_NETWORKS)


def may_read(environ: Mapping[str, Any]) -> bool:
    """Tells whether a request may read the numbers, from its WSGI environment.

    By network only what asks directly: whatever a proxy passes on seems to come from the proxy, and says so.
    """
    token = str(environ.get("HTTP_AUTHORIZATION", ""))
    if settings.METRICS_TOKEN and constant_time_compare(token, f"Bearer {settings.METRICS_TOKEN}"):
        return True
    if any(name in environ for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")):
        return False
    try:
        address = ip_address(str(environ.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    return any(address in ip_network(network, strict=False) for network in settings.METRICS_NETWORKS)
