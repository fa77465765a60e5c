"""Recipients of triggered campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from braze_client import limits
from braze_client.limits import demand
from braze_client.messages import attributes as values
from braze_client.messages.email import ADDRESS_SHAPE
from braze_client.messages.people import UserAlias

Prioritization = Literal["identified", "unidentified", "most_recently_updated", "least_recently_updated"]
SubscriptionFilter = Literal["opted_in", "subscribed"]

PRIORITIZATIONS: Final = frozenset({"identified", "unidentified", "most_recently_updated", "least_recently_updated"})


@dataclass(frozen=True, slots=True)
class TriggerRecipient:
    """One recipient of a triggered campaign (contract, sections 9.1 and 13.2).

    Exactly one of ``external_user_id``, ``user_alias``, ``braze_id`` and ``email`` (B-TRG-1); ``email`` needs
    ``prioritization``. ``send_to_existing_only=False`` needs ``attributes``, which Braze applies before it sends
    (B-TRG-3), and is not possible for an alias (B-TRG-4). ``trigger_properties`` take at most 50 KB and win over those
    of the call (B-TRG-2). Raises :class:`ContractViolation`.
    """

    external_user_id: str | None = None
    email: str | None = None
    prioritization: tuple[Prioritization, ...] = ()
    trigger_properties: Mapping[str, object] = field(default_factory=dict)
    send_to_existing_only: bool = True
    attributes: Mapping[str, object] = field(default_factory=dict)
    user_alias: UserAlias | None = None
    braze_id: str | None = None

    def __post_init__(self) -> None:
        names = (self.external_user_id, self.user_alias, self.braze_id, self.email)
        demand("B-TRG-1", sum(name is not None for name in names) == 1, "a recipient is named in exactly one way")
        if self.external_user_id is not None:
            limits.external_id(self.external_user_id)
        if self.braze_id is not None:
            limits.identifier(self.braze_id, "the Braze ID")
        if self.email is None:
            demand("B-TRG-1", not self.prioritization, "prioritization belongs to recipients by email")
        else:
            demand("B-TRG-1", ADDRESS_SHAPE.fullmatch(self.email) is not None, "a recipient's email is no address")
            demand("B-TRG-1", bool(self.prioritization), "a recipient by email needs a prioritization")
            demand("B-TRG-1", PRIORITIZATIONS.issuperset(self.prioritization), "unknown prioritization")
        if not self.send_to_existing_only:
            demand("B-TRG-4", self.user_alias is None, "nobody new can be reached by an alias")
            demand("B-TRG-3", bool(self.attributes), "a recipient who may be new needs attributes")
            is_by_email = self.email is not None
            demand(
                "B-TRG-3", not is_by_email or "email" in self.attributes, "a new recipient needs the attribute email"
            )
        values.check_attributes(self.attributes, values.ARRAY_ITEMS)
        values.check_trigger_properties(self.trigger_properties)

    @property
    def identity(self) -> tuple[str, str]:
        """Return what Braze merges duplicates by (B-TRG-8)."""
        if self.user_alias is not None:
            return ("user_alias", f"{self.user_alias.alias_label}\0{self.user_alias.alias_name}")
        if self.email is not None:
            return ("email", self.email.casefold())
        return (
            ("external_user_id", self.external_user_id) if self.external_user_id else ("braze_id", str(self.braze_id))
        )

    def as_json(self) -> dict[str, object]:
        """Return the recipient object of a request body."""
        document: dict[str, object] = {
            "external_user_id": self.external_user_id,
            "user_alias": None if self.user_alias is None else self.user_alias.as_json(),
            "braze_id": self.braze_id,
            "email": self.email,
            "prioritization": list(self.prioritization) or None,
            "trigger_properties": dict(self.trigger_properties) or None,
            "send_to_existing_only": None if self.send_to_existing_only else False,
            "attributes": values.as_json(self.attributes) or None,
        }
        return {name: value for name, value in document.items() if value is not None}
