"""Inviting people by mail: a link that works once, for one address, for two weeks."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused, NotPermitted, StaleState
from groups.models import Brand, BrandRole, Group, Invitation, User
from groups.people.invitation_mail import digest_of, nudge
from groups.people.services import demand_may_give, give_role
from groups.tree.rules import is_address

VALID_FOR: Final = timedelta(days=14)
OPEN: Final = {"accepted_at": None, "withdrawn_at": None}


def invite(*, group: Group, email: str, name: str, role: BrandRole, actor: User) -> Invitation:
    """Invites an address into a group with a role, in place of an open invitation there, and mails the link.

    Raises `NotPermitted` and `InputRefused` as `give_role` does, and `InputRefused` for an address that is none, for
    somebody who has this very role already, and for a group that is closed.
    """
    email, name = email.strip().lower(), " ".join(name.split())
    if not is_address(email):
        raise InputRefused(_("%(email)s is no email address.") % {"email": email})
    if role.brand_id != group.brand_id:
        raise InputRefused(_("This role belongs to another brand."))
    if group.closed_at is not None:
        raise InputRefused(_("%(group)s is closed. Open it again, or choose another group.") % {"group": group.name})
    known = User.objects.filter(email=email).first()
    demand_may_give(actor, group, role, to=known)
    if known is not None and known.memberships.filter(group=group, role=role, until=None).exists():
        raise InputRefused(_("%(email)s has this role in %(group)s already.") % {"email": email, "group": group.name})
    try:
        with transaction.atomic():
            Invitation.objects.filter(group=group, email=email, **OPEN).update(withdrawn_at=timezone.now())
            invitation = Invitation.objects.create(
                group=group,
                role=role,
                email=email,
                name=name[:120],
                invited_by=actor.acted_by or actor,
                expires_at=timezone.now() + VALID_FOR,
            )
            audit.record("member.invited", actor=actor, target=invitation, group=group, role=role.key)
            nudge()
    except IntegrityError as error:
        raise InputRefused(_("Somebody else invites this address at this very moment. Look at the list.")) from error
    return invitation


def invite_again(*, invitation: Invitation, actor: User) -> None:
    """Mails an open invitation once more, with a new link and two more weeks; the old link is worthless then.

    Raises `NotPermitted`, `InputRefused`, `StaleState`.
    """
    demand_may_give(actor, invitation.group, invitation.role, to=None)
    now = timezone.now()
    with transaction.atomic():
        again = {"mailed_at": None, "mail_after": now, "expires_at": now + VALID_FOR}
        if not Invitation.objects.filter(pk=invitation.pk, **OPEN).update(**again):
            raise StaleState
        audit.record("member.invited_again", actor=actor, target=invitation, group=invitation.group)
        nudge()


def withdraw_invitation(*, invitation: Invitation, actor: User) -> None:
    """Makes the link of an open invitation worthless. Raises `NotPermitted`, `InputRefused`, `StaleState`."""
    demand_may_give(actor, invitation.group, invitation.role, to=None)
    with transaction.atomic():
        if not Invitation.objects.filter(pk=invitation.pk, **OPEN).update(withdrawn_at=timezone.now()):
            raise StaleState
        audit.record("member.invitation_withdrawn", actor=actor, target=invitation, group=invitation.group)


def find_invitation(*, brand: Brand, secret: str) -> Invitation:
    """Gives the open invitation of a link; raises `InputRefused` with what to do where it is used, over, or none."""
    found = (
        Invitation.objects.filter(secret_sha256=digest_of(secret), group__brand=brand)
        .select_related("group__brand", "role", "invited_by")
        .first()
    )
    if found is None:
        raise InputRefused(_("This link is no invitation of ours. Check that all of it was copied from the mail."))
    if found.accepted_at is not None:
        raise InputRefused(_("This invitation was used already. Sign in with the address that it was sent to."))
    if found.withdrawn_at is not None:
        raise InputRefused(_("This invitation was withdrawn or replaced by a newer one. Look for a newer mail."))
    if found.expires_at <= timezone.now():
        raise InputRefused(
            _("This invitation has expired. Ask %(name)s to invite you again.") % {"name": found.invited_by.name}
        )
    return found


def has_account(invitation: Invitation) -> bool:
    """Tells whether the address of an invitation has an account, whose owner must sign in to take it up."""
    known = User.objects.filter(email=invitation.email, is_active=True).first()
    return known is not None and known.has_usable_password()


def accept(*, invitation: Invitation, user: User | None, name: str = "", password: str = "") -> User:
    """Takes an invitation up: by the person it was sent to who is signed in, or by a new account for its address.

    The address is always the invitation's own. Raises `InputRefused` for somebody else, for an address that has an
    account (its owner must sign in), where whoever invited may not give this role any more, and for a second use.
    """
    if user is not None and (user.email != invitation.email or user.acted_by is not None):
        raise InputRefused(_("This invitation is for another address. Sign out, and open the link again as its owner."))
    with transaction.atomic():
        known = User.objects.select_for_update().filter(email=invitation.email).first()
        if user is None and known is not None and known.is_active and known.has_usable_password():
            raise InputRefused(_("There is an account with this address. Sign in first, then open the link again."))
        if not Invitation.objects.filter(pk=invitation.pk, expires_at__gt=timezone.now(), **OPEN).update(
            accepted_at=timezone.now()
        ):
            raise InputRefused(_("This invitation was used or withdrawn in the meantime."))
        if known is None:
            known = User.objects.create_user(invitation.email, password, name=name)
        elif user is None:
            known.set_password(password)
            known.name = name or known.name
        known.is_active = True
        known.save()
        # Asked again at this moment: whoever invited may have lost the right to.
        try:
            give_role(user=known, group=invitation.group, role=invitation.role, actor=invitation.invited_by)
        except (NotPermitted, InputRefused) as error:
            raise InputRefused(
                _("%(name)s may not give this role any more. Ask for a new invitation.")
                % {"name": invitation.invited_by.name}
            ) from error
        audit.record("member.invitation_accepted", actor=known, target=invitation, group=invitation.group)
    return known
