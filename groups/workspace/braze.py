"""Braze clients of a workspace; the only place where its API key is taken out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client import (
    AsyncBrazeClient,
    BrazeClient,
    BrazeError,
    Call,
    ContractViolation,
    EndpointRefused,
    KeyRefused,
    PermissionRefused,
    RateLimited,
    RateLimits,
    budget_key,
    note_rate_limits,
)
from groups.errors import BrazeUnreachable, GroupsError, NotConnected
from groups.models import Workspace
from groups.watching.calls import count_call
from groups.workspace import budget


def client_for(workspace: Workspace) -> BrazeClient:
    """Gives a client for single calls, to be used as a context; raises `NotConnected`."""
    _demand_connection(workspace)
    try:
        return BrazeClient(
            workspace.endpoint,
            workspace.api_key,
            allow_insecure=settings.BRAZE_ALLOW_INSECURE_ENDPOINTS,
            on_rate_limits=_noter(workspace),
            on_answer=count_call,
        )
    except (EndpointRefused, ContractViolation) as error:
        raise _unusable() from error


def async_client_for(workspace: Workspace, *, max_connections: int | None = None) -> AsyncBrazeClient:
    """Gives a client for many calls at once, for one event loop, to be used as a context; raises `NotConnected`.

    It does not note rate limits by itself, because the stores must not be waited for inside an event loop.
    """
    _demand_connection(workspace)
    try:
        return AsyncBrazeClient(
            workspace.endpoint,
            workspace.api_key,
            max_connections=max_connections or settings.BRAZE_CONNECTIONS,
            allow_insecure=settings.BRAZE_ALLOW_INSECURE_ENDPOINTS,
            on_answer=count_call,
        )
    except (EndpointRefused, ContractViolation) as error:
        raise _unusable() from error


def budget_key_of(workspace: Workspace) -> str:
    """Gives the name under which the workspace's rate-limit windows are counted."""
    return budget_key(workspace.endpoint, workspace.api_key)


def explained(error: BrazeError) -> GroupsError:
    """Gives the portal's error for one of Braze's: what happened and who can mend it, without Braze's own text."""
    match error:
        case KeyRefused():
            return NotConnected(
                _(
                    "Braze refused the API key. It may have been deleted in Braze, or belong to another instance. Ask "
                    "an admin to paste a new one."
                )
            )
        case PermissionRefused():
            return NotConnected(
                _("The API key lacks a permission that this needs. Ask an admin to check the connection.")
            )
        case RateLimited():
            return BrazeUnreachable(_("Braze's rate limit is used up. It goes on by itself when the limit resets."))
        case _:
            return BrazeUnreachable(_("Braze does not answer as expected. Try again in a few minutes."))


def _noter(workspace: Workspace) -> Any:
    key = budget_key_of(workspace)
    store = budget.store()

    def note(call: Call[object], limits: RateLimits) -> None:
        note_rate_limits(store, key, call.answered_pool, limits, timezone.now())

    return note


def _demand_connection(workspace: Workspace) -> None:
    if not (workspace.endpoint and workspace.api_key):
        raise NotConnected(_("Braze is not connected yet. Ask an admin to fill in the Braze settings."))


def _unusable() -> NotConnected:
    return NotConnected(_("The REST endpoint or the API key cannot be used. Ask an admin to mend the Braze settings."))
