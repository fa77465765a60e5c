"""The addresses of mailings on their way."""

from __future__ import annotations

from django.urls import path

from campaigns.delivery import closing_views, halt_views, views

urlpatterns = [
    path("m/<uuid:mailing_id>/delivery/", views.mailing_detail, name="mailing-detail"),
    path("m/<uuid:mailing_id>/progress/", views.mailing_progress, name="mailing-progress"),
    path("m/<uuid:mailing_id>/send/", views.mailing_send, name="mailing-send"),
    path("m/<uuid:mailing_id>/cancel/", views.mailing_cancel, name="mailing-cancel"),
    path("m/<uuid:mailing_id>/edit-again/", views.mailing_edit_again, name="mailing-edit-again"),
    path("m/<uuid:mailing_id>/resume/", views.mailing_resume, name="mailing-resume"),
    path("m/<uuid:mailing_id>/pause/", views.mailing_pause, name="mailing-pause"),
    path("m/<uuid:mailing_id>/stop/", views.mailing_stop, name="mailing-stop"),
    path("m/<uuid:mailing_id>/send-to-rest/", views.mailing_send_to_rest, name="mailing-send-to-rest"),
    path("m/<uuid:mailing_id>/send-late/", views.mailing_send_late, name="mailing-send-late"),
    path("m/<uuid:mailing_id>/reschedule/", views.mailing_reschedule, name="mailing-reschedule"),
    path("batches/<int:batch_id>/decide/", views.batch_decide, name="batch-decide"),
    path("g/<uuid:group_id>/sending/", halt_views.sending_detail, name="sending-detail"),
    path("g/<uuid:group_id>/sending/stop/", halt_views.sending_stop, name="sending-stop"),
    path("g/<uuid:group_id>/sending/allow/", halt_views.sending_allow, name="sending-allow"),
    path("groups/<uuid:group_id>/close/", closing_views.group_close, name="group-close"),
    path("templates/<uuid:template_id>/recall/", halt_views.template_recall, name="template-recall"),
    path("templates/<uuid:template_id>/offer-again/", halt_views.template_offer_again, name="template-offer-again"),
]
