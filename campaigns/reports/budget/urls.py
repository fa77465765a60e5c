"""The address of Braze's budget and quota."""

from __future__ import annotations

from django.urls import path

from campaigns.reports.budget import views

urlpatterns = [
    path("braze/budget/", views.workspace_budget, name="workspace-budget"),
]
