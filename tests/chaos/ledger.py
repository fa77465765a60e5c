"""The ledger, read person by person: what the portal's tables say beside what Braze really sent."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import F, Q, Sum

from campaigns.models import (
    GONE,
    Batch,
    BatchKind,
    BatchState,
    Delivery,
    DeliveryState,
    Mailing,
    MailingState,
    Recipient,
)
from tests.chaos.braze import Record

OPEN: Final = frozenset({BatchState.WAITING, BatchState.CALLING, BatchState.UPDATING, BatchState.WITHDRAWING})
# Braze has, or may have, the mail of these.
MAYBE: Final = frozenset(
    {
        BatchState.UNCERTAIN,
        BatchState.WITHDRAWAL_UNCERTAIN,
        BatchState.CALLING,
        BatchState.UPDATING,
        BatchState.WITHDRAWING,
    }
)
OVER: Final = frozenset(
    {
        MailingState.SENT,
        MailingState.SENT_WITH_OPEN_QUESTIONS,
        MailingState.CANCELLED,
        MailingState.STOPPED,
        MailingState.FAILED,
    }
)
ENDED: Final = (DeliveryState.SETTLED, DeliveryState.WITHDRAWN, DeliveryState.FAILED)
NAMED: Final = 5


def subject_of(mailing: Mailing) -> str:
    """Gives the subject by which a mailing is known in Braze's record; each mailing of a run has another one."""
    return str(mailing.values["subject"])


@dataclass(frozen=True, slots=True)
class Ledger:
    """What may be so after a run: how many processes were lost, and who of the people may have got nothing.

    `losses` counts killed workers and runs that ended with an error, each of which may leave `connections` batches
    uncertain. `excused` are external IDs of people whom Braze itself left out.
    """

    record: Record
    connections: int
    losses: int = 0
    excused: Collection[str] = ()
    problems: list[str] = field(default_factory=list)

    def demand(self) -> None:
        """Raises `AssertionError` with every contradiction, by names of people and numbers of batches."""
        for delivery in Delivery.objects.select_related("mailing").order_by("created_at"):
            self.problems.extend(self._counts(delivery))
            self.problems.extend(self._states(delivery))
        for mailing in Mailing.objects.exclude(deliveries=None).distinct():
            self.problems.extend(self._people(mailing))
        self.problems.extend(self._calls())
        if self.problems:
            raise AssertionError("The ledger does not hold:\n" + "\n".join(f"- {one}" for one in self.problems))

    def _counts(self, delivery: Delivery) -> Iterator[str]:
        """Demands that people are neither lost nor made: frozen = recipients + left out + not judged yet."""
        name = f"{subject_of(delivery.mailing)!r}"
        batches = list(delivery.batches.all())
        if any(batch.kind == BatchKind.BROADCAST for batch in batches) or delivery.frozen is None:
            return
        kept = delivery.recipients.count()
        reasons = Counter(delivery.exclusions.values_list("reason", flat=True))
        gone = delivery.excluded.get(GONE, 0)
        unjudged = sum(len(ids) for ids in delivery.chunks.values_list("contact_ids", flat=True))
        if delivery.frozen != kept + reasons.total() + gone + unjudged:
            yield (
                f"{name}: {delivery.frozen} frozen, but {kept} recipients, {reasons.total()} left out, {gone} gone,"
                f" {unjudged} not judged"
            )
        told = {reason: number for reason, number in delivery.excluded.items() if number and reason != GONE}
        if told != dict(reasons):
            yield f"{name}: the page says {told} were left out, but it is {dict(reasons)}"
        if sum(batch.size for batch in batches) != kept:
            yield f"{name}: the batches of all states hold {sum(batch.size for batch in batches)} of {kept} recipients"
        found = Counter(delivery.recipients.values_list("batch", flat=True))
        for batch in batches:
            if batch.size != found[batch.pk]:
                yield f"{name}: batch {batch.number} says {batch.size} people and has {found[batch.pk]}"

    def _states(self, delivery: Delivery) -> Iterator[str]:
        """Demands that what is over is over."""
        mailing, name = delivery.mailing, f"{subject_of(delivery.mailing)!r}"
        still_open = list(delivery.batches.filter(state__in=OPEN).values_list("number", "state"))
        if still_open and (delivery.state in ENDED or mailing.state in OVER):
            yield f"{name} is {mailing.state}, its delivery {delivery.state}, but of its batches {still_open} are open"
        if delivery.state not in ENDED and mailing.state in OVER:
            yield f"{name} is {mailing.state}, but its delivery is {delivery.state}"
        unclear = list(delivery.batches.filter(state__in=MAYBE).values_list("number", "state"))
        if unclear and mailing.state == MailingState.SENT:
            yield f"{name} is sent, but of its batches {unclear} are not certain"

    def _people(self, mailing: Mailing) -> Iterator[str]:
        """Demands of each person that they got what the states of their batches say, and never two mails."""
        subject = subject_of(mailing)
        stands: dict[str, list[tuple[int, str]]] = defaultdict(list)
        rows = Recipient.objects.filter(delivery__mailing=mailing).order_by("delivery__created_at", "batch__number")
        for person, number, state, outcome in rows.values_list(
            "contact__external_id", "batch__number", "batch__state", "outcome"
        ):
            stands[person].append((number, outcome or state))
        strangers = [person for (of, person) in self.record.mails if of == subject and person not in stands]
        if strangers:
            yield f"{subject!r} reached {_named(strangers)}, who are not its recipients"
        wrong: dict[str, list[str]] = defaultdict(list)
        for person, places in stands.items():
            got = self.record.got(subject, person)
            sure = sum(state == BatchState.ACCEPTED for _number, state in places)
            maybe = sum(state in MAYBE for _number, state in places)
            where = ", ".join(f"batch {number} {state}" for number, state in places)
            if got > 1:
                wrong[f"got {got} mails ({where})"].append(person)
            elif got < min(sure, 1) and person not in self.excused:
                wrong[f"got no mail ({where})"].append(person)
            elif got > sure + maybe:
                wrong[f"got a mail that the ledger denies ({where})"].append(person)
            elif sure > 1:
                wrong[f"stands as accepted {sure} times ({where})"].append(person)
            elif mailing.state == MailingState.SENT and got != 1 and person not in self.excused:
                wrong[f"got {got} mails of a mailing that is sent ({where})"].append(person)
        for what, people in wrong.items():
            yield f"{subject!r}: {_named(people)} {what}"

    def _calls(self) -> Iterator[str]:
        """Demands that no call was made without a claim, and that a lost process left no more than it had in flight."""
        claims = Batch.objects.aggregate(claims=Sum("attempt"))["claims"] or 0
        if self.record.calls_of_mail() > claims:
            yield f"Braze had {self.record.calls_of_mail()} calls for mail, but batches were claimed {claims} times"
        unanswered = Q(answered_at=None) | Q(answered_at__lt=F("called_at"))
        left = Batch.objects.filter(unanswered, state=BatchState.UNCERTAIN).count()
        most = self.losses * self.connections
        if left > most:
            yield f"{left} batches are uncertain that nobody answered, but {self.losses} losses leave at most {most}"


def _named(people: Sequence[str]) -> str:
    shown = ", ".join(people[:NAMED])
    return shown if len(people) <= NAMED else f"{shown} and {len(people) - NAMED} more"
