"""What stands in a backup: when and by which version it was made, its migrations, counts of rows, digests of files."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from smartersends.upkeep.errors import UpkeepRefused

FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """The first thing that a restore reads.

    `vendor` is `sqlite` or `postgresql`, `server` the major version of the server, 0 without one. `rows` counts the
    rows of each table, `files` gives the SHA-256 of each file by its name in the archive.
    """

    made_at: datetime
    version: str
    vendor: str
    server: int
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def as_text(self) -> str:
        """Gives it as JSON."""
        return json.dumps({**asdict(self), "made_at": self.made_at.isoformat()}, indent=1, sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> Manifest:
        """Reads what was written; raises `UpkeepRefused` for anything else."""
        try:
            said = json.loads(text)
            if said["format"] != FORMAT:
                raise UpkeepRefused(f"This backup has format {said['format']}; this version reads format {FORMAT}.")
            return cls(
                made_at=datetime.fromisoformat(said["made_at"]),
                version=said["version"],
                vendor=said["vendor"],
                server=int(said["server"]),
                migrations=tuple(said["migrations"]),
                rows=dict(said["rows"]),
                files=dict(said["files"]),
            )
        except (ValueError, KeyError, TypeError) as problem:
            raise UpkeepRefused("The manifest of this backup cannot be read: it is no backup, or damaged.") from problem


def version() -> str:
    """Gives the version of this portal."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def applied_migrations() -> tuple[str, ...]:
    """Gives the migrations of the connected database, as `app.name`."""
    return tuple(sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()))


def known_migrations() -> frozenset[str]:
    """Gives the migrations that this version of the portal has."""
    return frozenset(f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations)
