"""What all pages of the sandbox share: the frame, the styles, a notice."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from urllib.parse import urlencode

REFRESH_SECONDS = 5
ROOMS = {"/inbox": "Inbox", "/profiles": "Profiles", "/calls": "Calls", "/quotas": "Quotas", "/faults": "Faults"}
STYLE = """
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
.top nav { display: flex; gap: 16px; flex-wrap: wrap; margin-left: auto; }
.top nav a { font-weight: 500; font-size: 14px; } .top nav a[aria-current] { text-decoration: underline; }
.wide td { overflow-wrap: anywhere; } .wide th:nth-child(2) { width: auto; }
.pad { padding: 18px 20px; } .pad form { flex-wrap: wrap; margin: 0; align-items: end; }
label { display: grid; gap: 4px; font-size: 13px; color: var(--soft); }
select, input[type=number] { padding: 9px 12px; font: inherit; border: 1px solid #b9c3bd; border-radius: 8px;
  background: var(--paper); color: inherit; max-width: 100%; }
meter { width: 100%; min-width: 120px; height: 14px; } button.plain { background: none; color: var(--warn); padding: 0;
  text-decoration: underline; }
@media (max-width: 640px) { .top nav { margin-left: 0; } main { padding: 16px; }
  th:nth-child(n+3), td:nth-child(n+3) { display: none; } }
"""


def page_of(title: str, content: str, *, room: str = "", is_live: bool = False) -> str:
    """Returns a whole page; a live one renews itself."""
    refresh = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">' if is_live else ""
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if path == room else ""}>{name}</a>' for path, name in ROOMS.items()
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">{refresh}'
        f"<title>{escape(title)} - Sandbox Braze</title><style>{STYLE}</style></head><body>"
        '<header class="top"><div><a href="/inbox">Sandbox Braze</a><span>A local stand-in: no mail leaves this '
        f'machine, and these pages ask for no sign-in.</span><nav aria-label="Rooms">{links}</nav></div></header>'
        f"<main>{content}</main></body></html>"
    )


def notice(title: str, text: str, *, back: str = "/inbox") -> str:
    """Returns a page that says one thing."""
    card = f'<div class="card empty"><strong>{escape(title)}</strong>{escape(text)}</div>'
    return page_of(title, card + f'<p><a href="{back}">{ROOMS[back]}</a></p>')


def search_form(path: str, search: str, hint: str) -> str:
    """Returns the search field of a list."""
    return (
        f'<form action="{path}" role="search"><input type="search" name="q" aria-label="Search" '
        f'placeholder="{escape(hint)}" value="{escape(search)}"><button>Search</button></form>'
    )


def pager(path: str, search: str, page: int, page_count: int) -> str:
    """Returns the links to newer and older pages of a list; nothing for a single page."""
    if page_count == 1:
        return ""
    newer = _page_link(path, "Newer", search, page - 1) if page > 1 else ""
    older = _page_link(path, "Older", search, page + 1) if page < page_count else ""
    return f'<nav class="pager" aria-label="Pages">{newer}<span>Page {page} of {page_count}</span>{older}</nav>'


def moment(at: float) -> str:
    """Returns a time in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _page_link(path: str, label: str, search: str, page: int) -> str:
    return f'<a href="{path}?{escape(urlencode({"q": search, "page": page}))}">{label}</a>'
