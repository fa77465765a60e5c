"""The addresses of filters."""

from __future__ import annotations

from django.urls import path

from groups.audiences.filters import views

urlpatterns = [
    path("g/<uuid:group_id>/audiences/filters/new/", views.filter_new, name="filter-new"),
    path("audiences/<uuid:audience_id>/filter/", views.filter_show, name="filter-show"),
    path("audiences/<uuid:audience_id>/filter/change/", views.filter_edit, name="filter-edit"),
    path("audiences/<uuid:audience_id>/filter/delete/", views.filter_remove, name="filter-remove"),
]
