"""The addresses of audiences, imports and segments."""

from __future__ import annotations

from django.urls import path

from groups.audiences import views
from groups.audiences.imports import limit_views
from groups.audiences.imports import views as import_views

urlpatterns = [
    path("g/<uuid:group_id>/audiences/", views.audience_list, name="audience-list"),
    path("g/<uuid:group_id>/audiences/upload/", import_views.audience_upload, name="audience-upload"),
    path("audiences/<uuid:audience_id>/", views.audience_show, name="audience-show"),
    path("audiences/<uuid:audience_id>/sync/", views.audience_sync, name="audience-sync"),
    path("audiences/<uuid:audience_id>/export/", views.audience_export, name="audience-export"),
    path("audiences/<uuid:audience_id>/privacy/", views.audience_privacy, name="audience-privacy"),
    path("audiences/<uuid:audience_id>/delete/", views.audience_remove, name="audience-remove"),
    path("g/<uuid:group_id>/imports/limits/", limit_views.import_limits, name="import-limits"),
    path(
        "audiences/<uuid:audience_id>/contacts/<uuid:contact_id>/remove/",
        views.audience_contact_remove,
        name="audience-contact-remove",
    ),
    path("imports/<uuid:import_id>/", import_views.import_show, name="import-show"),
    path("imports/<uuid:import_id>/columns/", import_views.import_columns, name="import-columns"),
    path("imports/<uuid:import_id>/begin/", import_views.import_begin, name="import-begin"),
    path("imports/<uuid:import_id>/reopen/", import_views.import_reopen, name="import-reopen"),
    path("imports/<uuid:import_id>/undo/", import_views.import_undo, name="import-undo"),
    path("imports/<uuid:import_id>/retry/", import_views.import_retry, name="import-retry"),
    path("imports/<uuid:import_id>/rejects.csv", import_views.import_rejects, name="import-rejects"),
]
