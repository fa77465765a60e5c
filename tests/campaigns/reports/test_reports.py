"""Reports: read from Braze while it keeps them, compared fairly, never zero where nothing is known."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.delivery.settling import settle
from campaigns.models import Delivery, Mailing, MailingState, ReportDay
from campaigns.reports.collecting import collect
from campaigns.reports.figures import figures_of
from campaigns.reports.queries import Numbers, Rate, Standing, numbers_of, standing
from campaigns.reports.totals import refresh
from groups.models import Brand, Group, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing, a_staged, deliver_due
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def sent(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> Mailing:
    """Gives a mailing to three people that went out a moment ago."""
    mailing = a_mailing(group=group)
    delivery = a_staged(mailing, workspace)
    assert delivery.go_at is not None
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)
        deliver_due(sandbox)
    mailing.refresh_from_db()
    return mailing


def test_before_braze_has_said_anything_there_is_no_data(sent: Mailing) -> None:
    assert sent.state == MailingState.SENT
    assert numbers_of(sent) is None


def test_the_numbers_come_from_braze_and_are_stored(sent: Mailing, sandbox: RunningSandbox) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        read = collect()

    numbers = numbers_of(sent)
    assert read == 1
    assert numbers is not None
    assert (numbers.sent, numbers.delivered) == (3, 3)
    assert sandbox.calls("/sends/data_series") == 1


def test_reading_twice_counts_once(sent: Mailing) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        collect()
        collect()

    numbers = numbers_of(sent)
    assert numbers is not None
    assert numbers.sent == 3


def test_a_braze_that_does_not_answer_leaves_what_was_read(sent: Mailing, sandbox: RunningSandbox) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        collect()
        sandbox.fail("/sends/data_series", 400)
        read = collect()

    assert read == 0
    assert ReportDay.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "share", "usual", "expected"),
    [
        ("clicks", 0.11, 0.10, Standing.BETTER),
        ("clicks", 0.109, 0.10, Standing.USUAL),
        ("clicks", 0.09, 0.10, Standing.WORSE),
        ("bounces", 0.11, 0.10, Standing.WORSE),
        ("bounces", 0.09, 0.10, Standing.BETTER),
        ("spam", 0.0, 0.0, Standing.USUAL),
    ],
)
def test_a_rate_stands_against_the_median_from_ten_per_cent_on(
    name: str, share: float, usual: float, expected: Standing
) -> None:
    assert standing(name, share, usual) == expected


def test_a_rate_is_compared_only_with_five_others_and_fifty_delivered(group: Group, workspace: Workspace) -> None:
    mailings = [_reported(group, clicks=clicks) for clicks in (10, 10, 10, 10, 10, 20)]

    best, usual = numbers_of(mailings[-1]), numbers_of(mailings[0])

    assert best is not None
    assert usual is not None
    assert best.rates["clicks"].standing == Standing.BETTER
    assert usual.rates["clicks"].standing == Standing.USUAL
    ReportDay.objects.filter(delivery__mailing=mailings[0]).delete()
    refresh([mailings[0].pk])
    alone = numbers_of(mailings[-1])
    assert alone is not None
    assert alone.rates["clicks"].standing == Standing.NONE


@pytest.mark.catalogue("P1", "P2")
def test_the_list_shows_six_numbers_and_says_in_words_why_one_is_coloured(
    group: Group, workspace: Workspace, client: Client
) -> None:
    for clicks in (10, 10, 10, 10, 10, 20):
        best = _reported(group, clicks=clicks, bounces=2)
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    client.force_login(a_person(role=Role.READ_ONLY, group=group))

    page = client.get(reverse("campaigns:mailing-list", args=[group.pk])).text

    line = page.split(f'id="row-{best.pk}"')[1].split("</tr>")[0]
    cells = re.findall(r'<td class="number figure-cell" data-label="([^"]+)"><div>(.*?)</div></td>', line, re.DOTALL)
    said = {label: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for label, words in cells}
    why = "Better than usual by a tenth or more. The group's other mailings: 10.0 % in the middle."
    assert said == {
        "Delivered": "100",
        "Opens": "–",
        "Clicks": f"20 20.0 % , better than usual {why}".replace("'", "&#x27;"),
        "Bounces": "2 2.0 %",
        "Unsubscribes": "–",
        "Spam reports": "–",
    }
    # The words open on hover and on focus (static/js/tip.js), and are read out with the number.
    assert re.search(
        r'<button type="button" class="figure-share" data-tone="good" data-behaviour="tip" [^>]+>20.0 %', line
    )
    assert f'aria-describedby="why-{best.pk}-clicks"' in line
    assert "data-live" in page


def _reported(group: Group, *, clicks: int, **more: int) -> Mailing:
    mailing = a_mailing(group=group)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENT)
    delivery = Delivery.objects.create(
        mailing=mailing,
        workspace=Workspace.objects.get(brand=group.brand),
        route=mailing.route,
        state="settled",
        digest="-",
        campaign_id="-",
        is_now=True,
        started_by=mailing.author,
    )
    metrics = {"sent": 100, "delivered": 100, "unique_clicks": clicks, **more}
    ReportDay.objects.create(delivery=delivery, day="2026-11-20", metrics=metrics, read_at=timezone.now())
    refresh([mailing.pk])
    mailing.refresh_from_db()
    return mailing


def test_a_share_is_rounded_as_people_round() -> None:
    rate = Rate("opens", 4, 4 / 24)

    figures = figures_of(Numbers(sent=24, delivered=24, rates={"opens": rate}, read_at=None, days=1))

    assert [figure.share for figure in figures if figure.name == "opens"] == ["16.7 %"]
