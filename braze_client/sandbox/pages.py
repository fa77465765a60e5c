"""The sandbox's pages as HTML, with nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

from braze_client.sandbox.messages import Message, RenderedMessage

ROUTES = {"schedule": "Scheduled", "send": "Immediate", "trigger": "Triggered"}
REFRESH_SECONDS = 5
_STYLE = """
:root { --ink: #23302b; --soft: #66736d; --line: #dfe4e0; --paper: #ffffff; --ground: #f4f6f3; --leaf: #1f5c46;
  --leaf-soft: #e3efe8; --warn: #a33a1f; color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--leaf); } a:focus-visible, input:focus-visible, button:focus-visible { outline: 3px solid #8fc3aa; }
.top { background: var(--leaf); color: #fff; }
.top div { max-width: 1120px; margin: 0 auto; padding: 18px 24px; display: flex; gap: 16px; align-items: baseline;
  flex-wrap: wrap; }
.top a { color: #fff; text-decoration: none; font-weight: 650; font-size: 18px; }
.top span { color: #d5e8de; font-size: 13px; }
main { max-width: 1120px; margin: 0 auto; padding: 24px; }
.totals { display: flex; gap: 12px; flex-wrap: wrap; margin: 0 0 20px; padding: 0; list-style: none; }
.totals li { background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 12px 18px;
  min-width: 150px; color: var(--soft); font-size: 13px; }
.totals strong { display: block; color: var(--ink); font-size: 24px; font-variant-numeric: tabular-nums; }
.totals .warn strong { color: var(--warn); }
form { display: flex; gap: 8px; margin: 0 0 16px; }
input[type=search] { flex: 1; max-width: 420px; padding: 9px 12px; font: inherit; border: 1px solid #b9c3bd;
  border-radius: 8px; background: var(--paper); color: inherit; }
button { padding: 9px 16px; font: inherit; border: 0; border-radius: 8px; background: var(--leaf); color: #fff;
  cursor: pointer; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 12px; overflow: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-size: 12px; color: var(--soft); font-weight: 600; padding: 10px 16px;
  border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 11px 16px; border-bottom: 1px solid #edf0ed; vertical-align: top; }
tr:last-child td { border-bottom: 0; }
tbody tr:hover { background: #f8faf8; }
td small { display: block; color: var(--soft); }
th:nth-child(2) { width: 38%; }
td a { font-weight: 550; text-decoration: none; } td a:hover { text-decoration: underline; }
.tag { display: inline-block; background: var(--leaf-soft); color: var(--leaf); border-radius: 99px; padding: 1px 10px;
  font-size: 12px; white-space: nowrap; }
code { display: block; max-width: 12ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  font: 12px/1.8 ui-monospace, Menlo, Consolas, monospace; color: var(--soft); }
time { font-variant-numeric: tabular-nums; white-space: nowrap; color: var(--soft); }
.pager { display: flex; gap: 16px; align-items: center; margin: 16px 0; color: var(--soft); }
.empty { padding: 48px 24px; text-align: center; color: var(--soft); }
.empty strong { display: block; color: var(--ink); font-size: 17px; margin-bottom: 4px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0 0 16px; } h2 { font-size: 14px; margin: 24px 0 8px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 20px; margin: 0; padding: 18px 20px; }
dt { color: var(--soft); font-size: 13px; } dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 75vh; border: 0; background: #fff; }
pre { margin: 0; padding: 18px 20px; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.6 ui-monospace, monospace; }
@media (max-width: 640px) { main { padding: 16px; } th:nth-child(n+3), td:nth-child(n+3) { display: none; } }
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures above the list."""

    messages: int
    people: int
    waiting: int
    unsent: int


def inbox_page(shown: Sequence[Message], totals: Totals, *, search: str, page: int, page_count: int) -> str:
    """Returns the list of the newest messages; the first page without a search renews itself."""
    rows = "".join(_row(message) for message in shown)
    if rows:
        listing = (
            '<div class="card"><table><thead><tr><th scope="col">Recipient</th><th scope="col">Subject</th>'
            '<th scope="col">From</th><th scope="col">Variation</th><th scope="col">Route</th>'
            f'<th scope="col">Sent (UTC)</th></tr></thead><tbody>{rows}</tbody></table></div>'
        )
    else:
        hint = "Nothing matches this search." if search else "Messages appear here as soon as a schedule comes due."
        listing = f'<div class="card empty"><strong>No messages</strong>{hint}</div>'
    unsent = (
        f'<li class="warn"><strong>{totals.unsent:,}</strong>not sent (<a href="/ledger.json">why</a>)</li>'
        if totals.unsent
        else ""
    )
    figures = (
        f'<ul class="totals"><li><strong>{totals.messages:,}</strong>messages</li>'
        f"<li><strong>{totals.people:,}</strong>people</li>"
        f"<li><strong>{totals.waiting:,}</strong>schedules waiting</li>{unsent}</ul>"
    )
    form = (
        '<form action="/inbox" role="search"><input type="search" name="q" aria-label="Search messages" '
        f'placeholder="Address, subject, external ID or variation ID" value="{escape(search)}">'
        "<button>Search</button></form>"
    )
    is_live = not search and page == 1
    return _page("Inbox", figures + form + listing + _pager(search, page, page_count), is_live=is_live)


def message_page(message: Message, rendered: RenderedMessage) -> str:
    """Returns one message: its envelope, its HTML in a closed frame, its text part."""
    mailing = message.mailing
    envelope = [
        ("To", f"{message.email} ({message.external_id or 'no external ID'})"),
        ("From", rendered.sender),
        ("Reply-To", rendered.reply_to),
        ("Preheader", rendered.preheader),
        ("Sent", _moment(mailing.sent_at) + " UTC"),
        ("Route", ROUTES[mailing.route]),
        ("Campaign ID", mailing.campaign_id),
        ("Message variation ID", mailing.content.variation_id),
        ("Send ID", mailing.send_id),
        ("Dispatch ID", mailing.dispatch_id),
        ("Schedule ID", mailing.schedule_id),
        *rendered.headers,
    ]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in envelope if value)
    # Links of the mail open beside the page, never in its place.
    source = escape('<base target="_blank">' + rendered.body)
    frame = (
        '<iframe title="The message as HTML" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        f'srcdoc="{source}"></iframe>'
    )
    text = escape(rendered.plaintext) or "Braze makes the text part from the HTML when none is given."
    return _page(
        rendered.subject,
        f'<p><a href="/inbox">Inbox</a></p><h1>{escape(rendered.subject)}</h1><div class="card"><dl>{rows}</dl></div>'
        f'<h2>HTML</h2><div class="card">{frame}</div><h2>Plain text</h2><div class="card"><pre>{text}</pre></div>',
    )


def broken_page(message: Message, reason: str) -> str:
    """Returns the page of a message whose Liquid does not render for its person."""
    return _notice(f"This message does not render for {message.email}", reason)


def missing_page() -> str:
    """Returns the page for a message that is not there."""
    return _notice("No such message", "The sandbox forgets everything when it is started again.")


def consent_page(email: str, state: str) -> str:
    """Returns the page behind Braze's subscription links."""
    return _notice(f"{email} is now {state}", "This stands for the page that Braze shows behind its own link.")


def _notice(title: str, text: str) -> str:
    card = f'<div class="card empty"><strong>{escape(title)}</strong>{escape(text)}</div>'
    return _page(title, card + '<p><a href="/inbox">Inbox</a></p>')


def _row(message: Message) -> str:
    mailing = message.mailing
    variation = escape(mailing.content.variation_id or "none")
    sender, _, address = mailing.content.sender.removesuffix(">").rpartition(" <")
    return (
        f"<tr><td>{escape(message.email)}<small>{escape(message.external_id or '')}</small></td>"
        f'<td><a href="/inbox/{message.number}">{escape(message.subject) or "(no subject)"}</a></td>'
        f"<td>{escape(sender)}<small>{escape(address)}</small></td>"
        f'<td><code title="{variation}">{variation}</code></td>'
        f'<td><span class="tag">{ROUTES[mailing.route]}</span></td>'
        f"<td><time>{_moment(mailing.sent_at)}</time></td></tr>"
    )


def _pager(search: str, page: int, page_count: int) -> str:
    if page_count == 1:
        return ""
    newer = _page_link("Newer", search, page - 1) if page > 1 else ""
    older = _page_link("Older", search, page + 1) if page < page_count else ""
    return f'<nav class="pager" aria-label="Pages">{newer}<span>Page {page} of {page_count}</span>{older}</nav>'


def _page_link(label: str, search: str, page: int) -> str:
    return f'<a href="/inbox?{escape(urlencode({"q": search, "page": page}))}">{label}</a>'


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _page(title: str, content: str, *, is_live: bool = False) -> str:
    refresh = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if is_live else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">{refresh}'
        f"<title>{escape(title)} - Sandbox Braze</title><style>{_STYLE}</style></head><body>"
        '<header class="top"><div><a href="/inbox">Sandbox Braze</a><span>A local stand-in for tests and '
        "demonstrations: no mail leaves this machine, and these pages ask for no sign-in.</span></div></header>"
        f"<main>{content}</main></body></html>"
    )
