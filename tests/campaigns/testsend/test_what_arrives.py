"""What a tester gets: the mail of a delivery, marked, in no report, with links that change nobody (M14)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.delivery.settling import settle
from campaigns.models import TestState
from campaigns.reports.collecting import collect
from campaigns.reports.queries import numbers_of
from campaigns.testsend.profiles import external_id_of
from groups.models import Attribute, Group, Suppression, User, Workspace
from tests.builders import a_contact, an_audience
from tests.campaigns.builders import SOURCE, a_mailing, a_staged, a_template, deliver_due
from tests.campaigns.testsend.scene import a_sent_test, inbox_of, later
from tests.sandbox_server import RunningSandbox

PERSONAL = SOURCE.replace(
    "Hello [[first_name]]",
    "Hello [[first_name]] [[last_name]], {% if ${country} == 'US' %}dear American{% endif %} [[points]] [[last_visit]]",
)


@pytest.mark.catalogue("M14")
def test_a_test_is_the_mail_that_a_contact_gets_byte_for_byte_but_for_the_link_to_unsubscribe(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    Attribute.objects.filter(brand=group.brand, name__in=["last_name", "points", "last_visit"]).update(
        is_merge_tag=True, fallback="nothing"
    )
    a_template(brand=group.brand, source=PERSONAL)
    audience = an_audience(group=group)
    contact = a_contact(
        audience=audience, first_name="Zoë <b>", last_name="O'Brien & Co", points=1250, last_visit="2026-09-15"
    )
    values = {"subject": "For [[first_name]]", "headline": "Tea & cake", "preheader": "[[points]] points"}
    mailing = a_mailing(group=group, audience=audience, values=values)

    test = a_sent_test(mailing, contact=contact)
    delivery = a_staged(mailing, workspace)
    with later():
        settle(delivery)
        (tested,) = inbox_of(sandbox, mailing.author)
        (mailed,) = [one for one in sandbox.state.inbox.messages if one.external_id == contact.external_id]

    shown, sent = sandbox.state.inbox.rendered(tested), sandbox.state.inbox.rendered(mailed)
    assert test.state == TestState.ACCEPTED
    assert shown.subject == f"[TEST] {sent.subject}" == "[TEST] For Zoë <b>"
    assert "Hello Zoë &lt;b&gt; O&#x27;Brien &amp; Co,  1250 2026-09-15T00:00:00.000Z" in sent.body
    assert shown.body == sent.body.replace(contact.token, "preview")
    assert shown.plaintext == sent.plaintext.replace(contact.token, "preview")
    assert (shown.preheader, shown.sender, shown.reply_to) == (sent.preheader, sent.sender, sent.reply_to)


@pytest.mark.catalogue("M14")
def test_without_a_contact_merge_tags_show_the_samples(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)

    a_sent_test(mailing)
    with later():
        (message,) = inbox_of(sandbox, mailing.author)

    rendered = sandbox.state.inbox.rendered(message)
    assert rendered.subject == "[TEST] News of the week"
    assert "Hello Maya" in rendered.body
    assert "Hello Maya" in rendered.plaintext


@pytest.mark.catalogue("M14")
def test_a_test_counts_in_no_report(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group)

    a_sent_test(mailing)
    delivery = a_staged(mailing, workspace)
    with later():
        settle(delivery)
        (message,) = inbox_of(sandbox, mailing.author)
    with later(420):
        collect()

    numbers = numbers_of(mailing)
    assert numbers is not None
    assert numbers.sent == 3
    assert (message.mailing.campaign_id, message.mailing.send_id) == (None, None)
    assert message.mailing.content.variation_id is None
    assert len(sandbox.state.send_ids) == 2  # the mailing's own and the day's shared one


def test_the_links_of_a_test_unsubscribe_nobody(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, client: Client
) -> None:
    mailing = a_mailing(group=group)
    contact = mailing.audience.members.get_queryset()[0].contact if mailing.audience else None

    a_sent_test(mailing, contact=contact)
    with later():
        (message,) = inbox_of(sandbox, mailing.author)
    rendered = sandbox.state.inbox.rendered(message)
    (link,) = set(re.findall(r"https?://[^/\"]+(/[^\"]*preview[^\"]*)", rendered.body))
    looked, pressed = client.get(link), client.post(link, {"List-Unsubscribe": "One-Click"})

    assert (looked.status_code, pressed.status_code) == (404, 404)
    assert rendered.headers == ()
    assert Suppression.objects.count() == 0


def test_braze_is_told_of_a_tester_once_and_again_when_the_address_changes(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)
    tester = mailing.author

    a_sent_test(mailing)
    a_sent_test(mailing)
    told = sandbox.calls("/users/track")
    User.objects.filter(pk=tester.pk).update(email="new@northwind.example")
    a_sent_test(mailing)

    profile = sandbox.profile(external_id_of(tester))
    assert (told, sandbox.calls("/users/track")) == (1, 2)
    assert profile is not None
    assert (profile.email, profile.email_subscribe) == ("new@northwind.example", "subscribed")


def test_another_workspace_is_told_anew(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group)
    a_sent_test(mailing)

    Workspace.objects.filter(pk=workspace.pk).update(app_id="another-app")
    a_sent_test(mailing)

    assert sandbox.calls("/users/track") == 2


def test_a_tester_who_has_unsubscribed_stays_so(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group)
    a_sent_test(mailing)
    sandbox.state.profiles.set_email_state(mailing.author.email, "unsubscribed", timezone.now().timestamp())

    with later():
        a_sent_test(mailing)
        deliver_due(sandbox)

    profile = sandbox.profile(external_id_of(mailing.author))
    assert profile is not None
    assert profile.email_subscribe == "unsubscribed"
