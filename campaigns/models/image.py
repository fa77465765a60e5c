"""Pictures that mails may show, and the folders that they lie in."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator
from django.db import models


class ImageFolder(models.Model):
    """A folder of a group's gallery, offered in the groups below as well while it is active (I4).

    With `locals_may_upload` the groups below may put pictures of their own into it; those stay their own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="image_folders")
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60)
    locals_may_upload = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "group"
    is_inherited = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "slug"], name="image_folder_slug_once_per_group"),)
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Image(models.Model):
    """An image of a group, usable in the groups below; its file is named by its content and never changes (I5).

    A hidden image is not offered any more; what shows it already goes on showing it. `focus_x` and `focus_y` are the
    point, in percent of width and height, that a crop keeps in the middle (I6). `made_from` is the image that this one
    was cropped or turned from.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="images")
    folder = models.ForeignKey(ImageFolder, on_delete=models.PROTECT, null=True, blank=True, related_name="images")
    name = models.CharField(max_length=120)
    alt = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to="images/")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    focus_x = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(100)])
    focus_y = models.PositiveSmallIntegerField(default=50, validators=[MaxValueValidator(100)])
    made_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="versions")
    hidden_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "group"
    is_inherited = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["group", "sha256"], name="image_once_per_group"),
            models.CheckConstraint(
                condition=models.Q(focus_x__lte=100, focus_y__lte=100), name="image_focus_in_percent"
            ),
        )
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name
