"""The addresses of a person's own API tokens; those of the API itself stand in `smartersends.api`."""

from __future__ import annotations

from django.urls import path

from groups.api import views

urlpatterns = [
    path("account/tokens/", views.token_list, name="tokens"),
    path("account/tokens/<uuid:token_id>/revoke/", views.token_revoke, name="token-revoke"),
]
