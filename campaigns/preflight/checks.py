"""The checks, one small function each (product.md, section 7); a new check is added to `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_noop as _

from campaigns.brandlock import (
    RenderContext,
    Target,
    check_values,
    prove,
    render,
)
from campaigns.compose.content import compiled_of, context_for
from campaigns.compose.queries import audience_count
from campaigns.compose.sender import sender_problems
from campaigns.delivery.local_time import local_time_problem
from campaigns.features import NO_SCHEDULING
from campaigns.halts import halts_over
from campaigns.library.offering import day_of, is_withheld
from campaigns.models import Mailing, Route, RuleLevel
from campaigns.preflight.attachments import attachments
from campaigns.preflight.clashes import clashes
from campaigns.preflight.findings import CheckFinding
from campaigns.preflight.person import by_label, person
from campaigns.preflight.rollout import rollout
from campaigns.preflight.route_b import broadcast, properties
from campaigns.preflight.subject import Subject
from campaigns.preflight.times import times
from campaigns.rollouts.belonging import is_part
from campaigns.rules.queries import hits_of, restrictions_of
from campaigns.testsend.queries import is_tested
from groups.access import has_feature
from groups.addresses import is_loopback
from groups.audiences.filters.queries import problem_of, waits_for_mirrors
from groups.models import AudienceKind, ImportState, User, Workspace
from groups.roles import Feature
from groups.variations.mapping import unknown_variation

CLIPPED_AT_BYTES = 102 * 1024
CLIPPING_NEAR_BYTES = 85 * 1024
LONG_SUBJECT_CHARACTERS = 60
SENDER_STEP = "mailing-sender"


def check(
    mailing: Mailing, context: RenderContext | None = None, *, actor: User | None = None
) -> tuple[CheckFinding, ...]:
    """Runs every check over a mailing; an empty answer means that nothing stands in the way.

    Whoever has the mailing's context already hands it in. `actor` is the person who would let it go, its author unless
    somebody else is named: some may overrule what blocks others. The proof of the brand lock is checked only once the
    values are right, because it speaks of the finished mail.
    """
    subject = Subject(
        mailing=mailing,
        compiled=compiled_of(mailing.version),
        context=context or context_for(mailing),
        workspace=Workspace.objects.filter(brand=mailing.group.brand_id).first(),
        actor=actor or mailing.author,
    )
    findings = [finding for one in CHECKS for finding in one(subject)]
    if not any(finding.blocks for finding in findings):
        findings += _mail_is_sound(subject)
    return tuple(findings)


def _values(subject: Subject) -> Iterator[CheckFinding]:
    """Asks brand lock about every field."""
    found = check_values(subject.compiled, subject.mailing.values, subject.context)
    yield from by_label(subject.mailing.group.brand, found)


def _sender(subject: Subject) -> Iterator[CheckFinding]:
    if subject.mailing.route == Route.SCHEDULE and not subject.context.sender["address"]:
        yield CheckFinding(
            "sender_missing", _("Your group has no sender address. Ask an admin to give it one."), step="braze"
        )
    domains = tuple(subject.mailing.group.brand.mail_domains)
    for code, message, params in sender_problems(subject.context.sender, domains):
        yield CheckFinding(code, message, step=SENDER_STEP, params=params)


def _variation(subject: Subject) -> Iterator[CheckFinding]:
    """Warns of a message variation that the campaign did not have when Braze was asked last: it may have been added."""
    variation_id = subject.mailing.group.variation_id
    if subject.mailing.route == Route.SCHEDULE and unknown_variation(subject.workspace, variation_id):
        yield CheckFinding(
            "variation_unknown",
            _(
                "Braze's campaign had no message variation %(variation)s when it was asked last, and may refuse this "
                "mailing. Ask an admin to look at the message variations."
            ),
            step="braze",
            blocks=False,
            params={"variation": variation_id},
        )


def _restricted_words(subject: Subject) -> Iterator[CheckFinding]:
    """Finds the words that the brand restricts (M10); what needs approval warns here and is asked for by the policy."""
    restrictions = restrictions_of(subject.mailing.group.brand)
    for hit in hits_of(subject.mailing, subject.compiled, subject.context, restrictions):
        level = RuleLevel(hit.restriction.level)
        params = {"label": hit.label, "words": hit.words, "reason": hit.restriction.reason}
        message = (_WORD_MESSAGES if hit.field else _SENDER_WORD_MESSAGES)[level]
        step, blocks = hit.field or SENDER_STEP, level is RuleLevel.BLOCK
        yield CheckFinding(f"restricted_{level.value}", message, step, blocks, params)


_WORD_MESSAGES = {
    RuleLevel.BLOCK: _("%(label)s says “%(words)s”, which your brand does not allow. Write it another way. %(reason)s"),
    RuleLevel.APPROVE: _("%(label)s says “%(words)s”, so somebody must approve this mailing. %(reason)s"),
    RuleLevel.WARN: _("%(label)s says “%(words)s”. Your brand would rather not read it. %(reason)s"),
}
_SENDER_WORD_MESSAGES = {
    RuleLevel.BLOCK: _("The sender “%(label)s” says “%(words)s”, which your brand does not allow. %(reason)s"),
    RuleLevel.APPROVE: _("The sender “%(label)s” says “%(words)s”, so somebody must approve this mailing. %(reason)s"),
    RuleLevel.WARN: _("The sender “%(label)s” says “%(words)s”. Your brand would rather not read it. %(reason)s"),
}


def _season(subject: Subject) -> Iterator[CheckFinding]:
    mailing, template = subject.mailing, subject.mailing.version.template
    if template.recalled_at is not None:
        yield CheckFinding(
            "template_recalled",
            _("The template “%(name)s” was recalled: %(reason)s Use another one, or ask a brand manager."),
            step="braze",
            params={"name": template.name, "reason": template.recall_reason},
        )
    go_at = mailing.send_at or timezone.now()
    if template.expires_on is not None and day_of(mailing.group, go_at) > template.expires_on:
        yield CheckFinding(
            "template_expired",
            _(
                "The template “%(name)s” is only to be used until %(day)s. Choose an earlier day, or start from "
                "another template."
            ),
            step="when",
            params={"name": template.name, "day": date_format(template.expires_on)},
        )


def _withheld(subject: Subject) -> Iterator[CheckFinding]:
    mailing = subject.mailing
    if is_withheld(mailing.version.template, mailing.group, mailing.author):
        yield CheckFinding(
            "template_withheld",
            _("The template “%(name)s” is not for your group any more. Ask a brand manager, or use another one."),
            step="braze",
            params={"name": mailing.version.template.name},
        )


def _subject_line(subject: Subject) -> Iterator[CheckFinding]:
    line = str(subject.mailing.values.get("subject", ""))
    if len(line) > LONG_SUBJECT_CHARACTERS:
        yield CheckFinding(
            "subject_long",
            _("The subject has %(count)s characters; phones show about 60."),
            step="subject",
            blocks=False,
            params={"count": str(len(line))},
        )
    if len(line) > 3 and line.isupper():
        yield CheckFinding(
            "subject_capitals", _("The subject is all capitals, which many filters take for spam."), "subject", False
        )


def _audience(subject: Subject) -> Iterator[CheckFinding]:
    audience = subject.mailing.audience
    if subject.mailing.is_practice:
        return  # it goes to its team
    if audience is None:
        yield CheckFinding("audience_missing", _("Choose whom this goes to."), step="audience")
        return
    if audience.kind == AudienceKind.FILTER and (problem := problem_of(audience)):
        yield CheckFinding(
            "audience_filter_refused",
            _("The filter “%(name)s” cannot be used. %(reason)s"),
            step="audience",
            params={"name": audience.name, "reason": problem},
        )
        return
    if waits_for_mirrors(audience):
        yield CheckFinding(
            "audience_filter_waits",
            _("Braze does not have all contacts of your group yet, and the filter “%(name)s” needs them there. Wait."),
            step="audience",
            params={"name": audience.name},
        )
    count = audience_count(audience, subject.mailing.group, subject.mailing.send_at)
    if count.reached == 0:
        yield CheckFinding(
            "audience_empty",
            _("Nobody in “%(name)s” can be mailed. Choose another audience, or add people to it."),
            step="audience",
            params={"name": audience.name},
        )


def _group(subject: Subject) -> Iterator[CheckFinding]:
    if subject.mailing.group.closed_at is not None:
        yield CheckFinding("group_closed", _("This group is closed, so nothing new is sent from it."), step="braze")


def _halt(subject: Subject) -> Iterator[CheckFinding]:
    standing = halts_over(subject.mailing.group).first()
    if standing is not None:
        yield CheckFinding(
            "sending_stopped",
            _("Sending is stopped for %(group)s: %(reason)s Head office lets it go on again."),
            step="braze",
            params={"group": standing.group.name, "reason": standing.reason},
        )


def _import(subject: Subject) -> Iterator[CheckFinding]:
    """Waits for a file that is still being imported into the audience, so that nobody in it is forgotten."""
    audience = subject.mailing.audience
    under_way = (ImportState.WAITING, ImportState.IMPORTING)
    if audience is not None and audience.imports.filter(state__in=under_way).exists():
        yield CheckFinding(
            "audience_importing",
            _("Contacts are still being imported into “%(name)s”. Wait until that is done."),
            step="audience",
            params={"name": audience.name},
        )


def _time(subject: Subject) -> Iterator[CheckFinding]:
    send_at = subject.mailing.send_at
    # Of a part of a rollout head office has chosen the time, not the group.
    is_own_time = send_at is not None and not is_part(subject.mailing)
    if is_own_time and not has_feature(subject.mailing.group, Feature.SCHEDULING):
        yield CheckFinding("time_switched_off", NO_SCHEDULING, step="when")
    if send_at is not None and send_at <= timezone.now():
        yield CheckFinding("time_passed", _("The chosen time has passed. Choose a later one."), step="when")
    elif send_at is not None and subject.mailing.in_local_time:
        group = subject.mailing.group
        if problem := local_time_problem(send_at, group.time_zone, subject.mailing.route):
            yield CheckFinding("local_time_too_near", problem, step="when")


def _workspace(subject: Subject) -> Iterator[CheckFinding]:
    workspace = subject.workspace
    if workspace is None or not workspace.is_connected:
        yield CheckFinding(
            "braze_not_connected",
            _("Braze is not connected yet. Ask an admin to fill in the Braze Email Service Provider page."),
            step="braze",
        )
        return
    needed = "campaigns.trigger.send" if subject.mailing.route == Route.TRIGGER else "messages.schedule.create"
    if workspace.check_result.get(needed) == "missing":
        yield CheckFinding(
            "permission_missing",
            _("The API key lacks the permission %(permission)s. Ask an admin to make a new key in Braze."),
            step="braze",
            params={"permission": needed},
        )
    trigger_campaign = subject.mailing.version.trigger_campaign_id or workspace.trigger_campaign_id
    if subject.mailing.route == Route.TRIGGER and not trigger_campaign:
        yield CheckFinding(
            "trigger_campaign_missing",
            _("No API-triggered campaign is named for this template. Ask an admin to add its Campaign ID."),
            step="braze",
        )


def _tested(subject: Subject) -> Iterator[CheckFinding]:
    """Asks for a test of exactly this content where the template demands one (M14)."""
    if subject.mailing.version.template.needs_test and not is_tested(subject.mailing):
        yield CheckFinding(
            "test_missing",
            _("Nobody has tested this email as it stands now. Send a test in the step “Check”, and look at it."),
            step="check",
        )


def _reachable_images(subject: Subject) -> Iterator[CheckFinding]:
    """Blocks mail with images that only this machine can reach, once a real Braze would send it."""
    workspace = subject.workspace
    if workspace is None or is_loopback(workspace.endpoint):
        return
    if is_loopback(settings.PUBLIC_URL):
        yield CheckFinding(
            "address_not_public",
            _("Images and the unsubscribe link would point to this machine alone. Ask an operator to set PUBLIC_URL."),
            step="braze",
        )


def _mail_is_sound(subject: Subject) -> Iterator[CheckFinding]:
    """Renders the mail as Braze gets it: its size, and the proof that nothing that was locked has changed."""
    rendered = render(subject.compiled, subject.mailing.values, subject.context, Target.BRAZE)
    size = len(rendered.html.encode())
    if size > CLIPPING_NEAR_BYTES:
        yield CheckFinding(
            "mail_large",
            _("The mail has %(size)s KB; Gmail cuts it off at 102 KB."),
            step="subject",
            blocks=size > CLIPPED_AT_BYTES,
            params={"size": str(size // 1024)},
        )
    if not prove(subject.compiled, subject.mailing.values, subject.context, rendered).holds:
        yield CheckFinding(
            "lock_broken",
            _("The mail differs from its template where it is locked. It cannot be sent; please tell your brand."),
            step="subject",
        )


CHECKS: tuple[Callable[[Subject], Iterator[CheckFinding]], ...] = (
    _values,
    properties,
    _sender,
    _variation,
    person,
    _restricted_words,
    _season,
    _withheld,
    _subject_line,
    _audience,
    broadcast,
    _import,
    _group,
    _halt,
    _time,
    times,
    clashes,
    _workspace,
    _reachable_images,
    attachments,
    rollout,
    _tested,
)
