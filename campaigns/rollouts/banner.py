"""What the pages of a mailing say of its rollout: whose it is, what can be changed until when, what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from campaigns.compose.closing import in_words
from campaigns.compose.step import ATTACHMENTS, AUDIENCE, CHOICE, ITEMS, NAME, PERSON, SECTION, SENDER, WHEN, Step
from campaigns.models import Answer, Mailing, MailingState, Rollout, RolloutPart
from campaigns.rollouts.answering import part_of
from campaigns.rollouts.belonging import is_open_for_groups, is_part, is_pattern, manages
from campaigns.rollouts.setup import fields_to_open
from groups.access import may
from groups.models import User
from groups.roles import Permission

_FIXED: Final = frozenset({NAME, SENDER, PERSON, ATTACHMENTS, AUDIENCE, WHEN, SECTION, CHOICE})
_OF_NO_PATTERN: Final = frozenset({AUDIENCE, WHEN, PERSON, ATTACHMENTS})


@dataclass(frozen=True, slots=True)
class Box:
    """A mailing's place in its rollout; `role` is `pattern`, `part` or `use`."""

    role: str
    rollout: Rollout
    is_head_office: bool
    part: RolloutPart | None = None
    is_open: bool = False
    may_answer: bool = False
    may_take_in_hand: bool = False
    open_labels: tuple[str, ...] = ()
    cut_off: str = ""
    ends: str = ""

    @property
    def is_out(self) -> bool:
        """Whether the group has opted out."""
        return self.part is not None and self.part.answer == Answer.OPTED_OUT

    @property
    def takes_part(self) -> bool:
        """Whether the group has said that it takes part."""
        return self.part is not None and self.part.answer == Answer.TAKES_PART

    @property
    def lets_itself_go(self) -> bool:
        """Whether its people send or submit it themselves."""
        return self.role == "use"


def box_of(mailing: Mailing, actor: User) -> Box | None:
    """Gives what a page shows of a mailing's rollout; None without one."""
    rollout = mailing.rollout
    if rollout is None:
        return None
    role = "pattern" if is_pattern(mailing) else "part" if is_part(mailing) else "use"
    is_open = is_open_for_groups(rollout)
    may_edit = may(actor, Permission.EDIT_MAILINGS, mailing.group)
    return Box(
        role=role,
        rollout=rollout,
        is_head_office=manages(actor, rollout),
        part=part_of(mailing) if role == "part" else None,
        is_open=is_open,
        may_answer=role == "part" and is_open and may_edit,
        may_take_in_hand=mailing.state in _CALLABLE and bool(rollout.open_fields),
        open_labels=tuple(label for name, label in fields_to_open(rollout) if name in rollout.open_fields),
        cut_off="" if rollout.cut_off is None else in_words(rollout.cut_off, mailing.group),
        ends="" if rollout.ends_at is None else in_words(rollout.ends_at, mailing.group),
    )


def narrowed(mailing: Mailing, actor: User, context: dict[str, Any]) -> dict[str, Any]:
    """Gives the composer's page without the steps that a mailing's rollout takes care of."""
    box = box_of(mailing, actor)
    if box is None:
        return {**context, "rollout_box": None}
    steps = [step for step in context["steps"] if _is_asked(step, box)]
    keys = {step.key for step in steps}
    opened = context["open_step"]
    return {
        **context,
        "rollout_box": box,
        "steps": steps,
        "open_step": opened if opened in keys or not steps else steps[0].key,
        # A rollout stays with the version that it began with.
        "has_newer": False,
        "is_detached": False,
    }


def _is_asked(step: Step, box: Box) -> bool:
    if box.role == "use":
        return True
    if box.role == "pattern":
        return step.kind not in _OF_NO_PATTERN
    if box.is_head_office:
        return True
    return step.kind not in _FIXED and (step.kind != ITEMS or step.key in box.rollout.open_fields)


_CALLABLE: Final = (MailingState.IN_REVIEW, MailingState.IN_APPROVAL, MailingState.SCHEDULED)
