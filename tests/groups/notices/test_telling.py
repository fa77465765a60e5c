"""Telling people: once an occasion, by the wish of each, with a path of our own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from groups.errors import InputRefused
from groups.models import Event, Group, MailState, Notice, NoticePreference, Pace, User
from groups.notices.kinds import Kind, register
from groups.notices.paces import due_at
from groups.notices.plain import one_line
from groups.notices.services import choose, forget_read, mark_all_read, mark_read, tell
from groups.roles import Role
from tests.builders import Cast, a_membership, a_person
from tests.groups.notices.told import ALARM, FAMILY, INVITED, OPEN, a_notice, words

SEND = "groups.notices.nudges.current_app.send_task"
# Monday morning in Portland, where the store of the cast is.
NOW = datetime(2026, 11, 30, 18, 20, 30, tzinfo=UTC)


def test_the_same_occasion_is_told_once_and_another_one_again(cast: Cast) -> None:
    for _again in range(2):
        for occasion in ("first", "second"):
            tell([cast.author, cast.author], INVITED, about="tasting:1", occasion=occasion, path="/", group=cast.store)

    told = Notice.objects.order_by("occasion").values_list("person", "occasion", "mail_state")
    assert list(told) == [(cast.author.pk, "first", "waiting"), (cast.author.pk, "second", "waiting")]


def test_a_hint_is_sent_once_it_is_committed_and_losing_it_loses_nothing(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with mock.patch(SEND, side_effect=OperationalError) as send:
        with django_capture_on_commit_callbacks(execute=True):
            tell([cast.author, cast.sender], INVITED, about="tasting:1", path="/", group=cast.store)
            send.assert_not_called()

        send.assert_called_once_with("groups.notices.mail_due")
    assert Notice.objects.filter(mail_state=MailState.WAITING).count() == 2


def test_what_is_rolled_back_was_never_told(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        a_notice(cast.author, cast.store)
        raise RuntimeError

    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "javascript:alert(1)",
        "mailings/",
        "",
        "/mailings/\r\nBcc: evil@example.com",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(cast: Cast, path: str) -> None:
    with pytest.raises(ValueError, match="a path of the portal"):
        tell([cast.author], INVITED, about="tasting:1", path=path, group=cast.store)

    assert Notice.objects.count() == 0


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/"])
def test_the_database_holds_no_full_address_either(cast: Cast, path: str) -> None:
    notice = a_notice(cast.author, cast.store)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(path=path)


@pytest.mark.parametrize(
    "about", ["", "tasting", "tasting:", "tasting:1>\r\nBcc: x", "Tasting:1", "tasting:" + "1" * 65]
)
def test_a_thing_that_no_header_could_carry_is_refused(cast: Cast, about: str) -> None:
    with pytest.raises(ValueError, match="about a thing"):
        tell([cast.author], INVITED, about=about, path="/", group=cast.store)

    assert Notice.objects.count() == 0


def test_a_notice_without_a_place_is_refused(cast: Cast) -> None:
    with pytest.raises(ValueError, match="a group or a brand"):
        tell([cast.author], INVITED, about="tasting:1", path="/")


def test_who_has_left_and_who_is_no_person_are_not_told(cast: Cast) -> None:
    User.objects.filter(pk=cast.author.pk).update(is_active=False)
    User.objects.filter(pk=cast.sender.pk).update(is_service=True)

    tell(
        User.objects.filter(pk__in=(cast.author.pk, cast.sender.pk)),
        INVITED,
        about="tasting:1",
        path="/",
        group=cast.store,
    )

    assert Notice.objects.count() == 0


def test_names_are_kept_as_one_line_without_what_nobody_sees(cast: Cast) -> None:
    notice = a_notice(cast.author, cast.store, what="Spring\r\nBcc: evil@example.com\u202e\u2028now", count=3)

    assert notice.parameters == {"what": "Spring Bcc: evil@example.com now", "count": 3}
    assert one_line("x" * 300) == "x" * 199 + "…"


@pytest.mark.parametrize(
    ("pace", "zone", "due"),
    [
        (Pace.AT_ONCE, "America/Los_Angeles", NOW),
        (Pace.PORTAL, "America/Los_Angeles", NOW),
        (Pace.HOURLY, "America/Los_Angeles", datetime(2026, 11, 30, 19, tzinfo=UTC)),
        (Pace.HOURLY, "Asia/Kolkata", datetime(2026, 11, 30, 18, 30, tzinfo=UTC)),
        (Pace.DAILY, "America/Los_Angeles", datetime(2026, 12, 1, 16, tzinfo=UTC)),
        (Pace.DAILY, "Asia/Seoul", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        (Pace.DAILY, "Europe/Berlin", datetime(2026, 12, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_digest_leaves_at_the_full_hour_or_in_the_morning_of_a_zone(pace: Pace, zone: str, due: datetime) -> None:
    assert due_at(pace, NOW, ZoneInfo(zone)) == due


def test_the_zone_is_that_of_the_persons_own_group_and_of_the_highest(cast: Cast) -> None:
    far = a_person(role=Role.LOCAL_AUTHOR, group=cast.far_store)
    Group.objects.filter(pk=cast.far_store.pk).update(time_zone="Europe/Berlin")
    Group.objects.filter(brand=cast.brand, parent=None).update(time_zone="Asia/Seoul")
    both = a_person(role=Role.LOCAL_AUTHOR, group=cast.store)
    a_membership(user=both, group=Group.objects.get(brand=cast.brand, parent=None), role=Role.READ_ONLY)
    nowhere = User.objects.create_user("nobody@example.com", None, name="Nobody")
    for person in (far, both, nowhere):
        choose(person=person, brand=cast.brand, paces={FAMILY.name: Pace.DAILY}, muted_until=None)

    with time_machine.travel(NOW, tick=False):
        due = [a_notice(person, cast.store).due_at.hour for person in (far, both, nowhere)]

    assert due == [7, 23, 23]


def test_each_person_is_told_at_their_own_pace(cast: Cast) -> None:
    wishes = {cast.author: Pace.HOURLY, cast.sender: Pace.DAILY, cast.approver: Pace.PORTAL}
    for person, pace in wishes.items():
        choose(person=person, brand=cast.brand, paces={FAMILY.name: pace}, muted_until=None)

    tell([*wishes, cast.manager], INVITED, about="tasting:1", path="/", group=cast.store)

    states = {notice.person: (notice.pace, notice.mail_state) for notice in Notice.objects.select_related("person")}
    assert states == {
        cast.author: ("hourly", "waiting"),
        cast.sender: ("daily", "waiting"),
        cast.approver: ("portal", "kept"),
        cast.manager: ("at_once", "waiting"),
    }


def test_what_must_be_acted_on_is_mailed_at_once_come_what_may(cast: Cast) -> None:
    tomorrow = timezone.now().date() + timedelta(days=3)
    choose(person=cast.author, brand=cast.brand, paces={FAMILY.name: Pace.PORTAL}, muted_until=tomorrow)

    invited, alarm = a_notice(cast.author, cast.store), a_notice(cast.author, cast.store, kind=ALARM)

    assert (invited.mail_state, alarm.mail_state, alarm.pace) == ("kept", "waiting", "at_once")


@pytest.mark.parametrize(("day", "state"), [(date(2026, 12, 1), "kept"), (date(2026, 11, 30), "waiting")])
def test_mail_comes_again_on_the_day_that_was_named_by_the_persons_own_calendar(
    cast: Cast, day: date, state: str
) -> None:
    NoticePreference.objects.create(person=cast.author, brand=cast.brand, muted_until=day)

    with time_machine.travel(datetime(2026, 12, 1, 5, tzinfo=UTC), tick=False):  # still the evening before in Portland
        notice = a_notice(cast.author, cast.store)

    assert notice.mail_state == state


def test_a_wish_holds_for_what_still_waits(cast: Cast) -> None:
    daily = {FAMILY.name: Pace.DAILY}
    choose(person=cast.author, brand=cast.brand, paces=daily, muted_until=None)
    waiting, mailed = a_notice(cast.author, cast.store), a_notice(cast.author, cast.store, about="tasting:2")
    alarm = a_notice(cast.author, cast.store, kind=ALARM)
    Notice.objects.filter(pk=mailed.pk).update(mail_state=MailState.MAILED)

    choose(person=cast.author, brand=cast.brand, paces={FAMILY.name: Pace.PORTAL}, muted_until=None)

    for notice in (waiting, mailed, alarm):
        notice.refresh_from_db()
    assert (waiting.mail_state, mailed.mail_state, alarm.mail_state) == ("kept", "mailed", "waiting")
    assert Event.objects.filter(action="notices.chosen", actor=cast.author).count() == 2


def test_a_wish_in_one_brand_says_nothing_in_another(cast: Cast) -> None:
    choose(person=cast.author, brand=cast.other_brand, paces={FAMILY.name: Pace.PORTAL}, muted_until=None)

    assert a_notice(cast.author, cast.store).mail_state == "waiting"


@pytest.mark.parametrize(
    ("paces", "days"), [({"alarms": Pace.PORTAL}, None), ({"nothing": Pace.DAILY}, None), ({}, 0), ({}, 400)]
)
def test_a_wish_that_cannot_be_is_refused_and_changes_nothing(
    cast: Cast, paces: dict[str, Pace], days: int | None
) -> None:
    day = None if days is None else timezone.now().date() + timedelta(days=days - 1)

    with pytest.raises(InputRefused):
        choose(person=cast.author, brand=cast.brand, paces=paces, muted_until=day)

    assert (NoticePreference.objects.count(), Event.objects.filter(action="notices.chosen").count()) == (0, 0)


def test_telling_many_takes_as_many_queries_as_telling_two(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    crowd = [a_person(group=cast.store) for _ in range(30)]

    for people in (crowd[:2], crowd):
        with django_assert_num_queries(5):  # preferences, zones, and the notices between their savepoint's two
            tell(people, OPEN, about=f"tasting:{len(people)}", path="/", group=cast.store)


def test_old_read_notices_are_forgotten_and_unread_ones_are_not(cast: Cast) -> None:
    old = timezone.now() - timedelta(days=91)
    read_long_ago, unread, read_now = (a_notice(cast.author, cast.store, about=f"tasting:{n}") for n in range(3))
    for notice in (read_long_ago, read_now):
        mark_read(notice=notice, reader=cast.author)
    Notice.objects.filter(pk__in=(read_long_ago.pk, unread.pk)).update(created_at=old)

    assert forget_read() == 1
    assert set(Notice.objects.values_list("pk", flat=True)) == {unread.pk, read_now.pk}


def test_two_kinds_cannot_have_one_name() -> None:
    register(INVITED)

    with pytest.raises(ValueError, match="another kind"):
        register(Kind(INVITED.name, FAMILY, words))


def test_an_admin_reads_no_notice_in_the_members_place(cast: Cast) -> None:
    notice = a_notice(cast.author, cast.store)
    member = User.objects.get(pk=cast.author.pk)
    member.on_pages_of, member.acted_by = cast.brand, cast.admin

    mark_read(notice=notice, reader=member)
    mark_all_read(person=member)
    notice.refresh_from_db()
    assert notice.read_at is None
    mark_read(notice=notice, reader=cast.author)

    notice.refresh_from_db()
    assert notice.read_at is not None
