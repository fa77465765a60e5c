"""The pages of webhooks, which are for admins of the whole brand."""

from __future__ import annotations

from django.test import Client

from campaigns.models import Webhook
from campaigns.webhooks import services
from campaigns.webhooks.sending import send_waiting
from groups.models import Event
from tests.builders import Cast
from tests.campaigns.webhooks.receiver import Receiver


def test_an_admin_adds_one_tries_it_and_sees_what_was_answered(cast: Cast, client: Client, receiver: Receiver) -> None:
    client.force_login(cast.admin)

    added = client.post("/webhooks/", {"url": receiver.url, "kinds": ["mailing.state_changed"]})
    webhook = Webhook.objects.get()
    client.post(f"/webhooks/{webhook.pk}/test/")
    send_waiting(webhook.pk)
    page = client.get(f"/webhooks/{webhook.pk}/").text

    assert webhook.secret in added.text
    assert webhook.secret not in client.get("/webhooks/").text
    assert webhook.secret not in page
    assert "webhook.test" in page
    assert "Delivered" in page
    assert receiver.payloads[0]["type"] == "webhook.test"
    assert Event.objects.filter(action__in=["webhook.added", "webhook.tested"]).count() == 2


def test_everything_of_a_webhook_is_done_on_its_page(cast: Cast, client: Client, webhook: Webhook) -> None:
    client.force_login(cast.admin)
    path, old = f"/webhooks/{webhook.pk}/", webhook.secret
    event = services.send_test(webhook=webhook, actor=cast.admin)
    send_waiting(webhook.pk)

    rotated = client.post(f"{path}secret/")
    client.post(f"/webhooks/events/{event.pk}/replay/")
    client.post(path, {"url": "https://example.com/new", "kinds": ["import.ended"]})
    client.post(f"{path}switch/", {"on": "no"})

    webhook.refresh_from_db()
    event.refresh_from_db()
    assert webhook.secret in rotated.text
    assert webhook.former_secret == old
    assert (webhook.url, webhook.kinds) == ("https://example.com/new", ["import.ended"])
    assert webhook.switched_off_at is not None
    assert event.state == "waiting"
    client.post(f"{path}switch/", {"on": "yes"})
    webhook.refresh_from_db()
    assert webhook.switched_off_at is None
    assert client.post(f"{path}remove/").status_code == 302
    assert not Webhook.objects.exists()


def test_a_wrong_address_is_said_at_its_field(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)

    page = client.post("/webhooks/", {"url": "ftp://example.com", "kinds": ["import.ended"]})

    assert page.status_code == 422
    assert "Give an address that begins with https://." in page.text
    assert not Webhook.objects.exists()


def test_nobody_else_comes_near_a_webhook(cast: Cast, client: Client, webhook: Webhook) -> None:
    event = services.send_test(webhook=webhook, actor=cast.admin)
    send_waiting(webhook.pk)
    before = Webhook.objects.values().get(), event.state

    for user in cast.without(cast.admin):
        client.force_login(user)
        for act in ("secret/", "test/", "switch/", "remove/", ""):
            assert client.post(f"/webhooks/{webhook.pk}/{act}", {"url": "https://x.example"}).status_code == 404
        assert client.post(f"/webhooks/events/{event.pk}/replay/").status_code == 404
        assert client.get(f"/webhooks/{webhook.pk}/").status_code == 404

    assert Webhook.objects.values().get() == before[0]
    assert webhook.events.count() == 1
