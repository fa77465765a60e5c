"""A brand's pages belong to its host name: rights of one brand do not exist on another's pages."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from groups import access
from groups.models import Group
from groups.roles import Permission
from tests.builders import Cast


def test_on_another_brands_host_name_the_own_group_does_not_exist(
    cast: Cast, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    client.force_login(cast.sender)
    address = reverse("groups:audience-list", args=[cast.store.pk])

    at_home = client.get(address)
    abroad = client.get(address, headers={"host": "harbor.testserver"})

    assert (at_home.status_code, abroad.status_code) == (200, 404)


def test_rights_of_commands_and_tasks_hold_in_every_brand(cast: Cast) -> None:
    everywhere = access.visible(cast.sender, Group, Permission.SEND_MAILINGS).count()
    cast.sender.on_pages_of = cast.other_brand

    assert (everywhere, access.visible(cast.sender, Group, Permission.SEND_MAILINGS).count()) == (1, 0)


def test_pages_of_signed_in_people_are_kept_by_no_cache(cast: Cast, client: Client) -> None:
    client.force_login(cast.sender)

    page = client.get(reverse("groups:audience-list", args=[cast.store.pk]))

    assert page["Cache-Control"] == "private, no-store"
