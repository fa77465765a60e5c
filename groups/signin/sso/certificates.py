"""The certificate with which a SAML identity provider signs."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils.translation import gettext as _

from groups.errors import InputRefused

LEAST_BITS = 2048


def check(text: str) -> None:
    """Raises `InputRefused` for anything but a PEM certificate with a key that nobody guesses."""
    try:
        key = x509.load_pem_x509_certificate(text.strip().encode()).public_key()
    except ValueError as error:
        raise InputRefused(
            _("This is no certificate. Copy it whole, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.")
        ) from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < LEAST_BITS:
        raise InputRefused(_("The key of this certificate is too short. It needs 2048 bits or more."))
