"""One thing that a check found in a mailing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from campaigns.brandlock import Finding
from campaigns.sentences import spoken


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A sentence for the person (`message` with `params`), the step it belongs to, and whether it stops the mailing.

    `step` is the path of a field (`headline`, `events.2.title`), or `audience`, `when`, `check`, `braze`.
    """

    code: str
    message: str
    step: str
    blocks: bool = True
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language."""
        return spoken(self.message, self.params)

    @classmethod
    def of_value(cls, finding: Finding) -> CheckFinding:
        """Takes over what brand lock found in a field value."""
        return cls(
            code=finding.code,
            message=finding.message,
            step=finding.field,
            blocks=finding.blocks,
            params=dict(finding.params),
        )
