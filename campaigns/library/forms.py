"""What brand managers type about templates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from campaigns.brandlock.compile import MAX_SOURCE_CHARACTERS
from campaigns.brandlock.snippets import MAX_SNIPPET_CHARACTERS
from campaigns.compose.sender import PARTS
from campaigns.library.words import one_line
from campaigns.models import AccessKind, Route, Template, TemplateAccess
from groups.models import Attribute, BrandRole, Group, User
from groups.tree.queries import in_tree_order

_MAX_ADDRESSES = 20_000
_SET_IN = "\u2003"


class OneLineField(forms.CharField):
    """Words that become one line without control characters before anything else is asked of them."""

    def to_python(self, value: object) -> str:
        """Gives the words in one line."""
        return one_line(str(super().to_python(value) or ""))


class NewTemplateForm(forms.Form):
    """A template's first words."""

    name = OneLineField(label=_("Name"), max_length=120, help_text=_("Local authors choose by it."))
    description = OneLineField(
        label=_("Description"),
        max_length=300,
        required=False,
        help_text=_("What this email is good for, in one sentence."),
    )
    route = forms.ChoiceField(
        label=_("How it is sent"),
        choices=Route.choices,
        initial=Route.SCHEDULE,
        widget=forms.RadioSelect,
        help_text=_("The portal makes the mail, unless the content lives in an API-triggered campaign in Braze."),
    )


class TemplateForm(NewTemplateForm):
    """A template with the source of its draft; line breaks and blanks of the source are kept as they are.

    `seen` is the digest of the draft that the page showed, so that nobody overwrites what somebody else saved since.
    """

    folder = OneLineField(
        label=_("Folder"), max_length=60, required=False, help_text=_("Templates of one folder stand together.")
    )
    starts_on = forms.DateField(
        label=_("Offered from"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    expires_on = forms.DateField(
        label=_("Offered until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The last day. After it, drafts can be looked at and not be sent; what was sent stays."),
    )
    needs_test = forms.BooleanField(
        label=_("Mailings must be tested first"),
        required=False,
        help_text=_("They go out, or to an approver, only once somebody got a test mail of exactly what they show."),
    )
    takes_attachments = forms.BooleanField(
        label=_("Authors may attach files"),
        required=False,
        help_text=_("PDFs, calendar entries, tables, texts, pictures and Office files, 2 MB each."),
    )
    inlines_css = forms.BooleanField(
        label=_("Write style sheets into the elements (HTML only)"),
        required=False,
        help_text=_("Some mail programs drop style sheets. What is written in is then what you approve."),
    )
    sender_name = OneLineField(label=_("Name of the sender"), max_length=120, required=False)
    sender_name_open = forms.BooleanField(label=_("Authors may write their own name"), required=False)
    sender_address = forms.EmailField(label=_("Address of the sender"), required=False)
    sender_address_open = forms.BooleanField(label=_("Authors may write their own address"), required=False)
    sender_reply_to = forms.EmailField(label=_("Address for replies"), required=False)
    sender_reply_to_open = forms.BooleanField(
        label=_("Authors may write their own address for replies"), required=False
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    trigger_campaign_id = forms.CharField(
        label=_("Campaign ID of the API-triggered campaign"),
        max_length=64,
        required=False,
        help_text=_("Only where Braze holds the mail. Empty: the one of the Braze settings."),
    )
    personal_values = forms.MultipleChoiceField(
        label=_("Personal values that travel with each recipient"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Only where Braze holds the mail. There each is {{api_trigger_properties.${name}}}, escaped for HTML, and "
            "{{api_trigger_properties.${name_text}}}, plain. Whoever lacks one gets its fallback, or nothing."
        ),
    )
    mails_new_people = forms.BooleanField(
        label=_("Also people whom Braze does not know yet"),
        required=False,
        help_text=_(
            "Only where Braze holds the mail. Braze then takes each recipient's address and attributes from the "
            "mailing itself, and keeps them."
        ),
    )
    source = forms.CharField(
        label=_("Source (MJML or HTML)"),
        max_length=MAX_SOURCE_CHARACTERS,
        strip=False,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 24, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "wrap": "off"}
        ),
    )

    def __init__(self, *args: Any, attributes: Iterable[Attribute], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["personal_values"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (one.name, _("%(label)s, as %(name)s") % {"label": one.label, "name": one.name}) for one in attributes
        ]

    def clean(self) -> dict[str, Any]:
        """Takes no last day before the first one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("expires_on")
        if first and last and last < first:
            self.add_error("expires_on", _("The last day lies before the first one."))
        return cleaned

    @property
    def envelope(self) -> dict[str, Any]:
        """What the template says of the sender; parts that it says nothing of are left out."""
        words = self.cleaned_data
        found = {part: {"value": words[f"sender_{part}"], "is_open": words[f"sender_{part}_open"]} for part in PARTS}
        return {part: rule for part, rule in found.items() if rule["value"] or rule["is_open"]}

    def clean_source(self) -> str:
        """Gives the source with the line breaks it was written with: forms send them as two characters."""
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")


class PeopleField(forms.CharField):
    """People of a brand by email address, one a line; `people` are those who can be named."""

    people: QuerySet[User] = User.objects.none()

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(required=False, max_length=_MAX_ADDRESSES, widget=widget, **options)

    def prepare_value(self, value: object) -> object:
        """Gives people as their addresses; what was typed stays as it is."""
        return value if isinstance(value, str) or value is None else "\n".join(user.email for user in value)  # type: ignore[attr-defined]

    def clean(self, value: object) -> list[User]:
        """Gives the people; raises `ValidationError` that names the addresses that nobody of the brand has."""
        said = (address.strip() for address in re.split(r"[\n,;]", super().clean(value)))
        addresses = {address.lower(): address for address in said if address}
        found = list(self.people.filter(email__in=addresses).order_by("email"))
        strangers = [addresses[email] for email in addresses.keys() - {user.email for user in found}]
        if strangers:
            raise forms.ValidationError(
                ngettext(
                    "Nobody here has the address %(addresses)s. Check the spelling, or add the person first.",
                    "Nobody here has these addresses: %(addresses)s. Check the spelling, or add the people first.",
                    len(strangers),
                )
                % {"addresses": ", ".join(sorted(strangers))}
            )
        return found


class AccessForm(forms.Form):
    """Who may start mailings from a template; without anything ticked every group may, those to come as well."""

    allowed_groups = forms.ModelMultipleChoiceField(
        label=_("Only these groups, with all below them"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    denied_groups = forms.ModelMultipleChoiceField(
        label=_("Not these groups, with all below them"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    allowed_roles = forms.MultipleChoiceField(
        label=_("Only these roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    denied_roles = forms.MultipleChoiceField(
        label=_("Not these roles"), required=False, widget=forms.CheckboxSelectMultiple
    )
    allowed_people = PeopleField(
        label=_("These people, wherever they work"),
        help_text=_(
            "Email addresses, one a line. They may use it in addition to those groups and roles; where none are "
            "chosen, only they may."
        ),
    )
    denied_people = PeopleField(label=_("Not these people"), help_text=_("Email addresses, one a line."))

    def __init__(
        self, *args: Any, groups: QuerySet[Group], people: QuerySet[User], roles: QuerySet[BrandRole], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name in ("allowed_roles", "denied_roles"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(role.key, role.label) for role in roles]
        for name in ("allowed_people", "denied_people"):
            field = self.fields[name]
            assert isinstance(field, PeopleField)
            field.people = people
        choices = [(group.pk, _SET_IN * depth + group.name) for depth, group in in_tree_order(groups)]
        for name in ("allowed_groups", "denied_groups"):
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = groups
            field.choices = choices

    def lines(self, template: Template) -> list[TemplateAccess]:
        """Gives what was ticked as lines of a template; where both are ticked both stand, and to deny wins."""
        words = self.cleaned_data
        kinds = ((AccessKind.ALLOW, "allowed"), (AccessKind.DENY, "denied"))
        return [
            TemplateAccess(template=template, kind=kind, **{part: said})
            for part, several in (("group", "groups"), ("role", "roles"), ("person", "people"))
            for kind, word in kinds
            for said in words[f"{word}_{several}"]
        ]


class SnippetForm(forms.Form):
    """A shared part."""

    label = OneLineField(label=_("Name"), max_length=120, help_text=_("Authors who may choose see it."))
    source = forms.CharField(
        label=_("HTML"),
        max_length=MAX_SNIPPET_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "wrap": "off"}),
        help_text=_("Balanced HTML with placeholders such as [[group.phone]]. No fields, no scripts, no style sheets."),
    )

    def clean_source(self) -> str:
        """Gives the source with the line breaks it was written with: forms send them as two characters."""
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")


class NewSnippetForm(SnippetForm):
    """A new shared part, with the short name that it keeps."""

    name = OneLineField(
        label=_("Short name"), max_length=60, help_text=_("Templates name the part by it: a to z, 0 to 9 and _.")
    )
    field_order = ("name", "label", "source")


class ChangedSnippetForm(SnippetForm):
    """A shared part that is there already.

    `seen` is the number of the version that the page showed, so that nobody overwrites what somebody else published
    since.
    """

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
