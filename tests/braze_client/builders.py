"""Values of the Braze client with sensible defaults, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from braze_client import Accepted, AsyncBrazeClient, BrazeClient, Call, Email, Schedule, calls

ENDPOINT = "https://rest.fra-01.braze.eu"
API_KEY = "5f0d3b1e-77aa-4c0f-9d2b-0a1b2c3d4e5f"
NOW = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)
CAMPAIGN_ID = "c0ffee00-0000-4000-8000-000000000001"
VARIATION_ID = "c0ffee00-0000-4000-8000-000000000002"
APP_ID = "c0ffee00-0000-4000-8000-000000000003"
SEGMENT_ID = "c0ffee00-0000-4000-8000-000000000004"
SCHEDULE_ID = "886a0a5a-75fb-4d2f-9f19-c6a1e0017fa8"
DISPATCH_ID = "09d7ffeef18452ecd6f3279811f3cf47"


def an_email(
    *,
    subject: str = "Latte art on Friday",
    body: str = "<html><body>Come in.</body></html>",
    from_: str = "Northwind Coffee <hello@northwind.example>",
    reply_to: str | None = None,
    message_variation_id: str | None = VARIATION_ID,
    headers: dict[str, str] | None = None,
) -> Email:
    """Return an email of the demo brand."""
    return Email(
        app_id=APP_ID,
        subject=subject,
        from_=from_,
        body=body,
        reply_to=reply_to,
        message_variation_id=message_variation_id,
        headers=headers or {},
    )


def in_a_minute() -> Schedule:
    """Return a time that Braze takes."""
    return Schedule(NOW + timedelta(minutes=1))


def a_mail(recipients: int = 2) -> Call[Accepted]:
    """Return a call that makes mail."""
    return calls.schedule_create(
        external_user_ids=[f"user-{number}" for number in range(recipients)],
        schedule=in_a_minute(),
        email=an_email(),
        campaign_id=CAMPAIGN_ID,
        send_id="news-2026-11",
        now=NOW,
    )


def a_client() -> BrazeClient:
    """Return a client for single calls whose clock stands still."""
    return BrazeClient(ENDPOINT, API_KEY, now=lambda: NOW)


def a_bulk_client(endpoint: str, max_connections: int = 4) -> AsyncBrazeClient:
    """Return a client for many calls to a server of a test."""
    return AsyncBrazeClient(endpoint, API_KEY, allow_insecure=True, max_connections=max_connections, now=lambda: NOW)
