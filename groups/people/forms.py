"""What the pages of people, roles and holiday cover send."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import BrandRole, Group, User
from groups.roles import Permission

GROUP_CHOICES_ID = "group-choices"
_WHERE = gettext_lazy("Its code or name. The role holds below it.")


class GroupField(forms.CharField):
    """A group by its code or its whole name, out of those that the view lets be named; a list offers them."""

    def __init__(self, **options: Any) -> None:
        attrs = {"list": GROUP_CHOICES_ID, "autocomplete": "off"}
        super().__init__(max_length=120, widget=forms.TextInput(attrs=attrs), **options)
        self.queryset: QuerySet[Group] = Group.objects.none()

    def clean(self, value: Any) -> Group | None:
        """Gives the group; an unknown one and one that the person may not choose read the same."""
        text = super().clean(value).strip()
        if not text:
            return None
        found = self.queryset.filter(code__iexact=text).first() or self.queryset.filter(name__iexact=text).first()
        if found is None:
            raise forms.ValidationError(_("There is no group “%(text)s” that you may choose.") % {"text": text})
        return found


class RoleChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django's class takes none at run time
    """A role of the brand."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=BrandRole.objects.none(), **options)

    def label_from_instance(self, obj: BrandRole) -> str:
        """Gives the role's name."""
        return obj.label


class _OfBrand(forms.Form):
    """A form about groups and roles of a brand, as far as a person may name them."""

    def __init__(self, *args: Any, groups: QuerySet[Group], roles: QuerySet[BrandRole], **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, GroupField):
                field.queryset = groups
            elif isinstance(field, RoleChoice):
                field.queryset = roles


class SearchForm(_OfBrand):
    """What the list of people is narrowed to."""

    text = forms.CharField(label=gettext_lazy("Name or email address"), required=False, max_length=120)
    group = GroupField(label=gettext_lazy("Group, with those below it"), required=False)
    role = RoleChoice(label=gettext_lazy("Role"), required=False, empty_label=gettext_lazy("Any role"))


class InviteForm(_OfBrand):
    """Whom to invite, and as what."""

    email = forms.EmailField(label=gettext_lazy("Email address"))
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    group = GroupField(label=gettext_lazy("Group"), help_text=_WHERE)
    role = RoleChoice(label=gettext_lazy("Role"))


class RoleForm(_OfBrand):
    """A role for somebody in a group, for good or until the end of a day there."""

    group = GroupField(label=gettext_lazy("Group"), help_text=_WHERE)
    role = RoleChoice(label=gettext_lazy("Role"))
    until = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave empty for good."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class ImportForm(forms.Form):
    """A file of people."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        help_text=gettext_lazy("Columns: email, role, groups (codes with blanks between them), and name if you like."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )


class CoverForm(forms.Form):
    """Who covers for somebody, and until when; the day counts to its end."""

    to = forms.EmailField(label=gettext_lazy("Email address of your colleague"))
    until = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}))


class BundleForm(forms.Form):
    """The name of a role and what it may do."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    permissions = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"),
        choices=Permission.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def chosen(self) -> frozenset[Permission]:
        """What was ticked."""
        return frozenset(Permission(one) for one in self.cleaned_data["permissions"])


class AcceptForm(forms.Form):
    """The name and the password of somebody who takes up an invitation."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=120)
    password = forms.CharField(
        label=gettext_lazy("Choose a password"),
        help_text=gettext_lazy("At least 12 characters. A sentence that only you know is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._email = email

    def clean_password(self) -> str:
        """Refuses passwords that are short, common, breached, or like the name or the address."""
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self._email, name=self.cleaned_data.get("name", "")))
        return password


def end_of(day: date, group: Group) -> datetime:
    """Gives the end of a day by the clock of a group."""
    return datetime.combine(day, time.max, ZoneInfo(group.time_zone))
