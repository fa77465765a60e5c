"""The addresses of a brand's rules."""

from __future__ import annotations

from django.urls import path

from campaigns.rules import review_views, views

urlpatterns = [
    path("rules/", views.rule_list, name="rule-list"),
    path("rules/words/", views.rule_word_add, name="rule-word-add"),
    path("rules/words/<uuid:word_id>/remove/", views.rule_word_remove, name="rule-word-remove"),
    path("rules/domains/", views.rule_domains, name="rule-domains"),
    path("rules/liquid/", views.rule_liquid, name="rule-liquid"),
    path("rules/approval/", review_views.rule_reviews, name="rule-reviews"),
    path("rules/approval/policy/", review_views.rule_review_policy, name="rule-review-policy"),
    path("rules/approval/rules/", review_views.rule_review_add, name="rule-review-add"),
    path("rules/approval/rules/<uuid:rule_id>/", review_views.rule_review_edit, name="rule-review-edit"),
    path("rules/approval/rules/<uuid:rule_id>/remove/", review_views.rule_review_remove, name="rule-review-remove"),
    path("rules/approval/reasons/", review_views.rule_reason_add, name="rule-reason-add"),
    path("rules/approval/reasons/<uuid:reason_id>/remove/", review_views.rule_reason_remove, name="rule-reason-remove"),
]
