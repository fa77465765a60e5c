"""Who a brand's identity provider has sent: the account that its answer belongs to, or a refusal in plain words."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import GroupsError
from groups.models import Membership, ScimPerson, SignOnState, SingleSignOn, User
from groups.people.services import add_member

_CLAIM_CHARACTERS = 200


class SignOnRefused(GroupsError):
    """The identity provider's answer lets nobody in."""


def untrusted() -> SignOnRefused:
    """Gives the refusal of an answer that did not stand a check; which one is nobody's business."""
    return SignOnRefused(_("The answer of your company's sign-in cannot be trusted, so it was refused. Start again."))


@dataclass(frozen=True, slots=True)
class Identity:
    """What a verified answer says of a person; `claims` is all of it, for the page of a test."""

    issuer: str
    subject: str
    email: str = ""
    is_email_verified: bool = False
    name: str = ""
    nonce: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)

    @property
    def uid(self) -> str:
        """Issuer and subject as one text of a fixed length."""
        return hashlib.sha256(f"{self.issuer}\0{self.subject}".encode()).hexdigest()


def provider_id(sign_on: SingleSignOn) -> str:
    """Gives the name under which allauth keeps the accounts of a brand's identity provider."""
    return f"sso-{sign_on.pk}"


def keep_claims(*, sign_on: SingleSignOn, identity: Identity, is_let_in: bool) -> None:
    """Stores what came at a test, so that its admin sees it; `is_let_in` opens the way to switching it on."""
    SingleSignOn.objects.filter(pk=sign_on.pk, state=SignOnState.TEST).update(
        claims={name: value[:_CLAIM_CHARACTERS] for name, value in identity.claims.items()},
        tested_at=timezone.now() if is_let_in else None,
    )


@transaction.atomic
def resolve(*, sign_on: SingleSignOn, identity: Identity) -> SocialAccount:
    """Gives the account of a person: the one linked before, one of this brand by its verified address, or a new one.

    Raises `SignOnRefused` for everybody else, and then nothing is linked or made.
    """
    # Two sign-ins of a new person at once wait for each other, and the second finds what the first has made.
    sign_on = SingleSignOn.objects.select_for_update(of=("self",)).select_related("brand").get(pk=sign_on.pk)
    found = SocialAccount.objects.filter(provider=provider_id(sign_on), uid=identity.uid).select_related("user").first()
    user = found.user if found is not None else _by_address(sign_on, identity)
    if user is not None and (not user.is_active or user.is_service):
        raise SignOnRefused(_("This account is closed. Ask an admin to switch it on again."))
    if (
        user is not None
        and not Membership.objects.filter(Membership.live(), user=user, group__brand=sign_on.brand).exists()
    ):
        raise SignOnRefused(_("You hold no role here. Ask an admin to invite you."))
    if sign_on.state == SignOnState.TEST and (user is None or user.pk != sign_on.tester_id):
        raise SignOnRefused(_("This sign-in is being tested. Only the admin who set it up gets in by it."))
    if found is not None:
        return found
    if user is None:
        user = _create(sign_on, identity)
    audit.record("sign_in.linked", actor=user, target=user, brand=sign_on.brand, kind=sign_on.kind)
    return SocialAccount.objects.create(provider=provider_id(sign_on), uid=identity.uid, user=user)


def _by_address(sign_on: SingleSignOn, identity: Identity) -> User | None:
    email = identity.email.strip().lower()
    if not email or not identity.is_email_verified:
        raise SignOnRefused(
            _("Your company's sign-in gave no verified email address. Ask an admin to have it sent along.")
        )
    if email.rpartition("@")[2] not in sign_on.email_domains:
        raise SignOnRefused(_("Addresses like yours are not allowed here. Ask an admin to add the domain."))
    user = User.objects.filter(email=email).first()
    if user is not None and ScimPerson.objects.filter(brand=sign_on.brand, user=user, is_active=False).exists():
        raise SignOnRefused(_("This account is closed. Ask an admin to switch it on again."))
    return user


def _create(sign_on: SingleSignOn, identity: Identity) -> User:
    group = sign_on.default_group
    if not sign_on.creates_people or group is None or not sign_on.default_role:
        raise SignOnRefused(_("Nobody here has your address. Ask an admin to invite you."))
    name = (identity.name or identity.email)[:120]
    try:
        return add_member(group=group, email=identity.email, name=name, role=sign_on.default_role, actor=None)
    except GroupsError as error:  # the role is not there any more
        raise SignOnRefused(_("Nobody here has your address. Ask an admin to invite you.")) from error
