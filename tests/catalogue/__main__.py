"""Writes the generated parts of docs/templates.md, docs/delivery.md and docs/review.md: ``make docs``."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")
django.setup()

from tests.catalogue.page import (  # noqa: E402  # models need the settings first
    DELIVERY_PAGE,
    IMPORTS_PAGE,
    PAGE,
    PEOPLE_PAGE,
    REVIEW_PAGE,
    generated,
    generated_delivery,
    generated_imports,
    generated_people,
    generated_review,
)

PAGE.write_text(generated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
DELIVERY_PAGE.write_text(generated_delivery(DELIVERY_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
IMPORTS_PAGE.write_text(generated_imports(IMPORTS_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
PEOPLE_PAGE.write_text(generated_people(PEOPLE_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
REVIEW_PAGE.write_text(generated_review(REVIEW_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
