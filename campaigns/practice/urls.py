"""The addresses of practice."""

from __future__ import annotations

from django.urls import path

from campaigns.practice import views

urlpatterns = [
    path("g/<uuid:group_id>/practice/", views.practice_start, name="practice-start"),
    path("m/<uuid:mailing_id>/practise/", views.mailing_practise, name="mailing-practise"),
    path("guide/", views.guide, name="guide"),
]
