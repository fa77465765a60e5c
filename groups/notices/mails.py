"""The mails that carry notices: in the person's language, with the brand's look, as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from groups.addresses import is_own_path, public_url
from groups.models import Brand, Notice, User
from groups.notices.kinds import Detail, Kind, Words, all_kinds, kind_named
from groups.notices.plain import one_line

DETAIL_CHARACTERS: Final = 400
DIGEST_SHOWN: Final = 50
# What a page reads to know that its link came out of a mail; see `groups.notices.middleware`.
PARAMETER: Final = "notice"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as a mail says it: its words, where its button leads, and what stands beside."""

    words: Words
    url: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The notices of one family in a digest."""

    label: str
    notices: list[Told] = field(default_factory=list)


def mail_of(notices: Sequence[Notice]) -> EmailMultiAlternatives:
    """Writes one mail to one person: a notice by itself with its details, several as a digest.

    All are of one person and one brand, of kinds that are known. Raises `ValueError` for a path that leads elsewhere.
    """
    first = notices[0]
    person, brand = first.person, first.brand
    with translation.override(person.language or brand.language):
        if len(notices) == 1:
            return _single(first, person, brand)
        return _digest(notices, person, brand)


def _single(notice: Notice, person: User, brand: Brand) -> EmailMultiAlternatives:
    told = _told(notice, with_details=True)
    thing = f"<{notice.about.replace(':', '.')}@{_host(brand)}>"
    return _mail(
        "notice",
        person,
        brand,
        title=told.words.title,
        context={"told": told},
        headers={"Message-ID": f"<{notice.pk}@{_host(brand)}>", "In-Reply-To": thing, "References": thing},
    )


def _digest(notices: Sequence[Notice], person: User, brand: Brand) -> EmailMultiAlternatives:
    title = ngettext("%(count)s notice for you", "%(count)s notices for you", len(notices)) % {"count": len(notices)}
    sections = {kind.family.name: Section(str(kind.family.label)) for kind in all_kinds()}
    for notice in notices[:DIGEST_SHOWN]:
        sections[_kind(notice).family.name].notices.append(_told(notice))
    return _mail(
        "digest",
        person,
        brand,
        title=title,
        context={
            "sections": [section for section in sections.values() if section.notices],
            "more": max(0, len(notices) - DIGEST_SHOWN),
            "list_url": public_url(brand, reverse("groups:notice-list")),
        },
        headers={"Message-ID": f"<digest.{notices[0].pk}@{_host(brand)}>"},
    )


def _mail(
    name: str, person: User, brand: Brand, *, title: str, context: dict[str, Any], headers: dict[str, str]
) -> EmailMultiAlternatives:
    settings_url = public_url(brand, reverse("groups:notice-settings"))
    shown = {
        **context,
        "title": title,
        "brand": brand,
        "greeted": one_line(person.name),
        "settings_url": settings_url,
    }
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMultiAlternatives(
        subject=one_line(f"{brand.name}: {title}"),
        body=render_to_string(f"notices/mail_{name}.txt", shown).strip() + "\n",
        from_email=formataddr((one_line(brand.name), sender)),
        to=[person.email],
        headers={
            **headers,
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{settings_url}>",
        },
    )
    mail.attach_alternative(render_to_string(f"notices/mail_{name}.html", shown), "text/html")
    return mail


def _told(notice: Notice, *, with_details: bool = False) -> Told:
    kind = _kind(notice)
    details = kind.details(notice) if with_details else ()
    return Told(
        words=kind.words(notice.parameters),
        url=_link(notice),
        details=tuple(Detail(one_line(one.label), one_line(one.text, characters=DETAIL_CHARACTERS)) for one in details),
    )


def _link(notice: Notice) -> str:
    """Gives where the button leads: to the thing itself, so that a colleague who may see it can be sent the mail."""
    if not is_own_path(notice.path):
        raise ValueError("A notice leads to a path of the portal and nowhere else.")
    path, mark, fragment = notice.path.partition("#")
    joint = "&" if "?" in path else "?"
    return public_url(notice.brand, f"{path}{joint}{PARAMETER}={notice.pk}{mark}{fragment}")


def _kind(notice: Notice) -> Kind:
    kind = kind_named(notice.kind)
    if kind is None:
        raise ValueError(f"There is no kind of notice that is called {notice.kind}.")
    return kind


def _host(brand: Brand) -> str:
    return urlsplit(public_url(brand, "/")).hostname or "localhost"
