"""From rows to the bodies of the API."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from campaigns.api import library_schemas, outcome_schemas, schemas
from campaigns.brandlock import Compiled, FieldSpec, SectionSpec, default_values
from campaigns.models import Batch, Delivery, Image, Mailing, Review, Template, TestMail
from campaigns.reports.queries import Numbers
from groups.addresses import public_url
from groups.api.shown import named
from groups.models import Brand


def template_out(template: Template) -> library_schemas.TemplateOut:
    """Gives a template that has a published version."""
    return library_schemas.TemplateOut.model_validate(_template(template))


def template_with_fields(template: Template, compiled: Compiled) -> library_schemas.TemplateWithFields:
    """Gives a template with the fields and sections of its published version."""
    return library_schemas.TemplateWithFields.model_validate(
        {
            **_template(template),
            "fields": [_field(spec) for spec in compiled.fields],
            "sections": [_section(spec) for spec in compiled.sections],
            "values": default_values(compiled),
        }
    )


def image_out(image: Image, brand: Brand) -> library_schemas.ImageOut:
    """Gives an image with the address that mails name."""
    return library_schemas.ImageOut(
        id=image.pk,
        group_id=image.group_id,
        name=image.name,
        alt=image.alt,
        url=public_url(brand, image.file.url),
        width=image.width,
        height=image.height,
        size_bytes=image.size_bytes,
        created_at=image.created_at,
    )


def mailing_out(mailing: Mailing) -> schemas.MailingOut:
    """Gives a mailing without its values."""
    return schemas.MailingOut.model_validate(_mailing(mailing))


def mailing_with_values(mailing: Mailing) -> schemas.MailingWithValues:
    """Gives a mailing with its values."""
    return schemas.MailingWithValues.model_validate(
        {**_mailing(mailing), "values": mailing.values, "sender": mailing.envelope}
    )


def test_out(test: TestMail) -> schemas.TestOut:
    """Gives a test mail."""
    return schemas.TestOut(
        id=test.pk,
        tester=named(test.tester),
        revision=test.revision,
        state=test.state,
        error=test.error,
        dispatch_id=test.dispatch_id,
        created_at=test.created_at,
        planned_for=test.planned_for,
    )


def review_out(review: Review) -> schemas.ReviewOut:
    """Gives a submission."""
    return schemas.ReviewOut.model_validate(_review(review))


def review_with(review: Review, differences: Iterable[schemas.DifferenceOut]) -> schemas.ReviewWithDifferences:
    """Gives a submission with what differs from the template."""
    return schemas.ReviewWithDifferences.model_validate({**_review(review), "differences": list(differences)})


def delivery_out(delivery: Delivery) -> outcome_schemas.DeliveryOut:
    """Gives a delivery with its batches counted by state."""
    counts = delivery.batches.order_by().values_list("state").annotate(batches=Count("pk"))
    return outcome_schemas.DeliveryOut(
        id=delivery.pk,
        mailing_id=delivery.mailing_id,
        route=delivery.route,
        state=delivery.state,
        state_reason=delivery.state_reason,
        send_id=delivery.send_id,
        digest=delivery.digest,
        people=delivery.frozen,
        left_out=delivery.excluded,
        batches=dict(counts),
        go_at=delivery.go_at,
        undo_until=delivery.undo_until,
        created_at=delivery.created_at,
        settled_at=delivery.settled_at,
    )


def batch_out(batch: Batch) -> outcome_schemas.BatchOut:
    """Gives a batch."""
    names = outcome_schemas.BatchOut.model_fields
    return outcome_schemas.BatchOut(**{name: getattr(batch, name) for name in names})


def report_out(mailing: Mailing, numbers: Numbers | None) -> outcome_schemas.ReportOut:
    """Gives the numbers of a mailing, or that there are none yet."""
    if numbers is None:
        return outcome_schemas.ReportOut(mailing_id=mailing.pk, has_data=False)
    return outcome_schemas.ReportOut(
        mailing_id=mailing.pk,
        has_data=True,
        sent=numbers.sent,
        delivered=numbers.delivered,
        rates={
            name: outcome_schemas.RateOut(count=rate.count, share=rate.share, standing=rate.standing, usual=rate.usual)
            for name, rate in numbers.rates.items()
        },
        days=numbers.days,
        read_at=numbers.read_at,
    )


def _template(template: Template) -> dict[str, object]:
    assert template.current is not None  # only what is published is offered
    names = ("name", "slug", "description", "folder", "route", "starts_on", "expires_on", "takes_attachments")
    return {
        "id": template.pk,
        "version": template.current.number,
        **{name: getattr(template, name) for name in names},
    }


def _field(spec: FieldSpec) -> library_schemas.FieldOut:
    same = set(library_schemas.FieldOut.model_fields) - {"type", "options", "formats"}
    return library_schemas.FieldOut(
        type=spec.type.value,
        options=[library_schemas.OptionOut(value=one.value, label=one.label) for one in spec.options],
        formats=[one.value for one in spec.formats],
        **{name: getattr(spec, name) for name in same},
    )


def _section(spec: SectionSpec) -> library_schemas.SectionOut:
    return library_schemas.SectionOut(
        name=spec.name,
        label=spec.label,
        is_optional=spec.optional,
        is_repeated=spec.is_repeated,
        minimum=spec.minimum,
        maximum=spec.maximum,
        choice=spec.choice or "",
        repeat=spec.repeat,
    )


def _mailing(mailing: Mailing) -> dict[str, object]:
    version = mailing.version
    names = ("group_id", "name", "state", "state_reason", "revision", "is_practice", "audience_id", "send_at")
    more = ("in_local_time", "last_day", "created_at", "updated_at")
    return {
        "id": mailing.pk,
        "template": {"id": version.template_id, "name": version.template.name, "version": version.number},
        "author": named(mailing.author),
        **{name: getattr(mailing, name) for name in (*names, *more)},
    }


def _review(review: Review) -> dict[str, object]:
    names = ("state", "level", "approvals_needed", "digest", "note", "is_priority", "submitted_at", "decide_by")
    return {
        "id": review.pk,
        "mailing_id": review.mailing_id,
        "group_id": review.mailing.group_id,
        "mailing_name": review.mailing.name,
        "submitted_by": named(review.submitted_by),
        "decided_at": review.decided_at,
        "reason": review.reason,
        **{name: getattr(review, name) for name in names},
    }
