"""SCIM 2.0: a brand's directory makes, changes and switches off its own people, and nobody else's."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from pytest_django import Settings

from groups.models import Event, Membership, ScimGroup, ScimPerson, ScimToken, SignOnState, SingleSignOn, User
from groups.roles import Role
from groups.signin.scim.tokens import create_token, revoke_token
from groups.signin.sso.services import name_break_glass
from tests.builders import PASSWORD, Cast, a_person, root_group
from tests.campaigns.costs import cost_of
from tests.groups.signin.conftest import an_app, is_signed_in, sign_in

pytestmark = pytest.mark.django_db
USERS = "/scim/v2/Users"
GROUPS = "/scim/v2/Groups"
NEW = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "Nia@Northwind.example",
    "externalId": "entra-17",
    "name": {"givenName": "Nia", "familyName": "New"},
    "emails": [{"value": "nia@northwind.example", "type": "work", "primary": True}],
    "active": True,
}


class Directory:
    """A directory that holds a token of a brand."""

    def __init__(self, text: str, host: str = "testserver") -> None:
        self._client = Client(headers={"authorization": f"Bearer {text}", "host": host})

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Calls an address and gives the answer; `.json()` is its body."""
        return self._client.generic(
            method,
            path,
            "" if body is None else body if isinstance(body, str) else json.dumps(body),
            content_type="application/scim+json",
            query_params=query,
        )

    def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        """Sends operations."""
        return self.call("PATCH", path, {"schemas": [], "Operations": list(operations)})


@pytest.fixture
def directory(cast: Cast) -> Directory:
    """Gives the directory of the cast's brand; it may give what a local author and an admin hold."""
    _token, text = create_token(
        brand=cast.brand,
        actor=cast.admin,
        name="Entra",
        roles=[Role.LOCAL_AUTHOR, Role.READ_ONLY, Role.ADMIN],
        email_domains=["northwind.example", "example.com"],
    )
    return Directory(text)


def created(directory: Directory, **changes: Any) -> str:
    """Brings somebody new into the brand and gives their id."""
    answer = directory.call("POST", USERS, {**NEW, **changes})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def a_scim_group(directory: Directory, name: str, *members: str) -> str:
    """Adds a group and gives its id."""
    answer = directory.call("POST", GROUPS, {"displayName": name, "members": [{"value": one} for one in members]})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_somebody_new_is_made_found_and_shown(cast: Cast, directory: Directory) -> None:
    answer = directory.call("POST", USERS, NEW)
    body = answer.json()
    by_name = directory.call("GET", USERS, filter='userName eq "NIA@northwind.example"').json()
    by_both = directory.call("GET", USERS, filter='externalId eq "entra-17" and active eq true').json()

    user = User.objects.get(email="nia@northwind.example")
    assert (answer.status_code, answer["Location"]) == (201, f"http://testserver{USERS}/{user.pk}")
    assert answer["Content-Type"] == "application/scim+json"
    assert answer["Cache-Control"] == "private, no-store"
    assert body["id"] == str(user.pk)
    assert body["name"] == {"formatted": "Nia New", "givenName": "Nia", "familyName": "New"}
    assert (body["userName"], body["externalId"], body["active"]) == ("nia@northwind.example", "entra-17", True)
    assert (user.name, user.has_usable_password(), user.memberships.count()) == ("Nia New", False, 0)
    assert by_name["Resources"] == by_both["Resources"] == [body]
    assert directory.call("GET", f"{USERS}/{user.pk}").json() == body


def test_a_member_who_was_invited_is_found_and_kept(cast: Cast, directory: Directory) -> None:
    found = directory.call("GET", USERS, filter=f'userName eq "{cast.author.email}"').json()

    assert [one["id"] for one in found["Resources"]] == [str(cast.author.pk)]
    assert directory.call("POST", USERS, {"userName": cast.author.email}).status_code == 409


@pytest.mark.parametrize("off", [False, "False", "false"])
def test_switching_off_ends_everything_at_once_and_on_brings_the_roles_back(
    cast: Cast, directory: Directory, off: bool | str
) -> None:
    browser = sign_in(cast.author)

    gone = directory.patch(f"{USERS}/{cast.author.pk}", {"op": "Replace", "path": "active", "value": off})

    cast.author.refresh_from_db()
    assert gone.json()["active"] is False
    assert not is_signed_in(browser)
    assert (cast.author.is_active, cast.author.memberships.count()) == (False, 0)
    assert not is_signed_in(sign_in(cast.author))
    back = directory.patch(f"{USERS}/{cast.author.pk}", {"op": "replace", "value": {"active": True}})
    assert back.json()["active"] is True
    assert list(cast.author.memberships.values_list("group", "role__key")) == [(cast.store.pk, "local_author")]
    assert is_signed_in(sign_in(cast.author))


def test_switching_on_gives_back_no_role_that_the_token_may_not_give(cast: Cast, directory: Directory) -> None:
    directory.patch(f"{USERS}/{cast.approver.pk}", {"op": "replace", "path": "active", "value": False})

    directory.patch(f"{USERS}/{cast.approver.pk}", {"op": "replace", "path": "active", "value": True})

    assert not cast.approver.memberships.exists()


def test_delete_switches_off_and_keeps_the_person(cast: Cast, directory: Directory) -> None:
    answer = directory.call("DELETE", f"{USERS}/{cast.author.pk}")

    cast.author.refresh_from_db()
    assert (answer.status_code, answer.content) == (204, b"")
    assert not cast.author.is_active
    assert Event.objects.filter(action="scim.person_deactivated", target_id=str(cast.author.pk)).count() == 1
    assert directory.call("GET", f"{USERS}/{cast.author.pk}").json()["active"] is False


def test_the_last_admin_and_the_last_break_glass_admin_stay(cast: Cast, directory: Directory) -> None:
    last = directory.call("DELETE", f"{USERS}/{cast.admin.pk}")
    second = a_person(role=Role.ADMIN, group=root_group(cast.brand))
    an_app(cast.admin)
    name_break_glass(brand=cast.brand, user=cast.admin, actor=cast.admin)
    SingleSignOn.objects.create(brand=cast.brand, state=SignOnState.ENFORCED, issuer="https://x.example")
    glass = directory.patch(f"{USERS}/{cast.admin.pk}", {"op": "replace", "path": "active", "value": False})

    cast.admin.refresh_from_db()
    assert (last.status_code, glass.status_code) == (409, 409)
    assert "last admin" in last.json()["detail"]
    assert "break-glass" in glass.json()["detail"]
    assert cast.admin.is_active
    assert cast.admin.memberships.count() == 1
    assert ScimPerson.objects.filter(is_active=False).count() == 0
    assert directory.call("DELETE", f"{USERS}/{second.pk}").status_code == 204


def test_a_whole_person_and_single_fields_are_changed(cast: Cast, directory: Directory) -> None:
    id = created(directory)

    put = directory.call("PUT", f"{USERS}/{id}", {**NEW, "userName": "nia.new@northwind.example", "title": "Boss"})
    patch = directory.patch(
        f"{USERS}/{id}",
        {"op": "add", "path": "name.givenName", "value": "Nina"},
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "ignored@evil.example"},
        {"op": "remove", "path": "externalId"},
    )

    assert put.json()["userName"] == "nia.new@northwind.example"
    assert patch.json()["displayName"] == "Nina New"
    assert "externalId" not in patch.json()
    user = User.objects.get(pk=id)
    assert (user.email, user.name) == ("nia.new@northwind.example", "Nina New")


def test_groups_give_and_take_roles_and_end_sessions(cast: Cast, directory: Directory) -> None:
    id = created(directory)
    group = a_scim_group(directory, f"{cast.store.code}/local_author")
    User.objects.get(pk=id).set_password(PASSWORD)

    added = directory.patch(f"{GROUPS}/{group}", {"op": "Add", "path": "members", "value": [{"value": id}]})
    held = list(Membership.objects.filter(user=id).values_list("group", "role__key"))
    removed = directory.patch(f"{GROUPS}/{group}", {"op": "remove", "path": f'members[value eq "{id}"]'})

    assert {"value": id} in added.json()["members"]
    assert held == [(cast.store.pk, "local_author")]
    assert {"value": id} not in removed.json()["members"]
    assert not Membership.objects.filter(user=id).exists()
    assert {"value": str(cast.author.pk)} in removed.json()["members"]


def test_a_change_of_role_signs_out(cast: Cast, directory: Directory) -> None:
    browser = sign_in(cast.author)
    group = a_scim_group(directory, f"{cast.store.code}/read_only")

    directory.patch(f"{GROUPS}/{group}", {"op": "add", "path": "members", "value": [{"value": str(cast.author.pk)}]})

    assert not is_signed_in(browser)
    assert list(cast.author.memberships.values_list("role__key", flat=True)) == ["read_only"]


def test_replacing_the_members_and_deleting_the_group_take_what_it_gave(cast: Cast, directory: Directory) -> None:
    id = created(directory)
    group = a_scim_group(directory, f"{cast.store.code}/local_author")

    directory.call("PUT", f"{GROUPS}/{group}", {"members": [{"value": id}]})
    after_put = set(
        map(str, Membership.objects.filter(group=cast.store, role__key="local_author").values_list("user", flat=True))
    )
    gone = directory.call("DELETE", f"{GROUPS}/{group}")

    assert after_put == {id}
    assert gone.status_code == 204
    assert not Membership.objects.filter(group=cast.store, role__key="local_author").exists()
    assert Membership.objects.filter(user=cast.sender, group=cast.store).exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("nowhere/local_author", 400),
        ("{store}/emperor", 400),
        ("{store}", 400),
        ("", 400),
        ("{foreign}/local_author", 400),
        ("{store}/approver", 403),
        ("{store}/brand_manager", 403),
    ],
)
def test_a_group_gives_only_what_the_brand_has_and_the_token_may(
    cast: Cast, directory: Directory, name: str, status: int
) -> None:
    name = name.format(store=cast.store.code, foreign=root_group(cast.other_brand).code)

    answer = directory.call("POST", GROUPS, {"displayName": name})

    assert answer.status_code == status
    assert not ScimGroup.objects.exists()


def test_a_role_given_by_hand_and_a_closed_account_are_not_overwritten(cast: Cast, directory: Directory) -> None:
    group = a_scim_group(directory, f"{cast.store.code}/read_only")
    id = created(directory, active=False)

    by_hand = directory.patch(
        f"{GROUPS}/{group}", {"op": "add", "path": "members", "value": [{"value": str(cast.approver.pk)}]}
    )
    closed = directory.patch(f"{GROUPS}/{group}", {"op": "add", "path": "members", "value": [{"value": id}]})

    assert (by_hand.status_code, closed.status_code) == (409, 409)
    assert list(cast.approver.memberships.values_list("role__key", flat=True)) == ["approver"]
    assert not Membership.objects.filter(user=id).exists()


def test_the_last_admin_keeps_the_role_whatever_the_groups_say(cast: Cast, directory: Directory) -> None:
    root = root_group(cast.brand)
    admins = a_scim_group(directory, f"{root.code}/admin")
    readers = a_scim_group(directory, f"{root.code}/read_only")
    member = [{"value": str(cast.admin.pk)}]

    answers = [
        directory.patch(f"{GROUPS}/{admins}", {"op": "remove", "path": "members", "value": member}),
        directory.patch(f"{GROUPS}/{readers}", {"op": "add", "path": "members", "value": member}),
        directory.call("DELETE", f"{GROUPS}/{admins}"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert list(cast.admin.memberships.values_list("role__key", flat=True)) == ["admin"]


def test_nothing_of_another_brand_exists(cast: Cast, directory: Directory) -> None:
    theirs = ScimGroup.objects.create(
        brand=cast.other_brand, group=root_group(cast.other_brand), role="admin", external_id="theirs"
    )
    ScimPerson.objects.create(brand=cast.other_brand, user=cast.outsider, external_id="theirs")
    group = a_scim_group(directory, f"{cast.store.code}/local_author")
    person, foreign = f"{USERS}/{cast.outsider.pk}", f"{GROUPS}/{theirs.pk}"

    answers = [
        directory.call("GET", person),
        directory.call("PUT", person, {"active": False}),
        directory.patch(person, {"op": "replace", "path": "active", "value": False}),
        directory.call("DELETE", person),
        directory.call("GET", foreign),
        directory.patch(foreign, {"op": "add", "path": "members", "value": [{"value": str(cast.author.pk)}]}),
        directory.call("DELETE", foreign),
        directory.patch(
            f"{GROUPS}/{group}", {"op": "add", "path": "members", "value": [{"value": str(cast.outsider.pk)}]}
        ),
        directory.call("GET", f"{USERS}/{uuid.uuid4()}"),
        directory.call("GET", f"{USERS}/../Groups"),
        directory.call("GET", f"{USERS}/x"),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    for text in (f'userName eq "{cast.outsider.email}"', 'externalId eq "theirs"', f'id eq "{cast.outsider.pk}"'):
        assert directory.call("GET", USERS, filter=text).json()["totalResults"] == 0
    assert directory.call("GET", GROUPS, filter='externalId eq "theirs"').json()["totalResults"] == 0
    cast.outsider.refresh_from_db()
    assert cast.outsider.is_active
    assert cast.outsider.memberships.count() == 1


def test_an_account_of_another_brand_is_shared_and_never_taken_over(cast: Cast, directory: Directory) -> None:
    User.objects.filter(pk=cast.outsider.pk).update(email="olu@northwind.example")
    browser = Client()
    browser.force_login(cast.outsider)

    made = directory.call("POST", USERS, {**NEW, "userName": "olu@northwind.example", "displayName": "Taken Over"})
    renamed = directory.patch(
        f"{USERS}/{cast.outsider.pk}", {"op": "replace", "path": "userName", "value": "x@example.com"}
    )
    directory.patch(f"{USERS}/{cast.outsider.pk}", {"op": "replace", "path": "displayName", "value": "Mine Now"})
    directory.patch(f"{USERS}/{cast.outsider.pk}", {"op": "replace", "path": "active", "value": False})

    cast.outsider.refresh_from_db()
    assert made.status_code == 201
    assert made.json()["displayName"] == "Taken Over"
    assert renamed.status_code == 403
    assert (cast.outsider.email, cast.outsider.name, cast.outsider.is_active) == (
        "olu@northwind.example",
        "Olu Outsider",
        True,
    )
    assert cast.outsider.memberships.get().group.brand == cast.other_brand


def test_who_has_an_account_elsewhere_cannot_be_found_out(cast: Cast, directory: Directory) -> None:
    User.objects.filter(pk=cast.outsider.pk).update(email="olu@elsewhere.example")
    id = created(directory)

    known = directory.call("POST", USERS, {"userName": "olu@elsewhere.example"})
    unknown = directory.call("POST", USERS, {"userName": "nobody@elsewhere.example"})
    move_to_known = directory.patch(
        f"{USERS}/{id}", {"op": "replace", "path": "userName", "value": "olu@elsewhere.example"}
    )
    move_to_unknown = directory.patch(
        f"{USERS}/{id}", {"op": "replace", "path": "userName", "value": "no@elsewhere.example"}
    )

    assert known.json() == unknown.json() == move_to_known.json() == move_to_unknown.json()
    assert known.status_code == 400
    assert not ScimPerson.objects.filter(user=cast.outsider).exists()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{",
        '{"userName": "a@northwind.example\\u0000"}',
        '{"userName": "\\ud800@northwind.example"}',
        '{"userName": 7}',
        '{"userName": "no address"}',
        '{"userName": ""}',
        "{}",
        '{"userName": "b@northwind.example", "active": "perhaps"}',
        '{"userName": "b@northwind.example", "externalId": ["x"]}',
        '{"userName": "b@northwind.example", "emperor": true}',
        '{"userName": "b@northwind.example", "name": {"givenName": "%s"}}' % ("x" * 500),
        "[" * 100_000,
    ],
    ids=lambda body: body[:30],
)
def test_a_body_that_cannot_be_is_refused_and_makes_nobody(cast: Cast, directory: Directory, body: str) -> None:
    people = User.objects.count()

    answer = directory.call("POST", USERS, body)

    assert answer.status_code == 400
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert User.objects.count() == people


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "move", "path": "active", "value": False},
        {"op": "replace", "path": "active[", "value": False},
        {"op": "replace", "path": "emperor", "value": False},
        {"op": "replace", "path": ["active"], "value": False},
        {"op": "replace", "value": False},
        {"op": "remove"},
        {"path": "active", "value": False},
        "replace",
    ],
    ids=str,
)
def test_an_operation_that_cannot_be_is_refused_and_changes_nothing(
    cast: Cast, directory: Directory, operation: Any
) -> None:
    answer = directory.patch(f"{USERS}/{cast.author.pk}", operation)

    cast.author.refresh_from_db()
    assert answer.status_code == 400
    assert cast.author.is_active


@pytest.mark.parametrize(
    "text",
    [
        'userName co "a"',
        'userName sw "a"',
        "userName pr",
        'userName eq "a" or userName eq "b"',
        'not (userName eq "a")',
        '(userName eq "a")',
        'emails[type eq "work"].value eq "a"',
        'password eq "a"',
        'memberships__group__brand eq "a"',
        'userName eq "a" and',
        'userName eq "a" and and active eq true',
        "userName eq a",
        "userName eq 7",
        'userName eq "a',
        'userName eq "\\x"',
        'userName eq "\\u0000"',
        'userName eq "\\ud800"',
        "eq",
        "' OR 1=1 --",
        'userName eq "' + "a" * 2000 + '"',
    ],
    ids=lambda text: text[:30],
)
def test_a_filter_that_is_not_supported_is_refused_as_such(directory: Directory, text: str) -> None:
    for path in (USERS, GROUPS):
        answer = directory.call("GET", path, filter=text)

        assert answer.status_code == 400
        assert answer.json()["scimType"] == "invalidFilter"


@example_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                [
                    "userName",
                    "externalId",
                    "active",
                    "id",
                    "eq",
                    "and",
                    "or",
                    "not",
                    "(",
                    ")",
                    '"a"',
                    "true",
                    '"',
                    "\\",
                    "[",
                    "]",
                ]
            ),
            max_size=9,
        ).map(" ".join),
    )
)
def test_no_filter_breaks_anything_or_reaches_another_brand(cast: Cast, directory: Directory, text: str) -> None:
    cache.clear()
    answer = directory.call("GET", USERS, filter=text)

    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert str(cast.outsider.pk) not in answer.content.decode()


def test_lists_come_in_pages(cast: Cast, directory: Directory) -> None:
    everybody = directory.call("GET", USERS).json()
    first = directory.call("GET", USERS, startIndex="1", count="2").json()
    second = directory.call("GET", USERS, startIndex="3", count="2").json()
    none = directory.call("GET", USERS, count="0").json()
    beyond = directory.call("GET", USERS, startIndex="99999999999999999999").json()

    ids = [one["id"] for one in everybody["Resources"]]
    assert sorted(ids) == sorted(str(user.pk) for user in cast.without(cast.outsider))
    assert [one["id"] for one in (*first["Resources"], *second["Resources"])] == ids[:4]
    assert (first["totalResults"], first["itemsPerPage"], first["startIndex"]) == (6, 2, 1)
    assert (none["Resources"], none["totalResults"]) == ([], 6)
    assert beyond["Resources"] == []
    assert directory.call("GET", USERS, count="many").status_code == 400


def test_lists_ask_no_more_the_more_people_there_are(cast: Cast, directory: Directory) -> None:
    a_scim_group(directory, f"{cast.store.code}/local_author")
    costs = []
    for number in range(2):
        costs.append(
            [len(cost_of(lambda path=path: directory.call("GET", path))) for path in (USERS, GROUPS)]  # type: ignore[misc]
        )
        for _ in range(4):
            a_person(role=Role.LOCAL_AUTHOR, group=cast.store)
        a_scim_group(directory, f"{(cast.next_store, cast.far_store)[number].code}/local_author")

    assert costs[0] == costs[1]


def test_without_a_living_token_of_this_brand_nothing_answers(
    cast: Cast, directory: Directory, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    token, text = create_token(
        brand=cast.other_brand, actor=cast.outsider, name="Theirs", roles=[], email_domains=["harbor.example"]
    )
    revoked, revoked_text = create_token(
        brand=cast.brand, actor=cast.admin, name="Old", roles=[], email_domains=["northwind.example"]
    )
    revoke_token(token=revoked, actor=cast.admin)
    callers = [
        Directory(""),
        Directory("scim_made-up"),
        Directory(text),
        Directory(revoked_text),
        Directory(text[:-1], host="harbor.testserver"),
        Directory(token.digest, host="harbor.testserver"),
    ]

    for caller in callers:
        for path in (USERS, GROUPS, "/scim/v2/Schemas", "/scim/v2/ServiceProviderConfig", "/scim/v2/ResourceTypes"):
            answer = caller.call("GET", path)
            assert answer.status_code == 401
            assert answer["WWW-Authenticate"] == 'Bearer realm="scim"'
        assert caller.call("POST", USERS, NEW).status_code == 401
    signed_in = Client()
    signed_in.force_login(cast.admin)
    assert signed_in.get(USERS).status_code == 401
    assert Directory(text, host="harbor.testserver").call("GET", USERS).json()["totalResults"] == 1
    assert not User.objects.filter(email="nia@northwind.example").exists()


def test_what_the_service_can_do_is_told(directory: Directory) -> None:
    config = directory.call("GET", "/scim/v2/ServiceProviderConfig").json()
    types = directory.call("GET", "/scim/v2/ResourceTypes").json()
    schema = directory.call("GET", "/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User").json()

    assert (config["patch"]["supported"], config["bulk"]["supported"]) == (True, False)
    assert [one["id"] for one in types["Resources"]] == ["User", "Group"]
    assert schema["name"] == "User"
    assert directory.call("GET", "/scim/v2/Schemas/x").status_code == 404
    assert directory.call("DELETE", "/scim/v2/Schemas").status_code == 405
    assert directory.call("PATCH", USERS, {}).status_code == 405


def test_a_token_is_shown_once_and_kept_as_a_hash(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.admin)

    answer: HttpResponse = browser.post(  # type: ignore[assignment]
        reverse("groups:directory"), {"name": "Entra", "email_domains": "northwind.example", "roles": ["local_author"]}
    )
    token = ScimToken.objects.get()
    text = answer.context["text"]  # type: ignore[attr-defined]

    assert text.startswith("scim_")
    assert text in answer.content.decode()
    assert text not in browser.get(reverse("groups:directory")).content.decode()
    assert text not in str(ScimToken.objects.values())
    assert text not in str(Event.objects.values())
    assert Directory(text).call("GET", USERS).status_code == 200
    browser.post(reverse("groups:directory-revoke", kwargs={"token_id": token.pk}))
    assert Directory(text).call("GET", USERS).status_code == 401


def test_a_token_gives_no_role_that_holds_more_than_its_maker(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.admin)

    answer = browser.post(
        reverse("groups:directory"), {"name": "Entra", "email_domains": "northwind.example", "roles": ["approver"]}
    )

    assert answer.status_code == 422
    assert not ScimToken.objects.exists()


def test_only_who_manages_the_brands_users_sees_or_makes_tokens(cast: Cast, directory: Directory) -> None:
    token = ScimToken.objects.get()
    revoke = reverse("groups:directory-revoke", kwargs={"token_id": token.pk})

    for person in cast.without(cast.admin):
        browser = Client()
        browser.force_login(person)
        assert browser.get(reverse("groups:directory")).status_code == 404
        assert browser.post(reverse("groups:directory"), {"name": "x", "email_domains": "a.example"}).status_code == 404
        assert browser.post(revoke).status_code == 404

    assert ScimToken.objects.get().revoked_at is None
