"""A backup as one file: a tar with the database, the media folder and a manifest with a digest of each."""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Final

from smartersends.upkeep.errors import UpkeepRefused
from smartersends.upkeep.manifest import Manifest

MANIFEST: Final = "manifest.json"
MEDIA: Final = "media/"
BLOCK: Final = 1 << 20


class Writer:
    """A backup that is being written; `files` gives the digest of each file that is in it."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """Adds a file as it is at this moment; one that grows or shrinks meanwhile raises `OSError`."""
        with path.open("rb") as source:
            entry = self._tar.gettarinfo(arcname=name, fileobj=source)
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            digesting = _Digesting(source)
            self._tar.addfile(entry, digesting)
            self.files[name] = digesting.digest

    def end(self, manifest: Manifest) -> None:
        """Adds the manifest."""
        text = manifest.as_text().encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mtime, entry.mode = len(text), int(manifest.made_at.timestamp()), 0o600
        self._tar.addfile(entry, BytesIO(text))


class _Digesting:
    """Reads a file and hashes what it reads."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._hash.update(data)
        return data

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Writes a backup beside its place and moves it there when it is whole; only its owner may read it."""
    part = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            yield Writer(tar)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Reader:
    """A backup that is being read; nothing in it is trusted before its digest was compared."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._entries = {entry.name: entry for entry in tar.getmembers()}
        self.manifest = self._manifest()

    def demand_whole(self) -> None:
        """Raises `UpkeepRefused` unless exactly the manifest's files are there, as they were, at names of our own."""
        found = self._entries.keys() - {MANIFEST}
        if found != self.manifest.files.keys():
            raise UpkeepRefused("This backup is damaged: its files are not those that its manifest lists.")
        for name, digest in self.manifest.files.items():
            if not self._entries[name].isreg() or _leads_out(name):
                raise UpkeepRefused(f"This backup is not one of ours: it has a file named {name!r}.")
            if hashlib.file_digest(self._open(name), "sha256").hexdigest() != digest:  # type: ignore[arg-type]  # a file
                raise UpkeepRefused(f"This backup is damaged: {name} is not as it was written.")

    def media(self) -> Iterator[str]:
        """Gives the names of the media files, without the folder in which they lie in the archive."""
        return (name.removeprefix(MEDIA) for name in self.manifest.files if name.startswith(MEDIA))

    def extract(self, name: str, path: Path) -> None:
        """Writes a file of the backup to a place of our choice, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as target, self._open(name) as source:
            while block := source.read(BLOCK):
                target.write(block)
        part.replace(path)

    def _manifest(self) -> Manifest:
        if MANIFEST not in self._entries:
            raise UpkeepRefused("This file has no manifest: it is no backup of the portal, or it was cut off.")
        with self._open(MANIFEST) as source:
            return Manifest.from_text(source.read().decode(errors="replace"))

    def _open(self, name: str) -> IO[bytes]:
        source = self._tar.extractfile(self._entries[name])
        if source is None:
            raise UpkeepRefused(f"This backup is not one of ours: {name!r} is no file.")
        return source


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """Opens a backup; raises `UpkeepRefused` for what is none."""
    try:
        tar = tarfile.open(path, mode="r:")  # noqa: SIM115  # it is closed below
    except (OSError, tarfile.TarError) as problem:
        raise UpkeepRefused(f"{path} cannot be read as a backup: {problem}.") from problem
    with tar:
        yield Reader(tar)


def _leads_out(name: str) -> bool:
    place = PurePosixPath(name)
    return place.is_absolute() or ".." in place.parts or "\\" in name
