"""The project's application: it registers the checks that keep a production portal from starting half set up."""

from __future__ import annotations

from django.apps import AppConfig


class SmarterSendsConfig(AppConfig):
    """Registers the project's system checks."""

    name = "smartersends"

    def ready(self) -> None:
        """Imports the checks, which register themselves."""
        from smartersends import checks  # noqa: F401
