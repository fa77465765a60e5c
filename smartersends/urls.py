"""Every address of the portal, by room."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.account.urls")),
]
