"""Retention of contacts: who was not used for long is forgotten, and nobody is mailed again because of it."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from groups.audiences.queries import suppressed_by
from groups.models import Audience, Brand, Contact, Event, Group, Suppression, SuppressionReason, SyncState
from groups.retention import own, rules
from groups.retention.services import CHUNK, apply, foretell
from groups.retention.tasks import apply_rules
from tests.builders import a_contact, a_group, an_audience

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(days=400)


@pytest.fixture(autouse=True)
def a_year(settings: Settings) -> None:
    """Keeps contacts for a year."""
    settings.RETENTION_CONTACTS_DAYS = 365


@pytest.fixture
def group(db: None) -> Group:
    """Gives a store."""
    return a_group()


def an_old_contact(group: Group, *, audience: Audience | None = None, **columns: object) -> Contact:
    """Gives somebody whom nobody has touched for more than a year; Braze has them."""
    with time_machine.travel(LONG_AGO):
        contact = a_contact(brand=group.brand, audience=audience, sync_state=SyncState.SYNCED)
    Contact.objects.filter(pk=contact.pk).update(**columns)
    contact.refresh_from_db()
    return contact


def gone(name: str = "contacts") -> int | None:
    """Applies the rules, and gives how many rows one of them took."""
    found, is_more = apply(limit_seconds=60)
    assert not is_more
    return next(finding.count for finding in found if finding.rule.name == name)


def test_somebody_without_any_trace_goes_altogether_and_the_trail_says_how_many(group: Group) -> None:
    with time_machine.travel(LONG_AGO):
        audience = an_audience(group=group)
    old = an_old_contact(group, audience=audience)
    fresh = a_contact(brand=group.brand, audience=audience, sync_state=SyncState.SYNCED)

    number = gone()

    event = Event.objects.get(action="retention.applied")
    audience.refresh_from_db()
    assert number == 1
    assert not Contact.objects.filter(pk=old.pk).exists()
    assert Contact.objects.filter(pk=fresh.pk).exists()
    assert audience.size == 1
    assert (event.brand, event.detail) == (group.brand, {"rule": "contacts", "days": 365, "count": 1})
    assert gone() == 0


def test_the_proof_of_consent_stays_without_address_and_attributes(group: Group) -> None:
    old = an_old_contact(group, consent_source="Till", consent_on=date(2024, 1, 2), consent_text="Yes, please")
    address = old.email

    gone()

    old.refresh_from_db()
    assert (old.consent_source, str(old.consent_on), old.consent_text) == ("Till", "2024-01-02", "Yes, please")
    assert old.email.endswith("@forgotten.invalid")
    assert address not in repr(vars(old))
    assert (old.attributes, old.synced) == ({}, {})
    assert gone() == 0


def test_whoever_unsubscribed_stays_shut_by_contact_and_by_address(group: Group) -> None:
    old = an_old_contact(group)
    Suppression.objects.create(contact=old, brand=group.brand, address=old.email, reason=SuppressionReason.UNSUBSCRIBED)
    address = old.email

    gone()
    back = a_contact(brand=group.brand, email=address, external_id="new-id")

    shut = Contact.objects.filter(suppressed_by(group))
    assert Suppression.objects.get().address == address
    assert set(shut.values_list("pk", flat=True)) == {old.pk, back.pk}


@pytest.mark.parametrize(
    "columns",
    [{"sync_state": SyncState.PENDING}, {"updated_at": timezone.now()}, {"erased_at": timezone.now()}],
    ids=["waits for Braze", "was changed", "was erased"],
)
def test_whoever_is_used_or_erased_is_left_alone(group: Group, columns: dict[str, object]) -> None:
    old = an_old_contact(group, **columns)

    assert gone() == 0
    assert Contact.objects.get().email == old.email


def test_whoever_came_onto_a_list_lately_is_left_alone(group: Group) -> None:
    old = an_old_contact(group)
    an_audience(group=group).members.create(contact=old)

    assert gone() == 0


def test_nothing_goes_by_default_and_a_dry_run_changes_nothing(group: Group, settings: Settings) -> None:
    an_old_contact(group)
    printed = StringIO()

    call_command("retention", "--dry-run", stdout=printed)
    settings.RETENTION_CONTACTS_DAYS = 0
    kept = {finding.rule.name: finding.count for finding in foretell()}
    apply_rules()

    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in printed.getvalue().splitlines()}
    assert lines["contacts"] == "1 would go, older than 365 days"
    assert lines["images"] == "kept for ever (RETENTION_IMAGES_DAYS=0)"
    assert kept == dict.fromkeys(lines) | {"sessions": 0}
    assert Contact.objects.count() == 1


def test_many_go_in_chunks_of_their_own(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(5):
        an_old_contact(group)
    monkeypatch.setattr("groups.retention.services.CHUNK", 2)

    number = gone()

    assert CHUNK == 500
    assert number == 5
    counts = Event.objects.filter(action="retention.applied").values_list("detail__count", flat=True)
    assert sorted(counts) == [1, 2, 2]


def test_time_that_is_up_leaves_the_rest_for_the_next_round(group: Group) -> None:
    an_old_contact(group)

    found, is_more = apply(limit_seconds=0)

    assert (found[0].count, is_more) == (0, True)
    assert Contact.objects.count() == 1


def test_each_brand_is_told_its_own_count_alone(group: Group) -> None:
    other = a_group()
    an_old_contact(group)
    an_old_contact(other)
    an_old_contact(other)

    gone()

    counts = Event.objects.filter(action="retention.applied").values_list("brand", "detail__count")
    assert dict(counts) == {group.brand_id: 1, other.brand_id: 2}
    assert Brand.objects.count() == 2


def test_every_rule_has_its_setting_and_keeps_for_ever_unless_told(settings: Settings) -> None:
    settings.RETENTION_CONTACTS_DAYS = 0
    known = {rule.name: rule.days for rule in rules.rules()}

    assert {rule.name for rule in own.RULES} < known.keys()
    assert {name: days for name, days in known.items() if days} == {"sessions": 1}
