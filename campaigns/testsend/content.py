"""What a test mail shows: the mail of a delivery, with one person's values where Braze would fill them in."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from braze_client import Attachment, Email
from campaigns.attachments.queries import attachments_of, handed_over
from campaigns.brandlock import (
    PersonalValue,
    Target,
    ValuesRefused,
    fill_merge_tags,
    personal_properties,
    trigger_properties,
)
from campaigns.compose.content import NO_TOKEN, TOKEN_LIQUID, compiled_of, context_for, render_mailing, unsubscribe_url
from campaigns.compose.personal import personal_samples_of
from campaigns.compose.sender import sender_of, sender_problems
from campaigns.delivery.freezing import from_line
from campaigns.errors import Refusal
from campaigns.models import Mailing
from campaigns.sentences import spoken
from groups.keeping.addresses import held_address
from groups.models import Attribute, AttributeKind, Brand, Contact

MARK = "[TEST]"
# How a subject travels to a mail that Braze holds.
_SUBJECTS = frozenset({"subject", "subject_text"})


def email_of(mailing: Mailing, contact: Contact | None, *, app_id: str) -> Email:
    """Gives the email of a test with a contact's values for merge tags, or the brand's samples.

    It names no variation, and carries no one-click header: that would unsubscribe the tester from the brand. Raises
    `Refusal` when the sender's address is none.
    """
    sender = sender_of(mailing)
    if not sender["address"]:
        raise Refusal(_("Your group has no sender address. Ask an admin to give it one."))
    if bad := [problem for problem in sender_problems(sender, ()) if problem[0].endswith("_bad")]:
        raise Refusal(spoken(bad[0][1], bad[0][2]))
    brand = mailing.group.brand
    shown = fill_merge_tags(
        render_mailing(mailing, Target.BRAZE),
        samples_of(brand) if contact is None else profile_of(contact, brand),
        no_token=NO_TOKEN,
        unsubscribe_url=unsubscribe_url(mailing.group).replace(TOKEN_LIQUID, NO_TOKEN),
    )
    return Email(
        app_id=app_id,
        subject=f"{MARK} {shown.subject}".strip(),
        from_=from_line(sender),
        reply_to=sender["reply_to"] or None,
        body=shown.html,
        plaintext_body=shown.text,
        preheader=shown.preheader or None,
        attachments=files_of(mailing),
    )


def files_of(mailing: Mailing) -> tuple[Attachment, ...]:
    """Gives the files that hang on a test, as on the delivery."""
    return tuple(Attachment(**attachment) for attachment in handed_over(attachments_of(mailing)))


def properties_of(mailing: Mailing) -> dict[str, PersonalValue]:
    """Gives the trigger properties of a test, its subject marked, with samples of personal values.

    Raises `Refusal` for values that cannot travel.
    """
    try:
        properties = trigger_properties(compiled_of(mailing.version), mailing.values, context_for(mailing))
    except ValuesRefused as error:
        finding = error.findings[0]
        raise Refusal(spoken(finding.message, finding.params)) from error
    marked = {name: f"{MARK} {text}" if name in _SUBJECTS else text for name, text in properties.items()}
    return {**marked, **personal_properties(personal_samples_of(mailing.version))}


def samples_of(brand: Brand) -> dict[str, object]:
    """Gives the sample values of the brand's merge tags as a profile, by the names of Liquid."""
    return _profile((attribute, attribute.sample) for attribute in brand.attributes.filter(is_merge_tag=True))


def profile_of(contact: Contact, brand: Brand) -> dict[str, object]:
    """Gives what Braze knows of a contact, by the names of Liquid."""
    known = (
        (attribute, _as_kept(attribute, contact.attributes[attribute.name]))
        for attribute in brand.attributes.all()
        if attribute.name in contact.attributes
    )
    return _profile(known) | {"email_address": held_address(contact), "user_id": contact.external_id}


def _as_kept(attribute: Attribute, value: object) -> object:
    """Gives a value as Braze gives it back: custom dates have become moments (B-TRK-11)."""
    is_moment = attribute.is_custom and attribute.kind == AttributeKind.DATE
    return f"{value}T00:00:00.000Z" if is_moment else value


def _profile(values: Iterable[tuple[Attribute, object]]) -> dict[str, object]:
    standard: dict[str, object] = {}
    custom: dict[str, object] = {}
    for attribute, value in values:
        (custom if attribute.is_custom else standard)[attribute.liquid_name] = value
    return {**standard, "custom_attribute": custom}
