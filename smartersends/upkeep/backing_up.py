"""Backing up: the database as of one moment and the files, in one archive, while everything goes on."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection
from django.utils import timezone

from smartersends.upkeep import postgres, sqlite
from smartersends.upkeep.archive import MEDIA, writing
from smartersends.upkeep.errors import UpkeepRefused
from smartersends.upkeep.manifest import Manifest, applied_migrations, version


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: how many rows and media files it has, and its size."""

    manifest: Manifest
    rows: int
    media: int
    size_bytes: int


def tools_of(vendor: str) -> ModuleType:
    """Gives the room that knows a kind of database: `NAME`, `dump`, `restore`, `rows`."""
    known = {"sqlite": sqlite, "postgresql": postgres}
    if vendor not in known:
        raise UpkeepRefused(f"Backups are made of SQLite and PostgreSQL, and this is {vendor}.")
    return known[vendor]


def back_up(path: Path) -> Made:
    """Writes a backup; raises `UpkeepRefused` where the file is there already, or a tool is missing.

    The database comes first: a file that is added meanwhile is in the archive without a row, which harms nobody, and
    never the other way round. A file that is deleted in between is left out.
    """
    if path.exists():
        raise UpkeepRefused(f"{path} is there already. Name another file: no backup is written over another.")
    if not path.parent.is_dir():
        raise UpkeepRefused(f"The folder {path.parent} is not there.")
    tools = tools_of(connection.vendor)
    made_at = timezone.now()
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder, writing(path) as archive:
        database = Path(folder) / tools.NAME
        migrations = applied_migrations()
        rows = tools.dump(database)
        archive.add(tools.NAME, database)
        database.unlink()
        media = _add_media(archive.add)
        server = postgres.server() if connection.vendor == "postgresql" else 0
        manifest = Manifest(made_at, version(), connection.vendor, server, migrations, rows, archive.files)
        archive.end(manifest)
    return Made(manifest, sum(rows.values()), media, path.stat().st_size)


def _add_media(add: object) -> int:
    assert callable(add)
    folder, number = Path(settings.MEDIA_ROOT), 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_symlink() or not path.is_file() or path.name.startswith("."):
            continue
        try:
            add(MEDIA + path.relative_to(folder).as_posix(), path)
        except FileNotFoundError:
            continue  # deleted since the folder was listed
        number += 1
    return number
