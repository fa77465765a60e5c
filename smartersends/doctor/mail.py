"""The portal's own mail: invitations, passwords, notices."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection

from smartersends.doctor.finding import Finding, fine, odd, wrong
from smartersends.settings.environment import PRODUCTION


def look_at_mail() -> Iterator[Finding]:
    """Looks whether the mail server lets the portal in; no mail is sent."""
    if settings.EMAIL_BACKEND.endswith(("filebased.EmailBackend", "console.EmailBackend", "dummy.EmailBackend")):
        sentence = "The portal's own mails are written to files: nobody is invited, and no password is reset."
        remedy = "Set EMAIL_URL, such as smtp+tls://user:password@smtp.example.com:587."
        yield wrong(sentence, remedy) if PRODUCTION else odd(sentence, remedy)
        return
    line = get_connection()
    try:
        line.open()
        line.close()
    except OSError as error:  # smtplib's errors are such
        yield wrong(
            f"The mail server does not let the portal in ({type(error).__name__}).",
            "Look at host, port, name and password in EMAIL_URL.",
        )
    else:
        yield fine("The mail server lets the portal in.")
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
        yield odd("The portal's mails come from localhost.", "Set DEFAULT_FROM_EMAIL to an address of your own.")
