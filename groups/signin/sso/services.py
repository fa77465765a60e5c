"""Connecting a brand's identity provider, and switching it on step by step so that nobody is locked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from groups import audit
from groups.access import members_with
from groups.errors import InputRefused, StaleState
from groups.models import Brand, BrandRole, BreakGlassAdmin, Group, SignOnKind, SignOnState, SingleSignOn, User
from groups.people.queries import people_of
from groups.people.services import demand_may_give
from groups.people.sessions import end_password_sessions
from groups.roles import Permission
from groups.signin.second_factor import has_second_factor
from groups.signin.sso import certificates
from groups.signin.sso.reaching import AddressRefused, check_address
from groups.signin.sso.saml import IS_AVAILABLE
from groups.tree.queries import root_of

# From which states each can be reached: nothing is offered that was not tested, nothing enforced that is not offered.
MOVES: Final[Mapping[str, tuple[str, ...]]] = {
    SignOnState.OFF: (SignOnState.TEST, SignOnState.ON, SignOnState.ENFORCED),
    SignOnState.TEST: (SignOnState.OFF, SignOnState.ON),
    SignOnState.ON: (SignOnState.TEST, SignOnState.ENFORCED),
    SignOnState.ENFORCED: (SignOnState.ON,),
}


@dataclass(frozen=True, slots=True)
class Connection:
    """How the identity provider is reached; of `secret` an empty one keeps what is stored."""

    kind: SignOnKind
    issuer: str
    client_id: str = ""
    secret: str = ""
    sign_on_url: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Welcome:
    """Whom the provider speaks for, and what somebody new gets; without `creates_people` nobody new comes in."""

    email_domains: Sequence[str]
    creates_people: bool = False
    group: Group | None = None
    role: BrandRole | None = None


@sensitive_variables()
@transaction.atomic
def connect(*, brand: Brand, actor: User, connection: Connection, welcome: Welcome) -> SingleSignOn:
    """Stores the identity provider of a brand; with another one, or other keys, it has to be tested again.

    Raises `InputRefused` for an address or a certificate that cannot be, for a role that holds more than the actor
    does (or `NotPermitted`), and for a change of the provider while it is enforced.
    """
    _check(connection)
    if not welcome.email_domains:
        raise InputRefused(_("Name the domains of the email addresses that this sign-in speaks for."))
    if welcome.creates_people:
        _check_welcome(brand, actor, welcome)
    found = SingleSignOn.objects.select_for_update().filter(brand=brand).first() or SingleSignOn(brand=brand)
    if connection.kind == SignOnKind.OIDC and not (connection.secret or found.client_secret):
        raise InputRefused(_("Paste the client secret."))
    before = (found.kind, found.issuer, found.client_id, found.sign_on_url, found.certificate)
    found.kind, found.issuer, found.client_id = connection.kind, connection.issuer, connection.client_id
    found.sign_on_url, found.certificate = connection.sign_on_url, connection.certificate
    is_another = bool(connection.secret) or before != (
        connection.kind,
        connection.issuer,
        connection.client_id,
        connection.sign_on_url,
        connection.certificate,
    )
    if is_another and found.state == SignOnState.ENFORCED:
        raise InputRefused(_("Everybody signs in by this. Stop enforcing it before you change it."))
    found.client_secret = connection.secret or found.client_secret
    found.email_domains = sorted({domain.strip().lower().lstrip("@") for domain in welcome.email_domains})
    found.creates_people = welcome.creates_people
    found.default_group = welcome.group
    found.default_role = welcome.role.key if welcome.role else ""
    if is_another:
        found.state, found.tested_at, found.claims = SignOnState.OFF, None, {}
    found.save()
    audit.record(
        "sign_in.sso_connected",
        actor=actor,
        target=found,
        brand=brand,
        kind=found.kind,
        issuer=found.issuer,
        is_another=is_another,
        domains=", ".join(found.email_domains),
        creates_people=found.creates_people,
        role=found.default_role,
    )
    return found


@transaction.atomic
def move(*, brand: Brand, actor: User, to: SignOnState, current_session: str = "") -> None:
    """Switches single sign-on one step on or off; raises `InputRefused` with what is missing, `StaleState` otherwise.

    To test, the actor becomes the tester. To offer it, the test must have let them in. To enforce it, a break-glass
    admin with a second factor must be there; the open sessions that others began by their password then end, all but
    the current one, of whose end the page of the actor answers.
    """
    found = SingleSignOn.objects.select_for_update().filter(brand=brand).first()
    if found is None:
        raise StaleState
    if to == SignOnState.ON and found.tested_at is None:
        raise InputRefused(_("Sign in by it once in test mode first."))
    if to == SignOnState.ENFORCED and not any(has_second_factor(one) for one in _break_glass_admins(brand)):
        raise InputRefused(
            _("Name a break-glass admin who has a second factor first: somebody must get in if it fails.")
        )
    changes: dict[str, object] = {"tester": actor, "tested_at": None, "claims": {}} if to == SignOnState.TEST else {}
    if to != SignOnState.TEST:
        changes["claims"] = {}
    moved = SingleSignOn.objects.filter(pk=found.pk, state__in=MOVES[to]).update(state=to, **changes)
    if not moved:
        raise StaleState
    ended = 0
    if to == SignOnState.ENFORCED:
        ended = end_password_sessions(concerned_by(brand), str(brand.pk), but=current_session)
    audit.record(
        "sign_in.sso_moved",
        actor=actor,
        target=found,
        brand=brand,
        sessions_ended=ended,
        before={"state": found.state},
        after={"state": to.value},
    )


@transaction.atomic
def name_break_glass(*, brand: Brand, user: User, actor: User) -> None:
    """Lets an admin in by password and second factor even where single sign-on is enforced.

    Raises `InputRefused` for somebody who is no admin of the brand or has no second factor.
    """
    if not admins_of(brand).filter(pk=user.pk).exists():
        raise InputRefused(_("Only an admin of the brand can be a break-glass admin."))
    if not has_second_factor(user) or not user.has_usable_password():
        raise InputRefused(_("A break-glass admin needs a password and a second factor. Let them set both up first."))
    _row, is_new = BreakGlassAdmin.objects.get_or_create(brand=brand, user=user)
    if is_new:
        audit.record("sign_in.break_glass_named", actor=actor, target=user, brand=brand)


@transaction.atomic
def remove_break_glass(*, brand: Brand, user: User, actor: User, current_session: str = "") -> None:
    """Takes that back; where single sign-on is enforced, their password sessions end, as by `move`.

    Raises `InputRefused` for the last one while it is.
    """
    found = SingleSignOn.objects.select_for_update().filter(brand=brand).first()
    if found is not None and found.state == SignOnState.ENFORCED and is_last_break_glass(brand, user):
        raise InputRefused(_("This is the last break-glass admin. Name another one, or stop enforcing single sign-on."))
    removed, _rows = BreakGlassAdmin.objects.filter(brand=brand, user=user).delete()
    if removed:
        audit.record("sign_in.break_glass_removed", actor=actor, target=user, brand=brand)
        if found is not None and found.state == SignOnState.ENFORCED:
            end_password_sessions(concerned_by(brand).filter(pk=user.pk), str(brand.pk), but=current_session)


def is_last_break_glass(brand: Brand, user: User) -> bool:
    """Tells whether nobody but this person could get in if an enforced single sign-on failed."""
    enforced = SingleSignOn.objects.filter(brand=brand, state=SignOnState.ENFORCED).exists()
    return enforced and not any(has_second_factor(one) for one in _break_glass_admins(brand) if one.pk != user.pk)


def concerned_by(brand: Brand) -> QuerySet[User]:
    """Gives the people of a brand whose passwords count for nothing where single sign-on is enforced."""
    return people_of(brand).exclude(pk__in=BreakGlassAdmin.objects.filter(brand=brand).values("user"))


def admins_of(brand: Brand) -> QuerySet[User]:
    """Gives the active people who manage the users of a whole brand."""
    return members_with(root_of(brand), Permission.MANAGE_USERS)


def _break_glass_admins(brand: Brand) -> Sequence[User]:
    named = BreakGlassAdmin.objects.filter(brand=brand).values("user")
    return list(admins_of(brand).filter(pk__in=named))


def _check(connection: Connection) -> None:
    address = connection.issuer if connection.kind == SignOnKind.OIDC else connection.sign_on_url
    try:
        check_address(address)
    except AddressRefused as error:
        raise InputRefused(
            _("%(address)s is no address of an identity provider: those begin with https:// and are public.")
            % {"address": address or _("An empty text")}
        ) from error
    if connection.kind == SignOnKind.OIDC and not connection.client_id:
        raise InputRefused(_("Paste the client ID."))
    if connection.kind == SignOnKind.SAML:
        if not IS_AVAILABLE:
            raise InputRefused(_("SAML is not installed. Ask the operator to install the extra “saml”, or use OpenID."))
        if not connection.issuer:
            raise InputRefused(_("Paste the entity ID of the identity provider."))
        certificates.check(connection.certificate)


def _check_welcome(brand: Brand, actor: User, welcome: Welcome) -> None:
    if welcome.group is None or welcome.role is None or welcome.group.brand_id != brand.pk:
        raise InputRefused(_("Say which group and which role somebody new gets."))
    demand_may_give(actor, welcome.group, welcome.role, to=None)
