"""A template made of a source from elsewhere, and proposed fields written into its draft."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.brandlock import Finding
from campaigns.brandlock.importers import Choice, Imported, confirm, import_source
from campaigns.errors import Refusal
from campaigns.library.drafting import save_draft
from campaigns.library.errors import StaleDraft
from campaigns.library.services import create_template, kind_of
from campaigns.models import Template, TemplateVersion
from campaigns.rules.liquid import allowed_merge_tags
from groups.models import Brand, User


class ChoicesRefused(Refusal):
    """Confirmed proposals that cannot be written; `findings` say which, each with the start of its place as `field`."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(_("Nothing was written. Mend what is said at the fields."))
        self.findings = tuple(findings)


def import_template(*, brand: Brand, name: str, source: str, actor: User) -> tuple[Template, Imported]:
    """Makes a template whose draft is a source from elsewhere, translated as far as it can be.

    Any source is kept, also one that does not compile: the editor says what is wrong with it.
    """
    kind = kind_of(source)
    imported = import_source(source, kind=kind, merge_tags=allowed_merge_tags(brand))
    with transaction.atomic():
        template = create_template(brand=brand, name=name, actor=actor)
        save_draft(template=template, source=imported.source, kind=kind, actor=actor)
    return template, imported


def write_choices(*, version: TemplateVersion, choices: Sequence[Choice], seen: str, actor: User) -> TemplateVersion:
    """Writes confirmed proposals into the draft that follows a version, which is the newest one of its template.

    All choices are written or none. Raises `ChoicesRefused`, and `StaleDraft` where `seen` is not the digest of the
    version or somebody saved in between.
    """
    if seen != version.digest:
        raise StaleDraft
    confirmed = confirm(version.source, kind=version.source_kind, choices=choices)
    if confirmed.findings:
        raise ChoicesRefused(confirmed.findings)
    return save_draft(
        template=version.template,
        source=confirmed.source,
        kind=version.source_kind,
        actor=actor,
        trigger_campaign_id=version.trigger_campaign_id,
        envelope=version.envelope,
        inlines_css=version.inlines_css,
        seen=version.digest,
    )
