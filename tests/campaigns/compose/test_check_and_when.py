"""The steps "Check" and "When", and as whom the mail is looked at before it goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from campaigns.compose.forecast import forecast_of
from campaigns.compose.preview_as import LONG_VALUE
from campaigns.compose.queries import AudienceCount, count_of
from campaigns.compose.services import save_values
from campaigns.models import Mailing, Route, Template
from groups.models import Attribute, Contact, Suppression, SuppressionReason
from tests.campaigns.compose.scene import Scene, a_scene
from tests.campaigns.compose.test_views_composer import as_

pytestmark = pytest.mark.django_db
NINE = datetime(2099, 5, 1, 16, tzinfo=UTC)  # in Los Angeles


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def page_of(scene: Scene, mailing: Mailing, part: str = "author") -> Any:
    return as_(scene, part).get(reverse("campaigns:mailing-edit", args=[mailing.pk]))


@pytest.mark.catalogue("M16")
def test_every_finding_leads_to_its_step_and_everybody_who_is_left_out_is_counted_by_reason(scene: Scene) -> None:
    mailing = scene.draft()
    Template.objects.filter(pk=scene.template.pk).update(expires_on=timezone.now().date() - timedelta(days=2))
    save_values(mailing=mailing, changes={"headline": "x" * 41}, revision=0, actor=scene.people["author"])
    contact = scene.audience.members.first().contact
    Suppression.objects.create(
        brand=scene.brand, contact=contact, address=contact.email, reason=SuppressionReason.UNSUBSCRIBED
    )

    page = page_of(scene, mailing)

    steps = {found.code: step for found, step in page.context["checks"]}
    assert steps["template_expired"] == "mailing-when"
    assert all(f'data-opens="{step}"' in page.content.decode() for step in steps.values() if step)
    assert "headline" in steps.values()
    assert count_of(mailing) == AudienceCount(total=3, reached=2, left_out=(("Unsubscribed", 1),))
    assert "<dt>Unsubscribed</dt>" in page.content.decode()


@pytest.mark.parametrize(
    ("in_local_time", "shown"),
    [
        (False, [("Berlin", "Friday 6 p.m.", 2), ("New York", "Friday noon", 1)]),
        (True, [("Berlin", "Friday midnight in Los Angeles", 2), ("New York", "Friday 6 a.m. in Los Angeles", 1)]),
    ],
)
def test_the_time_is_spelt_out_by_the_clocks_of_the_recipients(
    scene: Scene, in_local_time: bool, shown: list[tuple[str, str, int]]
) -> None:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(send_at=NINE, in_local_time=in_local_time)
    mailing.refresh_from_db()
    Attribute.objects.create(
        brand=scene.brand, name="time_zone", label="Zone", braze_name="time_zone", liquid_name="time_zone"
    )
    zones = iter(["Europe/Berlin", "America/New_York", "Europe/Berlin"])
    for member in scene.audience.members.all():
        Contact.objects.filter(pk=member.contact_id).update(attributes={"time_zone": next(zones)})

    found = forecast_of(mailing, count_of(mailing), needs_approval=False)

    assert [(clock.zone, clock.shown, clock.people) for clock in found.clocks] == shown
    assert "New York" in page_of(scene, mailing).content.decode()


def test_what_leaves_when_and_until_when_it_can_be_undone_is_foreseen(scene: Scene) -> None:
    mailing = scene.draft()
    many = AudienceCount(total=600_000, reached=600_000)

    now = forecast_of(mailing, many, needs_approval=False).sentences
    after_approval = forecast_of(mailing, count_of(mailing), needs_approval=True).sentences
    mailing.send_at = NINE
    scheduled = forecast_of(mailing, count_of(mailing), needs_approval=False).sentences

    assert now[0].startswith("Sent now, it goes out at about ") and "can be undone until" in now[0]
    assert now[1].startswith("Handing 12,000 calls to Braze takes about ")
    assert after_approval[0].startswith("It goes out about ") and after_approval[0].endswith("after it is approved.")
    assert scheduled == ("It can be undone until Friday May 1, 2099, 8:59 a.m. in Los Angeles.",)
    assert forecast_of(mailing, None, needs_approval=False).sentences == ()


def test_what_braze_makes_itself_can_be_held_back_until_its_time_and_then_leaves_call_by_call(scene: Scene) -> None:
    mailing = scene.draft()
    mailing.send_at, mailing.route = NINE, Route.TRIGGER

    sentences = forecast_of(mailing, AudienceCount(total=600_000, reached=600_000), needs_approval=False).sentences

    assert sentences[0] == "It can be undone until Friday May 1, 2099, 9 a.m. in Los Angeles."
    assert sentences[1].startswith("Its 12,000 calls to Braze take about ")
    assert sentences[1].endswith(" minutes from then on; they can be stopped.")


def looked_at(scene: Scene, mailing: Mailing, part: str = "author", **query: str) -> str:
    address = reverse("campaigns:mailing-preview", args=[mailing.pk])
    return as_(scene, part).get(address, query).content.decode()


@pytest.mark.catalogue("M15")
def test_the_mail_is_looked_at_as_a_contact_and_in_the_worst_case(scene: Scene) -> None:
    mailing = scene.draft()
    save_values(mailing=mailing, changes={"headline": "Hello [[first_name]]"}, revision=0, actor=scene.people["author"])
    known, unknown, _third = (member.contact for member in scene.audience.members.select_related("contact"))
    Contact.objects.filter(pk=known.pk).update(attributes={"first_name": "Ana <b>"})

    assert "Hello Sam" in looked_at(scene, mailing)
    assert "Hello Ana &lt;b&gt;" in looked_at(scene, mailing, contact=known.email.upper())
    assert "Hello there" in looked_at(scene, mailing, contact=unknown.external_id)
    assert f"Hello {LONG_VALUE}" in looked_at(scene, mailing, case="longest")
    assert "Hello there" in looked_at(scene, mailing, case="nothing")


@pytest.mark.catalogue("M15")
def test_nobody_is_shown_who_is_not_on_the_list_or_whom_the_reader_may_not_see(scene: Scene) -> None:
    mailing = scene.draft()
    contact = scene.audience.members.first().contact
    Contact.objects.filter(pk=contact.pk).update(attributes={"first_name": "Ana"})

    refused = looked_at(scene, mailing, contact='<i>"nobody')
    assert "Nobody on the mailing" in refused and "<i>" not in refused
    assert "Ana" not in looked_at(scene, mailing, part="reader", contact=contact.email)
    assert as_(scene, "stranger").get(reverse("campaigns:mailing-preview", args=[mailing.pk])).status_code == 404
