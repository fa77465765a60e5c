"""The addresses of the brand's groups."""

from __future__ import annotations

from django.urls import path

from groups.tree import views

urlpatterns = [path("groups/", views.group_list, name="group-list")]
