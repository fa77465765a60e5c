"""Restricted words of the brand stop, warn, or ask for approval, at the step where they stand (M10)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.delivery.services import send
from campaigns.errors import NotAllowed, NotReady
from campaigns.models import Delivery, Mailing, MailingState, RuleLevel
from campaigns.preflight import check
from campaigns.review.deciding import approve
from campaigns.review.policy import needs_approval
from campaigns.review.services import submit
from campaigns.rules.services import add_word
from groups.models import Group, User, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing

WORDS = {"headline": "Results guaranteed"}


def restrict(group: Group, level: RuleLevel, text: str = "guaranteed", *, is_pattern: bool = False) -> None:
    add_word(brand=group.brand, text=text, is_pattern=is_pattern, level=level, reason="We promise nothing.", actor=None)


def found(mailing: Mailing) -> list[tuple[str, str, bool]]:
    return [(finding.code, finding.step, finding.blocks) for finding in check(mailing)]


@pytest.fixture
def approver(group: Group) -> User:
    return a_person(role=Role.APPROVER, group=group)


@pytest.mark.catalogue("M10")
@pytest.mark.parametrize(
    ("level", "blocks"), [(RuleLevel.BLOCK, True), (RuleLevel.WARN, False), (RuleLevel.APPROVE, False)]
)
def test_a_word_is_named_with_its_field_and_the_reason(
    group: Group, workspace: Workspace, level: RuleLevel, blocks: bool
) -> None:
    restrict(group, level)
    mailing = a_mailing(group=group, values=WORDS)

    (finding,) = check(mailing)

    assert (finding.code, finding.step, finding.blocks) == (f"restricted_{level.value}", "headline", blocks)
    assert "Headline says “guaranteed”" in finding.sentence
    assert finding.sentence.endswith("We promise nothing.")


@pytest.mark.catalogue("M10")
def test_a_blocking_word_can_be_neither_sent_nor_submitted(group: Group, workspace: Workspace) -> None:
    restrict(group, RuleLevel.BLOCK)
    mailing = a_mailing(group=group, values={"intro": {"html": "<p>Results guar<b>anteed</b></p>"}})

    with pytest.raises(NotReady):
        send(mailing=mailing, actor=mailing.author)
    with pytest.raises(NotReady):
        submit(mailing=mailing, actor=mailing.author)

    mailing.refresh_from_db()
    assert (mailing.state, Delivery.objects.count()) == (MailingState.DRAFT, 0)


@pytest.mark.catalogue("M10")
def test_a_pattern_stops_an_account_number(group: Group, workspace: Workspace) -> None:
    restrict(group, RuleLevel.BLOCK, r"\b[0-9]{8,12}\b", is_pattern=True)

    assert found(a_mailing(group=group, values={"subject": "Account 1234567890"})) == [
        ("restricted_block", "subject", True)
    ]


def test_the_name_of_the_sender_is_judged_too(group: Group, workspace: Workspace) -> None:
    restrict(group, RuleLevel.BLOCK)
    Group.objects.filter(pk=group.pk).update(sender_name="Guaranteed Coffee")
    group.refresh_from_db()
    mailing = a_mailing(group=group)

    (finding,) = check(mailing)

    assert (finding.code, finding.step, finding.blocks) == ("restricted_block", "mailing-sender", True)
    assert "The sender “Guaranteed Coffee”" in finding.sentence


@pytest.mark.catalogue("M10")
def test_a_warning_lets_the_mailing_go(group: Group, workspace: Workspace) -> None:
    restrict(group, RuleLevel.WARN)
    mailing = a_mailing(group=group, values=WORDS)

    send(mailing=mailing, actor=mailing.author)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.SCHEDULED


@pytest.mark.catalogue("M10")
def test_a_word_that_needs_approval_binds_those_who_may_send_too(
    group: Group, workspace: Workspace, approver: User
) -> None:
    restrict(group, RuleLevel.APPROVE)
    mailing, plain = a_mailing(group=group, values=WORDS), a_mailing(group=group)

    asked = (needs_approval(mailing, mailing.author), needs_approval(plain, plain.author))
    with pytest.raises(NotAllowed):
        send(mailing=mailing, actor=mailing.author)
    mailing.refresh_from_db()
    state = mailing.state
    approve(review=submit(mailing=mailing, actor=mailing.author), actor=approver)

    mailing.refresh_from_db()
    assert asked == (True, False)
    assert (state, mailing.state) == (MailingState.DRAFT, MailingState.SCHEDULED)
    assert Delivery.objects.count() == 1


def test_the_composer_asks_for_approval_as_soon_as_the_word_is_written(
    group: Group, workspace: Workspace, client: Client
) -> None:
    restrict(group, RuleLevel.APPROVE)
    mailing = a_mailing(group=group)
    client.force_login(mailing.author)
    url = reverse("campaigns:mailing-save", args=[mailing.pk])

    def written(headline: str) -> dict[str, Any]:
        mailing.refresh_from_db()
        typed = {"mailing-revision": str(mailing.revision), "headline": headline}
        answer: dict[str, Any] = client.post(url, typed, headers={"accept": "application/json"}).json()
        return answer

    with_word, without = written("Results guaranteed"), written("Results")

    assert with_word["steps"]["mailing-send"]["title"] == "Submit for approval"
    assert "Submit for approval" in with_word["fragments"]["send"]
    assert "so somebody must approve this mailing" in with_word["fragments"]["notes-headline"]
    assert without["steps"]["mailing-send"]["title"] == "Send"


def test_a_sender_name_that_needs_approval_is_not_sent_without(group: Group, workspace: Workspace) -> None:
    restrict(group, RuleLevel.APPROVE)
    Group.objects.filter(pk=group.pk).update(sender_name="Guaranteed Coffee")
    group.refresh_from_db()
    mailing = a_mailing(group=group)

    with pytest.raises(NotAllowed):
        send(mailing=mailing, actor=mailing.author)

    assert Delivery.objects.count() == 0


def test_the_words_of_another_brand_do_not_count(group: Group, workspace: Workspace) -> None:
    other = a_mailing()
    restrict(other.group, RuleLevel.BLOCK)

    assert found(a_mailing(group=group, values=WORDS)) == []
