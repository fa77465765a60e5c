"""The addresses of approval."""

from __future__ import annotations

from django.urls import path

from campaigns.review import views

urlpatterns = [
    path("approvals/", views.review_list, name="review-list"),
    path("approvals/<uuid:review_id>/", views.review_detail, name="review-detail"),
    path("approvals/<uuid:review_id>/approve/", views.review_approve, name="review-approve"),
    path("approvals/<uuid:review_id>/ask/", views.review_ask_changes, name="review-ask-changes"),
    path("m/<uuid:mailing_id>/submit/", views.mailing_submit, name="mailing-submit"),
    path("m/<uuid:mailing_id>/take-back/", views.mailing_take_back, name="mailing-take-back"),
]
