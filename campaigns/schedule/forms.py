"""What people say about a group's time: hours, limits, blackout dates, and how much mail one person gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.library.forms import OneLineField
from campaigns.models import LIMIT_NAMES, RoleLimit, TimeRules
from campaigns.schedule.levels import NO_QUIET_HOURS, GroupTimes, Limits, QuietHours, Stated
from campaigns.schedule.pressure import Pressure
from campaigns.schedule.services import HIGHEST, MOST_DAYS, MOST_MAILS, REASON_CHARACTERS
from campaigns.schedule.words import number_in_words, quiet_in_words
from groups.models import Group

AS_ABOVE, NONE, OWN = "above", "none", "own"


def _from_above(said: str, group: Group) -> str:
    """Gives what a level above says, as a help text, which is put into the page as it is."""
    return escape(gettext("From %(group)s: %(said)s.") % {"group": group.name, "said": said})


def _number(label: Any, highest: int | None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=highest,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def _clock(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 60})
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), help_text=help_text
    )


class LimitsForm(forms.Form):
    """The limits of one level; each shows what the levels above say."""

    mailings_per_day = _number(_("Mailings a day"), HIGHEST.mailings_per_day)
    mailings_per_week = _number(_("Mailings a week"), HIGHEST.mailings_per_week)
    mailings_per_month = _number(_("Mailings a month"), HIGHEST.mailings_per_month)
    days_ahead = _number(_("Days that a mailing is planned ahead"), HIGHEST.days_ahead)
    people_per_mailing = _number(_("People a mailing goes to"), HIGHEST.people_per_mailing)

    def __init__(self, *args: Any, above: Mapping[str, Stated[int]], **options: Any) -> None:
        super().__init__(*args, **options)
        for name, stated in above.items():
            self.fields[name].help_text = _from_above(number_in_words(stated.value), stated.group)

    @property
    def limits(self) -> Limits:
        """What was said, once it is valid."""
        return Limits(**{name: self.cleaned_data[name] for name in LIMIT_NAMES})


class TimesForm(LimitsForm):
    """The quiet hours and limits of a group."""

    quiet = forms.ChoiceField(label=_("Quiet hours"), widget=forms.RadioSelect)
    quiet_from = _clock(_("No mail from"))
    quiet_until = _clock(_("Until"))
    field_order = ("quiet", "quiet_from", "quiet_until")

    def __init__(self, *args: Any, group: Group, above: GroupTimes | None, **options: Any) -> None:
        super().__init__(*args, above={} if above is None else above.limits, **options)
        field = self.fields["quiet"]
        assert isinstance(field, forms.ChoiceField)
        choices = [(NONE, _("None")), (OWN, _("These hours:"))]
        field.choices = choices if above is None else [(AS_ABOVE, _("As the level above")), *choices]
        if above is not None and above.quiet is not None:
            field.help_text = _from_above(quiet_in_words(above.quiet.value), above.quiet.group)
        self.fields["quiet_until"].help_text = _("By the clock of %(zone)s; it may be the next morning.") % {
            "zone": group.time_zone
        }

    def clean(self) -> dict[str, Any]:
        """Asks for both ends of quiet hours."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("quiet") != OWN:
            return cleaned
        for name in ("quiet_from", "quiet_until"):
            if name in cleaned and cleaned[name] is None:
                self.add_error(name, _("Quiet hours need a beginning and an end."))
        if not self.errors and cleaned["quiet_from"] == cleaned["quiet_until"]:
            self.add_error("quiet_until", _("This is when they begin. Choose another time, or “None” above."))
        return cleaned

    @property
    def quiet_hours(self) -> QuietHours | None:
        """What was said of quiet hours, once it is valid; None is as the level above has it."""
        said = self.cleaned_data
        if said["quiet"] == OWN:
            return QuietHours(said["quiet_from"], said["quiet_until"])
        return NO_QUIET_HOURS if said["quiet"] == NONE else None


class BlackoutForm(forms.Form):
    """Days on which nothing goes out."""

    first_day = _day(_("First day"))
    last_day = _day(_("Last day"), _("It counts whole. For a single day it is the first one again."))
    reason = OneLineField(
        label=_("Reason"), max_length=REASON_CHARACTERS, help_text=_("Authors see it, for example “Christmas”.")
    )


class PressureForm(forms.Form):
    """How much mail one person gets from the whole brand."""

    cap_mails = _number(_("Mails that one person gets at most"), MOST_MAILS)
    cap_days = _number(_("In so many days running"), MOST_DAYS)
    caps_head_office = forms.BooleanField(label=_("The cap holds for mailings of the head office, too"), required=False)
    one_group_a_day = forms.BooleanField(
        label=_("Only one group mails a person on a day"),
        required=False,
        help_text=_("Whoever another group mails on the same day is left out."),
    )

    def clean(self) -> dict[str, Any]:
        """Asks for both numbers of a cap."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, other in (("cap_mails", "cap_days"), ("cap_days", "cap_mails")):
            if name in cleaned and cleaned[name] is None and cleaned.get(other) is not None:
                self.add_error(name, gettext("A cap needs both a number of mails and a number of days."))
        return cleaned

    @property
    def pressure(self) -> Pressure:
        """What was said, once it is valid."""
        return Pressure(**self.cleaned_data)


def times_initial(rules: TimeRules | None, group: Group) -> dict[str, Any]:
    """Gives what a group has said so far, as the form shows it."""
    unsaid = NONE if group.parent_id is None else AS_ABOVE
    if rules is None:
        return {"quiet": unsaid}
    shown: dict[str, Any] = limits_initial(rules)
    if rules.quiet_from is None or rules.quiet_until is None:
        return shown | {"quiet": unsaid}
    if rules.quiet_from == rules.quiet_until:
        return shown | {"quiet": NONE}
    return shown | {"quiet": OWN, "quiet_from": rules.quiet_from, "quiet_until": rules.quiet_until}


def limits_initial(said: TimeRules | RoleLimit | None) -> dict[str, Any]:
    """Gives the limits of a level, as the form shows them."""
    return {} if said is None else {name: getattr(said, name) for name in LIMIT_NAMES}
