"""What Braze is told of somebody who is erased: to delete them, or else to forget what the portal wrote."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from braze_client import (
    TRACK,
    USER_CHANGES,
    BrazeError,
    Call,
    PartlyRefused,
    PermissionRefused,
    Pool,
    UserAttributes,
    calls,
)
from groups.audiences.profiles import EXCLUDED_GROUPS, GROUPS, SUBSCRIPTION, TOKEN
from groups.erasing.holders import Leftover
from groups.errors import BrazeUnreachable
from groups.models import Attribute, Erasure, Workspace
from groups.workspace import budget
from groups.workspace.braze import budget_key_of, client_for, explained
from groups.workspace.queries import workspace_of

PERMISSION: Final = "users.delete"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Braze said.

    `deleted`: it deleted so many `people`, None where it did not say how many. `emptied`: the key may not delete, so
    the `attributes` named were taken away and the person unsubscribed. `never_told`: the portal never told Braze of
    them.
    """

    how: Literal["deleted", "emptied", "never_told"]
    people: int | None = None
    attributes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Gives it as it is stored."""
        return asdict(self)


def tell(erasure: Erasure, leftover: Leftover) -> Answer:
    """Tells Braze, once; twice changes nothing more. Raises a `GroupsError` with the reason where it cannot be told."""
    workspace = workspace_of(erasure.brand)
    is_connected = bool(workspace.endpoint and workspace.api_key)
    if not leftover.was_told and not is_connected:
        return Answer("never_told")
    try:
        with client_for(workspace) as client:
            if workspace.check_result.get(PERMISSION) != "missing":
                _reserve(workspace, USER_CHANGES)
                try:
                    reply = client.send(calls.users_delete([leftover.external_id]), attempts=1)
                except PermissionRefused:
                    pass
                else:
                    return Answer("deleted", reply.deleted)
            if not leftover.was_told:
                return Answer("never_told")
            _reserve(workspace, TRACK)
            call, names = _emptying(erasure, leftover)
            client.send(call, attempts=1)
    except PartlyRefused as error:
        raise BrazeUnreachable(_("Braze did not take away what it has of this person.")) from error
    except BrazeError as error:
        raise explained(error) from error
    return Answer("emptied", attributes=names)


def _emptying(erasure: Erasure, leftover: Leftover) -> tuple[Call[object], tuple[str, ...]]:
    """Gives the call that takes away what the portal wrote; never makes a profile of somebody whom Braze lost."""
    written = set(Attribute.objects.filter(brand=erasure.brand).values_list("braze_name", flat=True))
    names = sorted((written | set(leftover.told) | {"email", TOKEN, GROUPS, EXCLUDED_GROUPS}) - {SUBSCRIPTION})
    attributes: dict[str, object] = {**dict.fromkeys(names), SUBSCRIPTION: "unsubscribed"}
    person = UserAttributes(leftover.external_id, attributes, update_existing_only=True)
    return calls.users_track([person]), tuple(names)


def _reserve(workspace: Workspace, pool: Pool) -> None:
    grant = budget.store().reserve(budget_key_of(workspace), budget.ours(pool, workspace), 1, timezone.now())
    if not grant.granted:
        raise BrazeUnreachable(_("Braze's rate limit is used up. It goes on by itself when the limit resets."))
