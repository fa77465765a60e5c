"""A large brand: groups from a file, people, contacts on a list of each store, and mailings in all states."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from campaigns.models import Mailing, TemplateVersion
    from groups.models import Audience, Brand, BrandRole, Group, User, Workspace

ADMIN: Final = "admin@northwind.example"
AUTHOR: Final = "author@northwind.example"
PASSWORD: Final = "a-password-of-the-benchmark"
_REGIONS, _DISTRICTS = 10, 100
_MEMBERS_A_GROUP: Final = 4
_CONTACTS_A_STORE: Final = 200
_MAILINGS_A_STORE: Final = 20
_MOST_REVIEWS: Final = 500
"""Mailings that wait for approval at once, in the whole brand."""
_PIECE: Final = 5_000
_SYLLABLES: Final = ("ma", "ri", "lo", "ke", "an", "so", "vi", "da", "ne", "ju", "ta", "bel", "cor", "el", "fin", "gre")


@dataclass(frozen=True, slots=True)
class Places:
    """The ids that the addresses of pages need, and how much of everything there is."""

    root_id: UUID
    store_id: UUID
    list_id: UUID
    contact_id: UUID
    draft_id: UUID
    sent_id: UUID
    sizes: dict[str, int] = field(default_factory=dict)


def fill(number: int) -> Places:
    """Makes a brand with so many groups and all that belongs to them, in an empty database."""
    from django.core.management import call_command
    from django.db import connection

    from bench.delivery.filling import a_brand
    from groups.models import Brand, Group, Membership, User, Workspace
    from groups.people.roles import role_of
    from groups.roles import Role

    call_command("migrate", verbosity=0)
    brand = a_brand()
    Brand.objects.filter(pk=brand.pk).update(slug="northwind")
    root = Group.objects.get(brand=brand, parent=None)
    stores = _groups(brand, root, number)
    people = _people(role_of(brand, Role.LOCAL_AUTHOR), stores)
    for email, group, role in ((ADMIN, root, Role.ADMIN), (AUTHOR, stores[7], Role.LOCAL_SENDER)):
        user = User.objects.create_user(email, PASSWORD, name=email.partition("@")[0].title())
        Membership.objects.create(user=user, group=group, role=role_of(brand, role))
    lists = _contacts(brand, stores)
    draft, sent = _mailings(stores, lists, people, Workspace.objects.get(brand=brand))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    member = lists[7].members.order_by("pk").first()
    assert member is not None
    connection.close()
    return Places(
        root_id=root.pk,
        store_id=stores[7].pk,
        list_id=lists[7].pk,
        contact_id=member.contact_id,
        draft_id=draft.pk,
        sent_id=sent.pk,
        sizes={
            "groups": number,
            "members": len(people),
            "contacts": len(stores) * _CONTACTS_A_STORE,
            "mailings": len(stores) * _MAILINGS_A_STORE,
        },
    )


def _groups(brand: Brand, root: Group, number: int) -> list[Group]:
    from groups.models import Group
    from groups.tree.importing import import_groups

    rows = [f"r-{n},Region {n},{root.code},,,,," for n in range(_REGIONS)]
    rows += [f"d-{n},District {n},r-{n % _REGIONS},,,,," for n in range(_DISTRICTS)]
    rows += [
        f"s-{n},Store {n},d-{n % _DISTRICTS},v-{n},1420 NW Lovejoy Street,97209,Portland,US"
        for n in range(number - 1 - _REGIONS - _DISTRICTS)
    ]
    head = "code,name,parent,message_variation_id,street,postal_code,city,country"
    report = import_groups(brand=brand, file=io.BytesIO("\n".join((head, *rows)).encode()), actor=None)
    if report.errors or Group.objects.count() != number:
        raise RuntimeError(f"The file of groups was not imported: {report.errors[:3]}")
    return list(Group.objects.filter(brand=brand, code__startswith="s-").order_by("code"))


def _people(role: BrandRole, stores: Sequence[Group]) -> list[User]:
    from groups.models import Membership, User

    number = len(stores) * _MEMBERS_A_GROUP
    people = User.objects.bulk_create(
        (User(email=f"person-{n}@example.com", name=f"Person {n}", password="!") for n in range(number)),
        batch_size=500,
    )
    Membership.objects.bulk_create(
        (Membership(user=user, group=stores[n % len(stores)], role=role) for n, user in enumerate(people)),
        batch_size=500,
    )
    return people


def _contacts(brand: Brand, stores: Sequence[Group]) -> list[Audience]:
    from django.utils import timezone

    from groups.models import Audience, AudienceMember, Contact, SyncState

    lists = Audience.objects.bulk_create(
        [Audience(group=store, name="Regulars", size=_CONTACTS_A_STORE) for store in stores], batch_size=500
    )
    now = timezone.now()
    names = _names()
    for first in range(0, len(stores) * _CONTACTS_A_STORE, _PIECE):
        numbers = range(first, min(first + _PIECE, len(stores) * _CONTACTS_A_STORE))
        people = Contact.objects.bulk_create(
            Contact(
                brand=brand,
                external_id=f"C{n:08}",
                email=f"{name}.{n}@example.com",
                attributes={"first_name": name.title()},
                sync_state=SyncState.SYNCED,
                first_synced_at=now,
                synced_at=now,
            )
            for n, name in zip(numbers, names, strict=False)
        )
        AudienceMember.objects.bulk_create(
            AudienceMember(audience=lists[n // _CONTACTS_A_STORE], contact=person)
            for n, person in zip(numbers, people, strict=True)
        )
    return lists


def _names() -> Iterator[str]:
    chance = random.Random(7)
    while True:
        yield "".join(chance.choices(_SYLLABLES, k=3))


def _mailings(
    stores: Sequence[Group], lists: Sequence[Audience], people: Sequence[User], workspace: Workspace
) -> tuple[Mailing, Mailing]:
    """Gives each store its mailings, most of them sent; gives a draft and a sent one of the eighth store."""
    from django.utils import timezone

    from campaigns.models import Mailing, Template

    version = Template.objects.get(brand=stores[0].brand).current
    assert version is not None
    now = timezone.now()
    made: list[Mailing] = []
    for first in range(0, len(stores), 250):
        some = range(first, min(first + 250, len(stores)))
        piece = Mailing.objects.bulk_create(
            _mailing(stores[place], lists[place], people[place], version, number, now)
            for place in some
            for number in range(_MAILINGS_A_STORE)
        )
        _hand_over([one for one in piece if one.state == "sent"], workspace, now)
        if first == 0:
            made = [one for one in piece if one.group_id == stores[7].pk]
    _submit(now)
    return made[0], made[-1]


def _mailing(
    store: Group, audience: Audience, author: User, version: TemplateVersion, number: int, now: datetime
) -> Mailing:
    """Two drafts, one that waits for approval, one that is scheduled, and the rest sent, a week apart."""
    from campaigns.models import Mailing, MailingState

    states = (MailingState.DRAFT, MailingState.DRAFT, MailingState.IN_APPROVAL, MailingState.SCHEDULED)
    state = states[number] if number < len(states) else MailingState.SENT
    at = now + timedelta(days=2 + number) if number < len(states) else now - timedelta(days=7 * (number - 3))
    return Mailing(
        group=store,
        version=version,
        name=f"Mailing {number} of {store.name}",
        values={"headline": f"News {number}"},
        audience=audience,
        send_at=None if state == MailingState.DRAFT else at,
        state=state,
        author=author,
    )


def _hand_over(mailings: Sequence[Mailing], workspace: Workspace, now: datetime) -> None:
    from campaigns.models import Batch, BatchState, Delivery, DeliveryState, ReportDay
    from campaigns.reports.totals import refresh

    deliveries = Delivery.objects.bulk_create(
        Delivery(
            mailing=mailing,
            workspace=workspace,
            route=mailing.route,
            state=DeliveryState.SETTLED,
            digest="0" * 64,
            campaign_id=workspace.campaign_id,
            is_now=False,
            go_at=mailing.send_at,
            frozen=_CONTACTS_A_STORE,
            judged=_CONTACTS_A_STORE,
            batch_count=4,
            started_by=mailing.author,
            settled_at=mailing.send_at,
            report_read_at=now,
        )
        for mailing in mailings
    )
    Batch.objects.bulk_create(
        Batch(delivery=delivery, number=number, size=50, state=BatchState.ACCEPTED, dispatch_id=f"d{number}")
        for delivery in deliveries
        for number in range(1, 5)
    )
    ReportDay.objects.bulk_create(
        ReportDay(delivery=delivery, day=(delivery.go_at or now).date(), metrics=_metrics(place), read_at=now)
        for place, delivery in enumerate(deliveries)
    )
    refresh([mailing.pk for mailing in mailings])


def _metrics(place: int) -> dict[str, int]:
    return {
        "sent": 200,
        "delivered": 195 + place % 5,
        "unique_opens": 60 + place % 37,
        "unique_clicks": 8 + place % 11,
        "bounces": place % 3,
        "unsubscribes": place % 2,
        "reported_spam": 0,
    }


def _submit(now: datetime) -> None:
    """Has the first of the mailings that wait for approval really wait for it; the others go back to drafts."""
    from campaigns.models import Mailing, MailingState, Review

    waiting = Mailing.objects.filter(state=MailingState.IN_APPROVAL).order_by("pk")
    chosen = list(waiting[:_MOST_REVIEWS])
    waiting.exclude(pk__in=[one.pk for one in chosen]).update(state=MailingState.DRAFT)
    Review.objects.bulk_create(
        Review(
            mailing=mailing,
            digest="0" * 64,
            values=mailing.values,
            window_from=now,
            window_until=now + timedelta(days=3),
            submitted_by_id=mailing.author_id,
        )
        for mailing in chosen
    )
