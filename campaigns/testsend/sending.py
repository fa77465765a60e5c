"""Handing a test mail to Braze: one call, written down before it leaves and after it was answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client import (
    SHARED,
    Accepted,
    BrazeClient,
    BrazeError,
    Call,
    NotSent,
    Schedule,
    TriggerRecipient,
    Uncertain,
    calls,
)
from campaigns.delivery.claiming import CALL_LEASE
from campaigns.errors import Refusal
from campaigns.models import Mailing, Route, TestMail, TestState
from campaigns.review.digest import content_digest_of
from campaigns.testsend.budget import NotYet, take
from campaigns.testsend.content import email_of, files_of, properties_of
from campaigns.testsend.outcomes import language_of, put_off, refuse, write
from campaigns.testsend.profiles import bring_to_braze, external_id_of
from campaigns.testsend.queries import colleagues_of
from groups.errors import NotConnected
from groups.models import Workspace
from groups.workspace.braze import client_for
from groups.workspace.queries import workspace_of

# The client refuses a time nearer than 10 s, and making the call takes a moment (B-SCH-1).
SHORTEST_LEAD_SECONDS = 12


def due(now: datetime) -> QuerySet[TestMail]:
    """Gives the test mails that may be handed over now."""
    return TestMail.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=TestState.WAITING)


def send(test_id: UUID) -> None:
    """Hands a waiting test mail to Braze; twice, at once or late it is called once, because one claim wins."""
    known = due(timezone.now()).select_related("mailing__group__brand", "mailing__version__template", "contact")
    test = known.select_related("tester", "asked_by", "group__brand").filter(pk=test_id).first()
    if test is None:
        return
    with language_of(test):
        try:
            _send(test)
        except NotYet as wait:
            put_off(test, wait.until)
        except (NotSent, Uncertain) as error:
            # Only the tester's address was told, which may be told again; no mail was made.
            put_off(test, error)
        except (Refusal, NotConnected, BrazeError) as error:
            refuse(test, error)


def _send(test: TestMail) -> None:
    mailing = test.mailing
    if mailing is None:
        raise Refusal(_("The draft was deleted before its test left."))
    if not colleagues_of(mailing.group).filter(pk=test.tester_id).exists():
        raise Refusal(_("%(name)s may not see mailings of this group any more.") % {"name": test.tester})
    workspace = workspace_of(mailing.group.brand)
    with client_for(workspace) as braze:
        ready_at = bring_to_braze(test.tester, workspace, braze)
        call, planned_for = _call_for(test, mailing, workspace, ready_at)
        take(braze, SHARED, workspace)
        if _claim(test, mailing, planned_for):
            write(test, _answer_to(call, braze))


def _call_for(
    test: TestMail, mailing: Mailing, workspace: Workspace, ready_at: datetime
) -> tuple[Call[Accepted], datetime]:
    """Gives the call of a test and when Braze sends it: without campaign, variation and send ID it counts nowhere.

    A campaign that Braze holds goes at once, so a tester of whom Braze was told a moment ago is waited for.
    """
    now = timezone.now()
    tester = external_id_of(test.tester)
    if mailing.route == Route.TRIGGER:
        if ready_at > now:
            raise NotYet(ready_at)
        trigger = calls.trigger_send(
            campaign_id=mailing.version.trigger_campaign_id or workspace.trigger_campaign_id,
            recipients=[TriggerRecipient(external_user_id=tester)],
            trigger_properties=properties_of(mailing),
            attachments=files_of(mailing),
        )
        return trigger, now
    lead = timedelta(seconds=max(settings.TEST_LEAD_SECONDS, SHORTEST_LEAD_SECONDS))
    planned_for = max(now + lead, ready_at)
    staged = calls.schedule_create(
        external_user_ids=[tester],
        schedule=Schedule(time=planned_for),
        email=email_of(mailing, test.contact, app_id=workspace.app_id),
        now=now,
        # Whoever asks for five tests wants five mails, whatever cap holds for customers.
        override_messaging_limits=True,
    )
    return staged, planned_for


def _claim(test: TestMail, mailing: Mailing, planned_for: datetime) -> bool:
    """Takes a test for this worker and notes what is shown in it; tells whether it was still to be had."""
    now = timezone.now()
    claimed = (
        due(now)
        .filter(pk=test.pk)
        .update(
            state=TestState.CALLING,
            attempt=F("attempt") + 1,
            called_at=now,
            lease_until=now + CALL_LEASE,
            planned_for=planned_for,
            revision=mailing.revision,
            digest=content_digest_of(mailing),
        )
    )
    if claimed:
        test.refresh_from_db(fields=["state", "attempt"])
    return bool(claimed)


def _answer_to(call: Call[Accepted], braze: BrazeClient) -> Accepted | BrazeError:
    try:
        return braze.send(call, attempts=1)
    except BrazeError as error:
        return error
