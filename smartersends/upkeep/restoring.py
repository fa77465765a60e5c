"""Restoring: a backup takes the place of what is there, and nothing goes out before a person has looked."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.formats import date_format

from campaigns.delivery.restored import Held, hold_what_may_have_gone
from groups.audit import record
from groups.models import Brand, Drain
from groups.upkeep import keys
from smartersends.upkeep.archive import MEDIA, Reader, reading
from smartersends.upkeep.backing_up import tools_of
from smartersends.upkeep.errors import UpkeepRefused
from smartersends.upkeep.manifest import Manifest, known_migrations

REASON = "Restored from a backup"
OURS = ("groups", "campaigns")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: `held` waits for a person, `extra_media` files are here and not in the backup.

    `unreadable` counts secrets that no key of this installation opens.
    """

    manifest: Manifest
    held: Held
    media: int
    extra_media: int
    unreadable: int


def restore(path: Path, *, is_replacing: bool = False) -> Restored:
    """Restores a backup, drained from its first moment; raises `UpkeepRefused`, and then nothing was changed.

    Refused are a file that is damaged or no backup, one of the other kind of database, one of a newer version, and,
    unless `is_replacing`, a database with anything in it. Older tables are migrated afterwards.
    """
    with reading(path) as archive:
        manifest = archive.manifest
        _demand_fitting(manifest)
        if not is_replacing and not is_empty():
            raise UpkeepRefused(
                "This database has something in it. Restore into an empty one, or add --replace: then everything that"
                " is in it now is lost."
            )
        archive.demand_whole()
        tools = tools_of(connection.vendor)
        with tempfile.TemporaryDirectory(dir=settings.DATA_DIR, prefix=".restore-") as folder:
            database = Path(folder) / tools.NAME
            archive.extract(tools.NAME, database)
            tools.restore(database, statement=_drained(manifest))
        media, extra = _restore_media(archive)
    _demand_rows(manifest, tools.rows())
    call_command("migrate", verbosity=0)
    cache.clear()
    with transaction.atomic():
        held = hold_what_may_have_gone(made_at=manifest.made_at)
        for brand in Brand.objects.all():
            moment = manifest.made_at.isoformat(timespec="seconds")
            record("portal.restored", actor=None, target=brand, brand=brand, made_at=moment)
    return Restored(manifest, held, media, extra, len(keys.look().unreadable))


def is_empty() -> bool:
    """Tells whether the connected database has no row in any table of ours."""
    tables = set(connection.introspection.table_names())
    models = [model for app in OURS for model in apps.get_app_config(app).get_models() if model._meta.managed]
    return not any(model._meta.db_table in tables and model._base_manager.exists() for model in models)


def _demand_fitting(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise UpkeepRefused(
            f"This backup was made of {manifest.vendor}, and this portal uses {connection.vendor}. Set DATABASE_URL to"
            " a database of the same kind."
        )
    if newer := sorted(set(manifest.migrations) - known_migrations()):
        raise UpkeepRefused(
            f"This backup was made by a newer version of the portal ({manifest.version}), with tables that this one"
            f" does not know ({newer[0]}). Install that version first."
        )


def _drained(manifest: Manifest) -> str:
    """Gives the statement by which the portal is drained from the moment at which the rows are there."""
    table = Drain._meta.db_table
    moment = date_format(manifest.made_at, "Y-m-d H:i")
    return (
        f"INSERT INTO {table} (id, reason, begun_at) VALUES (1, '{REASON} of {moment} UTC', CURRENT_TIMESTAMP)"
        " ON CONFLICT (id) DO NOTHING"
    )


def _demand_rows(manifest: Manifest, found: dict[str, int]) -> None:
    """Raises `UpkeepRefused` where a table has other rows than the manifest says; only the drain may be new."""
    ignored = {Drain._meta.db_table}
    differing = [name for name, count in manifest.rows.items() if found.get(name) != count and name not in ignored]
    if differing:
        raise UpkeepRefused(
            f"The tables {', '.join(differing)} do not have the rows that the backup lists. The portal stays drained:"
            " do not resume it; restore again."
        )


def _restore_media(archive: Reader) -> tuple[int, int]:
    """Writes the media files; gives how many, and how many others lie in the folder."""
    folder, written = Path(settings.MEDIA_ROOT), set[Path]()
    for name in archive.media():
        archive.extract(MEDIA + name, folder / name)
        (folder / name).chmod(settings.FILE_UPLOAD_PERMISSIONS)
        written.add(folder / name)
    here = {path for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else set[Path]()
    return len(written), len(here - written)
