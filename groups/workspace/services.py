"""Connecting a brand to its Braze workspace, and finding out what the key may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from braze_client import BrazeError, EndpointRefused, calls, check_endpoint
from braze_client.transport import KEY_SHAPE
from groups import audit
from groups.audiences.marking import resync
from groups.errors import InputRefused, NotConnected
from groups.keeping.standing import demand_settled
from groups.models import Brand, User, Workspace
from groups.workspace.braze import client_for

Outcome = Literal["granted", "missing", "unknown"]

ID_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

USES: Final[dict[str, Promise]] = {
    "users.track": gettext_lazy("Contacts that are uploaded or edited reach Braze."),
    "users.export.ids": gettext_lazy("People can be looked up in Braze."),
    "messages.schedule.create": gettext_lazy("Mailings are handed over to Braze."),
    "messages.schedule.update": gettext_lazy("A scheduled mailing can be moved."),
    "messages.schedule.delete": gettext_lazy("A scheduled mailing can be withdrawn."),
    "sends.id.create": gettext_lazy("Each mailing is counted by itself."),
    "segments.list": gettext_lazy("Braze segments can be assigned to groups."),
    "segments.data_series": gettext_lazy("The size of a segment is shown."),
    "segments.details": gettext_lazy("The description of a segment is shown."),
    "sends.data_series": gettext_lazy("Reports show what happened."),
    "campaigns.trigger.send": gettext_lazy("Mailings whose content lives in Braze can be sent."),
    "email.unsubscribe": gettext_lazy("People who unsubscribed in Braze are known to the portal."),
    "email.hard_bounces": gettext_lazy("Addresses that do not exist are known to the portal."),
    "subscription.status.get": gettext_lazy("Subscription groups are known to the portal."),
    "campaigns.details": gettext_lazy("Message variation IDs are checked before they are used."),
    "users.delete": gettext_lazy("A person can be erased from Braze too."),
}
NEEDED: Final = frozenset(list(USES)[:10])
SECOND_ROUTE: Final = frozenset({"campaigns.trigger.send"})
LISTS_OF_ADDRESSES: Final = frozenset({"email.unsubscribe", "email.hard_bounces"})


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """One permission of the key: what it is for, whether it is there, and what that means in a sentence."""

    permission: str
    use: str
    outcome: Outcome
    is_needed: bool
    sentence: str


# Nothing of what is at hand here and below, down to the database, may stand on an error page or in a report.
@sensitive_variables()
def connect(
    *,
    brand: Brand,
    actor: User | None,
    endpoint: str,
    app_id: str,
    campaign_id: str,
    variation_id: str,
    trigger_campaign_id: str = "",
    budget_percent: int | None = None,
    api_key: str | None = None,
) -> Workspace:
    """Stores a brand's Braze settings; without `api_key` the stored key stays.

    The key is never written to the audit trail. What the last check found, and a pause, are void afterwards; with
    another endpoint or App ID the contacts are sent whole again, because that workspace does not know them. Raises
    `InputRefused` for an address that is no REST endpoint, and for a key or an ID that cannot be one.
    """
    try:
        endpoint = check_endpoint(endpoint, settings.BRAZE_ALLOW_INSECURE_ENDPOINTS)
    except EndpointRefused as error:
        raise InputRefused(
            _(
                "This is no REST endpoint of Braze. It looks like https://rest.iad-01.braze.com and stands in Braze "
                "under Settings > API Keys."
            )
        ) from error
    api_key = (api_key or "").strip()
    if api_key and not KEY_SHAPE.fullmatch(api_key):
        raise InputRefused(_("The API key holds blanks or quotation marks. Copy it from Braze again."))
    ids = {
        "app_id": app_id.strip(),
        "campaign_id": campaign_id.strip(),
        "variation_id": variation_id.strip(),
        "trigger_campaign_id": trigger_campaign_id.strip(),
    }
    for name, value in ids.items():
        if not ID_SHAPE.fullmatch(value) and not (name == "trigger_campaign_id" and not value):
            raise InputRefused(
                _("%(value)s is no ID of Braze. Copy it again, without blanks.")
                % {"value": value or _("An empty text")}
            )
    with transaction.atomic():
        workspace = Workspace.objects.select_for_update().filter(brand=brand).first() or Workspace(brand=brand)
        if not (api_key or workspace.api_key):
            raise InputRefused(_("Paste the REST API key. It is shown once by Braze, when it is created."))
        if not api_key and workspace.endpoint != endpoint:
            raise InputRefused(
                _("A key belongs to one instance of Braze. Paste the key of the new REST endpoint as well.")
            )
        is_another = bool(workspace.endpoint) and (workspace.endpoint, workspace.app_id) != (endpoint, ids["app_id"])
        before = _told(workspace)
        if is_another or workspace.campaign_id != ids["campaign_id"]:
            workspace.variations, workspace.variations_read_at = {}, None
        workspace.endpoint = endpoint
        workspace.api_key = api_key or workspace.api_key
        for name, value in ids.items():
            setattr(workspace, name, value)
        workspace.budget_percent = budget_percent
        workspace.check_result, workspace.checked_at = {}, None
        workspace.paused_until, workspace.pause_reason = None, ""
        workspace.save()
        if is_another:
            demand_settled(brand)
            resync(brand=brand)
            # What the other one listed says nothing of this one: its lists are read from their beginning.
            workspace.readings.all().delete()
        audit.record(
            "workspace.connected",
            actor=actor,
            target=workspace,
            brand=brand,
            before=before,
            after=_told(workspace),
            endpoint=endpoint,
            is_key_new=bool(api_key),
            app_id=workspace.app_id,
            campaign_id=workspace.campaign_id,
            variation_id=workspace.variation_id,
            trigger_campaign_id=workspace.trigger_campaign_id,
            budget_percent=budget_percent,
        )
    return workspace


def _told(workspace: Workspace) -> dict[str, audit.Value]:
    """Gives what the audit trail keeps of the settings, which is all but the key."""
    return {
        "endpoint": workspace.endpoint,
        "app_id": workspace.app_id,
        "campaign_id": workspace.campaign_id,
        "variation_id": workspace.variation_id,
        "trigger_campaign_id": workspace.trigger_campaign_id,
        "budget_percent": workspace.budget_percent,
    }


@sensitive_variables()
def check_connection(*, workspace: Workspace) -> tuple[PermissionRow, ...]:
    """Asks Braze, without any effect, for each permission, stores what it said, and gives a row for each.

    A key that Braze does not know, an address that does not answer and settings that are missing raise nothing: every
    row is `unknown` then and says why.
    """
    try:
        outcomes, problem = _probe_all(workspace), ""
    except NotConnected as error:
        outcomes, problem = {}, error.sentence
    workspace.check_result = {name: outcomes.get(name, "unknown") for name in USES}
    workspace.checked_at = timezone.now()
    if "granted" in outcomes.values():
        workspace.paused_until, workspace.pause_reason = None, ""
    workspace.save(update_fields=["check_result", "checked_at", "paused_until", "pause_reason", "updated_at"])
    if not problem and not outcomes:
        problem = _("No answer came from this address. Check the REST endpoint, then try again.")
    if outcomes and set(outcomes.values()) == {"unknown"}:
        problem = problem or _(
            "Braze does not know this key. Either it was copied wrongly or deleted, or it belongs to another instance: "
            "then the REST endpoint is the wrong one. If the key has an allow-list, put the addresses below on it."
        )
    return rows(workspace.check_result, problem)


def rows(check_result: dict[str, str], problem: str = "") -> tuple[PermissionRow, ...]:
    """Gives a row for each permission from what the last check found; `problem` explains rows that are unknown."""
    return tuple(
        PermissionRow(
            permission=name,
            use=str(use),
            outcome=(outcome := _outcome(check_result.get(name))),
            is_needed=name in NEEDED,
            sentence=_sentence(name, outcome, problem),
        )
        for name, use in USES.items()
    )


def _probe_all(workspace: Workspace) -> dict[str, Outcome]:
    """Asks for each permission; gives nothing at all where the address does not answer."""
    outcomes: dict[str, Outcome] = {}
    known: dict[str, Outcome] = {"granted": "granted", "missing": "missing"}
    with client_for(workspace) as client:
        for name in USES:
            try:
                outcomes[name] = known.get(client.send(calls.probe(name), attempts=1).outcome, "unknown")
            except BrazeError as error:
                if error.status is None:
                    return {}
                outcomes[name] = "unknown"
    return outcomes


def _outcome(stored: str | None) -> Outcome:
    return "granted" if stored == "granted" else "missing" if stored == "missing" else "unknown"


def _sentence(name: str, outcome: Outcome, problem: str) -> str:
    if outcome == "granted":
        return _("The key has it.")
    if outcome == "unknown":
        return problem or _("Braze gave no clear answer. Check again.")
    if name in NEEDED:
        return _("The key lacks it. Create a new key in Braze with all ten permissions: a key cannot be changed later.")
    if name in LISTS_OF_ADDRESSES:
        return _(
            "The key lacks it. Braze leaves these people out by itself and says nothing of it; the portal knows its "
            "own unsubscribe page and what look-ups tell."
        )
    if name in SECOND_ROUTE:
        return _("The key lacks it. Everything else works; templates whose content lives in Braze cannot be sent.")
    return _("The key lacks it. The portal works without it.")
