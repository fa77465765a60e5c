"""Every address of the portal, by room."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from smartersends import api as portal_api
from smartersends import api_docs, pages
from smartersends.operation.addresses import NAMED

# Of allauth's pages only the way in, under the names that allauth itself looks up: an address book of one's own would
# let people change the address that they were invited by.
ENTRANCE = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("password/change/", account.password_change, name="account_change_password"),
    # Whoever has no password proves by mail that the account is theirs, not by a session that a provider began.
    path("password/set/", RedirectView.as_view(pattern_name="account_reset_password"), name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
]
# Passkeys are a second factor here, never the only one: without the pages that sign in or sign up by one alone.
SECOND_FACTOR = [
    path("", second_factor.index, name="mfa_index"),
    path("authenticate/", second_factor.authenticate, name="mfa_authenticate"),
    path("reauthenticate/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("app/activate/", totp.activate_totp, name="mfa_activate_totp"),
    path("app/deactivate/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/generate/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("codes/download/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
]

urlpatterns = [
    *(path(address, view, name=name) for address, (name, view) in NAMED.items()),
    path("accounts/", include(ENTRANCE)),
    path("accounts/second-factor/", include(SECOND_FACTOR)),
    path("api/v1/docs", api_docs.docs, name="api-docs"),
    path("api/v1/", portal_api.api.urls),
    re_path(r"^api/", portal_api.nothing_here, name="api-nothing"),
    path("brand.css", pages.brand_css, name="brand-css"),
    path("media/<path:path>", pages.media, name="media"),
    path("language/", pages.choose_language, name="set-language"),
    path("", include("groups.urls")),
    path("", include("campaigns.urls")),
]

handler400 = pages.bad_request
