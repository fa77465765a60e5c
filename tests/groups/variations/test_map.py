"""Which message variation stands for which group: one grid, pasted lines, and what Braze knows of the campaign."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from campaigns.preflight import check
from groups.models import Event, Group, Workspace
from tests.builders import CAMPAIGN_ID, Cast, a_workspace
from tests.campaigns.builders import a_mailing
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db
MAP, READ = "/variations/", "/variations/read/"


def sent(client: Client, cast: Cast, form: dict[str, object], address: str = MAP) -> HttpResponse:
    client.force_login(cast.admin)
    return client.post(address, form)


def cell(group: Group, typed: str, shown: str = "") -> dict[str, object]:
    return {"group": [str(group.pk)], f"typed-{group.pk}": typed, f"shown-{group.pk}": shown}


def variation_of(group: Group) -> str:
    return Group.objects.get(pk=group.pk).variation_id


def a_known_campaign(cast: Cast, sandbox: RunningSandbox | None = None, *names: str) -> Workspace:
    """Gives the brand a campaign whose variations Braze has told."""
    workspace = a_workspace(brand=cast.brand, **({"endpoint": sandbox.url} if sandbox else {}))
    workspace.variations, workspace.variations_read_at = dict.fromkeys(names, "Email"), timezone.now()
    workspace.save()
    return workspace


def test_what_is_typed_is_stored_once_and_said_in_the_trail(cast: Cast, client: Client) -> None:
    answer = sent(client, cast, cell(cast.store, " us-1 "))
    sent(client, cast, cell(cast.store, "us-1", "us-1"))

    event = Event.objects.get(action="group.updated")
    assert answer.status_code == 302
    assert variation_of(cast.store) == "us-1"
    assert (event.actor, event.group) == (cast.admin, cast.store)


def test_a_sheet_is_pasted_by_code_or_name_and_what_is_wrong_stays(cast: Cast, client: Client) -> None:
    root = Group.objects.get(brand=cast.brand, parent=None)
    lines = [f"{cast.store.code}\tus-1", f"{cast.next_store.name.upper()}\tus-2", "Nowhere\tus-3", f"{root.code}\tus 4"]

    page = sent(client, cast, {"pasted": "\r\n".join(lines)})

    html = page.content.decode()
    assert page.status_code == 422
    assert (variation_of(cast.store), variation_of(cast.next_store)) == ("us-1", "us-2")
    assert "has the code or the name “Nowhere”" in html and "Nowhere\tus-3</textarea>" in html
    assert variation_of(root) == ""


def test_an_id_with_a_blank_stays_at_its_cell_with_the_reason(cast: Cast, client: Client) -> None:
    page = sent(client, cast, cell(cast.store, "us 1"))

    html = page.content.decode()
    assert page.status_code == 422
    assert 'value="us 1"' in html and "The message variation ID holds a blank." in html
    assert variation_of(cast.store) == ""


def test_a_group_that_somebody_else_mapped_meanwhile_is_asked_about(cast: Cast, client: Client) -> None:
    Group.objects.filter(pk=cast.store.pk).update(variation_id="theirs")

    page = sent(client, cast, cell(cast.store, "mine", shown=""))

    assert page.status_code == 422
    assert "Somebody has changed this one in the meantime." in page.content.decode()
    assert variation_of(cast.store) == "theirs"


def test_braze_is_asked_which_variations_the_campaign_has(cast: Cast, client: Client, sandbox: RunningSandbox) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=sandbox.url)
    sandbox.state.learned_campaigns[CAMPAIGN_ID] = {"us-1", "us-2"}

    sent(client, cast, {}, READ)

    workspace.refresh_from_db()
    page = client.get(MAP)
    assert set(workspace.variations) == {"us-1", "us-2"}
    assert "The API campaign has 2 email messages" in page.content.decode()


def test_an_id_that_the_campaign_does_not_have_is_refused(cast: Cast, client: Client) -> None:
    a_known_campaign(cast, None, "us-1")

    wrong = sent(client, cast, cell(cast.store, "us-9"))
    right = sent(client, cast, cell(cast.next_store, "us-1"))

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert "has no email message with the variation ID us-9" in wrong.content.decode()
    assert (variation_of(cast.store), variation_of(cast.next_store)) == ("", "us-1")


def test_an_answer_that_does_not_come_says_so_and_keeps_what_was_known(cast: Cast, client: Client) -> None:
    workspace = a_known_campaign(cast, None, "us-1")

    answer = sent(client, cast, {}, READ)

    workspace.refresh_from_db()
    assert answer.status_code == 302
    assert list(workspace.variations) == ["us-1"]
    assert "Braze does not answer as expected" in client.get(MAP).content.decode()


def test_the_check_of_a_mailing_warns_of_a_variation_that_is_not_in_the_campaign(cast: Cast) -> None:
    a_known_campaign(cast, None, "us-1")
    Group.objects.filter(pk=cast.store.pk).update(variation_id="us-9")
    cast.store.refresh_from_db()
    mailing = a_mailing(group=cast.store)

    found = [one for one in check(mailing) if one.code == "variation_unknown"]
    Group.objects.filter(pk=cast.store.pk).update(variation_id="us-1")
    mailing.group.refresh_from_db()

    assert [(one.blocks, "us-9" in one.sentence) for one in found] == [(False, True)]
    assert not [one for one in check(mailing) if one.code == "variation_unknown"]


@pytest.mark.parametrize("address", [MAP, READ])
def test_nobody_but_who_manages_the_brands_groups_gets_there(cast: Cast, client: Client, address: str) -> None:
    for person in (cast.author, cast.sender, cast.approver, cast.neighbour):
        client.force_login(person)

        assert client.post(address, cell(cast.store, "us-1")).status_code == 404
    assert variation_of(cast.store) == ""


def test_a_group_of_another_brand_is_no_row_of_this_map(cast: Cast, client: Client) -> None:
    theirs = Group.objects.get(brand=cast.other_brand, parent=None)

    assert sent(client, cast, cell(theirs, "us-1")).status_code == 404
    sent(client, cast, {"pasted": f"{theirs.name}\tus-1"})

    assert variation_of(theirs) == ""
