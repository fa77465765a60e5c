"""Everybody of a group in Braze: an audience that head office opens, and that only Braze can count."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groups.audiences.services import add_everybody
from groups.errors import InputRefused
from groups.models import Audience, AudienceKind, Event, Group
from tests.builders import Cast, an_audience

pytestmark = pytest.mark.django_db


def test_head_office_opens_it_once_and_the_page_says_what_it_means(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    listed = reverse("groups:audience-list", args=[cast.store.pk])
    add = reverse("groups:everybody-add", args=[cast.store.pk])

    before = client.get(listed).content.decode()
    client.post(add)
    again = client.post(add, follow=True).content.decode()
    audience = Audience.objects.get()
    page = client.get(reverse("groups:audience-show", args=[audience.pk])).content.decode()

    assert (audience.group, audience.kind, audience.segment_id) == (cast.store, AudienceKind.EVERYBODY, "")
    assert (audience.name, audience.is_counted_by_braze) == ("Everybody of Northwind Coffee Portland in Braze", True)
    assert f'action="{add}"' in before and f'action="{add}"' not in again
    assert "The group can send to everybody of it in Braze already." in again
    for words in (cast.store.code, "Only Braze knows who and how many they are.", "in its developer console"):
        assert words in page
    assert Event.objects.filter(action="audience.everybody_added", target_id=str(audience.pk)).count() == 1


def test_whoever_may_assign_no_segments_cannot(cast: Cast, client: Client) -> None:
    statuses = {}

    for person in cast.without(cast.manager, cast.admin):
        client.force_login(person)
        statuses[person.name] = client.post(reverse("groups:everybody-add", args=[cast.store.pk])).status_code
    client.force_login(cast.author)
    page = client.get(reverse("groups:audience-list", args=[cast.store.pk])).content.decode()

    assert set(statuses.values()) == {404}
    assert "Let this group send to all of them" not in page
    assert Audience.objects.count() == 0


def test_a_closed_group_and_a_group_that_has_it_get_none(cast: Cast) -> None:
    add_everybody(group=cast.next_store, actor=cast.manager)
    Group.objects.filter(pk=cast.store.pk).update(closed_at=timezone.now())
    cast.store.refresh_from_db()

    for group in (cast.store, cast.next_store):
        with pytest.raises(InputRefused):
            add_everybody(group=group, actor=cast.manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        Audience.objects.create(group=cast.next_store, kind=AudienceKind.EVERYBODY, name="Another")

    assert Audience.objects.count() == 1


def test_a_list_is_counted_here_and_a_segment_by_braze(cast: Cast) -> None:
    kinds = [an_audience(group=cast.store), an_audience(group=cast.store, segment_id="s-1")]

    assert [audience.is_counted_by_braze for audience in kinds] == [False, True]
