"""Domains: from the host name to the brand; nobody takes another's, and a name that was a brand's leads on to it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from groups.addresses import public_url
from groups.brands.services import save_domain
from groups.models import Brand, Event, FormerHost
from tests.builders import Cast, a_contact, root_group

MINE, OTHER = "mail.northwind.example", "post.northwind.example"


@pytest.fixture(autouse=True)
def hosts(settings: Settings) -> None:
    """Lets the names of both brands in, and some that are nobody's."""
    settings.ALLOWED_HOSTS = [
        "testserver",
        "harbor.testserver",
        "was.harbor.example",
        MINE,
        OTHER,
        "127.0.0.1",
        "portal.test",
    ]
    settings.PUBLIC_URL = "https://portal.test"


def brand_shown(host: str) -> str:
    """Gives the name of the brand whose sign-in page stands at a host name, or what stands there instead."""
    page = Client().get(reverse("account_login"), headers={"host": host})
    names = ("Northwind Coffee", "Harbor Books")
    return next((name for name in names if name in page.text), str(page.status_code))


@pytest.mark.catalogue("G12")
@pytest.mark.parametrize(
    ("domain", "sentence"),
    [
        ("no domain", "is no domain name"),
        ("https://", "is no domain name"),
        ("mail.northwind.example:8443", "is no domain name"),
        ("203.0.113.7", "is no domain name"),
        ("-mail.example.com", "is no domain name"),
        ("portal.test", "which all brands share"),
        ("127.0.0.1", "is no domain name"),
        ("harbor.localhost", "which all brands share"),
        ("unknown.example", "does not answer under"),
        ("harbor.testserver", "belongs to another brand"),
        ("https://HARBOR.testserver/", "belongs to another brand"),
        ("was.harbor.example", "belongs to another brand"),
    ],
)
def test_a_domain_that_would_lead_nowhere_or_is_anothers_is_refused(
    cast: Cast, client: Client, domain: str, sentence: str
) -> None:
    FormerHost.objects.create(brand=cast.other_brand, name="was.harbor.example")
    client.force_login(cast.manager)

    page = client.post(reverse("groups:brand-domain"), {"host_name": domain})

    assert page.status_code == 422
    assert sentence in page.text
    assert Brand.objects.get(pk=cast.brand.pk).host_name == "testserver"
    assert not Event.objects.filter(action="brand.domain_changed").exists()


@pytest.mark.catalogue("G12")
def test_a_new_domain_leads_to_the_brand_and_the_old_one_goes_on_to(cast: Cast, client: Client) -> None:
    mine = [cast.store.pk, a_contact(brand=cast.brand).token]
    theirs = [root_group(cast.other_brand).pk, a_contact(brand=cast.other_brand).token]
    client.force_login(cast.manager)

    page = client.post(reverse("groups:brand-domain"), {"host_name": f" {MINE.upper()}. "}, follow=True)

    brand = Brand.objects.get(pk=cast.brand.pk)
    assert (page.status_code, brand.host_name) == (200, MINE)
    assert public_url(brand, "/x") == f"https://{MINE}/x"
    assert [brand_shown(host) for host in (MINE, "testserver")] == ["Northwind Coffee"] * 2
    assert [brand_shown(host) for host in ("was.harbor.example", "127.0.0.1")] == ["404", "404"]
    for host, link, status in (("testserver", mine, 200), (MINE, mine, 200), ("testserver", theirs, 404)):
        answer = Client().get(reverse("groups:unsubscribe", args=link), headers={"host": host})
        assert (host, answer.status_code) == (host, status)
    event = Event.objects.get(action="brand.domain_changed")
    assert (event.before, event.after) == ({"domain": "testserver"}, {"domain": MINE})


def test_a_brand_takes_its_former_domain_back_and_gives_every_domain_up(cast: Cast) -> None:
    for domain in (MINE, OTHER, MINE):
        save_domain(brand=cast.brand, host_name=domain, actor=cast.manager)
    was = set(FormerHost.objects.values_list("name", flat=True))

    save_domain(brand=cast.brand, host_name="", actor=cast.manager)

    assert was == {"testserver", OTHER}
    assert Brand.objects.get(pk=cast.brand.pk).host_name is None
    assert set(FormerHost.objects.values_list("name", flat=True)) == {"testserver", OTHER, MINE}


@pytest.mark.catalogue("G12")
def test_the_default_brand_lives_at_the_portals_own_address_alone(cast: Cast, settings: Settings) -> None:
    settings.DEFAULT_BRAND = cast.brand.slug

    shown = {host: brand_shown(host) for host in ("portal.test", "127.0.0.1", MINE, "stranger.example")}

    assert shown == {
        "portal.test": "Northwind Coffee",
        "127.0.0.1": "Northwind Coffee",
        MINE: "404",
        "stranger.example": "400",
    }
