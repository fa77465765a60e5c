"""The addresses of a person's account and of a brand's rules for signing in."""

from __future__ import annotations

from django.urls import path

from groups.signin import views
from groups.signin.scim import endpoints as scim
from groups.signin.scim import views as scim_views
from groups.signin.sso import entrance
from groups.signin.sso import views as sso_views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("account/devices/end/", views.devices_end, name="devices-end"),
    path("account/devices/<int:device_id>/end/", views.device_end, name="device-end"),
    path("sign-in/second-factor/", views.second_factor_rules, name="second-factor-rules"),
    path("sign-in/single-sign-on/", sso_views.sign_on, name="sso"),
    path("sign-in/single-sign-on/move/", sso_views.sign_on_move, name="sso-move"),
    path("sign-in/single-sign-on/break-glass/", sso_views.break_glass, name="sso-break-glass"),
    path("accounts/sso/", entrance.begin, name="sso-begin"),
    path("accounts/sso/oidc/", entrance.oidc_callback, name="sso-oidc-callback"),
    path("accounts/sso/saml/", entrance.saml_answer, name="sso-saml-answer"),
    path("accounts/sso/saml/finish/", entrance.saml_finish, name="sso-saml-finish"),
    path("accounts/sso/saml/metadata/", entrance.saml_metadata, name="sso-saml-metadata"),
    path("sign-in/directory/", scim_views.directory, name="directory"),
    path("sign-in/directory/<uuid:token_id>/revoke/", scim_views.token_revoke, name="directory-revoke"),
    path("scim/v2/Users", scim.users, name="scim-users"),
    path("scim/v2/Users/<str:id>", scim.user, name="scim-user"),
    path("scim/v2/Groups", scim.groups, name="scim-groups"),
    path("scim/v2/Groups/<str:id>", scim.group, name="scim-group"),
    path("scim/v2/ServiceProviderConfig", scim.provider, name="scim-provider"),
    path("scim/v2/ResourceTypes", scim.resource_types, name="scim-resource-types"),
    path("scim/v2/ResourceTypes/<str:id>", scim.resource_types, name="scim-resource-type"),
    path("scim/v2/Schemas", scim.schemas, name="scim-schemas"),
    path("scim/v2/Schemas/<str:id>", scim.schemas, name="scim-schema"),
]
