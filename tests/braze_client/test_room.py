"""The room's door: what is exported exists, and nothing of Django or Redis comes in with it."""

from __future__ import annotations

import subprocess
import sys

import braze_client


def test_every_public_name_exists_and_is_listed_once() -> None:
    assert len(set(braze_client.__all__)) == len(braze_client.__all__)
    assert [name for name in braze_client.__all__ if not hasattr(braze_client, name)] == []


def test_the_client_brings_neither_django_nor_redis_with_it() -> None:
    program = "import sys, braze_client; print({'django', 'redis', 'celery'} & set(sys.modules))"

    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert printed.stdout.strip() == "set()"
