"""The addresses of a person's account and of a brand's rules for signing in."""

from __future__ import annotations

from django.urls import path

from groups.signin import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/devices/end/", views.devices_end, name="devices-end"),
    path("account/devices/<int:device_id>/end/", views.device_end, name="device-end"),
    path("sign-in/second-factor/", views.second_factor_rules, name="second-factor-rules"),
]
