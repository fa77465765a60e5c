"""A database, a folder and a queue of their own, in which a benchmark may do what it likes."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

_PROJECT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def own_place() -> Iterator[str]:
    """Names a fresh database in the environment, so that Django and all processes use it; drops it in the end.

    It lies on the server of ``DATABASE_URL`` where that names one, else in a SQLite file. Gives the kind of database.
    """
    name = f"bench_{uuid4().hex[:12]}"
    server, redis_url = os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", "")
    is_server = server.startswith("postgres")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        file = f"sqlite:///{folder}/portal.sqlite3"
        os.environ.update(
            {
                "DATABASE_URL": urlsplit(server)._replace(path=f"/{name}").geturl() if is_server else file,
                "DATA_DIR": folder,
                "DJANGO_SETTINGS_MODULE": "bench.delivery.settings",
                "BENCH_QUEUE": name,
                "BRAZE_ALLOW_INSECURE_ENDPOINTS": "true",
                "PYTHONPATH": str(_PROJECT),
            }
        )
        # Asked to end, it leaves nothing behind either.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            if is_server:
                _at(server, f'CREATE DATABASE "{name}"')
            yield "postgresql" if is_server else "sqlite"
        finally:
            if is_server:
                _at(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            if redis_url:
                _forget(redis_url, name)


def _at(server: str, statement: str) -> None:
    import psycopg

    url = urlsplit(server)._replace(path="/postgres").geturl()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _forget(redis_url: str, queue: str) -> None:
    """Takes the messages that nobody read out of Redis."""
    from redis import Redis

    redis = Redis.from_url(redis_url)
    for key in redis.scan_iter(f"*{queue}*"):
        redis.delete(key)
