"""Writes the generated parts of docs/templates.md and docs/delivery.md: ``make docs``."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")
django.setup()

from tests.catalogue.page import DELIVERY_PAGE, PAGE, generated, generated_delivery  # noqa: E402  # models need the settings first

PAGE.write_text(generated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
DELIVERY_PAGE.write_text(generated_delivery(DELIVERY_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
