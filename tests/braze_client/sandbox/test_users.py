"""Profiles written by users.track and read back by users.export.ids."""

from __future__ import annotations

import pytest

from tests.braze_client.sandbox.builders import Desk, a_person


@pytest.mark.contract("B-TRK-1", "B-TRK-4")
async def test_the_75th_object_is_taken_and_the_76th_sinks_the_call() -> None:
    desk = Desk()
    event = {"external_id": "C1", "name": "visited", "time": "2026-03-01T10:00:00Z"}

    refused = await desk.post("/users/track", {"attributes": [a_person(i) for i in range(75)], "events": [event]})
    taken = await desk.post("/users/track", {"attributes": [a_person(i) for i in range(74)], "events": [event]})

    assert (refused.status_code, refused.json()) == (400, {"message": "Max Input Length Exceeded"})
    assert taken.json() == {"attributes_processed": 74, "events_processed": 1, "message": "success"}


@pytest.mark.contract("B-TRK-1")
async def test_a_legacy_workspace_takes_75_in_each_array() -> None:
    desk = Desk(has_legacy_track_limit=True)
    event = {"external_id": "C1", "name": "visited", "time": "2026-03-01T10:00:00Z"}

    reply = await desk.post("/users/track", {"attributes": [a_person(i) for i in range(75)], "events": [event] * 75})

    assert reply.status_code == 201


@pytest.mark.contract("B-TRK-13", "B-TRK-15")
async def test_refused_objects_are_named_by_array_and_index_and_have_no_effect() -> None:
    desk = Desk()

    reply = await desk.post(
        "/users/track",
        {
            "attributes": [
                a_person(1),
                a_person(2, email_subscribe="maybe"),
                a_person(3, braze_id="0" * 24),
                {"first_name": "Nobody"},
                a_person(5, email="no-address"),
            ],
            "events": [{"external_id": "C1", "time": "2026-03-01T10:00:00Z"}],
        },
    )

    assert reply.status_code == 201
    assert reply.json() == {
        "attributes_processed": 1,
        "events_processed": 0,
        "message": "success",
        "errors": [
            {
                "type": "'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'",
                "input_array": "attributes",
                "index": 1,
            },
            {
                "type": "You must specify only one of 'external_id', 'user_alias' or 'braze_id'",
                "input_array": "attributes",
                "index": 2,
            },
            {
                "type": "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
                "input_array": "attributes",
                "index": 3,
            },
            {
                "type": "The value provided for the 'email' field is not a valid email.",
                "input_array": "attributes",
                "index": 4,
            },
            {"type": "'name' is required", "input_array": "events", "index": 0},
        ],
    }
    assert [one.external_id for one in desk.app.workspace.profiles] == ["C1"]


@pytest.mark.parametrize("body", [{}, {"attributes": []}, {"attributes": [{"first_name": "x"}]}])
async def test_a_call_without_anything_valid_is_400__contract_5_6(body: dict[str, object]) -> None:
    reply = await Desk().post("/users/track", body)

    assert reply.status_code == 400
    assert reply.json()["message"].startswith("Valid data must be provided in the 'attributes'")


@pytest.mark.contract("B-TRK-11")
async def test_date_looking_strings_come_back_as_moments_and_null_removes() -> None:
    desk = Desk()
    await desk.people(a_person(last_visit="2026-09-15", tier="gold", code="2026-99-99"))

    await desk.people({"external_id": "C1", "tier": None})

    custom = (await desk.export("C1"))["custom_attributes"]
    assert custom == {"last_visit": "2026-09-15T00:00:00.000Z", "code": "2026-99-99"}


async def test_only_what_is_sent_changes() -> None:
    desk = Desk()
    await desk.people(a_person(tier="gold"))

    await desk.people({"external_id": "C1", "last_name": "Lee"})

    person = await desk.export("C1", "first_name", "last_name", "email", "custom_attributes")
    assert person == {
        "first_name": "Name1",
        "last_name": "Lee",
        "email": "c1@example.com",
        "custom_attributes": {"tier": "gold"},
    }


@pytest.mark.parametrize(
    ("before", "sent", "after"),
    [
        (["a"], ["hotdog", "hotdog", "pizza"], ["hotdog", "pizza"]),
        (["a", "b"], {"add": ["a", "c"]}, ["b", "a", "c"]),
        (["a", "b"], {"remove": ["a"]}, ["b"]),
        (["a", "b"], {"add": ["c"], "remove": ["a"]}, ["b", "c"]),
        (3, {"inc": -1}, 2),
        ({"x": 1, "y": {"z": 1}}, {"y": {"w": 2}}, {"y": {"w": 2}}),
    ],
)
async def test_arrays_increments_and_objects_change_as_documented__contract_5_4(
    before: object, sent: object, after: object
) -> None:
    desk = Desk()
    await desk.people(a_person(value=before))

    await desk.people({"external_id": "C1", "value": sent})

    assert (await desk.export("C1"))["custom_attributes"] == {"value": after}


async def test_objects_merge_deeply_when_asked__contract_5_4() -> None:
    desk = Desk()
    await desk.people(a_person(value={"x": 1, "y": {"z": 1}}))

    await desk.people({"external_id": "C1", "_merge_objects": True, "value": {"y": {"w": 2}}})

    assert (await desk.export("C1"))["custom_attributes"] == {"value": {"x": 1, "y": {"z": 1, "w": 2}}}


async def test_arrays_are_cut_at_the_limit_without_an_error() -> None:
    desk = Desk(array_elements=3)

    await desk.people(a_person(value=[1, 2, 3, 4]))

    assert (await desk.export("C1"))["custom_attributes"] == {"value": [1, 2, 3]}


async def test_an_alias_makes_nobody_unless_asked_and_an_update_only_object_makes_nobody() -> None:
    desk = Desk()
    alias = {"alias_label": "card", "alias_name": "77"}

    await desk.people({"user_alias": alias}, {"external_id": "C9", "_update_existing_only": True})
    assert len(desk.app.workspace.profiles) == 0

    await desk.people({"user_alias": alias, "_update_existing_only": False})
    assert len(desk.app.workspace.profiles) == 1


@pytest.mark.contract("B-TRK-8")
async def test_an_address_finds_the_profile_with_an_external_id_first() -> None:
    desk = Desk()
    await desk.people(a_person(1, email="same@example.com"))
    await desk.people({"email": "same@example.com", "first_name": "Found"})

    people = list(desk.app.workspace.profiles)

    assert [(one.external_id, one.fields["first_name"]) for one in people] == [("C1", "Found")]


@pytest.mark.contract("B-TRK-10")
async def test_an_unsubscribe_reaches_every_profile_with_the_address() -> None:
    desk = Desk()
    await desk.people(a_person(1, email="same@example.com"), a_person(2, email="Same@example.com"))

    await desk.people({"external_id": "C1", "email_subscribe": "unsubscribed"})

    assert (await desk.export("C2", "email_subscribe")) == {"email_subscribe": "unsubscribed"}


@pytest.mark.contract("B-TRK-18")
async def test_writes_stay_invisible_until_they_have_propagated() -> None:
    desk = Desk(propagation_seconds=5)
    await desk.people(a_person())

    early = await desk.post("/users/export/ids", {"external_ids": ["C1"], "fields_to_export": ["email"]})
    desk.now += 5
    late = await desk.post("/users/export/ids", {"external_ids": ["C1"], "fields_to_export": ["email"]})

    assert early.json() == {"users": [], "invalid_user_ids": ["C1"], "message": "success"}
    assert late.json() == {"users": [{"email": "c1@example.com"}], "message": "success"}


@pytest.mark.contract("B-EXP-4", "B-EXP-5")
async def test_export_lists_unknown_ids_and_omits_what_is_empty() -> None:
    desk = Desk()
    await desk.people({"external_id": 12345, "email": "n@example.com"})

    reply = await desk.post(
        "/users/export/ids",
        {"external_ids": ["12345", "ghost"], "fields_to_export": ["external_id", "email", "first_name"]},
    )

    assert reply.status_code == 201
    assert reply.json() == {
        "users": [{"external_id": "12345", "email": "n@example.com"}],
        "invalid_user_ids": ["ghost"],
        "message": "success",
    }


@pytest.mark.parametrize(
    "body",
    [
        {"external_ids": [f"C{i}" for i in range(51)], "fields_to_export": ["email"]},
        {"external_ids": ["C1"]},
        {"external_ids": ["C1"], "fields_to_export": ["shoe_size"]},
        {"fields_to_export": ["email"]},
        {"email_address": "a@example.com", "phone": "+1", "fields_to_export": ["email"]},
    ],
)
@pytest.mark.contract("B-EXP-1", "B-EXP-2")
async def test_export_refuses_what_the_contract_forbids(body: dict[str, object]) -> None:
    assert (await Desk().post("/users/export/ids", body)).status_code == 400


async def test_deleted_people_are_gone_and_counted() -> None:
    desk = Desk()
    await desk.people(a_person(1), a_person(2))

    reply = await desk.post("/users/delete", {"external_ids": ["C1", "ghost"]})
    empty = await desk.post("/users/delete", {})

    assert (reply.status_code, reply.json()) == (201, {"deleted": 1, "message": "success"})
    assert empty.status_code == 400
    assert [one.external_id for one in desk.app.workspace.profiles] == ["C2"]
    assert desk.app.workspace.profiles.with_email("c1@example.com") == []


async def test_objects_in_an_array_are_added_changed_and_removed_by_a_key() -> None:
    desk = Desk()
    rooms = [{"id": 1, "beds": 2}, {"id": 2, "beds": 1}]
    await desk.people(a_person(rooms=rooms))

    await desk.people(
        a_person(
            rooms={
                "$add": [{"id": 3, "beds": 4}],
                "$update": [{"$identifier_key": "id", "$identifier_value": 1, "$new_object": {"beds": 3}}],
                "$remove": [{"$identifier_key": "id", "$identifier_value": 2}],
            }
        )
    )

    exported = await desk.export("C1")
    assert exported["custom_attributes"]["rooms"] == [{"id": 1, "beds": 3}, {"id": 3, "beds": 4}]


@pytest.mark.contract("B-TRK-11")
@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("12/24/2026", "2026-12-24T00:00:00.000Z"),
        ("2026-12-24 18:30:00", "2026-12-24T18:30:00.000Z"),
        ("2026-12-24T18:30:00+01:00", "2026-12-24T17:30:00.000Z"),
        ("3001-01-01", "3001-01-01"),
        ("2026-13-45", "2026-13-45"),
        ("24.12.2026", "24.12.2026"),
    ],
)
async def test_dates_in_any_of_brazes_forms_come_back_as_moments(sent: str, read: str) -> None:
    desk = Desk()
    await desk.people(a_person(day=sent))

    assert (await desk.export("C1"))["custom_attributes"]["day"] == read
