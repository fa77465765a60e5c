"""The way in when single sign-on fails: a few named admins, by password and second factor, and never in silence."""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from groups import audit
from groups.access import members_with
from groups.models import Brand, BreakGlassAdmin, SignOnState, SingleSignOn, User
from groups.roles import Permission
from groups.tree.queries import root_of


def is_password_refused(user: AbstractBaseUser, brand: Brand) -> bool:
    """Tells whether a person's password counts for nothing here: single sign-on is enforced and they are not named."""
    enforced = SingleSignOn.objects.filter(brand=brand, state=SignOnState.ENFORCED)
    return enforced.exclude(brand__break_glass_admins__user=user.pk).exists()


def note_sign_in(request: HttpRequest, user: User) -> None:
    """Writes a break-glass sign-in to the audit trail and mails every admin of the brand; others pass unnoted."""
    brand: Brand = request.brand  # type: ignore[attr-defined]
    methods = {record["method"] for record in get_authentication_records(request, user)}
    if "password" not in methods or not SingleSignOn.objects.filter(brand=brand, state=SignOnState.ENFORCED).exists():
        return
    if not BreakGlassAdmin.objects.filter(brand=brand, user=user).exists():
        return
    with transaction.atomic():
        audit.record("sign_in.break_glass", actor=user, target=user, brand=brand)
        for admin in members_with(root_of(brand), Permission.MANAGE_USERS):
            transaction.on_commit(lambda to=admin: _tell(to, user, brand), robust=True)  # type: ignore[misc]


def _tell(admin: User, who: User, brand: Brand) -> None:
    with translation.override(admin.language or brand.language):
        now = timezone.now().strftime("%Y-%m-%d %H:%M UTC")
        send_mail(
            _("%(name)s signed in past single sign-on") % {"name": who.name},
            _(
                "%(name)s (%(email)s) signed in to %(brand)s by password on %(at)s, past single sign-on, as a "
                "break-glass admin. If nobody knows why, end their sessions and set a new password."
            )
            % {"name": who.name, "email": who.email, "brand": brand.name, "at": now},
            None,
            [admin.email],
        )
