"""Static files, images and the portal's own mail."""

from __future__ import annotations

from pathlib import Path

from smartersends.settings.environment import BASE_DIR, DATA_DIR, env


def release_in(folder: str) -> str:
    """Gives the name of what was collected into a folder, or nothing where nothing was."""
    file = Path(folder) / "release.txt"
    return file.read_text(encoding="ascii").strip() if file.is_file() else ""


STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served straight from the packages' folders where nothing was collected: a clone needs no extra step.
WHITENOISE_USE_FINDERS = env.bool("WHITENOISE_USE_FINDERS", default=True)
WHITENOISE_AUTOREFRESH = False
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if WHITENOISE_USE_FINDERS:
    Path(STATIC_ROOT).mkdir(parents=True, exist_ok=True)
else:
    # What was collected lies under a name that stands for all of it, so that browsers keep every file for good.
    STORAGES["staticfiles"]["BACKEND"] = "smartersends.release.ReleaseStorage"
    if _release := release_in(STATIC_ROOT):
        STATIC_URL = f"/static/{_release}/"
        WHITENOISE_IMMUTABLE_FILE_TEST = "."

MEDIA_URL = "/media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "outbox")
# A mail server that does not answer holds a worker up for this long at most.
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT_SECONDS", default=15)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="SmarterSends <portal@localhost>")
