"""What people say about a group's time: hours, limits, blackout dates, and how much mail one person gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.library.forms import OneLineField
from campaigns.models import LIMIT_NAMES, RoleLimit, TimeRules
from campaigns.schedule.levels import NO_QUIET_HOURS, ClashRule, GroupTimes, Limits, QuietHours, Stated
from campaigns.schedule.pressure import Pressure
from campaigns.schedule.services import HIGHEST, MOST_CLASH_HOURS, MOST_DAYS, MOST_MAILS, REASON_CHARACTERS
from campaigns.schedule.words import number_in_words, quiet_in_words
from groups.models import Group

AS_ABOVE, NONE, OWN = "above", "none", "own"


class NumberField(forms.IntegerField):
    """A number from 1 on, or nothing."""

    def __init__(self, *, highest: int | None, **options: Any) -> None:
        wrong = format_lazy(_("Write a whole number from 1 to {highest}, or leave it empty."), highest=highest)
        super().__init__(
            required=False,
            min_value=1,
            max_value=highest,
            error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), wrong),
            widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            **options,
        )


class ClockField(forms.TimeField):
    """A time of day, to the minute, or nothing."""

    def __init__(self, **options: Any) -> None:
        clock = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(required=False, widget=clock, **options)

    def to_python(self, value: Any) -> time | None:
        """Gives the time without seconds, which no rule has."""
        found = super().to_python(value)
        return None if found is None else found.replace(second=0, microsecond=0)


class DayField(forms.DateField):
    """A day."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class LimitsForm(forms.Form):
    """The limits of one level; each shows what the levels above say."""

    mailings_per_day = NumberField(label=_("Mailings a day"), highest=HIGHEST.mailings_per_day)
    mailings_per_week = NumberField(label=_("Mailings a week"), highest=HIGHEST.mailings_per_week)
    mailings_per_month = NumberField(label=_("Mailings a month"), highest=HIGHEST.mailings_per_month)
    days_ahead = NumberField(label=_("Days that a mailing is planned ahead"), highest=HIGHEST.days_ahead)
    people_per_mailing = NumberField(label=_("People a mailing goes to"), highest=HIGHEST.people_per_mailing)

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
    quiet_from = ClockField(label=_("No mail from"))
    quiet_until = ClockField(label=_("Until"), help_text=_("By the clock of each group. It may be the next morning."))
    field_order = ("quiet", "quiet_from", "quiet_until")

    def __init__(self, *args: Any, above: GroupTimes | None, **options: Any) -> None:
        super().__init__(*args, above={} if above is None else above.limits, **options)
        field = self.fields["quiet"]
        assert isinstance(field, forms.ChoiceField)
        choices = [(NONE, _("None")), (OWN, _("These hours:"))]
        field.choices = choices if above is None else [(AS_ABOVE, _("As the level above")), *choices]
        if above is not None and above.quiet is not None:
            field.help_text = _from_above(quiet_in_words(above.quiet.value), above.quiet.group)

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

    first_day = DayField(label=_("First day"))
    last_day = DayField(
        label=_("Last day"), help_text=_("It counts whole. For a single day it is the first one again.")
    )
    reason = OneLineField(
        label=_("Reason"), max_length=REASON_CHARACTERS, help_text=_("Authors see it, for example “Christmas”.")
    )


class ClashForm(forms.Form):
    """When mailings clash; both numbers, or neither for what the level above says."""

    clash_percent = NumberField(
        label=_("Warn when more than so many percent of the people"),
        highest=100,
        help_text=_("100 never warns."),
    )
    clash_hours = NumberField(label=_("Get another mailing within so many hours"), highest=MOST_CLASH_HOURS)

    def clean(self) -> dict[str, Any]:
        """Asks for both numbers."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, other in (("clash_percent", "clash_hours"), ("clash_hours", "clash_percent")):
            if name in cleaned and cleaned[name] is None and cleaned.get(other) is not None:
                self.add_error(name, gettext("Clashes need both a percentage and a number of hours."))
        return cleaned

    @property
    def clash(self) -> ClashRule | None:
        """What was said, once it is valid."""
        percent, hours = self.cleaned_data["clash_percent"], self.cleaned_data["clash_hours"]
        return None if percent is None else ClashRule(percent, hours)


class PressureForm(forms.Form):
    """How much mail one person gets from the whole brand."""

    cap_mails = NumberField(label=_("Mails that one person gets at most"), highest=MOST_MAILS)
    cap_days = NumberField(label=_("In so many days running"), highest=MOST_DAYS)
    caps_head_office = forms.BooleanField(label=_("The cap holds for mailings of the head office, too"), required=False)
    one_group_a_day = forms.BooleanField(
        label=_("Only one group mails a person on a day"),
        required=False,
        help_text=_(
            "Of several groups that would mail a person on one day one does, and the others leave them out: first the"
            " person's own group, then the one that they visited last, else always the same one."
        ),
    )
    home_attribute = forms.ChoiceField(
        label=_("A person's own group stands in"),
        required=False,
        help_text=_("An attribute that holds the code of a group; it counts for the groups below that one, too."),
    )
    visit_attribute = forms.ChoiceField(
        label=_("A person's last visits stand in"),
        required=False,
        help_text=_("An attribute of text that holds days by the code of a group: PDX-1=2026-11-20, SEA-2=2026-10-01."),
    )

    def __init__(self, data: Any = None, *, attributes: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("home_attribute", "visit_attribute"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", gettext("No attribute")), *attributes]

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


def _from_above(said: str, group: Group) -> str:
    """Gives what a level above says, as a help text, which stands in the page as it is."""
    return escape(gettext("From %(group)s: %(said)s.") % {"group": group.name, "said": said})
