"""What stands in the way of going in somebody's name: they are gone, or something about them is missing (G6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext_noop as _

from campaigns.brandlock import Finding
from campaigns.compose.sender_person import fields_of_person, person_of
from campaigns.preflight.findings import CheckFinding
from campaigns.preflight.subject import Subject
from groups.models import Brand
from groups.people.queries import belongs_to


def person(subject: Subject) -> Iterator[CheckFinding]:
    """Asks whether the person belongs to the group still, where the mail names them or somebody chose them."""
    mailing = subject.mailing
    named = fields_of_person(subject.compiled, mailing.values, subject.context.snippets)
    if mailing.on_behalf_of_id is None and not named:
        return
    if not belongs_to(person_of(mailing), mailing.group):
        yield CheckFinding(
            "sender_field_person_gone",
            _("%(person)s does not belong to %(group)s any more. Choose in whose name the email goes."),
            step="",
            params={"person": person_of(mailing).name, "group": mailing.group.name},
        )


def by_label(brand: Brand, findings: Iterable[Finding]) -> Iterator[CheckFinding]:
    """Takes over what brand lock found; of a person's fields by the labels that people know."""
    found = [CheckFinding.of_value(finding) for finding in findings]
    keys = [one.params["name"] for one in found if one.code == "sender_field_empty"]
    labels = dict(brand.user_fields.filter(key__in=keys).values_list("key", "label")) if keys else {}
    for one in found:
        label = labels.get(one.params.get("name", "")) if one.code == "sender_field_empty" else None
        yield replace(one, params={**one.params, "name": label}) if label else one
