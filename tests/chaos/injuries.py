"""What happens to a worker, and exactly when: at the k-th statement, commit, or call of its life or of one task."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import psycopg
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from braze_client import AsyncBrazeClient, BrazeClient, Call
from tests.chaos.clock import Clock

Deed = Literal["kill", "disk_full", "connection_lost", "jump"]
Moment = Literal["statement", "write", "before_commit", "after_commit", "before_call", "after_answer"]
WRITES: Final = ("INSERT", "UPDATE", "DELETE")
_DISK_FULL_ON_SERVER: Final = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"


@dataclass(frozen=True, slots=True)
class Injury:
    """One deed at the `number`-th of the moments named; then `times` in a row, where it can happen again.

    With `task` only moments of runs of that task count, with `path` only calls to that endpoint. `seconds` is how far
    the worker's clock jumps, back where it is negative.
    """

    deed: Deed
    moment: Moment
    number: int = 1
    times: int = 1
    task: str = ""
    path: str = ""
    seconds: float = 0.0


class Body:
    """What a worker is made of, where it can be hurt; `task` is what it works on at this moment."""

    def __init__(
        self, injuries: Sequence[Injury], clock: Clock, tell: Callable[..., None], read_seconds: float | None
    ) -> None:
        self.task = ""
        self._injuries = injuries
        self._reached = [0] * len(injuries)
        self._clock = clock
        self._tell = tell
        self._read_seconds = read_seconds

    def wire(self) -> None:
        """Puts itself into the database connection and the Braze clients of this process, for good."""
        connection.execute_wrappers.append(self._on_statement)
        self._wire_commit()
        self._wire_calls()

    def _on_statement(self, execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        self._clock.follow()
        self._reach("statement")
        if sql.lstrip().startswith(WRITES):
            self._reach("write")
        return execute(sql, parameters, many, context)

    def _wire_commit(self) -> None:
        commit, body = BaseDatabaseWrapper._commit, self

        def _commit(wrapper: BaseDatabaseWrapper) -> None:
            body._reach("before_commit")
            commit(wrapper)
            body._reach("after_commit")

        BaseDatabaseWrapper._commit = _commit

    def _wire_calls(self) -> None:
        bulk, single, body = AsyncBrazeClient.send, BrazeClient.send, self

        async def send_bulk(client: AsyncBrazeClient, call: Call[Any], *rest: Any, **named: Any) -> Any:
            call = body._before(call)
            try:
                answer: object = await bulk(client, call, *rest, **named)
            except Exception as error:
                body._after(call, error)
                raise
            body._after(call, answer)
            return answer

        def send_single(client: BrazeClient, call: Call[Any], *rest: Any, **named: Any) -> Any:
            call = body._before(call)
            try:
                answer: object = single(client, call, *rest, **named)
            except Exception as error:
                body._after(call, error)
                raise
            body._after(call, answer)
            return answer

        AsyncBrazeClient.send = send_bulk
        BrazeClient.send = send_single

    def _before(self, call: Call[Any]) -> Call[Any]:
        self._tell("calls", path=call.path)
        self._reach("before_call", call.path)
        return call if self._read_seconds is None else replace(call, timeout_seconds=self._read_seconds)

    def _after(self, call: Call[Any], answer: object) -> None:
        self._tell("is answered", path=call.path, answer=repr(answer)[:120])
        self._reach("after_answer", call.path)

    def _reach(self, moment: Moment, path: str = "") -> None:
        for index, injury in enumerate(self._injuries):
            is_meant = injury.moment == moment and injury.task in ("", self.task) and injury.path in ("", path)
            if not is_meant or not self.task:
                continue
            self._reached[index] += 1
            if injury.number <= self._reached[index] < injury.number + injury.times:
                self._tell("is hurt", deed=injury.deed, moment=moment, number=self._reached[index], task=self.task)
                self._do(injury)

    def _do(self, injury: Injury) -> None:
        match injury.deed:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "jump":
                self._clock.jump(injury.seconds)
            case "disk_full":
                _fill_the_disk()
            case "connection_lost":
                _lose_the_connection()


def _fill_the_disk() -> None:
    """Lets a write fail as it does on a full disk: PostgreSQL really raises its error, SQLite's is raised for it."""
    if connection.vendor == "postgresql":
        connection.connection.execute(_DISK_FULL_ON_SERVER)
    raise OperationalError("database or disk is full")


def _lose_the_connection() -> None:
    """Ends the session on the server; for a file, lets the read fail and the transaction be rolled back."""
    if connection.connection is None:
        return
    if connection.vendor == "postgresql":
        session = connection.connection.info.backend_pid
        parameters = connection.get_connection_params()
        names = ("host", "port", "user", "password", "dbname")
        with psycopg.connect(**{name: parameters[name] for name in names if name in parameters}) as line:
            line.execute("SELECT pg_terminate_backend(%s, 2000)", [session])
        return
    if connection.connection.in_transaction:
        connection.connection.execute("ROLLBACK")
    raise OperationalError("disk I/O error")
