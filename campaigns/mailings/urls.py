"""The addresses of a group's list of mailings and of its folders."""

from __future__ import annotations

from django.urls import path

from campaigns.mailings import folder_views, views

urlpatterns = [
    path("g/<uuid:group_id>/mailings/", views.mailing_list, name="mailing-list"),
    path("g/<uuid:group_id>/mailings/move/", views.mailings_move, name="mailings-move"),
    path("g/<uuid:group_id>/mailings/delete/", views.mailings_delete, name="mailings-delete"),
    path("g/<uuid:group_id>/mailings/folders/", folder_views.folder_list, name="mailing-folder-list"),
    path("mailing-folders/<uuid:folder_id>/rename/", folder_views.folder_rename, name="mailing-folder-rename"),
    path("mailing-folders/<uuid:folder_id>/remove/", folder_views.folder_remove, name="mailing-folder-remove"),
]
