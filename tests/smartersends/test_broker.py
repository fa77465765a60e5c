"""The broker in a folder: no message is lost, and none is seen before it is whole."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

MESSAGES = 300


def test_messages_written_and_read_at_once_all_arrive_whole_and_in_order(tmp_path: Path) -> None:
    with _connection(tmp_path) as writing, _connection(tmp_path) as reading:
        received: list[int] = []
        # Kombu rewrites its table of queues when one is declared; until both know it, messages may find no queue.
        queue = reading.SimpleQueue(tmp_path.name)
        writing.SimpleQueue(tmp_path.name).close()
        writer = threading.Thread(target=_write, args=(writing, tmp_path.name))
        writer.start()
        while len(received) < MESSAGES:
            try:
                message = queue.get(timeout=10)
            except Empty:
                break
            received.append(message.payload["number"])
            message.ack()
        writer.join()
        queue.close()

    assert received == list(range(MESSAGES))
    assert list((tmp_path / "messages").iterdir()) == []


def test_a_message_that_is_still_being_written_is_not_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    rename = os.replace

    def look_then_rename(source: Path, target: Path) -> None:
        seen.append([path.name for path in target.parent.iterdir() if path.name.endswith(".msg")])
        rename(source, target)

    monkeypatch.setattr("smartersends.broker.os.replace", look_then_rename)
    with _connection(tmp_path) as connection:
        queue = connection.SimpleQueue(tmp_path.name)
        queue.put({"number": 1})
        payload = queue.get(timeout=5).payload
        queue.close()

    assert seen != []
    assert all(names == [] for names in seen)
    assert payload == {"number": 1}


def _connection(folder: Path) -> Connection:
    for name in ("messages", "control"):
        (folder / name).mkdir(exist_ok=True)
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "polling_interval": 0.01,
    }
    return Connection("filesystem://localhost//", transport="smartersends.broker:Transport", transport_options=options)


def _write(connection: Connection, name: str) -> None:
    queue = connection.SimpleQueue(name)
    for number in range(MESSAGES):
        queue.put({"number": number, "padding": "x" * 5_000})
    queue.close()
