"""What the pages of suppressions send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.audiences import cleaning
from groups.audiences.rejects import CellRefused
from groups.consent.lifting import STATEMENT_CHARACTERS
from groups.models import Group, SuppressionReason, UnsubscribeScope
from groups.workspace.services import ID_SHAPE

MOST_ADDRESSES: Final = 1000
NAMED: Final = 5
REASONS_OF_GROUP: Final = (SuppressionReason.UNSUBSCRIBED, SuppressionReason.BLOCKED)


def reasons_of(group: Group) -> list[SuppressionReason]:
    """Gives why a group may shut an address; complaints and hard bounces count everywhere and are head office's."""
    return list(SuppressionReason) if group.parent_id is None else list(REASONS_OF_GROUP)


def reason_choices(group: Group) -> list[tuple[str, str]]:
    """Gives the reasons of a group in words."""
    words = {
        SuppressionReason.BLOCKED: _("We do not want to mail them (blocked by the brand)"),
        SuppressionReason.UNSUBSCRIBED: _("They asked us for no more mail (unsubscribed)"),
        SuppressionReason.HARD_BOUNCE: _("The address does not exist (hard bounce)"),
        SuppressionReason.COMPLAINT: _("They marked our mail as spam (complaint)"),
    }
    return [(reason.value, label) for reason, label in words.items() if reason in reasons_of(group)]


class AddForm(forms.Form):
    """Addresses that a person shuts by hand, with the reason."""

    addresses = forms.CharField(
        label=gettext_lazy("Email addresses"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "none"}),
        max_length=MOST_ADDRESSES * 256,
        help_text=gettext_lazy("One a line, or with commas between them; at most 1,000."),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why they get no mail"), widget=forms.RadioSelect, initial=SuppressionReason.BLOCKED
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For colleagues who ask later, for example “phoned on 3 May”. It may stay empty."),
    )

    def __init__(self, data: Any = None, *, group: Group, **options: Any) -> None:
        super().__init__(data, **options)
        _offer(self, group)

    def clean_addresses(self) -> list[str]:
        """Gives the addresses, each once, in lower case."""
        typed = self.cleaned_data["addresses"].replace(",", "\n").replace(";", "\n").splitlines()
        found, wrong = cleaned_addresses(line for line in typed if line.strip())
        if wrong:
            shown = ", ".join(wrong[:NAMED])
            raise forms.ValidationError(
                _("These are no email addresses: %(shown)s. Nothing was shut; mend them first.") % {"shown": shown}
            )
        if not found:
            raise forms.ValidationError(_("Type at least one email address."))
        if len(found) > MOST_ADDRESSES:
            raise forms.ValidationError(_("These are more than 1,000 addresses. Upload them as a file instead."))
        return found

    def clean_note(self) -> str:
        """Gives the note on one line."""
        return " ".join(cleaning.shown_text(self.cleaned_data["note"]).split())


class FileForm(forms.Form):
    """A file of addresses that must not be mailed."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "With the names of the columns in its first line; the addresses stand in the column “email”, or in the only"
            " one. Other columns are passed over."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why they get no mail"), widget=forms.RadioSelect, initial=SuppressionReason.UNSUBSCRIBED
    )

    def __init__(self, data: Any = None, files: Any = None, *, group: Group, **options: Any) -> None:
        super().__init__(data, files, **options)
        _offer(self, group)


class LiftForm(forms.Form):
    """Why an address may be mailed again; for a person's own wish, how and when they agreed again."""

    statement = forms.CharField(
        label=gettext_lazy("Why may this address be mailed again?"),
        max_length=STATEMENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    consented_on = forms.DateField(
        label=gettext_lazy("On which day did they agree again?"), widget=forms.DateInput(attrs={"type": "date"})
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("This person asked for mail again by themself, and we can show it."),
        error_messages={"required": gettext_lazy("Confirm it; otherwise this person must not be mailed.")},
    )

    def __init__(self, data: Any = None, *, needs_consent: bool, **options: Any) -> None:
        super().__init__(data, **options)
        if needs_consent:
            self.fields["statement"].label = _("How did this person agree to get mail again?")
            self.fields["statement"].help_text = _(
                "For example: signed the card at the counter, “Yes, send me offers”. It is kept as the proof."
            )
        else:
            del self.fields["consented_on"], self.fields["confirmed"]


class PolicyForm(forms.Form):
    """What leaving one group counts for, and where look-ups ask Braze besides."""

    unsubscribe_scope = forms.ChoiceField(
        label=gettext_lazy("When somebody unsubscribes from the mail of one group"),
        choices=UnsubscribeScope.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "It counts for what comes from now on. Who left one group before stays with the others."
        ),
    )
    subscription_group_id = forms.CharField(
        label=gettext_lazy("Subscription group of your email in Braze"),
        required=False,
        max_length=64,
        help_text=gettext_lazy(
            "Its ID stands in Braze under Audience > Subscription groups. Where the key has subscription.status.get,"
            " looking somebody up asks for it as well. It may stay empty."
        ),
    )

    def clean_subscription_group_id(self) -> str:
        """Gives the ID, which Braze writes with letters, digits and dashes."""
        typed = str(self.cleaned_data["subscription_group_id"]).strip()
        if typed and not ID_SHAPE.fullmatch(typed):
            raise forms.ValidationError(_("This is no ID of Braze. Copy it again, without blanks."))
        return typed


def cleaned_addresses(cells: Iterable[str]) -> tuple[list[str], list[str]]:
    """Gives the addresses among some texts, each once, and the texts that are none."""
    found: dict[str, None] = {}
    wrong: list[str] = []
    for cell in cells:
        try:
            found[cleaning.address(cell)] = None
        except CellRefused:
            wrong.append(cleaning.shown_text(cell).strip()[:60])
    return list(found), wrong


def _offer(form: forms.Form, group: Group) -> None:
    field = form.fields["reason"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = reason_choices(group)
