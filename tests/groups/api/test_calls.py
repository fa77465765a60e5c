"""Calls: pages of lists, calls that happen once, limits, and errors in plain words."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.utils import timezone
from pytest_django import Settings

from groups.api import idempotency
from groups.api.idempotency import forget_old_calls
from groups.models import ApiCall, Audience, Brand, Group
from groups.roles import Permission, Role
from tests.builders import Cast, a_brand, a_contact, a_person, an_audience, root_group
from tests.groups.api.builders import Program, a_token, kind_of, program_of

P = Permission


def test_pages_lead_through_a_whole_list_though_it_grows(cast: Cast) -> None:
    lists = [an_audience(group=cast.store, name=f"List {number}") for number in range(5)]
    program = program_of(cast.sender, cast.brand)
    path = f"/groups/{cast.store.pk}/audiences"

    first = program.get(path, limit=2).json()
    an_audience(group=cast.store, name="Later")
    lists[0].delete()
    second = program.get(path, limit=2, cursor=first["next"]).json()
    third = program.get(path, limit=2, cursor=second["next"]).json()

    names = [[item["name"] for item in page["items"]] for page in (first, second, third)]
    assert names == [["List 0", "List 1"], ["List 2", "List 3"], ["List 4", "Later"]]
    assert third["next"] is None


def test_a_cursor_that_is_not_ours_of_another_list_or_person_is_refused(cast: Cast) -> None:
    for number in range(2):
        an_audience(group=cast.store, name=f"List {number}")
    program, other = program_of(cast.sender, cast.brand), program_of(cast.author, cast.brand)
    path = f"/groups/{cast.store.pk}/audiences"
    cursor = program.get(path, limit=1).json()["next"]

    answers = [
        program.get(path, cursor="made-up"),
        program.get(path, cursor=cursor[:-1]),
        program.get("/mailings", cursor=cursor),
        other.get(path, cursor=cursor),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert answers[0].json()["errors"][0]["field"] == "cursor"
    assert program.get(path, limit=0).status_code == 422
    assert program.get(path, limit=201).status_code == 422


@pytest.mark.catalogue("X6")
def test_the_same_key_gives_the_first_answer_and_acts_once(cast: Cast) -> None:
    program = program_of(cast.sender, cast.brand)
    path = f"/groups/{cast.store.pk}/audiences"

    first = program.post(path, {"name": "Guests"}, key="one")
    again = program.post(path, {"name": "Guests"}, key="one")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Audience.objects.filter(name="Guests").count() == 1


def test_the_same_key_with_another_body_or_address_is_refused(cast: Cast) -> None:
    program = program_of(cast.admin, cast.brand)
    program.post(f"/groups/{cast.store.pk}/audiences", {"name": "Guests"}, key="one")

    body = program.post(f"/groups/{cast.store.pk}/audiences", {"name": "Regulars"}, key="one")
    address = program.post(f"/groups/{cast.next_store.pk}/audiences", {"name": "Guests"}, key="one")

    assert [kind_of(answer) for answer in (body, address)] == ["idempotency-key-reused"] * 2
    assert body.status_code == 422
    assert Audience.objects.count() == 1


def test_keys_of_two_tokens_are_apart(cast: Cast) -> None:
    for person, group in ((cast.sender, cast.store), (cast.neighbour, cast.next_store)):
        answer = program_of(person, cast.brand).post(f"/groups/{group.pk}/audiences", {"name": "Guests"}, key="one")
        assert answer.status_code == 201


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "ü"])
def test_without_a_key_nothing_is_made(cast: Cast, key: str) -> None:
    program = program_of(cast.sender, cast.brand)
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": key}

    answer = program.client.post(
        f"/api/v1/groups/{cast.store.pk}/audiences",
        {"name": "Guests"},
        content_type="application/json",
        headers=headers,
    )

    assert (answer.status_code, kind_of(answer)) == (400, "no-idempotency-key")
    assert not Audience.objects.exists()


def test_a_refusal_frees_its_key(cast: Cast) -> None:
    program = program_of(cast.sender, cast.brand)
    path = f"/groups/{cast.store.pk}/audiences"
    taken = an_audience(group=cast.store, name="Guests")

    refused = program.post(path, {"name": "Guests"}, key="one")
    taken.delete()
    again = program.post(path, {"name": "Guests"}, key="one")

    assert (refused.status_code, kind_of(refused)) == (422, "refused")
    assert again.status_code == 201


def test_while_the_first_call_runs_the_second_is_told_to_wait(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    program = program_of(cast.sender, cast.brand)
    path = f"/groups/{cast.store.pk}/audiences"
    program.post(path, {"name": "Guests"}, key="one")
    ApiCall.objects.update(status=None, answer=None)

    answer = program.post(path, {"name": "Guests"}, key="one")

    assert (answer.status_code, kind_of(answer), answer["Retry-After"]) == (409, "in-flight", "1")


def test_a_call_that_was_cut_off_may_be_made_again(cast: Cast) -> None:
    program = program_of(cast.sender, cast.brand)
    path = f"/groups/{cast.store.pk}/audiences"
    program.post(path, {"name": "Guests"}, key="one")
    Audience.objects.all().delete()  # its transaction went with it
    ApiCall.objects.update(status=None, answer=None, started_at=timezone.now() - timedelta(minutes=11))

    answer = program.post(path, {"name": "Guests"}, key="one")

    assert answer.status_code == 201
    assert ApiCall.objects.get().status == 201


def test_after_a_day_a_key_is_forgotten(cast: Cast) -> None:
    program = program_of(cast.sender, cast.brand)
    program.post(f"/groups/{cast.store.pk}/audiences", {"name": "Guests"}, key="one")
    program.post(f"/groups/{cast.store.pk}/audiences", {"name": "Regulars"}, key="two")
    ApiCall.objects.filter(key="one").update(started_at=timezone.now() - idempotency.KEPT - timedelta(seconds=1))

    assert forget_old_calls() == 1

    assert list(ApiCall.objects.values_list("key", flat=True)) == ["two"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one connection write at a time")
@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_by_one_key_act_once() -> None:
    brand = a_brand(host_name="testserver")
    group, token = _somebody(brand)
    starting, answers = threading.Barrier(2), []

    def call() -> None:
        program = Program(token)
        starting.wait()
        answers.append(program.post(f"/groups/{group.pk}/audiences", {"name": "Guests"}, key="one"))
        connections.close_all()

    threads = [threading.Thread(target=call) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Audience.objects.count() == 1
    assert sorted(answer.status_code for answer in answers) in ([201, 201], [201, 409])


def _somebody(brand: Brand) -> tuple[Group, str]:
    group = root_group(brand)
    person = a_person(role=Role.ADMIN, group=group)
    return group, a_token(person, brand)[1]


def test_too_many_calls_of_a_minute_wait(cast: Cast, settings: Settings) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    program, other = program_of(cast.author, cast.brand), program_of(cast.sender, cast.brand)

    answers = [program.get("/me") for _number in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert kind_of(answers[2]) == "too-many-calls"
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert other.get("/me").status_code == 200


def test_what_is_wrong_is_said_at_its_field(cast: Cast) -> None:
    program = program_of(cast.sender, cast.brand)

    answer = program.post(f"/groups/{cast.store.pk}/audiences", {"nom": "Guests"})

    assert answer.status_code == 422
    assert answer.json() == {
        "type": "urn:smartersends:problem:invalid",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "Something in the request cannot be taken.",
        "errors": [
            {"field": "name", "message": "This is missing."},
            {"field": "nom", "message": "Nothing of this name is known here."},
        ],
    }


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "no-json"),
        (b'{"name": NaN}', "no-json"),
        (b'{"name": 1e999}', "no-json"),
        (b'{"name": "a\\u0000b"}', "no-json"),
        (b'{"name": "\\ud800"}', "no-json"),
        (b"[" * 100_000, "no-json"),
        (b"\xff", "no-json"),
        (b"null", "invalid"),
        (b'"text"', "invalid"),
        (b"{}" + b" " * (2 * 1024 * 1024), "too-large"),
    ],
)
def test_a_body_that_nobody_can_read_is_refused(cast: Cast, body: bytes, kind: str) -> None:
    program = program_of(cast.sender, cast.brand)
    headers = {"Authorization": f"Bearer {program.token}", "Idempotency-Key": str(uuid4())}

    answer: Any = program.client.post(
        f"/api/v1/groups/{cast.store.pk}/audiences", body, content_type="application/json", headers=headers
    )

    assert kind_of(answer) == kind
    assert not Audience.objects.exists()


def test_an_address_that_does_not_exist_answers_as_the_api_does(cast: Cast) -> None:
    answer = program_of(cast.author, cast.brand).get("/nothing")

    assert (answer.status_code, kind_of(answer)) == (404, "not-found")


def test_one_person_comes_onto_a_list_and_goes_from_it(cast: Cast) -> None:
    audience = an_audience(group=cast.store)
    program = program_of(cast.sender, cast.brand)
    person = {
        "email": "Jane@Example.com",
        "external_id": "J1",
        "consent_source": "Sign-up card",
        "consent_on": "2026-11-01",
        "consent_text": "Yes, send me news.",
        "statement": True,
    }

    added = program.post(f"/audiences/{audience.pk}/contacts", person)
    listed = program.get(f"/audiences/{audience.pk}/contacts").json()["items"]
    contact_id = added.json()["id"]
    gone = program.delete(f"/audiences/{audience.pk}/contacts/{contact_id}")

    assert added.status_code == 201
    assert added.json() == {"id": contact_id, "external_id": "J1", "audience_id": str(audience.pk)}
    assert [(one["email"], one["external_id"]) for one in listed] == [("jane@example.com", "J1")]
    assert gone.status_code == 204
    assert program.get(f"/audiences/{audience.pk}/contacts").json()["items"] == []


def test_nobody_comes_onto_a_list_without_having_agreed(cast: Cast) -> None:
    audience = an_audience(group=cast.store)

    answer = program_of(cast.sender, cast.brand).post(
        f"/audiences/{audience.pk}/contacts", {"email": "jane@example.com", "external_id": "J1", "statement": False}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "statement"
    audience.refresh_from_db()
    assert audience.size == 0


def test_a_list_that_is_kept_from_those_above_shows_them_nobody(cast: Cast) -> None:
    audience = an_audience(group=cast.store, contacts=2)
    Audience.objects.filter(pk=audience.pk).update(is_private=True)
    own, above = program_of(cast.sender, cast.brand), program_of(cast.admin, cast.brand)
    path = f"/audiences/{audience.pk}/contacts"

    assert len(own.get(path).json()["items"]) == 2
    assert above.get(path).status_code == 404
    assert above.get(f"/audiences/{audience.pk}").json()["size"] == 2


def test_a_contact_of_another_brand_does_not_exist(cast: Cast) -> None:
    theirs = a_contact(brand=cast.other_brand)
    program = program_of(cast.admin, cast.brand)

    for answer in (program.get(f"/contacts/{theirs.pk}"), program.delete(f"/contacts/{theirs.pk}")):
        assert (answer.status_code, kind_of(answer)) == (404, "not-found")
    theirs.refresh_from_db()
    assert theirs.erased_at is None


def test_rows_come_in_as_a_file_would(cast: Cast) -> None:
    audience = an_audience(group=cast.store)
    program = program_of(cast.sender, cast.brand)
    said = {
        "rows": [{"external_id": "J1", "email": "jane@example.com"}, {"external_id": "J2", "email": "nobody"}],
        "consent_source": "Card",
        "consent_on": "2026-11-01",
        "consent_text": "Yes.",
        "statement": True,
    }

    started = program.post(f"/audiences/{audience.pk}/rows", said)

    assert started.status_code == 202
    assert started.json()["state"] == "waiting"
    assert [column["target"] for column in started.json()["columns"]] == ["external_id", "email"]
    assert program.get(f"/imports/{started.json()['id']}").json()["audience_id"] == str(audience.pk)
