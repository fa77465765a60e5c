"""The sync takes contacts in the order in which they wait, each once, and notes what Braze took at which revision."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from groups.audiences.claiming import Taken, Waiting, note_taken, take_waiting
from groups.audiences.marking import mark_pending
from groups.models import Contact, SyncState, Workspace
from tests.builders import a_contact, a_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace() -> Workspace:
    return a_workspace()


def taken(workspace: Workspace, limit: int) -> list[str]:
    now = timezone.now()
    with transaction.atomic():
        found = take_waiting(workspace, limit=limit, now=now, lease_until=now + timedelta(minutes=2))
    return [one.external_id for one in found]


def test_whoever_waits_longest_is_taken_first_and_nobody_twice(workspace: Workspace) -> None:
    for minutes, name in ((1, "late"), (3, "early"), (2, "middle")):
        contact = a_contact(brand=workspace.brand, external_id=name)
        Contact.objects.filter(pk=contact.pk).update(updated_at=timezone.now() - timedelta(minutes=minutes))
    a_contact(external_id="of-another-brand")

    assert taken(workspace, 2) == ["early", "middle"]
    assert taken(workspace, 5) == ["late"]
    assert taken(workspace, 5) == []


def test_what_changed_meanwhile_goes_on_waiting_and_is_sent_whole(workspace: Workspace) -> None:
    same, changed = (a_contact(brand=workspace.brand, external_id=name) for name in ("same", "changed"))
    assert taken(workspace, 5) == ["same", "changed"]
    mark_pending([changed.pk])
    now = timezone.now()

    with transaction.atomic():
        note_taken([Taken(one.pk, {"email": "ö'\\%s"}, 0) for one in (same, changed)], now, forgets=False)

    same.refresh_from_db()
    changed.refresh_from_db()
    assert (same.sync_state, same.sync_lease_until, same.synced) == (SyncState.SYNCED, None, {"email": "ö'\\%s"})
    assert (same.synced_at, same.first_synced_at) == (now, now)
    assert (changed.sync_state, changed.sync_lease_until) == (SyncState.PENDING, now)
    assert [one.is_known for one in _again(workspace)] == [False]


def _again(workspace: Workspace) -> list[Waiting]:
    now = timezone.now()
    with transaction.atomic():
        return take_waiting(workspace, limit=5, now=now, lease_until=now)
