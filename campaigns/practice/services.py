"""Starting a practice mailing, and sending it to the team by the way of test mails."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.compose.services import start_mailing
from campaigns.errors import NotAllowed, NotReady, Refusal
from campaigns.models import Mailing, MailingState, Route, Template, TestMail
from campaigns.practice.queries import team_of
from campaigns.preflight import check
from campaigns.review.policy import needs_approval
from campaigns.states import end_practice
from campaigns.testsend.services import put_on_their_way
from groups.access import may
from groups.audit import record
from groups.models import Group, User
from groups.roles import Permission


def start_practice(*, group: Group, template: Template, actor: User) -> Mailing:
    """Makes a practice draft from a template.

    Raises `Refusal` where the template is not offered, and for one that Braze holds: Braze counts each of its tests.
    """
    if template.route == Route.TRIGGER:
        raise Refusal(
            _("Braze holds this email and counts every test of it. Choose another template to practise with.")
        )
    return start_mailing(group=group, template=template, actor=actor, is_practice=True)


def send_practice(*, mailing: Mailing, actor: User) -> Mailing:
    """Sends a practice draft to the team.

    Raises `Refusal` for a real mailing, `NotAllowed` without the right to write here and where a review is needed,
    `NotReady` when a check blocks, and `StaleState` when it is no draft or was edited since `mailing` was read.
    """
    if not mailing.is_practice:
        raise Refusal(_("This is a real mailing, so it is sent as one."))
    if not may(actor, Permission.EDIT_MAILINGS, mailing.group):
        raise NotAllowed(_("You may not send mailings of this group."))
    if needs_approval(mailing, actor):
        raise NotAllowed(_("This mailing needs approval. Submit it; an approver will see it at once."))
    if blocking := [finding for finding in check(mailing, actor=actor) if finding.blocks]:
        raise NotReady(_("This cannot be sent yet. Mend what the check lists."), blocking)
    with transaction.atomic():
        reach_team(mailing=mailing, actor=actor, start=MailingState.DRAFT, revision=mailing.revision)
    return mailing


def reach_team(*, mailing: Mailing, actor: User, start: MailingState, revision: int | None = None) -> list[TestMail]:
    """Ends a practice mailing with a test to everybody of the team. Needs a transaction; the caller checked the right.

    Raises `StaleState`, and `Refusal` when the day's tests are used up or Braze is not connected.
    """
    end_practice(mailing, start=start, revision=revision)
    record("mailing.practised", actor=actor, group=mailing.group, target=mailing)
    return put_on_their_way(mailing=mailing, testers=team_of(mailing.group, actor), actor=actor)


def put_guide(*, user: User, is_hidden: bool) -> None:
    """Puts the sentences that guide through a first mailing away for a person, or takes them out again."""
    User.objects.filter(pk=user.pk).update(hides_guide=is_hidden)
    user.hides_guide = is_hidden
