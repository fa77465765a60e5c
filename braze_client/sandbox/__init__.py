"""A local Braze over real HTTP: the endpoints the client uses, an inbox page, and faults on demand."""

from __future__ import annotations

from braze_client.sandbox.app import Sandbox, create_app
from braze_client.sandbox.faults import ConnectionCut
from braze_client.sandbox.options import PARTNER_PERMISSIONS, PORTAL_PERMISSIONS, Fault, SandboxOptions

__all__ = [
    "PARTNER_PERMISSIONS",
    "PORTAL_PERMISSIONS",
    "ConnectionCut",
    "Fault",
    "Sandbox",
    "SandboxOptions",
    "create_app",
]
