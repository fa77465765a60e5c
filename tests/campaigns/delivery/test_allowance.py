"""A brand's own share of Braze's windows holds for its calls, its times and its forecast."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from braze_client.pacing import SHARED
from campaigns.delivery.allowance import Allowance
from campaigns.delivery.dispatch import dispatch
from campaigns.models import BatchState
from groups.models import Group, Workspace
from tests.campaigns.builders import a_mailing, a_planned
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db


def test_no_more_is_taken_than_the_brand_allows(workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(budget_percent=1)
    workspace.refresh_from_db()
    allowance, now = Allowance(workspace, str(uuid4())), timezone.now().replace(minute=30)

    taken = sum(allowance.take(64, now) for _ in range(60))

    assert taken == SHARED.limit // 100


def test_a_delivery_waits_when_the_share_is_used_up_and_others_go_on(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(budget_percent=50)
    few = type(SHARED)(SHARED.name, 4, SHARED.window_seconds)
    monkeypatch.setattr("campaigns.delivery.allowance.SHARED", few)
    delivery = a_planned(a_mailing(group=group, people=180), workspace)

    dispatch(Workspace.objects.get(pk=workspace.pk))

    states = sorted(delivery.batches.values_list("state", flat=True))
    assert states == [BatchState.ACCEPTED] * 2 + [BatchState.WAITING] * 2
    assert sandbox.calls("/messages/schedule/create") == 2


def test_the_smaller_the_share_the_longer_the_time_that_is_planned_for_the_calls(
    group: Group, workspace: Workspace
) -> None:
    spans = []
    for percent in (100, 10):
        Workspace.objects.filter(pk=workspace.pk).update(budget_percent=percent)
        workspace.refresh_from_db()
        began = timezone.now()
        delivery = a_planned(a_mailing(group=group, people=3_000), workspace)
        assert delivery.go_at is not None
        spans.append((delivery.go_at - began).total_seconds())

    assert spans[1] > spans[0] + 10
