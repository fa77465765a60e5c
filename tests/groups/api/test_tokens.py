"""Tokens: no wider than their person, of one brand, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from groups import access
from groups.api.tokens import MOST_TOKENS, create_token, givable_scopes, revoke_token
from groups.errors import InputRefused, NotPermitted
from groups.models import ApiToken, BrandRole, Event, Membership, RoleGrant, SecondFactorDemand, User
from groups.roles import Permission, Role
from tests.builders import Cast, a_person
from tests.groups.api.builders import Program, a_token, kind_of, program_of

P = Permission


def test_a_token_shows_whose_it_is_and_what_it_may_do(cast: Cast) -> None:
    answer = program_of(cast.author, cast.brand, P.SEE_MAILINGS, P.EDIT_MAILINGS).get("/me")

    said = answer.json()
    assert answer.status_code == 200
    assert said["name"] == "Lou Author"
    assert said["brand"]["name"] == cast.brand.name
    assert said["scopes"] == ["see_mailings", "edit_mailings"]
    assert [(role["role"], role["group"]["name"]) for role in said["roles"]] == [("local_author", cast.store.name)]
    assert answer["Cache-Control"] == "no-store"


def test_only_its_hash_is_kept_and_the_trail_tells_of_it_without_its_text(cast: Cast) -> None:
    token, text = a_token(cast.author, cast.brand, P.SEE_MAILINGS)

    assert text.startswith("sst_")
    assert text not in str(ApiToken.objects.filter(pk=token.pk).values().get())
    event = Event.objects.get(action="api.token_created")
    assert event.actor == cast.author
    assert text not in str(event.detail)


def test_nobody_makes_a_token_that_may_more_than_they(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        create_token(brand=cast.brand, user=cast.author, name="Till", scopes=[P.SEND_MAILINGS], days=None)
    with pytest.raises(NotPermitted):
        create_token(brand=cast.brand, user=cast.admin, name="Till", scopes=[P.ACT_AS], days=None)

    assert not ApiToken.objects.exists()
    assert P.ACT_AS not in givable_scopes(cast.admin, cast.brand)


def test_without_the_right_there_are_no_tokens_and_old_ones_are_refused(cast: Cast) -> None:
    program = program_of(cast.author, cast.brand, P.SEE_MAILINGS)
    RoleGrant.objects.filter(role__brand=cast.brand, permission=P.USE_API_TOKENS).delete()

    answer = program.get("/groups")

    assert (answer.status_code, kind_of(answer)) == (403, "not-permitted")
    with pytest.raises(NotPermitted):
        a_token(cast.sender, cast.brand, P.SEE_MAILINGS)


@pytest.mark.catalogue("X6")
def test_a_token_may_less_at_once_when_its_person_does(cast: Cast) -> None:
    program = program_of(cast.sender, cast.brand, P.SEE_MAILINGS, P.SEE_CONTACTS)
    path = f"/groups/{cast.store.pk}/audiences"
    assert program.get(path).status_code == 200
    Membership.objects.filter(user=cast.sender).update(role=BrandRole.objects.get(brand=cast.brand, key=Role.READ_ONLY))

    assert program.get(path).status_code == 404
    assert program.get("/groups").status_code == 200


def test_what_its_scopes_leave_out_is_refused_though_its_person_may(cast: Cast) -> None:
    program = program_of(cast.admin, cast.brand, P.SEE_MAILINGS)

    answer = program.get(f"/groups/{cast.store.pk}/audiences")
    group = program.get(f"/groups/{cast.store.pk}")

    assert (answer.status_code, kind_of(answer)) == (403, "scope-missing")
    assert "see_contacts" in answer.json()["detail"]
    assert group.json()["may"] == ["see_mailings"]


def test_scopes_bound_every_question_about_rights(cast: Cast) -> None:
    person = User.objects.get(pk=cast.admin.pk)
    person.scopes = frozenset({P.SEE_MAILINGS})

    assert access.may(person, P.SEE_MAILINGS, cast.store)
    assert not access.may(person, P.MANAGE_USERS, cast.store)
    assert not access.groups_held(person, P.MANAGE_USERS).exists()
    assert access.rights_of(person, cast.brand, cast.store) == access.Rights(*[frozenset({P.SEE_MAILINGS})] * 3)
    access.remember_rights(person)
    assert not access.may(person, P.MANAGE_USERS, cast.store)


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer sst_wrong", "Basic c3N0", "Bearer scim_x", "Bearer sst_é"])
def test_without_a_token_that_holds_nobody_gets_in(cast: Cast, header: str) -> None:
    answer = Program("").client.get("/api/v1/me", headers={"Authorization": header})

    assert (answer.status_code, kind_of(answer)) == (401, "no-token")
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_session_does_not_count(cast: Cast) -> None:
    program = Program("")
    program.client.force_login(cast.admin)

    assert program.client.get("/api/v1/me").status_code == 401


def test_a_token_holds_on_the_host_name_of_its_brand_alone(cast: Cast, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    program = program_of(cast.admin, cast.brand)
    program.host = "harbor.testserver"

    assert program.get("/me").status_code == 401


def test_a_token_ends_with_its_time_its_person_and_its_revocation(cast: Cast) -> None:
    short, revoked, gone = (a_token(person, cast.brand, days=1) for person in (cast.author, cast.sender, cast.approver))
    revoke_token(token=revoked[0], actor=cast.sender)
    revoke_token(token=revoked[0], actor=cast.sender)
    User.objects.filter(pk=cast.approver.pk).update(is_active=False)

    assert Program(short[1]).get("/me").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=1, seconds=1), tick=False):
        assert Program(short[1]).get("/me").status_code == 401
    assert Program(revoked[1]).get("/me").status_code == 401
    assert Program(gone[1]).get("/me").status_code == 401
    assert Event.objects.filter(action="api.token_revoked").count() == 1


def test_a_token_outlives_a_new_password_because_making_one_asked_for_the_old(cast: Cast) -> None:
    program = program_of(cast.author, cast.brand)
    cast.author.set_password("another-long-password")
    cast.author.save()

    assert program.get("/me").status_code == 200


def test_whoever_owes_a_second_factor_is_told_so(cast: Cast) -> None:
    program = program_of(cast.author, cast.brand)
    SecondFactorDemand.objects.create(brand=cast.brand, role_key=Role.LOCAL_AUTHOR)

    answer = program.get("/me")

    assert (answer.status_code, kind_of(answer)) == (403, "second-factor")


def test_nobody_has_more_than_twenty_tokens_that_hold(cast: Cast) -> None:
    for _number in range(MOST_TOKENS):
        a_token(cast.author, cast.brand, P.SEE_MAILINGS)

    with pytest.raises(InputRefused, match="20 tokens"):
        a_token(cast.author, cast.brand, P.SEE_MAILINGS)

    assert ApiToken.objects.count() == MOST_TOKENS


def test_its_last_use_is_noted(cast: Cast) -> None:
    token, text = a_token(cast.author, cast.brand)

    Program(text).get("/me")

    token.refresh_from_db()
    assert token.last_used_at is not None


def test_a_person_of_two_brands_sees_the_groups_of_the_tokens_brand_alone(cast: Cast) -> None:
    both = a_person(role=Role.ADMIN, group=cast.store)
    other = cast.other_brand.groups.get(parent=None)
    Membership.objects.create(user=both, group=other, role=BrandRole.objects.get(brand=cast.other_brand, key="admin"))
    program = program_of(both, cast.brand)

    assert program.get(f"/groups/{other.pk}").status_code == 404
    assert [group["id"] for group in program.get("/groups").json()["items"]] == [str(cast.store.pk)]
