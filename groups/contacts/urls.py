"""The addresses of single contacts."""

from __future__ import annotations

from django.urls import path

from groups.contacts import views

urlpatterns = [
    path("g/<uuid:group_id>/contacts/", views.contact_list, name="contact-list"),
    path("audiences/<uuid:audience_id>/contacts/add/", views.contact_add, name="contact-add"),
    path("contacts/<uuid:contact_id>/edit/", views.contact_edit, name="contact-edit"),
    path("contacts/<uuid:contact_id>/delete/", views.contact_delete, name="contact-delete"),
    path("contacts/<uuid:contact_id>/braze/", views.contact_lookup, name="contact-lookup"),
]
