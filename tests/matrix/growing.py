"""Making many of everything that a page lists, so that a query for each of them shows."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

from django.db.models import Model, UUIDField
from django.db.models.base import ModelState
from django.utils import timezone

from campaigns.models import (
    Batch,
    Blackout,
    CannedReason,
    Comment,
    Delivery,
    DeliveryState,
    Image,
    ImageFolder,
    Mailing,
    Recipient,
    RestrictedWord,
    Review,
    ReviewRule,
    Snapshot,
    Snippet,
    SnippetVersion,
    Template,
    TestMail,
    TestState,
)
from groups.audit import record
from groups.models import (
    Attribute,
    Audience,
    AudienceMember,
    BrandRole,
    Contact,
    Group,
    Invitation,
    Membership,
    Notice,
    ScimToken,
    Suppression,
    User,
    UserField,
    UserFieldValue,
)
from tests.builders import a_group
from tests.matrix.things import Things


def like(numbers: range, model: type[Model], pk: object, **changes: Callable[[int], Any]) -> list[Any]:
    """Gives a copy of a row for each number; `changes` says what is another in it."""
    pattern = model._default_manager.get(pk=pk)
    rows = []
    for number in numbers:
        row = copy(pattern)
        row.pk = uuid.uuid4() if isinstance(model._meta.pk, UUIDField) else None
        row._state = ModelState()  # else all of them would share what they know of their foreign keys
        for name, change in changes.items():
            setattr(row, name, change(number))
        rows.append(row)
    return model._default_manager.bulk_create(rows)


def grow(things: Things, group: Group, reader: User, numbers: range) -> None:
    """Puts one more of everything beside the things of a group and of its brand for each number."""
    _people_and_groups(things, group, reader, numbers)
    _brand(things, numbers)
    _audiences(things, numbers)
    _mailings(things, reader, numbers)


def _people_and_groups(things: Things, group: Group, reader: User, numbers: range) -> None:
    for number in numbers:
        a_group(parent=group, code=f"MORE-{number}")
    people = like(
        numbers, User, things["person_id"], email=lambda n: f"more-{n}@northwind.example", name=lambda n: f"More {n}"
    )
    # Some are lent a role, some hold one for a while, some in the group and some further up.
    like(numbers, Membership, things["membership"], user=lambda n: people[n - numbers.start])
    Membership.objects.bulk_create(
        Membership(user=one, group_id=things["root"], role_id=things["role_approver"]) for one in people
    )
    own = Membership.objects.get(user=reader)
    like(
        numbers,
        Membership,
        things["delegation"],
        user=lambda n: people[n - numbers.start],
        group=lambda n: own.group,
        role=lambda n: own.role,
        delegated_from=lambda n: own,
    )
    like(
        numbers,
        Invitation,
        things["invitation_id"],
        email=lambda n: f"late-{n}@x.example",
        secret_sha256=lambda n: f"s{n}",
    )
    like(numbers, Notice, things["notice_id"], person=lambda n: reader, about=lambda n: f"mailing:{n}")
    for person in people:
        record("member.changed", actor=person, target=person, group=group, role="read_only")


def _brand(things: Things, numbers: range) -> None:
    fields = like(numbers, UserField, things["user_field_id"], key=lambda n: f"fact{n}")
    UserFieldValue.objects.bulk_create(
        UserFieldValue(user_id=things["person_id"], field=field, value="CA-1") for field in fields
    )
    like(numbers, BrandRole, things["role_id"], key=lambda n: f"own-{n}", name=lambda n: f"Role {n}")
    like(numbers, ScimToken, things["token_id"], digest=lambda n: f"digest {n}")
    like(numbers, Template, things["template_id"], slug=lambda n: f"more-{n}", name=lambda n: f"More {n}")
    parts = like(numbers, Snippet, things["snippet_id"], name=lambda n: f"more_{n}")
    first = Snippet.objects.get(pk=things["snippet_id"]).versions.get()
    like(numbers, SnippetVersion, first.pk, snippet=lambda n: parts[n - numbers.start])
    like(numbers, Attribute, things["attribute_id"], name=lambda n: f"more_{n}", braze_name=lambda n: f"more_{n}")
    like(numbers, RestrictedWord, things["word_id"], text=lambda n: f"word {n}", compared=lambda n: f"word {n}")
    like(numbers, ReviewRule, things["rule_id"], larger_than=lambda n: n + 1)
    like(numbers, CannedReason, things["reason_id"], text=lambda n: f"Reason {n}")


def _audiences(things: Things, numbers: range) -> None:
    like(numbers, Audience, things["audience_id"], name=lambda n: f"List {n}")
    like(numbers, Audience, things["filter_id"], name=lambda n: f"Filter {n}")
    like(numbers, Audience, things["segment_audience"], name=lambda n: f"Segment {n}", segment_id=lambda n: f"s-{n}")
    people = like(
        numbers,
        Contact,
        things["contact_id"],
        external_id=lambda n: f"more-{n}",
        email=lambda n: f"c{n}@x.example",
        token=lambda n: f"more-{n}",
    )
    AudienceMember.objects.bulk_create(
        AudienceMember(audience_id=things["audience_id"], contact=person) for person in people
    )
    like(numbers, Suppression, things["suppression_id"], address=lambda n: f"shut-{n}@x.example")
    like(numbers, ImageFolder, things["folder_id"], name=lambda n: f"Folder {n}", slug=lambda n: f"folder-{n}")
    like(numbers, Image, things["image_id"], sha256=lambda n: f"sha {n}", name=lambda n: f"Picture {n}")
    like(numbers, Blackout, things["blackout_id"])


def _mailings(things: Things, reader: User, numbers: range) -> None:
    like(numbers, Mailing, things["draft"], name=lambda n: f"Draft {n}")
    like(numbers, Mailing, things["outdated"], name=lambda n: f"Outdated {n}")
    waiting = like(numbers, Mailing, things["waiting"], name=lambda n: f"Waiting {n}")
    like(numbers, Review, things["review_id"], mailing=lambda n: waiting[n - numbers.start])
    like(numbers, Snapshot, things["snapshot_id"], revision=lambda n: n + 100)
    like(numbers, Comment, things["comment_id"], text=lambda n: f"Comment {n}")
    sent = like(numbers, Mailing, things["rest"], name=lambda n: f"Sent {n}")
    deliveries = like(numbers, Delivery, things["delivery_id"], mailing=lambda n: sent[n - numbers.start])
    _ledger(things, deliveries, numbers)
    draft = Mailing.objects.get(pk=things["draft"])
    TestMail.objects.bulk_create(
        TestMail(
            group=draft.group,
            mailing=draft,
            revision=draft.revision,
            digest="0",
            tester=reader,
            asked_by=reader,
            state=TestState.ACCEPTED,
            planned_for=timezone.now(),
        )
        for _number in numbers
    )


def _ledger(things: Things, deliveries: Sequence[Delivery], numbers: range) -> None:
    batches = like(numbers, Batch, things["batch_id"], delivery=lambda n: deliveries[n - numbers.start])
    like(numbers, Batch, things["batch_id"], number=lambda n: n + 2)
    Recipient.objects.bulk_create(
        Recipient(delivery=batch.delivery, batch=batch, contact_id=things["contact_id"], address="a@x.example")
        for batch in batches
    )
    like(numbers, Delivery, things["delivery_id"], state=lambda n: DeliveryState.SETTLED)
