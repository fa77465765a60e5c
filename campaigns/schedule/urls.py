"""The addresses of a group's rules about time."""

from __future__ import annotations

from django.urls import path

from campaigns.schedule import views

urlpatterns = [
    path("g/<uuid:group_id>/times/", views.rule_times, name="rule-times"),
    path("g/<uuid:group_id>/times/save/", views.rule_times_save, name="rule-times-save"),
    path("g/<uuid:group_id>/times/roles/", views.rule_role_limits, name="rule-role-limits"),
    path("g/<uuid:group_id>/times/pressure/", views.rule_pressure, name="rule-pressure"),
    path("g/<uuid:group_id>/times/clashes/", views.rule_clashes, name="rule-clashes"),
    path("g/<uuid:group_id>/times/blackouts/", views.rule_blackout_add, name="rule-blackout-add"),
    path("blackouts/<uuid:blackout_id>/remove/", views.rule_blackout_remove, name="rule-blackout-remove"),
]
