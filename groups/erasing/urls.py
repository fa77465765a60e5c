"""The addresses of erasures."""

from __future__ import annotations

from django.urls import path

from groups.erasing import views

urlpatterns = [
    path("erasures/", views.erasure_list, name="erasure-list"),
    path("erasures/<uuid:erasure_id>/", views.erasure_show, name="erasure-show"),
    path("erasures/<uuid:erasure_id>/retry/", views.erasure_retry, name="erasure-retry"),
    path("erasures/<uuid:erasure_id>/proof.csv", views.erasure_export, name="erasure-export"),
    path("contacts/<uuid:contact_id>/erase/", views.contact_erase, name="contact-erase"),
]
