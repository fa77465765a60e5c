"""The database and the cache: SQLite and files where there is no server, PostgreSQL and Redis where there is."""

from __future__ import annotations

from typing import Any

from smartersends.settings.environment import DATA_DIR, env

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")
REDIS_URL = env.str("REDIS_URL", default="")

_database: dict[str, Any] = dict(env.db_url_config(DATABASE_URL))
if _database["ENGINE"] == "django.db.backends.sqlite3":
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # Without IMMEDIATE a transaction that reads and then writes fails at once when another has written in between.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True

DATABASES = {"default": _database}

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(DATA_DIR / "cache")}
}
