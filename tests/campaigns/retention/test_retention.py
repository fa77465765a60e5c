"""Retention of what was sent, of pictures, drafts as they stood, and test mails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import (
    Batch,
    BrandKit,
    Delivery,
    DeliveryState,
    Image,
    Mailing,
    Snapshot,
    TestMail,
    TestState,
)
from groups.models import Contact, Group, SyncState, Workspace
from groups.retention.services import apply
from tests.builders import a_person
from tests.campaigns.builders import a_mailing, a_planned, a_staged, a_template
from tests.campaigns.library.test_image_views import an_image
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db

OLD = timezone.now() - timedelta(days=40)


@pytest.fixture(autouse=True)
def a_month(settings: Settings) -> None:
    """Keeps all of it for a month."""
    for name in ("CONTACTS", "RECIPIENTS", "IMAGES", "SNAPSHOTS", "TESTS"):
        setattr(settings, f"RETENTION_{name}_DAYS", 30)


def gone() -> dict[str, int]:
    """Applies the rules, and gives what each has taken."""
    found, _is_more = apply(limit_seconds=60)
    return {finding.rule.name: finding.count for finding in found if finding.count}


def test_addresses_leave_the_ledger_and_every_count_stays(group: Group, workspace: Workspace) -> None:
    old, young = (a_staged(a_mailing(group=group, people=60), workspace) for _number in (1, 2))
    over = Delivery.objects.filter(pk=old.pk)
    over.update(state=DeliveryState.SETTLED, settled_at=OLD)
    Batch.objects.filter(delivery=old, number=1).update(error="maya@example.com is unknown", remarks=["maya"])
    message = old.message

    taken = gone()

    addresses = set(old.recipients.values_list("address", flat=True))
    old.refresh_from_db()
    assert taken["recipients"] == 1
    assert all(address.endswith("@erased.invalid") for address in addresses)
    assert (len(addresses), old.frozen, old.message) == (60, 60, message)
    assert not Batch.objects.filter(delivery=old).exclude(error="", remarks=[]).exists()
    assert not young.recipients.filter(address__endswith="@erased.invalid").exists()
    assert "recipients" not in gone()


def test_whoever_was_mailed_lately_or_waits_for_a_mail_is_not_forgotten(group: Group, workspace: Workspace) -> None:
    waiting = a_planned(a_mailing(group=group, people=3), workspace)
    done = a_planned(a_mailing(group=group, people=3), workspace)
    Delivery.objects.filter(pk=done.pk).update(state=DeliveryState.SETTLED, settled_at=OLD, created_at=OLD)
    Delivery.objects.filter(pk=waiting.pk).update(created_at=OLD)
    Contact.objects.update(updated_at=OLD, sync_state=SyncState.SYNCED)
    for mailing in Mailing.objects.all():
        assert mailing.audience is not None
        mailing.audience.members.update(added_at=OLD)

    taken = gone()

    assert taken["contacts"] == 3
    still_named = Contact.objects.filter(email__endswith="@example.com")
    assert set(still_named) == {one.contact for one in waiting.recipients.all()}
    assert Contact.objects.count() == 6


def hidden(group: Group, name: str) -> Image:
    """Gives an image that was hidden long ago."""
    color = f"#{abs(hash(name)) % 0xFFFFFF:06x}"
    image = an_image(group, a_person(group=group), color=color, name=name)
    Image.objects.filter(pk=image.pk).update(hidden_at=OLD)
    image.refresh_from_db()
    return image


def test_a_hidden_image_that_nothing_shows_goes_with_its_file(group: Group, django_capture_on_commit_callbacks) -> None:
    image, young = hidden(group, "old"), hidden(group, "young")
    Image.objects.filter(pk=young.pk).update(hidden_at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        taken = gone()

    assert taken == {"images": 1}
    assert not default_storage.exists(str(image.file.name))
    assert list(Image.objects.all()) == [young]


def test_an_image_stays_that_a_mail_a_template_a_look_or_another_image_shows(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    names = ("in a draft", "in a mail", "Vögel", "logo", "origin")
    images = {name: hidden(group, name) for name in names}
    a_mailing(group=group, values={"picture": {"image": str(images["in a draft"].pk), "alt": "x"}})
    delivery = a_planned(a_mailing(group=group), workspace)
    link = f'<img src="https://x.example/media/{images["in a mail"].file.name}">'
    Delivery.objects.filter(pk=delivery.pk).update(message={"html": link})
    version = a_template(brand=group.brand, slug="birds").current
    assert version is not None
    type(version).objects.filter(pk=version.pk).update(compiled={"default": "demo:Vögel"})
    BrandKit.objects.create(group=group, logo=images["logo"])
    Image.objects.filter(pk=images["logo"].pk).update(made_from=images["origin"])

    taken = gone()

    assert "images" not in taken
    assert Image.objects.count() == 5


def test_what_a_draft_held_goes_once_nobody_changes_it_any_more(group: Group) -> None:
    quiet, busy = a_mailing(group=group), a_mailing(group=group)
    for mailing in (quiet, busy):
        Snapshot.objects.create(
            mailing=mailing, version=mailing.version, revision=9, name="x", begun_at=OLD, ended_at=OLD
        )
    Mailing.objects.filter(pk=quiet.pk).update(updated_at=OLD)

    gone()

    assert set(Snapshot.objects.filter(revision=9).values_list("mailing", flat=True)) == {busy.pk}


def test_test_mails_go_once_they_are_over(group: Group) -> None:
    mailing = a_mailing(group=group)
    for state in (TestState.ACCEPTED, TestState.CALLING):
        TestMail.objects.create(
            group=group, revision=0, digest="x", tester=mailing.author, asked_by=mailing.author, state=state
        )
    TestMail.objects.update(created_at=OLD)

    assert gone()["tests"] == 1
    assert TestMail.objects.get().state == TestState.CALLING
