"""The pages about the sandbox itself: people, calls, quotas, faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import orjson

from braze_client.sandbox.messages import Message
from braze_client.sandbox.options import Fault
from braze_client.sandbox.pages.layout import moment, page_of, pager, search_form
from braze_client.sandbox.profiles import Profile
from braze_client.sandbox.recorder import RecordedCall
from braze_client.sandbox.windows import Quota


def profiles_page(shown: Sequence[Profile], total: int, *, search: str, page: int, page_count: int) -> str:
    """Returns the list of people."""
    rows = "".join(
        f'<tr><td><a href="/profiles/{profile.braze_id}">{escape(profile.label)}</a></td>'
        f"<td>{escape(profile.email or '')}</td><td>{escape(_name(profile))}</td>"
        f"<td>{escape(profile.email_subscribe)}</td></tr>"
        for profile in shown
    )
    form = search_form("/profiles", search, "External ID or address")
    head = ("Person", "Address", "Name", "Email subscription")
    listing = _table(head, rows) if rows else _empty("Nobody", "People appear here when users/track names them.")
    figure = f'<ul class="totals"><li><strong>{total:,}</strong>people</li></ul>'
    return page_of("Profiles", figure + form + listing + pager("/profiles", search, page, page_count), room="/profiles")


def profile_page(profile: Profile, messages: Sequence[Message]) -> str:
    """Returns one person: fields, custom attributes, states, and what they got."""
    identity = {
        "external_id": profile.external_id,
        "user_alias": ": ".join(profile.alias) if profile.alias else None,
        "braze_id": profile.braze_id,
        "created_at": moment(profile.created_at),
        "updated_at": moment(profile.updated_at),
    }
    mail = "".join(
        f'<tr><td><a href="/inbox/{message.number}">{escape(message.subject) or "(no subject)"}</a></td>'
        f"<td><time>{moment(message.mailing.sent_at)}</time></td></tr>"
        for message in messages
    )
    got = _table(("Subject", "Sent (UTC)"), mail) if mail else _empty("No mail", "Nothing was sent to this person.")
    return page_of(
        profile.label,
        f'<p><a href="/profiles">Profiles</a></p><h1>{escape(profile.label)}</h1>'
        f"<div class=card>{_list(identity)}</div><h2>Profile</h2><div class=card>{_list(profile.fields)}</div>"
        f"<h2>Custom attributes</h2><div class=card>{_list(profile.custom)}</div>"
        f"<h2>Subscription groups</h2><div class=card>{_list(profile.subscription_groups)}</div><h2>Mail</h2>{got}",
        room="/profiles",
    )


def calls_page(shown: Iterable[RecordedCall], *, kept: int) -> str:
    """Returns the last calls, newest first."""
    rows = "".join(
        f'<tr><td><a href="/calls/{call.number}">{call.method} {escape(call.path)}</a></td>'
        f"<td>{call.status or 'cut'}</td><td>{call.milliseconds:.1f} ms</td>"
        f"<td><time>{moment(call.at)}</time></td></tr>"
        for call in shown
    )
    listing = _table(("Call", "Status", "Took", "At (UTC)"), rows) if rows else _empty("No calls", "Nothing came yet.")
    words = f"<p>The last {kept:,} calls are kept, with their bodies and without the key.</p>" if kept else ""
    return page_of("Calls", words + listing, room="/calls", is_live=True)


def call_page(call: RecordedCall) -> str:
    """Returns one call with its request and its answer."""
    facts = {
        "Status": call.status or "cut without an answer",
        "Took": f"{call.milliseconds:.1f} ms",
        "At": moment(call.at) + " UTC",
        "Query": call.query,
        "Fault": call.fault,
    }
    return page_of(
        f"{call.method} {call.path}",
        f'<p><a href="/calls">Calls</a></p><h1>{call.method} {escape(call.path)}</h1>'
        f"<div class=card>{_list(facts)}</div>"
        f"<h2>Request</h2><div class=card><pre>{escape(_pretty(call.request))}</pre></div>"
        f"<h2>Answer</h2><div class=card><pre>{escape(_pretty(call.answer))}</pre></div>",
        room="/calls",
    )


def quotas_page(quotas: Iterable[Quota]) -> str:
    """Returns what is left of each window that was drawn on."""
    rows = "".join(
        f"<tr><td>{escape(quota.name)}</td><td>{quota.used:,} of {quota.limit:,}</td>"
        f'<td><meter min="0" max="{quota.limit}" value="{quota.used}" aria-label="{escape(quota.name)}"></meter></td>'
        f"<td><time>{moment(quota.resets_at)}</time></td></tr>"
        for quota in quotas
    )
    head = ("Window", "Used", "Share", "Resets (UTC)")
    listing = _table(head, rows) if rows else _empty("No quotas", "Windows appear with the first call that uses them.")
    return page_of("Quotas", listing, room="/quotas", is_live=True)


def faults_page(armed: Sequence[Fault], paths: Sequence[str], kinds: Sequence[str]) -> str:
    """Returns what is armed, and the form to arm more."""
    rows = "".join(
        f"<tr><td>{escape(fault.path)}</td><td>{escape(str(fault.kind))}</td><td>{fault.count:,}</td>"
        f"<td>{fault.hold_seconds:g} s</td></tr>"
        for fault in armed
    )
    listing = (
        _table(("Endpoint", "Fault", "Calls left", "Holds"), rows)
        + '<form action="/faults/disarm" method="post"><button class="plain">Disarm all</button></form>'
        if rows
        else _empty("Nothing is armed", "Every call is answered as Braze would.")
    )
    form = (
        '<h2>Arm a fault</h2><div class="card pad"><form action="/faults" method="post">'
        f"<label>Endpoint<select name=path>{_options(['*', *paths])}</select></label>"
        f"<label>Fault<select name=kind>{_options(kinds)}</select></label>"
        '<label>Calls<input type="number" name="count" value="1" min="1" max="1000000"></label>'
        '<label>Seconds<input type="number" name="hold_seconds" value="1" min="0" max="3600" step="any"></label>'
        "<button>Arm</button></form></div>"
    )
    return page_of("Faults", listing + form, room="/faults")


def _options(values: Iterable[str]) -> str:
    return "".join(f"<option>{escape(value)}</option>" for value in values)


def _name(profile: Profile) -> str:
    return " ".join(str(profile.fields[name]) for name in ("first_name", "last_name") if profile.fields.get(name))


def _table(head: Sequence[str], rows: str) -> str:
    cells = "".join(f'<th scope="col">{name}</th>' for name in head)
    return f'<div class="card wide"><table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>'


def _empty(title: str, text: str) -> str:
    return f'<div class="card empty"><strong>{title}</strong>{text}</div>'


def _list(facts: Mapping[str, object]) -> str:
    shown = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(_spoken(value))}</dd>"
        for name, value in facts.items()
        if value not in (None, "")
    )
    return f"<dl>{shown}</dl>" if shown else '<div class="pad">Nothing</div>'


def _spoken(value: object) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _pretty(body: bytes) -> str:
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")
