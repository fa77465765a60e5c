"""The person who puts right what only a person can decide, and who looks into Braze before saying what was sent."""

from __future__ import annotations

from typing import Final

from campaigns.delivery.control import cancel
from campaigns.delivery.decisions import decide_batch, resume, send_late
from campaigns.delivery.rest import send_to_rest, size_of_rest
from campaigns.errors import Refusal, StaleState
from campaigns.models import Batch, BatchState, Mailing, MailingState
from tests.chaos import scene
from tests.chaos.ledger import subject_of
from tests.chaos.run import Run

UNCLEAR: Final = (BatchState.UNCERTAIN, BatchState.WITHDRAWAL_UNCERTAIN)
MOST_ROUNDS: Final = 8


def put_right(run: Run) -> None:
    """Mends Braze, and lets everything go on until there is nothing left to decide, resume or send."""
    run.braze.mend()
    for _round in range(MOST_ROUNDS):
        acts = decide(run) + go_on(run)
        if not acts:
            return
        run.until_rest()
    raise AssertionError(f"There is always something left to decide:\n{run.standing()}\n{run.crew.story()}")


def decide(run: Run) -> int:
    """Decides on every uncertain batch by what Braze has; gives how many there were."""
    record = run.braze.record()
    batches = Batch.objects.filter(state__in=UNCLEAR).select_related("delivery__mailing__group")
    for batch in batches:
        subject = subject_of(batch.delivery.mailing)
        people = set(batch.recipients.values_list("contact__external_id", flat=True))
        missed = {person for person in people if not record.got(subject, person)}
        was_sent = missed != people
        if was_sent:
            # Braze left them out in an answer that was lost with its worker; nobody can know.
            run.excused |= missed
        decide_batch(batch=batch, as_sent=was_sent, actor=scene.the_boss())
    return len(batches)


def go_on(run: Run) -> int:
    """Resumes what is paused, sends what is late, and sends to the rest; gives how many mailings that were."""
    boss, acts = scene.the_boss(), 0
    for mailing in Mailing.objects.select_related("group__brand").order_by("created_at"):
        try:
            match mailing.state:
                case MailingState.PAUSED:
                    resume(mailing=mailing, actor=boss)
                case MailingState.NEEDS_DECISION:
                    send_late(mailing=mailing, actor=boss)
                case MailingState.SENT | MailingState.SENT_WITH_OPEN_QUESTIONS if size_of_rest(mailing):
                    send_to_rest(mailing=mailing, actor=boss)
                case _:
                    continue
        except StaleState:
            continue
        except Refusal as refusal:
            if mailing.state != MailingState.NEEDS_DECISION:
                raise
            # What cannot be sent any more is given up, as a person would.
            cancel(mailing=mailing, actor=boss)
            assert refusal.sentence
        acts += 1
    return acts
