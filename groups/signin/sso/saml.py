"""SAML 2.0 by python3-saml, for answers to our own questions alone (SAML profiles 4.1.4; OWASP SAML cheat sheet).

python3-saml is the extra `saml`. It checks schema, signature, issuer, times and audience; what it leaves open is closed
here: an answer without audience or recipient, one that answers no question of this browser, and one that came before.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.socialaccount.internal import statekit
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import SeenAssertion, SingleSignOn
from groups.signin.sso.identify import Identity, SignOnRefused, provider_id, untrusted

IS_AVAILABLE: Final = find_spec("onelogin") is not None
MOST_CHARACTERS: Final = 200_000
EMAIL_FORMAT: Final = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
TRANSIENT_FORMAT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
EMAIL_NAMES: Final = (
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)
NAME_NAMES: Final = (
    "name",
    "displayName",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "http://schemas.microsoft.com/identity/claims/displayname",
)
SAML: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a checked answer holds."""

    identity: Identity
    assertion_id: str
    in_response_to: str
    expires_at: datetime


def entity_id(request: HttpRequest) -> str:
    """Gives the name of the portal towards the identity provider: the address of its metadata."""
    return request.build_absolute_uri(reverse("groups:sso-saml-metadata"))


def answer_address(request: HttpRequest) -> str:
    """Gives the address that takes the provider's answers (assertion consumer service)."""
    return request.build_absolute_uri(reverse("groups:sso-saml-answer"))


def metadata(request: HttpRequest) -> bytes:
    """Gives the portal's SAML metadata."""
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    found = OneLogin_Saml2_Settings(_settings(request, None), sp_validation_only=True).get_sp_metadata()
    return found if isinstance(found, bytes) else str(found).encode()


def begin(request: HttpRequest, sign_on: SingleSignOn, next_url: str | None) -> HttpResponse:
    """Sends a person to the provider; the id of the question stays in their session and takes one answer."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    auth = OneLogin_Saml2_Auth(_request_data(request), _settings(request, sign_on))
    # RelayState carries nothing: where to go on stands in the session, where nobody outside can write.
    address = auth.login(return_to="")
    question: str = auth.get_last_request_id()
    statekit.stash_state(request, provider_id=provider_id(sign_on), state={"next": next_url}, state_id=question)
    return HttpResponseRedirect(address)


def check(request: HttpRequest, sign_on: SingleSignOn, encoded: str) -> None:
    """Raises `SignOnRefused` for an answer that cannot be trusted, whoever brings it."""
    _read(request, sign_on, encoded)


def finish(request: HttpRequest, sign_on: SingleSignOn, encoded: str) -> tuple[Identity, str | None]:
    """Gives who came back, and the page where they wanted to go; raises `SignOnRefused` for any doubt.

    An answer is taken once: its question leaves the session, and its assertion is remembered until it is too old.
    """
    answer = _read(request, sign_on, encoded)
    state = statekit.unstash_state(request, provider_id=provider_id(sign_on), state_id=answer.in_response_to)
    if state is None:
        raise SignOnRefused(_("This sign-in was used already, or it took too long. Start again."))
    SeenAssertion.objects.filter(brand=sign_on.brand, expires_at__lt=timezone.now()).delete()
    try:
        with transaction.atomic():
            SeenAssertion.objects.create(
                brand=sign_on.brand, assertion_id=answer.assertion_id, expires_at=answer.expires_at
            )
    except IntegrityError as error:
        raise untrusted() from error
    return answer.identity, state["next"]


def _read(request: HttpRequest, sign_on: SingleSignOn, encoded: str) -> _Answer:
    from lxml import etree
    from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
    from onelogin.saml2.response import OneLogin_Saml2_Response
    from onelogin.saml2.settings import OneLogin_Saml2_Settings
    from xmlsec import Error as SignatureError

    try:
        if len(encoded) > MOST_CHARACTERS:
            raise ValueError("Longer than an honest answer.")
        _refuse_tricks(base64.b64decode(encoded, validate=True))
        response = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(_settings(request, sign_on)), encoded)
        response.is_valid({**_request_data(request), "path_info": reverse("groups:sso-saml-answer")}, None, True)
        return _answer(request, sign_on, response)
    except (
        binascii.Error,
        etree.LxmlError,
        OneLogin_Saml2_Error,
        OneLogin_Saml2_ValidationError,
        SignatureError,
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise untrusted() from error


def _refuse_tricks(text: bytes) -> None:
    """Raises `ValueError` for XML with a document type, comments or instructions: no honest answer has any."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(text, parser)
    tree = root.getroottree()
    strangers = (etree.Comment, etree.ProcessingInstruction, etree.Entity)
    if tree.docinfo.doctype or any(True for kind in strangers for _found in tree.iter(kind)):
        raise ValueError("A document type, a comment or an instruction.")


def _answer(request: HttpRequest, sign_on: SingleSignOn, response: Any) -> _Answer:
    if response.encrypted or entity_id(request) not in response.get_audiences():
        raise ValueError("No answer for this portal.")
    assertion = response.document.find(f"{SAML}Assertion")
    confirmations = assertion.findall(f"{SAML}Subject/{SAML}SubjectConfirmation/{SAML}SubjectConfirmationData")
    if len(confirmations) != 1 or confirmations[0].get("Recipient") != answer_address(request):
        raise ValueError("An answer for another recipient.")
    in_response_to, assertion_id = confirmations[0].get("InResponseTo"), assertion.get("ID")
    expires = response.get_assertion_not_on_or_after()
    if not in_response_to or not assertion_id or not expires or response.get_in_response_to() != in_response_to:
        raise ValueError("An answer to no question, or one that is good for ever.")
    name_id = response.get_nameid_data()
    if name_id.get("Format") == TRANSIENT_FORMAT:
        raise ValueError("A subject that is another one each time.")
    attributes: dict[str, list[str]] = response.get_attributes()
    email = _first(attributes, EMAIL_NAMES) or (name_id["Value"] if name_id.get("Format") == EMAIL_FORMAT else "")
    identity = Identity(
        issuer=sign_on.issuer,
        subject=name_id["Value"],
        email=email,
        # The brand names the domains that its provider speaks for; SAML has no other way to say so.
        is_email_verified=bool(email),
        name=_first(attributes, NAME_NAMES),
        claims={
            "NameID": name_id["Value"],
            **{name: ", ".join(map(str, values)) for name, values in attributes.items()},
        },
    )
    return _Answer(identity, assertion_id, in_response_to, datetime.fromtimestamp(expires, UTC))


def _first(attributes: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((str(attributes[name][0]) for name in names if attributes.get(name)), "")


def _request_data(request: HttpRequest) -> dict[str, Any]:
    return {
        "https": "on" if request.is_secure() else "off",
        "http_host": request.get_host(),
        "script_name": "",
        "path_info": request.path,
        "get_data": {},
        "post_data": {},
    }


def _settings(request: HttpRequest, sign_on: SingleSignOn | None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": entity_id(request),
            "assertionConsumerService": {"url": answer_address(request)},
            "NameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "wantAttributeStatement": False,
            "requestedAuthnContext": False,
            "rejectDeprecatedAlgorithm": True,
            "allowRepeatAttributeName": True,
            # A brand on this machine has a host name without a dot.
            "allowSingleLabelDomains": "." not in (urlsplit(entity_id(request)).hostname or ""),
        },
    }
    if sign_on is not None:
        found["idp"] = {
            "entityId": sign_on.issuer,
            "singleSignOnService": {"url": sign_on.sign_on_url},
            "x509cert": sign_on.certificate,
        }
    return found
