"""The page of a mailing on its way: what it says and what can be done from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState
from tests.campaigns.compose.scene import Scene, a_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def a_scheduled_mailing(scene: Scene, *, author: str = "sender") -> Mailing:
    """Gives a mailing for the year 2099, so that nothing is staged yet."""
    mailing = scene.draft(author=author)
    send_at = datetime(2099, 5, 1, 16, tzinfo=UTC)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED, send_at=send_at)
    mailing.refresh_from_db()
    return mailing


def a_settled_delivery(scene: Scene, *states: BatchState) -> Delivery:
    """Gives a mailing that is over, with a batch of 50 people in each state."""
    mailing = scene.draft(author="sender")
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENT_WITH_OPEN_QUESTIONS)
    delivery = Delivery.objects.create(
        mailing=mailing,
        workspace=scene.brand.workspace,
        route=mailing.route,
        state=DeliveryState.SETTLED,
        digest="0" * 64,
        campaign_id="campaign",
        is_now=True,
        go_at=timezone.now() - timedelta(minutes=5),
        frozen=50 * len(states),
        started_by=scene.people["sender"],
    )
    for number, state in enumerate(states, start=1):
        Batch.objects.create(delivery=delivery, number=number, size=50, state=state)
    return delivery


def test_the_sender_sends_and_sees_where_it_stands(scene: Scene) -> None:
    mailing = scene.draft(author="sender")

    answer = as_(scene, "sender").post(reverse("campaigns:mailing-send", args=[mailing.pk]), {"revision": 0})
    page = as_(scene, "sender").get(answer["Location"])

    mailing.refresh_from_db()
    assert mailing.state == MailingState.SCHEDULED
    assert "Scheduled" in page.content.decode()
    assert reverse("campaigns:mailing-progress", args=[mailing.pk]) in page.content.decode()


def test_an_author_who_may_not_send_sends_nothing(scene: Scene) -> None:
    mailing = scene.draft()

    answer = as_(scene, "author").post(
        reverse("campaigns:mailing-send", args=[mailing.pk]), {"revision": 0}, follow=True
    )

    assert "This mailing needs approval." in answer.content.decode()
    mailing.refresh_from_db()
    assert (mailing.state, mailing.deliveries.count()) == (MailingState.DRAFT, 0)


def test_sending_an_older_page_sends_nothing(scene: Scene) -> None:
    mailing = scene.draft(author="sender")

    as_(scene, "sender").post(reverse("campaigns:mailing-send", args=[mailing.pk]), {"revision": 5})

    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT


def test_a_mailing_without_audience_names_what_is_missing(scene: Scene) -> None:
    mailing = scene.draft(author="sender", is_ready=False)

    answer = as_(scene, "sender").post(
        reverse("campaigns:mailing-send", args=[mailing.pk]), {"revision": 0}, follow=True
    )

    assert "Choose whom this goes to." in answer.content.decode()
    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT


def test_undo_brings_a_scheduled_mailing_back_to_draft(scene: Scene) -> None:
    mailing = a_scheduled_mailing(scene)

    as_(scene, "sender").post(reverse("campaigns:mailing-edit-again", args=[mailing.pk]))

    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT


def test_cancelling_keeps_the_mailing_in_the_list(scene: Scene) -> None:
    mailing = a_scheduled_mailing(scene)

    as_(scene, "sender").post(reverse("campaigns:mailing-cancel", args=[mailing.pk]))

    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED


def test_moving_takes_the_time_in_the_groups_zone(scene: Scene) -> None:
    mailing = a_scheduled_mailing(scene)

    as_(scene, "sender").post(
        reverse("campaigns:mailing-reschedule", args=[mailing.pk]), {"day": "2099-05-02", "time": "10:00"}
    )

    mailing.refresh_from_db()
    assert mailing.send_at == datetime(2099, 5, 2, 17, tzinfo=UTC)


def test_moving_into_the_past_is_refused_where_it_was_typed(scene: Scene) -> None:
    mailing = a_scheduled_mailing(scene)

    page = as_(scene, "sender").post(
        reverse("campaigns:mailing-reschedule", args=[mailing.pk]), {"day": "2020-05-02", "time": "10:00"}
    )

    assert page.status_code == 422
    assert "This time has passed." in page.content.decode()
    mailing.refresh_from_db()
    assert mailing.send_at == datetime(2099, 5, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("view", ["mailing-cancel", "mailing-edit-again", "mailing-reschedule", "mailing-send"])
@pytest.mark.parametrize("part", ["reader", "stranger", "approver"])
def test_people_who_may_not_edit_find_no_action(scene: Scene, part: str, view: str) -> None:
    mailing = a_scheduled_mailing(scene)

    answer = as_(scene, part).post(reverse(f"campaigns:{view}", args=[mailing.pk]), {"day": "2099-05-02"})

    assert answer.status_code == 404
    mailing.refresh_from_db()
    assert mailing.state == MailingState.SCHEDULED


def test_the_end_adds_up_and_names_open_batches(scene: Scene) -> None:
    delivery = a_settled_delivery(scene, BatchState.ACCEPTED, BatchState.UNCERTAIN)

    page = as_(scene, "reader").get(reverse("campaigns:mailing-detail", args=[delivery.mailing_id]))

    text = page.content.decode()
    assert "100 people: 50 accepted, 50 uncertain." in text
    assert "Batch 2: 50 people may or may not have been reached." in text
    assert "hx-trigger" not in text
    assert "Count as sent" not in text


def test_a_person_with_the_right_decides_an_uncertain_batch(scene: Scene) -> None:
    delivery = a_settled_delivery(scene, BatchState.ACCEPTED, BatchState.UNCERTAIN)
    batch = delivery.batches.get(number=2)

    as_(scene, "manager").post(reverse("campaigns:batch-decide", args=[batch.pk]), {"decision": "sent"})

    batch.refresh_from_db()
    assert batch.state == BatchState.ACCEPTED


@pytest.mark.parametrize("part", ["author", "sender", "reader", "stranger"])
def test_without_the_right_an_uncertain_batch_stays_so(scene: Scene, part: str) -> None:
    batch = a_settled_delivery(scene, BatchState.UNCERTAIN).batches.get()

    answer = as_(scene, part).post(reverse("campaigns:batch-decide", args=[batch.pk]), {"decision": "sent"})

    assert answer.status_code == 404
    batch.refresh_from_db()
    assert batch.state == BatchState.UNCERTAIN


def test_the_polled_part_brings_new_actions_only_when_something_moved(scene: Scene) -> None:
    mailing = a_scheduled_mailing(scene)
    url = reverse("campaigns:mailing-progress", args=[mailing.pk])

    shown = as_(scene, "sender").get(reverse("campaigns:mailing-detail", args=[mailing.pk])).context["shown"]
    same = as_(scene, "sender").get(url, {"shown": shown})
    moved = as_(scene, "sender").get(url, {"shown": "in_approval.False"})

    assert "hx-swap-oob" not in same.content.decode()
    assert 'id="mailing-actions"' in moved.content.decode()


def test_what_became_a_draft_again_leads_to_the_composer(scene: Scene) -> None:
    mailing = scene.draft(author="sender")

    answer = as_(scene, "sender").get(reverse("campaigns:mailing-progress", args=[mailing.pk]))

    assert answer["HX-Redirect"] == reverse("campaigns:mailing-edit", args=[mailing.pk])


def test_an_earlier_attempt_is_shown_no_more_but_what_it_left_open_is(scene: Scene) -> None:
    delivery = a_settled_delivery(scene, BatchState.WITHDRAWN, BatchState.WITHDRAWAL_UNCERTAIN)
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.WITHDRAWN)
    Mailing.objects.filter(pk=delivery.mailing_id).update(state=MailingState.DRAFT)

    composer = as_(scene, "sender").get(reverse("campaigns:mailing-edit", args=[delivery.mailing_id]))
    page = as_(scene, "sender").get(reverse("campaigns:mailing-detail", args=[delivery.mailing_id]))

    assert "50 people may still get the earlier version" in composer.content.decode()
    assert "Batch 2: 50 people may still get the email" in page.content.decode()
    assert page.context["ledger"] == ()
