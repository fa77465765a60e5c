"""A filter that is changed under an approval is another audience: nothing goes out but what was looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from campaigns.compose.services import choose_time
from campaigns.delivery.sweeping import start_due_mailings
from campaigns.models import Delivery, Mailing, ReviewState
from campaigns.review.deciding import approve
from campaigns.review.services import submit
from groups.audiences.filters.definition import Operator
from groups.audiences.filters.services import change_filter
from groups.models import Group, Workspace
from tests.builders import a_contact, an_audience
from tests.campaigns.review.builders import DRAFT, a_store
from tests.groups.audiences.filters.builders import a_filter, where


@pytest.mark.catalogue("A7")
def test_a_filter_that_changes_after_the_approval_voids_it(group: Group, workspace: Workspace) -> None:
    store = a_store(group)
    a_contact(audience=an_audience(group=group), city="Portland")
    audience = a_filter(group=group, actor=store.author)
    Mailing.objects.filter(pk=store.mailing.pk).update(audience=audience)
    store.mailing.refresh_from_db()
    choose_time(mailing=store.mailing, send_at=timezone.now() + timedelta(days=3), actor=store.author)
    approve(review=submit(mailing=store.mailing, actor=store.author), actor=store.approver)

    definition = where("city", Operator.IS_NOT, "Portland")
    change_filter(audience=audience, name=audience.name, definition=definition, actor=store.author)
    with time_machine.travel(timezone.now() + timedelta(days=2, hours=12)):
        start_due_mailings()

    assert store.standing() == (DRAFT, ReviewState.VOID)
    assert Delivery.objects.count() == 0
