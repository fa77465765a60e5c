"""A person's own devices and name, and what a brand demands of the people who sign in."""

from __future__ import annotations

from collections.abc import Collection

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused
from groups.models import Brand, BrandRole, SecondFactorDemand, User
from groups.people.sessions import end_sessions


@transaction.atomic
def end_device(*, user: User, session_id: int, current_key: str) -> bool:
    """Signs one device of a person out and tells whether there was one; never the one at hand (`current_key`)."""
    found = UserSession.objects.filter(user=user, pk=session_id).exclude(session_key=current_key).first()
    if found is None:
        return False
    found.end()
    return True


@transaction.atomic
def end_other_devices(*, user: User, current_key: str) -> int:
    """Signs a person out on every device but the one at hand and gives how many those were."""
    others = UserSession.objects.filter(user=user).exclude(session_key=current_key)
    keys = list(others.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    others.delete()
    return len(keys)


@transaction.atomic
def change_account(*, user: User, name: str, language: str) -> None:
    """Changes a person's own name and language; an empty language means that of the browser."""
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])


@transaction.atomic
def remove_second_factor(*, user: User) -> int:
    """Takes every second factor of a person who lost theirs, signs them out and gives how many there were.

    For the operator, who has made sure who asks; their brands read of it in the audit trail.
    """
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    end_sessions(user)
    for brand in Brand.objects.filter(groups__memberships__user=user).distinct():
        audit.record("sign_in.second_factor_removed", actor=None, target=user, brand=brand)
    return removed


@transaction.atomic
def demand_second_factor(*, brand: Brand, roles: Collection[str], actor: User) -> None:
    """Sets the roles of a brand whose holders need a second factor; raises `InputRefused` for one that is no role."""
    known = BrandRole.objects.filter(brand=brand, key__in=roles)
    if known.count() != len(set(roles)):
        raise InputRefused(_("One of the roles is not there any more. Look again."))
    Brand.objects.select_for_update().get(pk=brand.pk)
    before = set(SecondFactorDemand.objects.filter(brand=brand).values_list("role_key", flat=True))
    if before == set(roles):
        return
    SecondFactorDemand.objects.filter(brand=brand).exclude(role_key__in=roles).delete()
    SecondFactorDemand.objects.bulk_create(
        SecondFactorDemand(brand=brand, role_key=role) for role in sorted(set(roles) - before)
    )
    audit.record(
        "sign_in.second_factor_demanded", actor=actor, target=brand, brand=brand, roles=", ".join(sorted(roles))
    )
