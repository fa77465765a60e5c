"""The address of the calendar."""

from __future__ import annotations

from django.urls import path

from campaigns.calendar import views

urlpatterns = [path("g/<uuid:group_id>/calendar/", views.calendar, name="calendar")]
