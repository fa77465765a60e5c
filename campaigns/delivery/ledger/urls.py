"""The addresses of the ledger."""

from __future__ import annotations

from django.urls import path

from campaigns.delivery.ledger import views

urlpatterns = [
    path("deliveries/<uuid:delivery_id>/batches/", views.batch_list, name="batch-list"),
    path("deliveries/<uuid:delivery_id>/batches.csv", views.batch_statement, name="batch-statement"),
    path("m/<uuid:mailing_id>/recipients/export/", views.mailing_recipients_export, name="mailing-recipients-export"),
    path("batches/<int:batch_id>/", views.batch_detail, name="batch-detail"),
    path("contacts/<uuid:contact_id>/", views.contact_detail, name="contact-detail"),
]
