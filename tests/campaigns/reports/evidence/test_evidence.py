"""The evidence pack: byte for byte what Braze was given, with a manifest, and no recipient without the right."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Delivery, Review
from campaigns.reports.evidence.archive import PIECE, Piece, zipped
from campaigns.review.deciding import approve
from campaigns.review.services import submit
from groups.models import Brand, Event, Group, ReviewPolicy, Workspace
from groups.roles import Role
from tests.builders import a_group, a_person
from tests.campaigns.builders import a_mailing, a_planned, a_staged
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def delivery(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> Delivery:
    """Gives a delivery to three people that Braze has."""
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    mailing = a_mailing(group=group, values={"headline": "Grüße & <Kaffee>"})
    return a_staged(mailing, workspace)


def pack_of(client: Client, delivery: Delivery, **form: str) -> ZipFile:
    response: Any = client.post(reverse("campaigns:mailing-evidence", args=[delivery.mailing_id]), form)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/zip"
    return ZipFile(io.BytesIO(response.getvalue()))


def fact(pack: ZipFile, name: str) -> Any:
    return json.loads(pack.read(name))


def test_the_mail_in_the_pack_is_byte_for_byte_what_braze_was_given(
    client: Client, delivery: Delivery, sandbox: RunningSandbox
) -> None:
    client.force_login(a_person(role=Role.READ_ONLY, group=delivery.mailing.group))

    pack = pack_of(client, delivery)

    (body,) = sandbox.bodies("/messages/schedule/create")
    given = body["messages"]["email"]
    assert pack.read("delivery-1/message.html") == given["body"].encode()
    assert pack.read("delivery-1/message.txt") == given["plaintext_body"].encode()
    envelope = fact(pack, "delivery-1/envelope.json")
    assert (envelope["subject"], envelope["from"]) == (given["subject"], given["from"])
    assert fact(pack, "values.json")["headline"] == "Grüße & <Kaffee>"
    assert pack.testzip() is None


def test_the_manifest_has_the_digest_of_every_other_file(client: Client, delivery: Delivery) -> None:
    reader = a_person(role=Role.READ_ONLY, group=delivery.mailing.group)
    client.force_login(reader)

    pack = pack_of(client, delivery)

    manifest = fact(pack, "manifest.json")
    assert manifest["made_for"] == {"name": reader.name, "email": reader.email}
    assert {one["name"] for one in manifest["files"]} == set(pack.namelist()) - {"manifest.json"}
    for one in manifest["files"]:
        content = pack.read(one["name"])
        assert (one["sha256"], one["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content)), one["name"]


def test_the_pack_says_how_it_was_handed_over_and_from_what_it_was_made(client: Client, delivery: Delivery) -> None:
    client.force_login(a_person(role=Role.READ_ONLY, group=delivery.mailing.group))

    pack = pack_of(client, delivery)

    version = delivery.mailing.version
    handed_over, template = fact(pack, "delivery-1/delivery.json"), fact(pack, "template.json")
    assert (handed_over["digest"], handed_over["send_id"]) == (delivery.digest, delivery.send_id)
    assert handed_over["proof_of_the_brand_lock"] == delivery.proof
    assert handed_over["people_by_state"] == {"accepted": 3}
    assert (template["version"], template["digest_sha256"]) == (version.number, version.digest)
    (told,) = fact(pack, "audience.json")["deliveries"]
    assert (told["frozen"], told["planned"], told["left_out"]) == (3, 3, {})
    head, row = csv.reader(io.StringIO(pack.read("delivery-1/batches.csv").decode("utf-8-sig")))
    assert dict(zip(head, row, strict=True))["Dispatch ID"] == delivery.batches.get().dispatch_id
    assert fact(pack, "report.json")["delivered"] is None


def test_the_pack_says_who_wrote_and_who_approved_in_their_words(
    client: Client, group: Group, workspace: Workspace
) -> None:
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    mailing = a_mailing(group=group, author=a_person(role=Role.LOCAL_AUTHOR, group=group))
    Brand.objects.filter(pk=group.brand_id).update(review_policy=ReviewPolicy.ONE_LEVEL)
    mailing.refresh_from_db()
    submit(mailing=mailing, actor=mailing.author, note="For the opening")
    approver = a_person(role=Role.APPROVER, group=group)
    review = Review.objects.get(mailing=mailing)
    approve(review=review, actor=approver, digest=review.digest)
    client.force_login(a_person(role=Role.READ_ONLY, group=group))

    pack = pack_of(client, mailing.deliveries.get())

    (submission,) = fact(pack, "approvals.json")
    (decision,) = submission["decisions"]
    assert fact(pack, "mailing.json")["author"]["name"] == mailing.author.name
    assert (submission["note"], submission["submitted_by"]["name"]) == ("For the opening", mailing.author.name)
    assert (decision["person"]["name"], decision["verdict"]) == (approver.name, "yes")
    assert decision["digest"] == mailing.deliveries.get().digest


def test_without_the_right_to_export_recipients_nobody_is_named_and_asking_for_them_finds_nothing(
    client: Client, delivery: Delivery
) -> None:
    mailing = delivery.mailing
    addresses = list(delivery.recipients.values_list("address", flat=True))
    external_ids = list(delivery.recipients.values_list("contact__external_id", flat=True))
    client.force_login(a_person(role=Role.BRAND_MANAGER, group=mailing.group))

    pack = pack_of(client, delivery)
    refused = client.post(reverse("campaigns:mailing-evidence", args=[mailing.pk]), {"recipients": "yes"})

    everything = b"\n".join(pack.read(name) for name in pack.namelist()).decode()
    assert len(addresses) == 3
    assert [one for one in (*addresses, *external_ids) if one in everything] == []
    assert "recipients.csv" not in pack.namelist()
    assert refused.status_code == 404
    assert not Event.objects.filter(action="mailing.recipients_exported").exists()
    assert Event.objects.filter(action="mailing.evidence_exported").count() == 1


def test_with_the_right_and_the_wish_everybody_stands_there_and_both_are_recorded(
    client: Client, delivery: Delivery
) -> None:
    admin = a_person(role=Role.ADMIN, group=delivery.mailing.group)
    client.force_login(admin)

    without = pack_of(client, delivery)
    pack = pack_of(client, delivery, recipients="yes")

    rows = list(csv.reader(io.StringIO(pack.read("recipients.csv").decode("utf-8-sig"))))
    assert {row[2] for row in rows[1:]} == set(delivery.recipients.values_list("address", flat=True))
    assert "recipients.csv" not in without.namelist()
    events = Event.objects.filter(target_id=str(delivery.mailing_id), actor=admin).order_by("pk")
    assert [(event.action, event.detail.get("with_recipients")) for event in events] == [
        ("mailing.evidence_exported", False),
        ("mailing.recipients_exported", None),
        ("mailing.evidence_exported", True),
    ]


def test_a_stranger_gets_nothing_and_nothing_is_recorded(client: Client, delivery: Delivery) -> None:
    client.force_login(a_person(role=Role.ADMIN, group=a_group(brand=delivery.mailing.group.brand)))

    answer = client.post(reverse("campaigns:mailing-evidence", args=[delivery.mailing_id]))

    assert answer.status_code == 404
    assert not Event.objects.filter(action="mailing.evidence_exported").exists()


def test_before_anything_was_handed_over_there_is_no_evidence(client: Client, group: Group) -> None:
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    mailing = a_mailing(group=group)
    client.force_login(mailing.author)

    answer = client.post(reverse("campaigns:mailing-evidence", args=[mailing.pk]))

    assert answer.status_code == 302
    assert not Event.objects.filter(action="mailing.evidence_exported").exists()


def test_a_large_file_passes_through_without_being_gathered(delivery: Delivery) -> None:
    block = hashlib.sha512(b"seed").digest() * 4096
    parts = zipped([Piece("large.bin", (bytes([number]) + block for number in range(40)))], {}, delivery.created_at)

    sizes, whole = [], b""
    for part in parts:
        sizes.append(len(part))
        whole += part

    assert ZipFile(io.BytesIO(whole)).getinfo("large.bin").file_size == 40 * (len(block) + 1)
    assert max(sizes) < 4 * PIECE


def test_what_only_waits_is_evidence_too(client: Client, group: Group, workspace: Workspace) -> None:
    Brand.objects.filter(pk=group.brand_id).update(host_name="testserver")
    planned = a_planned(a_mailing(group=group), workspace)
    client.force_login(planned.mailing.author)

    assert fact(pack_of(client, planned), "delivery-1/delivery.json")["people_by_state"] == {"waiting": 3}
