"""The addresses of templates and images."""

from __future__ import annotations

from django.urls import path

from campaigns.library import (
    editor,
    field_views,
    image_views,
    import_views,
    merge_tag_views,
    network_views,
    proposal_views,
    readiness_views,
    snippet_views,
    views,
)

urlpatterns = [
    path("templates/", views.template_list, name="template-list"),
    path("templates/new/", views.template_create, name="template-create"),
    path("templates/import/", import_views.template_import, name="template-import"),
    path("templates/<uuid:template_id>/import/", import_views.template_import_report, name="template-import-report"),
    path("templates/<uuid:template_id>/proposals/", proposal_views.template_proposals, name="template-proposals"),
    path("templates/<uuid:template_id>/", editor.template_edit, name="template-edit"),
    path("templates/<uuid:template_id>/drafts/", network_views.template_push, name="template-push"),
    path("templates/<uuid:template_id>/readiness/", readiness_views.template_readiness, name="template-readiness"),
    path("templates/<uuid:template_id>/access/", network_views.template_access, name="template-access"),
    path("mailings/<uuid:mailing_id>/update/", network_views.mailing_update, name="mailing-update"),
    path("templates/<uuid:template_id>/fields/<slug:name>/", field_views.template_field, name="template-field"),
    path("snippets/", snippet_views.snippet_list, name="snippet-list"),
    path("snippets/<uuid:snippet_id>/", snippet_views.snippet_edit, name="snippet-edit"),
    path("merge-tags/", merge_tag_views.merge_tag_list, name="merge-tag-list"),
    path("merge-tags/<uuid:attribute_id>/", merge_tag_views.merge_tag_edit, name="merge-tag-edit"),
    path("templates/versions/<uuid:version_id>/preview/", views.version_preview, name="version-preview"),
    path("templates/versions/<uuid:version_id>/braze/", views.version_for_braze, name="version-braze"),
    path("g/<uuid:group_id>/images/", image_views.image_list, name="image-list"),
    path("g/<uuid:group_id>/images/folders/", image_views.folder_list, name="image-folders"),
    path("g/<uuid:group_id>/images/<uuid:image_id>/crop/", image_views.image_crop, name="image-crop"),
    path("images/folders/<uuid:folder_id>/", image_views.folder_change, name="image-folder-change"),
    path("images/<uuid:image_id>/", image_views.image_edit, name="image-edit"),
    path("images/<uuid:image_id>/hide/", image_views.image_hide, name="image-hide"),
]
