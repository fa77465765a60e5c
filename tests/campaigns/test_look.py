"""The look of mails resolves from the group over its region to the brand (T21)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.compose.content import context_for_group
from campaigns.look.services import look_of, save_kit
from campaigns.models import BrandKit
from groups.models import Group
from tests.builders import Cast


def kit(group: Group, cast: Cast, **own: object) -> None:
    words: dict[str, object] = {"logo": None, "accent_color": "", "ink_color": "", "font": "", "palette": {}}
    save_kit(group=group, actor=cast.manager, **{**words, **own})  # type: ignore[arg-type]


@pytest.mark.catalogue("T21")
def test_each_part_comes_from_the_nearest_group_that_says_it(cast: Cast) -> None:
    kit(cast.region, cast, accent_color="#111111", ink_color="#222222", palette={"Night": "#111111"})
    kit(cast.store, cast, accent_color="#333333", palette={"Day": "#eeeeee"})

    store, neighbour, far = (look_of(group) for group in (cast.store, cast.next_store, cast.far_store))

    assert (store.accent_color, store.ink_color) == ("#333333", "#222222")
    assert (neighbour.accent_color, neighbour.ink_color) == ("#111111", "#222222")
    assert far.accent_color == cast.brand.accent_color
    assert store.palette == {"Night": "#111111", "Day": "#eeeeee"}


@pytest.mark.catalogue("T21")
def test_a_template_takes_the_look_of_the_group(cast: Cast) -> None:
    kit(cast.store, cast, accent_color="#333333", font="Georgia, serif")

    context = context_for_group(cast.store, send_date="")

    assert (context.brand["accent_color"], context.brand["font"]) == ("#333333", "Georgia, serif")


@pytest.mark.catalogue("T21")
def test_the_page_takes_colours_and_refuses_anything_else(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    url = reverse("campaigns:look-edit", args=[cast.store.pk])

    right = client.post(url, {"accent_color": "#a4451f", "palette": "Night sky #112233\nDay #FFEEDD"})
    wrong = [
        client.post(url, {"accent_color": "red"}),
        client.post(url, {"font": "x;background:url(y)"}),
        client.post(url, {"palette": "Night 112233"}),
    ]

    assert right.status_code == 302
    assert [page.status_code for page in wrong] == [422] * 3
    assert BrandKit.objects.get().palette == {"Night sky": "#112233", "Day": "#ffeedd"}
