"""What people say about approval: the brand's policy, its rules, and its frequent reasons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.library.field_words import TYPE_LABELS
from campaigns.library.forms import OneLineField
from campaigns.models import Demand, ReviewRule, Template
from campaigns.rules.reviewing import MOST_APPROVALS, REASON_CHARACTERS
from groups.models import Brand, Group, ReviewPolicy

POLICIES = (
    (ReviewPolicy.TWO_LEVELS, _("Every mailing is reviewed, and then approved by somebody else")),
    (ReviewPolicy.ONE_LEVEL, _("Every mailing is approved")),
    (ReviewPolicy.INHERIT, _("Every mailing is approved, unless a rule below plainly lets it pass")),
    (ReviewPolicy.NONE, _("People who may send do so by themselves, unless a rule below asks for more")),
)


class PolicyForm(forms.Form):
    """What the brand asks for where no rule says anything."""

    policy = forms.ChoiceField(label=_("Where no rule asks for more"), choices=POLICIES, widget=forms.RadioSelect)


class ReviewRuleForm(forms.Form):
    """A rule of approval: what it asks for, and which mailings it holds for."""

    demand = forms.ChoiceField(
        label=_("What it asks for"), choices=Demand.choices, initial=Demand.ONE_LEVEL, widget=forms.RadioSelect
    )
    approvals_needed = forms.IntegerField(
        label=_("People who must approve"),
        min_value=1,
        max_value=MOST_APPROVALS,
        initial=1,
        help_text=_("At the final level. Nobody counts twice, and the author never."),
    )
    group = forms.ModelChoiceField(
        queryset=Group.objects.none(),
        label=_("Group"),
        required=False,
        empty_label=_("All groups"),
        help_text=_("It holds for the groups below it too."),
    )
    template = forms.ModelChoiceField(
        queryset=Template.objects.none(), label=_("Template"), required=False, empty_label=_("All templates")
    )
    larger_than = forms.IntegerField(
        label=_("Only audiences with more people than"),
        min_value=0,
        max_value=100_000_000,
        required=False,
        help_text=_("A Braze segment counts as large, because only Braze knows its number. Empty: any size."),
    )
    is_first_only = forms.BooleanField(
        label=_("Only until the group has sent a mailing to that many people"),
        required=False,
        help_text=_(
            "The first big mailing of a group is looked at, those after it are not. It needs the number above."
        ),
    )
    harmless_kinds = forms.MultipleChoiceField(
        label=_("Only if nothing but fields of these kinds differs from the template"),
        choices=[(kind.value, label) for kind, label in TYPE_LABELS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Mailings that such a rule covers can be approved several at once. None: any change."),
    )
    is_active = forms.BooleanField(label=_("In force"), required=False, initial=True)

    def __init__(self, *args: Any, brand: Brand, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, rows in (
            ("group", Group.objects.filter(brand=brand, closed_at=None).order_by("name")),
            ("template", Template.objects.filter(brand=brand)),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def clean(self) -> dict[str, Any]:
        """Keeps anybody from waiving approval by size."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("demand") == Demand.NONE and cleaned.get("larger_than") is not None:
            self.add_error(
                "larger_than",
                _("A rule cannot waive approval because an audience is large. Leave the number empty."),
            )
        if cleaned.get("is_first_only") and cleaned.get("larger_than") is None and "larger_than" not in self.errors:
            self.add_error("larger_than", _("Say how many people make a mailing a big one."))
        return cleaned


class CannedReasonForm(forms.Form):
    """A reason that approvers give often."""

    text = OneLineField(label=_("Reason"), max_length=REASON_CHARACTERS)


def rule_initial(rule: ReviewRule) -> dict[str, Any]:
    """Gives a rule as the form shows it."""
    return {
        "demand": rule.demand,
        "approvals_needed": rule.approvals_needed,
        "group": rule.group_id,
        "template": rule.template_id,
        "larger_than": rule.larger_than,
        "is_first_only": rule.is_first_only,
        "harmless_kinds": rule.harmless_kinds,
        "is_active": rule.is_active,
    }
