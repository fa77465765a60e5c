"""The first page: for each role what waits, what went out, what is coming, and what is not set up yet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import (
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    ReportDay,
    Review,
    Template,
    TestMail,
    TestState,
)
from campaigns.reports.totals import refresh
from campaigns.review import deciding
from campaigns.review.services import submit, take_back
from groups.models import Group, Membership, User, Workspace
from groups.roles import Role
from tests.builders import a_brand, a_membership, root_group
from tests.campaigns.compose.scene import Scene, a_scene
from tests.campaigns.costs import cost_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def home(scene: Scene, part: str) -> Any:
    answer = as_(scene.people[part]).get(reverse("campaigns:home"))
    assert answer.status_code == 200
    return answer


def tasks(scene: Scene, part: str) -> list[tuple[str, str]]:
    return [(task.label, task.mailing.name) for task in home(scene, part).context["tasks"]]


def a_mailing(scene: Scene, name: str, group: Group | None = None, **facts: Any) -> Mailing:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(name=name, group=group or scene.store, **facts)
    mailing.refresh_from_db()
    return mailing


def a_delivery(mailing: Mailing, hours_ago: float, **facts: Any) -> Delivery:
    return Delivery.objects.create(
        mailing=mailing,
        workspace=Workspace.objects.get(brand=mailing.group.brand),
        is_now=True,
        go_at=timezone.now() - timedelta(hours=hours_ago),
        started_by=mailing.author,
        **{"state": DeliveryState.SETTLED, **facts},
    )


def a_review(scene: Scene, name: str = "Spring") -> Review:
    mailing = scene.draft()
    Mailing.objects.filter(pk=mailing.pk).update(name=name)
    mailing.refresh_from_db()
    return submit(mailing=mailing, actor=scene.people["author"])


def test_a_yes_that_is_waited_for_stands_with_whoever_may_give_it(scene: Scene) -> None:
    a_review(scene)

    assert tasks(scene, "approver") == [("Your approval", "Spring")]
    assert tasks(scene, "author") == []
    assert tasks(scene, "stranger") == []
    assert tasks(scene, "reader") == []


def test_a_draft_that_came_back_stands_with_its_author_until_it_is_submitted_again(scene: Scene) -> None:
    review = a_review(scene)
    deciding.ask_for_changes(review=review, actor=scene.people["approver"], reason="Say it shorter.")

    page = home(scene, "author")

    assert [task.label for task in page.context["tasks"]] == ["Changes asked for"]
    assert "Approver asks for changes: Say it shorter." in page.content.decode()
    assert tasks(scene, "sender") == []
    mailing = Mailing.objects.get()
    submit(mailing=mailing, actor=scene.people["author"])
    assert tasks(scene, "author") == []
    take_back(mailing=mailing, actor=scene.people["author"])
    assert tasks(scene, "author") == []


def test_what_stands_still_is_asked_of_those_who_may_decide(scene: Scene) -> None:
    a_mailing(scene, "Held", state=MailingState.PAUSED)
    a_mailing(scene, "Late", state=MailingState.NEEDS_DECISION)
    a_mailing(scene, "Open", scene.other_store, state=MailingState.SENT_WITH_OPEN_QUESTIONS)
    withdrawing = a_mailing(scene, "Being called back", state=MailingState.PAUSED)
    a_delivery(withdrawing, -1, state=DeliveryState.WITHDRAWING)

    assert set(tasks(scene, "manager")) == {
        ("Paused", "Held"),
        ("Needs a decision", "Late"),
        ("Sent with open questions", "Open"),
    }
    assert tasks(scene, "sender") == [("Needs a decision", "Late")]
    assert tasks(scene, "author") == []


def test_a_test_that_a_colleague_sent_is_to_be_looked_at(scene: Scene) -> None:
    mailing = a_mailing(scene, "Spring")
    for tester, asked_by, state in (
        ("reader", "author", TestState.ACCEPTED),
        ("author", "author", TestState.ACCEPTED),
        ("sender", "author", TestState.REFUSED),
    ):
        TestMail.objects.create(
            group=scene.store,
            mailing=mailing,
            revision=0,
            digest="",
            tester=scene.people[tester],
            asked_by=scene.people[asked_by],
            state=state,
        )

    assert tasks(scene, "reader") == [("Test", "Spring")]
    assert tasks(scene, "author") == []
    assert tasks(scene, "sender") == []
    Membership.objects.filter(user=scene.people["reader"]).delete()
    a_membership(user=scene.people["reader"], group=scene.other_store, role=Role.READ_ONLY)
    assert tasks(scene, "reader") == []


def test_what_went_out_and_what_is_coming_is_that_of_ones_own_groups(scene: Scene) -> None:
    now = timezone.now()
    for number in range(6):
        sent = a_mailing(scene, f"Sent {number}", state=MailingState.SENT)
        ReportDay.objects.create(
            delivery=a_delivery(sent, number + 1),
            day=now.date(),
            metrics={"sent": 100, "delivered": 100, "unique_clicks": 10 if number else 20},
            read_at=now,
        )
        refresh([sent.pk])
    a_delivery(a_mailing(scene, "Elsewhere", scene.other_store, state=MailingState.SENT), 0.5)
    a_mailing(scene, "Soon", state=MailingState.SCHEDULED, send_at=now + timedelta(days=2))
    a_mailing(scene, "Waiting", state=MailingState.IN_APPROVAL, send_at=now + timedelta(days=1))
    a_mailing(scene, "Far", state=MailingState.SCHEDULED, send_at=now + timedelta(days=20))
    a_mailing(scene, "Practice", state=MailingState.SENT, audience=None, is_practice=True)

    page, manager = home(scene, "reader"), home(scene, "manager")

    assert [one.mailing.name for one in page.context["went"]] == [f"Sent {number}" for number in range(5)]
    assert [one.entry.name for one in page.context["coming"]] == ["Waiting", "Soon"]
    clicks = {one.mailing.name: one.figures[2] for one in page.context["went"]}
    assert (clicks["Sent 0"].tone, clicks["Sent 0"].share) == ("good", "20.0 %")
    assert next(one.mailing.name for one in manager.context["went"]) == "Elsewhere"


def test_the_page_costs_the_same_for_many_mailings_as_for_a_few(scene: Scene) -> None:
    a_delivery(a_mailing(scene, "Sent", state=MailingState.SENT), 1)
    a_review(scene)
    client = as_(scene.people["manager"])
    address = reverse("campaigns:home")
    for_few = cost_of(lambda: client.get(address))

    for number in range(9):
        a_delivery(a_mailing(scene, f"Sent {number}", state=MailingState.SENT), number + 2)
        a_review(scene, f"Spring {number}")
        soon = timezone.now() + timedelta(hours=number + 1)
        a_mailing(scene, f"Soon {number}", state=MailingState.SCHEDULED, send_at=soon)
    for_many = cost_of(lambda: client.get(address))

    # Whatever is waited for knows its group and its people; nothing else is asked row by row.
    assert len(for_many) <= len(for_few) + 2


def test_an_admin_reads_what_is_not_set_up_yet_and_others_do_not(scene: Scene) -> None:
    admin = User.objects.create_user("admin@northwind.example", None, name="Admin")
    a_membership(user=admin, group=scene.root, role=Role.ADMIN)
    scene.people["admin"] = admin
    gone = User.objects.create_user("gone@northwind.example", None, name="Gone")
    membership = a_membership(user=gone, group=scene.store, role=Role.LOCAL_AUTHOR)
    Membership.objects.filter(pk=membership.pk).update(until=timezone.now() - timedelta(days=1))
    Workspace.objects.update(api_key="")
    Template.objects.update(current=None)

    undone = {one.title: one.sentence for one in home(scene, "admin").context["undone"]}

    assert list(undone) == [
        "Connect Braze",
        "Tell groups apart in Braze",
        "Publish a template",
        "Give people a role",
    ]
    assert undone["Tell groups apart in Braze"].startswith("2 groups have no message variation ID")
    assert undone["Give people a role"].startswith("1 person can sign in and holds no role")
    assert [one.title for one in home(scene, "manager").context["undone"]] == ["Publish a template"]
    assert home(scene, "author").context["undone"] == []


def test_an_empty_page_teaches_each_in_their_own_words(scene: Scene) -> None:
    author, approver, reader = (home(scene, part).content.decode() for part in ("author", "approver", "reader"))

    assert all("Nothing waits for you" in page for page in (author, approver, reader))
    assert "When somebody asks you for changes or sends you a test" in author
    assert "When somebody submits a mailing for your yes" in approver
    assert "When a colleague sends you a test" in reader
    assert "Write the first one" in author
    assert "Write the first one" not in reader


def test_nothing_of_another_brand_stands_there(scene: Scene) -> None:
    other = a_brand("Harbor Books")
    a_membership(user=scene.people["manager"], group=root_group(other), role=Role.BRAND_MANAGER)
    Group.objects.filter(brand=other).update(name="Harbor")
    held = a_mailing(scene, "Theirs", root_group(other), state=MailingState.PAUSED)
    Workspace.objects.create(brand=other, endpoint="http://127.0.0.1:9", api_key="key")
    held.refresh_from_db()
    a_delivery(a_mailing(scene, "Theirs too", root_group(other), state=MailingState.SENT), 1)
    type(scene.brand).objects.filter(pk=scene.brand.pk).update(host_name="testserver")

    page = home(scene, "manager").content.decode()

    assert "Theirs" not in page
