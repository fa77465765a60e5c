"""Readers of the answers about people."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from braze_client.errors import PartlyRefused
from braze_client.parsing.values import items, objects, sentence, text
from braze_client.replies import Answer, DeleteReply, ExportReply, RefusedObject, TrackReply


def track_reply(sent: Mapping[str, int]) -> Callable[[Answer], TrackReply]:
    """Return the reader of the answer to a users.track call of so many objects an array (B-TRK-13 to B-TRK-16).

    It raises :class:`PartlyRefused` where a 2xx carries errors, so that nobody takes a part for the whole.
    """

    def read(answer: Answer) -> TrackReply:
        refused, unplaced = sorted_errors(answer.body.get("errors"), sent)
        counts = {name: answer.body.get(f"{name}_processed") for name in sent}
        reply = TrackReply(
            sent=sent,
            processed={name: count for name, count in counts.items() if type(count) is int},
            refused=refused,
            unplaced=unplaced,
        )
        if refused or unplaced:
            raise PartlyRefused(reply, status=answer.status, request_id=answer.request_id)
        return reply

    return read


def sorted_errors(
    errors: object, sent: Mapping[str, int] | None = None
) -> tuple[tuple[RefusedObject, ...], tuple[str, ...]]:
    """Return Braze's ``errors`` as refused objects, and as sentences where they name no object that was sent."""
    refused: dict[tuple[str, int], RefusedObject] = {}
    unplaced: list[str] = []
    for entry in items(errors):
        placed = placed_error(entry, sent)
        if placed is None:
            unplaced.append(sentence(entry))
        else:
            refused.setdefault((placed.input_array, placed.index), placed)
    return tuple(refused[key] for key in sorted(refused)), tuple(unplaced)


def placed_error(entry: object, sent: Mapping[str, int] | None) -> RefusedObject | None:
    """Return the refused object that ``entry`` names by array and index, or None when it names none that was sent."""
    if not isinstance(entry, Mapping):
        return None
    index, input_array = entry.get("index"), entry.get("input_array")
    if type(index) is not int or index < 0 or not isinstance(input_array, str):
        return None
    if sent is not None and index >= sent.get(input_array, 0):
        return None
    reason = entry.get("type")
    return RefusedObject(index, input_array, reason if isinstance(reason, str) else sentence(entry))


def delete_reply(answer: Answer) -> DeleteReply:
    """Read how many people users/delete took away."""
    deleted = answer.body.get("deleted")
    return DeleteReply(deleted if type(deleted) is int else None)


def export_reply(answer: Answer) -> ExportReply:
    """Read the profiles of users/export/ids."""
    return ExportReply(
        users=tuple(objects(answer.body.get("users"))),
        invalid_user_ids=tuple(text(item) for item in items(answer.body.get("invalid_user_ids"))),
    )
