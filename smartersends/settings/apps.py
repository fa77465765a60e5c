"""Which applications, middleware and templates make up the portal."""

from __future__ import annotations

from smartersends.settings.environment import BASE_DIR, PRODUCTION

INSTALLED_APPS = [
    "smartersends.apps.SmarterSendsConfig",
    "campaigns.apps.CampaignsConfig",
    "groups.apps.GroupsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "bootstrap",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "js_asset",
    "django_prose_editor",
]

MIDDLEWARE = [
    "smartersends.operation.requests.RequestMiddleware",
    "smartersends.api_middleware.ApiMiddleware",
    "smartersends.origin.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "smartersends.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "smartersends.branding.BrandMiddleware",
    "smartersends.branding.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "smartersends.branding.PersonMiddleware",
    "groups.notices.middleware.NoticeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "groups.signin.middleware.SignInMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "smartersends.urls"
WSGI_APPLICATION = "smartersends.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "smartersends.branding.page_context",
            ],
        },
    }
]

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = PRODUCTION

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
