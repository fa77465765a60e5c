"""What the library's pages read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from campaigns.brandlock import Compiled, FieldSpec, Finding, SourceRefused
from campaigns.compose.content import compiled_of
from campaigns.library.field_words import TYPE_LABELS
from campaigns.library.images import offered_images
from campaigns.library.publishing import compile_for, kept_from_travelling, owed_by
from campaigns.library.services import kind_of
from campaigns.models import Image, Template, TemplateVersion
from campaigns.sentences import spoken
from groups.models import Brand, Group, GroupKind


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a source, as a sentence; `line` and `column` count from 1, both 0 without a place."""

    line: int
    column: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A source as the editor shows it: what is wrong, or what it compiles to; both empty without a source.

    `owed` keeps a source that compiles from being published, `warnings` do not.
    """

    problems: tuple[Problem, ...] = ()
    owed: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    compiled: Compiled | None = None

    @property
    def steps(self) -> tuple[tuple[FieldSpec, str], ...]:
        """The fields in the order in which authors are asked, each with the words for its type."""
        fields = self.compiled.fields if self.compiled else ()
        return tuple((spec, str(TYPE_LABELS[spec.type])) for spec in fields)


def templates_of(brand: Brand) -> QuerySet[Template]:
    """Gives the brand's templates by folder and name, each with `has_draft`, `mailing_count` and `pictured_id`.

    The picture is that of the published version, else of a draft that compiles, else there is none.
    """
    drafts = TemplateVersion.objects.filter(template=OuterRef("pk"), published_at=None)
    drawn = drafts.exclude(compiled={}).values("pk")[:1]
    return (
        Template.objects.filter(brand=brand)
        .select_related("current")
        .defer("current__source", "current__compiled")
        .annotate(
            has_draft=Exists(drafts),
            pictured_id=Coalesce("current_id", Subquery(drawn)),
            mailing_count=Count("versions__mailings"),
        )
        .order_by("folder", "name")
    )


def newest_of(template: Template) -> TemplateVersion | None:
    """Gives the draft of a template, else its published version."""
    return template.versions.filter(published_at=None).first() or template.current


def history_of(template: Template) -> QuerySet[TemplateVersion]:
    """Gives the published versions, newest first, each with `mailing_count`."""
    return (
        template.versions.filter(published_at__isnull=False)
        .select_related("published_by")
        .defer("source", "compiled")
        .annotate(mailing_count=Count("mailings"))
    )


def checked(version: TemplateVersion) -> Checked:
    """Gives what a stored source compiles to and still owes, or everything that is wrong in it."""
    try:
        compiled = (
            compiled_of(version)
            if version.compiled
            else compile_for(
                version.template.brand, version.source, kind_of(version.source), inlines_css=version.inlines_css
            )
        )
    except SourceRefused as refused:
        return Checked(problems=problems_of(refused.findings))
    findings = owed_by(version.template.brand, version.source, compiled)
    owed = [finding for finding in findings if finding.blocks]
    owed += kept_from_travelling(version.template, compiled, version.personal_values)
    return Checked(
        owed=problems_of(owed),
        warnings=problems_of([finding for finding in findings if not finding.blocks]),
        compiled=compiled,
    )


def problems_of(findings: Sequence[Finding]) -> tuple[Problem, ...]:
    """Gives findings as sentences in the language of the page."""
    return tuple(Problem(finding.line, finding.column, spoken(finding.message, finding.params)) for finding in findings)


def sample_group(brand: Brand) -> Group:
    """Gives the group that previews of a template are filled from: a store with an address, else any."""
    groups = Group.objects.filter(brand=brand, closed_at=None).select_related("brand")
    stores = groups.filter(Q(kind=GroupKind.STORE) & ~Q(street="")).order_by("code")
    return stores.first() or groups.order_by("created_at")[0]


def images_of(group: Group, *, folder: str = "", is_hidden: bool = False) -> QuerySet[Image]:
    """Gives the images of the group itself, newest first: those that are offered, or those that are hidden."""
    images = Image.objects.filter(group=group, hidden_at__isnull=not is_hidden).select_related("folder")
    return images.filter(folder__slug=folder) if folder else images


def inherited_images_of(group: Group, *, folder: str = "") -> QuerySet[Image]:
    """Gives the images that come from the groups above, newest first; they are to be used, not changed (I1)."""
    images = offered_images(group).exclude(group=group).distinct()
    return images.filter(folder__slug=folder) if folder else images
