"""What people say about groups: facts, the place in the tree, the list that they look for."""

from __future__ import annotations

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from groups.models import Group, GroupKind, ReviewPolicy
from groups.tree.changing import GroupFacts
from groups.tree.rules import LENGTHS

MOST_PLACES = 500
KINDS_BELOW = [(kind.value, kind.label) for kind in (GroupKind.REGION, GroupKind.STORE)]


class FactsForm(forms.Form):
    """The facts of a group; what they must be is said by `groups.tree.rules`."""

    name = forms.CharField(label=_("Name"), max_length=LENGTHS["name"])
    street = forms.CharField(label=_("Street"), max_length=LENGTHS["street"], required=False)
    postal_code = forms.CharField(label=_("Postal code"), max_length=LENGTHS["postal_code"], required=False)
    city = forms.CharField(label=_("City"), max_length=LENGTHS["city"], required=False)
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two capital letters, as US or DE.")
    )
    phone = forms.CharField(label=_("Telephone"), max_length=LENGTHS["phone"], required=False)
    email = forms.CharField(label=_("Email address"), max_length=LENGTHS["email"], required=False)
    manager = forms.CharField(label=_("Manager"), max_length=LENGTHS["manager"], required=False)
    sender_name = forms.CharField(
        label=_("Sender name"),
        max_length=LENGTHS["sender_name"],
        required=False,
        help_text=_("Empty means the group's name."),
    )
    sender_address = forms.CharField(
        label=_("Sender address"),
        max_length=LENGTHS["sender_address"],
        required=False,
        help_text=_("Empty means the group's email address."),
    )
    reply_to = forms.CharField(
        label=_("Replies go to"),
        max_length=LENGTHS["reply_to"],
        required=False,
        help_text=_("Empty means the group's email address."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    variation_id = forms.CharField(
        label=_("Message variation ID"),
        max_length=LENGTHS["variation_id"],
        required=False,
        help_text=_("From the API campaign in Braze. Empty means the brand's default."),
    )
    review_policy = forms.ChoiceField(label=_("Review"), choices=ReviewPolicy.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = [(name, name) for name in sorted(available_timezones())]

    @property
    def facts(self) -> GroupFacts:
        """What was said, by the names of `Group`."""
        return cast("GroupFacts", {name: self.cleaned_data[name] for name in FactsForm.base_fields})

    def refuse(self, wrong: dict[str, str]) -> None:
        """Puts the sentences of a service at their fields."""
        for name, sentence in wrong.items():
            self.add_error(name if name in self.fields else None, sentence)


class CreateForm(FactsForm):
    """A new group: its code and its kind too."""

    code = forms.CharField(
        label=_("Code"), max_length=LENGTHS["code"], help_text=_("How files name the group, as US-014. It stays.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS_BELOW, initial=GroupKind.STORE)
    field_order = ("code", "name", "kind")


class MoveForm(forms.Form):
    """Where a group is to stand: chosen from head office and the regions, or named by the code of any group."""

    parent = forms.ModelChoiceField(
        label=_("New place below"), queryset=Group.objects.none(), required=False, empty_label=_("Choose a group")
    )
    code = forms.CharField(label=_("Or the code of any other group"), max_length=LENGTHS["code"], required=False)

    def __init__(self, *args: Any, places: QuerySet[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = places
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = places
        offered = places.exclude(kind=GroupKind.STORE).filter(closed_at=None).order_by("name")[:MOST_PLACES]
        field.choices = [("", field.empty_label), *((group.pk, f"{group.name} ({group.code})") for group in offered)]

    def clean(self) -> dict[str, Any]:
        """Finds the group of the code, and asks for one of the two."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        code = str(cleaned.get("code", ""))
        if code:
            cleaned["parent"] = self.places.filter(code=code).first()
            if cleaned["parent"] is None:
                self.add_error("code", _("There is no group with this code that you manage."))
        elif cleaned.get("parent") is None and "parent" not in self.errors:
            self.add_error("parent", _("Choose the group below which it is to stand."))
        return cleaned


class ListForm(forms.Form):
    """What of the groups somebody looks for; what makes no sense is passed over."""

    q = forms.CharField(label=_("Name or code"), max_length=100, required=False)
    below = forms.ModelChoiceField(
        label=_("Below"), queryset=Group.objects.none(), required=False, empty_label=_("Everywhere")
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *GroupKind.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Open and closed")), ("open", _("Open")), ("closed", _("Closed"))],
    )

    def __init__(self, *args: Any, groups: QuerySet[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["below"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = groups
        places = groups.exclude(kind=GroupKind.STORE).order_by("name").values_list("pk", "name")[:MOST_PLACES]
        field.choices = [("", field.empty_label), *places]
