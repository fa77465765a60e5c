"""The breaker of a workspace: when Braze fails again and again, deliveries pause until one probe goes through."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client import BrazeError, NotSent, RateLimited, Uncertain, calls
from campaigns.delivery import nudges
from campaigns.delivery.notices import put_breaker_away, tell_breaker_opened
from campaigns.delivery.outcomes import Answer, pause
from campaigns.delivery.resuming import go_on, reason_to_hold
from campaigns.errors import StaleState
from campaigns.models import Breaker, Delivery, DeliveryState, Mailing, PauseCause
from groups.audit import record
from groups.errors import NotConnected
from groups.models import Workspace
from groups.workspace.braze import client_for

log = logging.getLogger(__name__)

PROBED = "messages.schedule.create"
SECONDS_BETWEEN_LOOKS = 0.5


def is_open(workspace: Workspace) -> bool:
    """Tells whether nothing is called in a workspace for now."""
    return Breaker.objects.filter(workspace=workspace, opened_at__isnull=False).exists()


class Watch:
    """Counts a workspace's failures in a row for one worker, and writes only when the count changes.

    A failure is a call that got no answer, or one that makes no sense. A refusal and a 429 are answers. All workers
    count together; what others counted is seen after half a second.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._has_failures = False
        self._looked_at = float("-inf")

    def note(self, answers: Sequence[Answer]) -> bool:
        """Takes note of answers; opens the breaker when there are too many failures, and tells whether it is open."""
        failures = _failures_at_the_end(answers)
        if time.monotonic() - self._looked_at >= SECONDS_BETWEEN_LOOKS:
            rows = Breaker.objects.filter(workspace=self._workspace, failures__gt=0)
            self._has_failures, self._looked_at = rows.exists(), time.monotonic()
        if failures < len(answers) and self._has_failures:
            Breaker.objects.filter(workspace=self._workspace, failures__gt=0, opened_at=None).update(failures=0)
            self._has_failures = False
        if not failures:
            return False
        self._has_failures = True
        return _count(self._workspace, failures)


def _count(workspace: Workspace, failures: int) -> bool:
    with transaction.atomic():
        Breaker.objects.get_or_create(workspace=workspace)
        Breaker.objects.filter(workspace=workspace).update(failures=F("failures") + failures)
        now = timezone.now()
        opened = Breaker.objects.filter(
            workspace=workspace, failures__gte=settings.BREAKER_FAILURES, opened_at=None
        ).update(opened_at=now, probed_at=now)
        if opened:
            _pause_all(workspace, now)
    return is_open(workspace)


def probe_open_breakers() -> None:
    """Asks Braze once in a while, without any effect, whether it answers again; then everything goes on."""
    rested = timezone.now() - timedelta(seconds=settings.BREAKER_REST_SECONDS)
    for breaker in Breaker.objects.filter(opened_at__isnull=False, probed_at__lte=rested).select_related("workspace"):
        mine = Breaker.objects.filter(pk=breaker.pk, probed_at=breaker.probed_at).update(probed_at=timezone.now())
        if mine and _answers(breaker.workspace):
            close(breaker.workspace)


def close(workspace: Workspace) -> None:
    """Closes the breaker and lets go on what it paused, unless no mail may leave now: then a person decides."""
    with transaction.atomic():
        closed = Breaker.objects.filter(workspace=workspace, opened_at__isnull=False).update(
            opened_at=None, probed_at=None, failures=0
        )
        if not closed:
            return
        record("workspace.breaker_closed", actor=None, target=workspace, brand=workspace.brand)
        put_breaker_away(workspace)
        paused = Q(state=DeliveryState.PAUSED, pause_cause=PauseCause.BREAKER)
        for delivery in workspace.deliveries.filter(paused).select_related("mailing__group__brand"):
            try:
                with transaction.atomic():
                    if reason := reason_to_hold(delivery):
                        held = workspace.deliveries.filter(pk=delivery.pk, state=DeliveryState.PAUSED)
                        held.update(pause_cause=PauseCause.REFUSAL, state_reason=reason[:500])
                        Mailing.objects.filter(pk=delivery.mailing_id).update(state_reason=reason[:500])
                        continue
                    go_on(delivery)
            except StaleState:
                continue
        nudges.dispatch(workspace.pk)


def _failures_at_the_end(answers: Sequence[Answer]) -> int:
    """Counts the failures since the last answer that makes sense."""
    number = 0
    for answer in reversed(answers):
        is_failure = isinstance(answer, Uncertain) or (
            isinstance(answer, NotSent) and not isinstance(answer, RateLimited)
        )
        if not is_failure:
            break
        number += 1
    return number


def _pause_all(workspace: Workspace, now: datetime) -> None:
    reason = _(
        "Braze failed %(count)s times in a row, so nothing more is handed over for now. It goes on by itself."
    ) % {"count": settings.BREAKER_FAILURES}
    calling = (DeliveryState.STAGING, DeliveryState.SENDING)
    paused: list[Delivery] = []
    for delivery in workspace.deliveries.filter(state__in=calling).select_related("mailing__group__brand"):
        pause(delivery, reason, cause=PauseCause.BREAKER)
        paused.append(delivery)
    record("workspace.breaker_opened", actor=None, target=workspace, brand=workspace.brand, paused=len(paused))
    tell_breaker_opened(workspace, paused, now)


def _answers(workspace: Workspace) -> bool:
    try:
        with client_for(workspace) as braze:
            braze.send(calls.probe(PROBED), attempts=1)
    except (Uncertain, NotSent) as error:
        log.info("breaker.stays_open workspace=%s error=%s", workspace.pk, type(error).__name__)
        return False
    except (BrazeError, NotConnected):
        return True  # a refusal is an answer, and pauses what it concerns by itself
    return True
