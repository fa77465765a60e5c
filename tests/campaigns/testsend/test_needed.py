"""A template can demand that somebody looks at a test of exactly what goes out (M14)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.compose.services import choose_audience, save_values
from campaigns.delivery.services import send
from campaigns.errors import NotReady
from campaigns.models import Mailing, MailingState, Template
from campaigns.preflight import check
from campaigns.review.services import submit
from groups.models import Group, Workspace
from tests.builders import Cast, an_audience
from tests.campaigns.builders import SOURCE, a_connected, a_mailing, a_template
from tests.campaigns.testsend.scene import a_sent_test, an_asked_test
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def mailing(group: Group, workspace: Workspace) -> Mailing:
    """Gives a draft whose template demands a test."""
    mailing = a_mailing(group=group)
    Template.objects.update(needs_test=True)
    return Mailing.objects.get(pk=mailing.pk)


def codes(mailing: Mailing) -> list[str]:
    return [finding.code for finding in check(mailing) if finding.blocks]


@pytest.mark.catalogue("M14")
def test_without_a_test_it_is_neither_sent_nor_submitted(mailing: Mailing) -> None:
    an_asked_test(mailing)

    for act in (send, submit):
        with pytest.raises(NotReady) as refusal:
            act(mailing=mailing, actor=mailing.author)  # type: ignore[operator]  # two services of one shape
        assert [(found.code, found.step) for found in refusal.value.findings] == [("test_missing", "check")]

    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT


@pytest.mark.catalogue("M14")
def test_a_test_counts_for_exactly_what_it_showed(mailing: Mailing, group: Group) -> None:
    a_sent_test(mailing)
    after_the_test = codes(mailing)
    choose_audience(mailing=mailing, audience=an_audience(group=group, contacts=1), actor=mailing.author)
    for_others = codes(mailing)

    save_values(mailing=mailing, changes={"headline": "Later words"}, revision=mailing.revision, actor=mailing.author)
    after_an_edit = codes(mailing)
    a_sent_test(mailing)

    assert (after_the_test, for_others, after_an_edit, codes(mailing)) == ([], [], ["test_missing"], [])
    send(mailing=mailing, actor=mailing.author)
    assert mailing.state == MailingState.SCHEDULED


def test_a_test_that_braze_refused_is_none(mailing: Mailing, sandbox: RunningSandbox) -> None:
    sandbox.fail("/messages/schedule/create", 400)

    a_sent_test(mailing)

    assert codes(mailing) == ["test_missing"]


def test_a_template_asks_for_no_test_unless_a_brand_manager_says_so(
    cast: Cast, sandbox: RunningSandbox, client: Client
) -> None:
    a_connected(cast.store, sandbox)
    template = a_template(brand=cast.brand)
    mailing = a_mailing(group=cast.store, author=cast.author)
    before = codes(mailing)
    client.force_login(cast.manager)

    form = {"name": "News", "route": "schedule", "source": SOURCE, "needs_test": "on"}
    client.post(reverse("campaigns:template-edit", args=[template.pk]), form)

    assert (before, codes(Mailing.objects.get(pk=mailing.pk))) == ([], ["test_missing"])
