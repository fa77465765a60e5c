"""What the portal's own people are told of mailings: every kind, in every language, to those whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.delivery.breaking import close
from campaigns.delivery.notices import tell_breaker_opened
from campaigns.models import Breaker, Delivery, Mailing, PauseCause, Review, Rollout, RolloutPart
from campaigns.reports.network import kinds as network
from campaigns.review import notices
from campaigns.review.changes import Change, Shown
from campaigns.review.commenting import add_comment
from campaigns.review.deciding import approve, ask_for_changes
from campaigns.review.kinds import DECIDED, KINDS, MENTIONED
from campaigns.review.services import submit, take_back
from campaigns.review.sweeping import expire_reviews
from campaigns.rollouts.kinds import KINDS as ROLLOUT_KINDS
from campaigns.webhooks import kinds as webhooks
from groups.audiences.imports import kinds as imports
from groups.models import Brand, Group, Notice, Pace, User, Workspace
from groups.notices.kinds import all_kinds
from groups.notices.mailing import mail_due
from groups.notices.services import choose, tell
from groups.people.roles import role_of
from groups.roles import Role
from tests.builders import a_person, root_group
from tests.campaigns.builders import a_mailing, a_planned
from tests.campaigns.costs import cost_of

Callbacks = Callable[..., AbstractContextManager[object]]
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of a store: one writes, one approves, one runs the brand."""

    author: User
    approver: User
    manager: User


@pytest.fixture
def staff(group: Group) -> Staff:
    return Staff(
        author=a_person(role=Role.LOCAL_AUTHOR, group=group, name="Lou Author"),
        approver=a_person(role=Role.APPROVER, group=group, name="Ana Approver"),
        manager=a_person(role=Role.BRAND_MANAGER, group=root_group(group.brand), name="Mika Manager"),
    )


@pytest.fixture
def mailing(group: Group, workspace: Workspace, staff: Staff) -> Mailing:
    """Gives the author's draft; its headline and its text are not the template's."""
    return a_mailing(
        group=group,
        author=staff.author,
        values={"headline": "A <b>bright</b> roast", "intro": "<p>Come on Thursday.</p>"},
    )


@pytest.fixture
def committing(django_capture_on_commit_callbacks: Callbacks) -> Callable[[], AbstractContextManager[object]]:
    """Gives what does at once the work that waits for a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def mails_to(person: User) -> list[EmailMultiAlternatives]:
    """Mails what is due, and gives what one person got of it."""
    mail_due()
    return [one for one in mail.outbox if one.to == [person.email] and isinstance(one, EmailMultiAlternatives)]


def test_an_approver_reads_in_the_mail_what_differs_from_the_template(
    mailing: Mailing, staff: Staff, committing: Callable[[], AbstractContextManager[object]]
) -> None:
    with committing():
        review = submit(mailing=mailing, actor=staff.author, note="For Thursday")

    (message,) = mails_to(staff.approver)

    body, html = str(message.body), str(message.alternatives[0][0])
    link = f"{reverse('campaigns:review-detail', args=[review.pk])}?notice="
    assert message.subject == f"Northwind Coffee: “{mailing.name}” of {mailing.group.name} waits for your approval"
    for part in (body, html):
        for words in ("Lou Author asks you to approve", "Note", "For Thursday", "Headline", "Come on Thursday.", link):
            assert words in part
    assert "<b>bright" not in html
    assert mails_to(staff.author) == []


def test_the_preview_names_five_changes_and_counts_the_rest(
    mailing: Mailing,
    staff: Staff,
    committing: Callable[[], AbstractContextManager[object]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with committing():
        submit(mailing=mailing, actor=staff.author)
    changes = [
        Change(f"f{n}", f"Field {n}", Shown(), Shown(words="x" * 900, url="https://a.example")) for n in range(7)
    ]
    monkeypatch.setattr("campaigns.review.kinds.changes_of", lambda mailing: changes)

    (message,) = mails_to(staff.approver)

    body = str(message.body)
    assert [n for n in range(7) if f"Field {n}: {'x' * 100}" in body] == [0, 1, 2, 3, 4]
    assert "And more: 2 other changes" in body
    assert "x" * 161 not in body


def test_a_waiting_mailing_is_mailed_of_only_while_it_waits(
    mailing: Mailing, staff: Staff, committing: Callable[[], AbstractContextManager[object]]
) -> None:
    with committing():
        submit(mailing=mailing, actor=staff.author)
    take_back(mailing=mailing, actor=staff.author)

    assert mails_to(staff.approver) == []
    assert set(Notice.objects.values_list("mail_state", flat=True)) == {"kept"}


def test_who_approves_no_more_is_not_mailed(
    mailing: Mailing, staff: Staff, committing: Callable[[], AbstractContextManager[object]]
) -> None:
    with committing():
        submit(mailing=mailing, actor=staff.author)
    staff.approver.memberships.update(role=role_of(mailing.group.brand, Role.READ_ONLY))

    assert mails_to(staff.approver) == []
    assert [notice.person for notice in Notice.objects.all()] == [staff.approver]


def test_the_author_is_told_of_each_decision_once(
    mailing: Mailing, staff: Staff, committing: Callable[[], AbstractContextManager[object]]
) -> None:
    with committing():
        ask_for_changes(
            review=submit(mailing=mailing, actor=staff.author), actor=staff.approver, reason="Name the day."
        )
    mailing.refresh_from_db()
    with committing():
        approve(review=submit(mailing=mailing, actor=staff.author), actor=staff.approver)

    changes, approved = mails_to(staff.author)

    assert changes.subject == f"Northwind Coffee: “{mailing.name}”: Changes asked for"
    assert "Reason: Name the day." in str(changes.body)
    assert approved.subject == f"Northwind Coffee: “{mailing.name}”: Approved"
    assert "Ana Approver has decided on your mailing: Approved." in str(approved.body)


def test_the_author_is_told_that_nobody_approved_in_time(
    mailing: Mailing, staff: Staff, committing: Callable[[], AbstractContextManager[object]]
) -> None:
    submit(mailing=mailing, actor=staff.author)
    with time_machine.travel(timezone.now() + timedelta(hours=73)):
        with committing():
            expire_reviews()

        (message,) = mails_to(staff.author)

    assert "Nobody approved this mailing" in str(message.body)


def test_a_breaker_that_opens_twice_is_told_twice_and_also_to_the_muted(
    mailing: Mailing, workspace: Workspace, staff: Staff
) -> None:
    _a_paused_delivery(mailing, workspace)
    tomorrow = timezone.now().date() + timedelta(days=3)
    choose(person=staff.manager, brand=workspace.brand, paces={"approvals": Pace.PORTAL}, muted_until=tomorrow)
    for minutes in (1, 1, 9):
        at = timezone.now().replace(second=0, microsecond=0, minute=minutes)
        tell_breaker_opened(workspace, list(Delivery.objects.all()), at)

    first, second = mails_to(staff.manager)

    assert first.subject == second.subject == "Northwind Coffee: Braze does not answer, so sending is paused"
    assert f"{mailing.group.name}: {mailing.name}" in str(first.body)
    assert "1 mailing waits." in str(first.body)
    assert mails_to(staff.author) == mails_to(staff.approver) == []


def test_once_somebody_has_decided_nobody_else_is_called_to_it(
    mailing: Mailing, staff: Staff, committing: Callable[[], AbstractContextManager[object]]
) -> None:
    with committing():
        review = submit(mailing=mailing, actor=staff.author)
    with committing():
        ask_for_changes(review=review, actor=staff.approver, reason="Name the day.")

    assert mails_to(staff.approver) == mails_to(staff.manager) == []
    assert len(mails_to(staff.author)) == 1
    unread = Notice.objects.filter(read_at=None).values_list("person", "kind")
    assert list(unread) == [(staff.author.pk, "review.decided")]


def test_a_breaker_that_closes_takes_its_notice_away(mailing: Mailing, workspace: Workspace, staff: Staff) -> None:
    Breaker.objects.create(workspace=workspace, opened_at=timezone.now())
    tell_breaker_opened(workspace, [], timezone.now())

    close(workspace)

    assert mails_to(staff.manager) == []
    assert not Notice.objects.filter(read_at=None).exists()


def test_a_breaker_that_has_closed_needs_no_mail(mailing: Mailing, workspace: Workspace, staff: Staff) -> None:
    _a_paused_delivery(mailing, workspace)
    tell_breaker_opened(workspace, [], timezone.now())
    Breaker.objects.update(opened_at=None)

    assert mails_to(staff.manager) == []
    assert Notice.objects.get(person=staff.manager).mail_state == "kept"


def test_what_is_rolled_back_tells_nobody(mailing: Mailing, workspace: Workspace, staff: Staff) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        tell_breaker_opened(workspace, [], timezone.now())
        raise RuntimeError

    assert Notice.objects.count() == 0


def _a_paused_delivery(mailing: Mailing, workspace: Workspace) -> None:
    others = a_mailing(group=mailing.group)
    Mailing.objects.filter(pk=others.pk).update(name=mailing.name)
    delivery = a_planned(others, workspace)
    Delivery.objects.filter(pk=delivery.pk).update(state="paused", pause_cause=PauseCause.BREAKER)
    Breaker.objects.create(workspace=workspace, opened_at=timezone.now())


def _told_everything(mailing: Mailing, workspace: Workspace, staff: Staff) -> None:
    """Tells one of each kind to the manager, of decisions two outcomes."""
    review = submit(mailing=mailing, actor=staff.author, note="For Thursday")
    for kind in KINDS:
        if kind not in (DECIDED, MENTIONED):
            notices._tell(review, [staff.manager], kind, reverse("campaigns:review-detail", args=[review.pk]))
    for state in ("approved", "changes_asked"):
        decided = Review.objects.create(
            mailing=mailing,
            state=state,
            digest="x",
            window_from=timezone.now(),
            window_until=timezone.now(),
            submitted_by=staff.author,
            decided_by=staff.approver,
            reason="Name the day.",
        )
        notices._tell(decided, [staff.manager], DECIDED, reverse("campaigns:mailing-detail", args=[mailing.pk]))
    add_comment(mailing=mailing, actor=staff.author, text="Look.", mentions=[staff.manager])
    tell_breaker_opened(workspace, [], timezone.now())
    rollout = Rollout.objects.create(group=mailing.group, name="Spring", pattern=mailing, created_by=staff.author)
    parts = [
        RolloutPart.objects.create(rollout=rollout, group=group)
        for group in (mailing.group, root_group(mailing.group.brand))
    ]
    for kind, is_offer in (*((kind, False) for kind in ROLLOUT_KINDS), (ROLLOUT_KINDS[0], True)):
        tell(
            [staff.manager],
            kind,
            about=f"part:{parts[is_offer].pk}",
            path=reverse("campaigns:home"),
            group=mailing.group,
            rollout="Spring",
            group_name=mailing.group.name,
            author=staff.author.name,
            is_offer=is_offer,
            until=timezone.now().isoformat(),
            zone="UTC",
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_told_in_every_language(
    mailing: Mailing, workspace: Workspace, staff: Staff, client: Client, language: str
) -> None:
    _told_everything(mailing, workspace, staff)
    Breaker.objects.create(workspace=workspace, opened_at=timezone.now())
    User.objects.filter(pk=staff.manager.pk).update(language=language)
    Brand.objects.filter(pk=mailing.group.brand_id).update(host_name="testserver")
    told = set(Notice.objects.filter(person=staff.manager).values_list("kind", flat=True))

    mails = mails_to(staff.manager)
    client.force_login(staff.manager)
    page = client.get(reverse("groups:notice-list"))

    # Imports concern who uploads, webhooks an admin, a nudge those of a silent group; their own tests tell of them.
    others = (*imports.KINDS, *webhooks.KINDS, *network.KINDS)
    assert told == {kind.name for kind in all_kinds() if kind not in others}
    count = len(KINDS) + 2 + len(ROLLOUT_KINDS) + 1
    assert len(mails) == count
    for message in mails:
        assert "%(" not in message.subject + str(message.body) + str(message.alternatives[0][0])
        assert f'<html lang="{language}">' in str(message.alternatives[0][0])
        assert mailing.group.brand.name in message.subject
    assert page.text.count('class="notice-title"') == count
    assert "%(" not in page.text


def test_a_page_of_reviews_costs_the_same_for_many_as_for_two(
    mailing: Mailing, workspace: Workspace, staff: Staff, client: Client
) -> None:
    Brand.objects.filter(pk=mailing.group.brand_id).update(host_name="testserver")
    _told_everything(mailing, workspace, staff)
    client.force_login(staff.manager)
    address = reverse("groups:notice-list")
    few = cost_of(lambda: client.get(address))
    for notice in Notice.objects.filter(person=staff.manager):
        for number in range(4):
            notice.pk, notice.occasion = None, f"again-{number}"
            notice._state.adding = True
            notice.id = notice._meta.get_field("id").get_default()
            notice.save()

    # One query for each right that the notices of a page ask for.
    assert len(cost_of(lambda: client.get(address))) <= len(few)
