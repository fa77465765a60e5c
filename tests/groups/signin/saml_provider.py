"""A SAML identity provider that signs answers, and every way of bending them that is known to have worked somewhere."""

from __future__ import annotations

import base64
import copy
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

ISSUER = "https://idp.example/metadata"
ANSWER_ADDRESS = "http://testserver/accounts/sso/saml/"
AUDIENCE = "http://testserver/accounts/sso/saml/metadata/"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
SHA1_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
SHA1_DIGEST = "http://www.w3.org/2000/09/xmldsig#sha1"


def a_certificate(name: str = "idp.example", bits: int = 2048) -> tuple[str, str]:
    """Gives the private key of a provider and its certificate, as PEM; the same ones for the same name."""
    return _made(name, bits)


@lru_cache(maxsize=4)
def _made(name: str, bits: int) -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2025, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True)
class Answer:
    """What an answer says; `question` is the id of the portal's request."""

    question: str
    name_id: str = "lou-17"
    name_id_format: str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
    email: str = "lou@northwind.example"
    issuer: str = ISSUER
    audience: str = AUDIENCE
    recipient: str = ANSWER_ADDRESS
    assertion_id: str = "_assertion-1"
    minutes: int = 5
    since: int = -1
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    confirms: bool = True
    answers: bool = True


def _at(minutes: int) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def assertion(answer: Answer) -> str:
    """Gives the assertion, unsigned."""
    audience = (
        f"<saml:AudienceRestriction><saml:Audience>{answer.audience}</saml:Audience></saml:AudienceRestriction>"
        if answer.audience
        else ""
    )
    recipient = f' Recipient="{answer.recipient}"' if answer.recipient else ""
    question = f' InResponseTo="{answer.question}"' if answer.confirms else ""
    return (
        f'<saml:Assertion xmlns:saml="{SAML}" ID="{answer.assertion_id}" Version="2.0" IssueInstant="{_at(0)}">'
        f"<saml:Issuer>{answer.issuer}</saml:Issuer>"
        f'<saml:Subject><saml:NameID Format="{answer.name_id_format}">{answer.name_id}</saml:NameID>'
        '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
        f'<saml:SubjectConfirmationData NotOnOrAfter="{_at(answer.minutes)}"{recipient}{question}/>'
        "</saml:SubjectConfirmation></saml:Subject>"
        f'<saml:Conditions NotBefore="{_at(answer.since)}" NotOnOrAfter="{_at(answer.minutes)}">{audience}'
        f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{_at(0)}"><saml:AuthnContext>'
        "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
        "</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"
        f'<saml:Attribute Name="email"><saml:AttributeValue>{answer.email}</saml:AttributeValue></saml:Attribute>'
        "</saml:AttributeStatement></saml:Assertion>"
    )


def response(answer: Answer, inner: str) -> str:
    """Gives the response around an assertion, unsigned."""
    question = f' InResponseTo="{answer.question}"' if answer.answers else ""
    return (
        f'<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_response-1" Version="2.0" '
        f'IssueInstant="{_at(0)}" Destination="{answer.recipient or ANSWER_ADDRESS}"{question}>'
        f'<saml:Issuer>{answer.issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="{answer.status}"/>'
        f"</samlp:Status>{inner}</samlp:Response>"
    )


def sign(xml: str, name: str = "idp.example", signature: str = "", digest: str = "") -> str:
    """Signs the outermost element."""
    key, certificate = a_certificate(name)
    algorithms = {"sign_algorithm": signature, "digest_algorithm": digest} if signature else {}
    signed = OneLogin_Saml2_Utils.add_sign(xml, key, certificate, **algorithms)
    return signed.decode() if isinstance(signed, bytes) else str(signed)


def good(answer: Answer) -> str:
    """Gives an honest answer: a signed assertion in a response."""
    return response(answer, sign(assertion(answer)))


def encode(xml: str) -> str:
    """Encodes an answer for the form field."""
    return base64.b64encode(xml.encode()).decode()


def question_of(location: str) -> str:
    """Gives the id of the request that stands in an address of the provider."""
    packed = parse_qs(urlsplit(location).query)["SAMLRequest"][0]
    return str(etree.fromstring(zlib.decompress(base64.b64decode(packed), -15)).get("ID"))


def wrapped(answer: Answer, kind: int) -> str:
    """Gives a signature wrapping attack: the honest signed assertion stays somewhere, another one is to be read.

    The kinds follow "On Breaking SAML" (Somorovsky and others, 2012), for signed assertions.
    """
    root = etree.fromstring(good(answer).encode())
    honest = root.find(f"{{{SAML}}}Assertion")
    assert honest is not None
    evil = etree.fromstring(
        assertion(replace(answer, name_id="ade-1", email="ade@northwind.example", assertion_id="_evil")).encode()
    )
    signature = honest.find(f"{{{DS}}}Signature")
    assert signature is not None
    if kind == 3:  # before the honest one
        root.insert(root.index(honest), evil)
    elif kind == 4:  # around it
        root.replace(honest, evil)
        evil.append(honest)
    elif kind == 5:  # with its signature, and the honest one at the end without
        bare = copy.deepcopy(honest)
        bare.remove(bare.find(f"{{{DS}}}Signature"))  # type: ignore[arg-type]
        evil.insert(1, copy.deepcopy(signature))
        root.replace(honest, evil)
        root.append(bare)
    elif kind == 6:  # with its signature, in which the honest one lies
        evil.insert(1, signature)
        root.replace(honest, evil)
        signature.append(honest)
    elif kind == 7:  # in the extensions, under the honest one's id
        evil.set("ID", answer.assertion_id)
        extensions = etree.Element(f"{{{SAMLP}}}Extensions")
        extensions.append(evil)
        root.insert(1, extensions)
    elif kind == 8:  # the honest one as an object of the signature
        evil.set("ID", answer.assertion_id)
        evil.insert(1, signature)
        root.replace(honest, evil)
        etree.SubElement(signature, f"{{{DS}}}Object").append(honest)
    else:  # the honest one's id on the response
        root.set("ID", answer.assertion_id)
        root.replace(honest, evil)
        root.insert(1, signature)
    return etree.tostring(root).decode()
