"""From a draft to a published version: compiled, checked, tested, and then never changed again."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.brandlock import DEFAULT_LIQUID_TAGS, Compiled, Finding, SourceRefused, braze_source, compile_source
from campaigns.brandlock.duties import publish_findings
from campaigns.compose.content import context_for_group, sample_of_version
from campaigns.errors import Refusal
from campaigns.library.services import draft_row, fill, lock_template
from campaigns.library.snippets import snippets_of
from campaigns.models import Route, Template, TemplateVersion
from campaigns.rules.domains import allowed_domains
from groups.audit import record
from groups.models import Brand, Group, User


def compile_for(brand: Brand, source: str, kind: str, *, inlines_css: bool = False) -> Compiled:
    """Compiles a source under the brand's allow-lists and with its shared parts; raises `SourceRefused`."""
    return compile_source(
        source,
        kind=kind,
        liquid_tags=frozenset(brand.liquid_tags) or DEFAULT_LIQUID_TAGS,
        merge_tags=frozenset(brand.attributes.filter(is_merge_tag=True).values_list("name", flat=True)),
        snippets=snippets_of(brand),
        inlines_css=inlines_css,
    )


def owed_by(brand: Brand, source: str, compiled: Compiled) -> tuple[Finding, ...]:
    """Gives what a source that compiles still owes to law, to accessibility and to the rules of the brand."""
    return publish_findings(source, compiled, allowed_domains(brand))


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
) -> TemplateVersion:
    """Publishes a source as the version that new mailings start from; raises `SourceRefused` and changes nothing.

    What a template owes to law and accessibility is checked first. What is already published gives that version again
    and no new one, and drops the draft. `tested` tells whether a test mail of exactly this source was looked at.
    """
    compiled = compile_for(template.brand, source, kind, inlines_css=inlines_css)
    owed = [finding for finding in owed_by(template.brand, source, compiled) if finding.blocks]
    if owed:
        raise SourceRefused(owed)
    if template.route == Route.TRIGGER:
        root = Group.objects.select_related("brand").get(brand=template.brand_id, parent=None)
        braze_source(compiled, context_for_group(root, send_date=""))
    with transaction.atomic():
        lock_template(template)
        version = draft_row(template)
        fill(
            version,
            source=source,
            kind=kind,
            compiled=compiled.as_json(),
            trigger_campaign_id=trigger_campaign_id,
            envelope=envelope or {},
            inlines_css=inlines_css,
        )
        current = template.current
        if current is not None and current.digest == version.digest:
            template.versions.filter(published_at=None).delete()
            return current
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
    return version


def republish(*, template: Template, source: str, kind: str, actor: User | None) -> TemplateVersion:
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
    )
    tested = draft is not None and draft.tested_digest == version.digest
    return publish_version(
        template=template,
        source=source,
        kind=kind,
        actor=actor,
        tested=tested,
        trigger_campaign_id=version.trigger_campaign_id,
        envelope=version.envelope,
        inlines_css=version.inlines_css,
    )


def publish_draft(*, template: Template, actor: User) -> TemplateVersion:
    """Publishes the draft as it stands; raises `Refusal` while no test mail of exactly this draft was sent (T16)."""
    draft = template.versions.filter(published_at=None).first() or template.current
    if draft is None:
        raise Refusal(_("There is nothing to publish yet. Write the email first."))
    if draft.published_at is None and draft.tested_digest != draft.digest and draft.compiled:
        raise Refusal(_("Send yourself a test mail of exactly this draft first, and look at it."))
    return publish_version(
        template=template,
        source=draft.source,
        kind=draft.source_kind,
        actor=actor,
        tested=True,
        trigger_campaign_id=draft.trigger_campaign_id,
        envelope=draft.envelope,
        inlines_css=draft.inlines_css,
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
