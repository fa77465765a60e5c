"""The addresses of mailings on their way."""

from __future__ import annotations

from django.urls import path

from campaigns.delivery import views

urlpatterns = [
    path("m/<uuid:mailing_id>/delivery/", views.mailing_detail, name="mailing-detail"),
    path("m/<uuid:mailing_id>/progress/", views.mailing_progress, name="mailing-progress"),
    path("m/<uuid:mailing_id>/send/", views.mailing_send, name="mailing-send"),
    path("m/<uuid:mailing_id>/cancel/", views.mailing_cancel, name="mailing-cancel"),
    path("m/<uuid:mailing_id>/edit-again/", views.mailing_edit_again, name="mailing-edit-again"),
    path("m/<uuid:mailing_id>/resume/", views.mailing_resume, name="mailing-resume"),
    path("m/<uuid:mailing_id>/send-late/", views.mailing_send_late, name="mailing-send-late"),
    path("m/<uuid:mailing_id>/reschedule/", views.mailing_reschedule, name="mailing-reschedule"),
    path("batches/<int:batch_id>/decide/", views.batch_decide, name="batch-decide"),
]
