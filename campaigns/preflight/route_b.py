"""Whether values and audience of a mailing can reach a mail that Braze holds."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from campaigns.brandlock import ValuesRefused, trigger_properties
from campaigns.compose.personal import personal_values_of
from campaigns.models import Route
from campaigns.preflight.findings import CheckFinding
from campaigns.preflight.subject import Subject


def properties(subject: Subject) -> Iterator[CheckFinding]:
    """Asks whether the values can travel to a mail that Braze holds: a merge tag inside a value cannot."""
    if subject.mailing.route != Route.TRIGGER:
        return
    if not subject.mailing.group.brand.keeps_contacts and personal_values_of(subject.mailing.version):
        yield CheckFinding(
            "personal_values_not_kept",
            _("The brand keeps no contacts here, so this mail would show everybody its fallbacks. Choose another one."),
            step="audience",
        )
    try:
        trigger_properties(subject.compiled, subject.mailing.values, subject.context)
    except ValuesRefused as error:
        for finding in error.findings:
            yield CheckFinding.of_value(finding)


def broadcast(subject: Subject) -> Iterator[CheckFinding]:
    """Blocks what a call for a whole audience cannot say: a segment, and the clock of each recipient (section 9.1)."""
    mailing, audience = subject.mailing, subject.mailing.audience
    if mailing.route != Route.TRIGGER or audience is None or not audience.is_counted_by_braze:
        return
    if audience.segment_id:
        yield CheckFinding(
            "segment_needs_portal_mail",
            _("A Braze segment cannot be mailed by a template that Braze holds. Choose a list."),
            step="audience",
        )
    if mailing.in_local_time:
        yield CheckFinding(
            "time_of_each_needs_list",
            _("By each recipient's clock this goes to lists only. Send at one moment for all, or choose a list."),
            step="when",
        )
