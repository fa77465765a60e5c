"""What people type about the rules of a brand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.errors import Refusal
from campaigns.library.forms import OneLineField
from campaigns.models import RuleLevel
from campaigns.rules.domains import read_domains
from campaigns.rules.liquid import CHOICES, chosen_of
from campaigns.rules.services import REASON_CHARACTERS, WORD_CHARACTERS
from groups.models import Brand

DOMAIN_LISTS = ("link_domains", "image_domains", "mail_domains")


class WordForm(forms.Form):
    """A word that authors should not use."""

    text = forms.CharField(
        label=_("Word or words"),
        max_length=WORD_CHARACTERS,
        help_text=_("Found as whole words, in capitals too. In Korean, for example, also inside longer words."),
    )
    is_pattern = forms.BooleanField(
        label=_("This is a pattern (regular expression)"),
        required=False,
        help_text=_("For example [0-9]{8,12} for account numbers."),
    )
    level = forms.ChoiceField(
        label=_("What happens"), choices=RuleLevel.choices, initial=RuleLevel.BLOCK, widget=forms.RadioSelect
    )
    reason = OneLineField(
        label=_("Reason"),
        max_length=REASON_CHARACTERS,
        required=False,
        help_text=_("Authors see it. Say why, and what to write instead."),
    )


class DomainsField(forms.CharField):
    """Domains, one a line; what was typed stays where one of them is none."""

    def __init__(self, **options: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off"})
        super().__init__(required=False, max_length=20_000, widget=rows, **options)

    def clean(self, value: object) -> tuple[str, ...]:
        """Gives the domains."""
        try:
            return read_domains(str(super().clean(value)))
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class DomainsForm(forms.Form):
    """Where links may lead, where pictures may lie, and whom mail may come from."""

    link_domains = DomainsField(
        label=_("Links may lead to"),
        help_text=_("One domain a line; it covers all below it. Empty: anywhere. A field may name others of its own."),
    )
    image_domains = DomainsField(
        label=_("Pictures of templates may lie on"),
        help_text=_("One domain a line. Empty: anywhere. Pictures of the portal itself are always allowed."),
    )
    mail_domains = DomainsField(
        label=_("Mail may come from"),
        help_text=_("The domains that your brand sends from in Braze, one a line. Empty: any address of a group."),
    )


class LiquidForm(forms.Form):
    """Which Liquid templates may hold."""

    tags = forms.MultipleChoiceField(
        label=_("Liquid that templates may hold"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["tags"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(choice.name, f"{choice.name}: {choice.meaning}") for choice in CHOICES]


def domains_initial(brand: Brand) -> dict[str, str]:
    """Gives a brand's domains as the form shows them."""
    return {name: "\n".join(getattr(brand, name)) for name in DOMAIN_LISTS}


def liquid_initial(brand: Brand) -> dict[str, list[str]]:
    """Gives a brand's Liquid as the form shows it."""
    return {"tags": chosen_of(brand)}
