"""Files that hang on a mailing: added, taken off, approved, copied, sent along, and served to whoever knows where."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as portal
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.attachments.queries import address_of, attachments_of, path_of
from campaigns.attachments.services import attach, detach
from campaigns.compose.services import copy_mailing, delete_draft
from campaigns.delivery.control import edit_again
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.settling import settle
from campaigns.errors import NotAllowed, NotEditable, StaleState
from campaigns.models import Attachment, Delivery, Mailing, MailingState, Review, ReviewState, Route, Template
from campaigns.preflight import check
from campaigns.review.digest import content_digest_of, digest_of
from campaigns.review.services import submit
from groups.audiences.services import add_everybody
from groups.models import Brand, Event, Group, Workspace
from groups.roles import Role
from tests.builders import Cast, a_person
from tests.campaigns.attachments.files import ICS, PDF, an_upload
from tests.campaigns.builders import a_mailing, a_planned, a_sent, a_staged
from tests.campaigns.testsend.scene import a_sent_test
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db
SCHEDULE, TRIGGER = "/messages/schedule/create", "/campaigns/trigger/send"


@pytest.fixture(autouse=True)
def a_public_portal(settings: Settings) -> None:
    """Lets the portal have an address that Braze could fetch files from."""
    settings.PUBLIC_URL = "https://mail.example.com"


def open_to_files(mailing: Mailing) -> Mailing:
    """Lets the template of a mailing take attachments."""
    Template.objects.filter(pk=mailing.version.template_id).update(takes_attachments=True)
    mailing.refresh_from_db()
    return mailing


@pytest.fixture
def mailing(cast: Cast) -> Mailing:
    """Gives a draft of the store's author, whose template takes attachments."""
    return open_to_files(a_mailing(group=cast.store, author=cast.author))


def posted(client: Client, mailing: Mailing, *, is_script: bool = False, **form: object) -> Any:
    """Posts a form to the composer, as a browser or as its script does."""
    address = reverse("campaigns:mailing-save", args=[mailing.pk])
    headers = {"accept": "application/json"} if is_script else {}
    answer = client.post(address, {"mailing-revision": mailing.revision, **form}, headers=headers)
    mailing.refresh_from_db()
    return answer


def names_of(mailing: Mailing) -> list[str]:
    return [one.full_name for one in attachments_of(mailing)]


def codes(mailing: Mailing) -> list[str]:
    mailing.refresh_from_db()
    return [finding.code for finding in check(mailing) if finding.code.startswith("attachment_")]


# --- adding and removing ----------------------------------------------------------------------------------------------


def test_a_file_is_added_and_taken_off_without_a_script(mailing: Mailing, cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    added = posted(client, mailing, **{"mailing-attachments.upload": an_upload("Menü.v2.pdf")})
    (attachment,) = attachments_of(mailing)
    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()
    removed = posted(client, mailing, **{"act.mailing-attachments": f"remove.{attachment.pk}"})

    assert (added.status_code, removed.status_code) == (302, 302)
    assert (attachment.full_name, attachment.content_type, attachment.size_bytes) == (
        "Menü v2.pdf",
        "application/pdf",
        len(PDF),
    )
    assert page.count("Menü v2.pdf</a>") == 2  # in its step, and above the email
    assert f'value="remove.{attachment.pk}"' in page
    assert names_of(mailing) == []
    events = Event.objects.filter(action__startswith="attachment.").order_by("id")
    assert list(events.values_list("action", flat=True)) == ["attachment.added", "attachment.removed"]


def test_a_script_gets_the_step_and_the_head_of_the_email_anew(mailing: Mailing, cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    answer = posted(client, mailing, is_script=True, **{"mailing-attachments.upload": an_upload()}).json()
    refused = posted(
        client, mailing, is_script=True, **{"mailing-attachments.upload": an_upload("x", b"MZ\x00")}
    ).json()

    assert answer["steps"]["mailing-attachments"]["summary"] == "1 file"
    assert "menu.pdf" in answer["fragments"]["choices-mailing-attachments"]
    assert "menu.pdf" in answer["fragments"]["inbox"]
    assert "cannot be attached" in refused["refused"]
    assert "cannot be attached" in refused["fragments"]["notes-mailing-attachments"]
    assert names_of(mailing) == ["menu.pdf"]


def test_a_file_that_is_refused_says_why_at_its_step(mailing: Mailing, cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    answer = posted(client, mailing, **{"mailing-attachments.upload": an_upload("big.pdf", PDF + b"x" * 2_000_000)})

    assert answer.status_code == 422
    assert "This file is larger than 2 MB" in answer.content.decode()
    assert (names_of(mailing), mailing.revision) == ([], 0)


def test_an_email_carries_so_many_files_and_no_name_twice(
    mailing: Mailing, cast: Cast, client: Client, settings: Settings
) -> None:
    settings.ATTACHMENTS_PER_MAILING = 2
    client.force_login(cast.author)
    uploads = [an_upload(), an_upload("menu.PDF"), an_upload("menu.ics", ICS), an_upload("third.pdf")]

    answers = [posted(client, mailing, **{"mailing-attachments.upload": upload}) for upload in uploads]

    assert [answer.status_code for answer in answers] == [302, 422, 302, 422]
    assert "“menu.pdf” is attached already" in answers[1].content.decode()
    assert "An email carries 2 files at most" in answers[3].content.decode()
    assert names_of(mailing) == ["menu.pdf", "menu.ics"]


def test_without_the_switch_there_is_no_step_and_a_forged_file_is_refused(
    mailing: Mailing, cast: Cast, client: Client
) -> None:
    Template.objects.update(takes_attachments=False)
    client.force_login(cast.author)

    page = client.get(reverse("campaigns:mailing-edit", args=[mailing.pk])).content.decode()
    answer = posted(client, mailing, is_script=True, **{"mailing-attachments.upload": an_upload()})

    assert "mailing-attachments" not in page
    assert answer.json()["refused"] == "This template takes no attachments. A brand manager can allow them."
    assert Attachment.objects.count() == 0


def test_whoever_may_not_edit_neither_adds_nor_removes(mailing: Mailing, cast: Cast, client: Client) -> None:
    mine = attach(mailing=mailing, file=an_upload(), actor=cast.author)
    statuses = {}

    for person in cast.without(cast.author, cast.sender, cast.manager, cast.admin):
        client.force_login(person)
        statuses[person.name] = [
            posted(client, mailing, **{"mailing-attachments.upload": an_upload("theirs.pdf")}).status_code,
            posted(client, mailing, **{"act.mailing-attachments": f"remove.{mine.pk}"}).status_code,
        ]

    assert statuses == {"Ana Approver": [404, 404], "Nell Neighbour": [404, 404], "Olu Outsider": [404, 404]}
    assert (names_of(mailing), mailing.revision) == (["menu.pdf"], 1)


def test_a_file_of_another_mailing_is_not_taken_off_and_nothing_else_is_saved(
    mailing: Mailing, cast: Cast, client: Client
) -> None:
    own = a_mailing(group=cast.store, author=cast.author)
    theirs = a_mailing(group=cast.next_store, author=cast.neighbour)
    files = [attach(mailing=other, file=an_upload(), actor=other.author) for other in (own, theirs)]
    client.force_login(cast.author)

    for forged in (*(one.pk for one in files), uuid4(), "nonsense"):
        answer = posted(client, mailing, **{"act.mailing-attachments": f"remove.{forged}", "headline": "Hello"})
        assert answer.status_code == 404

    assert (names_of(own), names_of(theirs)) == (["menu.pdf"], ["menu.pdf"])
    assert mailing.revision == 0


def test_a_page_that_is_older_than_what_is_stored_adds_nothing(mailing: Mailing, cast: Cast, client: Client) -> None:
    client.force_login(cast.author)

    answer = posted(client, mailing, **{"mailing-revision": "7", "mailing-attachments.upload": an_upload()})

    assert answer.status_code == 409
    assert Attachment.objects.count() == 0


def test_the_services_hold_without_a_page(mailing: Mailing, cast: Cast) -> None:
    other = a_mailing(group=cast.store, author=cast.author)
    attachment = attach(mailing=mailing, file=an_upload(), actor=cast.author)
    with pytest.raises(StaleState):
        detach(attachment=attachment, mailing=other, actor=cast.author)
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED)

    with pytest.raises(NotEditable):
        attach(mailing=mailing, file=an_upload("late.pdf"), actor=cast.author)
    with pytest.raises(NotEditable):
        detach(attachment=attachment, mailing=mailing, actor=cast.author)
    Template.objects.update(takes_attachments=False)
    mailing.refresh_from_db()
    with pytest.raises(NotAllowed):
        attach(mailing=mailing, file=an_upload("late.pdf"), actor=cast.author)

    assert names_of(mailing) == ["menu.pdf"]


# --- the address ------------------------------------------------------------------------------------------------------


def test_whoever_knows_the_address_downloads_the_file_and_nothing_of_it_runs(mailing: Mailing, cast: Cast) -> None:
    attachment = attach(mailing=mailing, file=an_upload("Menü.pdf"), actor=cast.author)

    answer = Client().get(path_of(attachment))
    looked = Client().head(path_of(attachment))

    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Men%C3%BC.pdf"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert looked["Content-Type"] == "application/pdf"
    assert path_of(attachment).endswith(f"/{attachment.sha256}.pdf")
    assert len(attachment.token) == 43


@pytest.mark.parametrize("part", ["token", "sha256", "extension"])
def test_an_address_that_is_guessed_leads_nowhere(mailing: Mailing, cast: Cast, part: str) -> None:
    attachment = attach(mailing=mailing, file=an_upload(), actor=cast.author)
    setattr(attachment, part, "txt" if part == "extension" else "0" * len(getattr(attachment, part)))

    assert Client().get(path_of(attachment)).status_code == 404
    assert Client().get(f"{portal.MEDIA_URL}{attachment.file.name}").status_code == 404
    assert Client().post(path_of(attachment)).status_code == 405


def test_a_file_that_was_never_handed_over_is_gone_for_good(
    mailing: Mailing, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    taken_off, left = (attach(mailing=mailing, file=an_upload(n), actor=cast.author) for n in ("a.pdf", "b.pdf"))

    with django_capture_on_commit_callbacks(execute=True):
        detach(attachment=taken_off, mailing=mailing, actor=cast.author)
        delete_draft(mailing=mailing, actor=cast.author)

    for attachment in (taken_off, left):
        assert not default_storage.exists(str(attachment.file.name))
        assert Client().get(path_of(attachment)).status_code == 404


# --- what an approval covers, what a copy gets ------------------------------------------------------------------------


def test_a_file_belongs_to_what_is_approved_and_tested(mailing: Mailing, cast: Cast) -> None:
    digests = {(digest_of(mailing), content_digest_of(mailing))}

    attachment = attach(mailing=mailing, file=an_upload(), actor=cast.author)
    digests.add((digest_of(mailing), content_digest_of(mailing)))
    detach(attachment=attachment, mailing=mailing, actor=cast.author)
    without = (digest_of(mailing), content_digest_of(mailing))
    attach(mailing=mailing, file=an_upload("menu.pdf", PDF + b"\n"), actor=cast.author)
    digests.add((digest_of(mailing), content_digest_of(mailing)))

    assert without in digests
    assert len({whole for whole, _content in digests}) == len({content for _whole, content in digests}) == 3


def test_an_approver_sees_the_files_and_a_change_behind_their_back_voids_the_approval(
    group: Group, workspace: Workspace, client: Client
) -> None:
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    author = a_person(role=Role.LOCAL_AUTHOR, group=group)
    approver = a_person(role=Role.APPROVER, group=group)
    mailing = open_to_files(a_mailing(group=group, author=author))
    attachment = attach(mailing=mailing, file=an_upload(), actor=author)
    review = submit(mailing=mailing, actor=author)
    client.force_login(approver)

    page = client.get(reverse("campaigns:review-detail", args=[review.pk])).content.decode()
    Attachment.objects.filter(pk=attachment.pk).update(sha256="0" * 64)
    answer = client.post(reverse("campaigns:review-approve", args=[review.pk]), follow=True)

    assert "These files go along with the email." in page
    assert page.count(f'href="{path_of(attachment)}"') == 2
    assert Review.objects.get().state != ReviewState.APPROVED
    assert Delivery.objects.count() == 0
    assert answer.status_code == 200


def test_a_copy_has_files_of_its_own(mailing: Mailing, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    original = attach(mailing=mailing, file=an_upload(), actor=cast.author)

    copy = copy_mailing(mailing=mailing, actor=cast.author)
    with django_capture_on_commit_callbacks(execute=True):
        detach(attachment=original, mailing=mailing, actor=cast.author)

    (attachment,) = attachments_of(copy)
    assert (attachment.full_name, attachment.sha256) == ("menu.pdf", original.sha256)
    assert attachment.token != original.token
    assert Client().get(path_of(attachment)).status_code == 200


def test_a_copy_gets_no_files_that_the_template_takes_no_more(mailing: Mailing, cast: Cast) -> None:
    attach(mailing=mailing, file=an_upload(), actor=cast.author)
    Template.objects.update(takes_attachments=False)
    mailing.refresh_from_db()

    assert names_of(copy_mailing(mailing=mailing, actor=cast.author)) == []


# --- what keeps them back ---------------------------------------------------------------------------------------------


def test_files_that_the_template_takes_no_more_block_and_can_be_taken_off(
    mailing: Mailing, cast: Cast, client: Client
) -> None:
    attachment = attach(mailing=mailing, file=an_upload(), actor=cast.author)
    Template.objects.update(takes_attachments=False)
    before = codes(mailing)
    client.force_login(cast.author)

    posted(client, mailing, **{"act.mailing-attachments": f"remove.{attachment.pk}"})

    assert (before, codes(mailing)) == (["attachment_not_taken"], [])


@pytest.mark.parametrize("route", [Route.SCHEDULE, Route.TRIGGER])
def test_files_do_not_go_to_whole_audiences(cast: Cast, route: Route) -> None:
    everybody = add_everybody(group=cast.store, actor=cast.manager)
    mailing = open_to_files(a_mailing(group=cast.store, author=cast.author, audience=everybody, route=route))
    before = codes(mailing)

    attach(mailing=mailing, file=an_upload(), actor=cast.author)

    assert (before, codes(mailing)) == ([], ["attachment_needs_list"])


@pytest.mark.parametrize(
    ("public", "host_name", "endpoint", "blocks"),
    [
        ("http://127.0.0.1:8000", None, "http://127.0.0.1:8001", False),
        ("http://127.0.0.1:8000", None, "https://rest.fra-01.braze.eu", True),
        ("http://127.0.0.1:8000", "harbor.localhost", "https://rest.fra-01.braze.eu", True),
        ("https://127.0.0.1:8000", None, "https://rest.fra-01.braze.eu", True),
        ("http://mail.example.com", None, "https://rest.fra-01.braze.eu", True),
        ("http://mail.example.com", None, "http://127.0.0.1:8001", True),
        ("https://mail.example.com", None, "https://rest.fra-01.braze.eu", False),
        ("https://mail.example.com", "news.example.com", "https://rest.fra-01.braze.eu", False),
    ],
)
def test_files_that_braze_could_not_fetch_block(
    group: Group,
    workspace: Workspace,
    settings: Settings,
    public: str,
    host_name: str | None,
    endpoint: str,
    blocks: bool,
) -> None:
    mailing = open_to_files(a_mailing(group=group))
    attach(mailing=mailing, file=an_upload(), actor=mailing.author)
    settings.PUBLIC_URL = public
    Brand.objects.filter(pk=group.brand_id).update(host_name=host_name)
    Workspace.objects.filter(pk=workspace.pk).update(endpoint=endpoint)

    found = codes(Mailing.objects.get(pk=mailing.pk))

    assert found == (["attachment_not_public"] if blocks else [])


# --- what arrives -----------------------------------------------------------------------------------------------------


def a_mailing_with_files(group: Group, route: Route) -> tuple[Mailing, list[dict[str, str]]]:
    """Gives a mailing with two files, and what Braze should be told of them."""
    mailing = open_to_files(a_mailing(group=group, people=1, route=route))
    for upload in (an_upload("Menü.pdf"), an_upload("tasting.ics", ICS)):
        attach(mailing=mailing, file=upload, actor=mailing.author)
    menu, tasting = attachments_of(mailing)
    return mailing, [
        {"file_name": "Menü", "url": address_of(menu)},
        {"file_name": "tasting", "url": address_of(tasting)},
    ]


def test_route_a_sends_them_along_with_the_email(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing, expected = a_mailing_with_files(group, Route.SCHEDULE)

    a_staged(mailing, workspace)

    (body,) = sandbox.bodies(SCHEDULE)
    assert body["messages"]["email"]["attachments"] == expected
    assert expected[0]["url"].startswith(f"{portal.PUBLIC_URL}/files/")


def test_route_b_sends_them_along_with_the_call(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing, expected = a_mailing_with_files(group, Route.TRIGGER)
    delivery = a_planned(mailing, workspace)

    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        dispatch(workspace)

    (body,) = sandbox.bodies(TRIGGER)
    assert body["attachments"] == expected


@pytest.mark.parametrize("route", [Route.SCHEDULE, Route.TRIGGER])
def test_a_test_mail_has_them_too(group: Group, workspace: Workspace, sandbox: RunningSandbox, route: Route) -> None:
    mailing, expected = a_mailing_with_files(group, route)

    a_sent_test(mailing)

    (body,) = sandbox.bodies(SCHEDULE if route == Route.SCHEDULE else TRIGGER)
    holder = body["messages"]["email"] if route == Route.SCHEDULE else body
    assert holder["attachments"] == expected


def test_a_mail_without_files_says_nothing_of_them(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    a_staged(a_mailing(group=group, people=1), workspace)

    (body,) = sandbox.bodies(SCHEDULE)
    assert "attachments" not in body["messages"]["email"]


def test_what_was_handed_over_stays_there_when_the_mailing_changes(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, client: Client
) -> None:
    mailing, expected = a_mailing_with_files(group, Route.SCHEDULE)
    delivery = a_sent(mailing)
    frozen = delivery.message["attachments"]
    edit_again(mailing=mailing, actor=mailing.author)
    delivery.refresh_from_db()
    settle(delivery)
    mailing.refresh_from_db()
    removed = attachments_of(mailing)[0]

    detach(attachment=removed, mailing=mailing, actor=mailing.author)

    assert (mailing.state, names_of(mailing)) == (MailingState.DRAFT, ["tasting.ics"])
    assert frozen == expected
    assert Path(default_storage.path(str(removed.file.name))).exists()
    assert client.get(path_of(removed)).status_code == 200


def test_the_page_of_a_mailing_names_them(group: Group, workspace: Workspace, client: Client) -> None:
    mailing, _expected = a_mailing_with_files(group, Route.SCHEDULE)
    a_sent(mailing)
    client.force_login(mailing.author)

    page = client.get(reverse("campaigns:mailing-detail", args=[mailing.pk])).content.decode()

    assert page.count("Menü.pdf</a>") == page.count("tasting.ics</a>") == 2
