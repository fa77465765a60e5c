"""Features that no permission is bound to are refused where they are switched off, for everybody (G9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.attachments.services import attach
from campaigns.compose.services import choose_time, copy_mailing
from campaigns.delivery.control import reschedule
from campaigns.delivery.services import send
from campaigns.errors import NotAllowed, NotReady
from campaigns.models import Attachment, Mailing, Template
from campaigns.preflight import check
from groups.models import FeatureSwitch, User
from groups.roles import Feature
from tests.builders import Cast
from tests.campaigns.builders import a_connected, a_mailing
from tests.sandbox_server import RunningSandbox

TOMORROW = timedelta(days=1)


@pytest.fixture
def mailing(cast: Cast, sandbox: RunningSandbox) -> Mailing:
    """Gives a draft of a template that takes files."""
    a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.sender)
    Template.objects.update(takes_attachments=True)
    return Mailing.objects.get(pk=mailing.pk)


def switch_off(cast: Cast, feature: Feature) -> None:
    """Switches a feature off in the region above the store."""
    FeatureSwitch.objects.create(group=cast.region, feature=feature)


def a_text(name: str = "menu.txt") -> SimpleUploadedFile:
    """Gives a file that can be attached."""
    return SimpleUploadedFile(name, b"Coffee, 3 dollars")


def found(mailing: Mailing) -> list[tuple[str, bool]]:
    """Gives what the check finds, with whether it blocks."""
    return [(finding.code, finding.blocks) for finding in check(Mailing.objects.get(pk=mailing.pk))]


def posted(client: Client, user: User, mailing: Mailing, **data: object) -> int:
    """Sends a form of the composer, and gives the answer's status."""
    client.force_login(user)
    path = reverse("campaigns:mailing-save", kwargs={"mailing_id": mailing.pk})
    return client.post(path, {"mailing-revision": mailing.revision, **data}).status_code


def test_without_attachments_no_file_is_taken_or_sent_along(cast: Cast, mailing: Mailing, client: Client) -> None:
    attach(mailing=mailing, file=a_text(), actor=cast.sender)
    switch_off(cast, Feature.ATTACHMENTS)
    mailing.refresh_from_db()

    for person in (cast.sender, cast.admin):
        with pytest.raises(NotAllowed, match="switched off attachments"):
            attach(mailing=mailing, file=a_text("more.txt"), actor=person)
    assert posted(client, cast.sender, mailing, **{"mailing-attachments.upload": a_text("forged.txt")}) == 422
    copy = copy_mailing(mailing=mailing, actor=cast.sender)

    assert ("attachment_switched_off", True) in found(mailing)
    assert copy.attachments.count() == 0
    assert Attachment.objects.count() == 1
    with pytest.raises(NotReady):
        send(mailing=Mailing.objects.get(pk=mailing.pk), actor=cast.sender)


def test_without_scheduling_mail_goes_as_soon_as_it_may(cast: Cast, mailing: Mailing, client: Client) -> None:
    moment = timezone.now() + TOMORROW
    switch_off(cast, Feature.SCHEDULING)

    for person in (cast.sender, cast.admin):
        with pytest.raises(NotAllowed, match="switched off choosing a time"):
            choose_time(mailing=mailing, send_at=moment, actor=person)
    later = {"mailing-when": "later", "mailing-day": moment.date().isoformat(), "mailing-time": "10:00"}
    assert posted(client, cast.sender, mailing, **later) == 422

    mailing.refresh_from_db()
    assert mailing.send_at is None
    assert ("time_switched_off", True) not in found(mailing)
    choose_time(mailing=mailing, send_at=None, actor=cast.sender)


def test_a_time_chosen_before_the_switch_has_to_go_and_none_is_moved(cast: Cast, mailing: Mailing) -> None:
    scheduled = a_mailing(group=cast.store, author=cast.sender, send_at=timezone.now() + TOMORROW)
    send(mailing=scheduled, actor=cast.sender)
    Mailing.objects.filter(pk=mailing.pk).update(send_at=timezone.now() + TOMORROW)
    switch_off(cast, Feature.SCHEDULING)

    with pytest.raises(NotAllowed, match="switched off choosing a time"):
        reschedule(mailing=scheduled, send_at=timezone.now() + 2 * TOMORROW, actor=cast.sender)

    assert ("time_switched_off", True) in found(mailing)
    before = scheduled.send_at
    scheduled.refresh_from_db()
    assert (scheduled.send_at, scheduled.state) == (before, "scheduled")


def test_the_composer_says_what_is_switched_off_and_offers_it_no_more(
    cast: Cast, mailing: Mailing, client: Client
) -> None:
    client.force_login(cast.sender)
    path = reverse("campaigns:mailing-edit", kwargs={"mailing_id": mailing.pk})
    before = client.get(path).text
    switch_off(cast, Feature.SCHEDULING)
    switch_off(cast, Feature.ATTACHMENTS)

    page = client.get(path).text

    assert 'name="mailing-day"' in before
    assert 'name="mailing-attachments.upload"' in before
    assert 'name="mailing-day"' not in page
    assert 'name="mailing-attachments.upload"' not in page
    assert "Head office has switched off choosing a time for this group." in page
    assert "Head office has switched off attachments for this group." in page


def test_the_groups_beside_keep_what_is_switched_off_here(cast: Cast, mailing: Mailing) -> None:
    beside = a_mailing(group=cast.far_store)
    switch_off(cast, Feature.SCHEDULING)
    switch_off(cast, Feature.ATTACHMENTS)

    choose_time(mailing=beside, send_at=timezone.now() + TOMORROW, actor=beside.author)
    attach(mailing=beside, file=a_text(), actor=beside.author)

    assert beside.attachments.count() == 1
