"""Settings and secrets of a deployment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.core import checks

from groups.crypto import SecretUnreadable
from groups.models import Workspace
from smartersends.doctor.finding import Finding, fine, odd, wrong
from smartersends.settings.environment import PRODUCTION

SHORTEST_SECRET: Final = 50
SHORTEST_KEY: Final = 32
PLACEHOLDERS: Final = ("django-insecure", "change", "example", "secret", "default", "a long random", "password")
HOW_TO_MAKE: Final = 'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))".'


def look_at_settings() -> Iterator[Finding]:
    """Runs Django's own checks and the portal's, with those for production where this is one."""
    if not PRODUCTION:
        yield odd(
            "PRODUCTION is off: this portal has the defaults of a laptop.",
            "Set PRODUCTION=true where people work; the portal then refuses to start without its secrets.",
        )
    found = [one for one in checks.run_checks(include_deployment_checks=PRODUCTION) if not one.is_silenced()]
    for message in found:
        sentence, remedy = f"{message.msg} ({message.id})", message.hint or "See docs/operations.md."
        yield wrong(sentence, remedy) if message.is_serious() else odd(sentence, remedy)
    if not found:
        yield fine("The settings pass all checks.")


def look_at_secrets() -> Iterator[Finding]:
    """Looks whether secrets are long, made up for this portal, and not the same."""
    problems = list(_secrets())
    yield from problems or [fine("The secrets are long enough and differ.")]


def _secrets() -> Iterator[Finding]:
    keys = settings.FIELD_ENCRYPTION_KEYS
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        yield wrong(
            f"SECRET_KEY has {len(settings.SECRET_KEY)} characters; whoever guesses it signs in as anybody.",
            f"Use at least {SHORTEST_SECRET}. {HOW_TO_MAKE}",
        )
    if not keys:
        yield wrong("FIELD_ENCRYPTION_KEYS is empty: no API key can be stored.", HOW_TO_MAKE)
    elif min(map(len, keys)) < SHORTEST_KEY:
        yield wrong(
            f"A key of FIELD_ENCRYPTION_KEYS has {min(map(len, keys))} characters.",
            f"Use at least {SHORTEST_KEY}. {HOW_TO_MAKE} Put the new one first and leave the old ones behind it.",
        )
    if settings.SECRET_KEY in keys:
        yield wrong("SECRET_KEY is also in FIELD_ENCRYPTION_KEYS: whoever gets one has both.", "Make two.")
    for name, texts in (("SECRET_KEY", [settings.SECRET_KEY]), ("FIELD_ENCRYPTION_KEYS", keys)):
        if any(text.lower().startswith(PLACEHOLDERS) or len(set(text)) < 8 for text in texts if text):
            yield wrong(f"{name} looks like one that stands in an example.", HOW_TO_MAKE)


def look_at_stored_keys() -> Iterator[Finding]:
    """Looks whether the configured keys open what was stored with them."""
    unreadable = []
    workspaces = Workspace.objects.order_by("brand__slug").values_list("pk", "brand__slug")
    for pk, slug in workspaces:
        try:
            Workspace.objects.get(pk=pk)
        except SecretUnreadable:
            unreadable.append(slug)
    for slug in unreadable:
        yield wrong(
            f"No key of FIELD_ENCRYPTION_KEYS opens the API key of {slug}.",
            "Put the key that it was stored with back, behind the others, or paste the API key again.",
        )
    if not unreadable:
        yield fine(f"All {len(workspaces)} stored API keys can be opened.")
