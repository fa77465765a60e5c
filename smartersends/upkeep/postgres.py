"""Dumps of a PostgreSQL database, by its own tools of the server's major version."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from smartersends.upkeep.errors import UpkeepRefused

NAME: Final = "database.dump"
TOOLS: Final = ("pg_dump", "pg_restore", "psql")
# A process that is still connected keeps its tables; the restore does not wait for it for ever.
LOCK_SECONDS: Final = 10
# All that was there goes in the same transaction in which the backup comes.
_FIRST: Final = (
    f"SET client_min_messages = warning; SET lock_timeout = '{LOCK_SECONDS}s';"
    " DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
)


def server() -> int:
    """Gives the major version of the server."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10_000


def demand_tools() -> None:
    """Raises `UpkeepRefused` where a tool is missing, or is not of the server's major version."""
    wanted = server()
    for tool in TOOLS:
        path = shutil.which(tool)
        if path is None:
            raise UpkeepRefused(
                f"{tool} is not here. Install the PostgreSQL client of version {wanted}, or run this where it is."
            )
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
        found = int(said.split("(PostgreSQL)")[1].split()[0].split(".")[0])
        if found != wanted:
            raise UpkeepRefused(
                f"{tool} is of version {found}, and the server of version {wanted}. Use the client of version {wanted}."
            )


def dump(path: Path) -> dict[str, int]:
    """Writes a dump as of one moment, and gives how many rows each table had at that moment."""
    demand_tools()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        counts = _rows(cursor)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={path}")
    return counts


def restore(path: Path, *, statement: str) -> None:
    """Puts a dump in the place of everything in the connected database, and runs `statement`, in one transaction."""
    demand_tools()
    connection.close()
    script = path.with_suffix(".sql")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(path), is_connected=False)
    _run(
        *("psql", "--no-psqlrc", "--quiet", "--output=/dev/null", "--single-transaction", "--set=ON_ERROR_STOP=1"),
        # A dump leaves its session without a search path.
        *("--command", _FIRST, "--file", str(script), "--command", f"SET search_path = public; {statement}"),
    )


def rows() -> dict[str, int]:
    """Counts the rows of each table of the connected database."""
    with connection.cursor() as cursor:
        return _rows(cursor)


def _rows(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    names = [name for (name,) in cursor.fetchall()]
    counts = {}
    for name in names:
        cursor.execute(f'SELECT count(*) FROM "{name}"')
        (counts[name],) = cursor.fetchone()
    return counts


def _run(tool: str, *arguments: str, is_connected: bool = True) -> None:
    """Runs a tool on the connected database; the password goes where no list of processes shows it."""
    parameters = connection.get_connection_params()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = {variable: str(parameters[name]) for name, variable in names.items() if parameters.get(name)}
    done = subprocess.run(
        [tool, *arguments],
        env={**os.environ, **(environment if is_connected else {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        told = [line for line in lines if "error" in line.lower()] or lines
        raise UpkeepRefused(
            f"{tool} did not end well, and nothing was changed: {told[0] if told else done.returncode}."
            " If something still works with the database, stop the portal and its workers, then try again."
        )
