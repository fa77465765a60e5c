"""Changing a draft by JSON: several parts in one act, through the services of the composer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.api.schemas import MailingChange
from campaigns.brandlock import ValuesRefused as ValuesWrong
from campaigns.brandlock import clean_values
from campaigns.compose import services
from campaigns.compose.content import compiled_of
from campaigns.compose.saving import with_checked_images
from campaigns.errors import StaleRevision, ValuesRefused
from campaigns.models import Mailing
from campaigns.preflight import CheckFinding
from groups import access
from groups.api.problems import refused
from groups.models import Audience, User


def change(*, mailing: Mailing, said: MailingChange, actor: User) -> Mailing:
    """Changes what is named of a draft, all of it or nothing.

    Raises what the services of the composer raise, `Problem` for a moment without an offset from UTC, and `Http404` for
    an audience or an image that the group may not use.
    """
    demand_revision(mailing, said.revision)
    named = said.model_fields_set
    with transaction.atomic():
        if said.name is not None:
            services.rename(mailing=mailing, name=said.name, revision=mailing.revision, actor=actor)
        if said.values is not None:
            set_values(mailing=mailing, values=said.values, actor=actor)
        if said.sender is not None:
            services.save_envelope(
                mailing=mailing, changes={str(part): text for part, text in said.sender.items()}, actor=actor
            )
        if "audience_id" in named:
            audience = access.get_usable(mailing.group, Audience, said.audience_id) if said.audience_id else None
            services.choose_audience(mailing=mailing, audience=audience, actor=actor)
        if "send_at" in named or said.in_local_time is not None:
            _set_time(mailing, said, actor)
        if "last_day" in named:
            services.choose_last_day(mailing=mailing, last_day=said.last_day, actor=actor)
    return mailing


def set_values(*, mailing: Mailing, values: Mapping[str, Any], actor: User) -> None:
    """Stores field values by name, as JSON carries them; an image must be one that the group may choose now."""
    compiled = compiled_of(mailing.version)
    try:
        cleaned = clean_values(compiled, {**mailing.values, **values})
    except ValuesWrong as error:
        findings = [CheckFinding.of_value(finding) for finding in error.findings]
        raise ValuesRefused(_("The template does not take this."), findings) from error
    changes = with_checked_images(mailing, compiled, {name: cleaned[name] for name in values if name in cleaned})
    services.save_values(mailing=mailing, changes=changes, revision=mailing.revision, actor=actor)


def demand_revision(mailing: Mailing, revision: int) -> None:
    """Raises `StaleRevision` where a mailing was edited since it was looked at."""
    if mailing.revision != revision:
        raise StaleRevision(mailing.revision)


def _set_time(mailing: Mailing, said: MailingChange, actor: User) -> None:
    send_at = said.send_at if "send_at" in said.model_fields_set else mailing.send_at
    if send_at is not None and timezone.is_naive(send_at):
        raise refused("send_at", _("Give a moment with its offset from UTC, such as 2026-11-24T09:00:00-08:00."))
    in_local_time = mailing.in_local_time if said.in_local_time is None else said.in_local_time
    services.choose_time(mailing=mailing, send_at=send_at, in_local_time=in_local_time, actor=actor)
