"""The addresses of the Braze settings."""

from __future__ import annotations

from django.urls import path

from groups.workspace import views

urlpatterns = [
    path("braze/", views.workspace, name="workspace"),
    path("braze/check/", views.workspace_check, name="workspace-check"),
]
