"""What a person's own page shows of how they sign in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import User

# The first that is found in what the browser says of itself is shown; Edge and Opera also call themselves Chrome.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which a person is signed in."""

    id: int
    name: str
    address: str
    signed_in_at: datetime
    is_current: bool


def devices_of(user: User, current_key: str | None) -> tuple[Device, ...]:
    """Gives the browsers in which a person is signed in, the one at hand first, then the newest."""
    rows = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    living = {
        session.session_key
        for session in Session.objects.filter(
            session_key__in=rows.values("session_key"), expire_date__gt=timezone.now()
        )
        if session.get_decoded().get(HASH_SESSION_KEY) == user.get_session_auth_hash()
    }
    found = [
        Device(
            id=row.pk,
            name=_device_name(row.user_agent),
            address=row.ip,
            signed_in_at=row.created_at,
            is_current=row.session_key == current_key,
        )
        for row in rows
        if row.session_key in living
    ]
    return tuple(sorted(found, key=lambda device: not device.is_current))


def _device_name(user_agent: str) -> str:
    browser = next((name for mark, name in _BROWSERS if re.search(mark, user_agent)), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")
