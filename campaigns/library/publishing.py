"""From a draft to a published version: compiled, checked, tested, and then never changed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import (
    Compiled,
    Finding,
    SourceRefused,
    braze_source,
    compile_source,
    refuse_personal_clashes,
)
from campaigns.brandlock.duties import publish_findings
from campaigns.compose.content import context_for_group, sample_of_version
from campaigns.errors import Refusal
from campaigns.library.errors import StaleDraft
from campaigns.library.own_fields import unknown_fields
from campaigns.library.pushing import follow
from campaigns.library.services import draft_row, fill, lock_template
from campaigns.library.snippets import snippets_of
from campaigns.models import Route, Template, TemplateVersion
from campaigns.rules.domains import allowed_domains
from campaigns.rules.liquid import allowed_merge_tags, allowed_tags
from groups.audit import record
from groups.models import Brand, Group, User


@dataclass(frozen=True, slots=True)
class Published:
    """The version in use after publishing; `is_new` is false where it was in use before.

    `followed` counts the drafts that had nothing but the template's text and use the new version now.
    """

    version: TemplateVersion
    is_new: bool
    followed: int = 0


def compile_for(brand: Brand, source: str, kind: str, *, inlines_css: bool = False) -> Compiled:
    """Compiles a source under the brand's allow-lists and with its shared parts; raises `SourceRefused`."""
    return compile_source(
        source,
        kind=kind,
        liquid_tags=allowed_tags(brand),
        merge_tags=allowed_merge_tags(brand),
        snippets=snippets_of(brand),
        inlines_css=inlines_css,
    )


def owed_by(brand: Brand, source: str, compiled: Compiled) -> tuple[Finding, ...]:
    """Gives what a source that compiles still owes to law, to accessibility and to the rules of the brand."""
    unknown = unknown_fields(brand, compiled)
    return (*unknown, *publish_findings(source, compiled, allowed_domains(brand)))


def kept_from_travelling(template: Template, compiled: Compiled, personal_values: Sequence[str]) -> tuple[Finding, ...]:
    """Gives what keeps values from reaching a mail that Braze holds; nothing where the portal makes the mail."""
    if template.route != Route.TRIGGER:
        return ()
    root = Group.objects.select_related("brand").get(brand=template.brand_id, parent=None)
    try:
        braze_source(compiled, context_for_group(root, send_date=""))
        refuse_personal_clashes(compiled, personal_values)
    except SourceRefused as refused:
        return refused.findings
    return ()


def publish_version(
    *,
    template: Template,
    source: str,
    kind: str,
    actor: User | None,
    tested: bool,
    trigger_campaign_id: str = "",
    envelope: dict[str, Any] | None = None,
    inlines_css: bool = False,
    personal_values: Sequence[str] = (),
) -> TemplateVersion:
    """Publishes a source as the version that new mailings start from; raises `SourceRefused` and changes nothing.

    What a template owes to law and accessibility is checked first. What is already published gives that version again
    and no new one. A draft of the same source becomes the version; any other one stays. `tested` tells whether a test
    mail of exactly this source was looked at. Drafts of mailings with nothing but the template's text follow a new
    version at once (T18).
    """
    return _publish(
        template=template,
        source=source,
        kind=kind,
        actor=actor,
        tested=tested,
        trigger_campaign_id=trigger_campaign_id,
        envelope=envelope,
        inlines_css=inlines_css,
        personal_values=personal_values,
    ).version


def _publish(
    *,
    template: Template,
    source: str,
    kind: str,
    actor: User | None,
    tested: bool,
    trigger_campaign_id: str,
    envelope: dict[str, Any] | None,
    inlines_css: bool,
    personal_values: Sequence[str],
    seen: str | None = None,
) -> Published:
    """Publishes as `publish_version` does.

    `seen` is the digest of the newest version, draft or not, that was looked at: raises `StaleDraft` where another one
    is the newest by now.
    """
    compiled = compile_for(template.brand, source, kind, inlines_css=inlines_css)
    owed = [finding for finding in owed_by(template.brand, source, compiled) if finding.blocks]
    if owed or (owed := list(kept_from_travelling(template, compiled, personal_values))):
        raise SourceRefused(owed)
    content: dict[str, Any] = {
        "source": source,
        "kind": kind,
        "compiled": compiled.as_json(),
        "trigger_campaign_id": trigger_campaign_id,
        "envelope": envelope or {},
        "inlines_css": inlines_css,
        "personal_values": personal_values,
    }
    wanted = TemplateVersion(template=template)
    fill(wanted, **content)
    with transaction.atomic():
        lock_template(template)
        current, version = template.current, draft_row(template)
        is_drafted = version.created_at is not None
        stored = version.digest if is_drafted else current.digest if current is not None else ""
        if seen is not None and stored != seen:
            raise StaleDraft
        if current is not None and current.digest == wanted.digest:
            if is_drafted and stored == wanted.digest:
                version.delete()
            return Published(current, is_new=False)
        if is_drafted and stored != wanted.digest:
            version = _before(version)
        fill(version, **content)
        version.is_tested = tested
        version.published_by = actor
        version.published_at = timezone.now()
        version.save()
        Template.objects.filter(pk=template.pk).update(current=version, updated_at=version.published_at)
        record(
            "template.published",
            actor=actor,
            brand=template.brand,
            target=template,
            number=version.number,
            tested=tested,
        )
    template.refresh_from_db()
    return Published(version, is_new=True, followed=follow(template, actor))


def _before(draft: TemplateVersion) -> TemplateVersion:
    """Gives a new row with the number of somebody's unfinished draft, which stays and gets the next number."""
    TemplateVersion.objects.filter(pk=draft.pk).update(number=draft.number + 1)
    return TemplateVersion(template=draft.template, number=draft.number)


def republish(*, template: Template, source: str, kind: str, actor: User | None) -> Published:
    """Publishes a source with the settings of the version in use.

    Only a test mail of exactly this source, sent from the editor, makes it a tested one. Raises as `publish_version`.
    """
    current, draft = template.current, template.versions.filter(published_at=None).first()
    version = TemplateVersion(
        template=template,
        source=source,
        source_kind=kind,
        trigger_campaign_id=current.trigger_campaign_id if current else "",
        envelope=current.envelope if current else {},
        inlines_css=current.inlines_css if current else False,
        personal_values=current.personal_values if current else [],
    )
    tested = draft is not None and draft.tested_digest == version.digest
    return _publish(
        template=template,
        source=source,
        kind=kind,
        actor=actor,
        tested=tested,
        trigger_campaign_id=version.trigger_campaign_id,
        envelope=version.envelope,
        inlines_css=version.inlines_css,
        personal_values=version.personal_values,
    )


def publish_draft(*, template: Template, actor: User) -> Published:
    """Publishes the draft as it stands; raises `Refusal` while no test mail of exactly this draft was sent (T16).

    Raises `StaleDraft` where somebody else saves another draft meanwhile, which stays as it is.
    """
    draft = template.versions.filter(published_at=None).first() or template.current
    if draft is None:
        raise Refusal(_("There is nothing to publish yet. Write the email first."))
    compiled = compile_for(template.brand, draft.source, draft.source_kind, inlines_css=draft.inlines_css).as_json()
    if draft.published_at is None and compiled != draft.compiled:
        # A shared part that it pins, or a rule of the brand, changed since it was saved: a test shows it as it is now.
        TemplateVersion.objects.filter(pk=draft.pk).update(compiled=compiled, tested_digest="")
        raise Refusal(_("What this shows has changed since it was saved. Send yourself a test mail, and look at it."))
    if draft.published_at is None and draft.tested_digest != draft.digest:
        raise Refusal(_("Send yourself a test mail of exactly this draft first, and look at it."))
    return _publish(
        template=template,
        source=draft.source,
        kind=draft.source_kind,
        actor=actor,
        tested=True,
        trigger_campaign_id=draft.trigger_campaign_id,
        envelope=draft.envelope,
        inlines_css=draft.inlines_css,
        personal_values=draft.personal_values,
        seen=draft.digest,
    )


def send_test(*, draft: TemplateVersion, group: Group, actor: User) -> None:
    """Mails a draft to the person who asks, as a sample person of a group would get it, and notes which draft it was.

    Raises `Refusal` for a draft that does not compile, and when the portal's mail server does not take the mail.
    """
    if not draft.compiled:
        raise Refusal(_("This cannot be mailed yet. Mend the errors first; your draft is saved."))
    rendered = sample_of_version(draft, group)
    mail = EmailMultiAlternatives(subject=f"[TEST] {rendered.subject}", body=rendered.text, to=[actor.email])
    mail.attach_alternative(rendered.html, "text/html")
    try:
        mail.send()
    except (SMTPException, OSError) as error:
        raise Refusal(_("The test mail could not be sent: the portal's mail server does not answer.")) from error
    with transaction.atomic():
        TemplateVersion.objects.filter(pk=draft.pk).update(tested_digest=draft.digest, tested_at=timezone.now())
        record(
            "template.tested",
            actor=actor,
            brand=draft.template.brand,
            target=draft.template,
            number=draft.number,
            digest=draft.digest,
        )
    draft.refresh_from_db()
