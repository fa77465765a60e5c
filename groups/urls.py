"""The addresses of all rooms of `groups`: each has its own `urls.py`."""

from __future__ import annotations

from django.urls import include, path

app_name = "groups"

urlpatterns = [
    path("", include("groups.workspace.urls")),
    path("", include("groups.brands.urls")),
    path("", include("groups.tree.urls")),
    path("", include("groups.variations.urls")),
    path("", include("groups.people.urls")),
    path("", include("groups.audiences.urls")),
    path("", include("groups.consent.urls")),
    path("", include("groups.contacts.urls")),
    path("", include("groups.erasing.urls")),
    path("", include("groups.audiences.filters.urls")),
    path("", include("groups.audiences.segments.urls")),
    path("", include("groups.signin.urls")),
    path("", include("groups.api.urls")),
    path("", include("groups.notices.urls")),
    path("", include("groups.trail.urls")),
]
