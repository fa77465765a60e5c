"""Segments are read from Braze, their sizes are kept for good, and a chart has a table behind it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.audiences.segments import reading, tasks
from groups.audiences.segments.chart import chart_of
from groups.models import Audience, BrazeSegment, SegmentSize, Workspace
from tests.builders import Cast, a_contact, a_workspace, an_audience
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace(cast: Cast, sandbox: RunningSandbox) -> Workspace:
    return a_workspace(brand=cast.brand, endpoint=sandbox.url)


def assigned(cast: Cast, client: Client, sandbox: RunningSandbox, place: int = 0) -> Audience:
    """Lets the store send to a segment of Braze, as a manager does."""
    segment = list(sandbox.state.segments)[place]
    client.force_login(cast.manager)
    client.post(reverse("groups:segment-assign", args=[cast.store.pk]), {"segment": segment})
    return Audience.objects.get(segment_id=segment)


@pytest.mark.catalogue("A6")
def test_an_assigned_segment_is_read_with_its_description_and_sizes(
    cast: Cast, client: Client, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    audience = assigned(cast, client, sandbox)

    tasks.read(str(BrazeSegment.objects.get().pk))

    segment = BrazeSegment.objects.get()
    assert (segment.name, segment.is_tracked, segment.problem) == ("All subscribers", True, "")
    assert segment.description == "Everyone with an email address."
    assert segment.filters == "Email address is not blank"
    assert segment.sizes.count() == 100
    client.force_login(cast.author)
    page = client.get(reverse("groups:audience-show", args=[audience.pk]), follow=True).content.decode()
    assert "Everyone with an email address." in page
    assert "<svg" in page
    assert 'role="img"' in page
    assert page.count('<tr><th scope="row">') == 100
    assert "style=" not in page


def test_what_braze_forgets_stays_here(
    cast: Cast, client: Client, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    assigned(cast, client, sandbox)
    segment = BrazeSegment.objects.get()
    long_ago = date(2025, 1, 1)
    SegmentSize.objects.create(segment=segment, day=long_ago, size=7)
    SegmentSize.objects.create(segment=segment, day=timezone.now().date() - timedelta(days=1), size=99)

    reading.read(segment)
    reading.read(segment)

    assert segment.sizes.get(day=long_ago).size == 7
    assert segment.sizes.get(day=timezone.now().date() - timedelta(days=1)).size == 0
    assert segment.sizes.count() == 5


def test_a_segment_without_tracking_says_so(
    cast: Cast, client: Client, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    audience = assigned(cast, client, sandbox, place=3)

    tasks.read_all()

    listed = client.get(reverse("groups:segment-list", args=[cast.store.pk])).content.decode()
    page = client.get(reverse("groups:segment-show", args=[audience.pk])).content.decode()
    assert BrazeSegment.objects.get().is_tracked is False
    assert "Braze does not count this segment: its analytics tracking is off." in listed
    assert "Tracking is off" in page
    assert "<svg class" not in page


def test_segments_that_were_assigned_before_are_read_too(
    cast: Cast, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    an_audience(group=cast.store, name="Loyal", segment_id=list(sandbox.state.segments)[1])
    an_audience(group=cast.next_store, name="Loyal", segment_id=list(sandbox.state.segments)[1])

    assert reading.read_all(cast.brand) == 1
    assert BrazeSegment.objects.get().name == "Loyalty members"


def test_braze_being_away_is_noted_and_takes_nothing_away(cast: Cast, client: Client) -> None:
    a_workspace(brand=cast.brand)
    audience = an_audience(group=cast.store, segment_id="segment-1")
    segment = BrazeSegment.objects.create(brand=cast.brand, segment_id="segment-1", name="Loyal", description="Kept")

    assert reading.read(segment) is False

    segment.refresh_from_db()
    assert segment.description == "Kept"
    client.force_login(cast.author)
    page = client.get(reverse("groups:segment-show", args=[audience.pk])).content.decode()
    assert "Braze could not be read last time" in page
    assert "Braze does not answer as expected" in page


def test_reading_again_is_for_who_assigns_segments(
    cast: Cast, client: Client, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    audience = an_audience(group=cast.store, segment_id=next(iter(sandbox.state.segments)))
    address = reverse("groups:segment-read", args=[audience.pk])

    for user in cast.without(cast.manager, cast.admin):
        client.force_login(user)
        assert client.post(address).status_code == 404
    assert not BrazeSegment.objects.exists()
    client.force_login(cast.manager)
    assert client.post(address).status_code == 302

    assert BrazeSegment.objects.get().segment_id == audience.segment_id


def test_a_list_has_no_page_of_a_segment(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    assert client.get(reverse("groups:segment-show", args=[an_audience(group=cast.store).pk])).status_code == 404


def test_a_chart_says_in_words_what_it_shows() -> None:
    days = [date(2026, 11, 1) + timedelta(days=number) for number in range(3)]

    chart = chart_of(list(zip(days, (1200, 900, 1340), strict=True)))

    assert chart is not None
    assert chart.sentence == (
        "From 1,200 people on Nov. 1, 2026 to 1,340 on Nov. 3, 2026; never below 900 nor above 1,340."
    )
    assert [mark.word for mark in chart.curve.levels] == ["0", "1,000", "2,000"]
    assert [line.runs for line in chart.curve.lines] == [["72.0,99.2 388.0,130.4 704.0,84.6"]]
    assert chart_of([]) is None
    assert chart_of([(days[0], 5)]) is None
    assert chart_of([(days[0], 0), (days[1], 0)]) is not None


def test_the_size_counts_whoever_joined(
    cast: Cast, client: Client, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    from groups.audiences.syncing import sync_contacts

    assigned(cast, client, sandbox)
    a_contact(audience=an_audience(group=cast.store))
    sync_contacts(workspace.pk)

    reading.read(BrazeSegment.objects.get())

    sizes = list(SegmentSize.objects.order_by("day").values_list("size", flat=True))
    assert (sizes[0], sizes[-1]) == (0, 1)
