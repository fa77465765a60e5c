"""The addresses of approval and of comments."""

from __future__ import annotations

from django.urls import path

from campaigns.review import comment_views, views

urlpatterns = [
    path("approvals/", views.review_list, name="review-list"),
    path("approvals/together/", views.review_approve_together, name="review-approve-together"),
    path("approvals/<uuid:review_id>/", views.review_detail, name="review-detail"),
    path("approvals/<uuid:review_id>/approve/", views.review_approve, name="review-approve"),
    path("approvals/<uuid:review_id>/ask/", views.review_ask_changes, name="review-ask-changes"),
    path("approvals/<uuid:review_id>/revoke/", views.review_revoke, name="review-revoke"),
    path("m/<uuid:mailing_id>/submit/", views.mailing_submit, name="mailing-submit"),
    path("m/<uuid:mailing_id>/take-back/", views.mailing_take_back, name="mailing-take-back"),
    path("m/<uuid:mailing_id>/comments/", comment_views.mailing_comments, name="mailing-comments"),
    path("comments/<uuid:comment_id>/resolve/", comment_views.comment_resolve, name="comment-resolve"),
]
