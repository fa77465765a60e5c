#!/usr/bin/env python
"""Runs the portal's commands."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Hands the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
