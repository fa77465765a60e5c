"""The address of a group's look."""

from __future__ import annotations

from django.urls import path

from campaigns.look import views

urlpatterns = [path("g/<uuid:group_id>/look/", views.look_edit, name="look-edit")]
