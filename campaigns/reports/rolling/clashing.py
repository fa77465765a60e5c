"""Which mailings of the next two weeks reach the same people, looked for ahead of whoever asks (M19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from campaigns.calendar.clashes import MOST_LISTS, Subject, clashes_among
from campaigns.models import Mailing, MailingClash, MailingState, RollupRun
from campaigns.schedule.queries import times_of
from groups.models import AudienceKind
from groups.tree.queries import root_of

DAYS_AHEAD: Final = 14
LOOKED_AT: Final = 3_000
COMING: Final = (MailingState.SCHEDULED, MailingState.IN_APPROVAL, MailingState.IN_REVIEW)


def roll_clashes(run: RollupRun, _today: date) -> Iterator[str]:
    """Looks at the next mailings to lists, at most `LOOKED_AT`, thirty at a time, by the brand's own rule."""
    now = timezone.now()
    coming = Mailing.objects.filter(
        group__brand=run.brand,
        is_practice=False,
        state__in=COMING,
        send_at__gt=now,
        send_at__lte=now + timedelta(days=DAYS_AHEAD),
        audience__kind=AudienceKind.LIST,
    ).order_by("send_at", "pk")
    rows = list(coming.values_list("pk", "audience", "send_at", "audience__size")[:LOOKED_AT])
    rule = times_of(root_of(run.brand)).clash
    known = MailingClash.objects.filter(mailing__group__brand=run.brand)
    known.exclude(mailing__in=coming.order_by().values("pk")).delete()
    for start in range(int(run.cursor or 0), len(rows), MOST_LISTS):
        some = rows[start : start + MOST_LISTS]
        subjects = [Subject(pk, audience, send_at) for pk, audience, send_at, _size in some if send_at is not None]
        sizes = {audience: size for _pk, audience, _send_at, size in some}
        found = clashes_among(subjects, sizes, brand=run.brand, rule=rule)
        MailingClash.objects.filter(mailing__in=[one.id for one in subjects if one.id not in found]).delete()
        MailingClash.objects.bulk_create(
            [
                MailingClash(
                    mailing_id=one.id, goes_at=one.goes_at, share=found[one.id].share, others=len(found[one.id].others)
                )
                for one in subjects
                if one.id in found
            ],
            update_conflicts=True,
            unique_fields=["mailing"],
            update_fields=["goes_at", "share", "others"],
        )
        yield str(start + MOST_LISTS)
