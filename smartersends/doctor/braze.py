"""Braze: whether each brand's endpoint takes its key; nothing is changed there or here."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import override

from braze_client import BrazeError, KeyRefused, NotSent, PermissionRefused, calls
from groups.crypto import SecretUnreadable
from groups.errors import NotConnected
from groups.models import Workspace
from groups.watching.calls import outcome_of
from groups.workspace.braze import client_for
from groups.workspace.services import NEEDED
from smartersends.doctor.finding import Finding, fine, odd, wrong

ASKED = "segments.list"


def look_at_braze() -> Iterator[Finding]:
    """Asks each workspace one question that only reads, and recalls what its last check of permissions found."""
    for pk, slug in Workspace.objects.order_by("brand__slug").values_list("pk", "brand__slug"):
        try:
            workspace = Workspace.objects.select_related("brand").get(pk=pk)
        except SecretUnreadable:
            continue  # said where the stored keys are looked at
        yield from _ask(workspace, slug)
        missing = sorted(name for name in NEEDED if workspace.check_result.get(name) == "missing")
        if missing:
            yield wrong(
                f"The key of {slug} lacked {', '.join(missing)} when it was checked.",
                "Make a key with all permissions in Braze and paste it on the page of the workspace.",
            )
        elif not workspace.check_result:
            yield odd(
                f"The permissions of {slug}'s key were never checked.", "Press *Check connection* on its Braze page."
            )
        if workspace.pause_reason:
            yield odd(f"Calls of {slug} are paused.", "Check the connection on its Braze page.")


def _ask(workspace: Workspace, slug: str) -> Iterator[Finding]:
    page = "Look at the brand's Braze page, and press *Check connection* there."
    try:
        with override("en"), client_for(workspace) as client:
            outcome = client.send(calls.probe(ASKED), attempts=1).outcome
    except NotConnected as error:
        yield odd(f"{slug}: {error.sentence}", page)
    except NotSent:
        yield wrong(
            f"Braze of {slug} does not answer at {workspace.endpoint}.",
            "Look whether this machine may reach it, and whether its address is on the key's allow-list.",
        )
    except KeyRefused:
        yield wrong(f"Braze refuses the API key of {slug}.", "Ask an admin of the brand to paste a new one.")
    except PermissionRefused:
        yield odd(f"The key of {slug} may not list segments.", page)
    except BrazeError as error:
        yield wrong(f"Braze of {slug} answers strangely ({outcome_of(error)}).", page)
    else:
        if outcome == "granted":
            yield fine(f"Braze of {slug} answers, and knows its key.")
        elif outcome == "missing":
            yield odd(f"The key of {slug} may not list segments.", page)
        else:
            yield wrong(f"Braze refuses the API key of {slug}.", "Ask an admin of the brand to paste a new one.")
