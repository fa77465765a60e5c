"""Every address of the portal, by room."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path, re_path

from smartersends import health, pages

# Of allauth's pages only the way in, under the names that allauth itself looks up: an address book of one's own would
# let people change the address that they were invited by.
ENTRANCE = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
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
]

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("accounts/", include(ENTRANCE)),
    path("brand.css", pages.brand_css, name="brand-css"),
    path("media/<path:path>", pages.media, name="media"),
    path("language/", pages.choose_language, name="set-language"),
    path("", include("groups.urls")),
    path("", include("campaigns.urls")),
]

handler400 = pages.bad_request
