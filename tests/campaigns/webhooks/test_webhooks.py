"""Webhooks: written with what they tell of, signed, retried, given up, told again; against a real server."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from campaigns.errors import StaleState
from campaigns.models import (
    DeliveryState,
    EventState,
    Mailing,
    MailingState,
    OffReason,
    Webhook,
    WebhookEvent,
    WebhookKind,
)
from campaigns.states import move_delivery, move_mailing
from campaigns.webhooks import posting, services
from campaigns.webhooks.kinds import SWITCHED_OFF
from campaigns.webhooks.sending import forget_old_events, send_waiting, wait_after, webhooks_with_work
from campaigns.webhooks.signing import signature
from groups.audiences.imports.finishing import fail
from groups.errors import InputRefused
from groups.errors import StaleState as Stale
from groups.models import Event, ImportState, Notice
from groups.outgoing import AddressRefused, is_public, public_address
from tests.builders import Cast, a_workspace, an_import
from tests.campaigns.builders import a_mailing, a_sent
from tests.campaigns.webhooks.receiver import Receiver, is_signed_by
from tests.sandbox_server import RunningSandbox


def a_draft(cast: Cast) -> Mailing:
    return a_mailing(group=cast.store, author=cast.sender, people=1)


@pytest.mark.catalogue("X6")
def test_a_mailing_that_moves_is_told_with_a_signature_that_holds(
    cast: Cast, webhook: Webhook, receiver: Receiver
) -> None:
    mailing = a_draft(cast)
    move_mailing(mailing, MailingState.IN_APPROVAL)

    assert send_waiting(webhook.pk) == 1

    headers, body = receiver.came[0]
    event = WebhookEvent.objects.get()
    assert is_signed_by(webhook.secret, headers, body)
    assert not is_signed_by(webhook.secret, headers, body + b" ")
    assert headers["webhook-id"] == f"msg_{event.pk.hex}"
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert receiver.payloads == [
        {
            "type": "mailing.state_changed",
            "timestamp": event.payload["timestamp"],
            "data": {"mailing_id": str(mailing.pk), "group_id": str(cast.store.pk), "state": "in_approval"},
        }
    ]
    assert (event.state, event.status, event.answer, event.attempt) == ("delivered", 200, "taken", 1)
    assert send_waiting(webhook.pk) == 0


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    found = signature(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_nothing_is_told_of_what_did_not_happen(cast: Cast, webhook: Webhook) -> None:
    mailing = a_draft(cast)

    with pytest.raises(RuntimeError), transaction.atomic():
        move_mailing(mailing, MailingState.IN_APPROVAL)
        raise RuntimeError
    with pytest.raises(StaleState):
        move_mailing(mailing, MailingState.SENT)

    assert not WebhookEvent.objects.exists()


def test_a_brand_hears_of_its_own_and_of_what_it_asked_for(cast: Cast, webhook: Webhook) -> None:
    theirs, _secret = services.add_webhook(
        brand=cast.other_brand, url="http://127.0.0.1:9/", kinds=[WebhookKind.MAILING], actor=cast.outsider
    )
    imports, _secret = services.add_webhook(
        brand=cast.brand, url="http://127.0.0.1:9/", kinds=[WebhookKind.IMPORT], actor=cast.admin
    )

    move_mailing(a_draft(cast), MailingState.IN_APPROVAL)

    assert webhook.events.count() == 1
    assert not theirs.events.exists()
    assert not imports.events.exists()


def test_no_personal_data_stands_in_what_is_told(cast: Cast, webhook: Webhook, sandbox: RunningSandbox) -> None:
    mailing = a_draft(cast)
    move_mailing(mailing, MailingState.IN_APPROVAL, state_reason=f"Asked by {cast.sender.name}.")
    contact_import = an_import("external_id,email\nN1,n1@example.com\n", group=cast.store)
    type(contact_import).objects.filter(pk=contact_import.pk).update(state=ImportState.IMPORTING)
    fail(contact_import, "Jane Doe is wrong.")

    told = json.dumps(list(webhook.events.values_list("payload", flat=True)))

    assert webhook.events.count() == 2
    names = (cast.sender.name, cast.sender.email, mailing.name, "example.com", "Jane", contact_import.file_name)
    assert not any(name in told for name in names)
    assert '"state": "failed"' in told


def test_the_end_of_a_delivery_is_told(cast: Cast, webhook: Webhook, sandbox: RunningSandbox) -> None:
    a_workspace(brand=cast.brand, endpoint=sandbox.url)
    delivery = a_sent(a_draft(cast))

    move_delivery(delivery, DeliveryState.WITHDRAWING)
    move_delivery(delivery, DeliveryState.WITHDRAWN)

    told = webhook.events.filter(kind=WebhookKind.DELIVERY).values_list("payload", flat=True)
    assert [one["data"]["state"] for one in told] == ["withdrawn"]


@pytest.mark.catalogue("X6")
def test_what_was_refused_is_tried_again_later_and_later(cast: Cast, webhook: Webhook, receiver: Receiver) -> None:
    receiver.answers = [500, 302]
    services.send_test(webhook=webhook, actor=cast.admin)
    now = timezone.now()

    send_waiting(webhook.pk)
    first = WebhookEvent.objects.get()
    assert send_waiting(webhook.pk) == 0
    with time_machine.travel(now + timedelta(seconds=40), tick=False):
        assert webhooks_with_work() == [webhook.pk]
        send_waiting(webhook.pk)
    second = WebhookEvent.objects.get()
    with time_machine.travel(now + timedelta(seconds=120), tick=False):
        send_waiting(webhook.pk)
    last = WebhookEvent.objects.get()

    assert [one.status for one in (first, second, last)] == [500, 302, 200]
    assert [one.state for one in (first, second, last)] == ["waiting", "waiting", "delivered"]
    assert timedelta(seconds=26) < first.due_at - now < timedelta(seconds=36)
    assert len({headers["webhook-id"] for headers, _body in receiver.came}) == 1


def test_the_wait_doubles_and_grows_no_longer_than_six_hours() -> None:
    waits = [wait_after(attempt).total_seconds() for attempt in (1, 2, 3, 11, 40)]

    for wait, middle in zip(waits, (30, 60, 120, 21_600, 21_600), strict=True):
        assert 0.9 * middle <= wait <= 1.1 * middle


@pytest.mark.parametrize(("status", "days", "reason"), [(500, 4, OffReason.FAILING), (410, 0, OffReason.GONE)])
def test_an_address_that_takes_nothing_is_switched_off_and_its_admins_hear_of_it(
    cast: Cast, webhook: Webhook, receiver: Receiver, status: int, days: int, reason: OffReason
) -> None:
    receiver.answers = [status]
    services.send_test(webhook=webhook, actor=cast.admin)

    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        send_waiting(webhook.pk)

    webhook.refresh_from_db()
    assert (webhook.reason, webhook.events.get().state) == (reason, EventState.FAILED)
    assert webhook.switched_off_at is not None
    told = Notice.objects.get(kind="webhook.switched_off")
    words = SWITCHED_OFF.words(told.parameters)
    assert (told.person, told.path) == (cast.admin, f"/webhooks/{webhook.pk}/")
    assert (words.title, webhook.url in words.sentence) == ("A webhook was switched off", True)
    assert SWITCHED_OFF.is_worth_a_mail(told)
    assert Event.objects.filter(action="webhook.switched_off", actor=None).count() == 1
    move_mailing(a_draft(cast), MailingState.IN_APPROVAL)
    assert webhook.events.count() == 1


def test_an_event_is_told_again_under_the_same_id(cast: Cast, webhook: Webhook, receiver: Receiver) -> None:
    event = services.send_test(webhook=webhook, actor=cast.admin)
    with pytest.raises(Stale):
        services.replay(event=event, actor=cast.admin)
    send_waiting(webhook.pk)

    services.replay(event=event, actor=cast.admin)
    send_waiting(webhook.pk)

    assert len(receiver.came) == 2
    assert len({headers["webhook-id"] for headers, _body in receiver.came}) == 1


def test_after_a_change_of_the_secret_both_sign_for_a_day(cast: Cast, webhook: Webhook, receiver: Receiver) -> None:
    old = webhook.secret
    new = services.rotate_secret(webhook=webhook, actor=cast.admin)
    services.send_test(webhook=webhook, actor=cast.admin)
    send_waiting(webhook.pk)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        services.send_test(webhook=webhook, actor=cast.admin)
        send_waiting(webhook.pk)

    signed = [[is_signed_by(secret, *came) for secret in (old, new)] for came in receiver.came]
    assert signed == [[True, True], [False, True]]


def test_secrets_stand_encrypted(cast: Cast, webhook: Webhook) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM campaigns_webhook")
        (stored,) = cursor.fetchone()

    assert webhook.secret.startswith("whsec_")
    assert webhook.secret not in stored


def test_two_workers_never_tell_the_same_event_at_once(cast: Cast, webhook: Webhook, receiver: Receiver) -> None:
    services.send_test(webhook=webhook, actor=cast.admin)
    Webhook.objects.filter(pk=webhook.pk).update(lease_until=timezone.now() + timedelta(seconds=30))

    assert send_waiting(webhook.pk) == 0
    assert webhooks_with_work() == []

    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        assert webhooks_with_work() == [webhook.pk]
        assert send_waiting(webhook.pk) == 1


def test_old_events_are_forgotten_and_those_that_wait_stay(cast: Cast, webhook: Webhook) -> None:
    for _number in range(2):
        services.send_test(webhook=webhook, actor=cast.admin)
    old = timezone.now() - timedelta(days=31)
    WebhookEvent.objects.update(created_at=old)
    WebhookEvent.objects.filter(pk=WebhookEvent.objects.values("pk")[:1]).update(state=EventState.DELIVERED)

    assert forget_old_events() == 1

    assert WebhookEvent.objects.get().state == EventState.WAITING


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https:///x",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:99999/",
        "https://exa mple.com/",
        "javascript:alert(1)",
        "",
    ],
)
def test_only_https_is_taken_where_people_work(cast: Cast, settings: Settings, url: str) -> None:
    settings.WEBHOOKS_ALLOW_INSECURE_ADDRESSES = False

    with pytest.raises(InputRefused):
        services.add_webhook(brand=cast.brand, url=url, kinds=[WebhookKind.MAILING], actor=cast.admin)

    assert not Webhook.objects.exists()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "0.0.0.0"])
def test_nothing_is_sent_into_the_portals_own_network(settings: Settings, receiver: Receiver, host: str) -> None:
    settings.WEBHOOKS_ALLOW_INSECURE_ADDRESSES = False
    port = receiver.url.rpartition(":")[2].partition("/")[0]

    answer = posting.post(f"https://{host}:{port}/", b"{}", {})

    assert answer == posting.Answer(None, "The host lies in a private network.")
    assert receiver.came == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("224.0.0.1", False),
        ("100.64.0.1", False),
        ("fe80::1%eth0", False),
    ],
)
def test_an_address_is_public_whatever_clothes_it_comes_in(address: str, expected: bool) -> None:
    assert is_public(address) is expected


def test_a_host_of_which_one_address_is_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_arguments: object, **_options: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        return [(2, 1, 6, "", ("93.184.215.14", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    monkeypatch.setattr("socket.getaddrinfo", both)

    with pytest.raises(AddressRefused):
        public_address("rebinding.example.com", 443)
