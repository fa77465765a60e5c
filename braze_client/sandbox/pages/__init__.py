"""The sandbox's pages as HTML, with nothing fetched from anywhere."""

from __future__ import annotations
