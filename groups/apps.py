"""The application of brands, groups, people and contacts."""

from __future__ import annotations

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Names the application."""

    name = "groups"
