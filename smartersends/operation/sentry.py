"""Reports of errors to Sentry, where `SENTRY_DSN` names one; of people they hold the id of an account at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings

from groups.watching.context import about
from smartersends.operation.discretion import without_people, without_values

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

KEPT_OF_FRAMES = frozenset({"filename", "abs_path", "function", "module", "lineno", "colno", "in_app", "platform"})


def is_installed() -> bool:
    """Tells whether the extra `sentry` is installed."""
    try:
        import sentry_sdk  # noqa: F401
    except ImportError:
        return False
    return True


def set_up(transport: Callable[..., Any] | None = None) -> None:
    """Starts reporting; without a DSN, or without the extra, it does nothing. `transport` is for tests."""
    if not settings.SENTRY_DSN or not is_installed():
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.SENTRY_ENVIRONMENT,
        transport=transport,
        before_send=before_send,
        before_breadcrumb=lambda crumb, hint: None,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
        # Braze, and whoever else is called, hears nothing of Sentry.
        trace_propagation_targets=[],
        auto_session_tracking=False,
        send_client_reports=False,
        server_name="portal",
    )


def before_send(event: Event, hint: Hint) -> Event | None:
    """Gives the report with what may leave and nothing else: what is not known to be harmless stays here."""
    kept: dict[str, Any] = {
        name: event[name]
        for name in ("event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk")
        if name in event
    }
    kept["tags"] = dict(about())
    # The name of a view, or of a task; a path may be somebody's own.
    transaction = str(event.get("transaction") or "")
    if transaction and not transaction.startswith("/"):
        kept["transaction"] = without_people(transaction)
    if exceptions := event.get("exception"):
        kept["exception"] = {"values": [_exception(value) for value in exceptions.get("values", [])]}
    if entry := event.get("logentry"):
        kept["logentry"] = {"message": without_values(str(entry.get("message", "")))}
    return kept  # type: ignore[return-value]


def _exception(value: Mapping[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames", [])
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "value": without_values(str(value.get("value", ""))),
        "mechanism": {"type": (value.get("mechanism") or {}).get("type", "generic"), "handled": False},
        "stacktrace": {"frames": [{k: v for k, v in frame.items() if k in KEPT_OF_FRAMES} for frame in frames]},
    }
