"""What the page of test mails shows: whom a test can go to, as whom, and what became of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Mailing, Route, TestMail, TestState
from campaigns.review.digest import content_digest_of
from campaigns.testsend.profiles import external_id_of
from campaigns.testsend.queries import colleagues_of, contacts_for, is_tested, left_today, sent_tests
from campaigns.testsend.services import MOST_TESTERS
from groups.access import may, may_see_people
from groups.addresses import is_loopback
from groups.models import Contact, User, Workspace
from groups.roles import Permission
from groups.workspace.queries import workspace_of

TESTS_SHOWN = 20
CONTACTS_OFFERED = 20
UNDER_WAY = (TestState.WAITING, TestState.CALLING)


@dataclass(frozen=True, slots=True)
class Line:
    """A test in words; `shown_as` is the contact whose values it shows, empty for samples.

    `is_current` says that it shows what the mailing shows now; `inbox` is where a local Braze keeps it, else empty.
    """

    tester: str
    asked_at: datetime
    state: str
    label: str
    sentence: str
    shown_as: str
    is_current: bool
    inbox: str


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests of a mailing, newest first; `is_moving` while one of them waits for Braze."""

    lines: Sequence[Line]
    is_moving: bool
    is_needed: bool
    is_tested: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """What a person can ask for; `refused` says why it was refused, `contact` is what they typed."""

    colleagues: Sequence[tuple[User, bool]]
    contacts: Sequence[Contact]
    contact: str
    takes_contact: bool
    is_held_by_braze: bool
    left: int
    most: int
    refused: Sequence[str]
    tests: Tests


def panel_of(
    mailing: Mailing,
    actor: User,
    *,
    chosen: Collection[str] | None = None,
    contact: str = "",
    refused: Sequence[str] = (),
) -> Panel:
    """Gives what a person may ask for; without `chosen`, ids as the form sends them, whoever asks is chosen."""
    ticked = {str(actor.pk)} if chosen is None else set(chosen)
    by_braze = mailing.route == Route.TRIGGER
    takes_contact = not by_braze and may(actor, Permission.SEE_CONTACTS, mailing.group)
    colleagues = sorted(colleagues_of(mailing.group), key=lambda person: person.pk != actor.pk)
    return Panel(
        colleagues=[(person, str(person.pk) in ticked) for person in colleagues],
        contacts=list(contacts_for(mailing, actor)[:CONTACTS_OFFERED]) if takes_contact else (),
        contact=contact,
        takes_contact=takes_contact,
        is_held_by_braze=by_braze,
        left=left_today(mailing.group),
        most=MOST_TESTERS,
        refused=refused,
        tests=shown_tests(mailing, actor),
    )


def shown_tests(mailing: Mailing, actor: User) -> Tests:
    """Gives what became of the tests of a mailing; whose values one shows is named to people who may see contacts."""
    tests = list(sent_tests(mailing)[:TESTS_SHOWN])
    is_needed = mailing.version.template.needs_test
    digest = content_digest_of(mailing) if tests else ""
    workspace = workspace_of(mailing.group.brand)
    sees_contacts = any(test.contact_id for test in tests) and _sees_people(mailing, actor)
    return Tests(
        lines=[
            Line(
                tester=test.tester.name,
                asked_at=test.created_at,
                state=test.state,
                label=test.get_state_display(),
                sentence=_sentence(test),
                shown_as=test.contact.label if sees_contacts and test.contact else "",
                is_current=test.digest == digest,
                inbox=_inbox(test, workspace) if test.state == TestState.ACCEPTED else "",
            )
            for test in tests
        ],
        is_moving=any(test.state in UNDER_WAY for test in tests),
        is_needed=is_needed,
        is_tested=is_needed and is_tested(mailing),
    )


def _sees_people(mailing: Mailing, actor: User) -> bool:
    if mailing.audience is not None and mailing.audience.is_private:
        return may_see_people(actor, mailing.audience)
    return may(actor, Permission.SEE_CONTACTS, mailing.group)


def _sentence(test: TestMail) -> str:
    """Gives what a person should know of a test beside its state."""
    if test.error:
        return test.error
    if test.state == TestState.WAITING and test.not_before is not None and test.not_before > timezone.now():
        return _("At %(time)s it is handed over.") % {"time": _clock(test, test.not_before)}
    if test.state != TestState.ACCEPTED or test.planned_for is None:
        return ""
    time = _clock(test, test.planned_for)
    if test.planned_for > timezone.now():
        return _("At %(time)s Braze sends it.") % {"time": time}
    return _("At %(time)s Braze sent it, unless the tester has unsubscribed.") % {"time": time}


def _clock(test: TestMail, moment: datetime) -> str:
    with timezone.override(test.group.time_zone):
        return date_format(timezone.localtime(moment), "TIME_FORMAT")


def _inbox(test: TestMail, workspace: Workspace) -> str:
    """Gives where a local Braze shows the tester's mail; nothing where Braze is not on this machine."""
    if not is_loopback(workspace.endpoint):
        return ""
    return f"{workspace.endpoint}/inbox?q={quote(external_id_of(test.tester))}"
