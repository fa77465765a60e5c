"""The addresses of a person's notices."""

from __future__ import annotations

from django.urls import path

from groups.notices import views

urlpatterns = [
    path("notices/", views.notice_list, name="notice-list"),
    path("notices/read/", views.notice_read_all, name="notice-read-all"),
    path("notices/settings/", views.notice_settings, name="notice-settings"),
    path("notices/<uuid:notice_id>/", views.notice_open, name="notice-open"),
    path("notices/<uuid:notice_id>/read/", views.notice_read, name="notice-read"),
]
