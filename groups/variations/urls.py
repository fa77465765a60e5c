"""The addresses of the map of message variations."""

from __future__ import annotations

from django.urls import path

from groups.variations import views

urlpatterns = [
    path("variations/", views.variation_map, name="variation-map"),
    path("variations/read/", views.variation_read, name="variation-read"),
]
