"""What authors, reviewers and approvers write."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import CannedReason, Mailing
from campaigns.review.commenting import CHARACTERS, anchors_of, mentionable
from groups.models import Brand, User

COMMENT_ID = "comment-%s"


class SubmitForm(forms.Form):
    """A word from the author to the approver."""

    note = forms.CharField(required=False, max_length=500, widget=forms.Textarea)
    is_priority = forms.BooleanField(required=False)


class ReasonForm(forms.Form):
    """Why an approval is revoked; nobody is sent back to work without a reason."""

    reason = forms.CharField(
        label=_("What should change"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what should change, so that the author knows what to do.")},
    )


class ChangesForm(ReasonForm):
    """What should change: in the person's own words, in the brand's ready ones, or in both."""

    canned = forms.ModelChoiceField(
        queryset=CannedReason.objects.none(),
        label=_("A frequent reason"),
        required=False,
        empty_label=_("None of these"),
    )
    field_order = ("canned", "reason")

    def __init__(self, *args: Any, brand: Brand, **options: Any) -> None:
        super().__init__(*args, **options)
        reasons = CannedReason.objects.filter(brand=brand)
        if not reasons.exists():
            del self.fields["canned"]
            return
        canned = self.fields["canned"]
        assert isinstance(canned, forms.ModelChoiceField)
        canned.queryset = reasons
        self.fields["reason"].required = False

    def clean(self) -> dict[str, Any]:
        """Joins both, and asks for one of them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        said = [str(part) for part in (cleaned.get("canned"), cleaned.get("reason")) if part]
        if not said:
            self.add_error("reason", self.fields["reason"].error_messages["required"])
        return {**cleaned, "reason": "\n".join(said)[:1000]}


class CommentForm(forms.Form):
    """A comment on a mailing or on one of its fields, and who is to read it."""

    text = forms.CharField(
        label=_("Comment"),
        max_length=CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Write @ and a name to tell somebody, or choose them below."),
        error_messages={"required": _("Write your comment, in at most 1,000 characters.")},
    )
    field = forms.ChoiceField(label=_("About"), required=False)
    mentions = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        label=_("Tell these people"),
        required=False,
        error_messages={
            name: _("You can only name people who see this mailing.") for name in ("invalid_choice", "invalid_pk_value")
        },
    )

    def __init__(self, *args: Any, mailing: Mailing, **options: Any) -> None:
        super().__init__(*args, **options)
        about, mentions = self.fields["field"], self.fields["mentions"]
        assert isinstance(about, forms.ChoiceField)
        assert isinstance(mentions, forms.ModelMultipleChoiceField)
        about.choices = [("", _("The email as a whole")), *anchors_of(mailing).items()]
        about.error_messages["invalid_choice"] = _("This email has no such field. Comment on the email as a whole.")
        mentions.queryset = mentionable(mailing)

    @property
    def answered(self) -> str:
        """The comment that a refused one was to answer."""
        return str(self.data.get("reply_to", ""))
