"""The addresses of who gets no mail, and of the unsubscribe page."""

from __future__ import annotations

from django.urls import path

from groups.consent import unsubscribe_views, views
from groups.keeping.views import contacts_kept

urlpatterns = [
    path("g/<uuid:group_id>/suppressions/", views.suppression_list, name="suppression-list"),
    path("g/<uuid:group_id>/suppressions/add/", views.suppression_add, name="suppression-add"),
    path("g/<uuid:group_id>/suppressions/import/", views.suppression_import, name="suppression-import"),
    path("g/<uuid:group_id>/suppressions/export/", views.suppression_export, name="suppression-export"),
    path("g/<uuid:group_id>/suppressions/<int:suppression_id>/lift/", views.suppression_lift, name="suppression-lift"),
    path("consent/", views.consent_policy, name="consent-policy"),
    path("consent/contacts/", contacts_kept, name="contacts-kept"),
    path("u/<uuid:group_id>/<str:token>", unsubscribe_views.unsubscribe, name="unsubscribe"),
]
