"""The pages of a group's images and folders."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from campaigns.library import folders, images, queries
from campaigns.library.errors import ImageRefused
from campaigns.library.image_forms import RATIOS, FolderForm, ImageEditForm, ImageForm, ImageWordsForm
from campaigns.models import Image, ImageFolder
from groups import access
from groups.http import PortalRequest
from groups.models import Group
from groups.roles import Permission

PAGE_SIZE = 48


@login_required
@require_http_methods(["GET", "POST"])
def image_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows the group's images and those it inherits, all or those of `?folder=`; POST adds one."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_IMAGES)
    form = ImageForm(request.POST or None, request.FILES or None, folders=folders.folders_to_fill(group))
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            image = images.add_upload(
                group=group, file=words["file"], alt=words["alt"], folder=words.get("folder"), actor=request.user
            )
        except ImageRefused as refused:
            form.add_error("file", refused.sentence)
        else:
            messages.success(request, _("“%(name)s” is ready to be used.") % {"name": image.name})
            return redirect("campaigns:image-list", group_id=group.pk)
    chosen = request.GET.get("folder", "")
    is_hidden = request.GET.get("hidden") == "1"
    own = queries.images_of(group, folder=chosen, is_hidden=is_hidden)
    inherited = queries.inherited_images_of(group, folder=chosen)
    context = {
        "group": group,
        "form": form,
        "own": Paginator(own, PAGE_SIZE).get_page(request.GET.get("page")),
        "inherited": Paginator(inherited, PAGE_SIZE).get_page(request.GET.get("shared")),
        "folders": folders.folders_for(group),
        "chosen": chosen,
        "is_hidden": is_hidden,
        "may_manage_folders": access.may(request.user, Permission.MANAGE_FOLDERS, group),
    }
    return render(request, "library/image_list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def image_edit(request: PortalRequest, image_id: uuid.UUID) -> HttpResponse:
    """Changes the words, the folder and the focal point of an image of the person's own group."""
    image = access.get(request.user, Image, image_id, Permission.EDIT_IMAGES)
    initial = {name: getattr(image, name) for name in ("name", "alt", "folder", "focus_x", "focus_y")}
    form = ImageWordsForm(request.POST or None, initial=initial, folders=folders.folders_to_choose(image))
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data
        try:
            images.describe_image(
                image=image,
                name=words["name"],
                alt=words["alt"],
                focus=_focus(words["focus_x"], words["focus_y"]),
                folder=words.get("folder", image.folder),
                actor=request.user,
            )
        except ImageRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("campaigns:image-list", group_id=image.group_id)
    context = {"form": form, "image": image, "group": image.group}
    return render(request, "library/image_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def image_crop(request: PortalRequest, group_id: uuid.UUID, image_id: uuid.UUID) -> HttpResponse:
    """Makes a new image of the group from one that it may use, cropped, turned or smaller; the old one stays."""
    group = access.get(request.user, Group, group_id, Permission.EDIT_IMAGES)
    image = images.offered_image(group, image_id)
    form = ImageEditForm(request.POST or None, initial={"turn": 0})
    if request.method == "POST" and form.is_valid():
        try:
            made = images.edit_image(image=image, edit=form.edit, group=group, actor=request.user)
        except ImageRefused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("“%(name)s” stands beside the picture it was made from.") % {"name": made.name})
            return redirect("campaigns:image-list", group_id=group.pk)
    context = {"form": form, "image": image, "group": group, "ratios": RATIOS}
    return render(request, "library/image_crop.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def image_hide(request: PortalRequest, image_id: uuid.UUID) -> HttpResponse:
    """Offers an image no longer, or again."""
    image = access.get(request.user, Image, image_id, Permission.EDIT_IMAGES)
    if request.POST.get("action") == "show":
        images.show_image(image=image, actor=request.user)
        messages.success(request, _("“%(name)s” is offered again.") % {"name": image.name})
    else:
        images.hide_image(image=image, actor=request.user)
        messages.success(
            request, _("“%(name)s” is not offered any more. Emails that show it keep it.") % {"name": image.name}
        )
    return redirect("campaigns:image-list", group_id=image.group_id)


@login_required
@require_http_methods(["GET", "POST"])
def folder_list(request: PortalRequest, group_id: uuid.UUID) -> HttpResponse:
    """Shows a group's own folders; POST makes one."""
    group = access.get(request.user, Group, group_id, Permission.MANAGE_FOLDERS)
    form = FolderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        folder = folders.create_folder(group=group, actor=request.user, **form.cleaned_data)
        messages.success(request, _("The folder “%(name)s” is there.") % {"name": folder.name})
        return redirect("campaigns:image-folders", group_id=group.pk)
    context = {"group": group, "form": form, "folders": folders.own_folders(group)}
    return render(request, "library/image_folders.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def folder_change(request: PortalRequest, folder_id: uuid.UUID) -> HttpResponse:
    """Opens or closes a folder, or lets the groups below fill it."""
    folder = access.get(request.user, ImageFolder, folder_id, Permission.MANAGE_FOLDERS)
    folders.change_folder(
        folder=folder,
        is_active=request.POST.get("is_active") == "on",
        locals_may_upload=request.POST.get("locals_may_upload") == "on",
        actor=request.user,
    )
    messages.success(request, _("Saved."))
    return redirect("campaigns:image-folders", group_id=folder.group_id)


def _focus(across: int | None, down: int | None) -> tuple[int, int]:
    """Gives the focal point; the middle where nothing was said."""
    return (50 if across is None else across), (50 if down is None else down)
