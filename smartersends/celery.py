"""The Celery application of the portal."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")

app = Celery("smartersends")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "groups.workspace",
        "groups.audiences",
        "campaigns.delivery",
        "campaigns.review",
        "campaigns.reports",
    ]
)
