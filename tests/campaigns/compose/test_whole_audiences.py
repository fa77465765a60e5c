"""What the composer says of people whom only Braze knows, and of people whom Braze does not know yet."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.compose.queries import AudienceCount, count_of
from campaigns.models import Mailing, Route, Template
from groups.audiences.services import add_everybody
from tests.builders import Cast, a_workspace, an_audience
from tests.campaigns.builders import a_mailing

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "button", "words"),
    [
        ("everybody", "Send to everybody of the group", "to everybody whom Braze finds under your group."),
        ("segment", "Send to the segment", "It goes out as one call, narrowed to your group."),
    ],
)
def test_a_whole_audience_is_one_call_that_braze_keeps(
    cast: Cast, client: Client, kind: str, button: str, words: str
) -> None:
    audience = (
        add_everybody(group=cast.store, actor=cast.manager)
        if kind == "everybody"
        else an_audience(group=cast.store, segment_id="s-1")
    )
    a_workspace(brand=cast.brand)
    mailing = a_mailing(group=cast.store, author=cast.sender, audience=audience)
    client.force_login(cast.sender)

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()
    saved = client.post(
        reverse("campaigns:mailing-save", args=[mailing.pk]),
        {"mailing-revision": mailing.revision, "mailing-audience": str(audience.pk)},
        headers={"accept": "application/json"},
    ).json()

    assert count_of(mailing) == AudienceCount(total=None, reached=None)
    assert f'<span class="soft small">{audience.get_kind_display()}</span>' in page
    assert words in saved["fragments"]["audience"]
    assert "Braze keeps such a request" in saved["fragments"]["audience"]
    assert saved["steps"]["mailing-audience"]["summary"] == audience.name
    assert f">{button}</button>" in saved["fragments"]["send"]


def test_a_mailing_to_new_people_waits_for_nobody(cast: Cast) -> None:
    by_portal = a_mailing(group=cast.store, author=cast.sender)
    by_braze = a_mailing(group=cast.store, author=cast.sender, route=Route.TRIGGER)

    def waiting(mailing: Mailing) -> int | None:
        count = count_of(Mailing.objects.get(pk=mailing.pk))
        return None if count is None else count.waiting

    before = (waiting(by_portal), waiting(by_braze))
    Template.objects.update(mails_new_people=True)

    assert (before, waiting(by_portal), waiting(by_braze)) == ((3, 3), 3, 0)
    by_braze.audience = None
    assert count_of(by_braze) is None
