"""Invitations: one link for one address, once, for a while."""

from __future__ import annotations

import re
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from groups import access
from groups.errors import InputRefused, NotPermitted
from groups.models import Event, Invitation, Membership, User
from groups.people.invitation_mail import mail_due_invitations
from groups.people.invitations import find_invitation, invite, invite_again, withdraw_invitation
from groups.people.roles import role_of
from groups.roles import Permission, Role
from tests.builders import PASSWORD, Cast, a_membership, a_person, root_group

pytestmark = pytest.mark.django_db

ADDRESS = "new.person@example.com"
GOOD = "seven brown bears asleep"


def an_invitation(cast: Cast, email: str = ADDRESS, role: Role = Role.LOCAL_AUTHOR) -> tuple[Invitation, str]:
    """Gives an invitation into the store that was mailed, with the secret of its link."""
    invitation = invite(
        group=cast.store, email=email, name="New Person", role=role_of(cast.brand, role), actor=cast.admin
    )
    mail_due_invitations()
    return invitation, secret_of(mail.outbox[-1].body)


def secret_of(body: str) -> str:
    found = re.search(r"/invitation/([\w-]+)/", body)
    assert found is not None
    return found[1]


def test_an_invited_person_chooses_a_password_and_is_in(cast: Cast, client: Client) -> None:
    _invitation, secret = an_invitation(cast)
    page = reverse("groups:invitation-accept", args=[secret])

    looked = client.get(page)
    answer = client.post(page, {"name": "New Person", "password": GOOD})

    assert mail.outbox[-1].to == [ADDRESS]
    assert ADDRESS in looked.content.decode()
    assert (looked["Referrer-Policy"], looked["Cache-Control"]) == ("same-origin", "no-store")
    user = User.objects.get(email=ADDRESS)
    assert (answer.status_code, user.name) == (302, "New Person")
    assert access.may(user, Permission.EDIT_MAILINGS, cast.store)
    assert client.get(reverse("campaigns:mailing-list", args=[cast.store.pk])).status_code == 200
    assert Event.objects.filter(action="member.invitation_accepted", actor=user).count() == 1


def test_a_link_works_once(cast: Cast, client: Client) -> None:
    _invitation, secret = an_invitation(cast)
    page = reverse("groups:invitation-accept", args=[secret])
    client.post(page, {"name": "New Person", "password": GOOD})

    again = Client().post(page, {"name": "Thief", "password": GOOD + "!"})

    assert again.status_code == 410
    assert "used already" in again.content.decode()
    assert User.objects.get(email=ADDRESS).name == "New Person"


def test_a_link_that_has_run_out_says_whom_to_ask(cast: Cast, client: Client) -> None:
    _invitation, secret = an_invitation(cast)

    with time_machine.travel(timezone.now() + timedelta(days=15)):
        answer = client.post(reverse("groups:invitation-accept", args=[secret]), {"name": "N", "password": GOOD})

    assert answer.status_code == 410
    assert "Ade Admin" in answer.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_forwarded_link_gives_nothing_to_somebody_else_who_is_signed_in(cast: Cast, client: Client) -> None:
    _invitation, secret = an_invitation(cast)
    client.force_login(cast.neighbour)

    answer = client.post(reverse("groups:invitation-accept", args=[secret]))

    assert answer.status_code == 422
    assert "another address" in answer.content.decode()
    assert not access.may(cast.neighbour, Permission.SEE_MAILINGS, cast.store)


def test_a_link_for_somebody_with_an_account_needs_their_sign_in(cast: Cast, client: Client) -> None:
    _invitation, secret = an_invitation(cast, cast.neighbour.email)
    page = reverse("groups:invitation-accept", args=[secret])

    stranger = client.post(page, {"name": "Thief", "password": GOOD})
    client.force_login(cast.neighbour)
    owner = client.post(page)

    assert stranger.status_code == 422
    cast.neighbour.refresh_from_db()
    assert cast.neighbour.check_password(PASSWORD)
    assert owner.status_code == 302
    assert access.may(cast.neighbour, Permission.EDIT_MAILINGS, cast.store)
    assert client.get(reverse("campaigns:mailing-list", args=[cast.store.pk])).status_code == 200


@pytest.mark.parametrize("way", ["withdrawn", "replaced", "again"])
def test_an_old_link_is_worthless(cast: Cast, client: Client, way: str) -> None:
    invitation, secret = an_invitation(cast)

    match way:
        case "withdrawn":
            withdraw_invitation(invitation=invitation, actor=cast.admin)
        case "replaced":
            an_invitation(cast)
        case "again":
            invite_again(invitation=invitation, actor=cast.admin)
            mail_due_invitations()

    assert client.get(reverse("groups:invitation-accept", args=[secret])).status_code == 410


def test_a_link_of_another_brand_is_none_here(cast: Cast) -> None:
    _invitation, secret = an_invitation(cast)

    with pytest.raises(InputRefused, match="no invitation of ours"):
        find_invitation(brand=cast.other_brand, secret=secret)


def test_an_invitation_falls_with_the_right_of_whoever_sent_it(cast: Cast, client: Client) -> None:
    _invitation, secret = an_invitation(cast)
    a_person(role=Role.ADMIN, group=root_group(cast.brand))
    Membership.objects.filter(user=cast.admin).delete()

    answer = client.post(reverse("groups:invitation-accept", args=[secret]), {"name": "N", "password": GOOD})

    assert answer.status_code == 422
    assert "Ask for a new invitation" in answer.content.decode()
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("password", ["sh0rt", "password12345", "new.person@example.com"])
def test_a_weak_password_is_refused_at_its_field(cast: Cast, client: Client, password: str) -> None:
    _invitation, secret = an_invitation(cast)

    answer = client.post(reverse("groups:invitation-accept", args=[secret]), {"name": "N", "password": password})

    assert answer.status_code == 422
    assert password not in answer.content.decode().replace(ADDRESS, "")
    assert not User.objects.filter(email=ADDRESS).exists()


def test_nobody_invites_to_more_than_they_hold_or_beside_their_groups(cast: Cast) -> None:
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    tries = [
        (regional, cast.store, Role.ADMIN),
        (regional, cast.far_store, Role.READ_ONLY),
        (cast.manager, cast.store, Role.READ_ONLY),
        (cast.outsider, cast.store, Role.READ_ONLY),
    ]

    for actor, group, role in tries:
        with pytest.raises((InputRefused, NotPermitted)):
            invite(group=group, email=ADDRESS, name="", role=role_of(cast.brand, role), actor=actor)
    with pytest.raises(InputRefused, match="another brand"):
        invite(
            group=cast.store, email=ADDRESS, name="", role=role_of(cast.other_brand, Role.READ_ONLY), actor=cast.admin
        )

    assert Invitation.objects.count() == 0


def test_a_mail_server_that_is_down_loses_no_invitation(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_args: Any, **_options: Any) -> int:
        raise SMTPException("down")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMessage.send", down)
        invite(group=cast.store, email=ADDRESS, name="", role=role_of(cast.brand, Role.READ_ONLY), actor=cast.admin)
        assert mail_due_invitations() == 0
    at_once = mail_due_invitations()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        later = mail_due_invitations()

    assert (at_once, later, len(mail.outbox)) == (0, 1, 1)
    assert mail_due_invitations() == 0


def test_the_mail_is_asked_for_when_the_row_is_written(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr("celery.app.base.Celery.send_task", lambda _app, name, **_: asked.append(name))

    with django_capture_on_commit_callbacks(execute=True):
        invite(group=cast.store, email=ADDRESS, name="", role=role_of(cast.brand, Role.READ_ONLY), actor=cast.admin)

    assert asked == ["groups.people.mail_invitations"]


def test_somebody_who_left_comes_back_by_a_new_invitation_with_a_new_password(cast: Cast, client: Client) -> None:
    Membership.objects.filter(user=cast.author).delete()
    User.objects.filter(pk=cast.author.pk).update(is_active=False)
    _invitation, secret = an_invitation(cast, cast.author.email)

    answer = client.post(reverse("groups:invitation-accept", args=[secret]), {"name": "Lou", "password": GOOD})

    author = User.objects.get(pk=cast.author.pk)
    assert (answer.status_code, author.is_active, author.check_password(GOOD)) == (302, True, True)


def test_a_person_of_another_brand_is_told_apart_from_nobody_by_nothing(cast: Cast, client: Client) -> None:
    a_membership(user=cast.author, group=root_group(cast.other_brand), role=Role.READ_ONLY)
    client.force_login(cast.admin)

    answers = [
        client.post(
            reverse("groups:person-invite"),
            {"email": email, "group": cast.store.code, "role": str(role_of(cast.brand, Role.READ_ONLY).pk)},
            follow=True,
        ).content.decode()
        for email in (cast.outsider.email, "nobody-at-all@example.com")
    ]

    plain = [re.sub(r"value=\"[^\"]*\"|/invitations/[^/]+/|nonce=\"[^\"]*\"", "", answer) for answer in answers]
    assert cast.outsider.name not in answers[0]
    assert ("gets a mail with a link" in plain[0]) == ("gets a mail with a link" in plain[1]) is True
