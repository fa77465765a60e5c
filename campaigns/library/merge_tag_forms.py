"""What brand managers type about attributes and merge tags."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.library.forms import OneLineField
from campaigns.library.merge_tags import AttributeFields
from groups.models import Attribute, AttributeKind


class AttributeForm(forms.Form):
    """An attribute, with what stands in mails where it is a merge tag; its short name never changes."""

    name = OneLineField(
        label=_("Short name"),
        max_length=60,
        help_text=_("Stands in emails as [[short_name]]: a to z, 0 to 9 and _. It cannot be changed later."),
    )
    label = OneLineField(label=_("Name"), max_length=100, help_text=_("Authors see it on the chip that they insert."))
    kind = forms.ChoiceField(label=_("Kind"), choices=AttributeKind.choices, initial=AttributeKind.TEXT)
    braze_name = OneLineField(
        label=_("Name in Braze"), max_length=100, help_text=_("As Braze's users.track takes it, for example home_city.")
    )
    is_custom = forms.BooleanField(label=_("A custom attribute of Braze"), required=False, initial=True)
    is_merge_tag = forms.BooleanField(
        label=_("Authors may insert it as a merge tag"), required=False, help_text=_("In subjects and preheaders too.")
    )
    is_target = forms.BooleanField(
        label=_("Filters may use it"),
        required=False,
        help_text=_("Then every group can choose its audiences by it, among its own contacts."),
    )
    liquid_name = OneLineField(
        label=_("Name in Liquid"),
        max_length=100,
        required=False,
        help_text=_("Where it differs from the name in Braze, as city for home_city. Empty: the same."),
    )
    fallback = OneLineField(
        label=_("Where it is not known"),
        max_length=60,
        required=False,
        help_text=_("Words for people of whom Braze does not know it, for example “there” in “Hello there”."),
    )
    sample = OneLineField(
        label=_("Sample"), max_length=60, required=False, help_text=_("Stands in previews and test mails.")
    )

    def __init__(self, *args: Any, attribute: Attribute | None = None, **options: Any) -> None:
        if attribute is not None:
            initial = {name: getattr(attribute, name) for name in ("name", *AttributeFields.__annotations__)}
            options.setdefault("initial", initial)
        super().__init__(*args, **options)
        self.fields["name"].disabled = attribute is not None

    @property
    def words(self) -> AttributeFields:
        """What is said of the attribute, its short name aside."""
        words: dict[str, Any] = {name: self.cleaned_data[name] for name in AttributeFields.__annotations__}
        return AttributeFields(**{**words, "kind": AttributeKind(words["kind"])})  # type: ignore[typeddict-item]
