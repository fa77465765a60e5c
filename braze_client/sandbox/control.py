"""What people and tests ask of the sandbox itself, beside Braze's API: look at calls, people and quotas, arm faults.

| address | what |
| --- | --- |
| `/inbox`, `/profiles`, `/calls`, `/quotas`, `/faults` | pages for a browser |
| `GET /inbox.json`, `/ledger.json` | the mail, and counts of everything |
| `GET /sandbox` | these addresses, and the endpoints |
| `GET`, `POST`, `DELETE /sandbox/faults` | what is armed; arm one (`path`, `status` or `kind`, ...) |
| `GET /sandbox/calls` | the last calls with request and answer, newest first |
| `GET /sandbox/quotas` | each window: limit, used, when it resets |
| `GET /sandbox/profiles?q=` | people by external ID or address |
| `GET /sandbox/schedules` | mail that waits for its time, and whom it names |
| `GET`, `POST /sandbox/clock` | how far its clock is ahead of the machine's; put it on by `ahead_seconds` |
| `POST /sandbox/reset` | forget everything |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, get_args
from urllib.parse import parse_qs, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from braze_client.sandbox.auth import read_body
from braze_client.sandbox.envelope import Exchange, Refusal, json_reply
from braze_client.sandbox.faults import read_fault
from braze_client.sandbox.inbox import html_reply, number_in
from braze_client.sandbox.options import Fault, FaultKind
from braze_client.sandbox.pages import control as pages
from braze_client.sandbox.pages.layout import notice
from braze_client.sandbox.profiles import Profile
from braze_client.sandbox.state import Schedule, State

PAGE_SIZE = 50
MAIL_SHOWN = 50
MOST_AHEAD_SECONDS = 10 * 365 * 86_400
STATUSES = ("400", "401", "403", "404", "413", "415", "429", "500", "502", "503", "504")
ADDRESSES = (
    "/inbox.json",
    "/ledger.json",
    *(f"/sandbox/{name}" for name in ("faults", "calls", "quotas", "profiles", "schedules", "clock")),
)


def routes(
    state: State,
    catch_up: Callable[[], None],
    forget: Callable[[], None],
    is_idle: Callable[[], bool],
    paths: tuple[str, ...],
) -> list[Route]:
    """Returns the routes; `paths` are the endpoints that a fault can be armed for."""

    async def about(request: Request) -> Response:
        return _json({"addresses": ADDRESSES, "endpoints": paths})

    async def faults(request: Request) -> Response:
        if request.method == "GET":
            return _json({"faults": [asdict(fault) for fault in state.faults]})
        if request.method == "DELETE":
            state.faults.clear()
            return _json({"message": "success"})
        try:
            state.faults.append(read_fault(read_body(request, await request.body())))
        except Refusal as refusal:
            return json_reply(refusal.payload, status=refusal.status, exchange=Exchange(rate_headers={}))
        return json_reply({"message": "success"}, status=201, exchange=Exchange(rate_headers={}))

    async def reset(request: Request) -> Response:
        forget()
        return json_reply({"message": "success"}, status=201, exchange=Exchange(rate_headers={}))

    async def calls(request: Request) -> Response:
        return _json({"calls": [call.as_json() for call in state.recorder]})

    async def quotas(request: Request) -> Response:
        return _json({"quotas": [asdict(quota) for quota in state.windows.quotas(state.clock())]})

    async def profiles(request: Request) -> Response:
        catch_up()
        found = _people(state, request.query_params.get("q", ""))
        return _json({"total": len(found), "profiles": [_profile(profile) for profile in found[:PAGE_SIZE]]})

    async def schedules(request: Request) -> Response:
        catch_up()
        waiting = {id(one): one for due, _, one in state.queue if one.state == "waiting" and one.due == due}
        found = [_schedule(state, one) for one in waiting.values()]
        return _json({"now": state.clock(), "is_delivering": not is_idle(), "schedules": found})

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            try:
                state.ahead_seconds = _read_ahead(read_body(request, await request.body()), state.ahead_seconds)
            except Refusal as refusal:
                return json_reply(refusal.payload, status=refusal.status, exchange=Exchange(rate_headers={}))
        return _json({"now": state.clock(), "ahead_seconds": state.ahead_seconds})

    async def profiles_page(request: Request) -> Response:
        catch_up()
        search, page = request.query_params.get("q", "").strip(), number_in(request, "page", 1, at_least=1)
        found = _people(state, search)
        shown = found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
        page_count = max(1, -(-len(found) // PAGE_SIZE))
        return html_reply(
            pages.profiles_page(shown, len(state.profiles), search=search, page=page, page_count=page_count)
        )

    async def profile_page(request: Request) -> Response:
        catch_up()
        profile = state.profiles.by_braze_id(request.path_params["braze_id"])
        if profile is None:
            return html_reply(notice("No such person", "Nobody here has this Braze ID.", back="/profiles"), status=404)
        got = [one for one in reversed(state.inbox.messages) if one.braze_id == profile.braze_id]
        return html_reply(pages.profile_page(profile, got[:MAIL_SHOWN]))

    async def calls_page(request: Request) -> Response:
        return html_reply(pages.calls_page(state.recorder, kept=state.recorder.size))

    async def call_page(request: Request) -> Response:
        found = state.recorder.find(int(request.path_params["number"]))
        if found is None:
            return html_reply(notice("No such call", "Only the last calls are kept.", back="/calls"), status=404)
        return html_reply(pages.call_page(found))

    async def quotas_page(request: Request) -> Response:
        return html_reply(pages.quotas_page(state.windows.quotas(state.clock())))

    async def faults_page(request: Request) -> Response:
        return html_reply(pages.faults_page(state.faults, paths, (*get_args(FaultKind), *STATUSES)))

    async def arm(request: Request) -> Response:
        form = parse_qs((await request.body()).decode(errors="replace"))
        try:
            state.faults.append(_fault_of_form({name: values[0] for name, values in form.items()}))
        except Refusal as refusal:
            return html_reply(notice("This is no fault", str(refusal), back="/faults"), status=400)
        return RedirectResponse("/faults", status_code=303)

    async def disarm(request: Request) -> Response:
        state.faults.clear()
        return RedirectResponse("/faults", status_code=303)

    return [
        Route("/sandbox", about),
        Route("/sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/reset", reset, methods=["POST"]),
        Route("/sandbox/calls", calls),
        Route("/sandbox/quotas", quotas),
        Route("/sandbox/profiles", profiles),
        Route("/sandbox/schedules", schedules),
        Route("/sandbox/clock", clock, methods=["GET", "POST"]),
        Route("/profiles", profiles_page),
        Route("/profiles/{braze_id}", profile_page),
        Route("/calls", calls_page),
        Route("/calls/{number:int}", call_page),
        Route("/quotas", quotas_page),
        Route("/faults", faults_page, methods=["GET"]),
        Route("/faults", arm, methods=["POST"]),
        Route("/faults/disarm", disarm, methods=["POST"]),
    ]


def is_foreign(headers: Mapping[str, str], method: str, hosts: frozenset[str] | None) -> bool:
    """Tells whether a request comes from where it must not: a foreign name for this machine, or another site's page.

    The sandbox asks for no sign-in on its own pages, so a page of another site must not be able to steer it.
    """
    if hosts is not None and (urlsplit(f"//{headers.get('host', '')}").hostname or "") not in hosts:
        return True
    if method in ("GET", "HEAD"):
        return False
    if (site := headers.get("sec-fetch-site")) is not None:
        return site not in ("none", "same-origin")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _fault_of_form(form: Mapping[str, str]) -> Fault:
    kind, body = form.get("kind", ""), dict[str, object](path=form.get("path", ""))
    body["status" if kind.isdecimal() else "kind"] = int(kind) if kind.isdecimal() else kind
    try:
        body |= {"count": int(form.get("count", "1")), "hold_seconds": float(form.get("hold_seconds", "1"))}
    except ValueError:
        raise Refusal("Calls and seconds are numbers.") from None
    return read_fault(body)


def _people(state: State, search: str) -> list[Profile]:
    wanted = search.lower()
    return [
        profile
        for profile in state.profiles
        if wanted in (profile.external_id or "").lower() or wanted in (profile.email or "").lower()
    ]


def _profile(profile: Profile) -> dict[str, Any]:
    return {
        "braze_id": profile.braze_id,
        "external_id": profile.external_id,
        "fields": profile.fields,
        "custom_attributes": profile.custom,
        "subscription_groups": profile.subscription_groups,
    }


def _schedule(state: State, schedule: Schedule) -> dict[str, object]:
    """Returns what waits; `people` is null where an audience is addressed."""
    found = [
        one if isinstance(one, str) else getattr(one.find(state.profiles), "external_id", None)
        for one in schedule.addressees
    ]
    return {
        "schedule_id": schedule.schedule_id,
        "dispatch_id": schedule.dispatch_id,
        "send_id": schedule.send_id,
        "subject": schedule.content.subject,
        "due": schedule.due,
        "people": None if schedule.is_broadcast else [one for one in found if one is not None],
    }


def _read_ahead(body: Mapping[str, object], standing: float) -> float:
    """Returns how far ahead the clock is to be; it is never put back, since what went cannot be called back."""
    ahead = body.get("ahead_seconds")
    if not isinstance(ahead, int | float) or not standing <= ahead <= MOST_AHEAD_SECONDS:
        raise Refusal("ahead_seconds is a number, not smaller than before, of at most ten years")
    return float(ahead)


def _json(payload: dict[str, object]) -> Response:
    return Response(orjson.dumps(payload), media_type="application/json")
