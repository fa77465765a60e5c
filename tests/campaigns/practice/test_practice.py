"""Practice: composed, checked, approved and sent like any mailing, and it reaches nobody but the team."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from campaigns.compose.services import copy_mailing, start_mailing
from campaigns.delivery import services as delivery
from campaigns.delivery.freezing import freeze, freeze_again
from campaigns.errors import NotAllowed, NotReady, Refusal, StaleState
from campaigns.library.publishing import publish_version
from campaigns.library.services import create_template
from campaigns.models import Delivery, Mailing, MailingState, Recipient, Review, Route, TestMail
from campaigns.practice.services import send_practice, start_practice
from campaigns.review import deciding
from campaigns.review.services import submit
from campaigns.testsend.profiles import external_id_of
from campaigns.testsend.sending import send as hand_over_test
from groups.models import Event, Notice, ReviewPolicy, Workspace
from groups.roles import Role
from tests.builders import a_membership
from tests.campaigns.compose.scene import SOURCE, Scene, a_scene
from tests.campaigns.testsend.scene import inbox_of, later
from tests.sandbox_server import API_KEY, RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return a_scene()


def as_(scene: Scene, part: str) -> Client:
    client = Client()
    client.force_login(scene.people[part])
    return client


def a_practice(scene: Scene, author: str = "sender") -> Mailing:
    return start_practice(group=scene.store, template=scene.template, actor=scene.people[author])


def address(name: str, *ids: uuid.UUID) -> str:
    return reverse(f"campaigns:{name}", args=ids)


def nothing_left(mailing: Mailing) -> bool:
    """Tells whether a draft is still one, still practice, and nobody was told anything."""
    mailing.refresh_from_db()
    assert mailing.is_practice
    return mailing.state == MailingState.DRAFT and not Delivery.objects.exists() and not TestMail.objects.exists()


def test_practice_goes_by_the_pages_to_the_team_alone_and_counts_in_no_campaign(
    scene: Scene, sandbox: RunningSandbox
) -> None:
    Workspace.objects.update(endpoint=sandbox.url)
    Workspace.objects.get()
    workspace = Workspace.objects.get()
    workspace.api_key = API_KEY
    workspace.save()
    client = as_(scene, "sender")

    offered = client.get(address("practice-start", scene.store.pk)).content.decode()
    started = client.post(address("practice-start", scene.store.pk), {"template": scene.template.pk})
    mailing = Mailing.objects.get()
    composer = client.get(started["Location"]).content.decode()
    sent = client.post(address("mailing-practise", mailing.pk), {"revision": mailing.revision})
    for test in TestMail.objects.all():
        hand_over_test(test.pk)

    assert "Practise with this template" in offered
    assert started["Location"] == address("mailing-edit", mailing.pk)
    assert 'name="mailing-audience"' not in composer
    assert 'name="mailing-when"' not in composer
    assert "Send to your team" in composer
    assert "Author" in composer
    assert sent["Location"] == address("mailing-detail", mailing.pk)
    mailing.refresh_from_db()
    assert (mailing.is_practice, mailing.state) == (True, MailingState.SENT)
    # Those who hold a role on the store itself, and neither head office nor the next store.
    assert {test.tester.name for test in TestMail.objects.all()} == {"Sender", "Author", "Reader"}
    with later():
        assert len(inbox_of(sandbox, scene.people["author"])) == 1
    testers = {external_id_of(test.tester) for test in TestMail.objects.all()}
    assert {one.external_id for one in sandbox.state.inbox.messages} == testers
    assert not Delivery.objects.exists()
    assert not Recipient.objects.exists()
    page = client.get(sent["Location"]).content.decode()
    assert "Your team gets it, and nobody else" in page
    assert "Make a real mailing of it" in page
    assert Event.objects.filter(action="mailing.practised").count() == 1


def test_no_forged_request_makes_practice_real(scene: Scene) -> None:
    mailing = a_practice(scene)
    client = as_(scene, "sender")
    revision = {"revision": mailing.revision}

    client.post(address("mailing-send", mailing.pk), revision)
    saved = client.post(
        address("mailing-save", mailing.pk),
        {
            "mailing-revision": mailing.revision,
            "mailing-audience": scene.audience.pk,
            "mailing-when": "later",
            "mailing-day": "2030-01-01",
            "mailing-time": "09:00",
            "is_practice": "",
            "mailing-is_practice": "false",
        },
    )
    for name in ("mailing-resume", "mailing-send-late", "mailing-send-to-rest", "mailing-edit-again"):
        client.post(address(name, mailing.pk))
    client.post(address("mailing-reschedule", mailing.pk), {"day": "2030-01-01", "time": "09:00"})

    assert saved.status_code == 422
    assert "A practice mailing goes to your team, at once." in saved.content.decode()
    assert nothing_left(mailing)
    assert mailing.audience is None
    assert mailing.send_at is None


def test_the_door_of_deliveries_is_shut_to_practice_whoever_knocks(scene: Scene) -> None:
    mailing = a_practice(scene)
    follows = Delivery(mailing=mailing)
    refused = (
        lambda: delivery.send(mailing=mailing, actor=scene.people["sender"]),
        lambda: delivery.hand_over(mailing=mailing, actor=scene.people["manager"], start=MailingState.DRAFT),
        lambda: delivery.start_delivery(mailing=mailing, actor=scene.people["manager"]),
        lambda: freeze(mailing, actor=scene.people["manager"]),
        lambda: freeze_again(follows, actor=scene.people["manager"]),
    )

    # Whoever holds an old copy of the row is refused as well.
    mailing.is_practice = False
    for knock in refused:
        with pytest.raises(Refusal, match="This is a practice mailing"), transaction.atomic():
            knock()

    assert nothing_left(mailing)


def test_the_database_itself_lets_practice_never_be_handed_over(scene: Scene) -> None:
    mailing = a_practice(scene)

    for state in ("scheduled", "sending", "paused", "needs_decision", "sent_open", "stopped"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mailing.objects.filter(pk=mailing.pk).update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mailing.objects.filter(pk=mailing.pk).update(audience=scene.audience)

    assert nothing_left(mailing)


def test_practice_is_sent_by_whom_the_policy_lets_and_only_once_nothing_blocks(scene: Scene) -> None:
    mailing = a_practice(scene)
    scene.brand.review_policy = ReviewPolicy.ONE_LEVEL
    scene.brand.save()

    for actor, error in (("reader", NotAllowed), ("stranger", NotAllowed), ("sender", NotAllowed)):
        with pytest.raises(error):
            send_practice(mailing=mailing, actor=scene.people[actor])
    scene.brand.review_policy = ReviewPolicy.NONE
    scene.brand.save()
    Mailing.objects.filter(pk=mailing.pk).update(values={**mailing.values, "headline": ""})
    mailing = Mailing.objects.get()
    with pytest.raises(NotReady):
        send_practice(mailing=mailing, actor=scene.people["sender"])
    Mailing.objects.filter(pk=mailing.pk).update(revision=9, values={**mailing.values, "headline": "Hello"})
    mailing.values["headline"] = "Hello"
    with pytest.raises(StaleState):
        send_practice(mailing=mailing, actor=scene.people["sender"])
    with pytest.raises(Refusal, match="This is a real mailing"):
        send_practice(mailing=scene.draft(author="sender"), actor=scene.people["sender"])

    assert nothing_left(mailing)


def test_approved_practice_reaches_the_team_of_its_author(scene: Scene) -> None:
    mailing = a_practice(scene, "author")
    review = submit(mailing=mailing, actor=scene.people["author"])
    listed = as_(scene, "approver").get(reverse("campaigns:review-list")).content.decode()
    looked_at = as_(scene, "approver").get(reverse("campaigns:review-detail", args=[review.pk])).content.decode()

    deciding.approve(review=review, actor=scene.people["approver"], digest=review.digest)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT
    assert {test.tester.name for test in TestMail.objects.all()} == {"Sender", "Author", "Reader"}
    assert not Delivery.objects.exists()
    assert ">Practice</span>" in listed
    assert ">Practice</span>" in looked_at
    assert Notice.objects.filter(parameters__mailing__startswith="Practice: ").exists()
    assert Review.objects.get().state == "approved"


def test_a_copy_of_practice_is_a_real_draft(scene: Scene) -> None:
    mailing = a_practice(scene)

    copy = copy_mailing(mailing=mailing, actor=scene.people["sender"])

    assert not copy.is_practice
    assert copy.state == MailingState.DRAFT
    assert not start_mailing(group=scene.store, template=scene.template, actor=scene.people["sender"]).is_practice
    mailing.refresh_from_db()
    assert mailing.is_practice


def test_a_mail_that_braze_holds_is_no_practice_ground(scene: Scene) -> None:
    held = create_template(brand=scene.brand, name="Held", slug="held", route=Route.TRIGGER, actor=None)
    publish_version(template=held, source=SOURCE, kind="html", actor=None, tested=True)
    held.refresh_from_db()
    client = as_(scene, "sender")

    page = client.get(address("practice-start", scene.store.pk)).content.decode()
    client.post(address("practice-start", scene.store.pk), {"template": held.pk})

    assert "Held" not in page
    assert not Mailing.objects.exists()


def test_practice_is_marked_by_word_wherever_it_stands(scene: Scene) -> None:
    mailing = a_practice(scene)
    client = as_(scene, "sender")

    pages = {
        name: client.get(address(name, id)).content.decode()
        for name, id in (
            ("mailing-list", scene.store.pk),
            ("mailing-edit", mailing.pk),
            ("mailing-tests", mailing.pk),
        )
    }
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SENT)
    pages["mailing-detail"] = client.get(address("mailing-detail", mailing.pk)).content.decode()
    sent_list = client.get(address("mailing-list", scene.store.pk)).content.decode()

    assert {name for name, page in pages.items() if ">Practice</span>" not in page} == set()
    assert "No data yet" not in sent_list
    assert mailing.name not in client.get(reverse("campaigns:calendar", args=[scene.store.pk])).content.decode()


def test_newcomers_are_offered_practice_until_they_have_sent_something(scene: Scene) -> None:
    client = as_(scene, "sender")
    offer = "Try it with a practice mailing: it only reaches your team."
    places = (reverse("campaigns:home"), address("mailing-list", scene.store.pk))

    before = [offer in client.get(place).content.decode() for place in places]
    for_reader = [offer in as_(scene, "reader").get(place).content.decode() for place in places]
    send_practice(mailing=a_practice(scene), actor=scene.people["sender"])
    after = [offer in client.get(place).content.decode() for place in places]

    assert (before, for_reader, after) == ([True, True], [False, False], [False, False])


def test_the_guide_is_put_away_for_one_person_and_comes_back(scene: Scene) -> None:
    mailing = a_practice(scene)
    page, client = address("mailing-edit", mailing.pk), as_(scene, "sender")
    real = as_(scene, "sender").get(address("mailing-edit", scene.draft(author="sender").pk)).content.decode()

    guided = client.get(page).content.decode()
    back = client.post(reverse("campaigns:guide"), {"guide": "hide", "next": page})
    away = client.get(page).content.decode()
    for_colleague = as_(scene, "author").get(page).content.decode()
    client.post(reverse("campaigns:guide"), {"guide": "show", "next": "https://elsewhere.example/"})
    again = client.get(page).content.decode()

    hints = [one.count('class="guide-hint"') for one in (real, guided, away, for_colleague, again)]
    assert hints[1] > 5
    assert hints == [0, hints[1], 0, hints[1], hints[1]]
    assert back["Location"] == page
    assert client.post(reverse("campaigns:guide"), {"next": "//elsewhere.example/"})["Location"] == "/"


def test_a_team_is_ten_people_at_most_and_the_person_is_first(scene: Scene) -> None:
    for number in range(12):
        other = type(scene.people["sender"]).objects.create_user(f"p{number}@example.com", None, name=f"A {number:02}")
        a_membership(user=other, group=scene.store, role=Role.READ_ONLY)

    send_practice(mailing=a_practice(scene), actor=scene.people["sender"])

    testers = [test.tester.name for test in TestMail.objects.all()]
    assert len(testers) == 10
    assert "Sender" in testers
