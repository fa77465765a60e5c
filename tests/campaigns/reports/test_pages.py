"""The pages of reports: what each shows of a network whose numbers can be worked out by hand, and to whom."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from campaigns.errors import NotAllowed
from campaigns.library.services import create_template
from campaigns.models import GroupStanding, MailingClash, MailingState, Nudge, TimeRules
from campaigns.reports.network.kinds import NUDGED
from campaigns.reports.network.nudging import nudge
from campaigns.reports.scope import scope_of
from campaigns.reports.usage.queries import month_named
from campaigns.reports.words import duration, share_of
from groups.models import Event, Group, Notice, User
from groups.roles import Role
from tests.builders import a_group, a_membership, a_person, an_audience, root_group
from tests.campaigns.costs import cost_of
from tests.campaigns.reports.network_of import NOW, Network


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def shown(user: User, name: str, *ids: object, query: str = "") -> str:
    answer = as_(user).get(reverse(f"campaigns:{name}", args=ids) + query)
    assert answer.status_code == 200
    return answer.content.decode() if not answer.streaming else answer.getvalue().decode("utf-8-sig")


def table(user: User, group: Group, name: str, query: str = "") -> list[list[str]]:
    return list(csv.reader(io.StringIO(shown(user, "report-table", group.pk, name, query=query))))


@pytest.fixture
def compared(network: Network) -> Network:
    """A store with six mailings to compare, the last of which did best, and its neighbour with one."""
    for number, clicks in enumerate((10, 12, 12, 12, 4, 30)):
        network.sent(network.cast.store, f"Mailing {number}", days_ago=1 + 7 * number, clicks=clicks, unique_opens=40)
    network.sent(network.cast.next_store, "Neighbours", days_ago=2, delivered=50, clicks=25, people=50)
    network.sent(network.cast.next_store, "Unread", days_ago=1, delivered=None)
    network.add_up()
    return network


@pytest.mark.catalogue("P2", "P9")
def test_a_group_sees_its_best_and_worst_with_what_they_are_compared_with(compared: Network) -> None:
    page = words(shown(compared.cast.author, "report-group", compared.cast.store.pk))

    best = "30 of 100 delivered mails were clicked. The middle of the group&#x27;s other 5 mailings is 12.0 %."
    worst = "4 of 100 delivered mails were clicked. The middle of the group&#x27;s other 5 mailings is 12.0 %."
    assert f"Most clicks Mailing 5 30.0 % Oct. 20, 2026 · News of the week {best}" in page
    assert f"Fewest clicks Mailing 4 4.0 % Oct. 27, 2026 · News of the week {worst}" in page
    assert "Opens, uncertain 40.0 % Clicks 12.0 % Bounces Too few mailings" in page
    # Week by week, with the newest last; the week of 23 November has one mailing.
    assert "Nov. 23, 2026 100 400" in page
    assert "30.0 % , better than usual" in page


def test_too_few_mailings_are_not_compared_and_unread_ones_are_no_zero(compared: Network) -> None:
    page = words(shown(compared.cast.neighbour, "report-group", compared.cast.next_store.pk))

    assert "There is 1 so far." in page
    assert "Most clicks" not in page
    assert "Unread Nov. 24, 2026 No data yet" in page.replace("News of the week ", "")


def test_a_group_that_sent_nothing_is_told_what_the_page_will_show(network: Network) -> None:
    page = shown(network.cast.manager, "report-group", network.cast.far_store.pk)

    assert "Nothing has gone out yet" in page
    assert "Nothing was added up yet" in shown(network.cast.manager, "report-network", network.cast.region.pk)


@pytest.mark.catalogue("P6")
def test_a_network_shows_four_weeks_its_best_and_the_groups_below(compared: Network) -> None:
    root = root_group(compared.cast.brand)

    page = words(shown(compared.cast.manager, "report-network", root.pk))

    # Mailings 0 to 3 of Portland and the one of Astoria: 10 + 12 + 12 + 12 + 25 of 450; before it was 34 of 200.
    assert "Clicks in four weeks 15.8 % of 450 delivered as before Mailings in four weeks 6" in page
    assert "Silent groups 1 of 3" in page
    assert "Best mailing Neighbours Northwind Coffee Astoria · Nov. 23, 2026 25 of 50 delivered mails" in page
    assert "Best location Northwind Coffee Astoria 25 of 50 delivered mails" in page
    below = page.split("Groups right below", 1)[1]
    assert "Americas 15.8 % of 450 delivered as before 6 0 – 0 of 2" in below
    assert "Europe No data yet 0 0 – 1 of 1" in below


def test_the_tree_leads_down_and_up_as_far_as_one_sees(compared: Network) -> None:
    cast = compared.cast
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)

    page = shown(regional, "report-network", cast.region.pk)

    assert reverse("campaigns:report-group", args=[cast.store.pk]) in page
    assert f'page-back" href="{reverse("campaigns:report-network", args=[root_group(cast.brand).pk])}' not in page
    assert f'page-back" href="{reverse("campaigns:report-network", args=[root_group(cast.brand).pk])}' in shown(
        cast.manager, "report-network", cast.region.pk
    )
    assert "Leipzig" not in page


@pytest.mark.parametrize("name", ["report-group", "report-network", "report-template-list", "report-usage"])
def test_nobody_sees_reports_of_groups_that_are_not_theirs(network: Network, name: str) -> None:
    cast = network.cast
    address = reverse(f"campaigns:{name}", args=[cast.region.pk])

    answers = {user.name: as_(user).get(address).status_code for user in cast.everybody}

    assert {who for who, status in answers.items() if status == 200} == {"Mika Manager", "Ade Admin"}
    assert set(answers.values()) == {200, 404}
    assert Client().get(address).status_code == 302


def test_growth_says_who_came_and_who_left(network: Network) -> None:
    cast = network.cast
    with time_machine.travel(NOW - timedelta(weeks=4), tick=False):
        regulars = an_audience(group=cast.store, contacts=10)
    for back in reversed(range(5)):
        with time_machine.travel(NOW - timedelta(weeks=back), tick=False):
            if back == 2:
                regulars.members.order_by("pk")[0].delete()
                an_audience(group=cast.store, contacts=3)
            network.add_up()

    page = words(shown(cast.manager, "report-network", cast.region.pk))
    rows = table(cast.manager, cast.region, "weeks")

    assert "People on lists 12 in four weeks 3 came, 1 left" in page
    assert [row[-3:] for row in rows[-5:]] == [
        ["10", "10", ""],
        ["10", "0", "0"],
        ["12", "3", "1"],
        ["12", "0", "0"],
        ["12", "0", "0"],
    ]


@pytest.mark.catalogue("P8")
def test_a_silent_group_is_nudged_once_a_week_and_its_own_authors_are_told(compared: Network) -> None:
    cast = compared.cast
    local = a_person(role=Role.LOCAL_AUTHOR, group=cast.far_store, name="Lea Local")
    a_membership(user=a_person(name="Rita Reader"), group=cast.far_store, role=Role.READ_ONLY)
    root = root_group(cast.brand)
    address = reverse("campaigns:report-nudge", args=[root.pk, cast.far_store.pk])

    first = as_(cast.manager).post(address, follow=True).content.decode()
    second = as_(cast.admin).post(address, follow=True).content.decode()

    assert "Northwind Coffee Leipzig was nudged. 1 person was told." in words(first)
    assert "Northwind Coffee Leipzig was nudged on Nov. 25, 2026. It can be nudged once in 7 days." in words(second)
    told = Notice.objects.get(kind="group.nudged")
    assert (told.person, told.path) == (local, reverse("campaigns:template-wall", args=[cast.far_store.pk]))
    assert (Nudge.objects.get().by, Nudge.objects.get().told) == (cast.manager, 1)
    assert Event.objects.get(action="group.nudged").actor == cast.manager
    with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
        nudge(group=cast.far_store, actor=cast.manager)
    assert Nudge.objects.count() == 2


def test_a_nudge_says_how_long_it_was_silent_and_is_not_mailed_once_it_is_not(compared: Network) -> None:
    cast = compared.cast
    a_person(role=Role.LOCAL_AUTHOR, group=cast.far_store)
    nudge(group=cast.far_store, actor=cast.manager)
    notice = Notice.objects.get()
    parameters = notice.parameters | {"last": "2026-10-20"}

    never, once = NUDGED.words(notice.parameters), NUDGED.words(parameters)

    assert never.title == "Northwind Coffee Leipzig has not written to its customers for a while"
    asks = "Mika Manager asks whether you have news for your customers."
    assert never.sentence == f"Nothing has gone out of Northwind Coffee Leipzig yet. {asks}"
    assert once.sentence == f"The last mailing of Northwind Coffee Leipzig went out on Oct. 20, 2026. {asks}"
    assert NUDGED.is_worth_a_mail(notice)
    GroupStanding.objects.update(is_silent=False)
    assert not NUDGED.is_worth_a_mail(notice)


@pytest.mark.catalogue("P6")
def test_a_network_names_what_clashes_and_how_much_mail_one_person_gets(network: Network) -> None:
    cast = network.cast
    root = root_group(cast.brand)
    an_audience(group=cast.next_store, contacts=40)
    network.sent(cast.next_store, "Went", people=60)
    coming = network.sent(cast.store, "Coming", days_ago=-2, delivered=None, state=MailingState.SCHEDULED)
    TimeRules.objects.create(group=root, cap_mails=3, cap_days=7)
    network.add_up()
    MailingClash.objects.create(mailing=coming, goes_at=NOW + timedelta(days=2), share=0.4, others=2)
    GroupStanding.objects.filter(group=root).update(below_capped=2)

    page = words(shown(cast.manager, "report-network", root.pk))
    elsewhere = words(shown(a_person(role=Role.REGIONAL_MANAGER, group=cast.region), "report-network", cast.region.pk))
    rows = table(cast.manager, root, "clashes")

    clash = "Coming Northwind Coffee Portland · Friday Nov. 27, 2026, 10 a.m. in Los Angeles"
    assert f"{clash} 40 % of its people have 2 other mailings near it." in page
    assert "1.5 mails in four weeks, on average over everybody on lists." in page
    assert "Nobody gets more than 3 mails in 7 days running, over all groups." in page
    assert "somebody was left out 2 times because they had got enough mail" in page
    assert clash in elsewhere
    assert rows[1] == ["Coming", "Northwind Coffee Portland", "2026-11-27T18:00+00:00", "40.0", "2"]


def test_nobody_is_nudged_who_is_busy_or_by_whom_it_is_not_allowed(compared: Network) -> None:
    cast = compared.cast
    a_person(role=Role.LOCAL_AUTHOR, group=cast.far_store)
    a_person(role=Role.LOCAL_AUTHOR, group=cast.store)
    reader = a_person(role=Role.READ_ONLY, group=root_group(cast.brand))
    root = root_group(cast.brand)

    busy = as_(cast.manager).post(reverse("campaigns:report-nudge", args=[root.pk, cast.store.pk]), follow=True)
    forged = as_(reader).post(reverse("campaigns:report-nudge", args=[root.pk, cast.far_store.pk]))
    astray = as_(cast.manager).post(reverse("campaigns:report-nudge", args=[cast.region.pk, cast.far_store.pk]))

    assert "is not silent any more" in busy.content.decode()
    assert (forged.status_code, astray.status_code) == (404, 404)
    with pytest.raises(NotAllowed):
        nudge(group=cast.far_store, actor=reader)
    GroupStanding.objects.filter(group=cast.store).update(is_silent=True)
    User.objects.filter(memberships__group=cast.store).update(is_active=False)
    nobody = as_(cast.manager).post(reverse("campaigns:report-nudge", args=[root.pk, cast.store.pk]), follow=True)
    assert "Nobody in Northwind Coffee Portland can write mailings." in nobody.content.decode()
    assert not Nudge.objects.exists()
    assert not Notice.objects.filter(kind="group.nudged").exists()
    assert not Event.objects.filter(action="group.nudged").exists()


@pytest.mark.catalogue("P7", "P9")
def test_a_template_ranks_groups_by_clicks_and_nobody_on_too_small_a_sample(network: Network) -> None:
    cast = network.cast
    network.sent(cast.store, "One", clicks=20, subject="Two for one", unique_opens=50)
    network.sent(cast.next_store, "Two", clicks=30, subject="News of the week")
    network.sent(cast.far_store, "Three", delivered=49, clicks=49, people=49, subject="All of you")
    network.add_up()
    root = root_group(cast.brand)

    page = words(shown(cast.manager, "report-template", root.pk, network.template.pk))
    league = list(
        csv.reader(io.StringIO(shown(cast.manager, "report-template-table", root.pk, network.template.pk, "league")))
    )

    assert "1 Northwind Coffee Astoria 1 30.0 % of 100 delivered" in page
    assert "2 Northwind Coffee Portland 1 20.0 % of 100 delivered 50.0 % of 100 delivered" in page
    assert "too few to rank Northwind Coffee Leipzig 1 100.0 % of 49 delivered" in page
    # A subject that the template brings is nobody's own, and one of 49 mails is not judged.
    assert "Two for one Northwind Coffee Portland Nov. 24, 2026 20.0 % 100" in page
    assert "All of you" not in page
    assert [(row[0], row[2], row[4], row[5]) for row in league[1:]] == [
        ("1", "Northwind Coffee Astoria", "30", "100"),
        ("2", "Northwind Coffee Portland", "20", "100"),
        ("", "Northwind Coffee Leipzig", "49", "49"),
    ]
    below = words(
        shown(
            a_person(role=Role.REGIONAL_MANAGER, group=cast.region),
            "report-template",
            cast.region.pk,
            network.template.pk,
        )
    )
    assert "Leipzig" not in below
    assert "Clicks of all together 25.0 % of 200 delivered" in below


def test_a_template_of_another_brand_is_not_there(network: Network) -> None:
    cast = network.cast
    foreign = create_template(brand=cast.other_brand, name="Books", slug="books", actor=None)

    own = as_(cast.author).get(reverse("campaigns:report-template", args=[cast.store.pk, network.template.pk]))
    there = as_(cast.author).get(reverse("campaigns:report-template", args=[cast.store.pk, foreign.pk]))
    table = as_(cast.author).get(reverse("campaigns:report-template-table", args=[cast.store.pk, foreign.pk, "league"]))

    assert (own.status_code, there.status_code, table.status_code) == (200, 404, 404)


@pytest.mark.catalogue("P3", "P10")
def test_usage_and_the_mails_of_each_location_by_month(compared: Network) -> None:
    cast = compared.cast
    Group.objects.filter(pk=cast.store.pk).update(name="=1+1")
    root = root_group(cast.brand)

    page = words(shown(cast.manager, "report-usage", root.pk))
    cost = table(cast.manager, root, "cost", "?month=2026-11")
    october = table(cast.manager, root, "cost", "?month=2026-10")

    assert "Mailings this month 6" in page
    assert "Templates in twelve months" in page
    assert cost[0][:5] == ["Month", "Code", "Group", "Mailings", "Mails handed over"]
    assert sorted(row[2:6] for row in cost[1:]) == [
        ["'=1+1", "4", "400", "0"],
        ["Northwind Coffee Astoria", "2", "150", "0"],
    ]
    assert [row[3:5] for row in october[1:]] == [["2", "200"]]
    assert f"{month_named(scope_of(root), 'nonsense'):%Y-%m}" == "2026-10"


@pytest.mark.parametrize("name", ["mailings", "weeks", "network", "silent", "clashes", "templates", "usage"])
def test_every_table_is_a_file_for_who_sees_the_group_alone(compared: Network, name: str) -> None:
    cast = compared.cast

    rows = table(cast.manager, cast.region, name)

    assert all(len(row) == len(rows[0]) for row in rows)
    refused = as_(cast.neighbour).get(reverse("campaigns:report-table", args=[cast.region.pk, name]))
    assert refused.status_code == 404
    assert as_(cast.manager).get(reverse("campaigns:report-table", args=[cast.region.pk, "people"])).status_code == 404


def test_a_file_tells_unknown_from_zero(compared: Network) -> None:
    rows = {row[0]: row for row in table(compared.cast.neighbour, compared.cast.next_store, "mailings")}

    assert rows["Neighbours"][4:9] == ["50", "50", "50", "", "25"]
    assert rows["Unread"][4:9] == ["100", "", "", "", ""]


def test_a_network_asks_the_same_of_the_database_however_large_it_is(compared: Network) -> None:
    cast = compared.cast
    root = root_group(cast.brand)
    client = as_(cast.manager)
    addresses = [
        reverse("campaigns:report-network", args=[root.pk]),
        reverse("campaigns:report-usage", args=[root.pk]),
        reverse("campaigns:report-template", args=[root.pk, compared.template.pk]),
        reverse("campaigns:report-group", args=[cast.store.pk]),
    ]
    few = [len(cost_of(lambda address=address: client.get(address))) for address in addresses]
    for group in (a_group(parent=cast.region), a_group(parent=root), cast.next_store, cast.store):
        for number in range(3):
            compared.sent(group, f"More {number}", clicks=20 + number, days_ago=number)
    compared.sent(cast.store, "Open", state=MailingState.SENT_WITH_OPEN_QUESTIONS)
    for _number in range(3):
        a_group(parent=cast.region)
    compared.age()
    compared.add_up()
    assert GroupStanding.objects.get(group=root).below_silent == 4

    many = [len(cost_of(lambda address=address: client.get(address))) for address in addresses]

    assert many == few
    assert few[0] < 32


def test_numbers_in_words() -> None:
    assert share_of(0, 0).text == ""
    assert (share_of(1, 3).text, share_of(1, 3).is_ranked) == ("33.3 %", False)
    assert share_of(12, 100, before=(10, 100)).word == "better than before"
    assert share_of(10, 100, before=(10, 100)).word == "as before"
    assert share_of(12, 100, before=(4, 49)).word == ""
    assert [duration(seconds) for seconds in (None, 20, 3000, 7300, 3 * 86400)] == [
        "–",
        "1 minute",
        "50 minutes",
        "2 hours",
        "3 days",
    ]
