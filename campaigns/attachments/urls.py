"""The address of an attachment."""

from __future__ import annotations

from django.urls import path

from campaigns.attachments import views

urlpatterns = [
    path("files/<str:token>/<str:sha256>.<slug:extension>", views.attachment_file, name="attachment-file"),
]
