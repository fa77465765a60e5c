"""The project: it wires the rooms together and holds no business rule."""

from __future__ import annotations

from smartersends.celery import app as celery_app

__all__ = ["celery_app"]
