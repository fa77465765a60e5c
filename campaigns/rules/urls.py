"""The addresses of a brand's rules."""

from __future__ import annotations

from django.urls import path

from campaigns.rules import views

urlpatterns = [
    path("rules/", views.rule_list, name="rule-list"),
    path("rules/words/", views.rule_word_add, name="rule-word-add"),
    path("rules/words/<uuid:word_id>/remove/", views.rule_word_remove, name="rule-word-remove"),
    path("rules/domains/", views.rule_domains, name="rule-domains"),
    path("rules/liquid/", views.rule_liquid, name="rule-liquid"),
]
