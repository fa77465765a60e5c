"""System checks: what must be set before a production portal may start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from smartersends.operation.gate import is_open
from smartersends.operation.sentry import is_installed
from smartersends.settings.environment import PRODUCTION

BREACHED_LINE = re.compile(rb"[0-9A-Fa-f]{40}(:\d+)?")


@register()
def the_list_of_breached_passwords_is_there(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuses a list that is named and cannot be searched: every new password would end in an error."""
    name: str = settings.BREACHED_PASSWORDS_FILE
    if not name:
        return []
    try:
        with Path(name).open("rb") as lines:
            is_list = BREACHED_LINE.fullmatch(lines.readline(200).strip()) is not None
    except OSError:
        is_list = False
    hint = "Name a file of SHA-1:COUNT lines sorted by hash, or leave it empty."
    return [] if is_list else [Error("BREACHED_PASSWORDS_FILE is no such list.", hint=hint, id="smartersends.E004")]


@register()
def reports_and_numbers_can_be_made(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuses reports that nothing could send and networks that are none; warns of numbers that are never added up."""
    findings: list[CheckMessage] = []
    if settings.SENTRY_DSN and not is_installed():
        hint = "Install the extra `sentry`, or leave SENTRY_DSN empty."
        findings.append(Error("SENTRY_DSN is set, and sentry-sdk is not installed.", hint=hint, id="smartersends.E005"))
    for network in settings.METRICS_NETWORKS:
        try:
            ip_network(network, strict=False)
        except ValueError:
            hint = "Write networks as 10.0.0.0/8, separated by commas."
            findings.append(Error(f"METRICS_NETWORKS has {network!r}.", hint=hint, id="smartersends.E006"))
    if PRODUCTION and is_open() and not settings.METRICS_FOLDER:
        hint = "Give each program a folder of its own that is empty when it starts, such as one under /tmp."
        sentence = "PROMETHEUS_MULTIPROC_DIR is empty, so that each process gives its own numbers alone."
        findings.append(Warning(sentence, hint=hint, id="smartersends.W004"))
    if settings.LOG_FORMAT not in ("line", "json"):
        findings.append(
            Error(f"LOG_FORMAT is {settings.LOG_FORMAT!r}.", hint="Use line or json.", id="smartersends.E007")
        )
    return findings


@register()
def production_has_its_secrets(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Refuses a production portal without its secrets, or with a sandbox switch left on."""
    if not PRODUCTION:
        return []
    findings: list[CheckMessage] = []
    if not settings.FIELD_ENCRYPTION_KEYS:
        findings.append(
            Error("FIELD_ENCRYPTION_KEYS is empty.", hint="Set one long random text per key.", id="smartersends.E001")
        )
    if settings.DEBUG:
        findings.append(Error("DEBUG is on in production.", id="smartersends.E002"))
    if settings.BRAZE_ALLOW_INSECURE_ENDPOINTS:
        findings.append(
            Warning(
                "BRAZE_ALLOW_INSECURE_ENDPOINTS lets a workspace point anywhere.",
                hint="Leave it off where real API keys are kept.",
                id="smartersends.W001",
            )
        )
    if settings.SSO_ALLOW_INSECURE_PROVIDERS:
        findings.append(
            Warning(
                "SSO_ALLOW_INSECURE_PROVIDERS lets a brand's identity provider lie anywhere, also in your own network.",
                hint="Leave it off unless every admin of a brand may reach that network.",
                id="smartersends.W003",
            )
        )
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0:
        findings.append(
            Warning(
                "TRUSTED_PROXY_COUNT is 0.",
                hint="Behind a proxy everybody shares its address in the limit of sign-ins; set how many there are.",
                id="smartersends.W002",
            )
        )
    if any(host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        findings.append(Error("ALLOWED_HOSTS has a wildcard.", hint="Name each host name.", id="smartersends.E003"))
    return findings
