"""Whom a brand's admins may appoint is the operator's word."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from groups.errors import InputRefused
from groups.models import Brand, Event, User
from groups.people.services import give_role
from groups.roles import Role
from tests.builders import Cast

pytestmark = pytest.mark.django_db


def appoint(cast: Cast) -> None:
    group = cast.store
    group.brand.refresh_from_db()
    give_role(user=User.objects.get(pk=cast.author.pk), group=group, role=Role.APPROVER, actor=cast.admin)


def test_the_operator_lets_admins_give_every_role_and_takes_it_back(cast: Cast) -> None:
    call_command("brand_people", cast.brand.slug, admins_give_every_role="on")
    appoint(cast)
    call_command("brand_people", cast.brand.slug, admins_give_every_role="off")

    with pytest.raises(InputRefused, match="rights that you do not have"):
        appoint(cast)

    events = Event.objects.filter(action="brand.appointing_changed").order_by("pk")
    assert [event.after for event in events] == [{"admins_give_every_role": True}, {"admins_give_every_role": False}]
    assert not Brand.objects.get(pk=cast.other_brand.pk).admins_give_every_role


def test_a_brand_that_is_not_there_is_named_with_those_that_are(cast: Cast) -> None:
    with pytest.raises(CommandError, match=cast.brand.slug):
        call_command("brand_people", "nowhere", admins_give_every_role="on")
