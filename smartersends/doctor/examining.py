"""All checks in the order in which they are said, and running them."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from smartersends.doctor import (
    addresses,
    braze,
    configuration,
    database,
    files,
    mail,
    processes,
    servers,
    versions,
)
from smartersends.doctor.finding import Finding, Look, wrong

log = logging.getLogger(__name__)

CHECKS: Final[dict[str, Look]] = {
    "settings": configuration.look_at_settings,
    "secrets": configuration.look_at_secrets,
    "versions": versions.look_at_versions,
    "database": database.look_at_database,
    "stored-keys": configuration.look_at_stored_keys,
    "clocks": database.look_at_clocks,
    "redis": servers.look_at_redis,
    "broker": servers.look_at_broker,
    "processes": processes.look_at_processes,
    "work": processes.look_at_work,
    "media": files.look_at_media,
    "static-files": files.look_at_static_files,
    "room": files.look_at_room,
    "public-address": addresses.look_at_public_address,
    "brands": addresses.look_at_brands,
    "braze": braze.look_at_braze,
    "mail": mail.look_at_mail,
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A check and what it found."""

    check: str
    finding: Finding


def examine(names: Collection[str] = tuple(CHECKS)) -> Iterator[Examined]:
    """Gives what the named checks find; one that fails itself is a finding, and the others go on."""
    for name, look in CHECKS.items():
        if name not in names:
            continue
        try:
            found = list(look())
        except Exception as error:
            log.debug("doctor.check_failed check=%s", name, exc_info=True)
            found = [
                wrong(
                    f"This could not be looked at ({type(error).__name__}).",
                    "Mend what stands above first, then ask again.",
                )
            ]
        for finding in found:
            yield Examined(name, finding)
