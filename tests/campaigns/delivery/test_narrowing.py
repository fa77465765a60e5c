"""One person whom Braze does not take costs nobody else their mail, and a call that is wrong is soon given up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import pytest
from django.db import transaction
from django.utils import timezone

from braze_client import Accepted, CallRefused, Uncertain
from campaigns.delivery import claiming
from campaigns.delivery.calling import Job, jobs_for
from campaigns.delivery.decisions import resume
from campaigns.delivery.outcomes import Answer, write
from campaigns.delivery.queries import progress
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, MailingState
from groups.models import Group, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing, a_planned


def claimed(delivery: Delivery, limit: int = 16) -> list[Job]:
    """Claims waiting batches, as a worker does just before its calls."""
    now = timezone.now()
    with transaction.atomic():
        delivery.refresh_from_db()
        halves = claiming.claim_calls(delivery, limit=limit, now=now, halves_only=True)
        return jobs_for([*halves, *claiming.claim_calls(delivery, limit=limit - len(halves), now=now)])


def answered(jobs: list[Job], bad: Collection[str]) -> list[tuple[Job, Answer]]:
    """Gives what a Braze says that refuses every call in which one of the bad ones is named."""
    answers: list[tuple[Job, Answer]] = []
    for number, job in enumerate(jobs):
        is_refused = bool(set(job.external_ids) & set(bad))
        taken = Accepted(dispatch_id="d" * 32, schedule_id=f"schedule-{job.batch.pk}-{number}")
        answers.append((job, CallRefused("Bad Request", status=400) if is_refused else taken))
    return answers


def called_until_done(delivery: Delivery, bad: Collection[str], limit: int = 16) -> Counter[str]:
    """Works like a worker until nothing waits or all is paused, and counts how often each person was named."""
    named: Counter[str] = Counter()
    for _round in range(60):
        jobs = claimed(delivery, limit)
        if not jobs:
            break
        answers = answered(jobs, bad)
        named.update(one for job, answer in answers if isinstance(answer, Accepted) for one in job.external_ids)
        with transaction.atomic():
            write(answers, timezone.now())
    return named


def people_in(delivery: Delivery, *states: BatchState) -> list[str]:
    found = delivery.recipients.filter(batch__state__in=states).order_by("pk")
    return list(found.values_list("contact__external_id", flat=True))


@pytest.mark.parametrize("bad_places", [[0], [24], [25], [49], [7, 8], [3, 40]])
def test_of_many_batches_exactly_the_bad_ones_stay_refused(
    group: Group, workspace: Workspace, bad_places: list[int]
) -> None:
    delivery = a_planned(a_mailing(group=group, people=120), workspace)
    everybody = people_in(delivery, BatchState.WAITING)
    bad = [everybody[place] for place in bad_places]

    taken = called_until_done(delivery, bad)

    assert people_in(delivery, BatchState.REFUSED) == bad
    assert taken == Counter(one for one in everybody if one not in bad)
    assert progress(delivery).people_by_state == {"accepted": 120 - len(bad), "refused": len(bad)}
    assert Delivery.objects.get(pk=delivery.pk).state == DeliveryState.STAGING
    assert set(delivery.batches.filter(state=BatchState.REFUSED).values_list("size", flat=True)) == {1}


@pytest.mark.parametrize("limit", [1, 2, 16])
def test_one_bad_person_among_fifty_costs_nobody_else_their_mail(
    group: Group, workspace: Workspace, limit: int
) -> None:
    delivery = a_planned(a_mailing(group=group, people=50), workspace)
    everybody = people_in(delivery, BatchState.WAITING)

    taken = called_until_done(delivery, everybody[30:31], limit)

    assert people_in(delivery, BatchState.REFUSED) == everybody[30:31]
    assert taken == Counter(one for one in everybody if one != everybody[30])


def test_a_call_that_is_wrong_pauses_after_its_two_halves(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, people=400)
    delivery = a_planned(mailing, workspace)
    everybody = people_in(delivery, BatchState.WAITING)

    called_until_done(delivery, everybody, limit=2)

    mailing.refresh_from_db()
    calls = sum(delivery.batches.values_list("attempt", flat=True))
    assert (mailing.state, calls) == (MailingState.PAUSED, 4)
    assert "Braze refused a batch: 400: Bad Request." in mailing.state_reason
    assert delivery.recipients.count() == sum(delivery.batches.values_list("size", flat=True)) == 400


def test_two_bad_ones_in_one_batch_alone_are_found_once_somebody_says_go_on(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, people=50)
    delivery = a_planned(mailing, workspace)
    everybody = people_in(delivery, BatchState.WAITING)
    bad = [everybody[3], everybody[40]]
    first = called_until_done(delivery, bad)
    mailing.refresh_from_db()
    paused = mailing.state

    resume(mailing=mailing, actor=a_person(role=Role.REGIONAL_MANAGER, group=group))
    second = called_until_done(delivery, bad)

    assert (paused, first) == (MailingState.PAUSED, Counter())
    assert people_in(delivery, BatchState.REFUSED) == bad
    assert second == Counter(one for one in everybody if one not in bad)


def test_a_refused_half_whose_other_half_is_uncertain_is_narrowed_all_the_same(
    group: Group, workspace: Workspace
) -> None:
    delivery = a_planned(a_mailing(group=group, people=4), workspace)
    everybody = people_in(delivery, BatchState.WAITING)
    with transaction.atomic():
        write(answered(claimed(delivery), everybody), timezone.now())
    first, second = claimed(delivery)

    with transaction.atomic():
        write([(first, CallRefused("Bad Request", status=400))], timezone.now())
        write([(second, Uncertain("cut"))], timezone.now())

    states = Counter(delivery.batches.filter(size__gt=0).values_list("state", "size"))
    assert states == Counter({("waiting", 1): 2, ("uncertain", 2): 1})


def test_whom_an_acceptance_names_as_refused_counts_as_refused(group: Group, workspace: Workspace) -> None:
    from braze_client.replies import RefusedObject

    delivery = a_planned(a_mailing(group=group, people=3), workspace)
    [job] = claimed(delivery)
    answer = Accepted(
        dispatch_id="d" * 32,
        schedule_id="schedule",
        remarks=("recipients 1: unknown",),
        refused=(RefusedObject(1, "recipients", "unknown"),),
    )

    with transaction.atomic():
        write([(job, answer)], timezone.now())

    batch = Batch.objects.get(delivery=delivery)
    assert (batch.state, batch.remarks) == (BatchState.ACCEPTED, ["recipients 1: unknown"])
    assert progress(delivery).people_by_state == {"accepted": 2, "refused": 1}
    assert delivery.recipients.get(outcome=BatchState.REFUSED).contact.external_id == job.external_ids[1]
