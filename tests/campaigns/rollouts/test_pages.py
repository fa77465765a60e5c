"""The pages of rollouts: from a template to the matrix, what a group sees, and what stays when it is wrong."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import MailingState, Rollout, RolloutKind, RolloutState
from tests.campaigns.rollouts.builders import OPEN, a_network, a_shown, a_submitted

pytestmark = pytest.mark.django_db(transaction=False)


def at(name: str, *ids: object) -> str:
    """Gives an address of the room."""
    return reverse(f"campaigns:{name}", args=ids)


def local(days: int, hours: int = 0) -> str:
    """Gives a time as the browser sends it; head office's clock is UTC."""
    return (timezone.now() + timedelta(days=days, hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.catalogue("M22")
def test_head_office_sets_a_rollout_up_by_its_pages_and_what_is_wrong_stands_at_its_field(client: Client) -> None:
    network = a_network(stores=3)
    network.rollout.parts.all().delete()
    client.force_login(network.manager)
    template = network.rollout.pattern.version.template_id

    begun = client.post(at("rollout-create", network.root.pk), {"kind": "task", "template": template, "name": "Autumn"})
    rollout = Rollout.objects.get(name="Autumn")
    said = {
        "name": "Autumn",
        "open_fields": [OPEN],
        "audience_rule": "named",
        "audience_name": "Regulars",
        "cut_off": local(3),
        "starts_at": local(2),
        "by_group_clock": "off",
        "sends_by_default": "on",
    }
    refused = client.post(at("rollout-setup", rollout.pk), said)
    client.post(at("rollout-setup", rollout.pk), {**said, "starts_at": local(4)})
    client.post(at("rollout-groups", rollout.pk) + "?kind=store", {"add_all": ""})
    network.rollout = rollout
    network.run()
    page = client.get(at("rollout-detail", rollout.pk))
    released = client.post(at("rollout-release", rollout.pk))

    assert begun["Location"] == at("mailing-edit", rollout.pattern_id)
    assert refused.status_code == 422
    assert "The cut-off must leave" in refused.content.decode()
    assert 'value="Regulars"' in refused.content.decode()
    assert [row.part.group for row in page.context["rows"]] == network.stores
    assert released.status_code == 302
    rollout.refresh_from_db()
    assert (rollout.state, rollout.open_fields, rollout.by_group_clock) == (RolloutState.SCHEDULED, [OPEN], False)


@pytest.mark.catalogue("M22")
def test_the_grid_keeps_what_was_refused_at_its_cell_and_stores_the_rest(client: Client) -> None:
    network = a_network(stores=3)
    network.run()
    client.force_login(network.manager)
    first, second = network.part(), network.part(network.stores[1])
    shown = {"field": OPEN, "part": [str(first.pk), str(second.pk)], "pasted": "S-3\tPasted\nS-9\tNobody"}
    for part, text in ((first, "Typed"), (second, "far too long " * 9)):
        assert part.mailing is not None
        shown |= {f"cell-{part.pk}-0": text, f"shown-{part.pk}-0": "A new roast"}
        shown |= {f"revision-{part.pk}": str(part.mailing.revision)}

    answer = client.post(at("rollout-grid", network.rollout.pk), shown)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert [network.mailing(store).values[OPEN] for store in network.stores] == ["Typed", "A new roast", "Pasted"]
    assert f'id="error-{second.pk}"' in page
    assert f'value="{"far too long " * 9}"' in page
    assert "S-9\tNobody" in page


@pytest.mark.catalogue("M20", "M21")
def test_a_group_is_asked_for_what_is_open_and_answers_on_its_mailing(client: Client) -> None:
    network = a_shown(stores=1)
    mailing = network.mailing()
    client.force_login(network.author)

    page = client.get(at("mailing-edit", mailing.pk)).content.decode()
    forged = client.post(
        at("mailing-save", mailing.pk),
        {"mailing-revision": str(mailing.revision), "intro.html": "<p>Mine</p>", OPEN: "Ours"},
    )
    client.post(at("mailing-opt-out", mailing.pk), {"reason": "Closed"})
    listed = client.get(at("mailing-list", network.store.pk)).content.decode()

    assert "From head office: Spring" in page
    assert not {"mailing-audience", "mailing-when", "mailing-name"} & set(re.findall(r'data-step="([^"]+)"', page))
    assert re.search(rf'name="{OPEN}"', page)
    assert not re.search(r'name="intro\.html"', page)
    assert forged.status_code in (302, 422)
    assert network.mailing().values["intro"] == network.rollout.pattern.values["intro"]
    assert network.part().reason == "Closed"
    assert "opted out" in listed


def test_whoever_approves_sees_the_matrix_in_one_page_and_a_group_sees_none_of_it(client: Client) -> None:
    network = a_submitted(stores=3)
    rollout = network.rollout
    client.force_login(network.approver)

    waiting = client.get(at("review-list")).content.decode()
    page = client.get(at("rollout-approval", rollout.pk))
    client.post(at("rollout-approve", rollout.pk), {"digest": page.context["matrix"].digest})
    network.run()

    assert at("rollout-approval", rollout.pk) in waiting
    assert (page.context["waiting"], page.context["differing"], page.context["same"]) == (3, 0, 3)
    assert network.states() == [MailingState.SCHEDULED] * 3
    client.force_login(network.author)
    for name in ("rollout-detail", "rollout-approval", "rollout-grid", "rollout-setup", "rollout-groups"):
        assert client.get(at(name, rollout.pk)).status_code == 404
    assert client.get(at("rollout-part-preview", network.part().pk)).status_code == 404
    assert client.post(at("rollout-cancel", rollout.pk), {"reason": "x"}).status_code == 404


@pytest.mark.catalogue("M20")
def test_an_offer_stands_on_the_wall_of_the_groups_that_it_is_for(client: Client) -> None:
    network = a_shown(stores=2, kind=RolloutKind.ASSET, starts_at=timezone.now() + timedelta(seconds=30))
    Rollout.objects.filter(pk=network.rollout.pk).update(starts_at=timezone.now())
    network.run()
    client.force_login(network.author)

    wall = client.get(at("template-wall", network.store.pk)).content.decode()
    used = client.post(at("rollout-use", network.store.pk, network.rollout.pk))
    client.force_login(network.manager)
    matrix = client.get(at("rollout-detail", network.rollout.pk))

    assert "Offered by head office" in wall
    assert used.status_code == 302
    assert [number for _part, number in matrix.context["uses"]] == [1, 0]
