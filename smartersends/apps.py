"""The project's application: it registers the checks that keep a production portal from starting half set up."""

from __future__ import annotations

import sys

from django.apps import AppConfig


class SmarterSendsConfig(AppConfig):
    """Registers the project's system checks, and tells the audit trail when a command runs."""

    name = "smartersends"

    def ready(self) -> None:
        """Imports the checks, which register themselves; this process may be one of a command."""
        from smartersends import checks  # noqa: F401
        from smartersends.operation import sentry
        from smartersends.origin import note_command

        note_command(sys.argv)
        sentry.set_up()
