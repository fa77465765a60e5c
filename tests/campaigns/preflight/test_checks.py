"""Each check names what is wrong at its step, and lets a sound mailing pass."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.models import Mailing
from campaigns.preflight import check
from groups.models import Group, Workspace
from tests.builders import an_audience
from tests.campaigns.builders import a_mailing


def found(mailing: Mailing) -> list[tuple[str, str, bool]]:
    """Gives code, step and severity of what the checks find."""
    mailing.refresh_from_db()
    return [(finding.code, finding.step, finding.blocks) for finding in check(mailing)]


def test_a_sound_mailing_passes(group: Group, workspace: Workspace) -> None:
    assert found(a_mailing(group=group)) == []


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"headline": ""}, ("required", "headline", True)),
        ({"headline": "x" * 61}, ("too_long", "headline", True)),
        ({"headline": "See [[TODO]]"}, ("placeholder_left", "headline", True)),
        ({"subject": "BUY NOW FRIENDS"}, ("subject_capitals", "subject", False)),
    ],
)
def test_a_value_is_judged_at_its_field(
    group: Group, workspace: Workspace, values: dict[str, Any], finding: tuple[str, str, bool]
) -> None:
    assert finding in found(a_mailing(group=group, values=values))


def test_a_group_field_without_a_value_blocks_and_is_named(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    Group.objects.filter(pk=group.pk).update(street="")
    mailing.group.refresh_from_db()

    sentences = [finding.sentence for finding in check(mailing) if finding.blocks]

    assert any("street" in sentence for sentence in sentences)


def test_nobody_to_mail_blocks(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, audience=an_audience(group=group))

    assert ("audience_empty", "audience", True) in found(mailing)


def test_a_time_that_has_passed_blocks(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now() - timedelta(minutes=1))

    assert ("time_passed", "when", True) in found(mailing)


def test_without_a_connection_nothing_goes(group: Group) -> None:
    assert ("braze_not_connected", "braze", True) in found(a_mailing(group=group))


def test_a_permission_that_the_last_check_missed_blocks(group: Group, workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(check_result={"messages.schedule.create": "missing"})

    assert ("permission_missing", "braze", True) in found(a_mailing(group=group))


def test_links_to_this_machine_block_once_a_real_braze_would_send(group: Group, workspace: Workspace) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(endpoint="https://rest.iad-01.braze.com")

    assert ("address_not_public", "braze", True) in found(a_mailing(group=group))
