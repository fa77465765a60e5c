"""A zip that is written while it is read, so that its size costs no memory; its last file is the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MANIFEST: Final = "manifest.json"
PIECE: Final = 64 * 1024
# Readable by everybody who may read the folder that it is unpacked into.
MODE: Final = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the pack: its name in there, and its bytes, which may come a part at a time."""

    name: str
    parts: Iterable[bytes]


class _Sink:
    """What the zip is written to: it cannot be searched, and is emptied again and again."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """There is nothing behind this to be flushed to."""

    def taken(self) -> bytes:
        """Gives what was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return data


def zipped(pieces: Iterable[Piece], about: Mapping[str, Any], at: datetime) -> Iterator[bytes]:
    """Yields a zip of the pieces and of a manifest: `about`, and the SHA-256 and size of each of them."""
    sink = _Sink()
    files: list[dict[str, str | int]] = []
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]  # it asks for no more than this
        for piece in pieces:
            digest, size = hashlib.sha256(), 0
            with archive.open(_info(piece.name, at), "w") as entry:
                for part in piece.parts:
                    entry.write(part)
                    digest.update(part)
                    size += len(part)
                    if sink.size >= PIECE:
                        yield sink.taken()
            files.append({"name": piece.name, "sha256": digest.hexdigest(), "bytes": size})
        archive.writestr(_info(MANIFEST, at), as_json({**about, "files": files}))
    yield sink.taken()


def as_json(value: object) -> bytes:
    """Gives a value as JSON that people can read."""
    return (json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def _info(name: str, at: datetime) -> ZipInfo:
    info = ZipInfo(name, at.timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    info.external_attr = MODE
    return info
