"""The addresses of a brand's look, domain and languages."""

from __future__ import annotations

from django.urls import path

from groups.brands import samples, views

urlpatterns = [
    path("brand/", views.look, name="brand-look"),
    path("brand/adopt/", views.look_adopt, name="brand-look-adopt"),
    path("brand/drop/", views.look_drop, name="brand-look-drop"),
    path("brand/domain/", views.domain, name="brand-domain"),
    path("brand/languages/", views.languages, name="brand-languages"),
    path("brand/sample/sign-in/", samples.sign_in, name="brand-sample-sign-in"),
    path("brand/sample/portal/", samples.portal, name="brand-sample-portal"),
    path("brand/sample/mail/", samples.mail, name="brand-sample-mail"),
    path("brand/sample/colours.css", samples.colours, name="brand-sample-colours"),
]
