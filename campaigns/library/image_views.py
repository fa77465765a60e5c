"""The pages of a group's images."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from campaigns.library import images, queries
from campaigns.library.errors import ImageRefused
from campaigns.library.forms import ImageForm, ImageWordsForm
from campaigns.library.services import add_image
from campaigns.models import Image
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission

PAGE_SIZE = 48


@login_required
@require_http_methods(["GET", "POST"])
def image_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the group's images and those it inherits; POST adds one."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_IMAGES)
    form = ImageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            image = add_image(
                group=group, file=form.cleaned_data["file"], alt=form.cleaned_data["alt"], actor=request.user
            )
        except ImageRefused as refused:
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, _("“%(name)s” is ready to be used.") % {"name": image.name})
            return redirect("campaigns:image-list", group_id=group.pk)
    context = {
        "group": group,
        "form": form,
        "own": Paginator(queries.images_of(group), PAGE_SIZE).get_page(request.GET.get("page")),
        "inherited": Paginator(queries.inherited_images_of(group), PAGE_SIZE).get_page(request.GET.get("shared")),
    }
    return render(request, "library/image_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def image_edit(request: PortalRequest, image_id: uuid.UUID) -> HttpResponse:
    """Changes the words of an image of the person's own group."""
    image = access.get(request.user, Image, image_id, Permission.EDIT_IMAGES)
    form = ImageWordsForm(request.POST or None, initial={"name": image.name, "alt": image.alt})
    if request.method == "POST" and form.is_valid():
        images.describe_image(
            image=image, name=form.cleaned_data["name"], alt=form.cleaned_data["alt"], actor=request.user
        )
        messages.success(request, _("Saved."))
        return redirect("campaigns:image-list", group_id=image.group_id)
    context = {"form": form, "image": image, "group": image.group}
    return render(request, "library/image_edit.html", context, status=422 if form.errors else 200)
