"""The addresses of a brand's webhooks."""

from __future__ import annotations

from django.urls import path

from campaigns.webhooks import views

urlpatterns = [
    path("webhooks/", views.webhook_list, name="webhook-list"),
    path("webhooks/<uuid:webhook_id>/", views.webhook_detail, name="webhook-detail"),
    path("webhooks/<uuid:webhook_id>/secret/", views.webhook_rotate, name="webhook-rotate"),
    path("webhooks/<uuid:webhook_id>/test/", views.webhook_test, name="webhook-test"),
    path("webhooks/<uuid:webhook_id>/switch/", views.webhook_switch, name="webhook-switch"),
    path("webhooks/<uuid:webhook_id>/remove/", views.webhook_remove, name="webhook-remove"),
    path("webhooks/events/<uuid:event_id>/replay/", views.webhook_replay, name="webhook-replay"),
]
