"""The sweep of test mails: finds in the rows what a lost message or a killed worker has left."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.errors import Refusal
from campaigns.models import TestMail, TestState
from campaigns.testsend import nudges
from campaigns.testsend.outcomes import language_of, leave_uncertain, refuse
from campaigns.testsend.sending import due

# A test that comes hours later than it was asked for is of no use.
LONGEST_WAIT = timedelta(hours=1)


def sweep() -> None:
    """Leaves stale calls uncertain, gives up what Braze did not take in time, and nudges what waits."""
    now = timezone.now()
    known = TestMail.objects.select_related("asked_by", "group__brand")
    for test in known.filter(state=TestState.CALLING, lease_until__lte=now):
        with language_of(test):
            leave_uncertain(test)
    for test in known.filter(state=TestState.WAITING, created_at__lte=now - LONGEST_WAIT):
        with language_of(test):
            refuse(test, Refusal(_("Braze could not take this test within an hour. Send another one.")))
    with transaction.atomic():
        for test_id in due(now).values_list("pk", flat=True):
            nudges.send(test_id)
