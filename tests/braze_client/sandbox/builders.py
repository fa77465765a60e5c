"""A sandbox in process with a clock of its own, and the bodies that callers send it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from braze_client.sandbox import SandboxOptions, create_app

KEY = "key-of-the-test"
NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC).timestamp()
EVERYTHING = frozenset(
    {
        "users.track",
        "users.export.ids",
        "users.delete",
        "messages.send",
        "messages.schedule.create",
        "messages.schedule.update",
        "messages.schedule.delete",
        "messages.schedule_broadcasts",
        "campaigns.trigger.send",
        "campaigns.trigger.schedule.create",
        "campaigns.trigger.schedule.update",
        "campaigns.trigger.schedule.delete",
        "campaigns.list",
        "campaigns.details",
        "campaigns.data_series",
        "sends.id.create",
        "sends.data_series",
        "segments.list",
        "segments.details",
        "segments.data_series",
        "email.unsubscribe",
        "email.hard_bounces",
        "email.status",
        "subscription.status.set",
        "subscription.status.get",
    }
)


class Desk:
    """One sandbox, its clock, and a client that holds the right key."""

    def __init__(self, **options: Any) -> None:
        options = {"api_key": KEY, "permissions": EVERYTHING, "has_engagement": False, **options}
        self.now = NOON
        self.app = create_app(SandboxOptions(**options), clock=lambda: self.now)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app),
            base_url="http://sandbox.test",
            headers={"Authorization": f"Bearer {KEY}"},
        )

    async def post(self, path: str, body: object) -> httpx.Response:
        return await self.client.post(path, json=body)

    async def get(self, path: str, **query: str | int | list[str]) -> httpx.Response:
        return await self.client.get(path, params=query)

    async def people(self, *people: Mapping[str, object]) -> None:
        reply = await self.post("/users/track", {"attributes": list(people)})
        assert reply.status_code == 201, reply.text

    async def export(self, external_id: str, *fields: str) -> dict[str, Any]:
        reply = await self.post(
            "/users/export/ids",
            {"external_ids": [external_id], "fields_to_export": list(fields) or ["custom_attributes"]},
        )
        return dict(reply.json()["users"][0])

    async def inbox(self, **query: str | int) -> list[dict[str, Any]]:
        return list((await self.get("/inbox.json", **query)).json()["messages"])

    async def ledger(self) -> dict[str, Any]:
        return dict((await self.get("/ledger.json")).json())

    def after(self, seconds: float) -> str:
        """Returns the ISO time so many seconds from now, by the sandbox's clock."""
        return datetime.fromtimestamp(self.now + seconds, UTC).isoformat()


def a_person(number: int = 1, **changes: object) -> dict[str, object]:
    person = {"external_id": f"C{number}", "email": f"c{number}@example.com", "first_name": f"Name{number}"}
    return {**person, **changes}


def an_email(**changes: object) -> dict[str, object]:
    email = {
        "app_id": "app-1",
        "from": "Northwind <hello@example.com>",
        "subject": "For {{${first_name} | default: 'you'}}",
        "body": "<p>Hello {{${first_name} | default: 'there' | escape}}</p>",
        "message_variation_id": "variation-1",
    }
    return {**email, **changes}


def a_schedule(desk: Desk, *external_ids: str, seconds: float = 60, **changes: object) -> dict[str, object]:
    body = {
        "external_user_ids": list(external_ids) or ["C1"],
        "campaign_id": "campaign-1",
        "schedule": {"time": desk.after(seconds)},
        "messages": {"email": an_email()},
    }
    return {key: value for key, value in {**body, **changes}.items() if value is not None}


def a_trigger(*recipients: Mapping[str, object], **changes: object) -> dict[str, object]:
    body = {"campaign_id": "trigger-1", "recipients": list(recipients) or [{"external_user_id": "C1"}]}
    return {key: value for key, value in {**body, **changes}.items() if value is not None}
