"""What a person opens in a browser, and what scripts ask: the inbox and the ledger of the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from braze_client.liquid import LiquidError
from braze_client.sandbox.journal import Change
from braze_client.sandbox.messages import Message
from braze_client.sandbox.pages import mail as pages
from braze_client.sandbox.state import State

PAGE_SIZE = 50
CONSENT_PATH = "/consent"
MAX_LIMIT = 100_000
_POLICY = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; "
    "font-src http: https:; frame-src 'self'; form-action 'self'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


def routes(state: State, catch_up: Callable[[], None]) -> list[Route]:
    """Returns the pages and their JSON twins; none needs a key, because the sandbox listens on the loopback alone."""

    async def home(request: Request) -> Response:
        return RedirectResponse("/inbox")

    async def listing(request: Request) -> Response:
        catch_up()
        search = request.query_params.get("q", "").strip()
        page = number_in(request, "page", 1, at_least=1)
        found = _matching(state, search)
        shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        totals = pages.Totals(
            messages=len(state.inbox.messages),
            people=len(state.inbox.per_person),
            waiting=sum(one.state == "waiting" for one in state.schedules.values()),
            unsent=state.inbox.outcomes["failed"] + state.inbox.outcomes["aborted"],
        )
        page_count = max(1, -(-len(found) // PAGE_SIZE))
        return html_reply(pages.inbox_page(shown, totals, search=search, page=page, page_count=page_count))

    async def message(request: Request) -> Response:
        catch_up()
        found = _message(state, request)
        if found is None:
            return html_reply(pages.missing_page(), status=404)
        try:
            return html_reply(pages.message_page(found, state.inbox.rendered(found)))
        except LiquidError as error:
            return html_reply(pages.broken_page(found, str(error)))

    async def inbox_json(request: Request) -> Response:
        catch_up()
        offset, limit = number_in(request, "offset", 0), min(number_in(request, "limit", 100), MAX_LIMIT)
        email = request.query_params.get("email")
        has_bodies = request.query_params.get("bodies") == "true"
        newest_first = reversed(state.inbox.messages)
        if not email:
            total, found = len(state.inbox.messages), newest_first
        else:
            matching = [one for one in newest_first if one.email == email]
            total, found = len(matching), iter(matching)
        shown = [_summary(state, one, has_bodies) for one in islice(found, offset, offset + limit)]
        return _json({"total": total, "messages": shown})

    async def ledger_json(request: Request) -> Response:
        catch_up()
        return _json(_ledger(state))

    async def unsubscribe(request: Request) -> Response:
        catch_up()
        return _consent(state, request, "unsubscribed")

    async def subscribe(request: Request) -> Response:
        catch_up()
        return _consent(state, request, "subscribed")

    return [
        Route("/", home),
        Route("/inbox", listing),
        Route("/inbox/{number:int}", message),
        Route("/inbox.json", inbox_json),
        Route("/ledger.json", ledger_json),
        Route("/unsubscribe/{number:int}", unsubscribe, methods=["GET", "POST"]),
        Route("/subscribe/{number:int}", subscribe, methods=["GET", "POST"]),
    ]


def _consent(state: State, request: Request, wanted: str) -> Response:
    """Does what Braze's own links do: one visit changes the address's global state."""
    found = _message(state, request)
    if found is None:
        return html_reply(pages.missing_page(), status=404)
    now = state.clock()
    state.profiles.set_email_state(found.email, wanted, now)
    if state.journal is not None:
        state.journal.add(Change(now, CONSENT_PATH, orjson.dumps([found.email, wanted]), 0))
    return html_reply(pages.consent_page(found.email, wanted))


def _message(state: State, request: Request) -> Message | None:
    number = int(request.path_params["number"])
    return state.inbox.messages[number - 1] if 1 <= number <= len(state.inbox.messages) else None


def _matching(state: State, search: str) -> list[Message]:
    newest_first = state.inbox.messages[::-1]
    if not search:
        return newest_first
    wanted = search.lower()
    return [
        one
        for one in newest_first
        if wanted in one.email.lower()
        or wanted in one.subject.lower()
        or wanted in (one.external_id or "").lower()
        or wanted == (one.mailing.content.variation_id or "").lower()
    ]


def _summary(state: State, message: Message, has_bodies: bool) -> dict[str, object]:
    mailing = message.mailing
    summary: dict[str, object] = {
        "number": message.number,
        "external_id": message.external_id,
        "email": message.email,
        "subject": message.subject,
        "from": mailing.content.sender,
        "sent_at": _iso(mailing.sent_at),
        "route": mailing.route,
        "campaign_id": mailing.campaign_id,
        "message_variation_id": mailing.content.variation_id,
        "send_id": mailing.send_id,
        "dispatch_id": mailing.dispatch_id,
        "schedule_id": mailing.schedule_id,
        "attachments": [{"file_name": name, "url": url} for name, url in mailing.content.attachments],
    }
    if has_bodies:
        try:
            rendered = state.inbox.rendered(message)
        except LiquidError as error:
            return summary | {"problem": str(error)}
        summary |= {
            "body": rendered.body,
            "plaintext": rendered.plaintext,
            "preheader": rendered.preheader,
            "reply_to": rendered.reply_to,
            "headers": dict(rendered.headers),
        }
    return summary


def _ledger(state: State) -> dict[str, object]:
    return {
        "calls": dict(state.calls),
        "statuses": dict(state.statuses),
        "profiles": len(state.profiles),
        "messages": len(state.inbox.messages),
        "messages_per_external_id": dict(state.inbox.per_person),
        "outcomes": dict(state.inbox.outcomes),
        "failures": state.inbox.failures,
        "send_ids": [{"send_id": send_id, "campaign_id": campaign_id} for send_id, campaign_id in state.send_ids],
        "schedules": [
            {
                "schedule_id": one.schedule_id,
                "dispatch_id": one.dispatch_id,
                "route": one.route,
                "state": one.state,
                "time": one.local_time or _iso(one.due),
                "is_broadcast": one.is_broadcast,
                "recipients": one.recipient_count,
                "sent": one.sent_count,
                "campaign_id": one.campaign_id,
                "message_variation_id": one.content.variation_id,
                "send_id": one.send_id,
            }
            for one in state.schedules.values()
        ],
    }


def number_in(request: Request, name: str, default: int, *, at_least: int = 0) -> int:
    """Returns a number of the query; anything else is the default."""
    value = request.query_params.get(name, "")
    return max(at_least, int(value)) if value.isdecimal() and len(value) < 10 else default


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def html_reply(text: str, status: int = 200) -> Response:
    """Returns a page with the policy that lets nothing in it run."""
    return HTMLResponse(text, status_code=status, headers=_POLICY)


def _json(payload: dict[str, object]) -> Response:
    return Response(orjson.dumps(payload), media_type="application/json")
