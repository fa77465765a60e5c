"""Collecting: reads what Braze says of each send while Braze keeps it, and stores it for good.

A run makes a bounded number of calls within the workspaces' share of Braze's limits; what it leaves waits longest, and
so comes first in the next one. After an outage the first read fills what is missing, as far as Braze still knows it.
"""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from braze_client import (
    BrazeClient,
    BrazeError,
    DataSeries,
    KeyRefused,
    NotSent,
    PermissionRefused,
    RateLimited,
    Uncertain,
    calls,
)
from braze_client.pacing import SHARED
from campaigns.delivery.allowance import reserved
from campaigns.delivery.breaking import is_open
from campaigns.models import Delivery, ReportProblem
from campaigns.reports.due import AGAIN, KEPT, Send, due_sends, is_due
from campaigns.reports.storing import store
from groups.errors import NotConnected
from groups.models import Workspace
from groups.workspace.braze import budget_key_of, client_for
from groups.workspace.budget import ours

log = logging.getLogger(__name__)

# A day more than Braze keeps: the send may lie in the middle of one.
SERIES_DAYS: Final = KEPT.days + 1
RUN_SECONDS: Final = 40.0
# Whoever claims a send has so long to read it; a worker that vanished holds it up no longer.
LEASE: Final = timedelta(minutes=5)


def collect() -> int:
    """Reads the sends that are due, within `REPORT_CALLS` and 40 s; gives how many were read.

    Twice at once is harmless: each send is claimed, and each day's numbers replace themselves.
    """
    ends_at = time.monotonic() + RUN_SECONDS
    read = 0
    with ExitStack() as clients:
        readers: dict[UUID, _Reader] = {}
        for send in due_sends(timezone.now(), settings.REPORT_CALLS):
            if time.monotonic() >= ends_at:
                break
            reader = readers.get(send.workspace_id)
            if reader is None:
                reader = readers[send.workspace_id] = _Reader.of(send.workspace_id)
            if reader.is_stopped or not _claim(send, timezone.now()):
                continue
            series = reader.read(send, clients)
            if series is not None:
                store(send, series, timezone.now())
                read += 1
    return read


def _claim(send: Send, now: datetime) -> bool:
    return bool(Delivery.objects.filter(send.deliveries(), is_due(now)).update(report_next_at=now + LEASE))


@dataclass(slots=True)
class _Reader:
    """Reads the sends of one workspace, and stops where the next call would fare no better."""

    workspace: Workspace
    is_stopped: bool = False
    client: BrazeClient | None = None

    @classmethod
    def of(cls, workspace_id: UUID) -> _Reader:
        workspace = Workspace.objects.get(pk=workspace_id)
        return cls(workspace, is_stopped=is_open(workspace))

    def read(self, send: Send, clients: ExitStack) -> DataSeries | None:
        """Asks Braze once; what went wrong is noted, and asked again later."""
        now = timezone.now()
        try:
            if self.client is None:
                self.client = clients.enter_context(client_for(self.workspace))
            grant = reserved(budget_key_of(self.workspace), ours(SHARED, self.workspace), 1, now)
            if not grant.granted:
                self._failed(send, ReportProblem.RATE, grant.resets_at, stops=True)
                return None
            question = calls.send_data_series(send.campaign_id, send.send_id, length=SERIES_DAYS)
            return self.client.send(question, attempts=1)
        except NotConnected:
            self._failed(send, ReportProblem.NOT_CONNECTED, now + AGAIN, stops=True)
        except KeyRefused:
            self._failed(send, ReportProblem.KEY, now + AGAIN, stops=True)
        except PermissionRefused:
            self._failed(send, ReportProblem.PERMISSION, now + AGAIN, stops=True)
        except RateLimited as error:
            self._failed(send, ReportProblem.RATE, error.retry_at or now + AGAIN, stops=True)
        except (NotSent, Uncertain) as error:
            log.warning("report.unread send=%s error=%s", send.send_id, error)
            self._failed(send, ReportProblem.SILENT, now + AGAIN, stops=True)
        except BrazeError as error:
            log.warning("report.unread send=%s error=%s", send.send_id, error)
            self._failed(send, ReportProblem.REFUSED, now + AGAIN, stops=False)
        return None

    def _failed(self, send: Send, problem: ReportProblem, again_at: datetime, *, stops: bool) -> None:
        """Notes why; a number that is missing is shown as missing, not as zero."""
        self.is_stopped = self.is_stopped or stops
        Delivery.objects.filter(send.deliveries(), report_next_at__isnull=False).update(
            report_problem=problem, report_next_at=again_at
        )
