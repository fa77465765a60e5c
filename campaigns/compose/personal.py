"""Which attributes travel with each recipient to a mail that Braze holds, and what stands where somebody lacks one."""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.brandlock import PersonalValue
from campaigns.models import Route, TemplateVersion
from groups.audiences.cleaning import value
from groups.audiences.rejects import CellRefused
from groups.models import Attribute


def personal_values_of(version: TemplateVersion) -> dict[str, PersonalValue]:
    """Gives the attributes that travel, each with its fallback, which may be empty; only what the brand allows."""
    return {attribute.name: _read(attribute.fallback, attribute) for attribute in _travelling(version)}


def personal_samples_of(version: TemplateVersion) -> dict[str, PersonalValue]:
    """Gives the same attributes with the brand's samples, for people who only look; none where both are empty."""
    samples = {one.name: _read(one.sample or one.fallback, one) for one in _travelling(version)}
    return {name: sample for name, sample in samples.items() if sample != ""}


def _travelling(version: TemplateVersion) -> QuerySet[Attribute]:
    if version.template.route != Route.TRIGGER or not version.personal_values:
        return Attribute.objects.none()
    return version.template.brand.attributes.filter(name__in=version.personal_values).order_by("name")


def _read(text: str, attribute: Attribute) -> PersonalValue:
    """Gives words of the brand in the attribute's own type, so that Liquid compares them like a contact's value."""
    try:
        read = value(text, attribute.kind)
    except CellRefused:
        return text
    return text if read is None else read
