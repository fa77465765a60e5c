"""The addresses of writing: templates by group, mailings by their own id."""

from __future__ import annotations

from django.urls import path

from campaigns.compose import composer, cropping, presence_views, previews, views
from campaigns.compose.history import views as history_views

urlpatterns = [
    path("g/<uuid:group_id>/templates/", views.template_wall, name="template-wall"),
    path("g/<uuid:group_id>/templates/<uuid:template_id>/preview/", previews.template_preview, name="template-preview"),
    path("g/<uuid:group_id>/templates/<uuid:template_id>/use/", views.mailing_start, name="mailing-start"),
    path("m/<uuid:mailing_id>/", composer.mailing_edit, name="mailing-edit"),
    path("m/<uuid:mailing_id>/save/", composer.mailing_save, name="mailing-save"),
    path("m/<uuid:mailing_id>/picture/<str:place>/", cropping.mailing_crop, name="mailing-crop"),
    path("m/<uuid:mailing_id>/here/", presence_views.mailing_here, name="mailing-here"),
    path("m/<uuid:mailing_id>/history/", history_views.mailing_history, name="mailing-history"),
    path(
        "m/<uuid:mailing_id>/history/<uuid:snapshot_id>/restore/",
        history_views.mailing_restore,
        name="mailing-restore",
    ),
    path("m/<uuid:mailing_id>/preview/", previews.mailing_preview, name="mailing-preview"),
    path("m/<uuid:mailing_id>/copy/", views.mailing_copy, name="mailing-copy"),
    path("m/<uuid:mailing_id>/delete/", views.mailing_delete, name="mailing-delete"),
]
