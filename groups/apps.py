"""The application of brands, groups, people and contacts."""

from __future__ import annotations

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Names the application, and tells other rooms of its notices."""

    name = "groups"

    def ready(self) -> None:
        """Makes the kinds of notices known to the room that tells people, and how long things are kept."""
        from groups.audiences.imports import kinds as imports
        from groups.notices.kinds import register
        from groups.retention import own, rules

        register(*imports.KINDS)
        rules.register(*own.RULES)
