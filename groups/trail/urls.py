"""The addresses of the audit trail."""

from __future__ import annotations

from django.urls import path

from groups.trail import views

urlpatterns = [
    path("audit-trail/", views.event_list, name="event-list"),
    path("audit-trail/export/", views.event_export, name="event-export"),
]
