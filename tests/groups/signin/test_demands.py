"""A brand's role may demand a second factor: whoever owes one opens nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from groups.models import Event, SecondFactorDemand, User
from groups.roles import Role
from groups.signin.middleware import OPEN_PAGES
from groups.signin.second_factor import owes_second_factor
from groups.signin.services import demand_second_factor
from smartersends.operation.addresses import OWN
from tests.builders import Cast
from tests.groups.signin.conftest import a_code, an_app, sign_in

pytestmark = pytest.mark.django_db


def every_address(
    patterns: list[URLPattern | URLResolver], before: str = "", space: str = ""
) -> Iterator[tuple[str, str]]:
    """Gives the name and an address of every page of the portal, with made-up ids."""
    values = {"uuid": str(uuid.uuid4()), "int": "7", "str": "x", "path": "x/y", "slug": "x"}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from every_address(pattern.url_patterns, before + str(pattern.pattern), inner)
            continue
        address = before + str(pattern.pattern)
        if address.startswith("^") or "(?P" in address:
            address = "accounts/password/reset/key/1-set-password/"
        for kind, value in values.items():
            while f"<{kind}:" in address:
                head, _, tail = address.partition(f"<{kind}:")
                address = f"{head}{value}{tail.partition('>')[2]}"
        yield f"{space}{pattern.name}", f"/{address}"


ADDRESSES = tuple(every_address(get_resolver().url_patterns))


def demand(cast: Cast, *roles: Role) -> None:
    """Demands a second factor of the holders of roles of the cast's brand."""
    demand_second_factor(brand=cast.brand, roles=[role.value for role in roles], actor=cast.admin)


def test_the_walk_knows_the_whole_portal() -> None:
    names = {name for name, _ in ADDRESSES}

    assert len(ADDRESSES) > 100
    assert names >= OPEN_PAGES
    assert {"campaigns:home", "groups:workspace", "groups:account", "account_change_password"} <= names


def test_whoever_owes_one_is_led_to_it_from_every_address_and_nothing_else_opens(cast: Cast) -> None:
    demand(cast, Role.ADMIN)
    browser = Client()
    browser.force_login(cast.admin)

    for name, address in ADDRESSES:
        # Health and numbers are answered before anybody is looked at.
        if name in OPEN_PAGES or address in OWN:
            continue
        for answer in (browser.get(address), browser.post(address)):
            assert (answer.status_code, answer.get("Location")) == (302, reverse("mfa_index")), name


def test_htmx_is_told_to_load_the_whole_page(cast: Cast) -> None:
    demand(cast, Role.LOCAL_AUTHOR)
    browser = Client()
    browser.force_login(cast.author)

    answer = browser.get(reverse("campaigns:home"), headers={"HX-Request": "true"})

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == reverse("mfa_index")


def test_who_has_one_and_who_holds_no_such_role_notice_nothing(cast: Cast) -> None:
    an_app(cast.admin)
    demand(cast, Role.ADMIN)

    for person in (cast.admin, cast.author):
        browser = Client()
        browser.force_login(person)
        assert browser.get(reverse("groups:account")).status_code == 200


def test_whoever_acts_as_somebody_answers_for_themselves(cast: Cast) -> None:
    demand(cast, Role.LOCAL_AUTHOR)
    browser = Client()
    browser.force_login(cast.admin)
    browser.post(reverse("groups:person-act-as", kwargs={"person_id": cast.author.pk}))
    acting = browser.get(reverse("campaigns:home"))

    demand(cast, Role.LOCAL_AUTHOR, Role.ADMIN)
    owing = browser.get(reverse("campaigns:home"))

    assert acting.status_code == 200
    assert owing["Location"] == reverse("mfa_index")


def test_a_role_that_has_ended_demands_nothing(cast: Cast) -> None:
    demand(cast, Role.LOCAL_AUTHOR)
    assert owes_second_factor(cast.author, cast.brand)

    cast.author.memberships.update(until=timezone.now())

    assert not owes_second_factor(cast.author, cast.brand)


def test_signing_out_and_setting_one_up_stay_open(cast: Cast, confirmed: Callable[[User], Client]) -> None:
    demand(cast, Role.LOCAL_AUTHOR)
    browser = confirmed(cast.author)

    page = browser.get(reverse("mfa_activate_totp"))
    assert browser.get(reverse("campaigns:home"))["Location"] == reverse("mfa_index")
    browser.post(reverse("mfa_activate_totp"), {"code": a_code(page.context["form"].secret)})

    assert browser.get(reverse("groups:account")).status_code == 200
    leaving = sign_in(cast.author)
    assert leaving.post(reverse("account_logout")).status_code == 302


def test_the_demand_of_one_brand_does_not_hold_in_another(cast: Cast) -> None:
    demand(cast, Role.ADMIN)

    assert owes_second_factor(cast.admin, cast.brand)
    assert not owes_second_factor(cast.outsider, cast.other_brand)
    assert not owes_second_factor(cast.admin, cast.other_brand)


def test_only_who_manages_the_brands_users_sets_the_rules(cast: Cast) -> None:
    address = reverse("groups:second-factor-rules")

    for person in cast.without(cast.admin):
        browser = Client()
        browser.force_login(person)
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"roles": ["admin"]}).status_code == 404
    assert Client().post(address, {"roles": ["admin"]}).status_code == 302
    assert not SecondFactorDemand.objects.exists()

    browser = Client()
    browser.force_login(cast.admin)
    an_app(cast.admin)
    assert browser.post(address, {"roles": ["admin", "approver"]})["Location"] == address
    browser.post(address, {"roles": ["admin"]})

    assert list(SecondFactorDemand.objects.values_list("brand", "role_key")) == [(cast.brand.pk, "admin")]
    assert list(Event.objects.filter(action="sign_in.second_factor_demanded").values_list("detail", flat=True)) == [
        {"roles": "admin"},
        {"roles": "admin, approver"},
    ]


def test_a_role_that_does_not_exist_is_refused(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.admin)

    answer = browser.post(reverse("groups:second-factor-rules"), {"roles": ["emperor"]})

    assert answer.status_code == 422
    assert not SecondFactorDemand.objects.exists()
