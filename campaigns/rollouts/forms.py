"""What head office says of a rollout."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import AudienceRule, Rollout, RolloutKind, Template
from campaigns.rollouts.setup import Setup, fields_to_open
from groups.models import Group, GroupKind
from groups.tree.forms import MOST_PLACES

_LOCAL = "%Y-%m-%dT%H:%M"


def _moment(label: Any, help_text: Any = "") -> forms.DateTimeField:
    widget = forms.DateTimeInput(format=_LOCAL, attrs={"type": "datetime-local"})
    return forms.DateTimeField(label=label, help_text=help_text, required=False, widget=widget)


class CreateForm(forms.Form):
    """What a rollout begins with."""

    kind = forms.ChoiceField(
        label=_("What it is"), choices=RolloutKind.choices, widget=forms.RadioSelect, initial=RolloutKind.TASK
    )
    template = forms.ModelChoiceField(label=_("Template"), queryset=Template.objects.none(), empty_label=None)
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Your groups see it. Recipients do not."))

    def __init__(self, *args: Any, templates: QuerySet[Template], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["template"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = templates


class SetupForm(forms.Form):
    """All that a rollout says beside its text; times are read and shown by the clock of its own group."""

    name = forms.CharField(label=_("Name"), max_length=120)
    note = forms.CharField(
        label=_("Note to the groups"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What they should do, in a sentence or two."),
    )
    open_fields = forms.MultipleChoiceField(
        label=_("What the groups may change"), required=False, widget=forms.CheckboxSelectMultiple
    )
    audience_rule = forms.ChoiceField(
        label=_("Who gets it in each group"), choices=AudienceRule.choices, widget=forms.RadioSelect
    )
    audience_name = forms.CharField(
        label=_("Name of the audience"),
        max_length=120,
        required=False,
        help_text=_("As it is called in the groups. For a segment it may stay empty where each group has one."),
    )
    visible_from = _moment(_("Groups see it from"), _("Empty means at once."))
    cut_off = _moment(_("Groups may change it or opt out until"))
    starts_at = _moment(_("It goes out"))
    by_group_clock = forms.ChoiceField(
        label=_("By whose clock"),
        choices=[("on", _("At this time by each group's own clock")), ("off", _("At one moment for all"))],
        widget=forms.RadioSelect,
        initial="on",
    )
    ends_at = _moment(_("It can be used until"))
    sends_by_default = forms.ChoiceField(
        label=_("From a group that says nothing"),
        choices=[
            ("on", _("it goes out with the common text")),
            ("off", _("nothing goes out: only groups that take part send it")),
        ],
        widget=forms.RadioSelect,
        initial="on",
    )

    def __init__(self, *args: Any, rollout: Rollout, **options: Any) -> None:
        self.zone = rollout.group.time_zone
        super().__init__(*args, **options)
        fields = self.fields["open_fields"]
        assert isinstance(fields, forms.MultipleChoiceField)
        fields.choices = fields_to_open(rollout)
        unused = (
            ("audience_rule", "audience_name", "cut_off", "by_group_clock", "sends_by_default")
            if rollout.kind == RolloutKind.ASSET
            else ("ends_at",)
        )
        for name in unused:
            del self.fields[name]
        if rollout.kind == RolloutKind.ASSET:
            self.fields["starts_at"].label = _("It can be used from")

    def full_clean(self) -> None:
        """Reads times by the clock of the rollout's group; one that its zone skips or has twice is refused."""
        with timezone.override(self.zone):
            super().full_clean()

    @property
    def setup(self) -> Setup:
        """What was said."""
        said = dict(self.cleaned_data)
        for name in ("by_group_clock", "sends_by_default"):
            if name in said:
                said[name] = said[name] == "on"
        return Setup(**said)


def initial_of(rollout: Rollout) -> dict[str, Any]:
    """Gives what a rollout says as `SetupForm` shows it."""
    said: dict[str, Any] = {name: getattr(rollout, name) for name in Setup.__dataclass_fields__}
    for name in ("by_group_clock", "sends_by_default"):
        said[name] = "on" if said[name] else "off"
    for name in ("visible_from", "cut_off", "starts_at", "ends_at"):
        if said[name] is not None:
            said[name] = timezone.localtime(said[name], ZoneInfo(rollout.group.time_zone)).replace(tzinfo=None)
    return said


class GroupsForm(forms.Form):
    """Which groups somebody looks for; what makes no sense is passed over."""

    q = forms.CharField(label=_("Name or code"), max_length=100, required=False)
    below = forms.ModelChoiceField(
        label=_("Region"), queryset=Group.objects.none(), required=False, empty_label=_("Everywhere")
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[(GroupKind.STORE, GroupKind.STORE.label), (GroupKind.REGION, GroupKind.REGION.label), ("", _("All"))],
    )

    def __init__(self, *args: Any, groups: QuerySet[Group], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["below"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = groups
        places = groups.exclude(kind=GroupKind.STORE).order_by("name").values_list("pk", "name")[:MOST_PLACES]
        field.choices = [("", field.empty_label), *places]


class ReasonForm(forms.Form):
    """Why a rollout ends, or why a group opts out."""

    reason = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
