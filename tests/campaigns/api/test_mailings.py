"""Mailings by the API: what a page does, by the same services and the same rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.api.rooms.reports import GroupTable, OfTemplate
from campaigns.models import Batch, BatchState, Image, Mailing, MailingState, Review, TestMail
from campaigns.reports import tables
from campaigns.review.services import submit
from groups.models import Brand, Event, Origin, ReviewPolicy, User
from groups.roles import Permission
from tests.builders import Cast, a_workspace, an_audience
from tests.campaigns.builders import a_mailing, a_template
from tests.campaigns.library.sources import a_picture_file
from tests.groups.api.builders import kind_of, program_of
from tests.sandbox_server import RunningSandbox

P = Permission


@pytest.fixture
def draft(cast: Cast, sandbox: RunningSandbox) -> Mailing:
    a_workspace(brand=cast.brand, endpoint=sandbox.url)
    return a_mailing(group=cast.store, author=cast.sender, people=2)


def other_draft(cast: Cast) -> Mailing:
    return a_mailing(group=cast.other_brand.groups.get(parent=None), author=cast.outsider, people=1)


@pytest.mark.catalogue("X6")
def test_a_mailing_is_made_filled_checked_looked_at_and_sent(cast: Cast, sandbox: RunningSandbox) -> None:
    a_workspace(brand=cast.brand, endpoint=sandbox.url)
    Brand.objects.filter(pk=cast.brand.pk).update(review_policy=ReviewPolicy.NONE)
    a_template(brand=cast.brand)
    audience = an_audience(group=cast.store, contacts=2)
    program = program_of(cast.sender, cast.brand)

    template = program.get(f"/groups/{cast.store.pk}/templates").json()["items"][0]
    fields = program.get(f"/groups/{cast.store.pk}/templates/{template['id']}").json()["fields"]
    made = program.post(
        "/mailings",
        {
            "group_id": str(cast.store.pk),
            "template_id": template["id"],
            "name": "Spring",
            "values": {"headline": "Spring is here"},
        },
    )
    path = f"/mailings/{made.json()['id']}"
    changed = program.patch(
        path,
        {
            "revision": made.json()["revision"],
            "values": {"subject": "Spring", "intro": {"html": "<p>Come <b>in</b>.</p>"}},
            "audience_id": str(audience.pk),
            "send_at": (timezone.now() + timedelta(days=3)).isoformat(),
        },
    )
    checks = program.get(f"{path}/checks").json()
    preview = program.get(f"{path}/preview").json()
    sent = program.post(f"{path}/send", {"revision": changed.json()["revision"]})

    assert [field["name"] for field in fields] == ["subject", "preheader", "headline", "intro"]
    assert (fields[0]["required"], fields[0]["maximum"]) == (True, 60)
    assert made.status_code == 201
    assert changed.status_code == 200
    assert changed.json()["values"]["headline"] == "Spring is here"
    assert (checks["is_ready"], checks["needs_approval"], checks["people"]) == (True, False, 2)
    assert preview["subject"] == "Spring"
    assert "Spring is here" in preview["html"]
    assert sent.json()["state"] == "scheduled"
    assert Event.objects.get(action="mailing.scheduled").origin == Origin.API
    assert [one["name"] for one in program.get("/mailings", state="scheduled").json()["items"]] == ["Spring"]


def test_sending_twice_by_one_key_sends_once(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)

    answers = [
        program.post(f"/mailings/{draft.pk}/send", {"revision": draft.revision}, key="spring") for _number in range(2)
    ]
    again = program.post(f"/mailings/{draft.pk}/send", {"revision": draft.revision}, key="another")

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert (again.status_code, kind_of(again)) in [(409, "moved-on"), (422, "not-ready")]
    assert draft.deliveries.count() == 1


def test_what_the_template_does_not_take_is_said_at_its_field_and_nothing_is_stored(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)

    answer = program.patch(
        f"/mailings/{draft.pk}",
        {"revision": draft.revision, "name": "Renamed", "values": {"headline": 7, "price": "1", "subject": "Fine"}},
    )

    assert (answer.status_code, kind_of(answer)) == (422, "values-refused")
    assert {one["field"] for one in answer.json()["errors"]} == {"values.headline", "values.price"}
    before = (draft.name, draft.values, draft.revision)
    draft.refresh_from_db()
    assert (draft.name, draft.values, draft.revision) == before


def test_an_old_revision_overwrites_nothing(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)
    program.patch(f"/mailings/{draft.pk}", {"revision": draft.revision, "name": "First"})

    late = program.patch(f"/mailings/{draft.pk}", {"revision": draft.revision, "name": "Second"})
    send = program.post(f"/mailings/{draft.pk}/send", {"revision": draft.revision})

    assert [kind_of(answer) for answer in (late, send)] == ["stale-revision"] * 2
    draft.refresh_from_db()
    assert (draft.name, draft.state) == ("First", MailingState.DRAFT)


@pytest.mark.parametrize("said", ["2026-12-24T09:00:00", "tomorrow", [7]])
def test_a_time_without_its_offset_is_refused(cast: Cast, draft: Mailing, said: Any) -> None:
    answer = program_of(cast.sender, cast.brand).patch(
        f"/mailings/{draft.pk}", {"revision": draft.revision, "send_at": said}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "send_at"


def test_an_audience_or_image_of_another_group_or_brand_does_not_exist(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)
    for audience in (an_audience(group=cast.next_store), an_audience(group=cast.other_brand.groups.get(parent=None))):
        answer = program.patch(f"/mailings/{draft.pk}", {"revision": draft.revision, "audience_id": str(audience.pk)})
        assert (answer.status_code, kind_of(answer)) == (404, "not-found")

    kept = draft.audience_id
    draft.refresh_from_db()
    assert draft.audience_id == kept


# Of each: who asks, what, with which answer. `foreign` is a draft of another brand.
REFUSED = [
    ("author", P.EDIT_MAILINGS, "send", 403, "scope-missing"),
    ("approver", P.SEE_MAILINGS, "cancel", 403, "scope-missing"),
    ("neighbour", None, "send", 404, "not-found"),
    ("neighbour", None, "cancel", 404, "not-found"),
    ("sender", P.SEE_MAILINGS, "submit", 403, "scope-missing"),
    ("sender", P.SEND_MAILINGS, "send", 404, "not-found"),
    ("sender", P.EDIT_MAILINGS, "stop", 403, "scope-missing"),
]


@pytest.mark.catalogue("X6")
@pytest.mark.parametrize(("who", "scope", "act", "status", "kind"), REFUSED)
def test_a_token_does_no_more_than_its_scopes_and_its_person(
    cast: Cast, draft: Mailing, who: str, scope: Permission | None, act: str, status: int, kind: str
) -> None:
    program = program_of(getattr(cast, who), cast.brand, *([scope] if scope else []))

    answer = program.post(f"/mailings/{draft.pk}/{act}", {"revision": draft.revision})

    assert (answer.status_code, kind_of(answer)) == (status, kind)
    draft.refresh_from_db()
    assert (draft.state, draft.deliveries.count()) == (MailingState.DRAFT, 0)


def test_a_token_that_may_write_and_not_send_needs_approval_as_an_author_does(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand, P.SEE_MAILINGS, P.EDIT_MAILINGS)

    checks = program.get(f"/mailings/{draft.pk}/checks").json()
    submitted = program.post(f"/mailings/{draft.pk}/submit", {"revision": draft.revision, "note": "Please"})

    assert checks["needs_approval"] is True
    assert submitted.json()["state"] == "in_approval"


@pytest.mark.parametrize("act", ["", "/checks", "/preview", "/tests", "/deliveries", "/report"])
def test_a_mailing_of_another_brand_does_not_exist(cast: Cast, act: str) -> None:
    foreign = other_draft(cast)

    answer = program_of(cast.admin, cast.brand).get(f"/mailings/{foreign.pk}{act}")

    assert (answer.status_code, kind_of(answer)) == (404, "not-found")
    assert foreign.name not in answer.text


def test_lists_hold_nothing_of_another_brand_or_group(cast: Cast, draft: Mailing) -> None:
    other_draft(cast)
    theirs = a_mailing(group=cast.next_store, author=cast.neighbour, people=1)

    mine = program_of(cast.sender, cast.brand).get("/mailings").json()["items"]
    all_of_brand = program_of(cast.admin, cast.brand).get("/mailings").json()["items"]

    assert [one["id"] for one in mine] == [str(draft.pk)]
    assert {one["id"] for one in all_of_brand} == {str(draft.pk), str(theirs.pk)}


def a_submission(draft: Mailing, author: User) -> Review:
    return submit(mailing=draft, actor=author)


def test_an_approver_sees_what_differs_and_says_yes_to_exactly_that(cast: Cast, draft: Mailing) -> None:
    review = a_submission(draft, cast.sender)
    program = program_of(cast.approver, cast.brand)

    listed = program.get("/reviews", is_mine="true").json()["items"]
    shown = program.get(f"/reviews/{review.pk}").json()
    wrong = program.post(f"/reviews/{review.pk}/approve", {"digest": "0" * 64})
    right = program.post(f"/reviews/{review.pk}/approve", {"digest": shown["digest"]})

    assert [one["id"] for one in listed] == [str(review.pk)]
    assert shown["mailing_id"] == str(draft.pk)
    assert (wrong.status_code, kind_of(wrong)) == (409, "moved-on")
    assert right.json()["state"] == "approved"
    draft.refresh_from_db()
    assert draft.state == MailingState.SCHEDULED


def test_nobody_approves_their_own_work_or_without_the_right(cast: Cast, draft: Mailing) -> None:
    review = a_submission(draft, cast.sender)
    said = {"digest": review.digest}

    author = program_of(cast.author, cast.brand).post(f"/reviews/{review.pk}/approve", said)
    draft.author = cast.manager
    draft.save()
    own = program_of(cast.manager, cast.brand).post(f"/reviews/{review.pk}/approve", said)

    assert (author.status_code, kind_of(author)) == (403, "scope-missing")
    assert (own.status_code, kind_of(own)) == (403, "not-permitted")
    review.refresh_from_db()
    assert review.state == "open"


def test_a_submission_goes_back_with_a_reason(cast: Cast, draft: Mailing) -> None:
    review = a_submission(draft, cast.sender)
    program = program_of(cast.approver, cast.brand)

    empty = program.post(f"/reviews/{review.pk}/ask-for-changes", {"reason": ""})
    back = program.post(f"/reviews/{review.pk}/ask-for-changes", {"reason": "The price is wrong."})

    assert empty.status_code == 422
    assert (back.json()["state"], back.json()["reason"]) == ("changes_asked", "The price is wrong.")
    draft.refresh_from_db()
    assert draft.state == MailingState.DRAFT


def test_what_is_on_its_way_is_moved_and_cancelled(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)
    at = timezone.now() + timedelta(days=4)
    program.patch(f"/mailings/{draft.pk}", {"revision": 0, "send_at": (at - timedelta(days=1)).isoformat()})
    program.post(f"/mailings/{draft.pk}/send", {"revision": 1})

    moved = program.post(f"/mailings/{draft.pk}/reschedule", {"send_at": at.isoformat()})
    cancelled = program.post(f"/mailings/{draft.pk}/cancel")
    again = program.post(f"/mailings/{draft.pk}/cancel")

    assert moved.json()["send_at"].startswith(at.replace(microsecond=0).isoformat()[:19])
    assert cancelled.json()["state"] == "cancelled"
    assert (again.status_code, kind_of(again)) == (409, "moved-on")


def test_deliveries_tell_of_batches_without_naming_anybody(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.admin, cast.brand)
    program_of(cast.sender, cast.brand).post(f"/mailings/{draft.pk}/send", {"revision": draft.revision})
    delivery = draft.deliveries.get()
    batch = Batch.objects.create(
        delivery=delivery, number=1, size=2, state=BatchState.UNCERTAIN, dispatch_id="dispatch-1"
    )

    listed = program.get(f"/mailings/{draft.pk}/deliveries").json()["items"]
    batches = program.get(f"/deliveries/{delivery.pk}/batches", state="uncertain").json()["items"]
    refused = program_of(cast.sender, cast.brand, P.SEE_MAILINGS).post(
        f"/batches/{batch.pk}/decide", {"decision": "sent"}
    )
    decided = program.post(f"/batches/{batch.pk}/decide", {"decision": "sent"})

    assert [(one["id"], one["batches"]) for one in listed] == [(str(delivery.pk), {"uncertain": 1})]
    assert [(one["number"], one["dispatch_id"]) for one in batches] == [(1, "dispatch-1")]
    assert (refused.status_code, kind_of(refused)) == (403, "scope-missing")
    assert decided.json()["state"] == "accepted"
    assert "example.com" not in str(listed) + str(batches)


def test_tests_go_to_oneself_or_to_colleagues_and_to_nobody_else(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)

    mine = program.post(f"/mailings/{draft.pk}/tests", {})
    strangers = program.post(f"/mailings/{draft.pk}/tests", {"tester_ids": [str(cast.outsider.pk)]})

    assert mine.status_code == 202
    assert [one["tester"]["name"] for one in mine.json()["items"]] == ["Sam Sender"]
    assert strangers.status_code == 422
    assert TestMail.objects.get().tester == cast.sender


def test_an_image_is_uploaded_listed_and_shown_by_a_mailing(cast: Cast) -> None:
    program = program_of(cast.sender, cast.brand)
    form = {"file": SimpleUploadedFile("cup.jpg", a_picture_file(), "image/jpeg"), "alt": "A cup"}

    made = program.upload(f"/groups/{cast.store.pk}/images", form, key="one")
    form["file"].seek(0)
    again = program.upload(f"/groups/{cast.store.pk}/images", form, key="one")
    nothing = program.upload(f"/groups/{cast.store.pk}/images", {"alt": "A cup"})

    assert made.status_code == 201, made.text
    assert again["Idempotency-Replayed"] == "true"
    assert nothing.json()["errors"][0]["field"] == "file"
    listed = program.get(f"/groups/{cast.store.pk}/images").json()["items"]
    assert [(one["id"], one["alt"]) for one in listed] == [(made.json()["id"], "A cup")]
    assert Image.objects.count() == 1


def test_the_calendar_and_the_numbers_are_read(cast: Cast, draft: Mailing) -> None:
    at = timezone.now() + timedelta(days=3)
    Mailing.objects.filter(pk=draft.pk).update(send_at=at)
    program = program_of(cast.sender, cast.brand)
    days = {"first": (at - timedelta(days=2)).date().isoformat(), "last": (at + timedelta(days=2)).date().isoformat()}

    calendar = program.get(f"/groups/{cast.store.pk}/calendar", **days).json()
    too_long = program.get(f"/groups/{cast.store.pk}/calendar", first="2026-01-01", last="2026-12-31")
    report = program.get(f"/mailings/{draft.pk}/report").json()

    assert [(one["name"], one["people"]) for one in calendar["items"]] == [(draft.name, 2)]
    assert too_long.status_code == 422
    assert report["has_data"] is False
    assert program.get(f"/mailings/{draft.pk}/report/days").json()["rows"] == []


def test_every_table_of_the_reports_is_read_in_stretches_with_columns_in_english(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)
    template = draft.version.template_id
    room = f"/groups/{cast.store.pk}"

    read = {name: program.get(f"{room}/reports/{name}") for name in (*tables.TABLES, "cost")}
    of_template = {name: program.get(f"{room}/templates/{template}/reports/{name}") for name in tables.TEMPLATE_TABLES}
    months = program.get(f"{room}/reports/usage", skip=1, limit=2).json()

    assert get_args(GroupTable) == (*tables.TABLES, tables.COST)
    assert get_args(OfTemplate) == tuple(tables.TEMPLATE_TABLES)
    assert {answer.status_code for answer in (*read.values(), *of_template.values())} == {200}
    assert read["mailings"].json()["columns"][:4] == ["Mailing", "Subject", "Template", "Went out on"]
    assert (len(months["rows"]), months["has_more"]) == (2, True)
    assert program.get(f"{room}/reports/nothing").status_code == 422


def test_tables_of_a_group_that_one_may_not_see_are_not_found(cast: Cast, draft: Mailing) -> None:
    neighbour = program_of(cast.neighbour, cast.brand)

    table = neighbour.get(f"/groups/{cast.store.pk}/reports/mailings")
    league = neighbour.get(f"/groups/{cast.store.pk}/templates/{draft.version.template_id}/reports/league")

    assert (table.status_code, league.status_code) == (404, 404)


def test_a_draft_is_copied_and_deleted(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)

    copy = program.post(f"/mailings/{draft.pk}/copy")
    gone = program.delete(f"/mailings/{copy.json()['id']}")

    assert copy.status_code == 201
    assert gone.status_code == 204
    assert list(Mailing.objects.values_list("pk", flat=True)) == [draft.pk]


def test_practice_reaches_its_team_alone(cast: Cast, draft: Mailing) -> None:
    program = program_of(cast.sender, cast.brand)
    template = str(draft.version.template_id)

    made = program.post("/mailings", {"group_id": str(cast.store.pk), "template_id": template, "is_practice": True})
    real = program.post(f"/mailings/{made.json()['id']}/send", {"revision": 0})

    assert made.json()["is_practice"] is True
    assert (real.status_code, kind_of(real)) == (422, "refused")


def test_what_does_not_exist_is_said_in_the_same_words_whatever_it_is(cast: Cast) -> None:
    program = program_of(cast.admin, cast.brand)
    foreign = other_draft(cast)

    unknown = program.get(f"/mailings/{uuid4()}").json()
    theirs = program.get(f"/mailings/{foreign.pk}").json()

    assert unknown == theirs
