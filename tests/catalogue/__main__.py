"""Writes the generated parts of the pages that show rows of the catalogue: ``make docs``."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")
django.setup()

from tests.catalogue.page import DOCS, generated  # noqa: E402  # models need the settings first
from tests.catalogue.rows import PAGES  # noqa: E402

for name in PAGES:
    page = DOCS / name
    page.write_text(generated(name, page.read_text(encoding="utf-8")), encoding="utf-8")
