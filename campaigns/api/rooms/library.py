"""The templates that a group may start from, and its images."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from ninja import File, Form, Router
from ninja.files import UploadedFile
from pydantic import Field

from campaigns.api import shown
from campaigns.api.library_schemas import ImageOut, TemplateOut, TemplateWithFields
from campaigns.compose.content import compiled_of
from campaigns.library.folders import folders_to_fill
from campaigns.library.images import add_upload, offered_images
from campaigns.library.offering import offered_templates
from campaigns.models import Image
from groups import access
from groups.api.authentication import ApiRequest, Bearer
from groups.api.idempotency import PARAMETER, once
from groups.api.paging import AskedPage, Page, page_of
from groups.api.schemas import Said
from groups.models import Group
from groups.roles import Permission

P = Permission
router = Router(tags=["Templates and images"])


class ImageSaid(Said):
    """What is said with a picture: `alt` says what it shows, for people who cannot see it (catalogue I7)."""

    alt: str = Field(min_length=1, max_length=200)
    name: str = Field("", max_length=120)
    folder_id: UUID | None = None


@router.get(
    "/groups/{group_id}/templates", response=Page[TemplateOut], auth=Bearer(P.SEE_MAILINGS), summary="List templates"
)
def list_templates(request: ApiRequest, group_id: UUID, paging: AskedPage) -> Page[TemplateOut]:
    """Gives the templates that the token's person may start from in a group today, the oldest first."""
    group = access.get(request.auth, Group, group_id, P.SEE_MAILINGS)
    found = page_of(request, offered_templates(group, request.auth), paging, newest_first=False)
    return Page(items=[shown.template_out(template) for template in found.rows], next=found.next)


@router.get(
    "/groups/{group_id}/templates/{template_id}",
    response=TemplateWithFields,
    auth=Bearer(P.SEE_MAILINGS),
    summary="Read a template with its fields",
)
def read_template(request: ApiRequest, group_id: UUID, template_id: UUID) -> TemplateWithFields:
    """Gives a template with the fields, sections and rules that values must keep."""
    group = access.get(request.auth, Group, group_id, P.SEE_MAILINGS)
    template = access.one_of(offered_templates(group, request.auth), template_id)
    if template.current is None:
        raise Http404
    return shown.template_with_fields(template, compiled_of(template.current))


@router.get("/groups/{group_id}/images", response=Page[ImageOut], auth=Bearer(P.MANAGE_IMAGES), summary="List images")
def list_images(request: ApiRequest, group_id: UUID, paging: AskedPage) -> Page[ImageOut]:
    """Gives the images that a group may use, its own and those that it inherits, newest first."""
    group = access.get(request.auth, Group, group_id, P.MANAGE_IMAGES)
    offered = Image.objects.filter(pk__in=offered_images(group).order_by().values("pk"))
    found = page_of(request, offered, paging)
    return Page(items=[shown.image_out(image, request.brand) for image in found.rows], next=found.next)


@router.post(
    "/groups/{group_id}/images",
    response={201: ImageOut},
    auth=Bearer(P.MANAGE_IMAGES),
    openapi_extra=PARAMETER,
    summary="Upload an image",
)
@once(201)
def upload_image(request: ApiRequest, group_id: UUID, said: Form[ImageSaid], file: File[UploadedFile]) -> ImageOut:
    """Keeps a picture as an image of the group; the same picture again gives the image that is there."""
    group = access.get(request.auth, Group, group_id, P.MANAGE_IMAGES)
    folder = access.one_of(folders_to_fill(group), said.folder_id) if said.folder_id else None
    image = add_upload(group=group, file=file, alt=said.alt, name=said.name, folder=folder, actor=request.auth)
    return shown.image_out(image, request.brand)
