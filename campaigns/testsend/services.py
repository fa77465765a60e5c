"""Asking for test mails of a draft."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from braze_client import ContractViolation
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.halts import demand_open
from campaigns.models import Mailing, MailingState, Route, TestMail
from campaigns.review.digest import content_digest_of
from campaigns.testsend import nudges
from campaigns.testsend.content import email_of, properties_of
from campaigns.testsend.queries import colleagues_of, contacts_for, left_today
from groups.access import may, may_see_people, members_with
from groups.audit import record
from groups.models import Contact, Group, User
from groups.roles import Permission
from groups.workspace.queries import workspace_of

MOST_TESTERS = 10


def ask_for_tests(
    *, mailing: Mailing, testers: Collection[User], contact: Contact | None = None, actor: User
) -> list[TestMail]:
    """Puts a test of a draft on its way to each of up to 10 colleagues, and gives the rows.

    Merge tags show the values of `contact`, who is on the mailing's list, or the brand's samples. Raises `NotAllowed`
    without the right to edit, for people who may not see the mailing, and for a contact whom they or the actor may not
    see; `StaleState` for what is no draft; `Refusal` for a mail that cannot be sent and when the day's tests are used
    up.
    """
    group = mailing.group
    if not may(actor, Permission.EDIT_MAILINGS, group):
        raise NotAllowed(_("You may not send tests of this group's mailings."))
    demand_open(group)
    if mailing.state != MailingState.DRAFT:
        raise StaleState
    chosen = list(dict.fromkeys(testers))
    if not 0 < len(chosen) <= MOST_TESTERS:
        raise Refusal(_("Choose one to %(most)s people who get the test.") % {"most": MOST_TESTERS})
    if colleagues_of(group).filter(pk__in=[tester.pk for tester in chosen]).count() != len(chosen):
        raise NotAllowed(_("Tests go to people who may see this group's mailings, and to nobody else."))
    if contact is not None:
        _demand_shown(contact, mailing, chosen, actor)
    return put_on_their_way(mailing=mailing, testers=chosen, contact=contact, actor=actor)


def put_on_their_way(
    *, mailing: Mailing, testers: Sequence[User], contact: Contact | None = None, actor: User
) -> list[TestMail]:
    """Puts a test on its way to each of some colleagues, and gives the rows. The caller has checked the right.

    Raises `Refusal` for a mail that cannot be sent and when the day's tests are used up.
    """
    group = mailing.group
    _demand_sendable(mailing, contact)
    digest = content_digest_of(mailing)
    with transaction.atomic():
        # One at a time for each group, so that two requests cannot both take what is left of the day.
        Group.objects.select_for_update(no_key=True).get(pk=group.pk)
        if (left := left_today(group)) < len(testers):
            raise Refusal(_used_up(left))
        tests = TestMail.objects.bulk_create(
            TestMail(
                group=group,
                mailing=mailing,
                revision=mailing.revision,
                digest=digest,
                tester=tester,
                asked_by=actor,
                contact=contact,
            )
            for tester in testers
        )
        shown = str(contact.pk) if contact is not None else ""
        record(
            "mailing.tested",
            actor=actor,
            group=group,
            target=mailing,
            people=len(tests),
            contact=shown,
            digest=digest,
        )
        for test in tests:
            nudges.send(test.pk)
    return tests


def _demand_shown(contact: Contact, mailing: Mailing, testers: Collection[User], actor: User) -> None:
    """Lets nobody read what the portal knows of a contact but people who may see the group's contacts."""
    if mailing.route == Route.TRIGGER:
        raise Refusal(_("Braze holds this mail and fills in what it knows of the tester, so no contact can be shown."))
    people = (actor, *testers)
    if not contacts_for(mailing, actor).filter(pk=contact.pk).exists():
        raise NotAllowed(_("This person is not on the mailing's list."))
    readers = members_with(mailing.group, Permission.SEE_CONTACTS).filter(pk__in=[person.pk for person in people])
    seeing = set(readers.values_list("pk", flat=True))
    if mailing.audience is not None and mailing.audience.is_private:
        seeing = {person.pk for person in people if person.pk in seeing and may_see_people(person, mailing.audience)}
    shut_out = [person for person in people if person.pk not in seeing]
    if shut_out:
        raise NotAllowed(
            _("%(name)s may not see contacts of this group. Send the test with the sample values.")
            % {"name": shut_out[0]}
        )


def _demand_sendable(mailing: Mailing, contact: Contact | None) -> None:
    workspace = workspace_of(mailing.group.brand)
    if not workspace.is_connected:
        raise Refusal(_("Braze is not connected. Ask an admin to fill in the Braze Email Service Provider page."))
    if mailing.route == Route.SCHEDULE:
        try:
            email_of(mailing, contact, app_id=workspace.app_id)
        except ContractViolation as error:
            raise Refusal(_("Braze would not take this mail: %(error)s") % {"error": error.message}) from error
        return
    if not (mailing.version.trigger_campaign_id or workspace.trigger_campaign_id):
        raise Refusal(_("No API-triggered campaign is named for this template. Ask an admin to add its Campaign ID."))
    properties_of(mailing)


def _used_up(left: int) -> str:
    if left:
        return ngettext(
            "Your group may send %(left)d more test today. Choose fewer people.",
            "Your group may send %(left)d more tests today. Choose fewer people.",
            left,
        ) % {"left": left}
    return _(
        "Your group has sent the %(most)s tests that it may send in a day. It may go on after midnight UTC, or ask an "
        "operator to raise the limit."
    ) % {"most": settings.TEST_MAILS_PER_DAY}
