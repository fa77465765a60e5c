"""Who may test a mailing, as whom, how many tests are left for the day, and what was tested."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.models import Mailing, TestMail, TestState
from campaigns.review.digest import content_digest_of
from groups.access import may_see_people, members_with
from groups.audiences.filters.queries import people_of
from groups.keeping.addresses import stored_address
from groups.models import Contact, Group, User
from groups.roles import Permission


def colleagues_of(group: Group) -> QuerySet[User]:
    """Gives the people who may get tests of a group's mailings: those who may see them, by name."""
    return members_with(group, Permission.SEE_MAILINGS).order_by("name", "email")


def contacts_for(mailing: Mailing, reader: User) -> QuerySet[Contact]:
    """Gives the contacts whose values a test may show: those on the mailing's list or whom its filter finds.

    Of a private list only those who may look into it get any (A15).
    """
    audience = mailing.audience
    if audience is None or audience.is_counted_by_braze:
        return Contact.objects.none()
    if audience.is_private and not may_see_people(reader, audience):
        return Contact.objects.none()
    return people_of(audience, mailing.send_at).order_by("email", "pk")


def contact_named(mailing: Mailing, words: str, reader: User) -> Contact | None:
    """Gives the contact of the mailing's list with this address or external ID."""
    address = stored_address(mailing.group.brand, words) if "@" in words else words
    return contacts_for(mailing, reader).filter(Q(email__iexact=address) | Q(external_id=words)).first()


def sent_tests(mailing: Mailing) -> QuerySet[TestMail]:
    """Gives the tests of a mailing, newest first."""
    return mailing.test_mails.select_related("group", "tester", "asked_by", "contact")


def left_today(group: Group) -> int:
    """Gives how many more tests a group may send on this UTC day."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    most: int = settings.TEST_MAILS_PER_DAY
    return max(0, most - TestMail.objects.filter(group=group, created_at__gte=midnight).count())


def is_tested(mailing: Mailing) -> bool:
    """Tells whether Braze took a test of exactly what the mailing shows now."""
    accepted = mailing.test_mails.filter(state=TestState.ACCEPTED)
    return accepted.exists() and accepted.filter(digest=content_digest_of(mailing)).exists()
