"""The addresses of the brand's groups."""

from __future__ import annotations

from django.urls import path

from groups.tree import change_views, field_views, import_views, views

urlpatterns = [
    path("groups/", views.group_list, name="group-list"),
    path("groups/import/", import_views.group_import, name="group-import"),
    path("groups/import/run/", import_views.group_import_run, name="group-import-run"),
    path("groups/fields/", field_views.group_field_list, name="group-field-list"),
    path("groups/fields/<uuid:field_id>/", field_views.group_field_edit, name="group-field-edit"),
    path("groups/fields/<uuid:field_id>/delete/", field_views.group_field_delete, name="group-field-delete"),
    path("groups/<uuid:group_id>/", views.group_detail, name="group-detail"),
    path("groups/<uuid:group_id>/new/", change_views.group_create, name="group-create"),
    path("groups/<uuid:group_id>/edit/", change_views.group_edit, name="group-edit"),
    path("groups/<uuid:group_id>/move/", change_views.group_move, name="group-move"),
    path("groups/<uuid:group_id>/open/", change_views.group_open, name="group-open"),
    path("groups/<uuid:group_id>/features/", change_views.group_features, name="group-features"),
    path("groups/<uuid:group_id>/fields/", field_views.group_values, name="group-values"),
]
