"""Readers of the answers about people."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from braze_client.parsing.values import items, objects, sentence, text
from braze_client.replies import Answer, ExportReply, RefusedObject, TrackReply


def track_reply(sent: int) -> Callable[[Answer], TrackReply]:
    """Return the reader of the answer to a users.track call of ``sent`` attribute objects (B-TRK-13 to B-TRK-16)."""

    def read(answer: Answer) -> TrackReply:
        refused: dict[int, RefusedObject] = {}
        unplaced: list[str] = []
        for entry in items(answer.body.get("errors")):
            placed = placed_error(entry, sent)
            if placed is None:
                unplaced.append(sentence(entry))
            else:
                refused.setdefault(placed.index, placed)
        processed = answer.body.get("attributes_processed")
        return TrackReply(
            sent=sent,
            processed=processed if type(processed) is int else None,
            refused=tuple(refused[index] for index in sorted(refused)),
            unplaced=tuple(unplaced),
        )

    return read


def placed_error(entry: object, sent: int) -> RefusedObject | None:
    """Return the refused object that ``entry`` names by array and index, or None when it names none."""
    if not isinstance(entry, Mapping):
        return None
    index, input_array = entry.get("index"), entry.get("input_array")
    if type(index) is not int or not 0 <= index < sent or input_array != "attributes":
        return None
    reason = entry.get("type")
    return RefusedObject(index, "attributes", reason if isinstance(reason, str) else sentence(entry))


def export_reply(answer: Answer) -> ExportReply:
    """Read the profiles of users/export/ids."""
    return ExportReply(
        users=tuple(objects(answer.body.get("users"))),
        invalid_user_ids=tuple(text(item) for item in items(answer.body.get("invalid_user_ids"))),
    )
