"""Bringing people in by a file or by rows, and where that stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from django.core.files.base import ContentFile
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import File, Form, Router
from ninja.files import UploadedFile
from pydantic import Field

from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.idempotency import PARAMETER, once
from groups.api.paging import AskedPage, Page, page_of
from groups.api.problems import refused
from groups.api.schemas import BeginSaid, ColumnsSaid, ImportOut, RejectOut, RowsSaid, Said
from groups.api.shown import import_out
from groups.audiences.imports import matching, services
from groups.audiences.queries import lists_for
from groups.audiences.rejects import RejectReason
from groups.models import Attribute, Audience, AudienceKind, ContactImport, Group, ImportMode, ImportReject
from groups.roles import Permission

P = Permission
router = Router(tags=["Imports"])


class FileSaid(Said):
    """What is said with a file: its list, or the name of a new one; consent, once for rows that bring none."""

    audience_id: UUID | None = None
    name: str = Field("", max_length=120)
    mode: Literal["add", "replace"] = "add"
    consent_source: str = Field("", max_length=120)
    consent_on: date | None = None
    consent_text: str = Field("", max_length=500)
    statement: bool = False


@router.get("/groups/{group_id}/imports", response=Page[ImportOut], auth=Bearer(P.SEE_CONTACTS), summary="List imports")
def list_imports(request: ApiRequest, group_id: UUID, paging: AskedPage) -> Page[ImportOut]:
    """Gives a group's imports, newest first."""
    group = access.get(request.auth, Group, group_id, P.SEE_CONTACTS)
    seen = access.visible(request.auth, ContactImport, P.SEE_CONTACTS).filter(audience__group=group)
    found = page_of(request, seen.select_related("audience__group"), paging)
    return Page(items=[import_out(one) for one in found.rows], next=found.next)


@router.post(
    "/groups/{group_id}/imports",
    response={201: ImportOut},
    auth=Bearer(P.MANAGE_CONTACTS),
    openapi_extra=PARAMETER,
    summary="Upload a file of contacts",
)
@once(201)
def upload(request: ApiRequest, group_id: UUID, said: Form[FileSaid], file: File[UploadedFile]) -> ImportOut:
    """Takes a CSV or an Excel workbook and matches its columns; nothing is imported before they are confirmed."""
    group = access.get(request.auth, Group, group_id, P.MANAGE_CONTACTS)
    if not said.statement:
        raise refused("statement", _("Confirm that these people agreed; otherwise they must not be mailed."))
    audience = _list_of(request, group, said.audience_id) if said.audience_id else None
    if ImportMode(said.mode) is ImportMode.REPLACE:
        access.get(request.auth, Group, group_id, P.OVERWRITE_AUDIENCE)
    return import_out(
        services.start_import(
            group=group,
            actor=request.auth,
            file=file,
            file_name=file.name or "contacts",
            audience=audience,
            name=said.name,
            mode=ImportMode(said.mode),
            consent_source=said.consent_source,
            consent_on=said.consent_on,
            consent_text=said.consent_text,
            is_stated=True,
        )
    )


@router.post(
    "/audiences/{audience_id}/rows",
    response={202: ImportOut},
    auth=Bearer(P.MANAGE_CONTACTS),
    openapi_extra=PARAMETER,
    summary="Add up to a thousand people to a list",
)
@once(202)
def add_rows(request: ApiRequest, audience_id: UUID, said: RowsSaid) -> ImportOut:
    """Puts rows on a list as a file would be; the import is under way when this answers, and tells what it rejected."""
    audience = access.get(request.auth, Audience, audience_id, P.MANAGE_CONTACTS)
    group = audience.group
    audience = _list_of(request, group, audience.pk)
    if not said.statement:
        raise refused("statement", _("Confirm that these people agreed; otherwise they must not be mailed."))
    allowed = matching.targets(Attribute.objects.filter(brand=group.brand))
    names = list(dict.fromkeys(name for row in said.rows for name in row))
    for name in names:
        if name not in allowed:
            raise refused(f"rows.{name[:60]}", _("There is no such attribute here."))
    contact_import = services.start_import(
        group=group,
        actor=request.auth,
        file=ContentFile(_csv([names, *([_cell(row.get(name)) for name in names] for row in said.rows)])),
        file_name="rows.csv",
        audience=audience,
        consent_source=said.consent_source,
        consent_on=said.consent_on,
        consent_text=said.consent_text,
        is_stated=True,
    )
    mapping = dict(enumerate(names))
    return import_out(services.confirm_mapping(contact_import=contact_import, mapping=mapping, actor=request.auth))


@router.get("/imports/{import_id}", response=ImportOut, auth=Bearer(P.SEE_CONTACTS), summary="Read an import")
def read_import(request: ApiRequest, import_id: UUID) -> ImportOut:
    """Gives where an import stands."""
    return import_out(access.get(request.auth, ContactImport, import_id, P.SEE_CONTACTS))


@router.get(
    "/imports/{import_id}/rejects",
    response=Page[RejectOut],
    auth=Bearer(P.MANAGE_CONTACTS),
    summary="List the rows that were not imported",
)
def list_rejects(request: ApiRequest, import_id: UUID, paging: AskedPage) -> Page[RejectOut]:
    """Gives the rows that were not imported, by line."""
    contact_import = access.get(request.auth, ContactImport, import_id, P.MANAGE_CONTACTS)
    found = page_of(
        request, ImportReject.objects.filter(contact_import=contact_import), paging, by="line", newest_first=False
    )
    words = dict(RejectReason.choices)
    return Page(
        items=[
            RejectOut(
                line=one.line, reason=one.reason, message=str(words.get(one.reason, one.reason)), column=one.detail
            )
            for one in found.rows
        ],
        next=found.next,
    )


@router.post(
    "/imports/{import_id}/columns",
    response={202: ImportOut},
    auth=Bearer(P.MANAGE_CONTACTS),
    openapi_extra=PARAMETER,
    summary="Say what the columns mean",
)
@once(202)
def confirm_columns(request: ApiRequest, import_id: UUID, said: ColumnsSaid) -> ImportOut:
    """Takes the meaning of the columns, and hands the file to the worker."""
    contact_import = _to_change(request, import_id)
    mapping = {position: target for position, target in said.columns.items() if target}
    return import_out(
        services.confirm_mapping(
            contact_import=contact_import, mapping=mapping, actor=request.auth, is_trial=said.is_trial
        )
    )


@router.post(
    "/imports/{import_id}/begin",
    response={202: ImportOut},
    auth=Bearer(P.MANAGE_CONTACTS),
    openapi_extra=PARAMETER,
    summary="Let a file in that was tried",
)
@once(202)
def begin(request: ApiRequest, import_id: UUID, said: BeginSaid) -> ImportOut:
    """Lets a file in; a large one, or one that empties its list, only with the word for it."""
    contact_import = _to_change(request, import_id)
    services.begin(contact_import=contact_import, actor=request.auth, is_confirmed=said.is_confirmed)
    contact_import.refresh_from_db()
    return import_out(contact_import)


def _to_change(request: ApiRequest, import_id: UUID) -> ContactImport:
    contact_import = access.get(request.auth, ContactImport, import_id, P.MANAGE_CONTACTS)
    if contact_import.mode == ImportMode.REPLACE:
        access.get(request.auth, ContactImport, import_id, P.OVERWRITE_AUDIENCE)
    return contact_import


def _list_of(request: ApiRequest, group: Group, audience_id: UUID) -> Audience:
    audience = access.one_of(lists_for(group, request.auth), audience_id)
    if audience.kind != AudienceKind.LIST:
        raise Http404
    return audience


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: str | int | float | bool | None) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
