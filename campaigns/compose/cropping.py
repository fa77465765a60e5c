"""A picture of a mailing, cropped or turned without leaving the mailing (catalogue I2): it becomes one of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.brandlock import FieldSpec, FieldType
from campaigns.brandlock.types.base import part_of
from campaigns.compose.content import compiled_of
from campaigns.compose.gallery import is_named
from campaigns.compose.inputs import paths_of, with_value
from campaigns.compose.services import save_values
from campaigns.errors import NotAllowed, Refusal, StaleRevision
from campaigns.library.editing import Edit
from campaigns.library.image_forms import RATIOS, ImageEditForm
from campaigns.library.images import edit_image, fitted_to
from campaigns.models import Image, Mailing, MailingState
from groups import access
from groups.http import PortalRequest
from groups.models import Group, User
from groups.roles import Permission


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that a mailing shows: the field's `path`, such as `hero` or `events.2.photo`, and its stored value."""

    path: str
    spec: FieldSpec
    value: Mapping[str, Any]
    image: Image


@login_required
@require_http_methods(["GET", "POST"])
def mailing_crop(request: PortalRequest, mailing_id: uuid.UUID, place: str) -> HttpResponse:
    """Crops or turns the picture of the field at a place; POST puts the new picture into the mailing.

    `was` is the picture that the page showed: where another stands there by then, nothing is made.
    """
    mailing = access.get(request.user, Mailing, mailing_id, Permission.EDIT_MAILINGS)
    access.get(request.user, Group, mailing.group_id, Permission.EDIT_IMAGES)
    if mailing.state != MailingState.DRAFT:
        return redirect("campaigns:mailing-detail", mailing_id=mailing.pk)
    back = f"{reverse('campaigns:mailing-edit', args=[mailing.pk])}#step-{quote(place.partition('.')[0])}"
    shown = shown_in(mailing, place)
    if shown is None:
        messages.info(request, _("Choose a picture first. Then you can crop or turn it."))
        return redirect(back)
    form = ImageEditForm(request.POST or None, initial={"turn": 0})
    if request.method == "POST" and form.is_valid():
        try:
            put_edited(
                mailing=mailing, shown=shown, was=request.POST.get("was", ""), edit=form.edit, actor=request.user
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The mailing shows the new picture. The old one stays among your images."))
            return redirect(back)
    ratios = (shown.spec.ratio,) if shown.spec.ratio else RATIOS
    context = {"form": form, "image": shown.image, "group": mailing.group, "mailing": mailing, "back": back}
    context |= {"ratios": ratios, "was": shown.image.pk}
    return render(request, "compose/picture_crop.html", context, status=422 if form.errors else 200)


def shown_in(mailing: Mailing, path: str) -> Shown | None:
    """Gives the picture that an open field shows, its own or the template's; None where it shows none.

    Raises `Http404` where no field of the mailing is open by that path.
    """
    for found, spec, stored in paths_of(compiled_of(mailing.version), mailing.values, FieldType.IMAGE):
        if found != path or spec.is_locked:
            continue
        name = part_of(stored, "image") or part_of(spec.default, "image")
        image = access.usable(mailing.group, Image).filter(is_named([name])).select_related("group", "folder").first()
        return None if image is None else Shown(path, spec, dict(stored or {}), image)
    raise Http404


def put_edited(*, mailing: Mailing, shown: Shown, was: str, edit: Edit, actor: User) -> Image:
    """Makes a new picture of the one that a field shows and lets the field show it; its words stay.

    Where the template asks for a shape, the new picture has it. Raises `StaleRevision` where the field shows another
    picture than `was` by now, `NotAllowed` where the new picture would lie in none of the folders that the template
    asks for, `ImageRefused` for a crop that does not fit, and what saving values raises.
    """
    if str(shown.image.pk) != was:
        raise StaleRevision(mailing.revision)
    if shown.spec.folders and (shown.image.folder is None or shown.image.folder.group_id != mailing.group_id):
        raise NotAllowed(_("Only pictures that head office put into its folders may stand here, so none can be made."))
    image = edit_image(image=shown.image, edit=edit, group=mailing.group, actor=actor)
    if shown.spec.ratio:
        image = fitted_to(image=image, ratio=shown.spec.ratio, group=mailing.group, actor=actor)
    if image != shown.image:
        changes = with_value(mailing.values, {}, shown.path, {**shown.value, "image": str(image.pk)})
        save_values(mailing=mailing, changes=changes, revision=mailing.revision, actor=actor)
    return image
