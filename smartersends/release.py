"""Static files of a release: collected once, compressed, and under a name that changes when any of them does.

Modules import each other, and third-party files their neighbours, by names that no tool can rewrite in all of them; so
not each file has a hash in its name, but the folder that all of them lie in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from whitenoise.storage import CompressedStaticFilesStorage

RELEASE_FILE: Final = "release.txt"
COMPRESSED: Final = (".gz", ".br")


class ReleaseStorage(CompressedStaticFilesStorage):  # type: ignore[misc]  # it comes without types
    """Collects, compresses, and writes the name of the release, which `STATIC_URL` holds from then on."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Compresses what was collected, then names it."""
        yield from super().post_process(paths, dry_run, **options)
        if not dry_run:
            (Path(self.location) / RELEASE_FILE).write_text(digest_of(Path(self.location)), encoding="ascii")


def digest_of(folder: Path) -> str:
    """Gives 12 letters that stand for the names and the content of all files in a folder."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        if name != RELEASE_FILE and file.suffix not in COMPRESSED:
            digest.update(f"{name}\0{file.stat().st_size}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
