"""The addresses of workspaces, groups, audiences, the unsubscribe page and accounts, by room."""

from __future__ import annotations

from django.urls import include, path

app_name = "groups"

urlpatterns = [
    path("", include("groups.workspace.urls")),
    path("", include("groups.tree.urls")),
    path("", include("groups.audiences.urls")),
    path("", include("groups.signin.urls")),
]
