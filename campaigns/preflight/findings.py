"""One thing that a check found in a mailing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext

from campaigns.brandlock import Finding


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A sentence for the person (`message` with `params`), the step it belongs to, and whether it stops the mailing.

    `step` is the path of a field (`headline`, `events.2.title`), or `audience`, `when`, `braze`.
    """

    code: str
    message: str
    step: str
    blocks: bool = True
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language."""
        params = dict(self.params)
        if "wanted" in params:  # the shape of a value, in words of its own
            params["wanted"] = gettext(params["wanted"])
        return (gettext(self.message) % params).strip()

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
