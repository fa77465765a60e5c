"""The address of a mailing's tests."""

from __future__ import annotations

from django.urls import path

from campaigns.testsend import views

urlpatterns = [path("m/<uuid:mailing_id>/tests/", views.mailing_tests, name="mailing-tests")]
