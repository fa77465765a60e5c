"""Whether many of a mailing's people have another mailing near it (M19): a warning, which stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from campaigns.calendar.clashes import clash_of, unknown_near
from campaigns.calendar.words import others_in_words, share_in_words
from campaigns.preflight.findings import CheckFinding
from campaigns.schedule.queries import times_of
from campaigns.schedule.wishes import expected_at
from campaigns.schedule.words import hours_in_words
from groups.access import groups_with
from groups.roles import Permission

if TYPE_CHECKING:
    from campaigns.preflight.subject import Subject

STEP = "mailing-when"


def clashes(subject: Subject) -> Iterator[CheckFinding]:
    """Names the mailings that reach many of the same people, and those of which nobody can tell."""
    mailing = subject.mailing
    if mailing.audience is None or mailing.is_practice:
        return
    times, goes_at = times_of(mailing.group), expected_at(mailing)
    hours = hours_in_words(times.clash.hours)
    clash = clash_of(mailing, goes_at=goes_at, rule=times.clash)
    if clash is not None:
        ids = {one.group.pk for one in clash.others}
        visible = set(
            groups_with(subject.actor, Permission.SEE_MAILINGS).filter(pk__in=ids).values_list("pk", flat=True)
        )
        yield CheckFinding(
            "clash",
            _(
                "%(share)s of the people whom “%(name)s” goes to get another mailing within %(hours)s: %(others)s. "
                "Choose another time, or leave it so."
            ),
            step=STEP,
            blocks=False,
            params={
                "name": mailing.name,
                "share": share_in_words(clash),
                "hours": hours,
                "others": others_in_words(clash, times, visible),
            },
        )
    elif near := unknown_near(mailing, goes_at=goes_at, rule=times.clash):
        ids = {one.group_id for one in near}
        visible = set(
            groups_with(subject.actor, Permission.SEE_MAILINGS).filter(pk__in=ids).values_list("pk", flat=True)
        )
        others = [
            f"“{one.name}”" if one.group_id in visible else gettext("another mailing of the brand") for one in near
        ]
        yield CheckFinding(
            "clash_unknown",
            _(
                "Within %(hours)s of it goes %(others)s. Whether both reach the same people cannot be known before: "
                "only Braze, or the moment itself, tells whom a segment or a filter finds."
            ),
            step=STEP,
            blocks=False,
            params={"hours": hours, "others": ", ".join(others)},
        )
