"""Retention of what is left of files, of notices, and of sessions that have ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from groups.models import ContactImport, ImportReject, ImportState, Notice
from groups.retention.services import apply
from tests.builders import Cast, an_import

pytestmark = pytest.mark.django_db

OLD = timezone.now() - timedelta(days=40)


@pytest.fixture(autouse=True)
def a_month(settings: Settings) -> None:
    """Keeps all of it for a month."""
    settings.RETENTION_IMPORTS_DAYS = settings.RETENTION_NOTICES_DAYS = 30


def test_of_an_old_import_the_counts_stay_and_the_refused_rows_go(cast: Cast) -> None:
    done, young = (
        an_import("customer_id,email\nC1,maya@example.com\n", group=cast.store),
        an_import("customer_id,email\nC1,maya@example.com\n", group=cast.store),
    )
    for one in (done, young):
        ImportReject.objects.create(contact_import=one, line=2, reason="no_id", cells=["maya@example.com"])
    ContactImport.objects.filter(pk=done.pk).update(state=ImportState.DONE, created_at=OLD, rows_rejected=1)
    file = str(done.file.name)

    apply(limit_seconds=60)

    done.refresh_from_db()
    assert (done.rows_rejected, str(done.file), default_storage.exists(file)) == (1, "", False)
    assert [reject.contact_import for reject in ImportReject.objects.all()] == [young]
    assert default_storage.exists(str(young.file.name))


def test_a_file_that_its_uploader_never_came_back_to_goes_with_its_import(cast: Cast) -> None:
    lying, waiting = (
        an_import("customer_id,email\nC1,maya@example.com\n", group=cast.store),
        an_import("customer_id,email\nC1,maya@example.com\n", group=cast.store),
    )
    ContactImport.objects.filter(pk=lying.pk).update(created_at=OLD)
    ContactImport.objects.filter(pk=waiting.pk).update(created_at=OLD, state=ImportState.WAITING)
    file = str(lying.file.name)

    apply(limit_seconds=60)

    assert list(ContactImport.objects.all()) == [waiting]
    assert not default_storage.exists(file)


def test_old_notices_go_also_unread_ones(cast: Cast) -> None:
    for number, created_at in enumerate((OLD, timezone.now())):
        notice = Notice.objects.create(
            person=cast.author, brand=cast.brand, kind="k", about=f"a:{number}", path="/", due_at=OLD
        )
        Notice.objects.filter(pk=notice.pk).update(created_at=created_at)

    apply(limit_seconds=60)

    assert [notice.about for notice in Notice.objects.all()] == ["a:1"]


def test_sessions_go_when_they_have_ended_a_day_ago() -> None:
    now = timezone.now()
    for key, ended in (("old", now - timedelta(days=2)), ("lately", now - timedelta(hours=1)), ("open", now)):
        Session.objects.create(session_key=key, session_data="", expire_date=ended)

    apply(limit_seconds=60)

    assert set(Session.objects.values_list("session_key", flat=True)) == {"lately", "open"}
