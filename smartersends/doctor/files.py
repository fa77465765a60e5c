"""Files: where pictures go, what browsers load, and how much room is left."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.conf import settings

from smartersends.doctor.finding import Finding, fine, odd, wrong
from smartersends.settings.environment import DATA_DIR, PRODUCTION
from smartersends.settings.storage import release_in

LEAST_BYTES: Final = 500 * 1024**2
FEW_BYTES: Final = 2 * 1024**3


def look_at_media() -> Iterator[Finding]:
    """Looks whether a file can be written where images are kept, by writing one and taking it away again."""
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"?")
            file.flush()
    except OSError as error:
        yield wrong(
            f"Nothing can be written to {folder} ({error.strerror}): no image, no file of contacts.",
            "Let it belong to the user of the portal, or name another folder in MEDIA_ROOT or DATA_DIR.",
        )
    else:
        yield fine(f"Images can be written to {folder}.")


def look_at_static_files() -> Iterator[Finding]:
    """Looks whether what browsers load was collected."""
    if settings.WHITENOISE_USE_FINDERS:
        if PRODUCTION:
            yield odd(
                "Static files are looked up in the packages, uncompressed, and asked for again and again.",
                "Set WHITENOISE_USE_FINDERS=false and run `python manage.py collectstatic --noinput`.",
            )
        return
    release = release_in(settings.STATIC_ROOT)
    if not release or not (Path(settings.STATIC_ROOT) / "css" / "base.css").is_file():
        yield wrong(
            f"Static files were not collected into {settings.STATIC_ROOT}: pages have no style.",
            "Run `python manage.py collectstatic --noinput`, then start the portal again.",
        )
    elif f"/static/{release}/" != settings.STATIC_URL:
        yield wrong(
            "Static files were collected after this process started.", "Start the portal again, so that it names them."
        )
    else:
        yield fine(f"Static files are collected (release {release}).")


def look_at_room() -> Iterator[Finding]:
    """Looks how much room is left where the portal writes."""
    for folder in sorted({Path(settings.MEDIA_ROOT), DATA_DIR}):
        if folder.exists():
            yield room_in(folder, shutil.disk_usage(folder).free)


def room_in(folder: Path, free: int) -> Finding:
    """Gives what to say of a folder with so many free bytes."""
    room = f"{free / 1024**3:.1f} GB are free in {folder}."
    remedy = "Make room: retention (docs/upkeep.md) removes what is old, a larger disk helps for longer."
    if free < LEAST_BYTES:
        return wrong(room, remedy)
    return odd(room, remedy) if free < FEW_BYTES else fine(room)
